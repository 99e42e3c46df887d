//! Findings: what was found, as JSON that other programs rely on.
//!
//! The keys and their order are promises: `nullcline`, `model`, `simulation`, `linear`, …. An infinite number or NaN
//! becomes `null`, and so does what was not computed (then it is listed in `skipped`).
//! Findings are written once, here, for every door.

use super::number::{number, numbers, optional};
use super::{linear, phase_plane, verdict};
use crate::study::{
    Activity, CableShape, Components, Cycle, Events, Fluctuations, Group, Oscillation, Outcome, Simulation,
    Spikes, Study, Symmetry, Trials, TrialsPoint,
};
use dynamics::simulate::Verdict;
use serde_json::{Map, Value, json};

/// All that was found about a model: `findings.json`, and what `--json` prints.
///
/// Without a simulation the key `simulation` is absent.
pub fn findings(study: &Study) -> Value {
    let mut all = Map::new();
    all.insert("nullcline".into(), env!("CARGO_PKG_VERSION").into());
    all.insert("model".into(), json!({"name": study.name, "sha256": study.sha256, "seed": study.seed}));
    if let Some(simulation) = &study.simulation {
        all.insert("simulation".into(), simulation_json(study, simulation));
    }
    all.insert("linear".into(), linear_json(study));
    if let Some(rests) = &study.rests {
        all.insert("fixed_points".into(), super::rests::rests_json(rests));
    }
    if let Some(portrait) = phase_plane::portrait_json(study) {
        all.insert("portrait".into(), portrait);
    }
    super::numbers::insert(study, &mut all);
    if let Some(synapses) = &study.synapses {
        all.insert("sensitivity".into(), super::synapses::synapses_json(study, synapses));
    }
    all.insert("symmetry".into(), study.symmetry.as_ref().map_or(Value::Null, symmetry_json));
    all.insert("components".into(), study.components.as_ref().map_or(Value::Null, components_json));
    all.insert("fluctuations".into(), study.fluctuations.as_ref().map_or(Value::Null, fluctuations_json));
    if let Some(cable) = &study.cable {
        all.insert("cable".into(), cable_json(cable));
    }
    if let Some(trials) = &study.trials {
        all.insert("trials".into(), trials_json(trials));
    }
    if let Some(found) = &study.continuation {
        all.insert("continuation".into(), super::continuation::found_json(study, found).into());
    }
    all.insert("expect".into(), study.expect.iter().map(outcome_json).collect());
    all.insert("notes".into(), study.notes.clone().into());
    Value::Object(all)
}

/// The analysis of a bare matrix: the keys of `linear` at the top, and the notes.
pub fn analysis_json(study: &Study) -> Value {
    let mut all = study.linear.first().map(linear::linear_json).unwrap_or_default();
    all.insert("notes".into(), study.notes.clone().into());
    Value::Object(all)
}

/// An object for a linear system; for a nonlinear one a list with an entry for each fixed point.
fn linear_json(study: &Study) -> Value {
    if study.equation.linear {
        return study.linear.first().map_or(Value::Null, |at| Value::Object(linear::linear_json(at)));
    }
    study.linear.iter().map(|at| Value::Object(linear::linear_json(at))).collect()
}

fn simulation_json(study: &Study, simulation: &Simulation) -> Value {
    let run = &simulation.trajectory;
    let reached = match run.verdict {
        Verdict::Completed => simulation.span.1,
        Verdict::Diverged { time, .. }
        | Verdict::Stopped { time }
        | Verdict::StepTooSmall { time, .. }
        | Verdict::Ended { time, .. }
        | Verdict::Chattering { time, .. }
        | Verdict::Slides { time, .. }
        | Verdict::JumpStays { time, .. } => time,
    };
    let mut all = Map::new();
    all.insert("method".into(), run.method.clone().into());
    all.insert("reason".into(), run.reason.clone().into());
    all.insert("steps".into(), run.steps.into());
    all.insert("rejected".into(), run.rejected.into());
    all.insert("evaluations".into(), run.evaluations.into());
    all.insert("error_estimate".into(), optional(run.error.value));
    all.insert("error_reason".into(), run.error.reason.clone().into());
    all.insert("verdict".into(), verdict::simulation(&run.verdict).into());
    all.insert("ended".into(), ended_json(study, &run.verdict));
    all.insert("duration".into(), number(reached - simulation.span.0));
    all.insert("final".into(), final_json(study, simulation));
    all.insert("activity".into(), study.activity.as_ref().map_or(Value::Null, activity_json));
    all.insert(
        "oscillation".into(),
        study.oscillation.as_ref().map_or(Value::Null, |o| oscillation_json(study, o)),
    );
    if !study.spikes.is_empty() {
        let each = study.spikes.iter().map(|s| (s.population.clone(), spikes_json(s)));
        all.insert("populations".into(), each.collect::<Map<_, _>>().into());
    }
    if !study.events.is_empty() {
        let each = study.events.iter().map(|e| (e.name.clone(), events_json(e)));
        all.insert("events".into(), each.collect::<Map<_, _>>().into());
    }
    all.insert(
        "seconds".into(),
        study.seconds.map_or(Value::Null, |s| json!({"build": number(s.build), "run": number(s.run)})),
    );
    Value::Object(all)
}

/// Where and why a run ended early; `null` if it did not.
fn ended_json(study: &Study, verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Completed => Value::Null,
        Verdict::Diverged { time, variable, value, cause } => {
            let name = study.names.get(*variable).cloned().unwrap_or_else(|| variable.to_string());
            json!({"time": number(*time), "variable": name, "value": number(*value), "cause": cause})
        }
        Verdict::Stopped { time } => json!({"time": number(*time)}),
        Verdict::Ended { time, guard } | Verdict::JumpStays { time, guard } => {
            json!({"time": number(*time), "event": guard, "name": study.guards.get(*guard)})
        }
        Verdict::Chattering { time, guard, events } => {
            let name = study.guards.get(*guard);
            json!({"time": number(*time), "event": guard, "name": name, "repetitions": events})
        }
        Verdict::StepTooSmall { time, step, variable, cause } => {
            let name = variable.and_then(|k| study.names.get(k));
            json!({"time": number(*time), "step": number(*step), "variable": name, "cause": cause})
        }
        Verdict::Slides { time, variable } => {
            json!({"time": number(*time), "variable": study.names.get(*variable)})
        }
    }
}

/// The last recorded state, by name.
fn final_json(study: &Study, simulation: &Simulation) -> Value {
    let Some(last) = last_state(simulation) else { return Value::Null };
    study
        .groups
        .iter()
        .map(|group| (group.name.clone(), group_json(group, last)))
        .collect::<Map<_, _>>()
        .into()
}

/// The last recorded column, if anything was recorded.
pub(super) fn last_state(simulation: &Simulation) -> Option<&[f64]> {
    let x = &simulation.trajectory.x;
    x.cols().checked_sub(1).map(|k| x.column(k))
}

fn group_json(group: &Group, state: &[f64]) -> Value {
    match state.get(group.start..group.start + group.len) {
        Some([x]) if group.scalar => number(*x),
        Some(part) => numbers(part),
        None => Value::Null,
    }
}

fn activity_json(activity: &Activity) -> Value {
    json!({"min": number(activity.min), "max": number(activity.max), "late_sd": number(activity.late_sd)})
}

/// A period with its spread; of each variable half the way from its lowest to its highest value in the last cycle.
fn oscillation_json(study: &Study, oscillation: &Oscillation) -> Value {
    let cycle = oscillation.cycle.as_ref();
    let by_name = |state: &dyn Fn(&Cycle) -> Vec<f64>| {
        cycle.map_or(Value::Null, |cycle| {
            let state = state(cycle);
            let each = study.groups.iter().map(|group| (group.name.clone(), group_json(group, &state)));
            each.collect::<Map<_, _>>().into()
        })
    };
    let half = |c: &Cycle| c.lowest.iter().zip(&c.highest).map(|(low, high)| (high - low) / 2.0).collect();
    json!({
        "verdict": oscillation.verdict.name(),
        "reason": oscillation.reason,
        "timed": cycle.map(|c| c.timed.clone()),
        "period": optional(cycle.map(|c| c.period)),
        "spread": optional(cycle.map(|c| c.spread)),
        "error": optional(cycle.and_then(|c| c.error)),
        "cycles": cycle.map(|c| c.count),
        "amplitude": by_name(&half),
        "lowest": by_name(&|c| c.lowest.clone()),
        "highest": by_name(&|c| c.highest.clone()),
    })
}

fn symmetry_json(symmetry: &Symmetry) -> Value {
    let energy = symmetry.energy.as_deref().and_then(|e| match e {
        [] => None,
        [first, .., last] => Some((e, *first, *last)),
        [only] => Some((e, *only, *only)),
    });
    let energy = energy.map_or(Value::Null, |(e, first, last)| {
        json!({"initial": number(first), "final": number(last), "largest_rise": number(largest_rise(e)), "rises": symmetry.energy_rises})
    });
    json!({"reciprocity": optional(symmetry.reciprocity), "asymmetry": number(symmetry.asymmetry), "energy": energy})
}

/// The largest step upwards in a series; 0 if it never rises.
pub(super) fn largest_rise(series: &[f64]) -> f64 {
    series.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max)
}

fn components_json(components: &Components) -> Value {
    let nearest = components.nearest.map(|n| json!({"mode": n.mode, "cosine": number(n.cosine)}));
    json!({
        "variance": numbers(&components.variance),
        "participation_ratio": number(participation(components)),
        "nearest_mode": nearest,
    })
}

/// (sum of variances)^2 / sum of squared variances: how many components count.
pub(super) fn participation(components: &Components) -> f64 {
    let sum: f64 = components.variance.iter().sum();
    sum * sum / components.variance.iter().map(|v| v * v).sum::<f64>()
}

fn fluctuations_json(f: &Fluctuations) -> Value {
    json!({
        "variable": f.variable,
        "variance_theory": number(f.theory[(0, 0)]),
        "variance_simulated": number(f.simulated[(0, 0)]),
        "relative_difference": number((&f.theory - &f.simulated).norm_frobenius() / f.theory.norm_frobenius()),
    })
}

/// How many times of events are listed.
const LISTED: usize = 1000;

fn spikes_json(spikes: &Spikes) -> Value {
    json!({
        "n": spikes.n,
        "spikes": spikes.times.len(),
        "rate": number(spikes.rate),
        "cv": optional(spikes.cv),
        "times": spikes.times.iter().take(LISTED).map(|(t, _)| number(*t)).collect::<Vec<_>>(),
        "units": spikes.times.iter().take(LISTED).map(|(_, i)| *i).collect::<Vec<_>>(),
    })
}

fn events_json(events: &Events) -> Value {
    let times: Vec<f64> = events.times.iter().map(|(t, _)| *t).collect();
    // Intervals of one unit say something; of many they mix.
    let one = events.times.windows(2).all(|w| w[0].1 == w[1].1);
    let period = match (times.as_slice(), one) {
        ([.., before, last], true) => Some(last - before),
        _ => None,
    };
    json!({
        "count": times.len(),
        "last_interval": optional(period),
        "times": numbers(&times[..times.len().min(LISTED)]),
        "stopped": events.stopped,
    })
}

fn cable_json(cable: &CableShape) -> Value {
    let sites = cable.sites.iter().map(|(name, compartment, distance)| {
        (name.clone(), json!({"compartment": compartment, "distance": number(*distance)}))
    });
    let mut travels: Map<String, Value> = Map::new();
    for t in &cable.travels {
        let value = json!({
            "from": t.between[0],
            "to": t.between[1],
            "velocity": number(t.velocity),
            "distance": number(t.distance),
            "times": numbers(&t.times),
        });
        let all = travels.entry(t.event.clone()).or_insert_with(|| json!([]));
        if let Some(list) = all.as_array_mut() {
            list.push(value);
        }
    }
    json!({
        "population": cable.population,
        "compartments": cable.compartments,
        "sections": cable.sections,
        "length": number(cable.length),
        "area": number(cable.area),
        "sites": sites.collect::<Map<_, _>>(),
        "travels": travels,
    })
}

fn trials_json(trials: &Trials) -> Value {
    let points = &trials.points;
    let names: Vec<String> =
        points.first().map_or(Vec::new(), |p| p.stops.iter().map(|s| s.name.clone()).collect());
    let column = |f: &dyn Fn(&TrialsPoint) -> Value| points.iter().map(f).collect::<Vec<_>>();
    let stops: Map<String, Value> = names
        .into_iter()
        .enumerate()
        .map(|(k, name)| {
            let part = json!({
                "count": column(&|p| p.stops[k].count.into()),
                "fraction": column(&|p| number(p.stops[k].count as f64 / trials.count as f64)),
                "mean_time": column(&|p| optional(p.stops[k].mean_time)),
                "sd_time": column(&|p| optional(p.stops[k].sd_time)),
            });
            (name, part)
        })
        .collect();
    json!({
        "count": trials.count,
        "parameter": trials.parameter.as_ref().map(|(name, _)| name.clone()),
        "values": column(&|p| number(p.value)),
        "stops": stops,
        "undecided": column(&|p| p.undecided.into()),
        "mean_time": column(&|p| optional(p.mean_time)),
    })
}

fn outcome_json(outcome: &Outcome) -> Value {
    let parse = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    json!({
        "path": outcome.path,
        "expected": parse(&outcome.expected),
        "measured": parse(&outcome.measured),
        "pass": outcome.pass,
    })
}
