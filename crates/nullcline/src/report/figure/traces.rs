//! The state over time: a panel for each unit, a line for each variable, or for many variables an image.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL, TEXT, text_width};
use super::color::{FAINT, LINES, diverging, time};
use super::drawn::Figure;
use super::frame::{Frame, Scale, extent};
use super::heat::{color_bar, image_on};
use super::jump::{jumps, moments};
use super::panel::{Panel, panels};
use super::thin::{stride, thin};
use crate::report::phrase::{Clock, TimeAxis};
use crate::study::{Spikes, Study};
use dynamics::simulate::Trajectory;
use linalg::Matrix;

/// An image has no more rows and columns than these.
const IMAGE: (usize, usize) = (110, 160);
/// More jumps than these are gaps without a dashed line.
const DASHED: usize = 100;
/// Height of a row of spikes.
const ROW: f64 = 8.0;
/// Single units whose spikes have a row.
const ROWS: usize = 6;

/// The page while it is filled from top to bottom.
struct Page<'a> {
    study: &'a Study,
    run: &'a Trajectory,
    canvas: Canvas,
    left: f64,
    width: f64,
    time: TimeAxis,
    /// Where the next panel begins.
    top: f64,
    /// Lines that have their color.
    colored: usize,
    /// What the caption must say.
    told: Vec<String>,
}

/// The state over time.
pub(super) fn traces(study: &Study) -> Option<Figure> {
    let simulation =
        study.simulation.as_ref().filter(|s| s.trajectory.t.len() > 1 && s.trajectory.x.rows() > 0)?;
    let run = &simulation.trajectory;
    let panels = panels(study, &run.x);
    let scales: Vec<Scale> = panels.iter().map(|p| scale(run, p)).collect();
    let rows: Vec<&Spikes> =
        study.spikes.iter().filter(|s| s.n == 1 && !s.times.is_empty()).take(ROWS).collect();
    let label = |i: usize| text_width(&label(study, i), SMALL) + 9.0;
    let names = rows.iter().filter(|_| rows.len() > 1).map(|s| text_width(&short_name(&s.population), SMALL));
    let right = panels
        .iter()
        .map(|p| if p.image { 46.0 } else { p.variables.iter().map(|&i| label(i)).fold(10.0, f64::max) })
        .chain(names.map(|w| w + 9.0))
        .fold(10.0, f64::max);
    let left =
        panels
            .iter()
            .zip(&scales)
            .map(|(p, s)| {
                if p.image { Frame::room(Scale::new(1.0, p.variables.len() as f64)) } else { Frame::room(*s) }
            })
            .fold(0.0, f64::max);
    let alone = panels.len() == 1;
    let height = |p: &Panel| match (alone, p.image, panels.len()) {
        (true, true, _) => 130.0,
        (true, false, _) => 118.0,
        (false, true, _) => 92.0,
        (false, false, 2) => 84.0,
        (false, false, 3) => 62.0,
        _ => 46.0,
    };
    let above = if panels[0].image { 14.0 } else { 8.0 };
    let gap = |p: &Panel| if p.image { 18.0 } else { 10.0 };
    let total = above
        + rows.len() as f64 * ROW
        + panels.iter().map(height).sum::<f64>()
        + panels.iter().skip(1).map(gap).sum::<f64>()
        + 29.0;
    let mut page = Page {
        study,
        run,
        canvas: Canvas::new(COLUMN, total),
        left,
        width: COLUMN - left - right,
        time: Clock::of(study).axis_of(&run.t),
        top: above,
        colored: 0,
        told: Vec::new(),
    };
    page.spikes(&rows);
    let moments = moments(study);
    for (k, (panel, scale)) in panels.iter().zip(&scales).enumerate() {
        if k > 0 {
            page.top += gap(panel);
        }
        let height = height(panel);
        if panel.image {
            page.image(panel, *scale, height, k + 1 == panels.len(), alone);
        } else {
            page.lines(panel, *scale, height, &moments, (k + 1 == panels.len(), alone));
        }
        page.top += height;
    }
    let caption = page.told.join(" ");
    Some(Figure::new("traces", "State over time", caption, page.canvas))
}

fn scale(run: &Trajectory, panel: &Panel) -> Scale {
    let values = || panel.variables.iter().flat_map(|&i| run.x.row(i));
    if !panel.image {
        return Scale::covering(values());
    }
    let (low, high) = extent(values());
    if !panel.unit.is_empty() && low <= high {
        return Scale::new(low, high);
    }
    let most = low.abs().max(high.abs());
    let most = if most > 0.0 && most.is_finite() { most } else { 1.0 };
    Scale::new(-most, most)
}

/// `name = value` would not fit beside a line: the name alone, cut if need be.
fn label(study: &Study, i: usize) -> String {
    short_name(&study.names.get(i).cloned().unwrap_or_else(|| format!("x{}", i + 1)))
}

fn short_name(name: &str) -> String {
    if name.chars().count() > 12 {
        name.chars().take(11).chain("\u{2026}".chars()).collect()
    } else {
        name.into()
    }
}

/// The color of line `c`, and whether it was used before.
fn line(c: usize) -> (&'static str, bool) {
    (LINES[c % LINES.len()], c >= LINES.len())
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

impl Page<'_> {
    fn frame(&self, y: Scale, height: f64) -> Frame {
        let t = &self.run.t;
        let x = Scale::new(t[0] / self.time.size, t[t.len() - 1] / self.time.size);
        Frame { left: self.left, top: self.top, width: self.width, height, x, y }
    }

    /// The spikes of single units, a row for each.
    fn spikes(&mut self, rows: &[&Spikes]) {
        for spikes in rows {
            let frame = self.frame(Scale::new(0.0, 1.0), ROW);
            let mut marks: Vec<(f64, f64)> =
                spikes.times.iter().map(|(t, _)| (frame.at(t / self.time.size, 1.0).0, self.top)).collect();
            // Strokes that would cover each other are one.
            marks.dedup_by(|a, b| (a.0 - b.0).abs() < 0.2);
            self.canvas.strokes(&marks, ROW - 3.0, INK, 0.7);
            if rows.len() > 1 {
                let at = (self.left + self.width + 4.0, self.top + ROW - 2.5);
                self.canvas.text(at, Anchor::Start, SMALL, INK, &short_name(&spikes.population));
            }
            self.top += ROW;
        }
        match rows {
            [] => {}
            [one] => self.told.push(format!("The strokes on top are the spikes of {}.", one.population)),
            _ => self.told.push("The strokes on top are spikes.".into()),
        }
    }

    fn lines(&mut self, panel: &Panel, y: Scale, height: f64, moments: &[f64], (last, alone): (bool, bool)) {
        let (study, run, size) = (self.study, self.run, self.time.size);
        let frame = self.frame(y, height);
        frame.clip(&mut self.canvas);
        let mut ends = Vec::new();
        let mut broken = 0;
        for (c, &i) in panel.variables.iter().enumerate() {
            let row = run.x.row(i);
            let jumps = jumps(&run.t, &row, moments);
            broken += jumps.len();
            let mut kept = thin(&row, 1200);
            if jumps.len() <= DASHED {
                kept.extend(jumps.iter().flat_map(|(k, _)| [*k, k + 1]));
                kept.sort_unstable();
                kept.dedup();
            }
            let mut points = Vec::with_capacity(kept.len());
            for (m, &k) in kept.iter().enumerate() {
                points.push(frame.at(run.t[k] / size, row[k]));
                let next = kept.get(m + 1).copied().unwrap_or(k);
                let first = jumps.partition_point(|(j, _)| *j < k);
                if jumps.get(first).is_some_and(|(j, _)| *j < next) {
                    points.push((f64::NAN, f64::NAN));
                }
            }
            let (color, again) = line(self.colored + c);
            let dense = if kept.len() > 600 { 0.6 } else { 1.0 };
            let dash = if again { " stroke-dasharray=\"4 2\"" } else { "" };
            self.canvas.polyline(&points, color, dense, dash);
            if jumps.len() <= DASHED {
                for (k, moment) in jumps {
                    let (from, to) = (frame.at(moment / size, row[k]), frame.at(moment / size, row[k + 1]));
                    self.canvas.polyline(&[from, to], color, 0.5, " stroke-dasharray=\"1.5 1.5\"");
                }
            }
            let end = row.iter().rev().find(|v| v.is_finite()).copied().unwrap_or(0.0);
            ends.push((frame.at(0.0, end).1, c));
        }
        self.canvas.unclip();
        frame.y_axis(&mut self.canvas, &panel.label(study, alone));
        self.time_axis(&frame, last);
        // A variable alone has its name at the axis, unless it is the only one.
        if panel.variables.len() > 1 || (alone && panel.unit.is_empty()) {
            for (y, c) in spread(ends, frame.top, frame.top + frame.height) {
                let at = (frame.left + frame.width + 4.0, y + 2.5);
                let name = label(study, panel.variables[c]);
                self.canvas.text(at, Anchor::Start, SMALL, line(self.colored + c).0, &name);
            }
        }
        self.colored += panel.variables.len();
        self.tell("Each variable over time; its name stands where its line ends, or at the axis.");
        if self.colored > LINES.len() {
            self.tell("Colors repeat with dashes.");
        }
        if broken > 0 {
            self.tell("Where the state jumps its line is broken; dashes join the two sides.");
        }
    }

    fn image(&mut self, panel: &Panel, colors: Scale, height: f64, last: bool, alone: bool) {
        let (study, run) = (self.study, self.run);
        let (n, steps) = (panel.variables.len(), run.t.len());
        let (rows, columns) = (stride(n, IMAGE.0), stride(steps, IMAGE.1));
        let values =
            Matrix::from_fn(rows.len(), columns.len(), |i, j| run.x[(panel.variables[rows[i]], columns[j])]);
        let frame = self.frame(Scale::new(0.0, 1.0), height);
        let place = (frame.left, frame.top, frame.width, frame.height);
        let signed = panel.unit.is_empty();
        let color = |f: f64| if signed { diverging(2.0 * f - 1.0) } else { time(f) };
        image_on(&mut self.canvas, place, &values, &color(if signed { 0.5 } else { 0.0 }), |v| {
            color(colors.fraction(v))
        });
        row_axis(&mut self.canvas, &frame, n);
        self.time_axis(&frame, last);
        let bar = (frame.left + frame.width + 7.0, frame.top, 7.0, frame.height);
        color_bar(&mut self.canvas, bar, colors, "", color);
        // As far to the right as it goes, so that a long unit has room.
        let label = panel.label(study, alone);
        let start = (self.canvas.width - 3.0 - text_width(&label, TEXT)).min(bar.0);
        self.canvas.text((start, bar.1 - 5.0), Anchor::Start, TEXT, INK, &label);
        let parts = panel.parts(study);
        for (_, from, _) in parts.iter().filter(|part| part.1 > 1) {
            let y = frame.top + frame.height * (*from as f64 - 1.0) / n as f64;
            self.canvas.line((frame.left, y), (frame.left + frame.width, y), FAINT, 0.4);
        }
        let names: Vec<String> =
            parts.iter().take(6).map(|(name, from, to)| format!("{name} ({from} to {to})")).collect();
        self.told.push(format!("Each row is a variable, its color the state: {}.", names.join(", ")));
        if rows.len() < n {
            let part = n as f64 / rows.len() as f64;
            self.told.push(format!("Of {n} variables every {part:.1}th is shown."));
        }
    }

    /// The time axis, below the last panel with its numbers.
    fn time_axis(&mut self, frame: &Frame, last: bool) {
        if last {
            frame.x_axis(&mut self.canvas, self.time.label);
            return;
        }
        let bottom = frame.top + frame.height;
        self.canvas.line((frame.left, bottom), (frame.left + frame.width, bottom), INK, 0.7);
        let (ticks, _) = frame.x.ticks((frame.width / 38.0) as usize);
        for (x, _) in ticks {
            let px = frame.at(x, 0.0).0;
            self.canvas.line((px, bottom), (px, bottom + 2.0), INK, 0.7);
        }
    }

    fn tell(&mut self, text: &str) {
        if !self.told.iter().any(|t| t == text) {
            self.told.push(text.into());
        }
    }
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
