//! How a model wants to be followed: its `[run]` block as settings of the simulation.

use crate::model::{Model, RunSpec};
use crate::network::System;
use dynamics::simulate::{ErrorEstimation, Method, Settings};
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
