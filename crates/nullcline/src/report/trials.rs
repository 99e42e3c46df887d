//! Many runs until something happened: which stop came first, how surely, and when.
//!
//! ```text
//! p = k/n,    95 % interval (Wilson): (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n),    z = 1.96
//! ```
//!
//! Wilson's interval stays inside [0, 1] and keeps its width at k = 0 and k = n, where the usual one has none
//! (E. B. Wilson 1927, "Probable inference, the law of succession, and statistical inference").

use super::Paragraph;
use super::phrase::{Clock, TimeAxis, count, digits, list, long, short};
use crate::study::{Study, Trials, TrialsPoint};

/// The bounds of a fraction of `k` in `n`, at 95 %.
pub(super) fn interval(k: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (n as f64, 1.959_963_984_540_054);
    let p = k as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}

/// The parameter with its unit, as an axis says it, and how much that unit is.
pub(super) fn parameter(trials: &Trials) -> Option<(String, f64)> {
    let (name, unit) = trials.parameter.as_ref()?;
    let label = if unit.symbol.is_empty() {
        name.clone()
    } else {
        format!("{name} ({})", super::readable::typographic(&unit.symbol))
    };
    Some((label, unit.size))
}

/// The unit that the mean times are told in.
pub(super) fn time_axis(study: &Study, trials: &Trials) -> TimeAxis {
    let means = trials.points.iter().flat_map(|p| p.stops.iter().filter_map(|s| s.mean_time));
    Clock::of(study).axis(means.fold(0.0, f64::max))
}

/// The names of the stops.
pub(super) fn stops(trials: &Trials) -> Vec<String> {
    trials.points.first().map_or(Vec::new(), |p| p.stops.iter().map(|s| s.name.clone()).collect())
}

/// What the trials showed.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let Some(trials) = study.trials.as_ref().filter(|t| !t.points.is_empty()) else { return Vec::new() };
    let names = stops(trials);
    let time = time_axis(study, trials);
    let values = match &trials.parameter {
        Some((name, _)) => format!(" for each of {} of {name}", count(trials.points.len(), "value")),
        None => String::new(),
    };
    let mut text = format!(
        "It was run {} times{values}, each time until one of {} happened: {} came first in the fraction of all runs that the \
         table gives, with its 95 % interval and the mean times.",
        trials.count,
        list(&names, "or"),
        names.first().map_or("", String::as_str)
    );
    if let [first, .., last] = trials.points.as_slice() {
        text += &format!(" {}", ends(trials, first, last, time, &names));
    }
    let undecided: usize = trials.points.iter().map(|p| p.undecided).sum();
    if undecided > 0 {
        text += &format!(" {} reached the end undecided and count in no mean time.", count(undecided, "run"));
    }
    vec![Paragraph::Text(text), table(trials, &names, time)]
}

/// The first and the last value, in words.
fn ends(
    trials: &Trials,
    first: &TrialsPoint,
    last: &TrialsPoint,
    time: TimeAxis,
    names: &[String],
) -> String {
    let (Some((name, unit)), Some(stop)) = (&trials.parameter, names.first()) else { return String::new() };
    let at = |p: &TrialsPoint| {
        let gap = if unit.symbol.is_empty() { String::new() } else { format!(" {}", unit.symbol) };
        let mean = p.mean_time.map_or(String::new(), |t| {
            let unit = if time.unit.is_empty() { "time units" } else { time.unit };
            format!(" after {} {unit} on average", short(t / time.size))
        });
        let part = 100.0 * p.stops[0].count as f64 / trials.count.max(1) as f64;
        format!("at {name} = {}{gap} in {} % of the runs{mean}", short(p.value / unit.size), short(part))
    };
    format!("{stop} came first {}, and {} (over all stops).", at(first), at(last))
}

fn table(trials: &Trials, names: &[String], time: TimeAxis) -> Paragraph {
    let unit = if time.unit.is_empty() { String::new() } else { format!(" ({})", time.unit) };
    let parameter = parameter(trials);
    let mut head: Vec<String> = parameter.iter().map(|(label, _)| label.clone()).collect();
    head.push(format!("{} first", names.first().map_or("none", String::as_str)));
    head.push("95 % interval".into());
    head.extend(names.iter().map(|name| format!("time of {name}{unit}")));
    head.push("undecided".into());
    let row = |p: &TrialsPoint| {
        let mut row: Vec<String> = parameter.iter().map(|(_, size)| long(p.value / size)).collect();
        let k = p.stops.first().map_or(0, |s| s.count);
        let (low, high) = interval(k, trials.count);
        row.push(digits(k as f64 / trials.count.max(1) as f64, 3));
        row.push(format!("{} to {}", digits(low, 3), digits(high, 3)));
        row.extend(p.stops.iter().map(|s| s.mean_time.map_or("none".into(), |t| short(t / time.size))));
        row.push(p.undecided.to_string());
        row
    };
    Paragraph::Table { rows: trials.points.iter().map(row).collect(), head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_wilson_has_the_published_values() {
        // Newcombe 1998, table I, method 3: 81 of 263 and 0 of 20.
        let (low, high) = interval(81, 263);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
        let (low, high) = interval(0, 20);
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
    }
}
