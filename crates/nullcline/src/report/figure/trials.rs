//! Many runs until something happened: how often the first stop came first, and when, against a parameter.

use super::canvas::{Anchor, COLUMN, Canvas, SMALL, text_width};
use super::color::{FAINT, LINES};
use super::drawn::Figure;
use super::frame::{Frame, Scale, extent};
use crate::report::trials::{interval, parameter, stops, time_axis};
use crate::study::{Study, Trials};

/// The psychometric curve above, mean times below.
pub(super) fn trials(study: &Study) -> Option<Figure> {
    let trials = study.trials.as_ref().filter(|t| t.points.len() > 1)?;
    let (label, size) = parameter(trials)?;
    let names = stops(trials);
    let first = names.first()?;
    let time = time_axis(study, trials);
    let values: Vec<f64> = trials.points.iter().map(|p| p.value / size).collect();
    let x = across(&values);
    let upper = Scale::new(0.0, 1.0);
    let errors: Vec<Vec<Option<(f64, f64)>>> =
        (0..names.len()).map(|k| times(trials, k, time.size)).collect();
    let bounds = errors.iter().flatten().flatten().flat_map(|(mean, error)| [mean - error, mean + error]);
    let lower = Scale::covering(bounds.chain([0.0]));
    let lower = Scale { low: lower.low.max(0.0), ..lower };
    let left = Frame::room(upper).max(Frame::room(lower));
    let cut: Vec<String> = names.iter().map(|n| n.chars().take(14).collect()).collect();
    let right = cut.iter().map(|n| text_width(n, SMALL)).fold(0.0, f64::max) + 12.0;
    let (above, below) = (88.0, 74.0);
    let mut canvas = Canvas::new(COLUMN, 8.0 + above + 12.0 + below + 29.0);
    let top = Frame { left, top: 8.0, width: COLUMN - left - right, height: above, x, y: upper };
    let chance = 1.0 / names.len() as f64;
    canvas.dashed(top.at(x.low, chance), top.at(x.high, chance), FAINT, 0.5);
    let mut curve = Vec::new();
    for (p, value) in trials.points.iter().zip(&values) {
        let k = p.stops[0].count;
        let (low, high) = interval(k, trials.count);
        canvas.line(top.at(*value, low), top.at(*value, high), LINES[0], 0.8);
        curve.push(top.at(*value, k as f64 / trials.count.max(1) as f64));
    }
    canvas.polyline(&curve, LINES[0], 0.9, "");
    for at in &curve {
        canvas.circle(*at, 2.0, LINES[0], LINES[0], 0.3);
    }
    top.y_axis(&mut canvas, &format!("fraction {}", cut[0]));
    top.bare_x_axis(&mut canvas);
    let bottom = Frame { top: 8.0 + above + 12.0, height: below, y: lower, ..top };
    let mut ends: Vec<(f64, usize)> = Vec::new();
    for (k, series) in errors.iter().enumerate() {
        let color = LINES[k % LINES.len()];
        let known: Vec<(f64, f64, f64)> =
            values.iter().zip(series).filter_map(|(v, s)| s.map(|(mean, error)| (*v, mean, error))).collect();
        for (value, mean, error) in &known {
            canvas.line(bottom.at(*value, mean - error), bottom.at(*value, mean + error), color, 0.8);
        }
        let line: Vec<_> = known.iter().map(|(value, mean, _)| bottom.at(*value, *mean)).collect();
        canvas.polyline(&line, color, 0.9, "");
        for at in &line {
            canvas.circle(*at, 2.0, color, color, 0.3);
        }
        if let Some(at) = line.last() {
            ends.push((at.1, k));
        }
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = f64::NEG_INFINITY;
    for (y, k) in ends {
        let y = y.max(least);
        least = y + 8.0;
        let at = (bottom.left + bottom.width + 5.0, y + 2.5);
        canvas.text(at, Anchor::Start, SMALL, LINES[k % LINES.len()], &cut[k]);
    }
    let unit = if time.unit.is_empty() { String::new() } else { format!(" ({})", time.unit) };
    bottom.axes(&mut canvas, &label, &format!("mean time{unit}"));
    let caption = format!(
        "Above, the fraction of {} runs for each value in which {first} came first, with 95 % intervals (Wilson) and \
         chance (dashed); below, the \
         mean time until each stop, with standard errors, counted from when the clock started.",
        trials.count
    );
    Some(Figure::new("trials", "Trials", caption, canvas))
}

/// Mean and standard error of the time of stop `k` at each value; `None` where it never came.
fn times(trials: &Trials, k: usize, size: f64) -> Vec<Option<(f64, f64)>> {
    let at = |p: &crate::study::TrialsPoint| {
        let stop = p.stops.get(k)?;
        let error = stop.sd_time.map_or(0.0, |sd| sd / (stop.count as f64).sqrt());
        Some((stop.mean_time? / size, error / size))
    };
    trials.points.iter().map(at).collect()
}

/// By factors where values are positive and span more than a decade; a margin on both sides.
fn across(values: &[f64]) -> Scale {
    let (low, high) = extent(values.iter().copied());
    if low > 0.0 && high / low > 12.0 {
        return Scale::factors(values.iter().copied());
    }
    let pad = 0.04 * (high - low);
    Scale::new(low - pad, high + pad)
}
