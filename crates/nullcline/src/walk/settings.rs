//! How a model wants to be followed: its `[run]` block as settings of the simulation.

use crate::model::{Model, RunSpec};
use dynamics::simulate::{ErrorEstimation, Method, Settings};

/// The settings, with the standard ones where the model is silent.
pub(super) fn settings(model: &Model, run: &RunSpec) -> Settings {
    let standard = Settings::default();
    Settings {
        method: Method::from_name(&run.method).unwrap_or(Method::Auto),
        rtol: run.rtol.unwrap_or(standard.rtol),
        atol: run.atol.unwrap_or(standard.atol),
        dt: run.dt,
        seed: model.seed,
        error: if run.error_estimate { standard.error } else { ErrorEstimation::Off },
        ..standard
    }
}
