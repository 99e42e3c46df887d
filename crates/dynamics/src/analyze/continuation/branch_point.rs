//! Where two curves of equilibria cross: (df/dx, df/dp) loses rank, and two tangents solve the bifurcation equation.
//!
//! ```text
//! f(z) + beta b = 0,   g_1 = g_2 = 0      for the unknowns (z, beta), with
//! [ G   b ] [ V   ]   [ 0 ]
//! [ C^T 0 ] [ g^T ] = [ I ]               G = f'(z),  V and C with two columns,   g_k' = -w^T (G' V_k)
//!
//! w^T f''(V s, V s) = 0                   a quadratic equation for the two directions V s
//! ```
//!
//! beta is 0 where the curves really cross; it makes the system regular.
//!
//! Reference: Allgower, Schwetlick (1997), A general view of minimally extended systems for simple bifurcation points.

use super::newton::System;
use super::problem::{Problem, dot, norm};
use crate::field::EvalError;
use linalg::{Lu, Matrix, svd};

/// f + beta b = 0, g_1 = g_2 = 0.
pub(super) struct BranchPointSystem<'p, 'f> {
    pub(super) problem: &'p mut Problem<'f>,
    b: Vec<f64>,
    c: [Vec<f64>; 2],
    v: [Vec<f64>; 2],
    w: Vec<f64>,
    terms: [f64; 2],
}

impl<'p, 'f> BranchPointSystem<'p, 'f> {
    /// Near `z` on a curve with this tangent.
    pub(super) fn new(problem: &'p mut Problem<'f>, z: &[f64], tangent: &[f64]) -> Result<Self, EvalError> {
        let n = problem.n;
        let g = problem.derivative(z)?;
        // Of one equation both derivatives vanish: nothing but the tangent tells the directions apart.
        let size = g.norm_max();
        let square = Matrix::from_fn(n + 1, n + 1, |i, k| match (i < n, n) {
            (true, 1) => 0.0,
            (true, _) => g[(i, k)],
            (false, 1) => tangent[k],
            (false, _) => size * tangent[k],
        });
        let s = svd(&square);
        let mut b = if n == 1 { vec![1.0] } else { s.u.column(n)[..n].to_vec() };
        let length = norm(&b).max(f64::MIN_POSITIVE);
        b.iter_mut().for_each(|b| *b /= length);
        let c = [tangent.to_vec(), s.v.column(n).to_vec()];
        Ok(Self { problem, v: c.clone(), w: b.clone(), b, c, terms: [0.0; 2] })
    }

    /// The unit tangents of the two curves; `None` where they do not cross at an angle.
    pub(super) fn tangents(&mut self, z: &[f64]) -> Option<[Vec<f64>; 2]> {
        let y = &z[..self.problem.n + 1];
        let first: Vec<f64> = scaled(&self.v[0], 1.0 / norm(&self.v[0]));
        let overlap = dot(&first, &self.v[1]);
        let second: Vec<f64> = self.v[1].iter().zip(&first).map(|(v, u)| v - overlap * u).collect();
        let second = scaled(&second, 1.0 / norm(&second));
        let n = self.problem.n;
        let mut form = |d: &[f64], e: &[f64]| -> Option<f64> {
            let m = self.problem.second(y, d).ok()?;
            Some((0..n).map(|i| self.w[i] * dot(&m.row(i), e)).sum())
        };
        let (aa, ab, bb) = (form(&first, &first)?, form(&first, &second)?, form(&second, &second)?);
        let size = aa.abs().max(ab.abs()).max(bb.abs());
        let root = ab * ab - aa * bb;
        if root.is_nan() || root <= 1e-10 * size * size {
            return None;
        }
        // Rounding of aa or bb must not turn a tangent: q is the larger root's numerator.
        let q = -(ab + root.sqrt().copysign(ab));
        let join = |s: f64, t: f64| {
            let d: Vec<f64> = first.iter().zip(&second).map(|(u, v)| s * u + t * v).collect();
            scaled(&d, 1.0 / norm(&d))
        };
        Some([join(q, aa), join(bb, q)])
    }
}

fn scaled(v: &[f64], s: f64) -> Vec<f64> {
    v.iter().map(|v| v * s).collect()
}

impl System for BranchPointSystem<'_, '_> {
    fn evaluate(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        let n = self.problem.n;
        let (y, beta) = (&z[..n + 1], z[n + 1]);
        let mut f = self.problem.velocity(y)?;
        f.iter_mut().zip(&self.b).for_each(|(f, b)| *f += beta * b);
        let slope = self.problem.derivative(y)?;
        let bordered = Matrix::from_fn(n + 2, n + 2, |i, k| match (i < n, k < n + 1) {
            (true, true) => slope[(i, k)],
            (true, false) => self.b[i],
            (false, true) => self.c[i - n][k],
            (false, false) => 0.0,
        });
        let refused = |_| EvalError { reason: "the bordered Jacobian is not finite".into() };
        let lu = Lu::new(&bordered).map_err(refused)?;
        let unit = |k: usize| {
            let mut u = vec![0.0; n + 2];
            u[k] = 1.0;
            u
        };
        let w = lu.solve_transposed(&unit(n + 1));
        let mut all = Matrix::zeros(n + 2, n + 2);
        for i in 0..n {
            (0..=n).for_each(|k| all[(i, k)] = slope[(i, k)]);
            all[(i, n + 1)] = self.b[i];
        }
        for turn in 0..2 {
            let v = lu.solve(&unit(n + turn));
            if !v.iter().chain(&w).all(|v| v.is_finite()) {
                return Err(EvalError { reason: "the bordered Jacobian is singular".into() });
            }
            f.push(v[n + 1]);
            let second = self.problem.second(y, &v[..n + 1])?;
            for k in 0..=n {
                all[(n + turn, k)] = -(0..n).map(|i| w[i] * second[(i, k)]).sum::<f64>();
            }
            let row = |i: usize| (0..=n).map(|k| (slope[(i, k)] * v[k]).abs()).sum::<f64>();
            self.terms[turn] = (0..n).map(|i| w[i].abs() * row(i)).sum();
            self.v[turn] = v[..n + 1].to_vec();
        }
        self.w = w[..n].to_vec();
        Ok((f, all))
    }

    fn rounding(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        let (_, slope) = self.evaluate(z)?;
        let n = self.problem.n;
        let mut delta = self.problem.rounding(&z[..n + 1], &slope)?;
        let magnitudes = self.magnitudes(z);
        for turn in 0..2 {
            let moved: f64 = (0..=n).map(|k| (slope[(n + turn, k)] * magnitudes[k]).abs()).sum();
            delta.push(f64::EPSILON * (self.terms[turn] + moved));
        }
        Ok(delta)
    }

    fn magnitudes(&self, z: &[f64]) -> Vec<f64> {
        self.problem.magnitudes(z)
    }
}
