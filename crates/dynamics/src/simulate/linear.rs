//! A linear system followed through time, by the way that suits it: exact propagation, exact draws where there is noise, or
//! the method that was asked for.

use super::{Ensemble, Method, Progress, Settings, SimulateError, Trajectory, exact, gaussian};
use super::{ensemble, simulate, simulate_stochastic};
use crate::field::LinearSystem;
use linalg::Matrix;

/// Follows a linear system from `x0` at `times[0]` through the other times: exactly where the method is `auto` or `expm`,
/// with noise as an exact draw from the distribution of the next state, otherwise by the method that was asked for.
///
/// # Errors
/// When the question cannot be asked: lengths, times, settings, entries that are not finite.
pub fn simulate_linear(
    system: &LinearSystem,
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    exact::check_system(system)?;
    let is_exact = matches!(settings.method, Method::Auto | Method::Expm);
    match (is_exact, system.noises.is_empty()) {
        (true, true) => exact::simulate(system, x0, times, settings, progress),
        (true, false) => {
            exact::check_state(system, x0, times, settings)?;
            gaussian::simulate(system, x0, times, settings, progress)
        }
        (false, true) => simulate(system, &[], x0, times, settings, progress),
        (false, false) => simulate_stochastic(system, &system.noises, &[], x0, times, settings, progress),
    }
}

/// Follows the columns of `x0s` (n x k) through a linear system without noise, exactly where the method is `auto` or
/// `expm`.
///
/// # Errors
/// As [`super::simulate_linear`].
pub fn ensemble_linear(
    system: &LinearSystem,
    x0s: &Matrix,
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ensemble, SimulateError> {
    exact::check_system(system)?;
    if !system.noises.is_empty() {
        let (method, reason) =
            ("ensemble", "follows systems without noise; run them one by one with seeds of their own");
        return Err(SimulateError::Unfit { method, reason });
    }
    match settings.method {
        Method::Auto | Method::Expm => exact::ensemble(system, x0s, times, settings, progress),
        _ => ensemble(system, &[], x0s, times, settings, progress),
    }
}
