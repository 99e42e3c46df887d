//! Where branches of cycles begin: at a Hopf point, at a cycle, at a period doubling.

use super::super::diagram::{BranchEnd, BranchPoint};
use super::branch::{CycleBranch, Doubling};
use super::doubling::first_doubled;
use super::follow::{Birth, follow, settle};
use super::settings::CycleBranchSettings;
use super::station::Tools;
use crate::analyze::cycle::limit_cycle::{LimitCycle, units_of};
use crate::analyze::cycle::newton::{Direction, Point, Units, inner};
use crate::analyze::cycle::orbit::{Orbit, phases};
use crate::field::{EvalError, VectorField};
use linalg::{Complex, eigen};
use std::f64::consts::TAU;

/// The cycles born at a Hopf point: at the parameters `p`, on the equilibrium `x`.
///
/// The pair of eigenvalues nearest the imaginary axis gives the first period and the first plane. The branch's first point is the Hopf point
/// itself, with the period of the cycles born there; its first end is [`BranchEnd::Points`], for the caller to replace by the special that it knows.
///
/// # Errors
/// When the right-hand side fails.
pub fn cycles_from_hopf(
    field: &dyn VectorField,
    p: &[f64],
    x: &[f64],
    settings: &CycleBranchSettings,
) -> Result<CycleBranch, EvalError> {
    if let Some(why) = wrong(field, p, x, settings) {
        return Ok(nothing(why));
    }
    let n = field.dimension();
    let width = (settings.interval.1 - settings.interval.0).abs();
    let units = Units { variables: vec![1.0; n], period: 1.0, p: width };
    let mut tools = Tools::new(field, units, settings);
    let e = match eigen(&tools.c.jacobian(p, x)?) {
        Ok(e) => e,
        Err(error) => return Ok(nothing(format!("the Jacobian at the Hopf point: {error}"))),
    };
    let pairs = (0..n).filter(|&k| e.values[k].im > 0.0);
    let Some(k) = pairs.min_by(|&a, &b| {
        let far = |k: usize| e.values[k].re.abs() / e.values[k].norm();
        far(a).total_cmp(&far(b))
    }) else {
        return Ok(nothing("at this point no eigenvalue is complex: no cycle is born from it".to_owned()));
    };
    let period = TAU / e.values[k].im;
    let q: Vec<Complex> = (0..n).map(|i| e.vectors[(i, k)]).collect();
    let size = (0..n).map(|i| q[i].norm() / (1.0 + x[i].abs())).fold(0.0, f64::max);
    let q: Vec<Complex> = q.iter().map(|c| c / size).collect();
    let largest = q.iter().map(|c| c.norm()).fold(0.0, f64::max);
    let intervals = settings.intervals.max(4);
    let mesh: Vec<f64> = (0..=intervals).map(|j| j as f64 / intervals as f64).collect();
    let wave: Vec<f64> = phases(&mesh)
        .iter()
        .flat_map(|s| q.iter().map(|c| (c * Complex::from_polar(1.0, TAU * s)).re).collect::<Vec<_>>())
        .collect();
    let still: Vec<f64> = phases(&mesh).iter().flat_map(|_| x.to_vec()).collect();
    let mut born = None;
    for size in [1e-2, 2.5e-3, 6e-4, 1.5e-4] {
        tools.units.variables = q.iter().map(|c| 2.0 * size * c.norm().max(1e-6 * largest)).collect();
        tools.units.period = period;
        let mut tangent = Direction { points: wave.clone(), period: 0.0, p: 0.0 };
        let length = inner(&tools.c, &mesh, &tools.units, &tangent, &tangent).sqrt();
        tangent.scale(1.0 / length);
        let mut points: Vec<f64> = still.iter().zip(&wave).map(|(x, w)| x + size * w).collect();
        let last = points.len() - n;
        points.copy_within(..n, last);
        let point = Point { orbit: Orbit { n, mesh: mesh.clone(), points, period }, p: p.to_vec() };
        if let Ok((station, _)) = tools.land(point, &wave, &tangent, 1e-8)? {
            born = Some(station);
            break;
        }
    }
    let Some(mut start) = born else {
        return Ok(nothing("no small cycle was found beside the Hopf point".to_owned()));
    };
    // The tangent of the small cycle goes on from where it was born.
    settle(&mut tools, &mut start, settings.tolerance);
    let mut found = follow(&mut tools, start, Birth::Equilibrium)?;
    let hopf = BranchPoint {
        p: p[settings.parameter],
        x: x.to_vec(),
        period: Some(period),
        low: x.to_vec(),
        high: x.to_vec(),
        spectrum: found.branch.points[0].spectrum.clone(),
        unstable: found.branch.points[0].unstable,
        is_stable: None,
    };
    found.branch.points.insert(0, hopf);
    Ok(found)
}

/// The branch through a cycle, to both sides.
///
/// # Errors
/// When the right-hand side fails.
pub fn cycles_from_cycle(
    field: &dyn VectorField,
    cycle: &LimitCycle,
    settings: &CycleBranchSettings,
) -> Result<CycleBranch, EvalError> {
    if !cycle.verdict.is_cycle() {
        return Ok(nothing(cycle.verdict.words()));
    }
    if let Some(why) = wrong(field, &cycle.p, &cycle.orbit.points[..cycle.orbit.n], settings) {
        return Ok(nothing(why));
    }
    let width = (settings.interval.1 - settings.interval.0).abs();
    let mut sides = Vec::new();
    for way in [-1.0, 1.0] {
        let mut units = units_of(&cycle.orbit);
        units.p = width;
        let mut tools = Tools::new(field, units, settings);
        let (mesh, _) = cycle.orbit.balanced(settings.intervals.max(30), &tools.units.variables);
        let orbit = cycle.orbit.on(&mesh);
        let tangent = Direction { points: vec![0.0; orbit.points.len()], period: 0.0, p: way * width };
        let reference = orbit.points.clone();
        let point = Point { orbit, p: cycle.p.clone() };
        match tools.land(point, &reference, &tangent, 1e-9)? {
            Ok((station, _)) => sides.push(follow(&mut tools, station, Birth::Equilibrium)?),
            Err(ending) => {
                return Ok(nothing(format!(
                    "the cycle could not be corrected on the mesh of the branch: residual {:.1e}",
                    ending.residual
                )));
            }
        }
    }
    let Some((mut forth, back)) = sides.pop().zip(sides.pop()) else { return Ok(nothing(String::new())) };
    if back.branch.ends[1] == BranchEnd::Closed {
        return Ok(back);
    }
    Ok(join(back, &mut forth))
}

/// The cycles of twice the period, from a period doubling.
///
/// # Errors
/// When the right-hand side fails.
pub fn cycles_from_period_doubling(
    field: &dyn VectorField,
    doubling: &Doubling,
    settings: &CycleBranchSettings,
) -> Result<CycleBranch, EvalError> {
    if let Some(why) = wrong(field, &doubling.p, &doubling.orbit.points[..doubling.orbit.n], settings) {
        return Ok(nothing(why));
    }
    let width = (settings.interval.1 - settings.interval.0).abs();
    let mut units = units_of(&doubling.orbit);
    units.p = width;
    let mut tools = Tools::new(field, units, settings);
    for size in [0.02, 0.005, 0.08] {
        if let Some(station) = first_doubled(&mut tools, doubling, size)? {
            let mut start = station;
            let (_, error) = start.point.orbit.balanced(4, &tools.units.variables);
            settle(&mut tools, &mut start, error);
            let mut found = follow(&mut tools, start, Birth::Doubling)?;
            let (low, high) = doubling.orbit.extrema();
            let born = BranchPoint {
                p: doubling.p[settings.parameter],
                x: doubling.orbit.points[..doubling.orbit.n].to_vec(),
                period: Some(doubling.orbit.period),
                low,
                high,
                is_stable: None,
                ..found.branch.points[0].clone()
            };
            found.branch.points.insert(0, born);
            return Ok(found);
        }
    }
    Ok(nothing("no cycle of twice the period was found beside the period doubling".to_owned()))
}

/// What is wrong with the question, in words.
fn wrong(field: &dyn VectorField, p: &[f64], x: &[f64], settings: &CycleBranchSettings) -> Option<String> {
    let n = field.dimension();
    let (from, to) = settings.interval;
    if settings.parameter >= p.len() {
        Some(format!("parameter {} was asked for, but there are {}", settings.parameter, p.len()))
    } else if x.len() != n {
        Some(format!("the state has {} entries, but the system needs {n}", x.len()))
    } else if from == to || !from.is_finite() || !to.is_finite() {
        Some(format!("the interval from {from} to {to} has no length"))
    } else if n < 2 {
        Some(format!("a system with {n} variable has no limit cycle"))
    } else {
        None
    }
}

/// Two halves of a branch that begin at the same point.
fn join(back: CycleBranch, forth: &mut CycleBranch) -> CycleBranch {
    let mut whole = back;
    whole.branch.points.reverse();
    whole.branch.points.extend(forth.branch.points.drain(..).skip(1));
    let count = whole.specials.len();
    let shift = |end: &BranchEnd| match end {
        BranchEnd::Special(k) => BranchEnd::Special(k + count),
        other => other.clone(),
    };
    // The first half is turned around: so are its specials.
    whole.specials.reverse();
    let turned = |k: usize| count - 1 - k;
    whole.doublings.iter_mut().for_each(|d| d.special = turned(d.special));
    whole.doublings.reverse();
    let first = match &whole.branch.ends[1] {
        BranchEnd::Special(k) => BranchEnd::Special(turned(*k)),
        other => other.clone(),
    };
    whole.branch.ends = [first, shift(&forth.branch.ends[1])];
    whole.specials.append(&mut forth.specials);
    whole.doublings.extend(forth.doublings.drain(..).map(|mut d| {
        d.special += count;
        d
    }));
    whole.halves_near = whole.halves_near.or(forth.halves_near);
    whole.notes.append(&mut forth.notes);
    whole
}

/// A branch without points, and why.
fn nothing(why: String) -> CycleBranch {
    use super::super::diagram::{Branch, BranchKind};
    let ends = [BranchEnd::Points, BranchEnd::Failed { residual: f64::NAN }];
    let branch = Branch { kind: BranchKind::Cycle, points: Vec::new(), ends };
    CycleBranch { branch, specials: Vec::new(), doublings: Vec::new(), halves_near: None, notes: vec![why] }
}
