//! A branch of cycles by pseudo-arclength, from its birth to its end.
//!
//! Each step predicts along the tangent and corrects across it. The step grows after quick corrections and shrinks after failures and
//! sharp turns; the mesh is balanced anew every few steps and gets as many intervals as the error needs. Between two points
//! the signs of the test functions tell a bifurcation. A branch that shrinks to an equilibrium goes through it and comes back on itself half a
//! period later: the sign of the deviation from the mean tells, so that a Hopf point is not called a fold.
//! References: Keller (1977), Numerical solution of bifurcation and nonlinear eigenvalue problems; Doedel, Kernévez (1986), AUTO.

use super::super::diagram::{Branch, BranchEnd, BranchKind, BranchPoint, Special, SpecialKind};
use super::branch::{CycleBranch, Doubling};
use super::doubling::{criticality, twice};
use super::ends::{Growth, Limit, limit};
use super::equilibria::{hopf, saddle, saddle_node};
use super::locate::{Located, locate};
use super::station::{Station, Test, Tools};
use crate::analyze::cycle::limit_cycle::ranges;
use crate::analyze::cycle::newton::inner;
use crate::analyze::cycle::orbit::{Orbit, halved};
use crate::field::EvalError;

/// What a branch was born from: it may end on another of the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Birth {
    /// An equilibrium, or a cycle that was given.
    Equilibrium,
    /// A cycle of half the period.
    Doubling,
}

/// Follows a branch from a station; the points include it.
pub(super) fn follow(tools: &mut Tools<'_>, start: Station, birth: Birth) -> Result<CycleBranch, EvalError> {
    let mut walk = Walk {
        points: vec![tools.write(&start)],
        specials: Vec::new(),
        doublings: Vec::new(),
        notes: Vec::new(),
        history: Vec::new(),
        shortest_period: start.point.orbit.period,
        birth,
        halves_near: None,
    };
    let first = walk.points[0].clone();
    let mut here = start;
    let mut length = 0.1 * tools.settings.longest_step;
    let mut since = 0;
    let mut failure = f64::INFINITY;
    let end = loop {
        if walk.points.len() >= tools.settings.most_points {
            break BranchEnd::Points;
        }
        if length < tools.settings.shortest_step {
            break walk.growing(tools, &here, true)?.unwrap_or(BranchEnd::Failed { residual: failure });
        }
        let guess = tools.predict(&here, length);
        let landed = tools.land(guess, &here.point.orbit.points, &here.tangent, 1e-7)?;
        let (next, ending) = match landed {
            Ok(landed) => landed,
            Err(ending) => {
                failure = ending.residual;
                length *= 0.4;
                continue;
            }
        };
        let mesh = &here.point.orbit.mesh;
        let turn = inner(&tools.c, mesh, &tools.units, &here.tangent, &next.tangent);
        let far = turn < 0.9 && length > 1e-2 || turn < 0.5 && length > 10.0 * tools.settings.shortest_step;
        if far || !next.point.orbit.points.iter().all(|x| x.is_finite()) {
            length *= 0.5;
            continue;
        }
        // Bifurcations are taken one by one.
        if length > 1e-3 && crowded(tools, &here, &next) {
            length *= 0.5;
            continue;
        }
        if let Some(end) = walk.bifurcations(tools, &here, &next)? {
            break end;
        }
        walk.points.push(tools.write(&next));
        walk.record(tools, &next);
        if let Some(end) = walk.outside(tools, &here) {
            break end;
        }
        if let Some(end) = walk.growing(tools, &next, false)? {
            break end;
        }
        here = next;
        if ending.iterations <= 3 {
            length = (1.5 * length).min(tools.settings.longest_step);
        } else if ending.iterations > 5 {
            length *= 0.7;
        }
        since += 1;
        let (_, error) = here.point.orbit.balanced(4, &tools.units.variables);
        if since >= 3 || error > 10.0 * tools.settings.tolerance {
            since = 0;
            settle(tools, &mut here, error);
        }
        let last = &walk.points[walk.points.len() - 1];
        if walk.points.len() > 10 && closed(tools, &first, last, length) {
            break BranchEnd::Closed;
        }
    };
    walk.merge(tools);
    // A branch that ends at a special ends at its last.
    let end = match end {
        BranchEnd::Special(_) => BranchEnd::Special(walk.specials.len().saturating_sub(1)),
        other => other,
    };
    let branch = Branch { kind: BranchKind::Cycle, points: walk.points, ends: [BranchEnd::Points, end] };
    Ok(CycleBranch {
        branch,
        specials: walk.specials,
        doublings: walk.doublings,
        halves_near: walk.halves_near,
        notes: walk.notes,
    })
}

/// Gives a station a balanced mesh, with as many intervals as its error asks for, and new units.
pub(super) fn settle(tools: &mut Tools<'_>, here: &mut Station, error: f64) {
    let s = tools.settings;
    let old = here.point.orbit.mesh.clone();
    let wanted = (old.len() - 1) as f64 * (error / s.tolerance).powf(0.2).clamp(0.8, 1.6);
    let intervals = (wanted as usize).clamp(s.intervals.max(4), s.most_intervals.max(4));
    let (mesh, _) = here.point.orbit.balanced(intervals, &tools.units.variables);
    here.tangent = here.tangent.on(tools.c.n, &old, &mesh);
    here.point.orbit = here.point.orbit.on(&mesh);
    tools.measure(here);
    let length = inner(&tools.c, &mesh, &tools.units, &here.tangent, &here.tangent).sqrt();
    here.tangent.scale(1.0 / length);
}

fn closed(tools: &Tools<'_>, first: &BranchPoint, last: &BranchPoint, length: f64) -> bool {
    let near = |a: f64, b: f64, unit: f64| (a - b).abs() < length * unit;
    let range = |k: usize| first.high[k] - first.low[k];
    near(first.p, last.p, tools.units.p)
        && near(first.period.unwrap_or(0.0), last.period.unwrap_or(0.0), tools.units.period)
        && (0..first.low.len())
            .all(|k| near(first.low[k], last.low[k], range(k)) && near(first.high[k], last.high[k], range(k)))
}

/// The bifurcations that the test functions tell between two stations.
fn events(tools: &Tools<'_>, a: &Station, b: &Station) -> Vec<(Test, SpecialKind)> {
    let flips = |t: Test| a.test(t) * b.test(t) < 0.0;
    let mut found = Vec::new();
    // Multipliers are believed where the trivial one is seen.
    let trusted = a.deviation.max(b.deviation) < 1e-3;
    if flips(Test::Fold) {
        found.push((Test::Fold, SpecialKind::CycleFold));
    } else if trusted && flips(Test::Plus) {
        found.push((Test::Plus, SpecialKind::CycleBranchPoint));
    }
    // In the plane a multiplier is positive: flows keep orientation.
    if trusted && tools.c.n > 2 && flips(Test::Minus) {
        found.push((Test::Minus, SpecialKind::PeriodDoubling));
    }
    let more = a.unstable().abs_diff(b.unstable());
    if found.is_empty() && trusted && more == 2 && flips(Test::Pair) {
        found.push((Test::Pair, SpecialKind::Torus));
    }
    found
}

/// Whether more than one bifurcation lies between two stations, or multipliers have crossed the circle unnoticed.
fn crowded(tools: &Tools<'_>, a: &Station, b: &Station) -> bool {
    let trusted = a.deviation.max(b.deviation) < 1e-3;
    let crossed = a.unstable().abs_diff(b.unstable());
    let explained: usize =
        events(tools, a, b).iter().map(|(t, _)| if *t == Test::Pair { 2 } else { 1 }).sum();
    events(tools, a, b).len() > 1 || trusted && crossed != explained
}

/// A cycle of this part of the largest one of its branch is about to become an equilibrium.
const SMALL: f64 = 1e-3;

/// What has been found so far.
struct Walk {
    points: Vec<BranchPoint>,
    specials: Vec<Special>,
    doublings: Vec<Doubling>,
    notes: Vec<String>,
    history: Vec<Growth>,
    shortest_period: f64,
    birth: Birth,
    halves_near: Option<f64>,
}

impl Walk {
    fn record(&mut self, tools: &Tools<'_>, station: &Station) {
        let period = station.point.orbit.period;
        self.shortest_period = self.shortest_period.min(period);
        let slope = station.tangent.p / station.tangent.period;
        self.history.push(Growth { p: station.point.p[tools.settings.parameter], period, slope });
    }

    /// Finds the bifurcations between two stations; an end, where the branch shrinks to what it was born from.
    fn bifurcations(
        &mut self,
        tools: &mut Tools<'_>,
        a: &Station,
        b: &Station,
    ) -> Result<Option<BranchEnd>, EvalError> {
        if vanishing(&a.point.orbit, &b.point.orbit, self.birth) {
            let end = match self.birth {
                Birth::Equilibrium => self.rest(tools, a, b)?,
                Birth::Doubling => self.halved(tools, a, b)?,
            };
            return Ok(Some(end));
        }
        // A cycle that was given may have been born at a period doubling.
        if self.birth == Birth::Equilibrium && vanishing(&a.point.orbit, &b.point.orbit, Birth::Doubling) {
            return Ok(Some(self.halved(tools, a, b)?));
        }
        let mut found = Vec::new();
        let dwindles = self.birth == Birth::Equilibrium && self.dwindles(&tools.write(b));
        for (test, kind) in events(tools, a, b) {
            // Beside its Hopf point a branch is a parabola, and rounding alone makes it turn there.
            if dwindles && test == Test::Fold {
                continue;
            }
            match locate(tools, a, b, test)? {
                Some(special) => found.push((kind, special)),
                None => self.notes.push(format!(
                    "a {} between {} and {} was seen, but its iteration did not converge",
                    kind.name(),
                    a.point.p[tools.settings.parameter],
                    b.point.p[tools.settings.parameter]
                )),
            }
        }
        for (kind, special) in found {
            self.special(kind, &special);
            // The branch passes through it, on the border of stability.
            self.points.push(BranchPoint { is_stable: None, ..tools.write(&special.station) });
            if kind == SpecialKind::CycleBranchPoint {
                self.notes
                    .push(format!("the branch of cycles that crosses at {} was not followed", special.p));
            }
            if kind == SpecialKind::PeriodDoubling
                && let Some(doubling) = twice(tools, &special.station, self.specials.len() - 1)?
            {
                let type_of_birth = criticality(tools, &doubling, &special, a, b)?;
                if let Some(last) = self.specials.last_mut() {
                    last.criticality = type_of_birth;
                }
                self.doublings.push(doubling);
            }
        }
        Ok(None)
    }

    /// Whether a cycle is small beside the largest one of the branch.
    fn dwindles(&self, cycle: &BranchPoint) -> bool {
        (0..cycle.low.len()).all(|k| {
            let largest = self.points.iter().map(|q| q.high[k] - q.low[k]).fold(0.0, f64::max);
            cycle.high[k] - cycle.low[k] < SMALL * largest
        })
    }

    /// The end on an equilibrium: at its Hopf point.
    fn rest(&mut self, tools: &mut Tools<'_>, a: &Station, b: &Station) -> Result<BranchEnd, EvalError> {
        let parameter = tools.settings.parameter;
        let place = hopf(&mut tools.c, &a.point.orbit, &a.point.p, parameter)?;
        let (pa, pb) = (a.point.p[parameter], b.point.p[parameter]);
        let width = (tools.settings.interval.1 - tools.settings.interval.0).abs();
        let Some(place) = place.filter(|h| (h.p - pa).abs() < 10.0 * (pb - pa).abs() + 1e-3 * width) else {
            self.notes.push(format!("the cycles shrink to nothing near {pb}, where no Hopf point was found"));
            return Ok(BranchEnd::Failed { residual: f64::NAN });
        };
        let mut last = tools.write(a);
        last.p = place.p;
        last.x.clone_from(&place.x);
        last.low.clone_from(&place.x);
        last.high.clone_from(&place.x);
        last.period = place.period;
        last.is_stable = None;
        self.points.push(last);
        self.specials.push(Special {
            kind: SpecialKind::Hopf,
            branch: 0,
            p: place.p,
            // The last correction was quadratic: what it leaves is below it, or rounding.
            error: 10.0 * place.correction + 1e-13 * (place.p.abs() + width),
            x: place.x,
            period: place.period,
            criticality: None,
            coefficient: None,
        });
        Ok(BranchEnd::Special(self.specials.len() - 1))
    }

    /// The end on a cycle of half the period: at its period doubling.
    fn halved(&mut self, tools: &mut Tools<'_>, a: &Station, b: &Station) -> Result<BranchEnd, EvalError> {
        let Some(found) = locate(tools, a, b, Test::Fold)? else {
            self.halves_near = Some(b.point.p[tools.settings.parameter]);
            return Ok(BranchEnd::Failed { residual: f64::NAN });
        };
        self.points.push(tools.write(&found.station));
        self.special(SpecialKind::PeriodDoubling, &found);
        if let Some(last) = self.specials.last_mut() {
            last.period = last.period.map(|t| 0.5 * t);
        }
        Ok(BranchEnd::Special(self.specials.len() - 1))
    }

    fn special(&mut self, kind: SpecialKind, found: &Located) {
        let orbit = &found.station.point.orbit;
        let (x, period) = (orbit.points[..orbit.n].to_vec(), orbit.period);
        self.specials.push(Special {
            kind,
            branch: 0,
            p: found.p,
            error: found.error,
            x,
            period: Some(period),
            criticality: None,
            coefficient: None,
        });
    }

    /// Takes folds that cannot be told apart together: three are one, two are none.
    ///
    /// Along a canard the parameter stays to rounding while the cycle grows, and what is left of its course is error.
    fn merge(&mut self, tools: &Tools<'_>) {
        let width = (tools.settings.interval.1 - tools.settings.interval.0).abs();
        let mut k = 0;
        while k < self.specials.len() {
            let same = |s: &Special, t: &Special| {
                let near = 3.0 * (s.error + t.error) + 1e-11 * width;
                s.kind == SpecialKind::CycleFold && t.kind == s.kind && (s.p - t.p).abs() <= near
            };
            let mut to = k + 1;
            while to < self.specials.len() && same(&self.specials[to - 1], &self.specials[to]) {
                to += 1;
            }
            let count = to - k;
            if count > 1 {
                let group: Vec<Special> = self.specials.drain(k..to).collect();
                let spread = group.iter().map(|s| (s.p - group[0].p).abs()).fold(0.0, f64::max);
                self.notes.push(format!(
                    "{count} cycle folds within {spread:.0e} of {:.12} cannot be told apart: they are counted as {}",
                    group[0].p,
                    count % 2
                ));
                if count % 2 == 1
                    && let Some(mut best) = group.into_iter().min_by(|a, b| a.error.total_cmp(&b.error))
                {
                    best.error += spread;
                    self.specials.insert(k, best);
                }
                let gone = count - count % 2;
                self.doublings.iter_mut().filter(|d| d.special >= to).for_each(|d| d.special -= gone);
                to -= gone;
            }
            k = to.max(k);
        }
    }

    /// Whether the branch has left the interval or the box.
    fn outside(&self, tools: &Tools<'_>, before: &Station) -> Option<BranchEnd> {
        let s = tools.settings;
        let last = self.points.last()?;
        let (from, to) = (s.interval.0.min(s.interval.1), s.interval.0.max(s.interval.1));
        let margin = s.margin * (to - from);
        let old = before.point.p[s.parameter];
        // A branch that begins outside may come in.
        let leaves = last.p < from - margin && last.p < old || last.p > to + margin && last.p > old;
        if leaves {
            return Some(BranchEnd::Interval);
        }
        for (variable, bounds) in s.bounds.iter().enumerate().take(last.low.len()) {
            for value in [last.low[variable], last.high[variable]] {
                if value < bounds.0 || value > bounds.1 {
                    return Some(BranchEnd::Box { variable, value });
                }
            }
        }
        None
    }

    /// Whether the period grows without a bound, and where; `last` when no further step is possible.
    fn growing(
        &mut self,
        tools: &mut Tools<'_>,
        station: &Station,
        last: bool,
    ) -> Result<Option<BranchEnd>, EvalError> {
        let s = tools.settings;
        let period = station.point.orbit.period;
        let longer = period / self.shortest_period;
        let width = (s.interval.1 - s.interval.0).abs();
        let still = station.tangent.p.abs() * period < 1e-6 * width * station.tangent.period.abs();
        let due = longer > s.growth || longer > 2.5 && still || last && longer > 2.5;
        if !due || station.tangent.period < 0.0 || !self.keeps_shape(period) {
            return Ok(None);
        }
        let Some(mut limit) = limit(&self.history, width) else { return Ok(None) };
        let parameter = s.parameter;
        let x;
        if limit.kind == SpecialKind::Snic {
            let node = saddle_node(&mut tools.c, &station.point.orbit, &station.point.p, parameter)?;
            if let Some(node) = node
                && (node.p - limit.p).abs() < 0.5 * (station.point.p[parameter] - limit.p).abs() + limit.error
            {
                // The last correction was quadratic: what it leaves is below it, or rounding.
                limit.p = node.p;
                limit.error = 10.0 * node.correction + 1e-13 * (node.p.abs() + width);
                x = node.x;
            } else {
                return Ok(None);
            }
        } else {
            let ranges = ranges(&station.point.orbit);
            let found = saddle(&mut tools.c, &station.point.orbit, &station.point.p, &ranges)?;
            let Some(found) = found else { return Ok(None) };
            x = found;
            if let Some(better) = approach(tools, station, width)? {
                limit = better;
            } else {
                limit.error += mesh_error(tools, station)?;
            }
        }
        self.specials.push(Special {
            kind: limit.kind,
            branch: 0,
            p: limit.p,
            error: limit.error,
            x,
            period: None,
            criticality: None,
            coefficient: None,
        });
        Ok(Some(BranchEnd::GrowingPeriod { p: limit.p }))
    }

    /// Whether the extrema of the cycle have stayed while its period grew by a third.
    fn keeps_shape(&self, period: f64) -> bool {
        let Some(last) = self.points.last() else { return false };
        let shorter = self.points.iter().rev().find(|b| b.period.is_some_and(|t| t < 0.75 * period));
        shorter.is_some_and(|old| {
            (0..last.low.len()).all(|k| {
                let range = last.high[k] - last.low[k];
                (last.low[k] - old.low[k]).abs().max((last.high[k] - old.high[k]).abs()) < 0.05 * range
            })
        })
    }
}

/// The last stretch towards a saddle: a few steps of growing period on a mesh so fine that the parameter is right to rounding.
fn approach(tools: &mut Tools<'_>, station: &Station, width: f64) -> Result<Option<Limit>, EvalError> {
    let parameter = tools.settings.parameter;
    let mut here = station.clone();
    let mut history: Vec<Growth> = Vec::new();
    let mut best: Option<Limit> = None;
    for turn in 0..9 {
        let old = here.point.orbit.mesh.clone();
        let count = if turn == 0 { 2 * (old.len() - 1) } else { (old.len() - 1) / 2 };
        let (balanced, _) = here.point.orbit.balanced(count, &tools.units.variables);
        let mesh = halved(&balanced);
        here.tangent = here.tangent.on(tools.c.n, &old, &mesh);
        here.point.orbit = here.point.orbit.on(&mesh);
        tools.units.period = here.point.orbit.period;
        let guess = tools.predict(&here, if turn == 0 { 0.0 } else { 0.15 });
        let reference = here.point.orbit.points.clone();
        let Ok((next, _)) = tools.land(guess, &reference, &here.tangent, 1e-10)? else { break };
        let (p, period) = (next.point.p[parameter], next.point.orbit.period);
        history.push(Growth { p, period, slope: next.tangent.p / next.tangent.period });
        if let Some(mut found) = limit(&history, width).filter(|l| l.kind == SpecialKind::Homoclinic) {
            found.error += mesh_error(tools, &next)?;
            if best.is_none_or(|b| found.error < b.error) {
                best = Some(found);
            }
        }
        here = next;
    }
    Ok(best)
}

/// How far the parameter of a long cycle moves on a mesh of half the width.
fn mesh_error(tools: &mut Tools<'_>, station: &Station) -> Result<f64, EvalError> {
    let parameter = tools.settings.parameter;
    let old = &station.point.orbit.mesh;
    let mesh = halved(old);
    let tangent = station.tangent.on(tools.c.n, old, &mesh);
    let mut point = station.point.clone();
    point.orbit = point.orbit.on(&mesh);
    let reference = point.orbit.points.clone();
    Ok(match tools.land(point, &reference, &tangent, 1e-10)? {
        Ok((fine, _)) => (fine.point.p[parameter] - station.point.p[parameter]).abs(),
        Err(_) => f64::INFINITY,
    })
}

/// Whether what makes the cycle one (its deviation from the mean, or of one half from the other) has turned its sign.
fn vanishing(a: &Orbit, b: &Orbit, birth: Birth) -> bool {
    let n = a.n;
    let (ma, mb) = (a.mean(), b.mean());
    let (mut product, mut squares) = (0.0, [0.0, 0.0]);
    for k in 0..48 {
        let s = k as f64 / 48.0;
        let (xa, xb) = (a.at(s), b.at(s));
        let (ra, rb) = match birth {
            Birth::Equilibrium => (ma.clone(), mb.clone()),
            Birth::Doubling => (a.at(s + 0.5), b.at(s + 0.5)),
        };
        for i in 0..n {
            let (da, db) = (xa[i] - ra[i], xb[i] - rb[i]);
            product += da * db;
            squares[0] += da * da;
            squares[1] += db * db;
        }
    }
    product < -0.3 * (squares[0] * squares[1]).sqrt()
}
