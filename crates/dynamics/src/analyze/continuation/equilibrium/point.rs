//! A point of a branch of equilibria, with what is needed to see that something happened since the last one.

use crate::analyze::continuation::curve::{Corrected, Lost, correct};
use crate::analyze::continuation::problem::Problem;
use linalg::{Complex, Matrix, eigenvalues};

/// An equilibrium.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) z: Vec<f64>,
    /// Of length 1, in the direction of the walk.
    pub(crate) tangent: Vec<f64>,
    /// Sign of the determinant of (f', tangent).
    pub(crate) orientation: f64,
    /// Entry k continues entry k of the point before.
    pub(crate) spectrum: Vec<Complex>,
    /// Eigenvalues with a positive real part.
    pub(crate) unstable: usize,
    /// The real part below which the sign of an eigenvalue is rounding.
    pub(crate) rounding: f64,
    /// Newton corrections that it took.
    pub(crate) iterations: usize,
    /// How far the first of them went.
    pub(crate) first: f64,
}

impl Point {
    /// The equilibrium in the plane through `guess`.
    pub(crate) fn near(
        problem: &mut Problem,
        guess: &[f64],
        normal: &[f64],
        tolerance: f64,
    ) -> Result<Self, Lost> {
        let found = correct(problem, guess, normal, tolerance)?;
        Self::from_corrected(found, problem.n)
    }

    fn from_corrected(found: Corrected, n: usize) -> Result<Self, Lost> {
        let j = Matrix::from_fn(n, n, |i, k| found.slope[(i, k)]);
        let spectrum = eigenvalues(&j).map_err(|_| Lost { residual: f64::NAN })?;
        let radius = spectrum.iter().fold(0.0, |m: f64, z| m.max(z.norm()));
        Ok(Self {
            unstable: spectrum.iter().filter(|z| z.re > 0.0).count(),
            rounding: 16.0 * f64::EPSILON * n as f64 * radius,
            z: found.z,
            tangent: found.tangent,
            orientation: found.orientation,
            spectrum,
            iterations: found.iterations,
            first: found.first,
        })
    }

    /// The same equilibrium, walked through the other way.
    pub(crate) fn reversed(&self) -> Self {
        let mut other = self.clone();
        other.tangent.iter_mut().for_each(|t| *t = -*t);
        other.orientation = -other.orientation;
        other
    }

    /// dp/ds of the walk.
    pub(crate) fn speed(&self) -> f64 {
        self.tangent.last().copied().unwrap_or(0.0)
    }

    /// Orders the eigenvalues such that each continues that of `before`.
    pub(crate) fn follow(&mut self, before: &Self) {
        let n = self.spectrum.len();
        let mut pairs: Vec<(f64, usize, usize)> = (0..n)
            .flat_map(|i| (0..n).map(move |k| (i, k)))
            .map(|(i, k)| ((before.spectrum[i] - self.spectrum[k]).norm_sqr(), i, k))
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut place = vec![usize::MAX; n];
        let mut taken = vec![false; n];
        for (_, i, k) in pairs {
            if place[i] == usize::MAX && !taken[k] {
                (place[i], taken[k]) = (k, true);
            }
        }
        self.spectrum = place.into_iter().map(|k| self.spectrum[k]).collect();
    }

    /// Whether it is stable; `None` where the sign of a decisive real part is rounding.
    pub(crate) fn is_stable(&self) -> Option<bool> {
        let top = self.spectrum.iter().fold(f64::NEG_INFINITY, |m, z| m.max(z.re));
        if top > self.rounding {
            Some(false)
        } else if top < -self.rounding {
            Some(true)
        } else {
            None
        }
    }
}
