//! The phase plane: the vector field, sample trajectories, the run, eigenvectors and fixed points.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL, text_width};
use super::color::{FAINT, LINES, STABLE, UNSTABLE};
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use super::jump::{breaks, with_breaks};
use super::phase;
use super::thin::stride;
use crate::report::phrase::{quantity, short};
use crate::report::readable::is_mixed;
use crate::report::verdict;
use crate::study::{LinearAt, Portrait, Study};
use dynamics::analyze::StabilityVerdict;

/// More jumps than these are gaps without a dashed line.
const DASHED: usize = 100;

/// The phase plane, if the study holds its field.
pub(super) fn phase_portrait(study: &Study) -> Option<Figure> {
    let p = study.portrait.as_ref().filter(|p| p.x.len() > 1 && p.y.len() > 1)?;
    let ends = |v: &[f64]| Scale::new(v[0], v[v.len() - 1]);
    let (x, y) = (ends(&p.x), ends(&p.y));
    let mut canvas = Canvas::new(COLUMN, 225.0);
    let frame = Frame::fit(&canvas, x, y, 8.0);
    let frame = if aspect_is_equal(study, p) { frame.shrunk() } else { frame };
    canvas.height = frame.top + frame.height + 29.0;
    frame.clip(&mut canvas);
    let mut busy = Vec::new();
    match &p.phase {
        Some(found) => phase::below(&mut canvas, &frame, found),
        None => field(&mut canvas, &frame, p),
    }
    for curve in p.curves.iter().filter(|_| p.phase.is_none()) {
        let points: Vec<_> =
            stride(curve.cols(), 300).iter().map(|&k| frame.at(curve[(0, k)], curve[(1, k)])).collect();
        canvas.polyline(&points, "#8a8a8a", 0.6, "");
        busy.extend(points);
    }
    let drawn = eigenvector_lines(&mut canvas, &frame, p);
    busy.extend(run(&mut canvas, &frame, study, p));
    canvas.unclip();
    match &p.phase {
        Some(found) => {
            phase::points(&mut canvas, &frame, found);
            phase::labels(&mut canvas, &frame, study, p, found, busy);
        }
        None => {
            study.linear.iter().for_each(|at| fixed_points(&mut canvas, &frame, p, at));
            labels(&mut canvas, &frame, &drawn, busy);
        }
    }
    frame.axes(&mut canvas, &quantity(study, p.plane.0), &quantity(study, p.plane.1));
    let lines = if drawn.is_empty() {
        ""
    } else {
        " Straight lines are real eigenvectors: blue decays, orange grows."
    };
    let jumps = if breaks(study, &[p.plane.0, p.plane.1]).is_empty() { "" } else { " Dashes are jumps." };
    let caption = format!(
        "Arrows show the direction of the vector field, gray lines other initial states, the dark blue line this run from \
         its start (ring) to its end (dot).{jumps}{lines} A fixed point is filled if stable, open if not."
    );
    let caption = match &p.phase {
        Some(found) => format!("{}{jumps}", phase::caption(study, p, found)),
        None => caption,
    };
    Some(Figure::new("phase_portrait", "Phase portrait", caption, canvas))
}

/// Whether both axes can have one unit of length without squeezing the picture.
pub(in super::super) fn aspect_is_equal(study: &Study, p: &Portrait) -> bool {
    let width = (p.x[p.x.len() - 1] - p.x[0]).abs();
    let height = (p.y[p.y.len() - 1] - p.y[0]).abs();
    // What is curved has no angles to keep.
    p.phase.is_none() && !is_mixed(study) && width < 2.5 * height && height < 2.5 * width
}

/// An arrow at every grid point, all of one length on the page; at most 21 x 21 of them.
fn field(canvas: &mut Canvas, frame: &Frame, p: &Portrait) {
    let (nx, ny) = (stride(p.x.len(), 21), stride(p.y.len(), 21));
    let cell = (frame.width / nx.len() as f64).min(frame.height / ny.len() as f64);
    let length = 0.62 * cell;
    let (sx, sy) = (frame.width / (frame.x.high - frame.x.low), frame.height / (frame.y.high - frame.y.low));
    for &i in &nx {
        for &j in &ny {
            let (dx, dy) = (p.dx[(i, j)] * sx, -p.dy[(i, j)] * sy);
            let norm = dx.hypot(dy);
            if norm > 0.0 && norm.is_finite() {
                let (x, y) = frame.at(p.x[i], p.y[j]);
                let (hx, hy) = (dx / norm * length / 2.0, dy / norm * length / 2.0);
                canvas.arrow((x - hx, y - hy), (x + hx, y + hy), FAINT, 0.5, 0.38 * length);
            }
        }
    }
}

/// A real eigenvector on the page.
struct Ray {
    foot: (f64, f64),
    direction: (f64, f64),
    color: &'static str,
    text: String,
}

fn eigenvector_lines(canvas: &mut Canvas, frame: &Frame, p: &Portrait) -> Vec<Ray> {
    let mut rays = Vec::new();
    let reach = 2.0 * (frame.x.high - frame.x.low).max(frame.y.high - frame.y.low);
    for (foot, direction, lambda) in p.eigenvectors.iter().filter(|e| e.2.im == 0.0) {
        let norm = direction[0].hypot(direction[1]);
        let point = |s: f64| frame.at(foot[0] + s * direction[0] / norm, foot[1] + s * direction[1] / norm);
        let color = if lambda.re < 0.0 {
            LINES[5]
        } else if lambda.re > 0.0 {
            UNSTABLE
        } else {
            LINES[2]
        };
        let (from, to, foot) = (point(-reach), point(reach), point(0.0));
        canvas.line(from, to, color, 1.0);
        let length = (to.0 - foot.0).hypot(to.1 - foot.1);
        rays.push(Ray {
            foot,
            direction: ((to.0 - foot.0) / length, (to.1 - foot.1) / length),
            color: if color == LINES[5] { STABLE } else { color },
            text: format!("\u{3bb} = {}", super::frame::minus(&short(lambda.re))),
        });
    }
    rays
}

/// Each eigenvalue beside its line, where least else is drawn.
fn labels(canvas: &mut Canvas, frame: &Frame, rays: &[Ray], mut busy: Vec<(f64, f64)>) {
    for ray in rays.iter().take(8) {
        let width = text_width(&ray.text, SMALL);
        let mut best: Option<(f64, (f64, f64))> = None;
        for sign in [1.0, -1.0] {
            let (ux, uy) = (sign * ray.direction.0, sign * ray.direction.1);
            let room = |u: f64, from: f64, low: f64, high: f64| match u {
                u if u > 1e-9 => (high - from) / u,
                u if u < -1e-9 => (low - from) / u,
                _ => f64::INFINITY,
            };
            let to_x = room(ux, ray.foot.0, frame.left, frame.left + frame.width);
            let to_y = room(uy, ray.foot.1, frame.top, frame.top + frame.height);
            let length = to_x.min(to_y);
            if !(length > 0.0 && length.is_finite()) {
                continue;
            }
            for part in [0.85, 0.7, 0.55] {
                for side in [-1.0, 1.0] {
                    // The middle of the text, beside the line.
                    let away = 7.0 + 0.5 * width * uy.abs();
                    let x = ray.foot.0 + part * length * ux - side * uy * away;
                    let y = ray.foot.1 + part * length * uy + side * ux * away;
                    let x =
                        x.clamp(frame.left + width / 2.0 + 2.0, frame.left + frame.width - width / 2.0 - 2.0);
                    let y = y.clamp(frame.top + 6.0, frame.top + frame.height - 6.0);
                    let hit = |q: &&(f64, f64)| (q.0 - x).abs() < width / 2.0 + 2.0 && (q.1 - y).abs() < 6.0;
                    let crossed = rays.iter().filter(|r| {
                        let (dx, dy) = (x - r.foot.0, y - r.foot.1);
                        (dx * r.direction.1 - dy * r.direction.0).abs() < 5.0
                    });
                    let cost =
                        busy.iter().filter(hit).count() as f64 + 5.0 * crossed.count() as f64 + (1.0 - part);
                    if best.is_none_or(|(least, _)| cost < least) {
                        best = Some((cost, (x, y)));
                    }
                }
            }
        }
        if let Some((_, (x, y))) = best {
            canvas.text_over((x, y + 2.5), Anchor::Middle, SMALL, ray.color, &ray.text);
            busy.extend(
                (0..=8).flat_map(|k| std::iter::repeat_n((x + width * (f64::from(k) / 8.0 - 0.5), y), 4)),
            );
        }
    }
}

/// The run; its points on the page.
fn run(canvas: &mut Canvas, frame: &Frame, study: &Study, p: &Portrait) -> Vec<(f64, f64)> {
    let Some(simulation) = &study.simulation else { return Vec::new() };
    let x = &simulation.trajectory.x;
    if x.rows() <= p.plane.0.max(p.plane.1) || x.cols() == 0 {
        return Vec::new();
    }
    let place = |k: usize| frame.at(x[(p.plane.0, k)], x[(p.plane.1, k)]);
    let breaks = breaks(study, &[p.plane.0, p.plane.1]);
    let mut points = Vec::new();
    for (k, broken) in with_breaks(stride(x.cols(), 4000), &breaks) {
        points.push(place(k));
        if broken {
            points.push((f64::NAN, f64::NAN));
            if breaks.len() <= DASHED {
                canvas.polyline(&[place(k), place(k + 1)], STABLE, 0.5, " stroke-dasharray=\"1.5 1.5\"");
            }
        }
    }
    canvas.polyline(&points, STABLE, 1.1, "");
    canvas.circle(points[0], 2.4, "#ffffff", STABLE, 1.0);
    canvas.circle(points[points.len() - 1], 2.2, STABLE, STABLE, 0.5);
    points
}

fn fixed_points(canvas: &mut Canvas, frame: &Frame, p: &Portrait, at: &LinearAt) {
    let a = &at.analysis;
    let Some(x) = at.point.as_ref().map(|p| &p.x).or(a.fixed_points.point.as_ref()) else { return };
    let (Some(&u), Some(&v)) = (x.get(p.plane.0), x.get(p.plane.1)) else { return };
    if let ([d, ..], 2) = (a.fixed_points.directions.as_slice(), x.len())
        && at.point.is_none()
        && a.fixed_points.dimension == 1
    {
        let reach = 2.0 * (frame.x.high - frame.x.low).max(frame.y.high - frame.y.low);
        frame.clip(canvas);
        canvas.dashed(
            frame.at(u - reach * d[0], v - reach * d[1]),
            frame.at(u + reach * d[0], v + reach * d[1]),
            INK,
            1.2,
        );
        canvas.unclip();
    }
    if !(0.0..=1.0).contains(&frame.x.fraction(u)) || !(0.0..=1.0).contains(&frame.y.fraction(v)) {
        return;
    }
    let undecided = at.point.is_some() && verdict::is_critical(a);
    let fill = match a.stability.verdict {
        _ if undecided => "#bbbbbb",
        StabilityVerdict::AsymptoticallyStable => "#000000",
        StabilityVerdict::Stable => "#bbbbbb",
        StabilityVerdict::Unstable => "#ffffff",
    };
    canvas.circle(frame.at(u, v), 2.8, fill, "#000000", 1.0);
}
