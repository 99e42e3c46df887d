//! A network of spikes through time: what was recorded, and every spike.

use super::times::recorded;
use crate::model::RunSpec;
use crate::network::{Clocked, EquationNetwork, RuleKind, System};
use crate::spiking::{End, Probe, Wanted};
use dynamics::simulate::{ErrorEstimate, Event, Progress, Trajectory, Verdict};
use linalg::Matrix;

/// Follows it from its start.
pub(super) fn followed(
    network: &EquationNetwork,
    run: &RunSpec,
    system: &System,
    clocked: &Clocked,
    progress: Progress<'_>,
) -> (Trajectory, Vec<Event>) {
    let h = network.step;
    let (start, end) = run.t;
    let steps = ((end - start) / h).round().max(1.0) as u64;
    let wished = recorded(start, end, run.every, None, system.dimension()).len().saturating_sub(1).max(1);
    let every = (steps / wished as u64).max(1);
    let mut engine = clocked.engine.clone();
    let wanted = Wanted { probes: clocked.probes.clone(), every };
    let found = engine.run(steps, &wanted, progress);
    let time = |step: u64| if step == steps { end } else { start + step as f64 * h };
    let mut events = Vec::new();
    let mut first = 0;
    for rule in &network.rules {
        if rule.kind == RuleKind::Spike {
            let spikes = found.spikes[rule.population].iter();
            events.extend(spikes.map(|&(step, unit)| Event {
                guard: first + unit as usize,
                time: time(step),
                state: Vec::new(),
            }));
        }
        first += network.units_of(rule);
    }
    let n = clocked.probes.len();
    let mut t = vec![start];
    t.extend(found.steps.iter().map(|step| time(*step)));
    let mut x = system.x0.clone();
    x.extend_from_slice(&found.samples);
    if t.last().is_some_and(|last| *last < end) && found.end == End::Completed {
        t.push(end);
        x.extend(clocked.probes.iter().map(|probe| engine.value(*probe)));
    }
    let verdict = match found.end {
        End::Completed => Verdict::Completed,
        End::Stopped(step) => Verdict::Stopped { time: time(step) },
        End::Lost { step, probe, value } => {
            let same = |p: &Probe| (p.population, p.variable) == (probe.population, probe.variable);
            let cause = format!(
                "it is a variable of unit {} of `{}`: weights that are too large, or a step that is too long for its equation",
                probe.unit, network.populations[probe.population].name
            );
            let variable = clocked.probes.iter().position(same).unwrap_or(0);
            Verdict::Diverged { time: time(step), variable, value, cause }
        }
    };
    let moved = if clocked.exact {
        "between spikes the units are linear and propagated exactly"
    } else {
        "exponential Euler moves what is not linear between spikes, and the rest is propagated exactly"
    };
    let trajectory = Trajectory {
        x: Matrix::from_columns(n, t.len(), x),
        t,
        method: if clocked.exact { "expm" } else { "exponential_euler" }.to_owned(),
        reason: format!("{moved}; spikes happen at multiples of the step {h} and are told up to a step late"),
        steps: engine.step() as usize,
        rejected: 0,
        evaluations: 0,
        verdict,
        error: ErrorEstimate {
            value: None,
            reason: "a network of spikes is chaotic: a single spike that moves by a step changes all later ones, and only rates can be compared"
                .to_owned(),
        },
    };
    (trajectory, events)
}

/// What the reader must hear about what was recorded.
pub(super) fn notes(network: &EquationNetwork, clocked: &Clocked) -> Vec<String> {
    let all: usize = network.dimension();
    let mut notes = Vec::new();
    if clocked.probes.len() < all {
        notes.push(format!(
            "Of {all} variables the {} of the first units of each population were recorded; spikes were recorded of all units.",
            clocked.probes.len()
        ));
    }
    notes
}
