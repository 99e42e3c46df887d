//! The tangent vectors through steps of Runge and Kutta of order 4, in panels of columns that know nothing of each other.

use crate::field::{EvalError, VectorField, Workspace};
use linalg::{Matrix, orthonormalize};
use rayon::prelude::*;

/// From n^2 k = so many on the columns go in two halves.
const MANY: usize = 500_000;

/// The states at which the four stages of a step look.
#[derive(Clone, Debug)]
pub(super) struct Stages {
    /// The time at the start of the step.
    pub(super) t: f64,
    /// Four states, one after the other.
    pub(super) x: Vec<f64>,
}

/// A state on its way in steps of Runge and Kutta.
pub(super) struct Orbit<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) p: &'a [f64],
    pub(super) dt: f64,
    pub(super) t: f64,
    pub(super) x: Vec<f64>,
    slopes: Vec<f64>,
    ws: Workspace,
}

impl<'a> Orbit<'a> {
    pub(super) fn new(field: &'a dyn VectorField, p: &'a [f64], x: &[f64], dt: f64) -> Self {
        let slopes = vec![0.0; 4 * x.len()];
        Self { field, p, dt, t: 0.0, x: x.to_vec(), slopes, ws: Workspace::default() }
    }

    /// One step; the states of its stages go to `stages`.
    pub(super) fn step(&mut self, stages: &mut Stages) -> Result<(), EvalError> {
        let (n, h) = (self.x.len(), self.dt);
        stages.t = self.t;
        stages.x.resize(4 * n, 0.0);
        for (s, c) in [0.0, 0.5 * h, 0.5 * h, h].into_iter().enumerate() {
            let (before, slope) = self.slopes.split_at_mut(s * n);
            let here = &mut stages.x[s * n..(s + 1) * n];
            here.copy_from_slice(&self.x);
            if s > 0 {
                here.iter_mut().zip(&before[(s - 1) * n..]).for_each(|(x, k)| *x += c * k);
            }
            self.field.eval(&[self.t + c], self.p, here, &mut slope[..n], &mut self.ws)?;
        }
        let k = &self.slopes;
        for (i, x) in self.x.iter_mut().enumerate() {
            *x += h / 6.0 * (k[i] + 2.0 * (k[n + i] + k[2 * n + i]) + k[3 * n + i]);
        }
        self.t += h;
        Ok(())
    }

    /// |f| here.
    pub(super) fn speed(&mut self) -> Result<f64, EvalError> {
        let n = self.x.len();
        self.field.eval(&[self.t], self.p, &self.x, &mut self.slopes[..n], &mut self.ws)?;
        Ok(self.slopes[..n].iter().map(|f| f * f).sum::<f64>().sqrt())
    }

    /// trace J here, by way of the matrix `j`.
    pub(super) fn divergence(&mut self, j: &mut Matrix) -> Result<f64, EvalError> {
        self.field.jacobian(self.t, self.p, &self.x, j, &mut self.ws)?;
        Ok(j.trace())
    }
}

/// A few of the tangent vectors, and what their steps need.
struct Panel {
    v: Matrix,
    slope: Matrix,
    at: Matrix,
    sum: Matrix,
    ws: Workspace,
}

impl Panel {
    fn new(v: Matrix) -> Self {
        let none = Matrix::zeros(v.rows(), v.cols());
        Self { slope: none.clone(), at: none.clone(), sum: none, v, ws: Workspace::default() }
    }

    fn step(&mut self, field: &dyn VectorField, p: &[f64], h: f64, stages: &Stages) -> Result<(), EvalError> {
        let n = field.dimension();
        let weights = [(0.0, 1.0), (0.5, 2.0), (0.5, 2.0), (1.0, 1.0)];
        self.at.clone_from(&self.v);
        for (s, (c, weight)) in weights.into_iter().enumerate() {
            if s > 0 {
                let pairs = self.v.as_slice().iter().zip(self.slope.as_slice());
                let all = self.at.as_mut_slice().iter_mut().zip(pairs);
                all.for_each(|(y, (v, k))| *y = v + c * h * k);
            }
            let x = &stages.x[s * n..(s + 1) * n];
            field.jacobian_product(stages.t + c * h, p, x, &self.at, &mut self.slope, &mut self.ws)?;
            let all = self.sum.as_mut_slice().iter_mut().zip(self.slope.as_slice());
            if s == 0 {
                all.for_each(|(sum, k)| *sum = *k);
            } else {
                all.for_each(|(sum, k)| *sum += weight * k);
            }
        }
        let all = self.v.as_mut_slice().iter_mut().zip(self.sum.as_slice());
        all.for_each(|(v, sum)| *v += h / 6.0 * sum);
        Ok(())
    }
}

/// All tangent vectors.
pub(super) struct Tangent {
    panels: Vec<Panel>,
    whole: Matrix,
}

impl Tangent {
    pub(super) fn new(v: Matrix) -> Self {
        let (n, k) = (v.rows(), v.cols());
        let first = if n * n * k >= MANY { k.div_ceil(2) } else { k };
        let part = |from: usize, to: usize| Matrix::from_fn(n, to - from, |i, j| v[(i, from + j)]);
        let mut panels = vec![Panel::new(part(0, first))];
        if first < k {
            panels.push(Panel::new(part(first, k)));
        }
        Self { panels, whole: v }
    }

    /// The vectors as they are.
    pub(super) fn vectors(&self) -> Matrix {
        let numbers = self.panels.iter().flat_map(|panel| panel.v.as_slice()).copied().collect();
        Matrix::from_columns(self.whole.rows(), self.whole.cols(), numbers)
    }

    /// Through the steps, and orthonormal again: the diagonal of R.
    pub(super) fn advance(
        &mut self,
        field: &dyn VectorField,
        p: &[f64],
        h: f64,
        steps: &[Stages],
    ) -> Result<Vec<f64>, EvalError> {
        let go = |panel: &mut Panel| steps.iter().try_for_each(|s| panel.step(field, p, h, s));
        if let [only] = &mut self.panels[..] {
            go(only)?;
            return Ok(orthonormalize(&mut only.v));
        }
        self.panels.par_iter_mut().try_for_each(go)?;
        let mut at = 0;
        for panel in &self.panels {
            let numbers = panel.v.as_slice();
            self.whole.as_mut_slice()[at..at + numbers.len()].copy_from_slice(numbers);
            at += numbers.len();
        }
        let diagonal = orthonormalize(&mut self.whole);
        at = 0;
        for panel in &mut self.panels {
            let numbers = panel.v.as_mut_slice();
            numbers.copy_from_slice(&self.whole.as_slice()[at..at + numbers.len()]);
            at += numbers.len();
        }
        Ok(diagonal)
    }
}

/// k orthonormal directions of which none is special, the same ones every time.
pub(super) fn directions(n: usize, k: usize) -> Matrix {
    let mut v = Matrix::from_fn(n, k, |i, j| {
        let angle = ((i * k + j) as f64 + 1.0) * 0.618_033_988_749_894_9;
        (12.9898 * angle.fract() * (1.0 + j as f64)).sin() + if i == j { 1.0 } else { 0.0 }
    });
    orthonormalize(&mut v);
    v
}
