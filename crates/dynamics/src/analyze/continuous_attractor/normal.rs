//! The flat directions at a state, and the correction in the space normal to them.

use super::settings::AttractorSettings;
use crate::analyze::{AnalyzeError, TimeKind};
use crate::field::{VectorField, Workspace};
use linalg::{Lu, Matrix, eigenvalues, svd};

/// Corrections of one state, at most.
const CORRECTIONS: usize = 30;

/// A state of the set.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) x: Vec<f64>,
    /// n x k, orthonormal.
    pub(super) tangent: Matrix,
    /// v with f = T v.
    pub(super) drift: Vec<f64>,
    /// |f|.
    pub(super) speed: f64,
    pub(super) is_fixed: bool,
    /// The slowest rate of the other directions.
    pub(super) decay: f64,
}

/// The field, and how it is looked at.
pub(super) struct Normal<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) p: &'a [f64],
    pub(super) settings: &'a AttractorSettings,
    /// max(1, |x|) of the seed.
    pub(super) scale: f64,
}

impl Normal<'_> {
    pub(super) fn step(&self) -> f64 {
        self.settings.step * self.scale
    }

    fn jacobian(&self, x: &[f64], ws: &mut Workspace) -> Option<Matrix> {
        let mut j = Matrix::zeros(x.len(), x.len());
        self.field.jacobian(0.0, self.p, x, &mut j, ws).ok()?;
        j.is_finite().then_some(j)
    }

    fn velocity(&self, x: &[f64], ws: &mut Workspace) -> Option<Vec<f64>> {
        let mut f = vec![0.0; x.len()];
        self.field.eval(&[0.0], self.p, x, &mut f, ws).ok()?;
        f.iter().all(|v| v.is_finite()).then_some(f)
    }

    /// The state of the set near a seed.
    pub(super) fn start(&self, seed: &[f64], ws: &mut Workspace) -> Result<Option<Place>, AnalyzeError> {
        let Some(flat) = self.jacobian(seed, ws).and_then(|j| self.flat(&j)) else { return Ok(None) };
        self.place(seed, &flat, ws)
    }

    /// The flat directions of J, if there are any: at the clearest gap between its singular values.
    fn flat(&self, j: &Matrix) -> Option<Matrix> {
        let n = j.rows();
        let parts = svd(j);
        let rounding = 1e-14 * parts.s[0];
        if parts.s[0] == 0.0 {
            return Some(Matrix::identity(n));
        }
        let gap = |k: usize| parts.s[n - k].max(rounding) / parts.s[n - k - 1];
        let k = (1..n).min_by(|&a, &b| gap(a).total_cmp(&gap(b)))?;
        let flat = || Matrix::from_fn(n, k, |i, c| parts.v[(i, n - 1 - c)]);
        (gap(k) <= self.settings.slow).then(flat)
    }

    /// The slowest rate of all but k directions.
    fn decay(&self, j: &Matrix, k: usize) -> Result<f64, AnalyzeError> {
        let mut values = eigenvalues(j)?;
        values.sort_by(|a, b| a.norm().total_cmp(&b.norm()));
        let rate = |z: &linalg::Complex| match self.settings.time {
            TimeKind::Flow => -z.re,
            TimeKind::Map => 1.0 - (z + 1.0).norm(),
        };
        Ok(values.iter().skip(k).map(rate).fold(f64::INFINITY, f64::min))
    }

    /// The state of the set over `y`, in the space normal to `along`, with its own flat directions; `None` where there is none, or
    /// where their number is another.
    pub(super) fn place(
        &self,
        y: &[f64],
        along: &Matrix,
        ws: &mut Workspace,
    ) -> Result<Option<Place>, AnalyzeError> {
        let k = along.cols();
        let Some((x, drift)) = self.correct(y, along, ws) else { return Ok(None) };
        let (Some(f), Some(j)) = (self.velocity(&x, ws), self.jacobian(&x, ws)) else { return Ok(None) };
        let Some(tangent) = self.flat(&j).filter(|t| t.cols() == k) else { return Ok(None) };
        let speed = norm(&f);
        let decay = self.decay(&j, k)?;
        Ok(Some(Place { x, tangent, drift, speed, is_fixed: speed <= self.settings.residual, decay }))
    }

    /// x with f(x) = T v and T'(x - y) = 0, and v.
    pub(super) fn correct(
        &self,
        y: &[f64],
        along: &Matrix,
        ws: &mut Workspace,
    ) -> Option<(Vec<f64>, Vec<f64>)> {
        let (n, k) = (along.rows(), along.cols());
        let mut x = y.to_vec();
        let mut drift = vec![0.0; k];
        let mut last = f64::INFINITY;
        for _ in 0..CORRECTIONS {
            let (f, j) = (self.velocity(&x, ws)?, self.jacobian(&x, ws)?);
            let mut whole = Matrix::zeros(n + k, n + k);
            for c in 0..n {
                whole.column_mut(c)[..n].copy_from_slice(j.column(c));
            }
            let mut right: Vec<f64> = f.iter().map(|f| -f).collect();
            for c in 0..k {
                let t = along.column(c);
                for (i, t) in t.iter().enumerate() {
                    whole[(i, n + c)] = *t;
                    whole[(n + c, i)] = *t;
                }
                right.push(t.iter().zip(y.iter().zip(&x)).map(|(t, (y, x))| t * (y - x)).sum());
            }
            let d = Lu::new(&whole).ok()?.solve(&right);
            let size = norm(&d[..n]);
            if !size.is_finite() || size > 10.0 * self.scale {
                return None;
            }
            x.iter_mut().zip(&d).for_each(|(x, d)| *x += d);
            drift = d[n..].iter().map(|v| -v).collect();
            let small = size <= 1e-9 * self.scale;
            // Rounding stops the corrections from becoming smaller.
            if size <= 1e-15 * self.scale || (small && size >= 0.25 * last) {
                return Some((x, drift));
            }
            last = size;
        }
        (last <= 1e-9 * self.scale).then_some((x, drift))
    }

    /// The speed at a state after it was corrected again.
    pub(super) fn speed(&self, x: &[f64], ws: &mut Workspace) -> Option<f64> {
        self.velocity(x, ws).map(|f| norm(&f))
    }
}

pub(super) fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

pub(super) fn distance(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}
