//! What happened on the way of a model with rules: the spikes of each population, and other events.

use crate::network::{EquationNetwork, Rule, RuleKind};
use crate::study::{Events, Spikes};
use dynamics::simulate::{Event, Verdict};

/// Sorts events by their rules; `duration` is what was simulated.
pub(super) fn happenings(
    network: &EquationNetwork,
    events: &[Event],
    verdict: &Verdict,
    duration: f64,
) -> (Vec<Spikes>, Vec<Events>) {
    let (mut spikes, mut others) = (Vec::new(), Vec::new());
    let mut first = 0;
    for rule in &network.rules {
        let n = network.units_of(rule);
        let own = events.iter().filter(|e| (first..first + n).contains(&e.guard));
        let times: Vec<(f64, usize)> = own.map(|e| (e.time, e.guard - first)).collect();
        let ended = matches!(verdict, Verdict::Ended { guard, .. } if (first..first + n).contains(guard));
        first += n;
        let resets = !rule.set.is_empty();
        match rule.kind {
            RuleKind::Spike => {
                let population = network.populations[rule.population].name.clone();
                let rate = if duration > 0.0 { times.len() as f64 / (n as f64 * duration) } else { 0.0 };
                spikes.push(Spikes { population, n, rate, cv: variation(&times, n), times, resets });
            }
            RuleKind::Event => others.push(Events { name: rule.name.clone(), times, resets, stopped: ended }),
        }
    }
    (spikes, others)
}

/// What each guard watches for, in words.
pub(super) fn guards(network: &EquationNetwork) -> Vec<String> {
    let of = |rule: &Rule| {
        let (n, population) = (network.units_of(rule), &network.populations[rule.population].name);
        let what = match rule.kind {
            RuleKind::Spike => "the spike".to_owned(),
            RuleKind::Event => format!("the event {}", rule.name),
        };
        let named = |k: usize| {
            if n > 1 { format!("{what} of {population}[{k}]") } else { format!("{what} of {population}") }
        };
        (0..n).map(named).collect::<Vec<_>>()
    };
    network.rules.iter().flat_map(of).collect()
}

/// Standard deviation over mean of the intervals, averaged over the units with at least three spikes.
fn variation(times: &[(f64, usize)], n: usize) -> Option<f64> {
    let mut trains = vec![Vec::new(); n];
    times.iter().for_each(|&(t, i)| trains[i].push(t));
    let each = trains.iter().filter(|train| train.len() >= 3).map(|train| {
        let intervals: Vec<f64> = train.windows(2).map(|w| w[1] - w[0]).collect();
        let count = intervals.len() as f64;
        let mean = intervals.iter().sum::<f64>() / count;
        let variance = intervals.iter().map(|i| (i - mean).powi(2)).sum::<f64>() / count;
        variance.sqrt() / mean
    });
    let each: Vec<f64> = each.collect();
    (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_spikes_do_not_vary_and_alternating_ones_do() {
        let regular: Vec<(f64, usize)> = (0..10).map(|k| (f64::from(k), 0)).collect();
        assert!(variation(&regular, 1).unwrap() < 1e-12);
        // Intervals 1 and 3 in turn: mean 2, standard deviation 1.
        let alternating = [0.0, 1.0, 4.0, 5.0, 8.0].map(|t| (t, 0));
        assert!((variation(&alternating, 1).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(variation(&[(0.0, 0), (1.0, 0)], 1), None);
    }
}
