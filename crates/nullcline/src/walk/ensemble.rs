//! Other initial states, followed at the same times.

use super::settings::settings;
use crate::model::{EnsembleSpec, Model, RunSpec};
use crate::network::{System, SystemKind};
use dynamics::random::Stream;
use dynamics::simulate::{
    ErrorEstimation, Progress, Settings, SimulateError, Trajectory, ensemble as follow, ensemble_linear,
    simulate_iterated,
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
    if let SystemKind::Iterated { map, inputs, .. } = &system.kind {
        let u = |k: usize, p: &mut [f64]| {
            p.iter_mut().zip(inputs).for_each(|(p, signal)| *p = signal.value(k as f64));
        };
        let steps = run.t.0 as usize..run.t.1 as usize;
        let each = (0..starts.cols()).map(|k| {
            simulate_iterated(map.as_ref(), inputs.len(), &u, starts.column(k), steps.clone(), progress)
        });
        let each: Vec<Trajectory> = each.collect::<Result<_, _>>()?;
        // One that left the finite numbers has no states at the later times.
        return Ok(each.into_iter().map(|run| run.x).filter(|x| x.cols() == trajectory.x.cols()).collect());
    }
    let found = match &system.kind {
        SystemKind::Linear(linear) => ensemble_linear(linear, &starts, &trajectory.t, &settings, progress)?,
        SystemKind::Field { field, noises } if noises.is_empty() => {
            follow(field.as_ref(), &[], &starts, &trajectory.t, &settings, progress)?
        }
        _ => return Ok(Vec::new()),
    };
    Ok((0..found.trajectories()).map(|k| found.trajectory(k)).collect())
}
