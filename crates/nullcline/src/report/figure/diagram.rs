//! The bifurcation diagram: branches of equilibria and the extrema of cycles against the parameter.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL, text_width};
use super::color::{LINES, STABLE, UNSTABLE};
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use crate::report::phrase::quantity;
use crate::report::readable::typographic;
use crate::study::{Continuation, Study};
use dynamics::analyze::continuation::{Branch, BranchKind, BranchPoint, SpecialKind};

/// Points beyond the frame by more than this part of it are left out.
const BEYOND: f64 = 0.02;

/// The diagram of the first variable, and the periods of the cycles below it.
pub(super) fn diagram(study: &Study) -> Option<Figure> {
    let found = study.continuation.as_ref().filter(|c| !c.diagram.branches.is_empty())?;
    let size = found.unit.size;
    let (a, b) = (found.span.0.min(found.span.1) / size, found.span.0.max(found.span.1) / size);
    let x = Scale::new(a, b);
    let slack = BEYOND * (b - a);
    let inside = |p: f64| (a - slack..=b + slack).contains(&(p / size));
    let points =
        || found.diagram.branches.iter().flat_map(|branch| branch.points.iter().filter(|q| inside(q.p)));
    let values = points().flat_map(|q| [Some(q.x[0]), q.low.first().copied(), q.high.first().copied()]);
    let y = Scale::covering(values.flatten());
    let periods: Vec<f64> = points().filter_map(|q| q.period).filter(|t| t.is_finite()).collect();
    let clock = crate::report::phrase::Clock::of(study);
    let axis = clock.axis(periods.iter().copied().fold(0.0, f64::max));
    let lower = Scale::factors(periods.iter().map(|t| t / axis.size));
    let with_periods = !periods.is_empty();
    let left = if with_periods { Frame::room(y).max(Frame::room(lower)) } else { Frame::room(y) };
    let (above, below) = (150.0, if with_periods { 64.0 } else { 0.0 });
    let gap = if with_periods { 10.0 } else { 0.0 };
    let mut canvas = Canvas::new(COLUMN, 8.0 + above + gap + below + 29.0);
    let top = Frame { left, top: 8.0, width: COLUMN - left - 8.0, height: above, x, y };
    top.clip(&mut canvas);
    for branch in &found.diagram.branches {
        curves(&mut canvas, &top, branch, size);
    }
    canvas.unclip();
    specials(&mut canvas, &top, found);
    let label = match found.unit.symbol.as_str() {
        "" => found.parameter.clone(),
        unit => format!("{} ({})", found.parameter, typographic(unit)),
    };
    top.y_axis(&mut canvas, &quantity(study, 0));
    if with_periods {
        top.bare_x_axis(&mut canvas);
        let bottom = Frame { top: 8.0 + above + gap, height: below, y: lower, ..top };
        bottom.clip(&mut canvas);
        for branch in found.diagram.branches.iter().filter(|b| b.kind == BranchKind::Cycle) {
            pieces(&mut canvas, &bottom, branch, LINES[2], LINES[4], &|q| {
                (q.p / size, q.period.unwrap_or(f64::NAN) / axis.size)
            });
        }
        canvas.unclip();
        let unit = if axis.unit.is_empty() { String::new() } else { format!(" ({})", axis.unit) };
        bottom.axes(&mut canvas, &label, &format!("period{unit}"));
    } else {
        top.x_axis(&mut canvas, &label);
    }
    let cycles = if with_periods {
        " Green and amber are the largest and smallest values along cycles; below, their periods."
    } else {
        ""
    };
    let caption = format!(
        "Equilibria against {}: solid blue where stable, dashed orange where not.{cycles} Marks are bifurcations: {}.",
        found.parameter,
        legend(found)
    );
    Some(Figure::new("diagram", "Bifurcation diagram", caption, canvas))
}

/// A branch: its equilibria, or both extrema of its cycles.
fn curves(canvas: &mut Canvas, frame: &Frame, branch: &Branch, size: f64) {
    match branch.kind {
        BranchKind::Equilibrium => {
            pieces(canvas, frame, branch, STABLE, UNSTABLE, &|q| (q.p / size, q.x[0]));
        }
        BranchKind::Cycle => {
            for end in [|q: &BranchPoint| q.low.first().copied(), |q: &BranchPoint| q.high.first().copied()] {
                pieces(canvas, frame, branch, LINES[2], LINES[4], &|q| {
                    (q.p / size, end(q).unwrap_or(f64::NAN))
                });
            }
        }
    }
}

/// Runs of stable points solid, of unstable ones dashed; neighbors share the point between them.
fn pieces(
    canvas: &mut Canvas,
    frame: &Frame,
    branch: &Branch,
    stable: &str,
    unstable: &str,
    at: &dyn Fn(&BranchPoint) -> (f64, f64),
) {
    let points = &branch.points;
    let mut k = 0;
    while k + 1 < points.len() {
        // A stretch is as stable as the point at its end that says so.
        let kind = |k: usize| points[k + 1].is_stable.or(points[k].is_stable).unwrap_or(false);
        let first = k;
        while k + 1 < points.len() && kind(k) == kind(first) {
            k += 1;
        }
        let line: Vec<(f64, f64)> = points[first..=k]
            .iter()
            .map(|q| {
                let (x, y) = at(q);
                frame.at(x, y)
            })
            .collect();
        match kind(first) {
            true => canvas.polyline(&line, stable, 1.3, ""),
            false => canvas.polyline(&line, unstable, 0.9, " stroke-dasharray=\"3 2\""),
        }
    }
}

/// The letters of the kinds that occur.
fn letters(kind: SpecialKind) -> &'static str {
    match kind {
        SpecialKind::Fold => "F",
        SpecialKind::Hopf => "H",
        SpecialKind::BranchPoint => "B",
        SpecialKind::CycleFold => "FC",
        SpecialKind::PeriodDoubling => "PD",
        SpecialKind::Torus => "T",
        SpecialKind::CycleBranchPoint => "BC",
        SpecialKind::Homoclinic => "HC",
        SpecialKind::Snic => "SNIC",
    }
}

fn legend(found: &Continuation) -> String {
    let mut kinds: Vec<SpecialKind> = found.diagram.specials.iter().map(|s| s.kind).collect();
    kinds.sort();
    kinds.dedup();
    let words: Vec<String> = kinds.iter().map(|k| format!("{} {}", letters(*k), k.name())).collect();
    if words.is_empty() { "none in this interval".to_owned() } else { words.join(", ") }
}

/// A mark at each special point, and its letters where they do not cover others.
fn specials(canvas: &mut Canvas, frame: &Frame, found: &Continuation) {
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    for special in &found.diagram.specials {
        let height = match found.diagram.branches.get(special.branch) {
            // On a cycle the mark stands at its largest value.
            Some(branch) if branch.kind == BranchKind::Cycle => {
                let near = branch.points.iter().min_by(|a, b| {
                    let far = |q: &BranchPoint| {
                        let period = special.period.unwrap_or(0.0);
                        let late = (q.period.unwrap_or(0.0) - period).abs() / period.abs().max(1e-300);
                        (q.p - special.p).abs() / special.p.abs().max(1e-300) + late.min(1.0)
                    };
                    far(a).total_cmp(&far(b))
                });
                near.and_then(|q| q.high.first().copied())
            }
            _ => special.x.first().copied(),
        };
        let Some(height) = height else { continue };
        let at = frame.at(special.p / found.unit.size, height);
        canvas.circle(at, 1.8, "#ffffff", INK, 0.8);
        let text = letters(special.kind);
        let width = text_width(text, SMALL);
        let right = at.0 + 4.0 + width < frame.left + frame.width;
        let spot = (if right { at.0 + 3.5 } else { at.0 - 3.5 }, at.1 - 3.5);
        let covers = |(x, y, w): &(f64, f64, f64)| {
            (spot.0 - x).abs() < w.max(width) + 1.0 && (spot.1 - y).abs() < SMALL
        };
        if !taken.iter().any(covers) {
            let anchor = if right { Anchor::Start } else { Anchor::End };
            canvas.text_over(spot, anchor, SMALL, INK, text);
            taken.push((spot.0, spot.1, width));
        }
    }
}
