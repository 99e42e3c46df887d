//! The moment of an event, to the last digits: the length of the last step is varied, not its interpolant.
//!
//! With Phi_h(x) one step of the method from the state x at t, the event of guard k is the root of
//!
//! ```text
//! G(h) = g_k(t + h, Phi_h(x))
//! ```
//!
//! which has the accuracy of the method, where its dense output is an order or more behind. Newton's method, kept between
//! two lengths at which G has either sign, with the slope of g along the flow. At the root the state moves along its
//! slope, a straight line at this scale, and steps of one rounding of the time look for the last moment at which the guard
//! is not above 0 and the first at which it is: the event lies between the two, and so do those that happen with it.

use super::crossing::Bracket;
use super::steps::Steps;
use crate::field::{EvalError, Hybrid, Workspace};

/// An event within a step.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    /// Its guard.
    pub(crate) guard: usize,
    /// How long after the beginning of the step.
    pub(crate) h: f64,
    /// The state, on the side where the guard is not above 0.
    pub(crate) state: Vec<f64>,
    /// All guards there.
    pub(crate) before: Vec<f64>,
    /// All guards on the other side.
    pub(crate) after: Vec<f64>,
}

/// Guards along one step.
pub(crate) struct Locator<'a> {
    pub(crate) system: &'a dyn Hybrid,
    pub(crate) p: &'a [f64],
    /// Where the step begins.
    pub(crate) t: f64,
    /// How long it is.
    pub(crate) length: f64,
    /// The guards, like the flow, are not asked from here on: a breakpoint, or infinity.
    pub(crate) limit: f64,
    pub(crate) ws: &'a mut Workspace,
}

impl Locator<'_> {
    /// All guards at one state.
    fn guards(&mut self, h: f64, x: &[f64]) -> Result<Vec<f64>, EvalError> {
        let mut g = vec![0.0; self.system.guards().len()];
        let t = (self.t + h).min(self.limit.next_down());
        self.system.guard(&[t], self.p, x, &mut g, self.ws)?;
        Ok(g)
    }

    /// Guard k after a step of h, and its slope along the flow there.
    fn sign(&mut self, steps: &mut dyn Steps, k: usize, h: f64) -> Result<(f64, f64), EvalError> {
        let (x, slope) = steps.probe(h)?;
        let d = f64::EPSILON.sqrt() * h;
        let moved: Vec<f64> = x.iter().zip(slope).map(|(x, s)| x + d * s).collect();
        let x = x.to_vec();
        let g = self.guards(h, &x)?[k];
        let ahead = self.guards(h + d, &moved)?[k];
        Ok((g, (ahead - g) / d))
    }

    /// The event of guard k in this bracket of the step, if the method confirms it; `ends_up` tells that the guard is above 0
    /// at the end of the step.
    pub(crate) fn locate(
        &mut self,
        steps: &mut dyn Steps,
        k: usize,
        bracket: Bracket,
        ends_up: bool,
    ) -> Result<Option<Located>, EvalError> {
        let length = self.length;
        let (mut a, mut b) = (bracket.low * length, bracket.high * length);
        let mut confirmed = bracket.high == 1.0 && ends_up;
        if a > 0.0 && self.sign(steps, k, a)?.0 > 0.0 {
            return Ok(None);
        }
        let clock = f64::EPSILON * self.t.abs().max((self.t + length).abs()).max(length);
        // A step that the clock hardly resolves is resolved by its own length.
        let ulp = if length < 1e3 * clock { 4.0 * f64::EPSILON * length } else { clock };
        let mut h = (bracket.guess * length).clamp(a, b);
        let mut width = b - a;
        for round in 0..200 {
            let (g, slope) = self.sign(steps, k, h)?;
            if g > 0.0 {
                (b, confirmed) = (h, true);
            } else {
                a = h;
            }
            let newton = h - g / slope;
            if (newton - h).abs() <= ulp && (confirmed || slope > 0.0) || b - a <= ulp {
                if !confirmed && self.sign(steps, k, b)?.0 <= 0.0 {
                    return Ok(None);
                }
                break;
            }
            // A root within roundings of a known side is looked for one rounding beyond it.
            let newton = if (newton - a).abs() < 64.0 * ulp && newton <= a { a + ulp } else { newton };
            let inside = newton > a && newton < b;
            let slow = round % 3 == 2 && b - a > 0.25 * width;
            if round % 3 == 2 {
                width = b - a;
            }
            h = if inside && !(slow && confirmed) {
                newton
            } else if !confirmed {
                // Is there anything to be found at all? At the far end of the bracket, or of the step.
                if b < length && self.sign(steps, k, b)?.0 <= 0.0 {
                    if !ends_up {
                        return Ok(None);
                    }
                    (a, b) = (b, length);
                } else if b == length && !ends_up {
                    return Ok(None);
                }
                confirmed = true;
                0.5 * (a + b)
            } else {
                0.5 * (a + b)
            };
        }
        Ok(Some(self.settle(steps, k, h, ulp)?))
    }

    /// Both sides of the root near h, along the slope at its state.
    fn settle(&mut self, steps: &mut dyn Steps, k: usize, h: f64, ulp: f64) -> Result<Located, EvalError> {
        let (x, slope) = steps.probe(h)?;
        let (x, slope) = (x.to_vec(), slope.to_vec());
        let at = |d: f64| -> Vec<f64> { x.iter().zip(&slope).map(|(x, s)| x + d * s).collect() };
        let here = self.guards(h, &x)?;
        let is_up = here[k] > 0.0;
        let (mut d, mut side) = (0.0, here.clone());
        let mut step = if is_up { -ulp } else { ulp };
        for _ in 0..40 {
            if (side[k] > 0.0) != is_up || h + step < 0.0 {
                break;
            }
            d = step;
            side = self.guards(h + d, &at(d))?;
            step *= 2.0;
        }
        Ok(if is_up {
            Located { guard: k, h: h + d, state: at(d), before: side, after: here }
        } else {
            Located { guard: k, h, state: x, before: here, after: side }
        })
    }
}
