//! The stable and unstable manifolds of saddles: the orbits that lead into a saddle and out of it, which part the plane.
//!
//! Along an eigenvector e of the eigenvalue lambda the manifold is x + s e + s^2 h + O(s^3), where
//!
//! (J - 2 lambda I) h = -1/2 D^2 f(e, e);
//!
//! D^2 f(e, e) is taken from differences of the Jacobian. An orbit starts on this parabola at s = 1e-4 of the picture, so that it is
//! off by about 1e-12, and is followed with a tolerance of 1e-10: forward on the unstable manifold, backward on the
//! stable one. What is off shrinks along the way.
//!
//! Reference: Kuznetsov (2004), Elements of applied bifurcation theory, section 8.3 and appendix.

use super::course::Course;
use super::trap::{Destination, Trap, at_saddle};
use super::window::{Probe, minus, norm};

/// One of the four orbits of a saddle.
#[derive(Clone, Debug)]
pub struct Separatrix {
    /// Index of the saddle.
    pub saddle: usize,
    /// Whether the orbit leads into the saddle or out of it.
    pub manifold: Manifold,
    /// From the saddle on.
    pub points: Vec<[f64; 2]>,
    /// Where it leads to; of the stable manifold, where it comes from.
    pub end: Destination,
}

/// The two manifolds of a saddle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manifold {
    /// Orbits that come to the saddle.
    Stable,
    /// Orbits that come from it.
    Unstable,
}

impl Manifold {
    /// The name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Unstable => "unstable",
        }
    }
}

/// A saddle in the window, with its two directions and how its manifolds bend.
pub(super) struct Saddle {
    pub(super) index: usize,
    pub(super) place: [f64; 2],
    /// Unit vectors and their h: inward, outward.
    stable: ([f64; 2], [f64; 2]),
    unstable: ([f64; 2], [f64; 2]),
}

impl Saddle {
    /// `None` where the eigenvalues are not of two signs.
    pub(super) fn new(probe: &mut Probe<'_>, place: [f64; 2], index: usize) -> Option<Self> {
        let j = probe.jacobian(place)?;
        let [[a, b], [c, d]] = j;
        let (half_trace, det) = (0.5 * (a + d), a * d - b * c);
        let root = (half_trace * half_trace - det).sqrt();
        if det.partial_cmp(&0.0) != Some(std::cmp::Ordering::Less) {
            return None;
        }
        // The product of both is det: no digits are lost.
        let large = if half_trace < 0.0 { half_trace - root } else { half_trace + root };
        let (grows, decays) = if large > 0.0 { (large, det / large) } else { (det / large, large) };
        let mut along = |lambda: f64| {
            // The longer row of J - lambda I is crossed by the eigenvector.
            let rows = [[a - lambda, b], [c, d - lambda]];
            let row = if norm(rows[0]) > norm(rows[1]) { rows[0] } else { rows[1] };
            let length = norm(row);
            let e = [-row[1] / length, row[0] / length];
            (e, curvature(probe, place, j, lambda, e))
        };
        Some(Self { index, place, unstable: along(grows), stable: along(decays) })
    }

    /// The trap of orbits that come into the saddle, as time runs forward, and as it runs backward.
    pub(super) fn traps(&self) -> [Trap; 2] {
        let to = Destination::Point(self.index);
        [
            at_saddle(self.place, self.stable.0, self.unstable.0, to),
            at_saddle(self.place, self.unstable.0, self.stable.0, to),
        ]
    }
}

/// h; 0 where it cannot be had.
fn curvature(probe: &mut Probe<'_>, z: [f64; 2], j: [[f64; 2]; 2], lambda: f64, e: [f64; 2]) -> [f64; 2] {
    let step = 1e-4;
    let mut slope = |s: f64| {
        let m = probe.jacobian([z[0] + s * e[0], z[1] + s * e[1]])?;
        Some([m[0][0] * e[0] + m[0][1] * e[1], m[1][0] * e[0] + m[1][1] * e[1]])
    };
    let (Some(above), Some(below)) = (slope(step), slope(-step)) else { return [0.0; 2] };
    let second = minus(above, below).map(|v| -0.5 * v / (2.0 * step));
    let [[a, b], [c, d]] = j;
    let (a, d) = (a - 2.0 * lambda, d - 2.0 * lambda);
    let det = a * d - b * c;
    let h = [(d * second[0] - b * second[1]) / det, (a * second[1] - c * second[0]) / det];
    // A parabola that bends within its first step is none.
    if h.iter().all(|v| v.is_finite() && v.abs() < 1e3) { h } else { [0.0; 2] }
}

/// The four orbits of a saddle, in the window. `courses` and `traps` for time running forward and backward.
pub(super) fn separatrices(
    saddle: &Saddle,
    courses: [&Course<'_>; 2],
    traps: [&[Trap]; 2],
) -> Vec<Separatrix> {
    let start = 1e-4;
    let mut found = Vec::new();
    let both = [(Manifold::Unstable, saddle.unstable, 0), (Manifold::Stable, saddle.stable, 1)];
    for (manifold, (e, h), time) in both {
        for sign in [1.0, -1.0] {
            let s: f64 = sign * start;
            let from = [saddle.place[0] + s * e[0] + s * s * h[0], saddle.place[1] + s * e[1] + s * s * h[1]];
            let (line, end) = courses[time].line(from, 1e-10, traps[time]);
            let mut points = vec![saddle.place];
            points.extend(line);
            found.push(Separatrix { saddle: saddle.index, manifold, points, end });
        }
    }
    found
}
