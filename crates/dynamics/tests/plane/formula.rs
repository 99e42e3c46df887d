//! Planar fields written as formulas, and pictures of them.

use dynamics::analyze::phase_plane::{PhasePortrait, PortraitSettings, Rectangle, portrait};
use dynamics::field::{EvalError, JacobianKind, VectorField, Workspace};
use dynamics::linalg::Matrix;
use dynamics::simulate::unwatched;

/// The Jacobian at (x, y).
pub type Slopes = fn(f64, f64) -> [[f64; 2]; 2];

/// (dx/dt, dy/dt) of (x, y), with its Jacobian if it has one.
pub struct Formula<F> {
    pub f: F,
    pub jacobian: Option<Slopes>,
}

pub fn formula<F: Fn(f64, f64) -> (f64, f64) + Sync>(f: F) -> Formula<F> {
    Formula { f, jacobian: None }
}

impl<F: Fn(f64, f64) -> (f64, f64) + Sync> VectorField for Formula<F> {
    fn dimension(&self) -> usize {
        2
    }
    fn eval(
        &self,
        t: &[f64],
        _: &[f64],
        x: &[f64],
        dx: &mut [f64],
        _: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        for l in 0..lanes {
            (dx[l], dx[lanes + l]) = (self.f)(x[l], x[lanes + l]);
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
        match self.jacobian {
            Some(jacobian) => {
                *j = Matrix::from_rows(&jacobian(x[0], x[1]));
                Ok(JacobianKind::Exact)
            }
            None => dynamics::field::jacobian_by_differences(self, t, p, x, j, ws),
        }
    }
}

/// Without streamlines and basins.
pub fn sketch(field: &dyn VectorField, x: [f64; 2], y: [f64; 2]) -> PhasePortrait {
    let settings =
        PortraitSettings { streamlines: 0, basins: 0, ..PortraitSettings::new(Rectangle { x, y }) };
    portrait(field, &[], &settings, &unwatched).expect("the question can be asked")
}

/// Everything.
pub fn whole(field: &dyn VectorField, x: [f64; 2], y: [f64; 2]) -> PhasePortrait {
    portrait(field, &[], &PortraitSettings::new(Rectangle { x, y }), &unwatched)
        .expect("the question can be asked")
}

pub fn length(points: &[[f64; 2]]) -> f64 {
    points.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum()
}
