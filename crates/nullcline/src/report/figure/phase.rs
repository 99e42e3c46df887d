//! What a phase portrait shows beside the run: basins, streamlines, nullclines, separatrices, cycles, fixed points.

use super::canvas::{Anchor, Canvas, INK, SMALL, text_width};
use super::frame::Frame;
use super::thin::stride;
use crate::report::phrase::variable;
use crate::study::{Portrait, Study};
use dynamics::analyze::phase_plane::{
    Basins, Destination, LimitCycle, Manifold, PhasePortrait, PlaneFixedPoint,
};

/// The nullclines of the first and of the second variable.
pub(in super::super) const NULLCLINES: [&str; 2] = ["#D55E00", "#009E73"];
/// The manifolds of saddles.
pub(in super::super) const SEPARATRIX: &str = "#7B4FA3";
/// Basins: so light that everything can be read on them.
const SHADES: [&str; 6] = ["#e9f1f8", "#fbf0e2", "#eaf5ee", "#f7eaf2", "#f6f5df", "#eeeef5"];
const LINE: &str = "#b9b9b9";

/// Everything that lies below the run.
pub(super) fn below(canvas: &mut Canvas, frame: &Frame, phase: &PhasePortrait) {
    if let Some(basins) = phase.basins.as_ref().filter(|b| b.parts.len() > 1) {
        shade(canvas, frame, basins);
    }
    for line in &phase.streamlines {
        streamline(canvas, frame, line);
    }
    for (nullcline, color) in phase.nullclines.iter().zip(NULLCLINES) {
        for piece in &nullcline.pieces {
            canvas.polyline(&on_page(frame, &piece.points), color, 1.2, "");
        }
    }
    for s in &phase.separatrices {
        let more = match s.manifold {
            Manifold::Stable => "",
            Manifold::Unstable => " stroke-dasharray=\"1 2\"",
        };
        canvas.polyline(&on_page(frame, &s.points), SEPARATRIX, 1.0, more);
    }
    for cycle in &phase.cycles {
        let more = if cycle.is_stable == Some(true) { "" } else { " stroke-dasharray=\"4 2.4\"" };
        let points = on_page(frame, &cycle.points);
        canvas.polyline(&points, INK, 2.0, more);
        direction(canvas, &points, cycle);
    }
}

/// Two arrow heads that show which way a cycle is run through.
fn direction(canvas: &mut Canvas, points: &[(f64, f64)], cycle: &LimitCycle) {
    if cycle.is_stable.is_none() {
        return;
    }
    let ways: Vec<f64> = points.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).collect();
    let whole: f64 = ways.iter().sum();
    for part in [0.2, 0.7] {
        let mut run = 0.0;
        for (w, way) in points.windows(2).zip(&ways) {
            run += way;
            if run >= part * whole {
                head(canvas, w[0], w[1], INK, 6.5);
                break;
            }
        }
    }
}

/// An arrow head at the end of a direction.
fn head(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64), color: &str, size: f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length > 0.0 {
        let back = (to.0 - dx / length * size, to.1 - dy / length * size);
        canvas.arrow(back, to, color, 0.01, size);
    }
}

/// A thin line with a head in its middle.
fn streamline(canvas: &mut Canvas, frame: &Frame, line: &[[f64; 2]]) {
    let points = on_page(frame, line);
    let kept: Vec<_> = stride(points.len(), 40).iter().map(|&k| points[k]).collect();
    canvas.polyline(&kept, LINE, 0.45, "");
    let middle = points.len() / 2;
    if middle > 0 {
        head(canvas, points[middle - 1], points[middle], LINE, 3.2);
    }
}

/// The basins as strips of cells.
fn shade(canvas: &mut Canvas, frame: &Frame, basins: &Basins) {
    let known: Vec<Destination> = basins.parts.iter().map(|p| p.destination).collect();
    let n = basins.side;
    let (w, h) = (frame.width / n as f64, frame.height / n as f64);
    canvas.crisp();
    for j in 0..n {
        let row = &basins.labels[j * n..(j + 1) * n];
        let mut i = 0;
        while i < n {
            let run = row[i..].iter().take_while(|l| **l == row[i]).count();
            let color = known.iter().position(|d| *d == row[i]).and_then(|k| SHADES.get(k));
            if let (Some(color), true) = (color, row[i] != Destination::Undecided) {
                let top = frame.top + frame.height - (j + 1) as f64 * h;
                canvas.rect(frame.left + i as f64 * w, top, run as f64 * w, h, color);
            }
            i += run;
        }
    }
    canvas.unclip();
}

fn on_page(frame: &Frame, points: &[[f64; 2]]) -> Vec<(f64, f64)> {
    points.iter().map(|z| frame.at(z[0], z[1])).collect()
}

/// Fixed points: filled if stable, half filled if a saddle, open if unstable, gray if undecided.
pub(super) fn points(canvas: &mut Canvas, frame: &Frame, phase: &PhasePortrait) {
    for point in &phase.fixed_points {
        let at = frame.at(point.x[0], point.x[1]);
        canvas.circle(at, 2.9, fill(point), "#000000", 0.9);
        if point.is_saddle() {
            let half: Vec<(f64, f64)> = (0..=24)
                .map(|k| {
                    let (s, c) = (std::f64::consts::PI * f64::from(k) / 24.0).sin_cos();
                    (at.0 - 2.9 * s, at.1 - 2.9 * c)
                })
                .collect();
            canvas.polygon(&half, "#000000");
        }
    }
}

fn fill(point: &PlaneFixedPoint) -> &'static str {
    match point.is_stable {
        Some(true) => "#000000",
        Some(false) => "#ffffff",
        None => "#bbbbbb",
    }
}

/// The name of each nullcline beside it, where least else is drawn.
pub(super) fn labels(
    canvas: &mut Canvas,
    frame: &Frame,
    study: &Study,
    p: &Portrait,
    phase: &PhasePortrait,
    mut busy: Vec<(f64, f64)>,
) {
    for n in &phase.nullclines {
        busy.extend(n.pieces.iter().flat_map(|piece| on_page(frame, &piece.points)));
    }
    busy.extend(phase.cycles.iter().flat_map(|c| on_page(frame, &c.points)));
    busy.extend(phase.separatrices.iter().flat_map(|s| on_page(frame, &s.points)));
    for (k, nullcline) in phase.nullclines.iter().enumerate() {
        let text = format!("d{}/dt = 0", variable(study, if k == 0 { p.plane.0 } else { p.plane.1 }));
        let width = text_width(&text, SMALL);
        let mut best: Option<(f64, (f64, f64))> = None;
        for piece in &nullcline.pieces {
            let points = on_page(frame, &piece.points);
            for &at in stride(points.len(), 60).iter() {
                for (dx, dy) in [(0.0, -6.0), (0.0, 9.0), (0.5 * width + 5.0, 2.0), (-0.5 * width - 5.0, 2.0)]
                {
                    let (x, y) = (points[at].0 + dx, points[at].1 + dy);
                    let fits = x - 0.5 * width > frame.left + 2.0
                        && x + 0.5 * width < frame.left + frame.width - 2.0
                        && y > frame.top + 7.0
                        && y < frame.top + frame.height - 4.0;
                    if !fits {
                        continue;
                    }
                    let hit =
                        |q: &&(f64, f64)| (q.0 - x).abs() < 0.5 * width + 1.5 && (q.1 - y + 2.5).abs() < 5.0;
                    let cost = busy.iter().filter(hit).count() as f64;
                    if best.is_none_or(|(least, _)| cost < least) {
                        best = Some((cost, (x, y)));
                    }
                }
            }
        }
        if let Some((_, at)) = best {
            canvas.text_over(at, Anchor::Middle, SMALL, NULLCLINES[k], &text);
            busy.extend((0..=8).flat_map(|k| {
                std::iter::repeat_n((at.0 + width * (f64::from(k) / 8.0 - 0.5), at.1 - 2.5), 20)
            }));
        }
    }
}

/// What the caption says of it.
pub(super) fn caption(study: &Study, p: &Portrait, phase: &PhasePortrait) -> String {
    let mut text = format!(
        "Thin gray lines follow the flow. Orange: {} stands still; green: {} stands still.",
        variable(study, p.plane.0),
        variable(study, p.plane.1)
    );
    if !phase.separatrices.is_empty() {
        text += " Purple: the stable (solid) and unstable (dotted) manifolds of saddles.";
    }
    if !phase.cycles.is_empty() {
        text += " Black: limit cycles, solid if stable, dashed if not.";
    }
    if phase.basins.as_ref().is_some_and(|b| b.parts.len() > 1) {
        text += " Shades: what a state comes to.";
    }
    text += " Dark blue: this run from its start (ring) to its end (dot). Fixed points are filled if stable, half filled if saddles, \
             open if unstable.";
    if !p.about.is_empty() {
        text += &format!(" {}", crate::report::phrase::sentence(&p.about));
    }
    text
}
