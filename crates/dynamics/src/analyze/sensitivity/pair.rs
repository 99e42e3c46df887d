//! One eigenvalue with its right and left eigenvectors, by inverse iteration from a guess.

use linalg::{Complex, LinalgError, Lu, Matrix};

/// A simple eigenvalue and its eigenvectors, of unit norm.
pub(super) struct Pair {
    pub(super) value: Complex,
    /// x with A x = lambda x.
    pub(super) right: Vec<Complex>,
    /// w with w^T A = lambda w^T.
    pub(super) left: Vec<Complex>,
}

impl Pair {
    /// w^T x.
    pub(super) fn overlap(&self) -> Complex {
        self.left.iter().zip(&self.right).map(|(w, x)| w * x).sum()
    }

    /// The eigenvalue of A nearest the guess, or one near it.
    pub(super) fn near(a: &Matrix, guess: Complex, rounds: usize) -> Result<Self, LinalgError> {
        let n = a.rows();
        let scale = a.norm_frobenius().max(f64::MIN_POSITIVE);
        let mut pair = Self { value: guess, right: start(n, 0.7), left: start(n, 1.3) };
        for _ in 0..rounds {
            // A little beside the guess, so that the factors are those of a regular matrix.
            let mut shift = pair.value + 2.0 * f64::EPSILON * scale;
            for _ in 0..8 {
                let lu = Lu::new(&shifted(a, shift))?;
                let (mut right, mut left) = (pair.right.clone(), pair.left.clone());
                for _ in 0..2 {
                    right = unit(lu.solve(&right));
                    left = unit(lu.solve_transposed(&left));
                }
                if right.iter().chain(&left).all(|z| z.re.is_finite() && z.im.is_finite()) {
                    (pair.right, pair.left) = (right, left);
                    break;
                }
                shift += (shift - pair.value) * 7.0;
            }
            let image = times(a, &pair.right);
            let overlap = pair.overlap();
            let quotient = pair.left.iter().zip(&image).map(|(w, y)| w * y).sum::<Complex>() / overlap;
            // Of a nearly defective eigenvalue the quotient is worth less than the guess.
            if overlap.norm() > 1e-12 && quotient.re.is_finite() && quotient.im.is_finite() {
                pair.value = if guess.im == 0.0 { Complex::new(quotient.re, 0.0) } else { quotient };
            }
        }
        Ok(pair)
    }
}

fn shifted(a: &Matrix, z: Complex) -> Matrix<Complex> {
    let n = a.rows();
    Matrix::from_fn(n, n, |i, j| {
        Complex::new(a[(i, j)], 0.0) - if i == j { z } else { Complex::new(0.0, 0.0) }
    })
}

fn times(a: &Matrix, x: &[Complex]) -> Vec<Complex> {
    let mut y = vec![Complex::new(0.0, 0.0); a.rows()];
    for (j, x) in x.iter().enumerate() {
        y.iter_mut().zip(a.column(j)).for_each(|(y, a)| *y += a * x);
    }
    y
}

/// A direction that is orthogonal to nothing in particular.
fn start(n: usize, seed: f64) -> Vec<Complex> {
    unit((0..n).map(|i| Complex::new(1.0 + (seed * (i + 1) as f64 * 12.9898).sin(), 0.0)).collect())
}

fn unit(mut x: Vec<Complex>) -> Vec<Complex> {
    let largest = x.iter().map(|z| z.norm()).fold(0.0, f64::max);
    x.iter_mut().for_each(|z| *z /= largest);
    let norm = x.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    x.iter_mut().for_each(|z| *z /= norm);
    x
}
