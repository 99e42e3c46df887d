//! The variational equation as a field of its own: x' = f(x), V' = J(x) V, and q' = trace J.

use crate::field::{EvalError, VectorField, Workspace};
use linalg::{Matrix, mul_into};

/// x, the k columns of V, and the integral of trace J: n + n k + 1 variables.
pub(super) struct Variational<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) k: usize,
}

impl VectorField for Variational<'_> {
    fn dimension(&self) -> usize {
        self.field.dimension() * (1 + self.k) + 1
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let (n, lanes) = (self.field.dimension(), t.len());
        let own: &mut Workspace = ws.own();
        let (mut j, mut product) = (Matrix::zeros(n, n), Matrix::zeros(n, self.k));
        let mut f = vec![0.0; n];
        for (l, &t) in t.iter().enumerate() {
            let p: Vec<f64> = p.iter().skip(l).step_by(lanes).copied().collect();
            let y: Vec<f64> = x.iter().skip(l).step_by(lanes).copied().collect();
            self.field.eval(&[t], &p, &y[..n], &mut f, own)?;
            self.field.jacobian(t, &p, &y[..n], &mut j, own)?;
            let v = Matrix::from_columns(n, self.k, y[n..n + n * self.k].to_vec());
            mul_into(&j, &v, &mut product);
            let all = f.iter().chain(product.as_slice()).copied().chain([j.trace()]);
            all.enumerate().for_each(|(i, value)| dx[i * lanes + l] = value);
        }
        Ok(())
    }

    fn is_autonomous(&self) -> bool {
        self.field.is_autonomous()
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        self.field.breakpoints(t0, t1)
    }
}
