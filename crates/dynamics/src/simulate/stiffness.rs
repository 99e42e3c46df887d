//! The alarm of the explicit methods: steps that stability, not accuracy, holds short.
//!
//! Two evaluations at the end of a step, at the states x_s and x', measure the Jacobian in the direction that the step
//! disturbs most:
//!
//! ```text
//! |h lambda| = |h| ||k_{s+1} - k_s|| / ||x' - x_s||
//! ```
//!
//! A step that ends near the border of the method's interval of stability, again and again, is held there by it. One
//! step in eight is looked at.
//!
//! Whether an implicit method would pay is a question of what is left: at the present step the rest of the run costs
//! (t1 - t)/h steps of s evaluations; an implicit method needs some hundred steps for the rest of most runs, each with
//! a Jacobian and factors. A step that is held short for the while between two fast phases is no reason to change.
//!
//! Reference: Hairer, Wanner (1996), Solving ordinary differential equations II, section IV.2.

use super::block::Block;
use super::tableau::Tableau;

/// From this part of the interval of stability on a step looks held short. A smooth solution that is followed at a relative
/// tolerance of 1e-3 or less needs steps that end below a third of it; under stability alone they end between this and 1.
const SUSPICIOUS: f64 = 0.6;
/// One step in so many is looked at.
const EVERY: usize = 8;
/// After so many suspicious steps the alarm rings.
const ALARM: usize = 16;
/// After so many the lane is handed over, if that pays.
const PERSISTENT: usize = 256;

/// What is known of one lane.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Suspicion {
    /// Steps since the last calm that looked held short.
    held: usize,
    /// Looks in a row that found nothing.
    calm: usize,
}

impl Suspicion {
    /// Whether step number `steps` is one to look at; never where the last stage of a method lies within the step.
    pub(crate) fn is_due(steps: usize, m: &Tableau) -> bool {
        steps.is_multiple_of(EVERY) && m.stability > 0.0 && m.c.last() == Some(&1.0)
    }

    /// Looks at the step that lane l just took; returns the number of steps to be called stiff.
    pub(crate) fn look(&mut self, block: &Block, l: usize, m: &Tableau) -> usize {
        let (s, h) = (m.stages(), block.h[l]);
        let last = m.a[s - 1];
        let (mut slopes, mut states) = (0.0, 0.0);
        for at in (l..block.n * block.lanes).step_by(block.lanes) {
            let weight = |j: usize| m.b[j] - last.get(j).copied().unwrap_or(0.0);
            let moved: f64 = (0..s).map(|j| weight(j) * block.k[j][at]).sum();
            states += (h * moved).powi(2);
            slopes += (block.k[s][at] - block.k[s - 1][at]).powi(2);
        }
        if h * (slopes / states).sqrt() > SUSPICIOUS * m.stability {
            self.held += EVERY;
            self.calm = 0;
            return if self.held >= ALARM { EVERY } else { 0 };
        }
        self.calm += 1;
        if self.calm == 2 {
            self.held = 0;
        }
        0
    }

    /// Whether an implicit method should take over a lane of n variables that has `left` to go at steps of h.
    pub(crate) fn pays(self, n: usize, left: f64, h: f64, m: &Tableau) -> bool {
        // In evaluations of a right-hand side of n^2 operations: Jacobian 2 n, factors 2/3 n, stages and solutions 24.
        let (explicit, implicit) = (m.stages() as f64, 24.0 + 2.7 * n as f64);
        self.held >= PERSISTENT && left / h > (100.0 * implicit / explicit).max(1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::tableau::{DOP853, TSIT5};

    #[test]
    fn a_change_pays_where_much_is_left_and_little_else_costs() {
        let held = Suspicion { held: PERSISTENT, calm: 0 };
        assert!(held.pays(2, 2000.0, 1e-3, &TSIT5));
        assert!(!held.pays(2, 200.0, 0.3, &TSIT5));
        assert!(!held.pays(1000, 2000.0, 0.5, &DOP853));
        assert!(!Suspicion { held: PERSISTENT - 1, calm: 0 }.pays(2, 2000.0, 1e-3, &TSIT5));
    }
}
