//! A field in other units: y_i = x_i / s_i, q_k = p_k / r_k and time in units of T move with
//! dy/dt = T S^-1 f(T t, S y; R q), S = diag(s), R = diag(r).
//!
//! Whoever takes a norm over the state wants its variables in units in which they are of about one size. In SI units a
//! potential of 0.07 V and a current of 1e-11 A are not: every current then looks like 0 beside a tolerance. Eigenvalues of
//! the Jacobian T S^-1 J S are T times those of J.

use super::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// A field whose variables, parameters and time are counted in these units.
#[derive(Clone, Copy)]
pub struct Scaled<'a> {
    /// The field.
    pub field: &'a dyn VectorField,
    /// s, one for each variable, positive.
    pub sizes: &'a [f64],
    /// r, one for each parameter, positive.
    pub parameters: &'a [f64],
    /// T, positive.
    pub time: f64,
}

impl Scaled<'_> {
    /// S y, or R q, variable-major over lanes.
    fn restored(y: &[f64], sizes: &[f64], lanes: usize) -> Vec<f64> {
        y.chunks(lanes).zip(sizes).flat_map(|(lane, s)| lane.iter().map(move |y| y * s)).collect()
    }

    fn times(&self, t: &[f64]) -> Vec<f64> {
        t.iter().map(|t| t * self.time).collect()
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
        let lanes = t.len();
        let (x, p) = (Self::restored(x, self.sizes, lanes), Self::restored(p, self.parameters, lanes));
        self.field.eval(&self.times(t), &p, &x, dx, ws)?;
        for (lane, s) in dx.chunks_mut(lanes).zip(self.sizes) {
            lane.iter_mut().for_each(|v| *v *= self.time / s);
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
        let (x, p) = (Self::restored(x, self.sizes, 1), Self::restored(p, self.parameters, 1));
        let kind = self.field.jacobian(t * self.time, &p, &x, j, ws)?;
        for k in 0..self.sizes.len() {
            for i in 0..self.sizes.len() {
                j[(i, k)] *= self.time * self.sizes[k] / self.sizes[i];
            }
        }
        Ok(kind)
    }

    fn parameter_slopes(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        slopes: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let (x, p) = (Self::restored(x, self.sizes, 1), Self::restored(p, self.parameters, 1));
        let kind = self.field.parameter_slopes(t * self.time, &p, &x, slopes, ws)?;
        for k in 0..p.len() {
            for i in 0..self.sizes.len() {
                slopes[(i, k)] *= self.time * self.parameters[k] / self.sizes[i];
            }
        }
        Ok(kind)
    }

    fn is_autonomous(&self) -> bool {
        self.field.is_autonomous()
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        let at = self.field.breakpoints(t0 * self.time, t1 * self.time);
        at.iter().map(|t| t / self.time).filter(|t| (t0..t1).contains(t) && *t > t0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{LinearSystem, laws};

    fn scaled<'a>(field: &'a dyn VectorField, sizes: &'a [f64], time: f64) -> Scaled<'a> {
        Scaled { field, sizes, parameters: &[], time }
    }

    #[test]
    fn a_scaled_field_moves_as_the_field_does_in_its_own_units() {
        let system = LinearSystem::new(Matrix::from_rows(&[[-1.0, 4.0], [0.5, -2.0]]));
        let scaled_system = scaled(&system, &[1e-3, 1e-12], 1e-2);
        let (x, mut dx, mut dy) = ([-0.065, 3e-11], [0.0; 2], [0.0; 2]);
        let ws = &mut Workspace::default();
        system.eval(&[0.0], &[], &x, &mut dx, ws).unwrap();
        scaled_system.eval(&[0.0], &[], &[-65.0, 30.0], &mut dy, ws).unwrap();
        for i in 0..2 {
            assert!((dy[i] * scaled_system.sizes[i] / (1e-2 * dx[i]) - 1.0).abs() < 1e-12);
        }
        let mut j = Matrix::zeros(2, 2);
        scaled_system.jacobian(0.0, &[], &[-65.0, 30.0], &mut j, ws).unwrap();
        assert!((j[(0, 1)] / 4e-11 - 1.0).abs() < 1e-12 && (j[(1, 0)] / 5e6 - 1.0).abs() < 1e-12);
        laws::check(&scaled(&system, &[2.0, 0.5], 3.0), &[], &[0.3, -0.2], 1.0).unwrap();
    }

    /// dx/dt = p_0 x^2 - p_1.
    struct Parabola;

    impl VectorField for Parabola {
        fn dimension(&self) -> usize {
            1
        }

        fn eval(
            &self,
            t: &[f64],
            p: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            (0..t.len()).for_each(|l| dx[l] = p[l] * x[l] * x[l] - p[t.len() + l]);
            Ok(())
        }
    }

    #[test]
    fn parameters_have_units_too() {
        let scaled = Scaled { field: &Parabola, sizes: &[2.0], parameters: &[10.0, 0.5], time: 3.0 };
        laws::check(&scaled, &[0.1, 4.0], &[0.7], 0.0).unwrap();
        let mut slopes = Matrix::zeros(1, 2);
        scaled.parameter_slopes(0.0, &[0.1, 4.0], &[0.5], &mut slopes, &mut Workspace::default()).unwrap();
        // x = 1: T/s (r_0 x^2, -r_1).
        assert!((slopes[(0, 0)] - 15.0).abs() < 1e-8 && (slopes[(0, 1)] + 0.75).abs() < 1e-8);
    }
}
