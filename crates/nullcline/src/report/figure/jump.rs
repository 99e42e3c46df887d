//! Where a reset breaks a line.
//!
//! Between the two samples on either side of a spike the state jumps. A straight line between them would show a slope that
//! never was, so the line is broken there. A spike that is only seen (as of Hodgkin-Huxley) breaks nothing, nor does a reset
//! the line of a variable that it does not set: there the step across it is like its neighbors.

use super::frame::extent;
use crate::study::Study;

/// The times of all spikes and events that change the state, in order.
pub(in super::super) fn moments(study: &Study) -> Vec<f64> {
    let spikes = study.spikes.iter().filter(|s| s.resets).flat_map(|s| &s.times);
    let events = study.events.iter().filter(|e| e.resets).flat_map(|e| &e.times);
    let mut times: Vec<f64> = spikes.chain(events).map(|(t, _)| *t).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

/// The samples k, ascending, after which the series `y` at times `t` jumps to sample k + 1 at one of the `moments`, with the
/// moment.
pub(in super::super) fn jumps(t: &[f64], y: &[f64], moments: &[f64]) -> Vec<(usize, f64)> {
    let (low, high) = extent(y.iter().copied());
    let step = |k: usize| if k + 1 < y.len() { y[k + 1] - y[k] } else { 0.0 };
    let is_jump = |k: usize| {
        let (here, after) = (step(k), step(k + 1));
        let before = if k > 0 { step(k - 1) } else { 0.0 };
        let turns = here * before <= 0.0 && here * after <= 0.0;
        let stands_out = here.abs() > 4.0 * before.abs().max(after.abs());
        here.abs() > 1e-3 * (high - low) && (turns || stands_out)
    };
    let mut found: Vec<(usize, f64)> = Vec::new();
    for &moment in moments {
        // The last sample before the moment, or the sample at the moment, if that was taken before the jump.
        let after = t.partition_point(|u| *u < moment);
        let around = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let at = around.filter(|k| k + 1 < t.len() && t[*k] <= moment).find(|k| is_jump(*k));
        if let Some(k) = at.filter(|k| found.last().is_none_or(|(last, _)| last < k)) {
            found.push((k, moment));
        }
    }
    found
}

/// The samples of the run after which one of these variables jumps, ascending.
pub(in super::super) fn breaks(study: &Study, variables: &[usize]) -> Vec<usize> {
    let Some(run) = study.simulation.as_ref().map(|s| &s.trajectory) else { return Vec::new() };
    let moments = moments(study);
    if moments.is_empty() {
        return Vec::new();
    }
    let each = variables.iter().flat_map(|&i| jumps(&run.t, &run.x.row(i), &moments));
    let mut found: Vec<usize> = each.map(|(k, _)| k).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Samples and the samples on either side of each break, ascending, and after which of them the line is broken.
pub(in super::super) fn with_breaks(kept: Vec<usize>, breaks: &[usize]) -> Vec<(usize, bool)> {
    let mut all = kept;
    all.extend(breaks.iter().flat_map(|k| [*k, k + 1]));
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|k| (k, breaks.binary_search(&k).is_ok())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_breaks_the_line_and_an_observed_spike_does_not() {
        let t: Vec<f64> = (0..100).map(|k| f64::from(k) * 0.1).collect();
        let saw: Vec<f64> = t.iter().map(|t| (t / 3.05).fract()).collect();
        assert_eq!(jumps(&t, &saw, &[3.05, 6.1, 9.15]), [(30, 3.05), (60, 6.1), (91, 9.15)]);
        let wave: Vec<f64> = t.iter().map(|t| (2.0 * t).sin()).collect();
        assert_eq!(jumps(&t, &wave, &[3.2, 6.3]), []);
        // A sharp rise before the reset, as of an exponential unit, does not hide it.
        let sharp: Vec<f64> = saw.iter().map(|s| 1.0 / (1.02 - s)).collect();
        assert_eq!(jumps(&t, &sharp, &[3.05, 6.1, 9.15]).len(), 3);
    }

    #[test]
    fn both_sides_of_a_break_are_kept() {
        assert_eq!(
            with_breaks(vec![0, 5, 10], &[3]),
            [(0, false), (3, true), (4, false), (5, false), (10, false)]
        );
    }
}
