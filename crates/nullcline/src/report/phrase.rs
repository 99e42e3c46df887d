//! Numbers and times as people write them.
//!
//! | said | of | as |
//! | --- | --- | --- |
//! | in a sentence | 28.571428 | 28.6 |
//! | in a table | 4.035143017 | 4.03514 |
//! | a time with units | 0.02 s | 20 ms |
//! | a time without | 28.57 | 28.6 time units |

use crate::study::Study;

/// A number with three significant digits, for a sentence.
pub(super) fn short(x: f64) -> String {
    digits(x, 3)
}

/// A number with six significant digits, for a table.
pub(super) fn long(x: f64) -> String {
    digits(x, 6)
}

/// A number with at most `n` significant digits; whole digits are never rounded away below a million.
pub(super) fn digits(x: f64, n: usize) -> String {
    if x == 0.0 {
        return "0".into();
    }
    if !x.is_finite() {
        return if x.is_nan() {
            "undefined"
        } else if x > 0.0 {
            "infinite"
        } else {
            "-infinite"
        }
        .into();
    }
    let scientific = format!("{x:.*e}", n - 1);
    let (mantissa, exponent) = scientific.split_once('e').expect("{:e} writes an exponent");
    let exponent: i32 = exponent.parse().expect("{:e} writes an integer exponent");
    if (-4..6).contains(&exponent) {
        let decimals = (n as i32 - 1 - exponent).max(0) as usize;
        return trim_zeros(&format!("{x:.decimals$}")).into();
    }
    format!("{}e{exponent}", trim_zeros(mantissa))
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A count with its noun: `1 step`, `12 steps`.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A sentence: a capital first, a period last.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let period = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    // A name such as `x1` or `tau` that opens a reason keeps its letter.
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if word.chars().any(|c| c.is_numeric() || c == '_') || first.is_uppercase() {
        return format!("{text}{period}");
    }
    format!("{}{}{period}", first.to_uppercase(), letters.as_str())
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

/// A reason that follows a colon: a small letter first, unless it begins with a symbol; a period last.
pub(super) fn reason(text: &str) -> String {
    let text = sentence(text);
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            format!("{}{}", first.to_lowercase(), letters.as_str())
        }
        _ => text,
    }
}

/// The name of variable `i`, or `x1`, `x2`, … where the study has none.
pub(super) fn variable(study: &Study, i: usize) -> String {
    study.names.get(i).cloned().unwrap_or_else(|| format!("x{}", i + 1))
}

/// The same with its unit, for the label of an axis or a column: `V (mV)`.
pub(super) fn quantity(study: &Study, i: usize) -> String {
    let name = variable(study, i);
    match study.units.get(i) {
        Some(unit) if !unit.symbol.is_empty() => format!("{name} ({})", unit.symbol),
        _ => name,
    }
}

/// A value of variable `i` of a readable study with its unit: `-65 mV`.
pub(super) fn valued(study: &Study, i: usize, x: f64) -> String {
    match study.units.get(i) {
        Some(unit) if !unit.symbol.is_empty() => format!("{} {}", short(x), unit.symbol),
        _ => short(x),
    }
}

/// The state of a fixed point in words: `V = -65 mV, n = 0.318`; of many variables nothing.
pub(super) fn state(study: &Study, x: &[f64]) -> String {
    if x.iter().all(|v| *v == 0.0) {
        return "the origin".into();
    }
    if x.len() > 6 || study.names.len() != x.len() {
        return String::new();
    }
    let parts =
        x.iter().enumerate().map(|(i, v)| format!("{} = {}", variable(study, i), valued(study, i, *v)));
    parts.collect::<Vec<_>>().join(", ")
}

/// A time axis: its label, and how much its unit is in the model's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TimeAxis {
    /// `time (ms)`.
    pub(super) label: &'static str,
    /// `ms`; empty for steps and the model's own unit.
    pub(super) unit: &'static str,
    /// 1e-3 for ms.
    pub(super) size: f64,
}

/// The time of a model: in seconds, in its own unit, or in steps of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// Seconds.
    Seconds,
    /// The model's own unit.
    Units,
    /// Steps of a map.
    Steps,
}

impl Clock {
    /// The clock of a study.
    pub(super) fn of(study: &Study) -> Self {
        match (study.equation.map, study.time_unit) {
            (true, _) => Clock::Steps,
            (false, "s") => Clock::Seconds,
            _ => Clock::Units,
        }
    }

    /// A span of time: `20 ms`, `28.6 time units`.
    pub(super) fn span(self, t: f64) -> String {
        match self {
            Clock::Units => plural(t, "time unit"),
            Clock::Steps => plural(t, "step"),
            Clock::Seconds => seconds(t),
        }
    }

    /// A span of time after one was named with its unit: `0.598`, but `60 ms`.
    pub(super) fn brief(self, t: f64) -> String {
        if self == Clock::Seconds { seconds(t) } else { short(t) }
    }

    /// A point in time: `t = 20 ms`, `t = 28.6`, `k = 12`.
    pub(super) fn at(self, t: f64) -> String {
        match self {
            Clock::Steps => format!("k = {}", short(t)),
            _ => format!("t = {}", self.brief(t)),
        }
    }

    /// What follows a rate: `/s`, ` per time unit`.
    pub(super) fn per(self) -> &'static str {
        match self {
            Clock::Seconds => "/s",
            Clock::Units => " per time unit",
            Clock::Steps => " per step",
        }
    }

    /// The axis of a time that goes as far as `span`, in a unit in which it is at least 1.
    pub(super) fn axis(self, span: f64) -> TimeAxis {
        let (label, unit, size) = match self {
            Clock::Units => ("time (model units)", "", 1.0),
            Clock::Steps => ("step", "", 1.0),
            Clock::Seconds => match span.abs() {
                a if a < 1e-6 && a > 0.0 => ("time (ns)", "ns", 1e-9),
                a if a < 1e-3 && a > 0.0 => ("time (\u{b5}s)", "\u{b5}s", 1e-6),
                a if a < 1.0 && a > 0.0 => ("time (ms)", "ms", 1e-3),
                _ => ("time (s)", "s", 1.0),
            },
        };
        TimeAxis { label, unit, size }
    }

    /// The axis of the recorded times.
    pub(super) fn axis_of(self, t: &[f64]) -> TimeAxis {
        self.axis(t.iter().fold(0.0, |m: f64, t| m.max(t.abs())))
    }

    /// The unit of a frequency.
    pub(super) fn frequency_unit(self) -> &'static str {
        match self {
            Clock::Seconds => "Hz",
            Clock::Units => "per time unit",
            Clock::Steps => "per step",
        }
    }
}

fn plural(t: f64, unit: &str) -> String {
    let number = short(t);
    let s = if number == "1" { "" } else { "s" };
    format!("{number} {unit}{s}")
}

fn seconds(t: f64) -> String {
    let (scale, unit) = match t.abs() {
        a if a == 0.0 || a >= 1.0 => (1.0, "s"),
        a if a >= 1e-3 => (1e3, "ms"),
        a if a >= 1e-6 => (1e6, "us"),
        a if a >= 1e-9 => (1e9, "ns"),
        _ => (1.0, "s"),
    };
    format!("{} {unit}", short(t * scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_significant_digits() {
        assert_eq!(short(28.571_428), "28.6");
        assert_eq!(short(12.5), "12.5");
        assert_eq!(short(1234.5), "1234");
        assert_eq!(short(2.5e15), "2.5e15");
        assert_eq!(short(-0.000_012_345), "-1.23e-5");
        assert_eq!(long(4.035_143_017_690_633), "4.03514");
        assert_eq!(long(999_999.96), "1e6");
        assert_eq!(short(0.0), "0");
        assert_eq!(short(100.0), "100");
        assert_eq!(short(f64::INFINITY), "infinite");
    }

    #[test]
    fn times_carry_their_unit() {
        assert_eq!(Clock::Seconds.span(0.02), "20 ms");
        assert_eq!(Clock::Seconds.span(2.0), "2 s");
        assert_eq!(Clock::Units.span(28.571), "28.6 time units");
        assert_eq!(Clock::Units.span(1.0), "1 time unit");
        assert_eq!(Clock::Steps.at(12.0), "k = 12");
    }

    #[test]
    fn a_time_axis_counts_in_units_that_fit() {
        assert_eq!(Clock::Seconds.axis(0.2), TimeAxis { label: "time (ms)", unit: "ms", size: 1e-3 });
        assert_eq!(Clock::Seconds.axis(2.0).label, "time (s)");
        assert_eq!(Clock::Units.axis(0.2).size, 1.0);
    }

    #[test]
    fn a_sentence_begins_with_a_capital_and_ends_with_a_period() {
        assert_eq!(sentence("the largest real part is 3"), "The largest real part is 3.");
        assert_eq!(sentence("x1 left the finite numbers."), "x1 left the finite numbers.");
    }
}
