//! Cycles join the diagram: a branch from each Hopf point, one from each period doubling on it, and one through each cycle that a
//! run settles on and no branch holds yet (born where an equilibrium vanishes, or at a saddle).
//!
//! A branch of cycles that ends at another Hopf point is followed once. Of a period doubling the cycles of twice the period are
//! followed, not those that are born on them again.

use super::cycle::{
    CycleBranch, CycleBranchSettings, cycles_from_cycle, cycles_from_hopf, cycles_from_period_doubling,
};
use super::diagram::{BranchEnd, BranchKind, BranchPoint, Diagram, Special, SpecialKind};
use super::settings::ContinuationSettings;
use crate::analyze::cycle::{CycleSettings, LimitCycle, settled_cycle};
use crate::field::{EvalError, VectorField};
use crate::simulate::Progress;

/// Where a special point stands in the diagram.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Inside(usize),
    Outside(usize),
}

impl Place {
    fn end(self) -> BranchEnd {
        match self {
            Self::Inside(k) => BranchEnd::Special(k),
            Self::Outside(k) => BranchEnd::Outside(k),
        }
    }
}

/// Follows the cycles born at the Hopf points of the diagram.
pub(super) fn add_cycles(
    field: &dyn VectorField,
    p: &[f64],
    settings: &ContinuationSettings,
    diagram: &mut Diagram,
    progress: Progress<'_>,
) {
    let how = cycle_settings(field.dimension(), settings);
    let is_hopf = |s: &Special| s.kind == SpecialKind::Hopf;
    let inside = (0..diagram.specials.len()).filter(|&k| is_hopf(&diagram.specials[k])).map(Place::Inside);
    let outside = (0..diagram.outside.len()).filter(|&k| is_hopf(&diagram.outside[k])).map(Place::Outside);
    let births: Vec<Place> = inside.chain(outside).collect();
    for (done, &birth) in births.iter().enumerate() {
        if progress(done as f64 / births.len() as f64).is_break() {
            diagram.notes.push("stopped before all branches of cycles were followed".into());
            return;
        }
        if diagram.branches.iter().any(|b| b.ends[1] == birth.end()) {
            continue;
        }
        let hopf = special(diagram, birth).clone();
        let mut q = p.to_vec();
        q[settings.parameter] = hopf.p;
        let found = cycles_from_hopf(field, &q, &hopf.x, &how);
        let Some((found, places)) = join(diagram, settings, found, Some(birth), hopf.p) else { continue };
        follow_doublings(field, settings, diagram, &how, &found, &places);
    }
    for run in &settings.runs {
        if progress(1.0).is_break() {
            return;
        }
        let mut q = p.to_vec();
        q[settings.parameter] = run.p;
        let Ok(cycle) = settled_cycle(field, &q, &run.x, run.transient, &CycleSettings::default()) else {
            continue;
        };
        if cycle.verdict.is_cycle() && !is_held(diagram, run.p, &cycle) {
            let found = cycles_from_cycle(field, &cycle, &how);
            let Some((found, places)) = join(diagram, settings, found, None, run.p) else { continue };
            follow_doublings(field, settings, diagram, &how, &found, &places);
        }
    }
}

/// Follows the cycles of twice the period that are born on a branch.
fn follow_doublings(
    field: &dyn VectorField,
    settings: &ContinuationSettings,
    diagram: &mut Diagram,
    how: &CycleBranchSettings,
    found: &CycleBranch,
    places: &[Place],
) {
    for doubling in &found.doublings {
        let Some(&place) = places.get(doubling.special) else { continue };
        // A branch of doubled cycles from one period doubling to another is followed once.
        if diagram.branches.iter().any(|b| b.ends[1] == place.end()) {
            continue;
        }
        if let Some((branch, end)) =
            arrives(diagram, settings, special(diagram, place).p, doubling.orbit.period)
        {
            diagram.branches[branch].ends[end] = place.end();
            continue;
        }
        let doubled = cycles_from_period_doubling(field, doubling, how);
        let at = special(diagram, place).p;
        let Some((doubled, _)) = join(diagram, settings, doubled, Some(place), at) else { continue };
        let Some(near) = doubled.halves_near else { continue };
        let others = found.doublings.iter().filter_map(|d| places.get(d.special)).filter(|&p| *p != place);
        let far = |place: &Place| (special(diagram, *place).p - near).abs();
        let other = others.copied().min_by(|a, b| far(a).total_cmp(&far(b)));
        match other.filter(|place| far(place) <= 1e-4 * (settings.to - settings.from).abs()) {
            Some(other) => {
                if let Some(branch) = diagram.branches.last_mut() {
                    branch.ends[1] = other.end();
                }
            }
            None => diagram.notes.push(format!(
                "cycles at {at}: the two halves of the cycle become one near {near}, where no period doubling was found"
            )),
        }
    }
}

/// The branch of cycles, and its end, that stops for no reason of its own beside the doubled cycle of this period: it came from there.
fn arrives(
    diagram: &Diagram,
    settings: &ContinuationSettings,
    p: f64,
    period: f64,
) -> Option<(usize, usize)> {
    let span = (settings.to - settings.from).abs();
    let near = |q: &BranchPoint| {
        (q.p - p).abs() <= 1e-2 * span && q.period.is_some_and(|t| (t - period).abs() <= 1e-2 * period)
    };
    let cycles = diagram.branches.iter().enumerate().filter(|(_, b)| b.kind == BranchKind::Cycle);
    cycles
        .flat_map(|(k, b)| [(k, 0, b.points.first()), (k, 1, b.points.last())])
        .find(|(k, end, q)| {
            matches!(diagram.branches[*k].ends[*end], BranchEnd::Failed { .. }) && q.is_some_and(near)
        })
        .map(|(k, end, _)| (k, end))
}

/// Whether a branch passes through this cycle: between two of its points, with its period and its extent.
fn is_held(diagram: &Diagram, p: f64, cycle: &LimitCycle) -> bool {
    let between = |a: f64, b: f64, x: f64| {
        let slack = 0.02 * x.abs().max((a - b).abs()) + f64::MIN_POSITIVE;
        (a.min(b) - slack..=a.max(b) + slack).contains(&x)
    };
    let cycles = diagram.branches.iter().filter(|branch| branch.kind == BranchKind::Cycle);
    cycles.flat_map(|branch| branch.points.windows(2)).any(|w| {
        let (a, b) = (&w[0], &w[1]);
        (a.p.min(b.p)..=a.p.max(b.p)).contains(&p)
            && a.period.zip(b.period).is_some_and(|(s, t)| between(s, t, cycle.orbit.period))
            && (0..cycle.high.len())
                .all(|k| between(a.high[k] - a.low[k], b.high[k] - b.low[k], cycle.high[k] - cycle.low[k]))
    })
}

fn special(diagram: &Diagram, place: Place) -> &Special {
    match place {
        Place::Inside(k) => &diagram.specials[k],
        Place::Outside(k) => &diagram.outside[k],
    }
}

/// Adds a branch with its special points; where each of them stands.
fn join(
    diagram: &mut Diagram,
    settings: &ContinuationSettings,
    found: Result<CycleBranch, EvalError>,
    birth: Option<Place>,
    p: f64,
) -> Option<(CycleBranch, Vec<Place>)> {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            diagram.notes.push(format!("the cycles at {p} are not followed: {error}"));
            return None;
        }
    };
    diagram.notes.extend(found.notes.iter().map(|note| format!("cycles at {p}: {note}")));
    if found.branch.points.is_empty() {
        return None;
    }
    let branch = diagram.branches.len();
    let parent = birth.map(|place| special(diagram, place).branch);
    let last = match found.branch.ends[1] {
        BranchEnd::Special(k) => Some(k),
        _ => None,
    };
    let mut places: Vec<Place> = Vec::new();
    for (k, s) in found.specials.iter().enumerate() {
        let told = if last == Some(k) { known(diagram, settings, s, parent) } else { None };
        places.push(told.unwrap_or_else(|| insert(diagram, settings, s, branch)));
    }
    let mut added = found.branch.clone();
    for end in &mut added.ends {
        if let BranchEnd::Special(k) = *end {
            *end = places.get(k).map_or(BranchEnd::Points, |place| place.end());
        }
    }
    if let Some(birth) = birth {
        added.ends[0] = birth.end();
    }
    diagram.branches.push(added);
    Some((found, places))
}

/// The Hopf point, or the period doubling of its parent, at which a branch of cycles ended, if it has been told before.
fn known(
    diagram: &Diagram,
    settings: &ContinuationSettings,
    end: &Special,
    parent: Option<usize>,
) -> Option<Place> {
    let span = (settings.to - settings.from).abs();
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-4 * a.abs().max(1.0);
    let is_it = |s: &Special| {
        let alike = match end.kind {
            SpecialKind::Hopf => s.x.iter().zip(&end.x).all(near),
            // The phase of a cycle is free, its period is not.
            SpecialKind::PeriodDoubling => {
                Some(s.branch) == parent && s.period.iter().zip(&end.period).all(near)
            }
            _ => false,
        };
        s.kind == end.kind && (s.p - end.p).abs() <= 1e-5 * span && alike
    };
    let inside = diagram.specials.iter().position(is_it).map(Place::Inside);
    inside.or_else(|| diagram.outside.iter().position(is_it).map(Place::Outside))
}

fn insert(diagram: &mut Diagram, settings: &ContinuationSettings, s: &Special, branch: usize) -> Place {
    let (low, high) = (settings.from.min(settings.to), settings.from.max(settings.to));
    let kept = Special { branch, ..s.clone() };
    if (low..=high).contains(&s.p) {
        diagram.specials.push(kept);
        Place::Inside(diagram.specials.len() - 1)
    } else {
        diagram.outside.push(kept);
        Place::Outside(diagram.outside.len() - 1)
    }
}

fn cycle_settings(n: usize, settings: &ContinuationSettings) -> CycleBranchSettings {
    let bound = |list: &[f64], i: usize, none: f64| list.get(i).copied().unwrap_or(none);
    let is_free = settings.low.is_empty() && settings.high.is_empty();
    let range = |i| (bound(&settings.low, i, f64::NEG_INFINITY), bound(&settings.high, i, f64::INFINITY));
    CycleBranchSettings {
        parameter: settings.parameter,
        interval: (settings.from.min(settings.to), settings.from.max(settings.to)),
        margin: settings.margin,
        bounds: if is_free { Vec::new() } else { (0..n).map(range).collect() },
        most_points: settings.points,
        ..CycleBranchSettings::default()
    }
}
