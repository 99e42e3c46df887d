//! Where an eigenvalue is 0: a function g(z) that vanishes there, by bordering.
//!
//! ```text
//! [ J   b ] [ v ]   [ 0 ]        [ J   b ]^T [ w ]   [ 0 ]
//! [ c^T 0 ] [ g ] = [ 1 ]        [ c^T 0 ]   [ . ] = [ 1 ]        g' = -w^T (J' v)
//! ```
//!
//! Regular where J has a simple eigenvalue 0, unlike J itself; b and c are the null vectors as known before. With f = 0 and
//! g = 0 Newton's method finds the fold; its parameter there is extremal, so that it is known better than the state.
//!
//! Reference: Govaerts (2000), Numerical methods for bifurcations of dynamical equilibria.

use super::curve::Curve;
use super::newton::System;
use super::problem::{Problem, dot, norm};
use crate::field::EvalError;
use linalg::{Lu, Matrix, svd};

/// f = 0 and g = 0 for the unknowns (x, p).
pub(super) struct FoldSystem<'p, 'f> {
    pub(super) problem: &'p mut Problem<'f>,
    b: Vec<f64>,
    c: Vec<f64>,
    /// J v = g b, with c v = 1.
    pub(super) v: Vec<f64>,
    /// w^T J = . c^T, with w b = 1.
    pub(super) w: Vec<f64>,
    /// The terms of g.
    terms: f64,
}

impl<'p, 'f> FoldSystem<'p, 'f> {
    pub(super) fn new(problem: &'p mut Problem<'f>, z: &[f64]) -> Result<Self, EvalError> {
        let n = problem.n;
        let g = problem.derivative(z)?;
        let s = svd(&Matrix::from_fn(n, n, |i, k| g[(i, k)]));
        let (b, c) = (s.u.column(n - 1).to_vec(), s.v.column(n - 1).to_vec());
        Ok(Self { problem, v: c.clone(), w: b.clone(), b, c, terms: 0.0 })
    }

    /// The extended system and its derivative, n + 1 rows.
    pub(super) fn extended(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        let n = self.problem.n;
        let mut f = self.problem.velocity(z)?;
        let slope = self.problem.derivative(z)?;
        let bordered = Matrix::from_fn(n + 1, n + 1, |i, k| match (i < n, k < n) {
            (true, true) => slope[(i, k)],
            (true, false) => self.b[i],
            (false, true) => self.c[k],
            (false, false) => 0.0,
        });
        let singular = |_| EvalError { reason: "the bordered Jacobian is not finite".into() };
        let lu = Lu::new(&bordered).map_err(singular)?;
        let mut unit = vec![0.0; n + 1];
        unit[n] = 1.0;
        let (v, w) = (lu.solve(&unit), lu.solve_transposed(&unit));
        if !v.iter().chain(&w).all(|v| v.is_finite()) {
            return Err(EvalError { reason: "the bordered Jacobian is singular".into() });
        }
        let mut along = v[..n].to_vec();
        along.resize(z.len(), 0.0);
        let second = self.problem.second(z, &along)?;
        let gradient = second.transpose().mul_vec(&w[..n]);
        f.push(v[n]);
        let all = Matrix::from_fn(n + 1, z.len(), |i, k| if i < n { slope[(i, k)] } else { -gradient[k] });
        self.terms =
            (0..n).map(|i| w[i].abs() * (0..n).map(|k| (slope[(i, k)] * v[k]).abs()).sum::<f64>()).sum();
        (self.v, self.w) = (v[..n].to_vec(), w[..n].to_vec());
        Ok((f, all))
    }

    /// a = w^T B(v, v)/2 with |D v| = 1 and w v = 1, where D are the sizes: the field on the center manifold is a y^2.
    pub(super) fn coefficient(&mut self, z: &[f64]) -> Result<f64, EvalError> {
        let n = self.problem.n;
        let length = norm(&self.v.iter().zip(&self.problem.size).map(|(v, s)| v * s).collect::<Vec<_>>());
        let mut along: Vec<f64> = self.v.iter().map(|v| v / length).collect();
        let pairing = dot(&self.w, &along);
        along.resize(z.len(), 0.0);
        let second = self.problem.second(z, &along)?;
        let bvv: Vec<f64> = (0..n).map(|i| dot(&second.row(i), &along)).collect();
        Ok(0.5 * dot(&self.w, &bvv) / pairing)
    }
}

impl System for FoldSystem<'_, '_> {
    fn evaluate(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        self.extended(z)
    }

    fn rounding(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        let (_, slope) = self.extended(z)?;
        let n = self.problem.n;
        let mut delta = self.problem.rounding(z, &slope)?;
        let magnitudes = self.problem.magnitudes(z);
        let moved: f64 = (0..z.len()).map(|k| (slope[(n, k)] * magnitudes[k]).abs()).sum();
        delta.push(f64::EPSILON * (self.terms + moved));
        Ok(delta)
    }

    fn magnitudes(&self, z: &[f64]) -> Vec<f64> {
        self.problem.magnitudes(z)
    }
}

impl Curve for FoldSystem<'_, '_> {
    fn value(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        Ok(self.extended(z)?.0)
    }
    fn slope(&mut self, z: &[f64]) -> Result<Matrix, EvalError> {
        Ok(self.extended(z)?.1)
    }
}
