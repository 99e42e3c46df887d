//! The spikes of populations: unit against time, and below how many a unit fires.

use super::canvas::{Anchor, COLUMN, Canvas, INK, SMALL, TEXT, text_width};
use super::color::LINES;
use super::drawn::Figure;
use super::frame::{Frame, Scale};
use crate::report::phrase::{Clock, count, digits};
use crate::study::{Spikes, Study};

/// More spikes than this are shown for every second, third, … unit only.
const MARKS: usize = 12_000;
/// Bins of the rate, about.
const BINS: f64 = 100.0;

/// The spikes of populations of more than one unit.
pub(super) fn raster(study: &Study) -> Option<Figure> {
    let shown: Vec<&Spikes> = study.spikes.iter().filter(|s| s.n > 1).collect();
    let total: usize = shown.iter().map(|s| s.times.len()).sum();
    if total == 0 {
        return None;
    }
    let simulation = study.simulation.as_ref()?;
    let last = simulation.trajectory.t.last().copied().unwrap_or(simulation.span.1);
    let clock = Clock::of(study);
    let time = clock.axis(last.abs().max(simulation.span.0.abs()));
    // At least about 15 spikes in a bin, or their number would say more of chance than of the rate.
    let span = last - simulation.span.0;
    let bin = nice((span / BINS).max(15.0 * span / total as f64).min(span / 5.0));
    let rates: Vec<Vec<f64>> = shown.iter().map(|s| binned(s, simulation.span.0, last, bin)).collect();
    let most = rates.iter().flatten().copied().fold(0.0, f64::max);
    let y = Scale::new(0.0, 1.05 * most);
    let units: usize = shown.iter().map(|s| s.n).sum();
    let names: Vec<String> = shown.iter().map(|s| s.population.chars().take(12).collect()).collect();
    let widest = names.iter().map(|name| text_width(name, SMALL)).fold(0.0, f64::max);
    let (left, right) = (Frame::room(y).max(Frame::room(Scale::new(1.0, units as f64))), widest + 9.0);
    let (above, below) = (128.0, 56.0);
    let mut canvas = Canvas::new(COLUMN, 8.0 + above + 10.0 + below + 29.0);
    let x = Scale::new(simulation.span.0 / time.size, last / time.size);
    let dots =
        Frame { left, top: 8.0, width: COLUMN - left - right, height: above, x, y: Scale::new(0.0, 1.0) };
    let every = total.div_ceil(MARKS);
    let mut told = format!("Spikes of {}, a stroke for each.", populations(&shown));
    if every > 1 {
        told += &format!(" One of {every} units is drawn.");
    }
    bands(&mut canvas, &dots, &shown, &names, every, time.size);
    let rate = Frame { top: 8.0 + above + 10.0, height: below, y, ..dots };
    rate.clip(&mut canvas);
    for (c, values) in rates.iter().enumerate() {
        let mut steps = Vec::with_capacity(2 * values.len());
        for (k, value) in values.iter().enumerate() {
            let from = (simulation.span.0 + k as f64 * bin) / time.size;
            steps.push(rate.at(from, *value));
            steps.push(rate.at(from + bin / time.size, *value));
        }
        canvas.polyline(&steps, LINES[c % LINES.len()], 0.8, "");
    }
    canvas.unclip();
    let label = if clock == Clock::Seconds { "rate (Hz)" } else { "rate" };
    rate.axes(&mut canvas, time.label, label);
    let caption =
        format!("{told} Below, how often a unit fires on average, counted in bins of {}.", clock.span(bin));
    Some(Figure::new("raster", "Spikes", caption, canvas))
}

fn populations(shown: &[&Spikes]) -> String {
    let each: Vec<String> =
        shown.iter().map(|s| format!("{} ({})", s.population, count(s.n, "unit"))).collect();
    crate::report::phrase::list(&each, "and")
}

/// The strokes: populations from top to bottom, as high as they are large, yet never a sliver.
fn bands(canvas: &mut Canvas, frame: &Frame, shown: &[&Spikes], names: &[String], every: usize, size: f64) {
    let total: usize = shown.iter().map(|s| s.n).sum();
    let share: Vec<f64> = shown.iter().map(|s| (s.n as f64 / total as f64).max(0.12)).collect();
    let whole: f64 = share.iter().sum();
    let mut top = frame.top;
    for (c, (spikes, share)) in shown.iter().zip(&share).enumerate() {
        let height = frame.height * share / whole;
        let row = height / spikes.n as f64;
        let color = LINES[c % LINES.len()];
        let stroke = (row * every as f64).clamp(0.6, 5.0);
        let marks: Vec<(f64, f64)> = spikes
            .times
            .iter()
            .filter(|(_, unit)| unit % every == 0 && *unit < spikes.n)
            .map(|(t, unit)| {
                let y = top + row * (*unit as f64 + 0.5) - stroke / 2.0;
                (frame.at(t / size, 0.0).0, y.clamp(top, (top + height - stroke).max(top)))
            })
            .collect();
        canvas.strokes(&marks, stroke, color, if marks.len() > 3000 { 0.35 } else { 0.6 });
        let right = frame.left + frame.width;
        if c > 0 {
            canvas.line((frame.left, top), (right, top), "#cccccc", 0.4);
        }
        canvas.text((right + 4.0, top + height / 2.0 + 2.5), Anchor::Start, SMALL, color, &names[c]);
        for unit in [1, spikes.n] {
            // The first unit of a band stands so near the last of the band above that one number is enough.
            if (unit == 1 && c > 0) || (unit == spikes.n && height < 9.0 && c > 0) {
                continue;
            }
            let y = top + row * (unit as f64 - 0.5);
            canvas.line((frame.left - 3.0, y), (frame.left, y), INK, 0.7);
            canvas.text((frame.left - 5.0, y + 2.5), Anchor::End, SMALL, INK, &unit.to_string());
        }
        top += height;
    }
    let bottom = frame.top + frame.height;
    canvas.line((frame.left, frame.top), (frame.left, bottom), INK, 0.7);
    canvas.line((frame.left, bottom), (frame.left + frame.width, bottom), INK, 0.7);
    canvas.text_up((10.4, frame.top + frame.height / 2.0), TEXT, "unit");
}

/// Spikes of a unit per unit of time in each bin.
fn binned(spikes: &Spikes, from: f64, to: f64, bin: f64) -> Vec<f64> {
    let count = (((to - from) / bin) - 1e-9).ceil().max(1.0) as usize;
    let mut bins = vec![0.0; count];
    for (t, _) in &spikes.times {
        let k = ((t - from) / bin) as usize;
        // The last bin may be cut by the end of the run.
        let width = bin.min(to - from - k.min(count - 1) as f64 * bin);
        bins[k.min(count - 1)] += 1.0 / (spikes.n as f64 * width);
    }
    bins
}

/// The round number at or above.
fn nice(x: f64) -> f64 {
    let power = 10f64.powf(x.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * power >= x * (1.0 - 1e-9)).unwrap_or(10.0);
    digits(factor * power, 3).parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_counts_every_spike_once() {
        let times: Vec<(f64, usize)> = (0..50).map(|k| (f64::from(k) * 0.02, k as usize % 5)).collect();
        let spikes = Spikes { population: "E".into(), n: 5, times, rate: 10.0, cv: None, resets: true };
        let bins = binned(&spikes, 0.0, 1.0, 0.03);
        let widths = (0..bins.len()).map(|k| 0.03f64.min(1.0 - 0.03 * k as f64));
        let counted: f64 = bins.iter().zip(widths).map(|(rate, width)| rate * width * 5.0).sum();
        assert!((counted - 50.0).abs() < 1e-9, "{counted}");
        assert_eq!((nice(0.0017), nice(0.01), nice(3.0)), (0.002, 0.01, 5.0));
    }
}
