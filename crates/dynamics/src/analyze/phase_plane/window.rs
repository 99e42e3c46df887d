//! The plane seen through a rectangle: z = (x - center)/size in [-1/2, 1/2]^2, and time in units in which the middle speed is 1.
//!
//! Every length of a portrait (a step, a tolerance, the distance of two lines) is a part of the picture, whatever the units of
//! the two variables are. A window with negative time is the flow run backward.

use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::Matrix;

/// A rectangle of the plane, in the units of its two variables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Lowest and highest value of the first variable.
    pub x: [f64; 2],
    /// Lowest and highest value of the second.
    pub y: [f64; 2],
}

impl Rectangle {
    /// Whether the point lies in it.
    pub fn contains(&self, point: [f64; 2]) -> bool {
        (self.x[0]..=self.x[1]).contains(&point[0]) && (self.y[0]..=self.y[1]).contains(&point[1])
    }
}

/// dz/ds = T f(x)/size, x = center + size z, at time 0.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) center: [f64; 2],
    pub(super) size: [f64; 2],
    /// T; negative for the flow run backward.
    pub(super) time: f64,
}

impl<'a> Window<'a> {
    /// Of a rectangle, with T = 1.
    pub(super) fn new(field: &'a dyn VectorField, r: &Rectangle) -> Self {
        let center = [0.5 * (r.x[0] + r.x[1]), 0.5 * (r.y[0] + r.y[1])];
        Self { field, center, size: [r.x[1] - r.x[0], r.y[1] - r.y[0]], time: 1.0 }
    }

    /// The same with time run backward.
    pub(super) fn reversed(self) -> Self {
        Self { time: -self.time, ..self }
    }

    /// From the window to the plane.
    pub(super) fn out(&self, z: [f64; 2]) -> [f64; 2] {
        [self.center[0] + self.size[0] * z[0], self.center[1] + self.size[1] * z[1]]
    }

    /// From the plane to the window.
    pub(super) fn inward(&self, x: [f64; 2]) -> [f64; 2] {
        [(x[0] - self.center[0]) / self.size[0], (x[1] - self.center[1]) / self.size[1]]
    }

    /// A curve in the plane.
    pub(super) fn curve_out(&self, curve: &[[f64; 2]]) -> Vec<[f64; 2]> {
        curve.iter().map(|z| self.out(*z)).collect()
    }
}

impl VectorField for Window<'_> {
    fn dimension(&self) -> usize {
        2
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        z: &[f64],
        dz: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let factor = [self.time / self.size[0], self.time / self.size[1]];
        if let ([_], [u, v]) = (t, z) {
            self.field.eval(&[0.0], p, &self.out([*u, *v]), dz, ws)?;
            dz[0] *= factor[0];
            dz[1] *= factor[1];
            return Ok(());
        }
        let lanes = t.len();
        let mut x = z.to_vec();
        for i in 0..2 {
            let row = &mut x[i * lanes..(i + 1) * lanes];
            row.iter_mut().for_each(|v| *v = self.center[i] + self.size[i] * *v);
        }
        self.field.eval(&vec![0.0; lanes], p, &x, dz, ws)?;
        for i in 0..2 {
            dz[i * lanes..(i + 1) * lanes].iter_mut().for_each(|v| *v *= factor[i]);
        }
        Ok(())
    }

    fn jacobian(
        &self,
        _: f64,
        p: &[f64],
        z: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let kind = self.field.jacobian(0.0, p, &self.out([z[0], z[1]]), j, ws)?;
        for k in 0..2 {
            for i in 0..2 {
                j[(i, k)] *= self.time * self.size[k] / self.size[i];
            }
        }
        Ok(kind)
    }

    fn is_autonomous(&self) -> bool {
        true
    }
}

/// A window with its parameters and scratch memory: velocities and Jacobians for the asking.
pub(super) struct Probe<'a> {
    pub(super) window: Window<'a>,
    pub(super) p: &'a [f64],
    ws: Workspace,
    matrix: Matrix,
}

impl<'a> Probe<'a> {
    pub(super) fn new(window: Window<'a>, p: &'a [f64]) -> Self {
        Self { window, p, ws: Workspace::default(), matrix: Matrix::zeros(2, 2) }
    }

    /// The velocity at a place; NaN where the field cannot be evaluated.
    pub(super) fn velocity(&mut self, z: [f64; 2]) -> [f64; 2] {
        let mut dz = [f64::NAN; 2];
        match self.window.eval(&[0.0], self.p, &z, &mut dz, &mut self.ws) {
            Ok(()) => dz,
            Err(_) => [f64::NAN; 2],
        }
    }

    /// Velocities at many places in one call.
    pub(super) fn velocities(&mut self, places: &[[f64; 2]]) -> Vec<[f64; 2]> {
        // Blocks that stay in the cache.
        let mut found = Vec::with_capacity(places.len());
        for part in places.chunks(1024) {
            let lanes = part.len();
            let z: Vec<f64> = (0..2).flat_map(|i| part.iter().map(move |z| z[i])).collect();
            let p: Vec<f64> = self.p.iter().flat_map(|p| std::iter::repeat_n(*p, lanes)).collect();
            let mut dz = vec![0.0; 2 * lanes];
            match self.window.eval(&vec![0.0; lanes], &p, &z, &mut dz, &mut self.ws) {
                Ok(()) => found.extend((0..lanes).map(|l| [dz[l], dz[lanes + l]])),
                Err(_) => found.extend(part.iter().map(|z| self.velocity(*z))),
            }
        }
        found
    }

    /// The Jacobian [[a, b], [c, d]] at a place, if it exists there.
    pub(super) fn jacobian(&mut self, z: [f64; 2]) -> Option<[[f64; 2]; 2]> {
        self.window.jacobian(0.0, self.p, &z, &mut self.matrix, &mut self.ws).ok()?;
        let m = &self.matrix;
        m.is_finite().then(|| [[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]])
    }
}

/// a x b.
pub(super) fn cross(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

/// a . b.
pub(super) fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// a - b.
pub(super) fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// a + s b.
pub(super) fn ahead(a: [f64; 2], s: f64, b: [f64; 2]) -> [f64; 2] {
    [a[0] + s * b[0], a[1] + s * b[1]]
}

/// The angle from a to b, in (-pi, pi].
pub(super) fn angle(a: [f64; 2], b: [f64; 2]) -> f64 {
    cross(a, b).atan2(dot(a, b))
}

/// |a|.
pub(super) fn norm(a: [f64; 2]) -> f64 {
    a[0].hypot(a[1])
}
