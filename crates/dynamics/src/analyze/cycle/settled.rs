//! The cycle that a state settles on: a long run, a return, and then Newton's iteration.
//!
//! After the transient the run is looked through for the shortest time after which the state comes back to where it was, at upward crossings
//! of the mean of the variable that moves most. The stretch between is the guess of a [limit cycle](super::limit_cycle).

use super::limit_cycle::{CycleGuess, CycleSettings, CycleVerdict, LimitCycle, limit_cycle, without};
use super::orbit::Orbit;
use crate::field::VectorField;
use crate::simulate::{ErrorEstimation, Settings, SimulateError, Verdict, simulate, unwatched};
use linalg::Matrix;

/// How many states of the run are looked at.
const SAMPLES: usize = 4000;
/// A period with fewer samples is run again more closely.
const FEW: usize = 200;
/// A return comes back so close, in parts of the range of each variable.
const CLOSE: f64 = 0.02;

/// The cycle that the state x0 settles on, after `transient` and within the same time once more.
///
/// # Errors
/// When the simulation cannot be asked for, or the right-hand side fails. That nothing periodic was seen is no error: see the verdict.
pub fn settled_cycle(
    field: &dyn VectorField,
    p: &[f64],
    x0: &[f64],
    transient: f64,
    settings: &CycleSettings,
) -> Result<LimitCycle, SimulateError> {
    let run = Settings { rtol: 1e-8, atol: 1e-10, error: ErrorEstimation::Off, ..Settings::default() };
    let follow = |x: &[f64], times: &[f64]| simulate(field, p, x, times, &run, &unwatched);
    let n = field.dimension();
    let nowhere = |why: String| {
        let orbit = Orbit { n, mesh: vec![0.0, 1.0], points: vec![f64::NAN; 5 * n], period: f64::NAN };
        without(orbit, p, CycleVerdict::BadGuess(why), f64::NAN)
    };
    let first = follow(x0, &[0.0, transient])?;
    if !matches!(first.verdict, Verdict::Completed) {
        return Ok(nowhere(format!("the run to the cycle did not end well: {:?}", first.verdict)));
    }
    let mut x = first.x.column(1).to_vec();
    let mut span = transient;
    for turn in 0..3 {
        let times: Vec<f64> = (0..=SAMPLES).map(|k| span * k as f64 / SAMPLES as f64).collect();
        let seen = follow(&x, &times)?;
        if !matches!(seen.verdict, Verdict::Completed) {
            return Ok(nowhere(format!("the run along the cycle did not end well: {:?}", seen.verdict)));
        }
        let ranges: Vec<f64> = (0..n).map(|i| range(&seen.x, i)).collect();
        let scale = |i: usize| 1e-6 * (1.0 + seen.x[(i, SAMPLES)].abs());
        if (0..n).all(|i| ranges[i] < scale(i)) {
            let mut found = nowhere(String::new());
            found.verdict = CycleVerdict::Rest { x: seen.x.column(SAMPLES).to_vec() };
            return Ok(found);
        }
        let Some((from, to)) = period(&seen.x, &ranges) else {
            return Ok(nowhere(format!(
                "within the time {span} the state did not come back to where it was: give more time, or it is no cycle"
            )));
        };
        if to - from < FEW && turn < 2 {
            x = seen.x.column(from).to_vec();
            span = 1.5 * (times[to] - times[from]);
            continue;
        }
        let guess = CycleGuess {
            times: times[from..=to].to_vec(),
            states: seen.x.as_slice()[from * n..(to + 1) * n].to_vec(),
        };
        return Ok(limit_cycle(field, p, &guess, settings)?);
    }
    Ok(nowhere("the period is too short for the time that was given".to_owned()))
}

fn range(x: &Matrix, i: usize) -> f64 {
    let values = (0..x.cols()).map(|k| x[(i, k)]);
    values.clone().fold(f64::NEG_INFINITY, f64::max) - values.fold(f64::INFINITY, f64::min)
}

/// The columns between which the state comes back to where it was.
fn period(x: &Matrix, ranges: &[f64]) -> Option<(usize, usize)> {
    let spread = |i: usize| ranges[i] / (1.0 + x[(i, 0)].abs());
    let i = (0..ranges.len()).max_by(|&a, &b| spread(a).total_cmp(&spread(b)))?;
    let columns = x.cols();
    let middle = {
        let values = (0..columns).map(|k| x[(i, k)]);
        0.5 * (values.clone().fold(f64::NEG_INFINITY, f64::max) + values.fold(f64::INFINITY, f64::min))
    };
    let crossings: Vec<(usize, f64)> = (0..columns - 1)
        .filter(|&k| x[(i, k)] < middle && x[(i, k + 1)] >= middle)
        .map(|k| (k, (middle - x[(i, k)]) / (x[(i, k + 1)] - x[(i, k)])))
        .collect();
    let (&(start, part), later) = crossings.split_first()?;
    let state = |k: usize, part: f64| -> Vec<f64> {
        (0..ranges.len()).map(|a| x[(a, k)] + part * (x[(a, k + 1)] - x[(a, k)])).collect()
    };
    let home = state(start, part);
    let back = later.iter().find(|&&(k, part)| {
        let there = state(k, part);
        (0..ranges.len()).all(|a| (there[a] - home[a]).abs() <= CLOSE * ranges[a])
    })?;
    Some((start, back.0))
}
