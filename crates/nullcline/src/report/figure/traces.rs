//! The state over time: a line for each variable, or for many variables an image.

use super::canvas::{Anchor, INK};
use super::canvas::{COLUMN, Canvas, SMALL, text_width};
use super::color::{LINES, diverging};
use super::drawn::Figure;
use super::frame::{Frame, Scale, extent};
use super::heat::{color_bar, image};
use super::thin::{stride, thin};
use crate::report::phrase::Clock;
use crate::study::{Simulation, Study};
use linalg::Matrix;

/// More variables than this become an image.
const LINES_AT_MOST: usize = 12;
/// An image has no more rows and columns than these.
const IMAGE: (usize, usize) = (110, 160);

/// The state over time.
pub(super) fn traces(study: &Study) -> Option<Figure> {
    let simulation =
        study.simulation.as_ref().filter(|s| s.trajectory.t.len() > 1 && s.trajectory.x.rows() > 0)?;
    Some(if simulation.trajectory.x.rows() <= LINES_AT_MOST {
        lines(study, simulation)
    } else {
        picture(study, simulation)
    })
}

/// `name = value` would not fit beside a line: the name alone, cut if need be.
fn label(study: &Study, i: usize) -> String {
    let name = study.names.get(i).cloned().unwrap_or_else(|| format!("x{}", i + 1));
    if name.chars().count() > 12 { name.chars().take(11).chain("\u{2026}".chars()).collect() } else { name }
}

fn lines(study: &Study, simulation: &Simulation) -> Figure {
    let run = &simulation.trajectory;
    let n = run.x.rows();
    let labels: Vec<String> = (0..n).map(|i| label(study, i)).collect();
    let widest = labels.iter().map(|l| text_width(l, SMALL)).fold(0.0, f64::max);
    let mut canvas = Canvas::new(COLUMN, 155.0);
    let x = Scale::new(run.t[0], run.t[run.t.len() - 1]);
    let y = Scale::covering(run.x.as_slice().iter().copied());
    let frame = Frame::fit(&canvas, x, y, widest + 9.0);
    frame.clip(&mut canvas);
    let mut ends = Vec::new();
    for i in 0..n {
        let row = run.x.row(i);
        let kept = thin(&row, 1200);
        let points: Vec<_> = kept.iter().map(|&k| frame.at(run.t[k], row[k])).collect();
        let dense = if kept.len() > 600 { 0.6 } else { 1.0 };
        canvas.polyline(
            &points,
            LINES[i % LINES.len()],
            dense,
            if i >= LINES.len() { " stroke-dasharray=\"4 2\"" } else { "" },
        );
        let end = row.iter().rev().find(|v| v.is_finite()).copied().unwrap_or(0.0);
        ends.push((frame.at(run.t[0], end).1, i));
    }
    canvas.unclip();
    frame.axes(&mut canvas, Clock::of(study).axis(), "state");
    for (y, i) in spread(ends, frame.top, frame.top + frame.height) {
        let at = (frame.left + frame.width + 4.0, y + 2.5);
        canvas.text(at, Anchor::Start, SMALL, LINES[i % LINES.len()], &labels[i]);
    }
    let dash = if n > LINES.len() { " Colors repeat with dashes." } else { "" };
    let caption = format!("Each variable over time; its name stands where it ends.{dash}");
    Figure::new("traces", "State over time", caption, canvas)
}

/// The labels moved apart, in their order, until none overlaps another.
fn spread(mut ends: Vec<(f64, usize)>, top: f64, bottom: f64) -> Vec<(f64, usize)> {
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let gap = 8.0;
    for k in 0..ends.len() {
        let least = if k == 0 { top } else { ends[k - 1].0 + gap };
        ends[k].0 = ends[k].0.max(least);
    }
    let mut most = bottom;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(most);
        most = end.0 - gap;
    }
    ends
}

fn picture(study: &Study, simulation: &Simulation) -> Figure {
    let run = &simulation.trajectory;
    let (n, steps) = (run.x.rows(), run.t.len());
    let (rows, columns) = (stride(n, IMAGE.0), stride(steps, IMAGE.1));
    let values = Matrix::from_fn(rows.len(), columns.len(), |i, j| run.x[(rows[i], columns[j])]);
    let (low, high) = extent(values.as_slice().iter().copied());
    let most = low.abs().max(high.abs());
    let most = if most > 0.0 && most.is_finite() { most } else { 1.0 };
    let mut canvas = Canvas::new(COLUMN, 165.0);
    let frame = Frame::fit(
        &canvas,
        Scale::new(run.t[0], run.t[steps - 1]),
        Scale { low: n as f64 + 0.5, high: 0.5, log: false },
        46.0,
    );
    let frame = Frame { top: 14.0, height: frame.height - 6.0, ..frame };
    image(&mut canvas, (frame.left, frame.top, frame.width, frame.height), &values, |v| diverging(v / most));
    let ordinary = Frame { y: Scale { low: 0.0, high: 1.0, log: false }, ..frame };
    row_axis(&mut canvas, &ordinary, n);
    ordinary_axis(&mut canvas, &ordinary, Clock::of(study).axis());
    color_bar(
        &mut canvas,
        (frame.left + frame.width + 7.0, frame.top, 7.0, frame.height),
        Scale::new(-most, most),
        "state",
        |f| diverging(2.0 * f - 1.0),
    );
    let fewer = if rows.len() < n {
        format!(" Of {n} variables every {:.1}th is shown.", n as f64 / rows.len() as f64)
    } else {
        String::new()
    };
    let names = study
        .groups
        .iter()
        .take(6)
        .map(|g| format!("{} ({} to {})", g.name, g.start + 1, g.start + g.len))
        .collect::<Vec<_>>()
        .join(", ");
    let caption = format!("Each row is a variable, its color the state: {names}.{fewer}");
    Figure::new("traces", "State over time", caption, canvas)
}

/// Variables are counted downwards, from 1.
pub(super) fn row_axis(canvas: &mut Canvas, frame: &Frame, n: usize) {
    let (ticks, _) = Scale::new(1.0, n as f64).ticks(4);
    let mut shown: Vec<usize> =
        ticks.iter().map(|(v, _)| *v as usize).filter(|v| *v >= 1 && *v <= n).collect();
    if !shown.contains(&1) {
        shown.insert(0, 1);
    }
    for v in shown {
        let y = frame.top + frame.height * (v as f64 - 0.5) / n as f64;
        canvas.line((frame.left - 3.0, y), (frame.left, y), INK, 0.7);
        canvas.text((frame.left - 5.0, y + 2.5), Anchor::End, SMALL, INK, &v.to_string());
    }
    canvas.text_up((10.4, frame.top + frame.height / 2.0), 8.0, "variable");
}

/// The time axis alone.
fn ordinary_axis(canvas: &mut Canvas, frame: &Frame, label: &str) {
    let bottom = frame.top + frame.height;
    let (ticks, _) = frame.x.ticks((frame.width / 38.0) as usize);
    for (x, text) in ticks {
        let px = frame.at(x, 0.0).0;
        canvas.line((px, bottom), (px, bottom + 3.0), INK, 0.7);
        canvas.text((px, bottom + 10.5), Anchor::Middle, SMALL, INK, &text);
    }
    canvas.text((frame.left + frame.width / 2.0, bottom + 22.0), Anchor::Middle, 8.0, INK, label);
}
