//! Some coordinates of a field while the others are held: dy_k/dt = f_{a_k}(t, x; p), x_{a_k} = y_k, every other x_i as given.
//!
//! It is a field of its own, not a projection of the flow: where the held variables would move, its orbits are not those of
//! the whole. What it shares with the whole are the slopes, the nullclines cut by the slice, and fixed points in the slice.

use super::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// A field cut by the coordinates `axes` through the state `held`.
#[derive(Clone, Copy)]
pub struct Slice<'a> {
    /// The field.
    pub field: &'a dyn VectorField,
    /// Indices of the variables that move, each once.
    pub axes: &'a [usize],
    /// A whole state; its entries at `axes` are not used.
    pub held: &'a [f64],
}

impl Slice<'_> {
    /// The whole states, variable-major over lanes.
    fn whole(&self, y: &[f64], lanes: usize) -> Vec<f64> {
        let mut x: Vec<f64> = self.held.iter().flat_map(|v| std::iter::repeat_n(*v, lanes)).collect();
        for (row, &axis) in y.chunks_exact(lanes).zip(self.axes) {
            x[axis * lanes..(axis + 1) * lanes].copy_from_slice(row);
        }
        x
    }
}

impl VectorField for Slice<'_> {
    fn dimension(&self) -> usize {
        self.axes.len()
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
        let whole = self.whole(x, lanes);
        let mut all = vec![0.0; whole.len()];
        self.field.eval(t, p, &whole, &mut all, ws)?;
        for (row, &axis) in dx.chunks_exact_mut(lanes).zip(self.axes) {
            row.copy_from_slice(&all[axis * lanes..(axis + 1) * lanes]);
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
        let n = self.field.dimension();
        let mut all = Matrix::zeros(n, n);
        let kind = self.field.jacobian(t, p, &self.whole(x, 1), &mut all, ws)?;
        for (k, &column) in self.axes.iter().enumerate() {
            for (i, &row) in self.axes.iter().enumerate() {
                j[(i, k)] = all[(row, column)];
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
    fn a_slice_of_a_linear_system_keeps_a_block_and_drives_it_by_what_is_held() {
        let a = Matrix::from_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
        let system = LinearSystem::new(a);
        let slice = Slice { field: &system, axes: &[2, 0], held: &[f64::NAN, 10.0, f64::NAN] };
        let mut dx = [0.0; 2];
        slice.eval(&[0.0], &[], &[1.0, -1.0], &mut dx, &mut Workspace::default()).unwrap();
        assert_eq!(dx, [-7.0 + 80.0 + 9.0, -1.0 + 20.0 + 3.0]);
        laws::check(&slice, &[], &[0.3, -0.2], 1.0).unwrap();
        let mut j = Matrix::zeros(2, 2);
        slice.jacobian(0.0, &[], &[0.0, 0.0], &mut j, &mut Workspace::default()).unwrap();
        assert_eq!(j, Matrix::from_rows(&[[9.0, 7.0], [3.0, 1.0]]));
    }
}
