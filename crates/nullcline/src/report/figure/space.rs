//! A trajectory in three dimensions, seen from afar (orthographic projection), colored by time, with basis arrows.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL, TEXT};
use super::color::{LINES, time};
use super::drawn::Figure;
use super::frame::{Scale, extent, minus};
use super::heat::color_bar;
use super::jump::{breaks, with_breaks};
use super::thin::stride;
use crate::report::phrase::{Clock, quantity, short};
use crate::report::readable::is_mixed;
use crate::study::Study;

/// How many colors a trajectory has.
const PIECES: usize = 60;

/// The box of the data on the page.
struct View {
    center: [f64; 3],
    half: [f64; 3],
    cube: bool,
    scale: f64,
    middle: (f64, f64),
}

impl View {
    /// Direction of sight: 55 degrees to the left, 20 above.
    const ANGLES: (f64, f64) = (-0.96, 0.35);

    fn turn(v: [f64; 3]) -> (f64, f64) {
        let ((sa, ca), (se, ce)) = (Self::ANGLES.0.sin_cos(), Self::ANGLES.1.sin_cos());
        (-v[0] * sa + v[1] * ca, -(v[0] * ca + v[1] * sa) * se + v[2] * ce)
    }

    /// Where a state lies on the page.
    fn at(&self, x: [f64; 3]) -> (f64, f64) {
        self.unit([0, 1, 2].map(|k| (x[k] - self.center[k]) / self.half[k] * self.side(k)))
    }

    /// The longest side of the box is 1; none is shorter than a third of it, so that a flat run stays visible. Sides with
    /// different units cannot be compared: all are 1.
    fn side(&self, k: usize) -> f64 {
        if self.cube {
            return 1.0;
        }
        let longest = self.half.iter().copied().fold(0.0, f64::max);
        (self.half[k] / longest).max(0.34)
    }

    fn unit(&self, v: [f64; 3]) -> (f64, f64) {
        let (x, y) = Self::turn(v);
        (self.middle.0 + self.scale * x, self.middle.1 - self.scale * y)
    }

    /// A corner of the box, by the signs of its coordinates.
    fn corner(&self, s: [f64; 3]) -> (f64, f64) {
        self.unit([0, 1, 2].map(|k| s[k] * self.side(k)))
    }
}

/// The run of a system of three variables.
pub(super) fn trajectory(study: &Study) -> Option<Figure> {
    let run = &study.simulation.as_ref()?.trajectory;
    if run.x.rows() != 3 || run.t.len() < 2 {
        return None;
    }
    // The arrows of a linear system begin at the origin.
    let origin = study.equation.linear.then_some(0.0);
    let ranges: Vec<(f64, f64)> = (0..3).map(|i| extent(run.x.row(i).into_iter().chain(origin))).collect();
    let center = [0, 1, 2].map(|k| (ranges[k].0 + ranges[k].1) / 2.0);
    let half = [0, 1, 2].map(|k| ((ranges[k].1 - ranges[k].0) / 2.0).max(1e-300));
    if half.iter().any(|h| !h.is_finite()) {
        return None;
    }
    let mut canvas = Canvas::new(COLUMN, 215.0);
    let cube = is_mixed(study);
    let mut view = View { center, half, cube, scale: 1.0, middle: (0.0, 0.0) };
    let corners: Vec<(f64, f64)> = (0..8).map(|c| view.corner(signs(c))).collect();
    let (x, y) = (extent(corners.iter().map(|c| c.0)), extent(corners.iter().map(|c| c.1)));
    let (width, height) = (canvas.width - 98.0, canvas.height - 44.0);
    view.scale = (width / (x.1 - x.0)).min(height / (y.1 - y.0));
    view.middle = (28.0 + width / 2.0 - view.scale * (x.0 + x.1) / 2.0, 10.0 - view.scale * y.0);
    // The page ends below the labels of the floor.
    let lowest = (0..8).map(|c| view.corner(signs(c)).1).fold(0.0, f64::max);
    canvas.height = lowest + 28.0;
    frame(&mut canvas, &view, study, &ranges);
    let mut points = Vec::new();
    for (k, broken) in with_breaks(stride(run.t.len(), 9000), &breaks(study, &[0, 1, 2])) {
        points.push(view.at([run.x[(0, k)], run.x[(1, k)], run.x[(2, k)]]));
        points.extend(broken.then_some((f64::NAN, f64::NAN)));
    }
    let pieces = PIECES.min(points.len() - 1);
    for p in 0..pieces {
        let (from, to) = (p * (points.len() - 1) / pieces, (p + 1) * (points.len() - 1) / pieces);
        canvas.polyline(&points[from..=to], &time((p as f64 + 0.5) / pieces as f64), 0.8, "");
    }
    let arrows = arrows(&mut canvas, &view, study);
    canvas.circle(points[0], 2.2, "#ffffff", INK, 0.9);
    let axis = Clock::of(study).axis_of(&run.t);
    let t = Scale::new(run.t[0] / axis.size, run.t[run.t.len() - 1] / axis.size);
    let bar = (canvas.width - 38.0, 24.0, 7.0, canvas.height - 48.0);
    let label = match Clock::of(study) {
        Clock::Seconds => format!("t ({})", axis.unit),
        Clock::Units => "t".into(),
        Clock::Steps => "k".into(),
    };
    color_bar(&mut canvas, bar, t, &label, time);
    let caption = format!("The run in three dimensions, colored by time; the ring is its start.{arrows}");
    Some(Figure::new("trajectory_3d", "Trajectory in three dimensions", caption, canvas))
}

fn signs(c: usize) -> [f64; 3] {
    [0, 1, 2].map(|k| if c >> k & 1 == 1 { 1.0 } else { -1.0 })
}

/// The edges of the box behind the run, and the ranges of its sides.
fn frame(canvas: &mut Canvas, view: &View, study: &Study, ranges: &[(f64, f64)]) {
    let gray = "#cccccc";
    // Seen from (x, y, z) = (+, -, +): the far corner is (-, +, -).
    let far = [-1.0, 1.0, -1.0];
    for k in 0..3 {
        for c in 0..8 {
            let a = signs(c);
            if a[k] < 0.0 {
                let mut b = a;
                b[k] = 1.0;
                let behind = (0..3).any(|m| m != k && a[m] == far[m]);
                if behind {
                    canvas.line(view.corner(a), view.corner(b), gray, 0.5);
                }
            }
        }
    }
    // x and y run along the floor in front, z along the left.
    let edges = [([-1.0, -1.0, -1.0], 0), ([1.0, -1.0, -1.0], 1), ([-1.0, -1.0, -1.0], 2)];
    for (start, k) in edges {
        let mut end = start;
        end[k] = 1.0;
        let (a, b) = (view.corner(start), view.corner(end));
        canvas.line(a, b, INK, 0.7);
        let name = quantity(study, k);
        let (low, high) = (minus(&short(ranges[k].0)), minus(&short(ranges[k].1)));
        match k {
            0 => {
                canvas.text((a.0 + 3.0, a.1 + 10.0), Anchor::Middle, SMALL, INK, &low);
                canvas.text((b.0 - 6.0, b.1 + 11.0), Anchor::End, SMALL, INK, &high);
                canvas.text(
                    ((a.0 + b.0) / 2.0 - 4.0, (a.1 + b.1) / 2.0 + 14.0),
                    Anchor::End,
                    TEXT,
                    INK,
                    &name,
                );
            }
            1 => {
                canvas.text((a.0 + 6.0, a.1 + 11.0), Anchor::Start, SMALL, INK, &low);
                canvas.text((b.0 + 3.0, b.1 + 9.0), Anchor::Start, SMALL, INK, &high);
                canvas.text(
                    ((a.0 + b.0) / 2.0 + 6.0, (a.1 + b.1) / 2.0 + 14.0),
                    Anchor::Start,
                    TEXT,
                    INK,
                    &name,
                );
            }
            _ => {
                canvas.text((a.0 - 4.0, a.1 - 1.0), Anchor::End, SMALL, INK, &low);
                canvas.text((b.0 - 4.0, b.1 + 5.0), Anchor::End, SMALL, INK, &high);
                canvas.text((a.0 - 6.0, (a.1 + b.1) / 2.0), Anchor::End, TEXT, INK, &name);
            }
        }
    }
}

/// Arrows from the origin along the basis (or the modes), and what the caption says of them.
fn arrows(canvas: &mut Canvas, view: &View, study: &Study) -> String {
    let (directions, told) = match (&study.basis, study.linear.first()) {
        (Some(basis), _) if basis.rows() == 3 => {
            let columns = (0..basis.cols().min(3)).map(|j| basis.column(j).to_vec()).collect::<Vec<_>>();
            (columns, " Arrows: the basis in which the matrix was written (b1, b2, b3; lengths adapted).")
        }
        (_, Some(at)) if at.analysis.dimension == 3 && at.point.is_none() => {
            let modes = at.analysis.modes.iter();
            let columns =
                modes.flat_map(|m| std::iter::once(m.u.clone()).chain(m.w.clone())).take(3).collect();
            (
                columns,
                " Arrows: the modes (of a turning pair the real and the imaginary part of its eigenvector).",
            )
        }
        _ => return String::new(),
    };
    let longest: f64 = view.half.iter().copied().fold(0.0, f64::max);
    for (k, d) in directions.iter().enumerate() {
        let norm = d.iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm == 0.0 || !norm.is_finite() {
            continue;
        }
        let color = LINES[[1, 2, 0][k % 3]];
        // As long as half the box, less where its side is shorter.
        let reach = (0..3)
            .filter(|&i| d[i].abs() > 1e-6 * norm)
            .map(|i| view.half[i] * norm / d[i].abs())
            .fold(longest, f64::min)
            * 0.9;
        let tip = [0, 1, 2].map(|i| d[i] / norm * reach);
        let (from, to) = (view.at([0.0; 3]), view.at(tip));
        canvas.arrow(from, to, color, 1.4, 5.0);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1e-9);
        let at = (to.0 + 6.0 * dx / length, to.1 + 6.0 * dy / length + 2.5);
        canvas.text_over(at, Anchor::Middle, SMALL, color, &format!("b{}", k + 1));
    }
    if directions.is_empty() { String::new() } else { told.into() }
}
