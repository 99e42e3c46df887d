//! What each mode of a linear system does, in one sentence and one table.
//!
//! "One pair of modes grows by e every 28.6 time units while it turns clockwise once per 0.598; the third grows by e
//! every 12.5: a tornado." Modes that behave alike are told together, and a crowd of them in summary.

use super::phrase::{Clock, list, long, sentence};
use super::{Paragraph, verdict};
use crate::study::Study;
use dynamics::analyze::{LinearAnalysis, Mode, PlanarType, StabilityVerdict, TimeKind};
use linalg::Complex;

/// The table shows no more modes than this.
const ROWS: usize = 16;

/// Modes that behave alike: real ones, or complex pairs.
pub(super) struct Kin {
    /// Growth rate, 0 if it is that to rounding.
    pub(super) rate: f64,
    /// Index of the first eigenvalue.
    pub(super) first: usize,
    /// Whether they are complex pairs.
    pub(super) pair: bool,
    /// How many.
    pub(super) count: usize,
    /// Whether they are 0 to rounding, of a map: what lies along them is gone after a step.
    pub(super) nil: bool,
}

/// Below this part of the largest modulus an eigenvalue of a map is 0 to rounding.
const NIL: f64 = 1e-13;

/// The eigenvalues, gathered into groups that behave alike to ten digits.
pub(super) fn kin(a: &LinearAnalysis) -> Vec<Kin> {
    let mut groups: Vec<Kin> = Vec::new();
    let mut nil: Option<Kin> = None;
    for (i, z) in a.eigenvalues.iter().enumerate().filter(|(_, z)| z.im >= 0.0) {
        let pair = z.im > 0.0;
        if a.time == TimeKind::Map && z.norm() <= NIL * a.stability.spectral_radius {
            let none = Kin { rate: f64::NEG_INFINITY, first: i, pair: false, count: 0, nil: true };
            nil.get_or_insert(none).count += if pair { 2 } else { 1 };
            continue;
        }
        match groups.last_mut() {
            Some(last)
                if last.pair == pair && alike(a.eigenvalues[last.first], *z, a.stability.spectral_radius) =>
            {
                last.count += 1;
            }
            _ => groups.push(Kin { rate: verdict::growth(a, i), first: i, pair, count: 1, nil: false }),
        }
    }
    groups.extend(nil);
    groups
}

fn alike(a: Complex, b: Complex, scale: f64) -> bool {
    (a - b).norm() <= 1e-10 * scale
}

/// What each mode does: the sentence that a teacher would say.
pub(super) fn modes(study: &Study, a: &LinearAnalysis, clock: Clock) -> String {
    let mut groups = kin(a);
    if groups.len() > 4 {
        return crowd(a, &groups, clock);
    }
    groups.sort_by_key(|g| !g.pair);
    let n = a.dimension;
    let mut said = 0;
    let mut named_unit = false;
    let mut clauses = Vec::new();
    for group in &groups {
        let subject = subject(group, said, n);
        clauses.push(format!("{subject} {}", behavior(study, a, group, clock, &mut named_unit)));
        said += group.count * if group.pair { 2 } else { 1 };
    }
    let name = name(a, &groups).map_or(String::new(), |name| format!(": {name}"));
    sentence(&format!("{}{name}", clauses.join("; ")))
}

fn subject(group: &Kin, said: usize, n: usize) -> String {
    match (group.pair, group.count) {
        (true, 1) => if said == 0 { "one pair of modes" } else { "another pair" }.into(),
        (true, k) => format!("{k} pairs of modes"),
        (false, 1) => match (n, said) {
            (1, _) => "the only mode",
            (2, 1) => "the other",
            (3, 2) => "the third",
            (_, 0) => "one mode",
            _ => "another",
        }
        .into(),
        (false, k) if k == n => {
            if k == 2 {
                "both modes".into()
            } else {
                format!("all {k} modes")
            }
        }
        (false, k) => format!("{k} modes"),
    }
}

fn behavior(study: &Study, a: &LinearAnalysis, group: &Kin, clock: Clock, named_unit: &mut bool) -> String {
    let one = group.count == 1;
    let verb = |singular: &str, plural: &str| if one { singular.to_string() } else { plural.to_string() };
    let mut span = |t: f64| {
        if *named_unit {
            return clock.brief(t);
        }
        *named_unit = true;
        clock.span(t)
    };
    let growth = if group.rate == 0.0 {
        let rounding =
            if a.to_rounding[group.first] && a.rounding[group.first] > 0.0 { " (to rounding)" } else { "" };
        format!("neither {} nor {}{rounding}", verb("grows", "grow"), verb("decays", "decay"))
    } else if group.rate == f64::NEG_INFINITY {
        format!("{} at once", verb("vanishes", "vanish"))
    } else if group.rate > 0.0 {
        format!("{} by e every {}", verb("grows", "grow"), span(1.0 / group.rate))
    } else {
        format!("{} by e every {}", verb("decays", "decay"), span(-1.0 / group.rate))
    };
    if group.pair {
        let period = span(1.0 / a.frequencies[group.first]);
        let sense = sense(study, a, group.first).map_or(String::new(), |s| format!(" {s}"));
        let while_it = verb("while it turns", "while they turn");
        return format!("{growth} {while_it}{sense} once per {period}");
    }
    if a.time == TimeKind::Map && a.eigenvalues[group.first].re < 0.0 {
        return format!("{growth} and {} sign at every step", verb("changes", "change"));
    }
    growth
}

/// The sense of rotation of a pair, where a picture has one: in the plane, or in the plane of two coordinates.
fn sense(study: &Study, a: &LinearAnalysis, index: usize) -> Option<String> {
    if let Some(planar) = &a.planar {
        return planar.rotation.map(|r| r.name().to_string());
    }
    let mode = a.modes.iter().find(|m| m.index == index)?;
    let (i, j, counter) = turning_plane(mode)?;
    let word = if counter { "counterclockwise" } else { "clockwise" };
    if a.dimension == 3 && (i, j) == (0, 1) {
        return Some(word.into());
    }
    Some(format!("{word} in the plane of {} and {}", study.names.get(i)?, study.names.get(j)?))
}

/// The two coordinates that a mode turns in, if it involves no other, and whether from the first to the second.
fn turning_plane(mode: &Mode) -> Option<(usize, usize, bool)> {
    let w = mode.w.as_ref()?;
    let used: Vec<usize> =
        (0..mode.u.len()).filter(|&i| mode.u[i].abs().max(w[i].abs()) > 1e-9).take(3).collect();
    let [i, j] = used[..] else { return None };
    // Re(exp(i omega t)(u + i w)) leaves u in the direction of -w.
    let cross = mode.u[i] * -w[j] + mode.u[j] * w[i];
    Some((i, j, cross > 0.0))
}

fn name(a: &LinearAnalysis, groups: &[Kin]) -> Option<&'static str> {
    if a.time == TimeKind::Map {
        return None;
    }
    if let Some(planar) = &a.planar {
        return Some(match (planar.kind, planar.stability) {
            (PlanarType::Saddle, _) => "a saddle",
            (PlanarType::Node, StabilityVerdict::Unstable) => "an unstable node",
            (PlanarType::Node, _) => "a stable node",
            (PlanarType::Spiral, StabilityVerdict::Unstable) => "an unstable spiral",
            (PlanarType::Spiral, _) => "a stable spiral",
            (PlanarType::Center, _) => "a center",
            (PlanarType::ProperNode, StabilityVerdict::Unstable) => "an unstable proper node (star)",
            (PlanarType::ProperNode, _) => "a stable proper node (star)",
            (PlanarType::ImproperNode, StabilityVerdict::Unstable) => "an unstable improper node",
            (PlanarType::ImproperNode, _) => "a stable improper node",
            (PlanarType::LineOfFixedPoints, StabilityVerdict::Unstable) => "an unstable line of fixed points",
            (PlanarType::LineOfFixedPoints, _) => "a stable line of fixed points",
            (PlanarType::Shear, _) => "a shear, with a line of fixed points and linear growth along it",
            (PlanarType::PlaneOfFixedPoints, _) => "a plane of fixed points",
        });
    }
    let pair = groups.iter().find(|g| g.pair)?;
    let real = groups.iter().find(|g| !g.pair)?;
    if a.dimension != 3 {
        return None;
    }
    Some(match (pair.rate.partial_cmp(&0.0)?, real.rate.partial_cmp(&0.0)?) {
        (std::cmp::Ordering::Greater, std::cmp::Ordering::Greater) => "a tornado",
        (std::cmp::Ordering::Less, std::cmp::Ordering::Less) => "a damped spiral in space",
        (std::cmp::Ordering::Greater, std::cmp::Ordering::Less) => {
            "it settles onto a plane and spirals out in it"
        }
        (std::cmp::Ordering::Less, std::cmp::Ordering::Greater) => {
            "it spirals in to an axis and leaves along it"
        }
        _ => return None,
    })
}

/// Many modes in one breath.
fn crowd(a: &LinearAnalysis, groups: &[Kin], clock: Clock) -> String {
    let size = |g: &Kin| g.count * if g.pair { 2 } else { 1 };
    let growing: usize = groups.iter().filter(|g| g.rate > 0.0).map(size).sum();
    let neutral: usize = groups.iter().filter(|g| g.rate == 0.0).map(size).sum();
    let decaying = a.dimension - growing - neutral;
    let turning: usize = groups.iter().filter(|g| g.pair).map(|g| g.count).sum();
    let vanishing: usize = groups.iter().filter(|g| g.nil).map(size).sum();
    let decaying = decaying - vanishing;
    let mut parts = Vec::new();
    let all = [
        (growing, "grow"),
        (neutral, "neither grow nor decay"),
        (decaying, "decay"),
        (vanishing, "vanish at once"),
    ];
    for (k, verb) in all {
        if k > 0 {
            let modes = if k == a.dimension { " modes" } else { "" };
            parts.push(format!("{k}{modes} {verb}"));
        }
    }
    let turning = match turning {
        0 => "none turns".to_string(),
        1 => "one complex pair turns".to_string(),
        k => format!("{k} complex pairs turn"),
    };
    let mut text = match parts.as_slice() {
        [one] => format!("All {one}; {turning}."),
        _ => format!("Of {} modes, {}; {turning}.", a.dimension, list(&parts, "and")),
    };
    if let Some(fastest) = groups.iter().map(|g| g.rate).filter(|r| *r > 0.0).reduce(f64::max) {
        text += &format!(" The fastest growth is by e every {}.", clock.span(1.0 / fastest));
    }
    // Of a map the largest real part need not be the largest modulus.
    let rates = || groups.iter().map(|g| g.rate).filter(|r| r.is_finite() && *r < 0.0);
    if let Some(slowest) = rates().reduce(f64::max) {
        text += &format!(" The slowest decay is by e every {}", clock.span(-1.0 / slowest));
        let last = rates().fold(0.0, f64::min);
        text += &format!(", the fastest by e every {}.", clock.span(-1.0 / last));
    }
    if let Some(quickest) = groups.iter().filter(|g| g.pair).map(|g| a.frequencies[g.first]).reduce(f64::max)
    {
        text += &format!(" The quickest pair turns once per {}.", clock.span(1.0 / quickest));
    }
    text
}

pub(super) fn eigenvalue_table(a: &LinearAnalysis, clock: Clock) -> Paragraph {
    let groups = kin(a);
    let constants = a.time_constants.iter().flatten().map(|t| t.abs()).filter(|t| t.is_finite());
    let time = clock.axis(constants.fold(0.0, f64::max));
    let span = |t: f64| long(t / time.size);
    let mut rows = Vec::new();
    for group in groups.iter().take(ROWS) {
        let i = group.first;
        let z = a.eigenvalues[i];
        if group.nil {
            let times = if group.count > 1 { format!("{} x", group.count) } else { String::new() };
            let value = if z.norm() == 0.0 { "0" } else { "0 (to rounding)" };
            rows.push([times, value.into(), "0".into(), "0".into(), "none".into(), String::new()]);
            continue;
        }
        let real = if a.to_rounding[i] && z.re != 0.0 && a.time == TimeKind::Flow {
            "0 (to rounding)".to_string()
        } else {
            long(z.re)
        };
        let value = if group.pair { format!("{real} +- {} i", long(z.im)) } else { real };
        let times = if group.count > 1 { format!("{} x", group.count) } else { String::new() };
        let constant = match a.time_constants[i] {
            Some(t) if t < 0.0 => format!("grows by e in {}", span(-t)),
            Some(t) => span(t),
            None => "none".into(),
        };
        let frequency = if a.frequencies[i] == 0.0 { "0".into() } else { long(a.frequencies[i]) };
        let period = if a.frequencies[i] == 0.0 { "none".into() } else { span(1.0 / a.frequencies[i]) };
        let coefficient =
            a.modes.iter().find(|m| m.index == i && group.count == 1).and_then(|m| m.coefficient);
        let share = coefficient.map_or(String::new(), |c| long(c.norm()));
        rows.push([times, value, constant, frequency, period, share]);
    }
    if groups.len() > ROWS {
        let rest = format!("and {} more", groups.len() - ROWS);
        rows.push([String::new(), rest, String::new(), String::new(), String::new(), String::new()]);
    }
    let (value, constant, frequency, period) = match clock {
        Clock::Seconds => {
            let unit = time.unit;
            (
                "eigenvalue (1/s)",
                format!("time constant ({unit})"),
                "frequency (Hz)",
                format!("period ({unit})"),
            )
        }
        Clock::Steps => {
            ("eigenvalue", "time constant (steps)".into(), "frequency (per step)", "period".into())
        }
        Clock::Units => ("eigenvalue", "time constant".into(), "frequency", "period".into()),
    };
    let head = ["", value, &constant, frequency, &period, "|c| of x0"];
    if rows.iter().all(|row| row[5].is_empty()) {
        let shorter = rows.into_iter().map(|[times, value, constant, frequency, period, _]| {
            [times, value, constant, frequency, period]
        });
        return Paragraph::table([head[0], head[1], head[2], head[3], head[4]], shorter.collect());
    }
    Paragraph::table(head, rows)
}
