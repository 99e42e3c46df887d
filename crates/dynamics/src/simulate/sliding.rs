//! Trajectories that slide along a discontinuity: where the slope of a variable jumps, and points to the jump from both sides.
//!
//! No solution in the usual sense leaves such a place. A method crosses it to and fro in steps as short as the tolerance,
//! millions of them for any stretch of time, as in dx/dt = -sign(x) at 0. Three signs together tell it from a flow that is only
//! fast or stiff:
//!
//! 1. in steps like the present one the run needs more than a million of them;
//! 2. a slope changes its sign within a step, and between the two ends there is a jump that stays however close they come
//!    (found by bisection; a slope that is only steep becomes flat there);
//! 3. that is so again and again, while the variable stays within ten thousand tolerances of one place.
//!
//! Cost: none while steps are long; else a look at every other step, and 60 evaluations where a slope has changed its sign, unless
//! that was no jump a few thousand steps before.
//!
//! Reference: Filippov (1988), Differential equations with discontinuous righthand sides, chapter 2.

use super::block::Block;
use super::control::Tolerance;
use super::tableau::Tableau;
use crate::field::{EvalError, VectorField};

/// Of so many steps the first few are looked at, one after the other: what goes to and fro has a rhythm.
const EVERY: usize = 256;
const FEW: usize = 128;
/// So many jumps at one place are sliding.
const SEEN: usize = 24;
/// A sign that was no jump makes so many steps free of suspicion.
const FREE: usize = 4096;
/// Only where the run would need so many steps.
const MANY: f64 = 1e6;
/// In tolerances: how far the variable may move meanwhile.
const PLACE: f64 = 1e4;
/// Halvings of the distance between the two sides of a jump: as many as a double has bits, and some.
const HALVINGS: usize = 60;

/// What is known of one trajectory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sliding {
    variable: usize,
    seen: usize,
    low: f64,
    high: f64,
    /// Nothing is looked at before this step.
    from: usize,
}

impl Sliding {
    /// Whether step number `steps`, of length h, is one to look at, where a time of `left` is left.
    pub(crate) fn is_due(self, steps: usize, h: f64, left: f64) -> bool {
        steps % EVERY < FEW && left > MANY * h && steps > self.from
    }

    /// Looks at step number `steps`, which lane l has just made; the variable that slides, if one does.
    pub(crate) fn look<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        l: usize,
        field: &F,
        m: &Tableau,
        tolerance: Tolerance,
        steps: usize,
    ) -> Result<Option<usize>, EvalError> {
        let (lanes, s) = (block.lanes, m.stages());
        let turns = |i: &usize| block.k[0][i * lanes + l] * block.k[s][i * lanes + l] < 0.0;
        let suspect = (0..block.n).find(turns);
        let Some(i) = suspect else { return Ok(None) };
        if !jumps(block, l, i, field, m)? {
            self.from = steps + FREE;
            return Ok(None);
        }
        let x = block.y[i * lanes + l];
        let (low, high) = (self.low.min(x), self.high.max(x));
        if self.seen == 0 || self.variable != i || high - low > PLACE * tolerance.scale(x.abs()) {
            *self = Self { variable: i, seen: 1, low: x, high: x, from: 0 };
            return Ok(None);
        }
        *self = Self { seen: self.seen + 1, low, high, ..*self };
        Ok((self.seen >= SEEN).then_some(i))
    }
}

/// Whether the slope of variable i jumps between the ends of the step of lane l.
fn jumps<F: VectorField + ?Sized>(
    block: &mut Block,
    l: usize,
    i: usize,
    field: &F,
    m: &Tableau,
) -> Result<bool, EvalError> {
    let (n, lanes, t) = (block.n, block.lanes, block.t[l]);
    let state = |v: &[f64]| -> Vec<f64> { (0..n).map(|i| v[i * lanes + l]).collect() };
    let (mut a, mut b) = (state(&block.x), state(&block.y));
    let before = block.k[0][i * lanes + l];
    let apart = (block.k[m.stages()][i * lanes + l] - before).abs();
    let mut at = |x: &[f64]| -> Result<f64, EvalError> { Ok(block.eval_few(field, &[t], x)?[i]) };
    let (mut f, mut g) = (before, at(&b)?);
    for _ in 0..HALVINGS {
        let middle: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + 0.5 * (b - a)).collect();
        if middle == a || middle == b {
            break;
        }
        let slope = at(&middle)?;
        if slope * before > 0.0 {
            (a, f) = (middle, slope);
        } else {
            (b, g) = (middle, slope);
        }
    }
    Ok(f * g <= 0.0 && (f - g).abs() >= 0.25 * apart)
}
