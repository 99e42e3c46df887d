//! f(x; p) = 0 in coordinates of size 1: x_i = s_i z_i and p_k = o_k + l_k z_(n+k), with 1 or 2 free parameters.
//!
//! Divided by s_i too, the field has a similar Jacobian: D^-1 J D has the eigenvalues of J.

use crate::field::{EvalError, VectorField, Workspace};
use linalg::Matrix;

/// How far a difference reaches, in coordinates of size 1: rounding of eps/h, and a truncation of h^4.
const REACH: f64 = 1e-3;

/// A field with its free parameters, scaled.
pub(super) struct Problem<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) n: usize,
    /// All parameters; the free ones are overwritten.
    pub(super) p: Vec<f64>,
    pub(super) free: Vec<usize>,
    /// z = 0 stands for this value of each free parameter.
    pub(super) origin: Vec<f64>,
    /// Of the variables, then of the free parameters.
    pub(super) size: Vec<f64>,
    x: Vec<f64>,
    j: Matrix,
    slopes: Matrix,
    ws: Workspace,
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        field: &'a dyn VectorField,
        p: &[f64],
        free: &[(usize, f64, f64)],
        state: &[f64],
    ) -> Self {
        let n = field.dimension();
        Self {
            field,
            n,
            p: p.to_vec(),
            free: free.iter().map(|f| f.0).collect(),
            origin: free.iter().map(|f| f.1).collect(),
            size: state.iter().copied().chain(free.iter().map(|f| f.2)).collect(),
            x: vec![0.0; n],
            j: Matrix::zeros(n, n),
            slopes: Matrix::zeros(n, p.len()),
            ws: Workspace::default(),
        }
    }

    /// The value of free parameter `k`.
    pub(super) fn parameter(&self, k: usize, z: &[f64]) -> f64 {
        self.origin[k] + self.size[self.n + k] * z[self.n + k]
    }

    /// x.
    pub(super) fn state(&self, z: &[f64]) -> Vec<f64> {
        z.iter().zip(&self.size).take(self.n).map(|(z, s)| z * s).collect()
    }

    fn place(&mut self, z: &[f64]) {
        for i in 0..self.n {
            self.x[i] = z[i] * self.size[i];
        }
        for k in 0..self.free.len() {
            self.p[self.free[k]] = self.parameter(k, z);
        }
    }

    /// f, scaled.
    pub(super) fn velocity(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        self.place(z);
        let mut f = vec![0.0; self.n];
        self.field.eval(&[0.0], &self.p, &self.x, &mut f, &mut self.ws)?;
        f.iter_mut().zip(&self.size).for_each(|(f, s)| *f /= s);
        if f.iter().all(|v| v.is_finite()) {
            return Ok(f);
        }
        Err(EvalError { reason: format!("the velocity is not finite at {:?}", self.x) })
    }

    /// (df/dx, df/dp), n x (n + m), scaled.
    pub(super) fn derivative(&mut self, z: &[f64]) -> Result<Matrix, EvalError> {
        self.place(z);
        self.field.jacobian(0.0, &self.p, &self.x, &mut self.j, &mut self.ws)?;
        let (n, m) = (self.n, self.free.len());
        if m > 0 {
            self.field.parameter_slopes(0.0, &self.p, &self.x, &mut self.slopes, &mut self.ws)?;
        }
        let mut g = Matrix::zeros(n, n + m);
        for k in 0..n + m {
            let from = if k < n { self.j.column(k) } else { self.slopes.column(self.free[k - n]) };
            for i in 0..n {
                g[(i, k)] = from[i] * self.size[k] / self.size[i];
            }
        }
        if g.is_finite() {
            return Ok(g);
        }
        Err(EvalError { reason: format!("the Jacobian is not finite at {:?}", self.x) })
    }

    /// The derivative of [`Problem::derivative`] along d: of fourth order, from exact Jacobians.
    pub(super) fn second(&mut self, z: &[f64], d: &[f64]) -> Result<Matrix, EvalError> {
        let h = REACH / largest(d).max(f64::MIN_POSITIVE);
        self.second_by(z, d, h)
    }

    /// The same with a step of choice.
    pub(super) fn second_by(&mut self, z: &[f64], d: &[f64], h: f64) -> Result<Matrix, EvalError> {
        if largest(d) == 0.0 {
            return Ok(Matrix::zeros(self.n, z.len()));
        }
        let near = &self.derivative(&along(z, h, d))? - &self.derivative(&along(z, -h, d))?;
        let far = &self.derivative(&along(z, 2.0 * h, d))? - &self.derivative(&along(z, -2.0 * h, d))?;
        Ok(&near.scaled(2.0 / (3.0 * h)) - &far.scaled(1.0 / (12.0 * h)))
    }

    /// The second derivative of [`Problem::derivative`] along d, of fourth order.
    pub(super) fn third_by(&mut self, z: &[f64], d: &[f64], h: f64) -> Result<Matrix, EvalError> {
        if largest(d) == 0.0 {
            return Ok(Matrix::zeros(self.n, z.len()));
        }
        let near = &self.derivative(&along(z, h, d))? + &self.derivative(&along(z, -h, d))?;
        let far = &self.derivative(&along(z, 2.0 * h, d))? + &self.derivative(&along(z, -2.0 * h, d))?;
        let here = self.derivative(z)?.scaled(2.5 / (h * h));
        Ok(&(&near.scaled(4.0 / (3.0 * h * h)) - &far.scaled(1.0 / (12.0 * h * h))) - &here)
    }

    /// What rounding does to each component of f: by the terms that J and all parameters show.
    pub(super) fn rounding(&mut self, z: &[f64], g: &Matrix) -> Result<Vec<f64>, EvalError> {
        self.place(z);
        let n = self.n;
        let slopes = self.field.parameter_slopes(0.0, &self.p, &self.x, &mut self.slopes, &mut self.ws);
        let known = slopes.is_ok() && self.slopes.is_finite();
        let terms = |i: usize| {
            let state: f64 = (0..n).map(|k| (g[(i, k)] * z[k]).abs()).sum();
            let from = (0..self.p.len()).map(|k| (self.slopes[(i, k)] * self.p[k]).abs() / self.size[i]);
            state + if known { from.sum::<f64>() } else { 0.0 }
        };
        Ok((0..n).map(|i| f64::EPSILON * terms(i)).collect())
    }

    /// How large each coordinate is to rounding: |z|, or the parameter itself in its own unit.
    pub(super) fn magnitudes(&self, z: &[f64]) -> Vec<f64> {
        let n = self.n;
        let one = |k: usize| {
            if k < n || k >= n + self.free.len() {
                z[k].abs()
            } else {
                self.parameter(k - n, z).abs().max(self.origin[k - n].abs()) / self.size[k].abs()
            }
        };
        (0..z.len()).map(one).collect()
    }
}

/// z + h d.
pub(super) fn along(z: &[f64], h: f64, d: &[f64]) -> Vec<f64> {
    z.iter().zip(d).map(|(z, d)| z + h * d).collect()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

pub(super) fn largest(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |m, v| m.max(v.abs()))
}
