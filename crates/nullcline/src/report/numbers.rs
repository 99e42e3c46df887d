//! Numbers that were asked for: Lyapunov exponents, the limit cycle with its multipliers and its phase response, a section.

use super::Paragraph;
use super::number::{number, numbers, optional};
use super::phrase::{Clock, count, digits, list, short, valued, variable};
use crate::study::{FoundCycle, FoundSection, Response, Study};
use dynamics::analyze::{Estimate, LyapunovExponents};
use serde_json::{Map, Value, json};

/// Passages in the findings, at most.
const LISTED: usize = 1000;
/// Exponents that the story names.
const NAMED: usize = 10;
/// A response whose other sign is below this part of the largest value has one sign.
const ONE_SIGN: f64 = 1e-3;

/// Adds the keys `lyapunov`, `cycle`, `phase_response` and `section` to the findings, those that were asked for.
pub(super) fn insert(study: &Study, all: &mut Map<String, Value>) {
    if let Some(found) = &study.lyapunov {
        all.insert("lyapunov".into(), lyapunov_json(found));
    }
    if let Some(cycle) = &study.cycle {
        all.insert("cycle".into(), cycle_json(study, cycle));
        if let Some(response) = &cycle.response {
            all.insert("phase_response".into(), response_json(study, response));
        }
    }
    if let Some(section) = &study.section {
        all.insert("section".into(), section_json(study, section));
    }
}

fn lyapunov_json(found: &LyapunovExponents) -> Value {
    let estimate = |e: &Estimate| json!({"value": number(e.value), "error": number(e.error)});
    json!({
        "exponents": numbers(&found.exponents.iter().map(|e| e.value).collect::<Vec<_>>()),
        "errors": numbers(&found.exponents.iter().map(|e| e.error).collect::<Vec<_>>()),
        "converged": found.verdict == dynamics::analyze::LyapunovVerdict::Converged,
        "verdict": found.verdict.sentence(),
        "trivial": found.trivial,
        "dimension": found.dimension.as_ref().map(estimate),
        "entropy": found.entropy.as_ref().map(estimate),
        "sum": number(found.sum),
        "mean_divergence": optional(found.mean_divergence),
        "time": number(found.time),
    })
}

fn cycle_json(study: &Study, cycle: &FoundCycle) -> Value {
    let by_name = |x: &[f64]| -> Value {
        x.iter().enumerate().map(|(i, v)| (variable(study, i), number(*v))).collect::<Map<_, _>>().into()
    };
    if !cycle.is_cycle {
        return json!({"verdict": cycle.verdict, "period": null, "multipliers": []});
    }
    json!({
        "verdict": cycle.verdict,
        "period": number(cycle.period),
        "error": number(cycle.period_error),
        "multipliers": cycle.multipliers.iter().map(|z| numbers(&[z.re, z.im])).collect::<Vec<_>>(),
        "trivial_deviation": number(cycle.trivial_deviation),
        "stability": stability(cycle),
        "lowest": by_name(&cycle.low),
        "highest": by_name(&cycle.high),
    })
}

fn stability(cycle: &FoundCycle) -> &'static str {
    match cycle.is_stable {
        Some(true) => "stable",
        Some(false) => "unstable",
        None => "undecided by linearization",
    }
}

fn response_json(study: &Study, response: &Response) -> Value {
    json!({
        "variable": variable(study, response.variable),
        "phases": numbers(&response.phases),
        "values": numbers(&response.values),
        "kind": kind(response),
        "deviation": number(response.deviation),
    })
}

/// Type I: pushes advance only (or delay only); type II: both.
fn kind(response: &Response) -> &'static str {
    let (low, high) = range(&response.values);
    if low.abs().min(high.abs()) < ONE_SIGN * low.abs().max(high.abs()) || low * high > 0.0 {
        "one sign"
    } else {
        "both signs"
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)))
}

fn section_json(study: &Study, section: &FoundSection) -> Value {
    let listed = || section.crossings.iter().take(LISTED);
    json!({
        "variable": variable(study, section.variable),
        "value": number(section.value),
        "direction": section.direction,
        "count": section.crossings.len(),
        "span": number(section.span),
        "times": numbers(&listed().map(|c| c.0).collect::<Vec<_>>()),
        "upward": listed().map(|c| c.1).collect::<Vec<_>>(),
        "states": listed().map(|c| numbers(&c.2)).collect::<Vec<_>>(),
    })
}

/// What was asked for, in sentences.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let clock = Clock::of(study);
    let mut out = Vec::new();
    if let Some(found) = &study.lyapunov {
        out.extend(exponents(found, clock));
    }
    if let Some(cycle) = &study.cycle {
        out.extend(cycle_told(study, cycle, clock));
    }
    if let Some(section) = &study.section {
        out.push(Paragraph::Text(section_told(study, section, clock)));
    }
    if !out.is_empty() {
        out.insert(0, Paragraph::Heading("In the long run".into()));
    }
    out
}

/// A value with as many digits as its error leaves.
fn within(e: &Estimate) -> String {
    if e.error <= 0.0 || !e.error.is_finite() || e.value == 0.0 {
        return format!("{} (error {})", short(e.value), short(e.error));
    }
    let known = (e.value.abs() / e.error).log10().ceil().clamp(0.0, 10.0) as usize + 1;
    format!("{} \u{b1} {}", digits(e.value, known.max(2)), digits(e.error, 1))
}

fn exponents(found: &LyapunovExponents, clock: Clock) -> Vec<Paragraph> {
    let Some(first) = found.exponents.first() else { return Vec::new() };
    let mut text = String::new();
    let sure = first.value.abs() > 3.0 * first.error && found.trivial != Some(0);
    text += &if sure && first.value > 0.0 {
        format!(
            "Nearby states part e-fold every {}: the largest Lyapunov exponent is {}{}, so that the run is chaotic as far as it tells.",
            clock.span(1.0 / first.value),
            within(first),
            clock.per()
        )
    } else if sure {
        format!(
            "Nearby states come together, e-fold every {}: the largest Lyapunov exponent is {}{}, and the run comes to rest.",
            clock.span(-1.0 / first.value),
            within(first),
            clock.per()
        )
    } else {
        format!(
            "The largest Lyapunov exponent is 0 within its error ({}{}): nearby states neither part nor come together.",
            within(first),
            clock.per()
        )
    };
    if let Some(d) = &found.dimension {
        text += &format!(" By Kaplan and Yorke the attractor has the dimension {}.", within(d));
    }
    if let Some(m) = found.mean_divergence {
        text += &format!(
            " The exponents add up to {}, and the mean divergence along the orbit is {}.",
            digits(found.sum, 5),
            digits(m, 5)
        );
    }
    text += &format!(" Growth was recorded for {}; {}.", clock.span(found.time), found.verdict.sentence());
    let rows = found.exponents.iter().enumerate().take(NAMED).map(|(i, e)| {
        let about = if found.trivial == Some(i) { "along the flow: 0" } else { "" };
        [(i + 1).to_string(), digits(e.value, 6), digits(e.error, 2), about.to_owned()]
    });
    let head =
        ["exponent".to_owned(), format!("value{}", per(clock)), "standard error".into(), String::new()];
    vec![Paragraph::Text(text), Paragraph::table(head.each_ref().map(String::as_str), rows.collect())]
}

fn per(clock: Clock) -> &'static str {
    match clock {
        Clock::Seconds => " (1/s)",
        _ => "",
    }
}

fn cycle_told(study: &Study, cycle: &FoundCycle, clock: Clock) -> Vec<Paragraph> {
    if !cycle.is_cycle {
        let words = format!("A limit cycle was asked for: {}.", cycle.verdict);
        return vec![Paragraph::Text(words)];
    }
    let mut text = format!(
        "The run settles on a cycle of period {} (error {}), which is {}.",
        period(clock, cycle.period),
        clock.span(cycle.period_error),
        stability(cycle)
    );
    let told: Vec<String> = cycle.multipliers.iter().take(6).map(|z| complex(*z)).collect();
    if !told.is_empty() {
        let more = if cycle.multipliers.len() > 6 { ", \u{2026}" } else { "" };
        text += &format!(
            " After one turn a small deviation is multiplied by {}{more} (Floquet multipliers, beside the 1 along the cycle, which was \
             found to {}).",
            list(&told, "and"),
            short(cycle.trivial_deviation)
        );
    }
    let mut out = vec![Paragraph::Text(text)];
    if let Some(response) = &cycle.response {
        let name = variable(study, response.variable);
        let (low, high) = range(&response.values);
        let unit = study.units.get(response.variable).map_or("", |u| u.symbol.as_str());
        let per =
            if unit.is_empty() { format!("per unit of {name}") } else { format!("per {unit} of {name}") };
        let place = |value: f64| {
            let k = response.values.iter().position(|v| *v == value).unwrap_or(0);
            short(response.phases[k])
        };
        out.push(Paragraph::Text(match kind(response) {
            "one sign" => {
                let most = if high.abs() > low.abs() { high } else { low };
                let verb = if most > 0.0 { "advances" } else { "delays" };
                format!(
                    "A small push of {name} {verb} the cycle wherever it comes (a response of one sign), most at the phase {}, by {} {per}.",
                    place(most),
                    clock.span(most.abs())
                )
            }
            _ => format!(
                "A small push of {name} advances the cycle by up to {} {per} (at the phase {}) and delays it by up to {} (at {}): a \
                 response of both signs. Phase 0 is where {name} is largest.",
                clock.span(high),
                place(high),
                clock.span(-low),
                place(low)
            ),
        }));
    }
    out
}

fn period(clock: Clock, t: f64) -> String {
    match clock {
        Clock::Seconds => clock.span(t),
        _ => digits(t, 8),
    }
}

fn complex(z: linalg::Complex) -> String {
    if z.im == 0.0 {
        return short(z.re);
    }
    format!("{} {} {}i", short(z.re), if z.im < 0.0 { "-" } else { "+" }, short(z.im.abs()))
}

fn section_told(study: &Study, section: &FoundSection, clock: Clock) -> String {
    let name = variable(study, section.variable);
    let value = valued(study, section.variable, section.value);
    let way = match section.direction {
        "both" => "in either direction",
        "down" => "downward",
        _ => "upward",
    };
    if section.crossings.is_empty() {
        return format!(
            "The section {name} = {value} was never crossed {way} in {}: choose a value that {name} passes, or follow it longer.",
            clock.span(section.span)
        );
    }
    let mut text = format!(
        "{name} passes {value} {way} {} in {}.",
        count(section.crossings.len(), "time"),
        clock.span(section.span)
    );
    let gaps: Vec<f64> = section.crossings.windows(2).map(|w| w[1].0 - w[0].0).collect();
    if !gaps.is_empty() {
        let (low, high) = range(&gaps);
        text += &if high - low < 1e-6 * high {
            format!(" It returns every {}.", clock.span(high))
        } else {
            format!(" It returns after {} to {}.", clock.span(low), clock.span(high))
        };
    }
    text
}
