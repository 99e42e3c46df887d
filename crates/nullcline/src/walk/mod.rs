//! The walk from a model to what is known about it.
//!
//! ```text
//! model ─► built (network lowered to a system) ─► simulated ─► analyzed ─► a study
//! ```
//!
//! Two verbs, so that a door can time them and ask for the cost before it is paid: [`build`] and [`examine`].

mod built;
mod cable;
mod clocked;
mod components;
mod continuation;
mod ensemble;
mod equation;
mod equation_text;
mod equation_trained;
mod error;
mod expectations;
mod family;
mod fluctuations;
mod happenings;
mod iterated;
mod matrix;
mod numbers;
mod oscillation;
mod phase_plane;
mod portrait;
mod read_in;
mod rest;
mod rest_starts;
mod settings;
mod symmetry;
mod synapses;
mod times;
mod trials;

pub use built::{Built, build};
pub use continuation::continued;
pub use error::ExamineError;
pub use matrix::{Reading, examine_matrix};

use crate::model::{Model, RunSpec, Source};
use crate::network::{EquationNetwork, Network, PerUnit, System, SystemKind, passages};
use crate::study::{Activity, Group, LinearAt, Simulation, Study};
use dynamics::analyze::{AnalyzeError, LinearAnalysis, LinearOptions, Origin, TimeKind, linear};
use dynamics::field::{History, LinearSystem};
use dynamics::simulate::{
    Draw, Event, Method, Progress, SimulateError, Trajectory, Verdict, simulate, simulate_delayed,
    simulate_diffusion, simulate_hybrid, simulate_iterated, simulate_linear, simulate_map,
    simulate_stochastic, simulate_tree,
};

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Follow the system through time, as its `[run]` says.
    pub simulate: bool,
    /// Compute also what is skipped above 200 variables for its cost.
    pub full: bool,
}

/// Bytes that the recording of the model's run takes, known before it begins; 0 without a run.
pub fn bytes_recorded(model: &Model, built: &Built) -> u64 {
    let in_steps = matches!(built.system.kind, SystemKind::Map { .. } | SystemKind::Iterated { .. });
    let bytes = |run: &RunSpec| times::bytes(run, built.system.dimension());
    // Of a map every step is kept.
    model.run.as_ref().map_or(0, |run| {
        if in_steps { bytes(&RunSpec { every: Some(1.0), ..run.clone() }) } else { bytes(run) }
    })
}

/// Simulates and analyzes a built model.
///
/// # Errors
/// When the settings of the run make no sense, or an eigenvalue computation fails.
pub fn examine(
    model: &Model,
    built: &Built,
    options: Options,
    progress: Progress<'_>,
) -> Result<Study, ExamineError> {
    let full = options.full || model.analyze.full;
    let system = &built.system;
    numbers::check(model, system)?;
    let exact = match &system.kind {
        SystemKind::Linear(linear) => {
            Some(analyzed(linear, TimeKind::Flow, system, full, origin(model, built))?)
        }
        SystemKind::Map { a, g } => {
            let map = LinearSystem { g: g.clone(), ..LinearSystem::new(a.clone()) };
            Some(analyzed(&map, TimeKind::Map, system, full, None)?)
        }
        SystemKind::Iterated { .. }
        | SystemKind::Field { .. }
        | SystemKind::Hybrid(_)
        | SystemKind::Delayed(_)
        | SystemKind::Stochastic(_)
        | SystemKind::Clocked(_)
        | SystemKind::Tree { .. } => None,
    };
    let run = model.run.as_ref().filter(|_| options.simulate);
    let (simulation, events) = match run {
        Some(run) => {
            settings::refuse_idle_step(model, run, system)?;
            let analysis = exact.as_ref().map(|l| &l.analysis);
            let (simulation, events) = simulated(model, run, system, analysis, progress)?;
            (Some(simulation), events)
        }
        None => (None, Vec::new()),
    };
    let (spikes, happened) = match (equations(model), &simulation) {
        (Some(network), Some(s)) => {
            let run = &s.trajectory;
            let end = match run.verdict {
                Verdict::Completed => s.span.1,
                _ => run.t.last().copied().unwrap_or(s.span.0),
            };
            happenings::happenings(network, &events, &run.verdict, end - s.span.0)
        }
        _ => (Vec::new(), Vec::new()),
    };
    let trajectory = simulation.as_ref().map(|s| &s.trajectory);
    let (linear, rests) = match (exact, &system.kind) {
        (Some(linear), _) => (vec![linear], None),
        (None, SystemKind::Iterated { map, inputs, bounds }) => {
            let end = model.run.as_ref().map_or(0.0, |run| run.t.1);
            let held = iterated::Held::at(map.as_ref(), inputs, bounds, end);
            iterated::rests(model, system, &held, trajectory, progress)?
        }
        (None, _) => rest::rests(model, system, trajectory, progress)?,
    };
    let slowest =
        linear.first().and_then(|l| l.analysis.time_constants.iter().flatten().copied().reduce(f64::max));
    let fluctuations = match &system.kind {
        SystemKind::Linear(linear) => {
            fluctuations::fluctuations(linear, &system.names, simulation.as_ref(), slowest)
        }
        _ => None,
    };
    let asked = numbers::numbers(model, system, trajectory, progress)?;
    let synapses = synapses::synapses(model, built, &linear)?;
    let (portrait, why_none) = phase_plane::examined(model, system, trajectory, &linear, progress);
    let mut study = Study {
        name: model.name.clone(),
        description: model.description.clone(),
        sha256: Some(model.sha256.clone()),
        seed: model.seed,
        time_unit: model.time_unit.symbol(),
        names: system.names.clone(),
        guards: equations(model).map_or(Vec::new(), happenings::guards),
        groups: system.groups.iter().map(group).collect(),
        equation: built.equation.clone(),
        basis: built.basis.clone(),
        connectivity: built.connectivity.as_ref().map(|c| c.m.to_dense()),
        symmetry: symmetry::symmetry(network(model), built, trajectory),
        components: trajectory
            .filter(|_| !matches!(system.kind, SystemKind::Clocked(_)))
            .and_then(|run| components::components(run, &linear)),
        activity: trajectory.and_then(activity),
        oscillation: trajectory.filter(|_| is_autonomous(&system.kind)).map(|run| {
            oscillation::oscillation(run, &system.names, &oscillation::located(&spikes, &happened))
        }),
        fluctuations,
        portrait,
        ensemble: match (run, trajectory) {
            (Some(run), Some(trajectory)) => ensemble::ensemble(model, run, system, trajectory, progress)?,
            _ => Vec::new(),
        },
        linear,
        rests,
        lyapunov: asked.lyapunov,
        cycle: asked.cycle,
        section: asked.section,
        synapses,
        units: read_in::units(system, trajectory),
        spikes,
        events: happened,
        cable: equations(model).and_then(|network| cable::cable(network, &events)),
        trials: match (equations(model), run, &model.trials) {
            (Some(network), Some(run), Some(spec)) => {
                Some(trials::trials(model, network, run, spec, system, progress)?)
            }
            _ => None,
        },
        simulation,
        continuation: match model.continuation.as_ref().filter(|_| options.simulate) {
            Some(spec) => Some(continued(model, built, spec, progress)?),
            None => None,
        },
        expect: Vec::new(),
        notes: notes(model, system),
        seconds: None,
    };
    if let SystemKind::Iterated { inputs, .. } = &system.kind {
        study.notes.extend(iterated::note(inputs, model.run.as_ref().map_or(0.0, |run| run.t.1)));
    }
    study.notes.extend(why_none);
    if options.simulate {
        study.expect = expectations::test(&model.expect, &study);
    }
    Ok(study)
}

/// Whether chance and exact formulas stay out of its run, so that its maxima tell of an oscillation.
fn is_autonomous(kind: &SystemKind) -> bool {
    match kind {
        SystemKind::Field { noises, .. } => noises.is_empty(),
        SystemKind::Hybrid(_) | SystemKind::Iterated { .. } => true,
        _ => false,
    }
}

fn analyzed(
    linear_system: &LinearSystem,
    time: TimeKind,
    system: &System,
    full: bool,
    origin: Option<Origin>,
) -> Result<LinearAt, AnalyzeError> {
    let options = LinearOptions { full, initial: Some(system.x0.clone()), origin };
    let analysis = linear(&linear_system.a, &linear_system.g, time, &options)?;
    Ok(LinearAt { a: linear_system.a.clone(), g: linear_system.g.clone(), point: None, analysis })
}

fn simulated(
    model: &Model,
    run: &RunSpec,
    system: &System,
    analysis: Option<&LinearAnalysis>,
    progress: Progress<'_>,
) -> Result<(Simulation, Vec<Event>), SimulateError> {
    let (start, end) = run.t;
    let mut events = Vec::new();
    let frequency = analysis.map(|a| a.frequencies.iter().copied().fold(0.0, f64::max));
    let settings = settings::settings(model, run, system);
    let times = times::recorded(start, end, run.every, frequency, system.dimension());
    let trajectory = match &system.kind {
        SystemKind::Linear(linear) if matches!(settings.method, Method::Auto | Method::Expm) => {
            simulate_linear(linear, &system.x0, &times, &settings, progress)?
        }
        SystemKind::Linear(linear) if linear.noises.is_empty() => {
            simulate(linear, &[], &system.x0, &times, &settings, progress)?
        }
        SystemKind::Linear(linear) => {
            simulate_stochastic(linear, &linear.noises, &[], &system.x0, &times, &settings, progress)?
        }
        SystemKind::Map { a, g } => simulate_map(a, g, &system.x0, (end - start).round() as usize, progress)?,
        SystemKind::Iterated { map, inputs, .. } => {
            let u = |k: usize, p: &mut [f64]| {
                p.iter_mut().zip(inputs).for_each(|(p, signal)| *p = signal.value(k as f64));
            };
            let steps = start as usize..end as usize;
            simulate_iterated(map.as_ref(), inputs.len(), &u, &system.x0, steps, progress)?
        }
        SystemKind::Field { field, noises } if noises.is_empty() => {
            simulate(field.as_ref(), &[], &system.x0, &times, &settings, progress)?
        }
        SystemKind::Field { field, noises } => {
            simulate_stochastic(field.as_ref(), noises, &[], &system.x0, &times, &settings, progress)?
        }
        SystemKind::Delayed(delayed) => {
            let x0 = &system.x0;
            simulate_delayed(delayed.as_ref(), &[], History::Constant, x0, &times, &settings, progress)?
        }
        SystemKind::Stochastic(stochastic) => {
            let draw = Draw::default();
            let found =
                simulate_diffusion(stochastic.as_ref(), &[], &system.x0, &times, &settings, draw, progress)?;
            events = found.events;
            found.trajectory
        }
        SystemKind::Hybrid(hybrid) => {
            let found = simulate_hybrid(hybrid.as_ref(), &[], &system.x0, &times, &settings, progress)?;
            events = found.events;
            found.trajectory
        }
        SystemKind::Clocked(clocked) => {
            let network = equations(model).expect("a clock moves populations with equations alone");
            let (found, spikes) = clocked::followed(network, run, system, clocked, progress);
            events = spikes;
            found
        }
        SystemKind::Tree { tree, reaction, x0, variables } => {
            let run = simulate_tree(tree, reaction.as_ref(), x0, &times, variables, &settings, progress)?;
            events = equations(model).map_or(Vec::new(), |network| passages(network, &run));
            run
        }
    };
    Ok((Simulation { trajectory, x0: system.x0.clone(), span: run.t }, events))
}

fn group(group: &crate::network::Group) -> Group {
    Group { name: group.name.clone(), start: group.range.start, len: group.range.len(), scalar: group.scalar }
}

/// The exact M behind A = (M - I)/tau, where all units share one tau and the leak.
fn origin(model: &Model, built: &Built) -> Option<Origin> {
    let mut rates = network(model)?.populations.iter().map(|p| p.rate());
    let first = rates.next()?;
    let PerUnit::Same(tau) = first.tau else { return None };
    let alike = rates.all(|r| r.tau == first.tau && r.leak == first.leak);
    let m = built.connectivity.as_ref()?.m.to_dense();
    alike.then_some(Origin { m, shift: first.leak, tau })
}

fn network(model: &Model) -> Option<&Network> {
    match &model.system {
        Source::Network(network) => Some(network),
        Source::Linear(_) | Source::Trained(_) | Source::Equations(_) => None,
    }
}

/// The notes of the file, and what this walk leaves out.
fn notes(model: &Model, system: &System) -> Vec<String> {
    let mut notes = model.notes.clone();
    if matches!(system.kind, SystemKind::Delayed(_)) {
        let words = "Fixed points and stability were not analyzed: with delays the state is a piece of the past, and its \
                     linearization has infinitely many eigenvalues.";
        notes.push(words.to_owned());
    }
    if let (SystemKind::Clocked(clocked), Some(network)) = (&system.kind, equations(model)) {
        notes.extend(clocked::notes(network, clocked));
    }
    notes
}

fn equations(model: &Model) -> Option<&EquationNetwork> {
    match &model.system {
        Source::Equations(network) => Some(network),
        Source::Linear(_) | Source::Trained(_) | Source::Network(_) => None,
    }
}

fn activity(run: &Trajectory) -> Option<Activity> {
    let (n, count) = (run.x.rows(), run.t.len());
    if n == 0 || count < 2 {
        return None;
    }
    let all = run.x.as_slice().iter().copied();
    let late = count / 2..count;
    let deviation = |i: usize| {
        let length = late.len() as f64;
        let mean = late.clone().map(|k| run.x[(i, k)]).sum::<f64>() / length;
        (late.clone().map(|k| (run.x[(i, k)] - mean).powi(2)).sum::<f64>() / length).sqrt()
    };
    Some(Activity {
        min: all.clone().fold(f64::INFINITY, f64::min),
        max: all.fold(f64::NEG_INFINITY, f64::max),
        late_sd: (0..n).map(deviation).sum::<f64>() / n as f64,
    })
}
