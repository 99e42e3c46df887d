//! Regions that no orbit leaves, each with what all orbits in it come to.
//!
//! Around an attracting fixed point: an ellipse V = z' P z <= c, J' P + P J = -I, on which V falls, as samples on ellipses within
//! it show. Around an attracting cycle: the ring between two arcs of one turn each, that spiral toward it from both sides, and,
//! because that ring has no width where the attraction is strong, the places so near to the cycle that orbits from there are
//! nearer one turn later.
//! Around a saddle: the neighborhood, as thin as rounding, of the two orbits that lead into it.
//!
//! Reference: Strogatz (2015), Nonlinear dynamics and chaos, section 7.3 (trapping regions).

use super::window::{Probe, angle, dot, minus, norm};
use std::f64::consts::TAU;

/// Where an orbit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The fixed point of this index.
    Point(usize),
    /// The cycle of this index.
    Cycle(usize),
    /// Out of the picture, and not back within twice its size.
    Leaves,
    /// Not known: closed orbits, or more steps than were allowed.
    Undecided,
}

/// A region that no orbit leaves.
#[derive(Clone, Debug)]
pub(super) struct Trap {
    pub(super) destination: Destination,
    region: Region,
}

#[derive(Clone, Debug)]
enum Region {
    /// Within the first, outside of the second.
    Ring(Polygon, Option<Polygon>),
    /// Nearer than this to one of some sides.
    Tube(Vec<[[f64; 2]; 2]>, f64),
}

impl Trap {
    /// The region within `outer`, and outside of `inner`.
    pub(super) fn new(destination: Destination, outer: Vec<[f64; 2]>, inner: Option<Vec<[f64; 2]>>) -> Self {
        Self { destination, region: Region::Ring(Polygon::new(outer), inner.map(Polygon::new)) }
    }

    /// The places nearer than `width` to one of some sides.
    pub(super) fn tube(destination: Destination, sides: Vec<[[f64; 2]; 2]>, width: f64) -> Self {
        Self { destination, region: Region::Tube(sides, width) }
    }

    pub(super) fn contains(&self, z: [f64; 2]) -> bool {
        match &self.region {
            Region::Ring(outer, inner) => {
                outer.contains(z) && !inner.as_ref().is_some_and(|inner| inner.contains(z))
            }
            Region::Tube(sides, width) => {
                sides.iter().any(|[a, b]| square_distance(z, *a, *b) < width * width)
            }
        }
    }
}

/// The square of the distance of z to the side from a to b.
fn square_distance(z: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (d, e) = (minus(b, a), minus(z, a));
    let length = dot(d, d);
    let part = if length > 0.0 { (dot(d, e) / length).clamp(0.0, 1.0) } else { 0.0 };
    let off = [e[0] - part * d[0], e[1] - part * d[1]];
    dot(off, off)
}

/// A closed polygon.
#[derive(Clone, Debug)]
pub(super) struct Polygon {
    corners: Vec<[f64; 2]>,
    low: [f64; 2],
    high: [f64; 2],
}

impl Polygon {
    pub(super) fn new(corners: Vec<[f64; 2]>) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for z in &corners {
            for i in 0..2 {
                low[i] = low[i].min(z[i]);
                high[i] = high[i].max(z[i]);
            }
        }
        Self { corners, low, high }
    }

    /// The distance to the nearest side.
    pub(super) fn distance(&self, z: [f64; 2]) -> f64 {
        let mut least = f64::INFINITY;
        let mut a = self.corners[self.corners.len() - 1];
        for &b in &self.corners {
            least = least.min(square_distance(z, a, b));
            a = b;
        }
        least.sqrt()
    }

    /// Whether the point lies inside: whether a ray to the right crosses an odd number of sides.
    pub(super) fn contains(&self, z: [f64; 2]) -> bool {
        if (0..2).any(|i| z[i] < self.low[i] || z[i] > self.high[i]) {
            return false;
        }
        let mut inside = false;
        let mut a = self.corners[self.corners.len() - 1];
        for &b in &self.corners {
            if (a[1] > z[1]) != (b[1] > z[1]) && z[0] < a[0] + (z[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
                inside = !inside;
            }
            a = b;
        }
        inside
    }
}

/// The ellipse around an attracting point; `None` where J does not attract.
pub(super) fn around_point(probe: &mut Probe<'_>, z: [f64; 2], destination: Destination) -> Option<Trap> {
    let [[a, b], [c, d]] = probe.jacobian(z)?;
    let (trace, det) = (a + d, a * d - b * c);
    if !(trace < 0.0 && det > 0.0) {
        return None;
    }
    // P = -(det I + (J - tr I)' (J - tr I))/(2 tr det).
    let (e, h) = ([-d, b], [c, -a]);
    let scale = -1.0 / (2.0 * trace * det);
    let p11 = scale * (det + e[0] * e[0] + h[0] * h[0]);
    let p12 = scale * (e[0] * e[1] + h[0] * h[1]);
    let p22 = scale * (det + e[1] * e[1] + h[1] * h[1]);
    // z' P z = 1 is z = L^-T u, |u| = 1, with P = L L'.
    let l11 = p11.sqrt();
    let l21 = p12 / l11;
    let l22 = (p22 - l21 * l21).sqrt();
    if !(l11 > 0.0 && l22 > 0.0) {
        return None;
    }
    const AROUND: usize = 48;
    let ring: Vec<[f64; 2]> = (0..AROUND)
        .map(|k| {
            let (s, c) = (TAU * k as f64 / AROUND as f64).sin_cos();
            let y = s / l22;
            [(c - l21 * y) / l11, y]
        })
        .collect();
    let longest = ring.iter().map(|y| norm(*y)).fold(0.0, f64::max);
    let mut radius = 0.15 / longest;
    for _ in 0..20 {
        let levels = [1.0, 0.85, 0.7, 0.55, 0.4, 0.25];
        let offsets: Vec<[f64; 2]> = levels
            .iter()
            .flat_map(|level| ring.iter().map(move |y| [radius * level * y[0], radius * level * y[1]]))
            .collect();
        let places: Vec<_> = offsets.iter().map(|o| [z[0] + o[0], z[1] + o[1]]).collect();
        let falls = probe.velocities(&places).iter().zip(&offsets).all(|(v, o)| {
            let gradient = [p11 * o[0] + p12 * o[1], p12 * o[0] + p22 * o[1]];
            // -|o|^2 for the linear part.
            2.0 * dot(gradient, *v) < -0.1 * dot(*o, *o)
        });
        if falls {
            let corners = ring.iter().map(|y| [z[0] + radius * y[0], z[1] + radius * y[1]]).collect();
            return Some(Trap::new(destination, corners, None));
        }
        radius *= 0.6;
    }
    None
}

/// The thin neighborhood of what leads into a saddle, given its two directions.
pub(super) fn at_saddle(z: [f64; 2], inward: [f64; 2], outward: [f64; 2], destination: Destination) -> Trap {
    // As thin as the error of an orbit that is followed with care, as long as that orbit cannot step over it.
    let (long, thin) = (2e-3, 2e-6);
    let corner = |s: f64, t: f64| {
        [
            z[0] + s * long * inward[0] + t * thin * outward[0],
            z[1] + s * long * inward[1] + t * thin * outward[1],
        ]
    };
    Trap::new(
        destination,
        vec![corner(1.0, 1.0), corner(-1.0, 1.0), corner(-1.0, -1.0), corner(1.0, -1.0)],
        None,
    )
}

/// Whether a curve winds around the point.
pub(super) fn encloses(curve: &[[f64; 2]], z: [f64; 2]) -> bool {
    let n = curve.len();
    let total: f64 = (0..n).map(|k| angle(minus(curve[k], z), minus(curve[(k + 1) % n], z))).sum();
    total.abs() > 0.5 * TAU
}
