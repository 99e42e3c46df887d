//! One field, and one way to follow it: what a run, its second run and the search for a cause share.

use super::control::Tolerance;
use super::course::{Course, Outcome, Watch};
use super::tableau::RODAS5P;
use super::takeover::take_over;
use super::{Method, Progress, Settings, SimulateError, adaptive, fixed};
use crate::field::VectorField;

/// One field, one way to follow it.
pub(crate) struct Plan<'a, F: ?Sized> {
    pub(crate) field: &'a F,
    pub(crate) p: &'a [f64],
    pub(crate) times: &'a [f64],
    pub(crate) method: Method,
    pub(crate) settings: &'a Settings,
    /// The step, if the method has a fixed one.
    pub(crate) dt: f64,
}

impl<F: VectorField + ?Sized> Plan<'_, F> {
    /// Follows the states `x0s`, with the tolerance divided by `finer`, or in halves of each step where `finer` is more than 1; n x T
    /// numbers for each.
    pub(crate) fn run_many(
        &self,
        x0s: &[f64],
        finer: f64,
        out: &mut [f64],
        watch: &Watch<'_>,
    ) -> Result<Vec<Outcome>, SimulateError> {
        let (t0, t1) = (self.times[0], self.times[self.times.len() - 1]);
        let mut stops = self.field.breakpoints(t0, t1);
        stops.retain(|&t| t0 < t && t < t1);
        stops.push(t1);
        if finer > 1.0 && self.method.is_adaptive() {
            // Where breakpoints, not the tolerance, set the step, a second run has to differ all the same.
            stops = halved(t0, &stops);
        }
        let course = Course {
            field: self.field,
            n: self.field.dimension(),
            p: self.p,
            times: self.times,
            stops: &stops,
            bound: self.settings.bound,
            max_steps: self.settings.max_steps,
            began: t0,
            hands_over: self.settings.method == Method::Auto,
        };
        let m = self.method.tableau().expect("the caller chose a Runge-Kutta method");
        let outcomes = if self.method.is_adaptive() {
            // Below a few eps the estimate of the local error is rounding noise.
            let rtol = (self.settings.rtol / finer).max(10.0 * f64::EPSILON);
            let tolerance = Tolerance { rtol, atol: self.settings.atol / finer };
            let mut outcomes = adaptive::follow(&course, m, tolerance, x0s, out, watch, (0.0, 1.0))?;
            take_over(&course, &RODAS5P, tolerance, &mut outcomes, out, watch)?;
            outcomes
        } else {
            let parts = if finer > 1.0 { 2 } else { 1 };
            fixed::follow(&course, m, self.dt, parts, x0s, out, watch)?
        };
        Ok(outcomes)
    }

    /// Follows one state; `finer` as in [`Plan::run_many`].
    pub(crate) fn run(
        &self,
        x0: &[f64],
        finer: f64,
        progress: Progress<'_>,
    ) -> Result<(Vec<f64>, Outcome), SimulateError> {
        let mut out = vec![f64::NAN; x0.len() * self.times.len()];
        let watch = Watch::new(progress, 1);
        let mut outcomes = self.run_many(x0, finer, &mut out, &watch)?;
        let mut outcome = outcomes.pop().expect("one state has one outcome");
        outcome.start = x0.to_vec();
        Ok((out, outcome))
    }
}

/// The stops, and the middle before each.
fn halved(t0: f64, stops: &[f64]) -> Vec<f64> {
    let before = std::iter::once(&t0).chain(stops);
    let both = before.zip(stops).flat_map(|(a, b)| [0.5 * (a + b), *b]);
    let mut all: Vec<f64> = both.filter(|&t| t > t0).collect();
    all.dedup();
    all
}
