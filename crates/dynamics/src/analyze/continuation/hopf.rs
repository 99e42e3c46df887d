//! Where a pair of eigenvalues is +-i omega: two functions that vanish there, by bordering J - i omega.
//!
//! ```text
//! [ J - i omega  b ] [ v ]   [ 0 ]
//! [     c^H      0 ] [ g ] = [ 1 ]        Re g = Im g = 0,   g' = -w^T (J' v),   dg/d omega = i w^T v
//! ```
//!
//! for the unknowns (x, p, omega). omega is a real number, so that two real eigenvalues of sum 0 (a neutral saddle) are no root,
//! and J is not squared, which keeps fast and slow variables apart.
//!
//! Reference: Govaerts (2000), Numerical methods for bifurcations of dynamical equilibria.

use super::curve::Curve;
use super::newton::System;
use super::problem::Problem;
use crate::field::EvalError;
use linalg::{Complex, Lu, Matrix, svd_complex};

/// f = 0 and g = 0 for the unknowns (x, p, omega).
pub(super) struct HopfSystem<'p, 'f> {
    pub(super) problem: &'p mut Problem<'f>,
    b: Vec<Complex>,
    c: Vec<Complex>,
    /// (J - i omega) v = -g b, with c^H v = 1.
    pub(super) v: Vec<Complex>,
    /// w^T (J - i omega) = . c^H.
    pub(super) w: Vec<Complex>,
    terms: f64,
}

impl<'p, 'f> HopfSystem<'p, 'f> {
    pub(super) fn new(problem: &'p mut Problem<'f>, z: &[f64]) -> Result<Self, EvalError> {
        let n = problem.n;
        let omega = z[z.len() - 1];
        let g = problem.derivative(&z[..z.len() - 1])?;
        let shifted =
            Matrix::from_fn(n, n, |i, k| Complex::new(g[(i, k)], if i == k { -omega } else { 0.0 }));
        let s = svd_complex(&shifted);
        let (b, c) = (s.u.column(n - 1).to_vec(), s.v.column(n - 1).to_vec());
        let w = b.iter().map(|b| b.conj()).collect();
        Ok(Self { problem, v: c.clone(), w, b, c, terms: 0.0 })
    }

    /// The extended system and its derivative, n + 2 rows.
    pub(super) fn extended(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        let n = self.problem.n;
        let (last, omega) = (z.len() - 1, z[z.len() - 1]);
        let y = &z[..last];
        let mut f = self.problem.velocity(y)?;
        let slope = self.problem.derivative(y)?;
        let zero = Complex::new(0.0, 0.0);
        let bordered = Matrix::from_fn(n + 1, n + 1, |i, k| match (i < n, k < n) {
            (true, true) => Complex::new(slope[(i, k)], if i == k { -omega } else { 0.0 }),
            (true, false) => self.b[i],
            (false, true) => self.c[k].conj(),
            (false, false) => zero,
        });
        let refused = |_| EvalError { reason: "the bordered Jacobian is not finite".into() };
        let lu = Lu::new(&bordered).map_err(refused)?;
        let mut unit = vec![zero; n + 1];
        unit[n] = Complex::new(1.0, 0.0);
        let (v, w) = (lu.solve(&unit), lu.solve_transposed(&unit));
        if !v.iter().chain(&w).all(|v| v.re.is_finite() && v.im.is_finite()) {
            return Err(EvalError { reason: "the bordered Jacobian is singular".into() });
        }
        let part = |of: fn(&Complex) -> f64| {
            let mut d: Vec<f64> = v[..n].iter().map(of).collect();
            d.resize(last, 0.0);
            d
        };
        let re = self.problem.second(y, &part(|v| v.re))?;
        let im = self.problem.second(y, &part(|v| v.im))?;
        let gradient =
            |k: usize| -> Complex { (0..n).map(|i| -w[i] * Complex::new(re[(i, k)], im[(i, k)])).sum() };
        let turning: Complex = (0..n).map(|i| Complex::new(0.0, 1.0) * w[i] * v[i]).sum();
        f.extend([v[n].re, v[n].im]);
        let mut all = Matrix::zeros(n + 2, last + 1);
        for k in 0..last {
            (0..n).for_each(|i| all[(i, k)] = slope[(i, k)]);
            let g = gradient(k);
            (all[(n, k)], all[(n + 1, k)]) = (g.re, g.im);
        }
        (all[(n, last)], all[(n + 1, last)]) = (turning.re, turning.im);
        let row = |i: usize| (0..n).map(|k| slope[(i, k)].abs() * v[k].norm()).sum::<f64>();
        self.terms = (0..n).map(|i| w[i].norm() * (row(i) + omega.abs() * v[i].norm())).sum();
        (self.v, self.w) = (v[..n].to_vec(), w[..n].to_vec());
        Ok((f, all))
    }
}

impl System for HopfSystem<'_, '_> {
    fn evaluate(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        self.extended(z)
    }

    fn rounding(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        let (_, slope) = self.extended(z)?;
        let n = self.problem.n;
        let mut delta = self.problem.rounding(&z[..z.len() - 1], &slope)?;
        let magnitudes = self.magnitudes(z);
        for row in [n, n + 1] {
            let moved: f64 = (0..z.len()).map(|k| (slope[(row, k)] * magnitudes[k]).abs()).sum();
            delta.push(f64::EPSILON * (self.terms + moved));
        }
        Ok(delta)
    }

    fn magnitudes(&self, z: &[f64]) -> Vec<f64> {
        self.problem.magnitudes(z)
    }
}

impl Curve for HopfSystem<'_, '_> {
    fn value(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        Ok(self.extended(z)?.0)
    }
    fn slope(&mut self, z: &[f64]) -> Result<Matrix, EvalError> {
        Ok(self.extended(z)?.1)
    }
}
