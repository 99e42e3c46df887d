//! Exponential Euler and the exponential midpoint rule: what is linear in a step is solved, not stepped.
//!
//! Each variable is taken as dx/dt = a x + b, with a and b constant within the step:
//!
//! ```text
//! exponential Euler      x' = x + h phi1(h a) f(t, x)                                  a = df_i/dx_i at (t, x)
//! exponential midpoint   y  = x + h/2 phi1(h a/2) f(t, x)                              half a step as above
//!                        x' = x + h phi1(h a*) (f(t + h/2, y) + a* (x - y))            a* at (t + h/2, y)
//! phi1(z) = (e^z - 1)/z
//! ```
//!
//! of order 1 and 2 for any smooth field. A variable whose rate is linear in itself (a gate that opens and closes, a
//! trace that decays) is exact as long as the others rest: no step is too large for its stability, and it never leaves
//! the interval between its value and its target. Variables that the field names as a linear block
//! ([`crate::field::LinearBlock`]) are exact together, with phi1 of the matrix h A, so rotating and degenerate ones too.
//!
//! | symbol | meaning |
//! |---|---|
//! | h | step |
//! | a | how a variable's rate depends on itself |
//! | A | how the rates of a linear block depend on its variables |
//!
//! Cost: one call of [`VectorField::rates`] a step, two for the midpoint rule, for any number of lanes; a product with a
//! k x k matrix for a block of k variables, and a matrix exponential whenever the step changes. It does not help where
//! stiffness lies in what ties variables to each other without being linear: there a Rosenbrock method is needed.
//!
//! Reference: Hochbruck, Ostermann (2010), Exponential integrators.

use super::block::Block;
use super::tableau::Exponential;
use crate::field::{EvalError, LinearBlock, VectorField};
use linalg::{Matrix, expm, mul_vec_into};

/// Propagators of more lengths than this are not kept.
const KEPT: usize = 64;

/// What is known of the field at both ends of the step, and what carried it through the step.
#[derive(Default)]
pub(crate) struct Rates {
    here: Known,
    there: Known,
    /// f and a that carried the step.
    slope: Vec<f64>,
    carrier: Vec<f64>,
    blocks: Vec<Propagated>,
    /// Whether the blocks are those of the field.
    asked_for_blocks: bool,
}

/// a at some states.
#[derive(Default)]
struct Known {
    x: Vec<f64>,
    own: Vec<f64>,
}

impl Known {
    fn is_at(&self, x: &[f64]) -> bool {
        // By bits, because a lane that has diverged is not even equal to itself.
        self.x.len() == x.len() && self.x.iter().zip(x).all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

/// A linear block, and h phi1(h A) for some h.
struct Propagated {
    block: LinearBlock,
    kept: Vec<(f64, Matrix)>,
    slope: Vec<f64>,
    moved: Vec<f64>,
}

impl Rates {
    /// Forgets what it knows of the field.
    pub(crate) fn forget(&mut self) {
        self.here.x.clear();
        self.there.x.clear();
        self.asked_for_blocks = false;
    }

    /// Takes one step of all lanes; returns how often the field was asked.
    #[inline(always)]
    pub(crate) fn step<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        field: &F,
        method: Exponential,
    ) -> Result<usize, EvalError> {
        let mut asked = 1;
        if self.there.is_at(&block.x) {
            std::mem::swap(&mut self.here, &mut self.there);
        } else if !self.here.is_at(&block.x) {
            self.here.x.clone_from(&block.x);
            self.here.own.resize(block.x.len(), 0.0);
            block.rates_here(field, &mut self.here.own)?;
            asked += 1;
        }
        if !self.asked_for_blocks {
            self.asked_for_blocks = true;
            let blocks = field.linear_blocks(block.parameters());
            if !blocks.iter().eq(self.blocks.iter().map(|b| &b.block)) {
                self.blocks = blocks.into_iter().map(Propagated::new).collect();
            }
        }
        block.spread_steps();
        self.slope.clone_from(&block.k[0]);
        self.carrier.clone_from(&self.here.own);
        if method == Exponential::Midpoint {
            self.carry(block, 0.5);
            block.rates_after(field, 0.5, &mut self.carrier)?;
            let slopes = block.k[1].iter().zip(&self.carrier).zip(block.x.iter().zip(&block.y));
            for (slope, ((f, a), (x, y))) in self.slope.iter_mut().zip(slopes) {
                *slope = f + a * (x - y);
            }
            self.rebase(block);
            asked += 1;
        }
        self.carry(block, 1.0);
        self.there.own.resize(block.x.len(), 0.0);
        block.rates_after(field, 1.0, &mut self.there.own)?;
        self.there.x.clone_from(&block.y);
        Ok(asked)
    }

    /// Writes the state a part theta into the step to `y`.
    #[inline(always)]
    fn carry(&mut self, block: &mut Block, theta: f64) {
        let from = block.x.iter().zip(&block.wide);
        let rates = self.slope.iter().zip(&self.carrier);
        for ((y, (x, h)), (f, a)) in block.y.iter_mut().zip(from).zip(rates) {
            let h = theta * h;
            *y = x + h * f * phi1(h * a);
        }
        for part in &mut self.blocks {
            for l in 0..block.lanes {
                part.carry(block, &self.slope, l, theta);
                for (row, moved) in part.block.variables.iter().zip(&part.moved) {
                    let at = row * block.lanes + l;
                    block.y[at] = block.x[at] + moved;
                }
            }
        }
    }

    /// Gives the variables of linear blocks the slope f + A (x - y) instead of f + a (x - y), with f evaluated at y.
    fn rebase(&mut self, block: &Block) {
        let lanes = block.lanes;
        for part in &self.blocks {
            let (variables, a) = (&part.block.variables, &part.block.a);
            for l in 0..lanes {
                for (i, row) in variables.iter().enumerate() {
                    let back = |(j, k): (usize, &usize)| {
                        a[(i, j)] * (block.x[k * lanes + l] - block.y[k * lanes + l])
                    };
                    let at = row * lanes + l;
                    self.slope[at] = block.k[1][at] + variables.iter().enumerate().map(back).sum::<f64>();
                }
            }
        }
    }

    /// Writes the state of lane l a part theta into the step that was just taken.
    pub(crate) fn read(&mut self, block: &Block, l: usize, theta: f64, out: &mut [f64]) {
        let (lanes, h) = (block.lanes, theta * block.h[l]);
        for (i, out) in out.iter_mut().enumerate() {
            let at = i * lanes + l;
            *out = block.x[at] + h * self.slope[at] * phi1(h * self.carrier[at]);
        }
        for part in &mut self.blocks {
            part.carry(block, &self.slope, l, theta);
            for (row, moved) in part.block.variables.iter().zip(&part.moved) {
                out[*row] = block.x[row * lanes + l] + moved;
            }
        }
    }
}

impl Propagated {
    fn new(block: LinearBlock) -> Self {
        let k = block.variables.len();
        Self { block, kept: Vec::new(), slope: vec![0.0; k], moved: vec![0.0; k] }
    }

    /// Writes how far lane l moves within a part theta of its step to `moved`.
    fn carry(&mut self, block: &Block, slope: &[f64], l: usize, theta: f64) {
        let h = theta * block.h[l];
        // The steps of a grid of times differ by the rounding of the times; a propagator serves them all.
        let slack = 4.0 * f64::EPSILON * (block.t[l].abs() + h);
        let known = self.kept.iter().position(|(length, _)| (length - h).abs() <= slack);
        let known = known.unwrap_or_else(|| {
            if self.kept.len() == KEPT {
                self.kept.clear();
            }
            self.kept.push((h, integral(&self.block.a, h)));
            self.kept.len() - 1
        });
        for (to, from) in self.slope.iter_mut().zip(&self.block.variables) {
            *to = slope[from * block.lanes + l];
        }
        mul_vec_into(&self.kept[known].1, &self.slope, &mut self.moved);
    }
}

/// h phi1(h A), the integral of exp(s A) from 0 to h.
fn integral(a: &Matrix, h: f64) -> Matrix {
    let k = a.rows();
    // exp [hA hI; 0 0] = [exp(hA) h phi1(hA); 0 I]
    let augmented = Matrix::from_fn(2 * k, 2 * k, |i, j| match (i < k, j < k) {
        (true, true) => h * a[(i, j)],
        (true, false) if j - k == i => h,
        _ => 0.0,
    });
    let e = expm(&augmented);
    Matrix::from_fn(k, k, |i, j| e[(i, k + j)])
}

/// (e^z - 1)/z to a few roundings for z < 709; a loop of these runs in vector registers.
#[inline(always)]
fn phi1(z: f64) -> f64 {
    // z = k ln 2 + r and e^z - 1 = 2^k (e^r - 1) + (2^k - 1); below -40 that is -1.
    let y = z.clamp(-40.0, 709.0);
    // Adding 1.5 * 2^52 rounds to the nearest integer and leaves it in the low bits.
    let shifted = y * std::f64::consts::LOG2_E + 6_755_399_441_055_744.0;
    let k = shifted - 6_755_399_441_055_744.0;
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    let r = (y - k * LN_2[0]) - k * LN_2[1];
    let phi = TAYLOR.iter().rev().fold(0.0, |sum, c| sum * r + c);
    if k == 0.0 { phi } else { (power * (r * phi) + (power - 1.0)) / z }
}

/// ln 2 in two parts; the first times a small integer is exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// 1/1!, 1/2!, …: phi1 to 1e-17 for |r| < ln(2)/2.
const TAYLOR: [f64; 14] = {
    let mut c = [1.0; 14];
    let mut n = 1;
    while n < 14 {
        c[n] = c[n - 1] / (n + 1) as f64;
        n += 1;
    }
    c
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phi1_is_good_to_a_few_roundings_everywhere() {
        for k in -40_000..=14_000 {
            let z = 0.05 * f64::from(k) + 1e-3 * f64::from(k).sin();
            let want = if z == 0.0 { 1.0 } else { z.exp_m1() / z };
            assert!((phi1(z) / want - 1.0).abs() < 1e-15, "{z}: {} {want}", phi1(z));
        }
        for z in [1e-300, -1e-300, 1e-17, -1e-9, 1e-3, -0.3465, 0.3466, -0.3466] {
            let want = f64::exp_m1(z) / z;
            assert!((phi1(z) / want - 1.0).abs() < 1e-15, "{z}: {} {want}", phi1(z));
        }
        assert_eq!((phi1(0.0), phi1(f64::NEG_INFINITY)), (1.0, 0.0));
        assert!(phi1(f64::NAN).is_nan());
    }

    #[test]
    fn the_integral_of_the_exponential_knows_degenerate_and_rotating_matrices() {
        // A = [0 1; 0 0]: the integral of [1 s; 0 1].
        let nilpotent = integral(&Matrix::from_rows(&[[0.0, 1.0], [0.0, 0.0]]), 3.0);
        assert!((&nilpotent - &Matrix::from_rows(&[[3.0, 4.5], [0.0, 3.0]])).norm_max() < 1e-14);
        // A rotation by w: sines and 1 - cosines.
        let w = 2.0;
        let turn = integral(&Matrix::from_rows(&[[0.0, -w], [w, 0.0]]), 0.7);
        let (s, c) = ((0.7f64 * w).sin() / w, (1.0 - (0.7f64 * w).cos()) / w);
        assert!((&turn - &Matrix::from_rows(&[[s, -c], [c, s]])).norm_max() < 1e-15);
    }
}
