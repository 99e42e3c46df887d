//! Spikes and events, in sentences.

use super::Paragraph;
use super::phrase::{Clock, count, digits, list, sentence, short, valued, variable};
use crate::study::{Course, Cycle, Events, Spikes, Study};

/// What fired and what happened.
pub(super) fn paragraphs(study: &Study) -> Vec<Paragraph> {
    let clock = Clock::of(study);
    let span = study.simulation.as_ref().map_or(0.0, |s| {
        let last = s.trajectory.t.last().copied().unwrap_or(s.span.1);
        last - s.span.0
    });
    let told = study.spikes.iter().map(|s| spikes(s, clock, span));
    let told: Vec<String> = told.chain(study.events.iter().map(|e| events(e, clock))).collect();
    match told.len() {
        0 => Vec::new(),
        1 => vec![Paragraph::Text(told[0].clone())],
        _ => vec![Paragraph::List(told)],
    }
}

/// A rate with its unit: `68.33 Hz`.
fn rate(clock: Clock, rate: f64) -> String {
    if clock == Clock::Seconds {
        format!("{} Hz", digits(rate, 4))
    } else {
        format!("{}{}", digits(rate, 4), clock.per())
    }
}

fn spikes(s: &Spikes, clock: Clock, span: f64) -> String {
    let (name, fired) = (&s.population, s.times.len());
    let one = s.n == 1;
    let Some((first, last)) = s.times.first().zip(s.times.last()) else {
        let who = if one { name.clone() } else { format!("none of the {} units of {name}", s.n) };
        let verb = if one { "did not fire" } else { "fired" };
        let unseen = if span > 0.0 {
            format!(" (one that fires less than once in {} would not show)", clock.span(span))
        } else {
            String::new()
        };
        let text = format!(
            "{who} {verb}: its rate 0 counts the spikes of this run and says nothing of others{unseen}."
        );
        return if one { text } else { sentence(&text) };
    };
    let mut text = if one {
        format!("{name} fired {}, {}", times(fired), rate(clock, s.rate))
    } else {
        let silent = s.n - distinct(s);
        let silent = match silent {
            0 => String::new(),
            k => format!("; {k} of them never fired"),
        };
        format!(
            "the {} units of {name} fired {}, each at {} on average{silent}",
            s.n,
            count(fired, "spike"),
            rate(clock, s.rate)
        )
    };
    if let Some(cv) = s.cv {
        let cv = if cv < 1e-6 { 0.0 } else { cv };
        let of = if one { "its intervals vary" } else { "the intervals of a unit vary" };
        text += &format!("; {of} by CV {} ({})", digits(cv, 2), irregular(cv));
    }
    text += &if fired == 1 {
        format!(". It came at {}", clock.at(first.0))
    } else {
        let apart = match s.times.as_slice() {
            [.., before, last] if one => format!(", {} after the one before", clock.span(last.0 - before.0)),
            _ => String::new(),
        };
        format!(". The first came at {}, the last at {}{apart}", clock.at(first.0), clock.at(last.0))
    };
    // A population keeps the letter of its name.
    if one { format!("{text}.") } else { sentence(&text) }
}

fn distinct(s: &Spikes) -> usize {
    let mut fired = vec![false; s.n];
    for (_, unit) in &s.times {
        if let Some(fired) = fired.get_mut(*unit) {
            *fired = true;
        }
    }
    fired.iter().filter(|f| **f).count()
}

/// What a coefficient of variation of intervals is like.
fn irregular(cv: f64) -> &'static str {
    match cv {
        c if c < 0.05 => "as even as a clock",
        c if c < 0.5 => "0 is a clock, 1 a Poisson process",
        c if c < 0.85 => "less irregular than a Poisson process, whose CV is 1",
        c if c < 1.15 => "as irregular as a Poisson process",
        _ => "more irregular than a Poisson process, as of bursts",
    }
}

fn times(n: usize) -> String {
    match n {
        1 => "once".into(),
        2 => "twice".into(),
        k => format!("{k} times"),
    }
}

fn events(e: &Events, clock: Clock) -> String {
    let Some(last) = e.times.last() else { return format!("{} did not happen.", e.name) };
    let when = match e.times.as_slice() {
        [_] => format!("at {}", clock.at(last.0)),
        [.., before, last] if before.1 == last.1 => format!(
            "the last time at {}, {} after the one before",
            clock.at(last.0),
            clock.span(last.0 - before.0)
        ),
        _ => format!("the last time at {}", clock.at(last.0)),
    };
    let end = if e.stopped { ", and ended the run" } else { "" };
    format!("{} happened {}, {when}{end}.", e.name, times(e.times.len()))
}

/// What the run came to, in a sentence; `None` where it was not asked.
pub(super) fn oscillation(study: &Study) -> Option<String> {
    let o = study.oscillation.as_ref()?;
    let clock = Clock::of(study);
    let Some(c) = &o.cycle else {
        return Some(match o.verdict {
            Course::Rests => "It comes to rest.".into(),
            _ => format!("It neither comes to rest nor repeats a cycle in this run: {}.", o.reason),
        });
    };
    if c.timed == Cycle::RETURN {
        return Some(format!(
            "It ends where it began: a closed orbit, of which {} is the period (or a multiple of it).",
            precise(clock, c.period)
        ));
    }
    let spread = if c.spread <= 1e-9 * c.period {
        String::new()
    } else {
        format!(", which vary by {}", clock.span(c.spread))
    };
    let sure = match c.error {
        Some(error) => format!("; recording at intervals may have shifted it by {}", clock.span(error)),
        None => String::new(),
    };
    let frequency =
        if clock == Clock::Seconds { format!(" ({} Hz)", digits(1.0 / c.period, 4)) } else { String::new() };
    let period = precise(clock, c.period);
    Some(format!(
        "It oscillates with period {period}{frequency}: the mean of the last {} between {}{spread}{sure}.",
        count(c.count, "interval"),
        c.timed
    ))
}

/// A span with six digits.
fn precise(clock: Clock, t: f64) -> String {
    let told = clock.span(t);
    let Some((_, unit)) = told.split_once(' ') else { return told };
    let axis = clock.axis(t);
    if clock == Clock::Seconds {
        format!("{} {}", digits(t / axis.size, 6), axis.unit)
    } else {
        format!("{} {unit}", digits(t, 6))
    }
}

/// The lowest and highest values of the last cycle.
pub(super) fn swing(study: &Study) -> Option<String> {
    let c = study.oscillation.as_ref()?.cycle.as_ref()?;
    let each = c.lowest.iter().zip(&c.highest).enumerate().take(6);
    let each: Vec<String> = each
        .map(|(i, (low, high))| {
            let verb = if i == 0 { " ran" } else { "" };
            format!("{}{verb} from {} to {}", variable(study, i), short(*low), valued(study, i, *high))
        })
        .collect();
    let one = if c.timed == Cycle::RETURN { "On it" } else { "In the last one" };
    Some(format!(" {one}, {}.", list(&each, "and")))
}
