//! What a search for fixed points came to: how sure each is, slow points, connected sets, and what was missed.

use super::Paragraph;
use super::number::{number, numbers, optional};
use super::phrase::{Clock, count, list, sentence, short, state};
use super::readable::is_mixed;
use crate::study::{Point, Rests, Study};
use dynamics::analyze::{AttractorShape, ContinuousAttractor, LineEnd};
use serde_json::{Value, json};

/// States of a connected set in the findings, at most.
const STATES: usize = 200;
/// Of more fixed points than this it is told how many have how many growing directions.
const MANY: usize = 6;
/// Slow points that the story names.
const SLOW: usize = 4;

/// The key `fixed_points` of the findings of a nonlinear system.
pub(super) fn rests_json(rests: &Rests) -> Value {
    let slow = rests.slow.iter().map(|(x, speed)| json!({"x": numbers(x), "speed": number(*speed)}));
    json!({
        "count": rests.points.len(),
        "points": rests.points.iter().map(point_json).collect::<Vec<_>>(),
        "singular": rests.singular.iter().map(point_json).collect::<Vec<_>>(),
        "slow_points": slow.collect::<Vec<_>>(),
        "attractors": rests.attractors.iter().map(attractor_json).collect::<Vec<_>>(),
        "missed": {
            "estimate": number(rests.missed.points),
            "unseen": number(rests.missed.unseen),
            "draws": rests.missed.draws,
            "assumption": rests.missed.assumption,
        },
        "starts": rests.starts,
        "stalled": rests.stalled,
        "failed": rests.failed,
        "deflated": rests.deflated,
        "left_out": rests.left_out,
    })
}

fn point_json(point: &Point) -> Value {
    json!({
        "x": numbers(&point.x),
        "residual": number(point.residual),
        "certified": point.certified,
        "verdict": point.verdict.name(),
        "radius": number(point.radius),
        "type": point.kind.map(|kind| kind.name()),
        "unstable_dimension": point.unstable,
        "eigenvalues": point.eigenvalues.iter().map(|z| numbers(&[z.re, z.im])).collect::<Vec<_>>(),
        "hits": point.hits,
    })
}

fn attractor_json(set: &ContinuousAttractor) -> Value {
    let stride = set.points.len().div_ceil(STATES).max(1);
    json!({
        "shape": set.shape.name(),
        "dimension": set.dimension,
        "verdict": if set.is_fixed { "fixed points" } else { "slow" },
        "drift": number(set.largest_drift),
        "speed": number(set.largest_speed),
        "decay": optional(Some(set.decay).filter(|d| d.is_finite())),
        "ratio": number(set.ratio),
        "length": number(set.length),
        "ends": set.ends.map(|ends| ends.map(end)),
        "states": set.points.iter().step_by(stride).map(|x| numbers(x)).collect::<Vec<_>>(),
    })
}

fn end(end: LineEnd) -> &'static str {
    match end {
        LineEnd::GoesOn => "goes on",
        LineEnd::Fades => "fades",
        LineEnd::Lost => "lost",
    }
}

/// How much was searched and what it leaves open, then slow points and connected sets.
pub(super) fn paragraphs(study: &Study, rests: &Rests) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = by_growth(rests).into_iter().map(Paragraph::Text).collect();
    out.push(Paragraph::Text(searched(rests)));
    if !rests.slow.is_empty() {
        out.push(Paragraph::Text(slow(study, rests)));
    }
    out.extend(rests.attractors.iter().map(|set| Paragraph::Text(attractor(study, set))));
    if !rests.left_out.is_empty() {
        out.push(Paragraph::List(rests.left_out.clone()));
    }
    out
}

/// How many points there are of each number of growing directions, where a table cannot show them all.
fn by_growth(rests: &Rests) -> Option<String> {
    let most = rests.points.iter().map(|point| point.unstable).max()?;
    if rests.points.len() <= MANY || rests.points.iter().any(|point| point.kind.is_none()) {
        return None;
    }
    let with = |k: usize| rests.points.iter().filter(|point| point.unstable == k).count();
    let each = (0..=most).filter(|&k| with(k) > 0).map(|k| match k {
        0 => format!("{} with no growing direction", with(k)),
        _ => format!("{} with {k}", with(k)),
    });
    Some(format!(
        "Of {} fixed points there are {}.",
        rests.points.len(),
        list(&each.collect::<Vec<_>>(), "and")
    ))
}

fn searched(rests: &Rests) -> String {
    let mut text = format!("The search followed {}", count(rests.starts, "start"));
    if rests.deflated > 0 {
        text += &format!(" and {} with the known points divided out", rests.deflated);
    }
    text += ".";
    let missed = &rests.missed;
    if missed.draws < 32 {
        text += " These are too few to say how many fixed points it missed.";
    } else if rests.points.is_empty() {
        text += " None of them came to an isolated fixed point.";
    } else {
        text += &format!(
            " By how often each point was hit, {}; one more start would lead to a new one with a chance of {} % at most.",
            match missed.points {
                x if x < 0.5 => "none of those that such starts can reach seems to be missing".to_owned(),
                x => format!("at least {} seem to be missing", short(x.round())),
            },
            // One hit more than was seen: no chance is 0 after finitely many draws.
            short(100.0 * (missed.unseen + 1.0 / missed.draws as f64))
        );
    }
    text
}

fn slow(study: &Study, rests: &Rests) -> String {
    let mixed = is_mixed(study);
    let each: Vec<String> = rests
        .slow
        .iter()
        .take(SLOW)
        .map(|(x, speed)| {
            let speed = format!("speed {}{}", short(*speed), Clock::of(study).per());
            match (state(study, x), mixed) {
                (at, true) => at,
                (at, false) if at.is_empty() => speed,
                (at, false) => format!("{at}: {speed}"),
            }
        })
        .collect();
    let more = if rests.slow.len() > SLOW { ", \u{2026}" } else { "" };
    format!(
        "There {} where the speed is smallest and not 0, so that {} no fixed point though the state lingers there: {}{more}.",
        if rests.slow.len() == 1 {
            "is 1 slow point".into()
        } else {
            format!("are {} slow points", rests.slow.len())
        },
        if rests.slow.len() == 1 { "it is" } else { "each is" },
        list(&each, "and")
    )
}

/// A connected set in words.
fn attractor(study: &Study, set: &ContinuousAttractor) -> String {
    let clock = Clock::of(study);
    let shape = match set.shape {
        AttractorShape::Line => "a line",
        AttractorShape::Ring => "a ring",
        AttractorShape::Plane => "a surface",
        AttractorShape::Higher => "a set of three or more dimensions",
    };
    let kind = if set.decay > 0.0 { "continuous attractor" } else { "continuous set of fixed points" };
    let mut text = if set.is_fixed {
        format!(
            "Fixed points are not alone here: {shape} of them ({kind}, dimension {}), within {} states that were checked the drift \
             along it is at most {}{}.",
            set.dimension,
            set.points.len(),
            short(set.largest_drift),
            clock.per()
        )
    } else {
        format!(
            "There is {shape} along which the state nearly stays (dimension {}): the drift along it is at most {}{}, not 0, and \
             over its length {} times slower than what lies beside it decays. It is nearly a continuous attractor, and none.",
            set.dimension,
            short(set.largest_drift),
            clock.per(),
            short(1.0 / set.ratio.abs())
        )
    };
    if set.decay.is_finite() && set.decay != 0.0 {
        let rate = clock.span(1.0 / set.decay.abs());
        text += &if set.decay > 0.0 {
            format!(" What is beside it returns to it with a time constant of {rate} or less.")
        } else {
            format!(" Some states beside it leave it, in {rate} by a factor of e.")
        };
    }
    if let Some([first, last]) = set.ends {
        let said = |end: LineEnd| match end {
            LineEnd::GoesOn => "goes on beyond where it was followed",
            LineEnd::Fades => "ends where it is no longer slow",
            LineEnd::Lost => "ends at a fold or a sharp corner",
        };
        text += &if first == last {
            format!(" On both sides it {}.", said(first))
        } else {
            format!(" On one side it {}; on the other it {}.", said(first), said(last))
        };
    }
    sentence(&text)
}
