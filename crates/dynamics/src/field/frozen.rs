//! A field at one moment: dx/dt = f(t*, x; p) with its inputs held as they are at t*.
//!
//! Fixed points are asked of a field that does not change with time; a driven one has them only while its inputs rest.

use super::{EvalError, JacobianKind, LinearBlock, VectorField, Workspace};
use linalg::Matrix;

/// A field whose time stands still.
#[derive(Clone, Copy)]
pub struct Frozen<'a> {
    /// The field.
    pub field: &'a dyn VectorField,
    /// The moment t*.
    pub t: f64,
}

impl VectorField for Frozen<'_> {
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
        self.field.eval(&vec![self.t; t.len()], p, x, dx, ws)
    }

    fn jacobian(
        &self,
        _t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        self.field.jacobian(self.t, p, x, j, ws)
    }

    fn parameter_slopes(
        &self,
        _t: f64,
        p: &[f64],
        x: &[f64],
        slopes: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        self.field.parameter_slopes(self.t, p, x, slopes, ws)
    }

    fn rates(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        f: &mut [f64],
        a: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        self.field.rates(&vec![self.t; t.len()], p, x, f, a, ws)
    }

    fn linear_blocks(&self, p: &[f64]) -> Vec<LinearBlock> {
        self.field.linear_blocks(p)
    }

    fn is_autonomous(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Drive, LinearSystem, Signal, laws};

    #[test]
    fn a_frozen_field_keeps_the_input_of_its_moment() {
        let signal = Signal::Ramp { onset: 0.0, slope: 2.0, end: None };
        let mut system = LinearSystem::new(Matrix::from_rows(&[[-1.0]]));
        system.drives.push(Drive { direction: vec![1.0], signal });
        let frozen = Frozen { field: &system, t: 3.0 };
        let mut dx = [0.0];
        frozen.eval(&[100.0], &[], &[0.0], &mut dx, &mut Workspace::default()).unwrap();
        assert_eq!(dx, [6.0]);
        laws::check(&frozen, &[], &[0.5], 1.0).unwrap();
    }
}
