//! At which times a run is recorded.
//!
//! Unless the model says so, often enough to draw the fastest rotation as a curve and the slowest change as a line:
//! forty points a turn, at least 500, at most 4000, and fewer for many variables. Where no frequency is known, 2000.

use crate::model::{EnsembleSpec, RunSpec};

/// Numbers that a recording may take unless the model asks for more.
const RECORDED: usize = 4_000_000;

/// Times from `start` to `end`, both included, `every` apart (the last interval may be shorter), or chosen by the
/// highest `frequency` of the system and the number of its `variables`.
pub(super) fn recorded(
    start: f64,
    end: f64,
    every: Option<f64>,
    frequency: Option<f64>,
    variables: usize,
) -> Vec<f64> {
    let length = end - start;
    let Some(every) = every else {
        let wanted = frequency.map_or(2000.0, |f| 40.0 * length * f).clamp(500.0, 4000.0) as usize;
        let intervals = wanted.min((RECORDED / variables.max(1)).max(200));
        return (0..=intervals).map(|k| at(start, end, k, intervals)).collect();
    };
    let whole = (length / every * (1.0 + 4.0 * f64::EPSILON)).floor();
    let mut times: Vec<f64> = (0..=whole as usize).map(|k| start + k as f64 * every).collect();
    match times.last_mut() {
        Some(last) if (end - *last).abs() <= 1e-9 * every => *last = end,
        _ => times.push(end),
    }
    times
}

/// Bytes that the recording of a run takes at its peak: the states, their principal components and the file of them.
pub(super) fn bytes(run: &RunSpec, variables: usize) -> u64 {
    let every = run.every.unwrap_or((run.t.1 - run.t.0) / 4000.0);
    let times = ((run.t.1 - run.t.0) / every).ceil() + 1.0;
    let states = match &run.ensemble {
        None => 0,
        Some(EnsembleSpec::Spread { n, .. }) => *n,
        Some(EnsembleSpec::States(states)) => states.cols(),
    };
    let kept =
        if run.every.is_none() { times.min((RECORDED / variables.max(1)).max(200) as f64) } else { times };
    (8.0 * kept * (variables as f64 * (4.0 + states as f64) + 2.0)) as u64
}

fn at(start: f64, end: f64, k: usize, intervals: usize) -> f64 {
    if k == intervals { end } else { start + (end - start) * (k as f64 / intervals as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_recorded_also_where_it_is_no_multiple() {
        assert_eq!(recorded(0.0, 1.0, Some(0.4), None, 1), [0.0, 0.4, 0.8, 1.0]);
        let times = recorded(0.0, 2.0, Some(1e-3), None, 1);
        assert_eq!((times.len(), times[2000]), (2001, 2.0));
    }

    #[test]
    fn a_recording_too_fine_for_any_memory_is_known_before_it_begins() {
        let run = RunSpec {
            t: (0.0, 1.0),
            method: "auto".into(),
            rtol: None,
            atol: None,
            dt: None,
            every: Some(1e-12),
            ensemble: None,
            error_estimate: true,
            interpretation: None,
        };
        assert!(bytes(&run, 2) > 50_000_000_000_000);
        assert!(bytes(&RunSpec { every: None, ..run.clone() }, 2) < 1_000_000);
        assert!(bytes(&RunSpec { every: None, ..run }, 10_000) < 200_000_000);
    }

    #[test]
    fn a_fast_rotation_is_recorded_often() {
        assert_eq!(recorded(0.0, 30.0, None, Some(50.0 / 30.0), 3).len(), 2001);
        assert_eq!(recorded(0.0, 30.0, None, Some(0.0), 3).len(), 501);
        assert_eq!(recorded(0.0, 30.0, None, Some(1e9), 3).len(), 4001);
        assert!(recorded(0.0, 30.0, None, Some(1e9), 100_000).len() <= 201);
    }
}
