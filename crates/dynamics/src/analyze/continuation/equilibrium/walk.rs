//! Along one branch of equilibria in one direction, with steps that adapt to how it bends.

use super::events::{Events, dips, events};
use super::found::Found;
use super::point::Point;
use crate::analyze::continuation::curve::{between, onto};
use crate::analyze::continuation::problem::{Problem, along, distance, dot, largest};

/// How far and how finely, in coordinates of size 1.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// p stays in -margin..=1 + margin.
    pub(crate) margin: f64,
    pub(crate) low: Vec<f64>,
    pub(crate) high: Vec<f64>,
    pub(crate) points: usize,
    pub(crate) largest_step: f64,
    pub(crate) smallest_step: f64,
    pub(crate) tolerance: f64,
}

/// Why the walk ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WalkEnd {
    Interval,
    Box { variable: usize },
    Closed,
    Points,
    Failed { residual: f64 },
}

/// What was seen on the walk.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// From the start on.
    pub(crate) points: Vec<Point>,
    /// Each with the index of the point before it.
    pub(crate) found: Vec<(usize, Found)>,
    pub(crate) unresolved: Vec<Vec<f64>>,
    pub(crate) end: WalkEnd,
}

/// The angle between tangents that a step aims at.
const ANGLE: f64 = 0.1;
/// A step that turns the tangent more is repeated with half the length.
const WIDEST: f64 = 0.3;

/// Walks from `start` in the direction of its tangent.
pub(crate) fn walk(problem: &mut Problem, start: Point, limits: &Limits) -> Walk {
    let mut seen =
        Walk { points: vec![start], found: Vec::new(), unresolved: Vec::new(), end: WalkEnd::Points };
    let mut h = 0.2 * limits.largest_step;
    let mut residual = f64::NAN;
    while seen.points.len() < limits.points {
        let last = &seen.points[seen.points.len() - 1];
        let most = limits.largest_step * largest(&last.z[..problem.n]).max(1.0);
        let sideways = limits.largest_step / last.speed().abs().max(1e-300);
        h = h.min(most).min(sideways);
        if h < limits.smallest_step {
            seen.end = WalkEnd::Failed { residual };
            return finish(problem, seen, limits);
        }
        let guess = along(&last.z, h, &last.tangent);
        let mut next = match Point::near(problem, &guess, &last.tangent, limits.tolerance) {
            Ok(next) => next,
            Err(lost) => {
                residual = if lost.residual.is_finite() { lost.residual } else { residual };
                h *= 0.5;
                continue;
            }
        };
        let angle = dot(&last.tangent, &next.tangent).min(1.0).acos();
        if angle.is_nan() || angle > WIDEST || next.first > 0.5 * h || next.iterations > 8 {
            h *= 0.5;
            continue;
        }
        next.follow(last);
        let outside = leaves(problem, last, &next, limits);
        if let Some((landed, _)) = &outside {
            next = landed.clone();
            next.follow(last);
        }
        let Ok(piece) = events(problem, last, &next, limits.tolerance, 0) else {
            h *= 0.5;
            continue;
        };
        let closes = seen.points.len() > 3 && passes(problem, last, &next, &seen.points[0], limits.tolerance);
        if closes {
            next = seen.points[0].clone();
            next.follow(last);
        }
        note(&mut seen, piece);
        seen.points.push(next);
        if closes {
            seen.end = WalkEnd::Closed;
            return finish(problem, seen, limits);
        }
        if let Some((_, end)) = outside {
            seen.end = end;
            return finish(problem, seen, limits);
        }
        h *= (ANGLE / angle.max(1e-3)).sqrt().clamp(0.5, 2.0);
    }
    finish(problem, seen, limits)
}

fn note(seen: &mut Walk, piece: Events) {
    let at = seen.points.len() - 1;
    seen.found.extend(piece.found.into_iter().map(|found| (at, found)));
    seen.unresolved.extend(piece.unresolved);
}

/// Looks again where an eigenvalue came near the axis and no event was seen.
fn finish(problem: &mut Problem, mut seen: Walk, limits: &Limits) -> Walk {
    let mut more = Vec::new();
    for at in 2..seen.points.len() {
        let quiet = |piece: usize| !seen.found.iter().chain(&more).any(|(k, _)| *k == piece);
        if !(quiet(at - 2) && quiet(at - 1)) {
            continue;
        }
        let three = [&seen.points[at - 2], &seen.points[at - 1], &seen.points[at]];
        let Ok(found) = dips(problem, three, limits.tolerance, 0) else { continue };
        for found in found.found {
            let before = distance(&found.z, &three[0].z) < distance(&three[0].z, &three[1].z);
            more.push((if before { at - 2 } else { at - 1 }, found));
        }
    }
    seen.found.extend(more);
    // Along the way, on each piece by the distance from its beginning.
    seen.found.sort_by(|(i, a), (k, b)| {
        let from = |at: usize, found: &Found| distance(&seen.points[at].z, &found.z);
        i.cmp(k).then_with(|| from(*i, a).total_cmp(&from(*k, b)))
    });
    seen
}

/// The point on the border, and why it ends there.
fn leaves(problem: &mut Problem, last: &Point, next: &Point, limits: &Limits) -> Option<(Point, WalkEnd)> {
    let n = problem.n;
    let bounds = |k: usize| {
        if k == n {
            return (-limits.margin, 1.0 + limits.margin);
        }
        let low = limits.low.get(k).copied().unwrap_or(f64::NEG_INFINITY);
        (low, limits.high.get(k).copied().unwrap_or(f64::INFINITY))
    };
    // The border that is crossed first.
    let crossed = |k: usize| {
        let (low, high) = bounds(k);
        let (a, b) = (last.z[k], next.z[k]);
        let bound = if b > high && b > a {
            high
        } else if b < low && b < a {
            low
        } else {
            return None;
        };
        Some((((bound - a) / (b - a)).clamp(0.0, 1.0), k, bound))
    };
    let (s, k, bound) = (0..=n).filter_map(crossed).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let end = if k == n { WalkEnd::Interval } else { WalkEnd::Box { variable: k } };
    let mut normal = vec![0.0; n + 1];
    normal[k] = 1.0;
    let mut guess = between(&last.z, &last.tangent, &next.z, &next.tangent, s);
    guess[k] = bound;
    let landed = Point::near(problem, &guess, &normal, limits.tolerance).ok();
    let landed = landed.filter(|p| distance(&p.z, &last.z) <= 1.5 * distance(&last.z, &next.z));
    // The plane of the border may see the curve from its other side.
    let landed = landed.map(|p| if dot(&p.tangent, &last.tangent) < 0.0 { p.reversed() } else { p });
    Some((landed.unwrap_or_else(|| next.clone()), end))
}

/// Whether the curve between a and b goes through `point`.
pub(crate) fn passes(problem: &mut Problem, a: &Point, b: &Point, point: &Point, tolerance: f64) -> bool {
    let chord: Vec<f64> = b.z.iter().zip(&a.z).map(|(b, a)| b - a).collect();
    let length = distance(&a.z, &b.z);
    let way: Vec<f64> = point.z.iter().zip(&a.z).map(|(z, a)| z - a).collect();
    let s = dot(&way, &chord) / (length * length);
    if !(-0.01..=1.01).contains(&s) {
        return false;
    }
    let cubic = between(&a.z, &a.tangent, &b.z, &b.tangent, s);
    if distance(&cubic, &point.z) > 0.1 * length + 1e-7 {
        return false;
    }
    let guess = onto(&cubic, &point.z, &chord);
    let Ok(found) = Point::near(problem, &guess, &chord, tolerance) else { return false };
    distance(&found.z, &point.z) <= 1e-6 * largest(&point.z).max(1.0)
}
