//! A field in other units: y_i = x_i / s_i moves with dy/dt = S^-1 f(t, S y; p), S = diag(s).
//!
//! Whoever takes a norm over the state wants its variables in units in which they are of about one size. In SI units a
//! potential of 0.07 V and a current of 1e-11 A are not: every current then looks like 0 beside a tolerance. Eigenvalues of
//! the Jacobian S^-1 J S are those of J.

use super::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// A field whose variables are counted in these units.
#[derive(Clone, Copy)]
pub struct Scaled<'a> {
    /// The field.
    pub field: &'a dyn VectorField,
    /// s, one for each variable, positive.
    pub sizes: &'a [f64],
}

impl Scaled<'_> {
    /// S y, variable-major over lanes.
    fn restored(&self, y: &[f64], lanes: usize) -> Vec<f64> {
        y.chunks(lanes).zip(self.sizes).flat_map(|(lane, s)| lane.iter().map(move |y| y * s)).collect()
    }
}

impl VectorField for Scaled<'_> {
    fn dimension(&self) -> usize {
        self.field.dimension()
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        self.field.eval(t, p, &self.restored(x, t.len()), dx, ws)?;
        for (lane, s) in dx.chunks_mut(t.len()).zip(self.sizes) {
            lane.iter_mut().for_each(|v| *v /= s);
        }
        Ok(())
    }

    fn jacobian(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let kind = self.field.jacobian(t, p, &self.restored(x, 1), j, ws)?;
        for k in 0..self.sizes.len() {
            for i in 0..self.sizes.len() {
                j[(i, k)] *= self.sizes[k] / self.sizes[i];
            }
        }
        Ok(kind)
    }

    fn is_autonomous(&self) -> bool {
        self.field.is_autonomous()
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        self.field.breakpoints(t0, t1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{LinearSystem, laws};

    #[test]
    fn a_scaled_field_moves_as_the_field_does_in_its_own_units() {
        let system = LinearSystem::new(Matrix::from_rows(&[[-1.0, 4.0], [0.5, -2.0]]));
        let scaled = Scaled { field: &system, sizes: &[1e-3, 1e-12] };
        let (x, mut dx, mut dy) = ([-0.065, 3e-11], [0.0; 2], [0.0; 2]);
        let ws = &mut Workspace::default();
        system.eval(&[0.0], &[], &x, &mut dx, ws).unwrap();
        scaled.eval(&[0.0], &[], &[-65.0, 30.0], &mut dy, ws).unwrap();
        for i in 0..2 {
            assert!((dy[i] * scaled.sizes[i] / dx[i] - 1.0).abs() < 1e-12);
        }
        let mut j = Matrix::zeros(2, 2);
        scaled.jacobian(0.0, &[], &[-65.0, 30.0], &mut j, ws).unwrap();
        assert!((j[(0, 1)] / 4e-9 - 1.0).abs() < 1e-12 && (j[(1, 0)] / 5e8 - 1.0).abs() < 1e-12);
        laws::check(&Scaled { field: &system, sizes: &[2.0, 0.5] }, &[], &[0.3, -0.2], 1.0).unwrap();
    }
}
