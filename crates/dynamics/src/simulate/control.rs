//! Control of the step by the local error: a proportional-integral controller.
//!
//! ```text
//! err = || e / (atol + rtol max(|x|, |x'|)) ||    root mean square over the variables; at most 1 is accepted
//! h'  = h min(10, max(0.2, 0.9 err^-alpha err_last^beta)),   alpha = 1/q - 0.75 beta
//! ```
//!
//! where q is the power of h in the local error. After a rejection the step does not grow at once.
//!
//! Reference: Hairer, Nørsett, Wanner (1993), Solving ordinary differential equations I, sections II.4 and IV.2.

use super::block::Block;
use super::tableau::Tableau;

/// Tolerances of the local error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    /// Relative.
    pub(crate) rtol: f64,
    /// Absolute.
    pub(crate) atol: f64,
}

impl Tolerance {
    /// The modulus below which the absolute tolerance is the larger part.
    pub(crate) fn floor(self) -> f64 {
        self.atol / self.rtol
    }

    /// What is tolerated of an error beside a number of size x.
    pub(crate) fn scale(self, x: f64) -> f64 {
        // The smallest normal number keeps 0/0 away where a state is exactly 0 and atol too.
        self.atol + self.rtol * x + f64::MIN_POSITIVE
    }
}

/// The controller's memory and results, one entry a lane.
#[derive(Default)]
pub(crate) struct Control {
    /// Square of the scaled error of the last attempt.
    pub(crate) squares: Vec<f64>,
    /// The largest modulus of a variable after the last attempt.
    pub(crate) largest: Vec<f64>,
    /// Square of the scaled error of the accepted step before.
    pub(crate) last: Vec<f64>,
    /// The factors of the next steps.
    pub(crate) factor: Vec<f64>,
    second: Vec<f64>,
}

impl Control {
    /// Measures the error of the step that `block` just took.
    #[inline(always)]
    pub(crate) fn measure(&mut self, block: &mut Block, m: &Tableau, tolerance: Tolerance) {
        let lanes = block.lanes;
        for v in [&mut self.squares, &mut self.largest, &mut self.second] {
            v.clear();
            v.resize(lanes, 0.0);
        }
        block.difference(m.error);
        let rows =
            block.z.chunks_exact(lanes).zip(block.x.chunks_exact(lanes)).zip(block.y.chunks_exact(lanes));
        for ((e, x), y) in rows {
            let (e, x, y) = (&e[..lanes], &x[..lanes], &y[..lanes]);
            let (squares, largest) = (&mut self.squares[..lanes], &mut self.largest[..lanes]);
            for l in 0..lanes {
                let r = e[l] / tolerance.scale(x[l].abs().max(y[l].abs()));
                squares[l] += r * r;
                largest[l] = largest[l].max(y[l].abs());
            }
        }
        let n = block.n as f64;
        if m.error3.is_empty() {
            self.squares.iter_mut().for_each(|s| *s /= n);
            return;
        }
        block.difference(m.error3);
        let rows =
            block.z.chunks_exact(lanes).zip(block.x.chunks_exact(lanes)).zip(block.y.chunks_exact(lanes));
        for ((e, x), y) in rows {
            let (e, x, y) = (&e[..lanes], &x[..lanes], &y[..lanes]);
            let second = &mut self.second[..lanes];
            for l in 0..lanes {
                let r = e[l] / tolerance.scale(x[l].abs().max(y[l].abs()));
                second[l] += r * r;
            }
        }
        for (s, s3) in self.squares.iter_mut().zip(&self.second) {
            let both = *s + 0.01 * s3;
            *s = if both == 0.0 { 0.0 } else { *s * *s / (both * n) };
        }
    }
}

impl Control {
    /// The variable for which lane l of the step that was just measured went wrong: one that left the finite numbers before others,
    /// else the one of the largest error.
    pub(crate) fn worst(block: &Block, l: usize, m: &Tableau, tolerance: Tolerance) -> usize {
        let (n, lanes) = (block.n, block.lanes);
        for k in block.k.iter().take(m.stages() + 1) {
            if let Some(i) = (0..n).find(|i| !k[i * lanes + l].is_finite()) {
                return i;
            }
        }
        let error = |i: &usize| {
            let at = i * lanes + l;
            let (x, y) = (block.x[at].abs(), block.y[at].abs());
            block.z[at].abs() / tolerance.scale(x.max(y))
        };
        (0..n).max_by(|i, j| error(i).total_cmp(&error(j))).unwrap_or(0)
    }

    /// Writes the factors of the next steps from the errors now and those of the steps before (`last`).
    #[inline(always)]
    pub(crate) fn decide(&mut self, m: &Tableau) {
        let lanes = self.squares.len();
        let q = f64::from(m.error_order);
        let (alpha, beta, reject) = (0.5 * (1.0 / q - 0.75 * m.beta), 0.5 * m.beta, 0.5 / q);
        self.factor.resize(lanes, 1.0);
        let (squares, last, factor) =
            (&self.squares[..lanes], &self.last[..lanes], &mut self.factor[..lanes]);
        for l in 0..lanes {
            let square = squares[l];
            // Below 1e-10 the factor is at its upper bound anyway, above 1e100 at its lower one; so it is for NaN.
            let e = log2(if square <= 1e200 { square.max(1e-20) } else { 1e200 });
            let accepted = exp2(beta * log2(last[l].max(1e-8)) - alpha * e);
            let rejected = exp2(-reject * e);
            factor[l] = if square <= 1.0 {
                (0.9 * accepted).clamp(0.2, 10.0)
            } else {
                (0.9 * rejected).clamp(0.1, 0.9)
            };
        }
    }
}

/// log2 of a positive normal number to 1e-7: a step needs no more, and a loop of these runs in vector registers.
#[inline(always)]
fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = f64::from_bits(bits >> 52 | 0x4330_0000_0000_0000) - 4_503_599_627_370_496.0 - 1023.0;
    let mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    // log2(m) = 1/2 + (2/ln 2) artanh(r) with m = sqrt(2) (1 + r)/(1 - r).
    let r = (mantissa - std::f64::consts::SQRT_2) / (mantissa + std::f64::consts::SQRT_2);
    let s = r * r;
    exponent + 0.5 + 2.0 * std::f64::consts::LOG2_E * r * (1.0 + s * (1.0 / 3.0 + s * (1.0 / 5.0 + s / 7.0)))
}

/// 2^y for |y| < 1000 to 1e-7.
#[inline(always)]
fn exp2(y: f64) -> f64 {
    // Adding 1.5 * 2^52 rounds to the nearest integer and leaves it in the low bits.
    let shifted = y + 6_755_399_441_055_744.0;
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    let f = (y - (shifted - 6_755_399_441_055_744.0)) * std::f64::consts::LN_2;
    let tail = 1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0));
    power * (1.0 + f * (1.0 + f * (0.5 + f * tail)))
}

/// A first step for each lane of `t`, `x` with slopes `dx` and, after an Euler step of `trial`, slopes `after`.
pub(crate) fn first_step(
    n: usize,
    lanes: usize,
    l: usize,
    x: &[f64],
    dx: &[f64],
    after: Option<(&[f64], f64)>,
    tolerance: Tolerance,
    m: &Tableau,
    span: f64,
) -> f64 {
    let norm = |v: &dyn Fn(usize) -> f64| {
        ((0..n).map(|i| (v(i) / tolerance.scale(x[i * lanes + l].abs())).powi(2)).sum::<f64>() / n as f64)
            .sqrt()
    };
    let (d0, d1) = (norm(&|i| x[i * lanes + l]), norm(&|i| dx[i * lanes + l]));
    let guess = if d0 < 1e-5 || d1 < 1e-5 { 1e-6 * span } else { (0.01 * d0 / d1).min(span) };
    match after {
        None => guess,
        Some((after, trial)) => {
            let d2 = norm(&|i| after[i * lanes + l] - dx[i * lanes + l]) / trial;
            let steepest = d1.max(d2);
            let h = if steepest <= 1e-15 {
                (1e-3 * trial).max(1e-6 * span)
            } else {
                (0.01 / steepest).powf(1.0 / f64::from(m.error_order))
            };
            if h.is_finite() { h.min(100.0 * trial).min(span) } else { trial }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_logarithm_and_power_are_as_good_as_they_say() {
        for k in -4000..4000 {
            let y = f64::from(k) * 0.0237;
            let x = y.exp2();
            assert!((log2(x) - y).abs() < 1e-7, "{y}");
            assert!((exp2(y) / x - 1.0).abs() < 3e-7, "{y}");
        }
    }

    #[test]
    fn an_error_that_is_not_a_number_shrinks_the_step_most() {
        let mut c = Control {
            squares: vec![f64::NAN, f64::INFINITY, 0.0, 1.0],
            last: vec![1.0; 4],
            ..Control::default()
        };
        c.decide(&crate::simulate::tableau::TSIT5);
        assert_eq!(c.factor[..3], [0.1, 0.1, 10.0]);
        assert!((c.factor[3] - 0.9).abs() < 1e-6);
    }
}
