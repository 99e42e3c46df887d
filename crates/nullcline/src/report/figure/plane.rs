//! The phase plane: the vector field, sample trajectories, the run, eigenvectors and fixed points.

use super::Figure;
use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL};
use super::color::{FAINT, LINES, STABLE, UNSTABLE};
use super::frame::{Frame, Scale};
use super::thin::stride;
use crate::report::frame_name;
use crate::report::phrase::short;
use crate::report::verdict;
use crate::study::{LinearAt, Portrait, Study};
use dynamics::analyze::StabilityVerdict;

/// The phase plane, if the study holds its field.
pub(super) fn phase_portrait(study: &Study) -> Option<Figure> {
    let p = study.portrait.as_ref().filter(|p| p.x.len() > 1 && p.y.len() > 1)?;
    let ends = |v: &[f64]| Scale::new(v[0], v[v.len() - 1]);
    let (x, y) = (ends(&p.x), ends(&p.y));
    let mut canvas = Canvas::new(COLUMN, 225.0);
    let frame = Frame::fit(&canvas, x, y, 8.0);
    let frame = if aspect_is_equal(p) { frame.equal() } else { frame };
    frame.clip(&mut canvas);
    field(&mut canvas, &frame, p);
    for curve in &p.curves {
        let points: Vec<_> =
            stride(curve.cols(), 300).iter().map(|&k| frame.at(curve[(0, k)], curve[(1, k)])).collect();
        canvas.polyline(&points, "#8a8a8a", 0.6, "");
    }
    let drawn = eigenvector_lines(&mut canvas, &frame, p);
    run(&mut canvas, &frame, study, p);
    canvas.unclip();
    for at in &study.linear {
        fixed_points(&mut canvas, &frame, p, at);
    }
    labels(&mut canvas, &frame, &drawn);
    frame.axes(&mut canvas, &frame_name(study, p.plane.0), &frame_name(study, p.plane.1));
    let lines = if drawn.is_empty() {
        ""
    } else {
        " Straight lines are real eigenvectors: blue decays, orange grows."
    };
    let caption = format!(
        "Arrows show the direction of the vector field, gray lines other initial states, the dark blue line this run from \
         its start (ring) to its end (dot).{lines} A fixed point is filled if stable, open if not."
    );
    Some(Figure::new("phase_portrait", "Phase portrait", caption, canvas))
}

/// Whether both axes can have one unit of length without squeezing the picture.
pub(in super::super) fn aspect_is_equal(p: &Portrait) -> bool {
    let width = (p.x[p.x.len() - 1] - p.x[0]).abs();
    let height = (p.y[p.y.len() - 1] - p.y[0]).abs();
    width < 2.5 * height && height < 2.5 * width
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

/// Where an eigenvector's line leaves the frame, with its color and its label.
struct Drawn {
    end: (f64, f64),
    color: &'static str,
    text: String,
}

fn eigenvector_lines(canvas: &mut Canvas, frame: &Frame, p: &Portrait) -> Vec<Drawn> {
    let mut drawn: Vec<Drawn> = Vec::new();
    for (foot, direction, lambda) in &p.eigenvectors {
        if lambda.im != 0.0 {
            continue;
        }
        let reach = (frame.x.high - frame.x.low).max(frame.y.high - frame.y.low) * 2.0;
        let norm = direction[0].hypot(direction[1]);
        let point =
            |s: f64| (foot[0] + s * reach * direction[0] / norm, foot[1] + s * reach * direction[1] / norm);
        let (a, b) = (point(-1.0), point(1.0));
        let color = if lambda.re < 0.0 {
            LINES[5]
        } else if lambda.re > 0.0 {
            UNSTABLE
        } else {
            LINES[2]
        };
        canvas.line(frame.at(a.0, a.1), frame.at(b.0, b.1), color, 1.0);
        let text = format!("\u{3bb} = {}", super::frame::minus(&short(lambda.re)));
        // The label stands on the ray that goes right, or up.
        let (fx, fy) = frame.at(foot[0], foot[1]);
        let (bx, by) = frame.at(b.0, b.1);
        let (mut ux, mut uy) = (bx - fx, by - fy);
        let length = ux.hypot(uy);
        (ux, uy) = (ux / length, uy / length);
        if ux < -0.05 || (ux.abs() <= 0.05 && uy > 0.0) {
            (ux, uy) = (-ux, -uy);
        }
        let to_x = if ux > 1e-9 { (frame.left + frame.width - fx) / ux } else { f64::INFINITY };
        let to_y = match uy {
            u if u > 1e-9 => (frame.top + frame.height - fy) / u,
            u if u < -1e-9 => (frame.top - fy) / u,
            _ => f64::INFINITY,
        };
        let reach = 0.78 * to_x.min(to_y);
        if reach > 0.0 && reach.is_finite() && drawn.len() < 6 {
            drawn.push(Drawn { end: (fx + ux * reach, fy + uy * reach), color, text });
        }
    }
    drawn
}

fn labels(canvas: &mut Canvas, frame: &Frame, drawn: &[Drawn]) {
    let mut used: Vec<(f64, f64)> = Vec::new();
    for d in drawn {
        let mut at = (d.end.0.min(frame.left + frame.width - 32.0), (d.end.1 - 4.0).max(frame.top + 8.0));
        while used.iter().any(|u| (u.0 - at.0).abs() < 36.0 && (u.1 - at.1).abs() < 9.0) {
            at.1 += 9.0;
        }
        used.push(at);
        let color = if d.color == LINES[5] { STABLE } else { d.color };
        canvas.text_over(at, Anchor::Start, SMALL, color, &d.text);
    }
}

fn run(canvas: &mut Canvas, frame: &Frame, study: &Study, p: &Portrait) {
    let Some(simulation) = &study.simulation else { return };
    let x = &simulation.trajectory.x;
    if x.rows() <= p.plane.0.max(p.plane.1) || x.cols() == 0 {
        return;
    }
    let points: Vec<_> =
        stride(x.cols(), 4000).iter().map(|&k| frame.at(x[(p.plane.0, k)], x[(p.plane.1, k)])).collect();
    canvas.polyline(&points, STABLE, 1.1, "");
    canvas.circle(points[0], 2.4, "#ffffff", STABLE, 1.0);
    canvas.circle(points[points.len() - 1], 2.2, STABLE, STABLE, 0.5);
}

fn fixed_points(canvas: &mut Canvas, frame: &Frame, p: &Portrait, at: &LinearAt) {
    let a = &at.analysis;
    let Some(x) = at.point.as_ref().map(|p| &p.x).or(a.fixed_points.point.as_ref()) else { return };
    let (Some(&u), Some(&v)) = (x.get(p.plane.0), x.get(p.plane.1)) else { return };
    if let ([d, ..], 2) = (a.fixed_points.directions.as_slice(), x.len()) {
        if at.point.is_none() && a.fixed_points.dimension == 1 {
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
