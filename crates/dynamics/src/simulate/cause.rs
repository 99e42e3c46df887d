//! Why a run diverged, in a sentence.
//!
//! Three suspects. A step too large for an explicit method of fixed step: then an adaptive method, let loose on the same
//! stretch of time, stays bounded. Blow-up in finite time: then the relative rate x·f/x·x at the last state is larger than
//! at the same state made smaller. What remains is growth that is unstable like that of a linear system.

use super::control::Tolerance;
use super::course::{Course, End, Outcome, Watch};
use super::plan::Plan;
use super::tableau::TSIT5;
use super::{Verdict, adaptive, settings};
use crate::field::{VectorField, Workspace};

/// The verdict on one trajectory.
pub(crate) fn verdict<F: VectorField + ?Sized>(plan: &Plan<'_, F>, outcome: &Outcome) -> Verdict {
    match outcome.end {
        End::Completed => Verdict::Completed,
        End::HandedOver => unreachable!("whoever takes over says how it ended"),
        End::Stopped { time } => Verdict::Stopped { time },
        End::TooSmall { time, step, variable } => {
            let cause = stall(plan.field, plan.p, time, &outcome.last, step, variable);
            Verdict::StepTooSmall { time, step, variable, cause }
        }
        End::Slides { time, variable } => Verdict::Slides { time, variable },
        End::Diverged => {
            let (variable, value) = largest(&outcome.last);
            let cause = cause(plan, outcome);
            Verdict::Diverged { time: outcome.time, variable, value, cause }
        }
    }
}

/// The variable of the largest modulus, and its value.
pub(crate) fn largest(x: &[f64]) -> (usize, f64) {
    let key = |x: &f64| if x.is_nan() { f64::INFINITY } else { x.abs() };
    let best = x.iter().enumerate().max_by(|a, b| key(a.1).total_cmp(&key(b.1)));
    best.map_or((0, f64::NAN), |(i, x)| (i, *x))
}

fn cause<F: VectorField + ?Sized>(plan: &Plan<'_, F>, outcome: &Outcome) -> String {
    if !plan.method.is_adaptive() && stays_bounded(plan, outcome) == Some(true) {
        return format!(
            "the step {} is too large for the explicit method {}: over the same time an adaptive method stays bounded",
            plan.dt,
            plan.method.name()
        );
    }
    growth(plan.field, plan.p, outcome.time, &outcome.last)
}

/// Why a step of fixed length is lost.
pub(crate) const UNRESOLVED: &str = "beside the time reached, a double does not resolve the step";

/// Why the tolerance asks for steps as small as `step` from the state `last` on, because of a variable.
pub(crate) fn stall<F: VectorField + ?Sized>(
    field: &F,
    p: &[f64],
    t: f64,
    last: &[f64],
    step: f64,
    variable: Option<usize>,
) -> String {
    let Some(i) = variable else { return UNRESOLVED.to_string() };
    let slope = |x: &[f64]| -> Option<f64> {
        let mut f = vec![0.0; x.len()];
        field.eval(&[t], p, x, &mut f, &mut Workspace::default()).ok()?;
        f.get(i).copied()
    };
    let now = slope(last).unwrap_or(f64::NAN);
    let moved = |d: f64| -> Vec<f64> {
        last.iter().enumerate().map(|(j, x)| if i == j { x + d * x.abs().max(1e-3) } else { *x }).collect()
    };
    let near = [1e-9, -1e-9].map(|d| slope(&moved(d)).unwrap_or(f64::NAN));
    if !now.is_finite() || near.iter().any(|f| !f.is_finite()) {
        let words = "the state comes to the edge of where its right-hand side is a number (a division by 0, or a root or \
                     logarithm of a negative number)";
        return words.to_string();
    }
    let growth = growth(field, p, t, last);
    let time = last.get(i).map_or(f64::INFINITY, |x| (x / now).abs());
    if growth.contains("blow-up") && time < 1e6 * step.max(f64::EPSILON * t.abs()) {
        return growth;
    }
    if (near[0] - near[1]).abs() > 1e-3 * (near[0].abs() + near[1].abs()) {
        return "its right-hand side jumps, or has a pole, at the state reached".to_string();
    }
    "a singularity of its right-hand side, or a tolerance below the rounding of the state".to_string()
}

/// How a field carries the state `last` away at time `t`.
pub(crate) fn growth<F: VectorField + ?Sized>(field: &F, p: &[f64], t: f64, last: &[f64]) -> String {
    let rate = |x: &[f64]| -> Option<f64> {
        let mut f = vec![0.0; x.len()];
        field.eval(&[t], p, x, &mut f, &mut Workspace::default()).ok()?;
        let scale = largest(x).1.abs();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a / scale * (b / scale)).sum::<f64>();
        Some(dot(x, &f) / dot(x, x))
    };
    // The right-hand side may overflow at the last state: take the largest state on its ray where it does not.
    let mut rates = (0..100).filter_map(|k| {
        let shrunk: Vec<f64> = last.iter().map(|x| x * 0.01f64.powi(k)).collect();
        rate(&shrunk).filter(|r| r.is_finite())
    });
    match (rates.next(), rates.next()) {
        (Some(now), Some(before)) if now > 3.0 * before.abs() => {
            format!(
                "blow-up in finite time: the state grows at a rate of {now:.3e}, the faster the larger it is"
            )
        }
        (Some(now), _) if now > 0.0 => {
            format!(
                "unstable growth like that of a linear system, at a rate of {now:.3e} (e-fold in {:.3e})",
                1.0 / now
            )
        }
        _ => "the state left the range of the right-hand side".to_string(),
    }
}

/// Whether an adaptive method stays near the initial state's size up to the time of divergence; `None` if it cannot tell.
fn stays_bounded<F: VectorField + ?Sized>(plan: &Plan<'_, F>, outcome: &Outcome) -> Option<bool> {
    let until = outcome.time + plan.dt;
    let times = [plan.times[0], until];
    let mut stops = plan.field.breakpoints(times[0], until);
    stops.push(until);
    let x0 = &outcome.start;
    let mut out = vec![0.0; 2 * x0.len()];
    let course = Course {
        field: plan.field,
        n: x0.len(),
        p: plan.p,
        times: &times,
        stops: &stops,
        bound: 1e-3 * largest(&outcome.last).1.abs(),
        max_steps: 20_000,
        began: times[0],
        hands_over: false,
    };
    let watch = Watch::new(&settings::unwatched, 1);
    let tolerance = Tolerance { rtol: 1e-4, atol: 1e-6 };
    let outcomes = adaptive::follow(&course, &TSIT5, tolerance, x0, &mut out, &watch, (0.0, 1.0)).ok()?;
    Some(matches!(outcomes.first()?.end, End::Completed | End::Stopped { .. }))
}
