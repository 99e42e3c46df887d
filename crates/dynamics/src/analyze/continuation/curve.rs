//! One step along a curve F(z) = 0, with one equation fewer than unknowns: tangent and bordered Newton.
//!
//! ```text
//! [ F'(z) ] d = [ -F(z) ]        [ F'(z) ] t = [ 0 ]
//! [  m^T  ]     [   0   ]        [  m^T  ]     [ 1 ]
//! ```
//!
//! The corrector stays in the plane through the guess with normal m (the tangent before). The sign of the determinant of this
//! matrix is constant along a regular curve and changes where another curve crosses it.
//!
//! Reference: Keller (1977), Numerical solution of bifurcation and nonlinear eigenvalue problems.

use super::problem::{Problem, dot, norm};
use crate::field::EvalError;
use linalg::{Elimination, Matrix};

/// F with its derivative.
pub(super) trait Curve {
    /// F(z), one component fewer than z.
    fn value(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError>;
    /// F'(z).
    fn slope(&mut self, z: &[f64]) -> Result<Matrix, EvalError>;
}

impl Curve for Problem<'_> {
    fn value(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        self.velocity(z)
    }
    fn slope(&mut self, z: &[f64]) -> Result<Matrix, EvalError> {
        self.derivative(z)
    }
}

/// A point of the curve.
#[derive(Clone, Debug)]
pub(super) struct Corrected {
    pub(super) z: Vec<f64>,
    /// Of length 1, on the side of the normal.
    pub(super) tangent: Vec<f64>,
    /// Sign of the determinant of the bordered matrix.
    pub(super) orientation: f64,
    /// F' at the last iterate but one, less than the tolerance away.
    pub(super) slope: Matrix,
    /// How far the first correction went.
    pub(super) first: f64,
    /// How many corrections were made.
    pub(super) iterations: usize,
}

/// The corrector did not converge; the last residual.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    pub(super) residual: f64,
}

const ITERATIONS: usize = 12;

/// Newton's method in the plane through `guess` with this normal.
pub(super) fn correct(
    curve: &mut dyn Curve,
    guess: &[f64],
    normal: &[f64],
    tolerance: f64,
) -> Result<Corrected, Lost> {
    let size = guess.len();
    let mut elimination = Elimination::new(size);
    let mut bordered = Matrix::zeros(size, size);
    let mut z = guess.to_vec();
    let (mut first, mut last, mut residual) = (0.0, f64::INFINITY, f64::INFINITY);
    for iterations in 1..=ITERATIONS {
        let Ok(f) = curve.value(&z) else { return Err(Lost { residual }) };
        residual = norm(&f);
        let Ok(slope) = curve.slope(&z) else { return Err(Lost { residual }) };
        let mut d = vec![0.0; size];
        for i in 0..size - 1 {
            let row = (0..size).fold(0.0, |m: f64, k| m.max(slope[(i, k)].abs()));
            let r = if row > 0.0 { 1.0 / row } else { 1.0 };
            for k in 0..size {
                bordered[(i, k)] = r * slope[(i, k)];
            }
            d[i] = -r * f[i];
        }
        for k in 0..size {
            bordered[(size - 1, k)] = normal[k];
        }
        elimination.factor(&bordered);
        elimination.solve(&mut d);
        let step = norm(&d);
        if !step.is_finite() {
            return Err(Lost { residual });
        }
        z.iter_mut().zip(&d).for_each(|(z, d)| *z += d);
        if iterations == 1 {
            first = step;
        }
        let scale = norm(&z).max(1.0);
        // At rounding the corrections stop to shrink.
        let is_rounding = step > 0.5 * last && step <= 1e-7 * scale;
        if step <= tolerance * scale || is_rounding {
            let mut tangent = vec![0.0; size];
            tangent[size - 1] = 1.0;
            elimination.solve(&mut tangent);
            let length = norm(&tangent);
            if !(length.is_finite() && length > 0.0) {
                return Err(Lost { residual });
            }
            tangent.iter_mut().for_each(|t| *t /= length);
            let orientation = elimination.determinant_sign();
            return Ok(Corrected { z, tangent, orientation, slope, first, iterations });
        }
        if step > 0.9 * last && iterations > 2 {
            return Err(Lost { residual });
        }
        last = step;
    }
    Err(Lost { residual })
}

/// The cubic through two points with their tangents, at the fraction `s` of the chord.
pub(super) fn between(a: &[f64], ta: &[f64], b: &[f64], tb: &[f64], s: f64) -> Vec<f64> {
    let chord: Vec<f64> = b.iter().zip(a).map(|(b, a)| b - a).collect();
    let h = norm(&chord);
    let (h00, h10) = ((1.0 + 2.0 * s) * (1.0 - s) * (1.0 - s), s * (1.0 - s) * (1.0 - s));
    let (h01, h11) = (s * s * (3.0 - 2.0 * s), s * s * (s - 1.0));
    (0..a.len()).map(|i| h00 * a[i] + h10 * h * ta[i] + h01 * b[i] + h11 * h * tb[i]).collect()
}

/// `guess`, moved into the plane through `at` with this normal.
pub(super) fn onto(guess: &[f64], at: &[f64], normal: &[f64]) -> Vec<f64> {
    let gap = dot(normal, at) - dot(normal, guess);
    let square = dot(normal, normal);
    guess.iter().zip(normal).map(|(g, n)| g + gap / square * n).collect()
}
