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
    fn scale(self, x: f64) -> f64 {
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

/// The factor of the next step after an accepted one with squared error `square`, the one before having had `last`.
#[inline(always)]
pub(crate) fn growth(square: f64, last: f64, m: &Tableau) -> f64 {
    let alpha = 1.0 / f64::from(m.error_order) - 0.75 * m.beta;
    // err = sqrt(square); below 1e-10 the factor is at its upper bound anyway.
    let (e, l) = (square.max(1e-20), last.max(1e-8));
    let exponent = -0.5 * alpha * e.log2() + 0.5 * m.beta * l.log2();
    (0.9 * exponent.exp2()).clamp(0.2, 10.0)
}

/// The factor of the step after a rejected one.
#[inline(always)]
pub(crate) fn shrink(square: f64, m: &Tableau) -> f64 {
    if square.is_finite() {
        (0.9 * square.powf(-0.5 / f64::from(m.error_order))).clamp(0.1, 0.9)
    } else {
        0.1
    }
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
