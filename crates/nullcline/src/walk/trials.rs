//! Many runs of a noisy model, each until something happens: how often each stop comes first, and when.
//!
//! Trial k of the j-th value draws its noise from stream j count + k of the seed, so each result is the same for any number of
//! threads.

use super::error::ExamineError;
use super::read_in::read_in;
use super::settings::settings;
use crate::model::{Model, RunSpec, TrialsSpec};
use crate::network::{EquationNetwork, NetworkError, NetworkErrorKind, System, SystemKind, lower_with};
use crate::study::{StopCount, Trials, TrialsPoint};
use dynamics::simulate::{Draw, ErrorEstimation, Progress, Settings, Verdict, simulate_trials};
use equations::{Dimension, Value};
use linalg::Matrix;

/// Runs the trials of a model.
///
/// # Errors
/// When the model has no noise, or the simulation refuses its settings.
pub(super) fn trials(
    model: &Model,
    network: &EquationNetwork,
    run: &RunSpec,
    spec: &TrialsSpec,
    system: &System,
    progress: Progress<'_>,
) -> Result<Trials, ExamineError> {
    let settings =
        Settings { error: ErrorEstimation::Off, crossings: spec.crossings, ..settings(model, run, system) };
    let given = spec.over.as_ref().and_then(|(name, values)| {
        let known = &network.equations.parameters;
        let k = known.iter().position(|p| p.section.is_none() && p.name == *name)?;
        Some((k, name.clone(), values.clone()))
    });
    let values = given.as_ref().map_or(vec![0.0], |(_, _, values)| values.clone());
    let mut points = Vec::new();
    for (j, &value) in values.iter().enumerate() {
        let mut network = network.clone();
        if let Some((k, ..)) = given {
            network.parameters[k] = Value::Number(value);
        }
        let part = |fraction: f64| progress((j as f64 + fraction) / values.len() as f64);
        points.push(point(&network, run, spec, value, &settings, (j * spec.count) as u64, &part)?);
    }
    let parameter = given.map(|(k, name, values)| {
        let dimension = network.equations.parameters[k].dimension.unwrap_or(Dimension::NONE);
        (name, read_in(dimension, values.iter().fold(0.0, |m, v| v.abs().max(m))))
    });
    Ok(Trials { count: spec.count, parameter, points })
}

fn point(
    network: &EquationNetwork,
    run: &RunSpec,
    spec: &TrialsSpec,
    value: f64,
    settings: &Settings,
    first: u64,
    progress: Progress<'_>,
) -> Result<TrialsPoint, ExamineError> {
    let system = lower_with(network, &spec.stops, run.t.0, spec.from)?;
    let SystemKind::Stochastic(stochastic) = &system.kind else {
        return Err(ExamineError::Network(NetworkError {
            kind: NetworkErrorKind::Noise,
            place: format!("populations.{}", network.populations[0].name),
            what: "every trial of this model is the same: it has no noise".to_owned(),
            remedy: "add noise, such as `… + sigma*xi`".to_owned(),
        }));
    };
    let x0 = Matrix::from_columns(system.x0.len(), 1, system.x0.clone());
    let draw = Draw { trial: first, halvings: 0 };
    let times = [run.t.0, run.t.1];
    let found = simulate_trials(stochastic.as_ref(), &[], &x0, spec.count, &times, settings, draw, progress)?;
    let own: usize = network.rules.iter().map(|rule| network.units_of(rule)).sum();
    let mut times = vec![Vec::new(); spec.stops.len()];
    let mut undecided = 0;
    for verdict in &found.ensemble.verdicts {
        let stop = match verdict {
            Verdict::Ended { time, guard } => {
                let mut left = guard.checked_sub(own);
                let which = spec.stops.iter().position(|stop| match left {
                    Some(k) if k < network.units_of(stop) => true,
                    Some(k) => {
                        left = Some(k - network.units_of(stop));
                        false
                    }
                    None => false,
                });
                which.map(|k| (k, time - spec.from))
            }
            _ => None,
        };
        match stop {
            Some((k, time)) => times[k].push(time),
            None => undecided += 1,
        }
    }
    let all: Vec<f64> = times.iter().flatten().copied().collect();
    let stops = spec.stops.iter().zip(&times).map(|(stop, times)| StopCount {
        name: stop.name.clone(),
        count: times.len(),
        mean_time: mean(times),
        sd_time: deviation(times),
    });
    Ok(TrialsPoint { value, stops: stops.collect(), undecided, mean_time: mean(&all) })
}

fn mean(x: &[f64]) -> Option<f64> {
    (!x.is_empty()).then(|| x.iter().sum::<f64>() / x.len() as f64)
}

fn deviation(x: &[f64]) -> Option<f64> {
    let mean = mean(x).filter(|_| x.len() > 1)?;
    Some((x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (x.len() - 1) as f64).sqrt())
}
