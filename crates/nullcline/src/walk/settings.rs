//! How a model wants to be followed: its `[run]` block as settings of the simulation.

use crate::model::{Model, RunSpec};
use crate::network::{System, SystemKind};
use dynamics::simulate::{ErrorEstimation, Method, Settings, SimulateError};
use equations::{Dimension, Unit};

/// The settings, with the standard ones where the model is silent.
pub(super) fn settings(model: &Model, run: &RunSpec, system: &System) -> Settings {
    let standard = Settings::default();
    Settings {
        method: Method::from_name(&run.method).unwrap_or(Method::Auto),
        rtol: run.rtol.unwrap_or(standard.rtol),
        atol: run.atol.unwrap_or(standard.atol * smallest(system)),
        dt: run.dt,
        seed: model.seed,
        error: if run.error_estimate { standard.error } else { ErrorEstimation::Off },
        ..standard
    }
}

/// Refuses a `dt` that nothing would use: where `auto` takes an exact method, or one that chooses its steps.
///
/// # Errors
/// In words that say what to do instead.
pub(super) fn refuse_idle_step(model: &Model, run: &RunSpec, system: &System) -> Result<(), SimulateError> {
    let Some(value) = run.dt.filter(|_| run.method == "auto" && model.trials.is_none()) else {
        return Ok(());
    };
    let remedy = match &system.kind {
        SystemKind::Linear(linear) if linear.noises.is_empty() => {
            "a linear system is followed exactly, at any step, so `dt` would do nothing; leave it out, or name a method of \
             fixed step (`rk4`, `heun`, `euler`)"
        }
        SystemKind::Linear(_) => {
            "a linear system with noise is drawn exactly, at any step, so `dt` would do nothing; leave it out, or name the \
             method `euler_maruyama`"
        }
        SystemKind::Map { .. } | SystemKind::Iterated { .. } => "a map has no step; leave it out",
        SystemKind::Field { noises, .. } if !noises.is_empty() => return Ok(()),
        SystemKind::Field { .. } | SystemKind::Hybrid(_) | SystemKind::Delayed(_) => {
            "the method that `auto` takes here chooses its steps by the tolerance, so `dt` would do nothing; give `rtol` and \
             `atol` instead, or name a method of fixed step (`rk4`, `heun`, `euler`, `exponential_euler`)"
        }
        SystemKind::Stochastic(_) | SystemKind::Tree { .. } | SystemKind::Clocked(_) => return Ok(()),
    };
    Err(SimulateError::Setting { name: "dt", value, remedy })
}

/// Units that variables of a cell are counted in; everything else in SI units.
const UNITS: [&str; 7] = ["mV", "pA", "nS", "pF", "fC", "nA/cm^2", "uS/cm^2"];

/// The smallest unit of any variable, in SI units: the standard absolute tolerance is for a variable of size 1, and a
/// current in ampere is never that large.
fn smallest(system: &System) -> f64 {
    let unit = |dimension: &Dimension| {
        let known = UNITS.iter().filter_map(|symbol| Unit::parse(symbol).ok());
        known.into_iter().find(|u| u.dimension() == *dimension).map_or(1.0, |u| u.factor())
    };
    system.dimensions.iter().map(unit).fold(1.0, f64::min)
}
