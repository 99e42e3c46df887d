//! sigma_min(z I - A) for many z: the reciprocal of the resolvent's norm.
//!
//! With the complex Schur form A = Q T Q^H the matrix z I - T is triangular for every z, so that one value costs a few
//! triangular solves, O(n^2), instead of a singular value decomposition, O(n^3).
//!
//! Reference: Trefethen and Embree (2005), *Spectra and Pseudospectra*, ch. 39.

use super::lanczos::largest_eigenpair;
use linalg::{Complex, LinalgError, Matrix, complex_schur, singular_values_complex, svd_complex};

/// The Schur form of A, ready to be shifted.
pub(super) struct Resolvent {
    t: Matrix<Complex>,
}

impl Resolvent {
    pub(super) fn new(a: &Matrix) -> Result<Self, LinalgError> {
        Ok(Self { t: complex_schur(a)?.t })
    }

    /// Moves every eigenvalue by the rule, which may move it by no more than rounding.
    pub(super) fn snap(&mut self, rule: impl Fn(Complex) -> Complex) {
        for i in 0..self.t.rows() {
            self.t[(i, i)] = rule(self.t[(i, i)]);
        }
    }

    /// sigma_min(z I - A), to the relative accuracy of about `accuracy` squared.
    pub(super) fn sigma_min(&self, z: Complex, accuracy: f64) -> f64 {
        let n = self.t.rows();
        let diagonal: Vec<Complex> = (0..n).map(|i| z - self.t[(i, i)]).collect();
        let smallest = diagonal.iter().map(|d| d.norm()).fold(f64::INFINITY, f64::min);
        if n == 1 || smallest == 0.0 {
            return smallest;
        }
        let inverse: Vec<Complex> = diagonal.iter().map(|d| d.inv()).collect();
        // In units of the smallest diagonal entry, an upper bound of sigma_min, the squares stay in range.
        let unit = smallest;
        let mut x = vec![Complex::new(0.0, 0.0); n];
        let (largest, _) = largest_eigenpair(2 * n, accuracy, |from, to| {
            for (i, v) in x.iter_mut().enumerate() {
                *v = Complex::new(from[i], from[n + i]);
            }
            self.solve_adjoint(&inverse, unit, &mut x);
            self.solve(&inverse, unit, &mut x);
            for (i, v) in x.iter().enumerate() {
                to[i] = v.re;
                to[n + i] = v.im;
            }
        });
        unit / largest.sqrt()
    }

    /// The norm of the spectral projector of the semisimple eigenvalue z: V (U^H V)^-1 U^H with orthonormal bases V, U of
    /// the right and the left null space of z I - A.
    pub(super) fn projector_norm(&self, z: Complex, multiplicity: usize) -> f64 {
        let n = self.t.rows();
        let shift = |i: usize, j: usize| if i == j { z } else { Complex::new(0.0, 0.0) };
        let parts = svd_complex(&Matrix::from_fn(n, n, |i, j| shift(i, j) - self.t[(i, j)]));
        let first = n - multiplicity;
        let inner = Matrix::from_fn(multiplicity, multiplicity, |i, j| {
            let (u, v) = (parts.u.column(first + i), parts.v.column(first + j));
            u.iter().zip(v).map(|(u, v)| u.conj() * v).sum()
        });
        singular_values_complex(&inner).last().map_or(1.0, |s| 1.0 / s)
    }

    /// x := unit (z I - T)^-1 x, column by column.
    fn solve(&self, inverse: &[Complex], unit: f64, x: &mut [Complex]) {
        for j in (0..x.len()).rev() {
            let xj = x[j] * inverse[j];
            x[j] = xj * unit;
            for (v, t) in x[..j].iter_mut().zip(self.t.column(j)) {
                *v += t * xj;
            }
        }
    }

    /// x := unit (z I - T)^-H x, by inner products with columns.
    fn solve_adjoint(&self, inverse: &[Complex], unit: f64, x: &mut [Complex]) {
        for j in 0..x.len() {
            let (mut re, mut im) = (0.0, 0.0);
            for (v, t) in x[..j].iter().zip(self.t.column(j)) {
                re += t.re * v.re + t.im * v.im;
                im += t.re * v.im - t.im * v.re;
            }
            x[j] = (x[j] + Complex::new(re, im)) * inverse[j].conj();
        }
        x.iter_mut().for_each(|v| *v *= unit);
    }
}

/// The place and value of the minimum of `f` in [a, b], by golden sections and parabolas (Brent 1973).
pub(super) fn minimize(mut f: impl FnMut(f64) -> f64, a: f64, b: f64, tolerance: f64) -> (f64, f64) {
    const GOLD: f64 = 0.381_966_011_250_105_1;
    let (mut a, mut b) = (a, b);
    let mut x = a + GOLD * (b - a);
    let (mut w, mut v) = (x, x);
    let mut fx = f(x);
    let (mut fw, mut fv) = (fx, fx);
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..100 {
        let middle = 0.5 * (a + b);
        let least = tolerance * x.abs() + 1e-14 * (b - a).abs() + f64::MIN_POSITIVE;
        if (x - middle).abs() + 0.5 * (b - a) <= 2.0 * least {
            break;
        }
        let mut golden = true;
        if before.abs() > least {
            let r = (x - w) * (fx - fv);
            let mut q = (x - v) * (fx - fw);
            let mut p = (x - v) * q - (x - w) * r;
            q = 2.0 * (q - r);
            if q > 0.0 {
                p = -p;
            }
            q = q.abs();
            if p.abs() < (0.5 * q * before).abs() && p > q * (a - x) && p < q * (b - x) {
                before = step;
                step = p / q;
                let u = x + step;
                if u - a < 2.0 * least || b - u < 2.0 * least {
                    step = least.copysign(middle - x);
                }
                golden = false;
            }
        }
        if golden {
            before = if x >= middle { a - x } else { b - x };
            step = GOLD * before;
        }
        let u = x + if step.abs() >= least { step } else { least.copysign(step) };
        let fu = f(u);
        if fu <= fx {
            if u >= x {
                a = x
            } else {
                b = x
            }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
        } else {
            if u < x {
                a = u
            } else {
                b = u
            }
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu);
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu);
            }
        }
    }
    (x, fx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigma_min_agrees_with_the_singular_value_decomposition() {
        let n = 12;
        let a =
            Matrix::from_fn(n, n, |i, j| ((i * 7 + j * 13) as f64 * 0.7).sin() + f64::from(u8::from(j > i)));
        let r = Resolvent::new(&a).unwrap();
        for z in [Complex::new(0.0, 0.0), Complex::new(0.5, 2.0), Complex::new(-3.0, 0.1)] {
            let shifted =
                Matrix::from_fn(
                    n,
                    n,
                    |i, j| {
                        if i == j { z - a[(i, j)] } else { Complex::new(-a[(i, j)], 0.0) }
                    },
                );
            let truth = singular_values_complex(&shifted)[n - 1];
            let value = r.sigma_min(z, 1e-8);
            assert!((value - truth).abs() < 1e-12 * (1.0 + truth), "{z}: {value} {truth}");
        }
    }

    #[test]
    fn the_minimum_of_a_parabola_is_found() {
        let (x, y) = minimize(|x| (x - 0.3).powi(2) + 2.0, -1.0, 4.0, 1e-10);
        assert!((x - 0.3).abs() < 1e-7 && (y - 2.0).abs() < 1e-14);
    }
}
