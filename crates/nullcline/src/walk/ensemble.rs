//! Other initial states, followed at the same times.

use super::settings::settings;
use crate::model::{EnsembleSpec, Model, RunSpec};
use crate::network::{System, SystemKind};
use dynamics::random::Stream;
use dynamics::simulate::{
    ErrorEstimation, Progress, Settings, SimulateError, Trajectory, ensemble as follow, ensemble_linear,
};
use linalg::Matrix;

/// Stream of the random numbers that scatter the initial states.
const STREAM: u64 = 0x656e_7365;

/// One n x T matrix for each initial state that the model asks for beside its own.
pub(super) fn ensemble(
    model: &Model,
    run: &RunSpec,
    system: &System,
    trajectory: &Trajectory,
    progress: Progress<'_>,
) -> Result<Vec<Matrix>, SimulateError> {
    let Some(spec) = &run.ensemble else { return Ok(Vec::new()) };
    let n = system.dimension();
    let starts = match spec {
        EnsembleSpec::States(states) => states.clone(),
        EnsembleSpec::Spread { n: count, spread } => {
            let mut random = Stream::new(model.seed, STREAM, 0);
            Matrix::from_fn(n, *count, |i, _| system.x0[i] + spread * random.normal())
        }
    };
    let settings = Settings { error: ErrorEstimation::Off, ..settings(model, run, system) };
    let found = match &system.kind {
        SystemKind::Linear(linear) => ensemble_linear(linear, &starts, &trajectory.t, &settings, progress)?,
        SystemKind::Field { field, noises } if noises.is_empty() => {
            follow(field.as_ref(), &[], &starts, &trajectory.t, &settings, progress)?
        }
        _ => return Ok(Vec::new()),
    };
    Ok((0..found.trajectories()).map(|k| found.trajectory(k)).collect())
}
