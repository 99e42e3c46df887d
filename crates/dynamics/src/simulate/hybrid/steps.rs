//! What a walk from event to event asks of a method: one step that can be made again, shorter.

use crate::field::EvalError;
use crate::simulate::stepper::Step;

/// A method that a walk can use.
pub(crate) trait Steps {
    /// Starts anew at (t, x), where the variables of `held` rest.
    fn start(&mut self, t: f64, x: &[f64], held: &[bool]) -> Result<(), EvalError>;

    /// The flow changed at the present time: a grid of fixed steps begins there.
    fn regrid(&mut self);

    /// Makes one step, at most to `stop`, which the flow is not asked at.
    fn step(&mut self, stop: f64) -> Result<Step, EvalError>;

    /// The state after the step.
    fn after(&self) -> &[f64];

    /// Writes the states at fractions `theta` of the step: `out[i * theta.len() + j]`.
    fn dense(&mut self, theta: &[f64], out: &mut [f64]) -> Result<(), EvalError>;

    /// Writes the state at time t within the step, as accurate as the method knows it there.
    fn read(&mut self, t: f64, out: &mut [f64]) -> Result<(), EvalError>;

    /// Makes a step of length `h` from the same beginning with the method itself, beside the step: state and slope after it.
    fn probe(&mut self, h: f64) -> Result<(&[f64], &[f64]), EvalError>;

    /// Moves on to the end of the step.
    fn accept(&mut self);

    /// Rejected steps and evaluations of the right-hand side so far.
    fn work(&self) -> (usize, usize);

    /// When an implicit method took over, if one did.
    fn taken_over(&self) -> Option<f64> {
        None
    }

    /// The length of the step just made. The time may be too coarse to tell it from its two ends.
    fn length(&self) -> f64;

    /// Whether the step just made, in which something happened after a time of `h`, is to be made anew in two parts: for a run that
    /// makes halves of the steps of another.
    fn retake(&mut self, _h: f64) -> bool {
        false
    }

    /// How many samples of a step tell what a smooth function does along it.
    fn samples(&self) -> usize;
}
