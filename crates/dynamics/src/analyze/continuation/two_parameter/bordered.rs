//! The system of a fold curve or a Hopf curve, and the same with one more equation: what vanishes at a special point of it.

use super::parameter_curve::CurveSpecialKind;
use crate::analyze::continuation::curve::Curve;
use crate::analyze::continuation::fold::FoldSystem;
use crate::analyze::continuation::hopf::HopfSystem;
use crate::analyze::continuation::lyapunov_coefficient::lyapunov_coefficient;
use crate::analyze::continuation::newton::System;
use crate::analyze::continuation::problem::{Problem, dot};
use crate::field::EvalError;
use linalg::Matrix;

/// The step of the gradient of what vanishes, in coordinates of size 1: of fourth order.
const REACH: f64 = 1e-3;

/// The bordered system of a curve. The last unknown of a Hopf curve is omega / rate.
pub(super) enum Bordered<'p, 'f> {
    Fold(FoldSystem<'p, 'f>),
    Hopf { system: HopfSystem<'p, 'f>, rate: f64 },
}

impl<'p, 'f> Bordered<'p, 'f> {
    /// Bordered for points near `z`; with a rate of omega it is that of a Hopf curve.
    pub(super) fn new(problem: &'p mut Problem<'f>, z: &[f64], rate: Option<f64>) -> Result<Self, EvalError> {
        match rate {
            None => Ok(Self::Fold(FoldSystem::new(problem, z)?)),
            Some(rate) => Ok(Self::Hopf { system: HopfSystem::new(problem, &unscaled(z, rate))?, rate }),
        }
    }

    fn both(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        match self {
            Self::Fold(system) => system.extended(z),
            Self::Hopf { system, rate } => {
                let (f, mut slope) = system.extended(&unscaled(z, *rate))?;
                let last = slope.cols() - 1;
                (0..slope.rows()).for_each(|i| slope[(i, last)] *= *rate);
                Ok((f, slope))
            }
        }
    }

    /// What vanishes at a special point of this kind, and how wrong it may be. NaN if there is none of the kind on the curve.
    pub(super) fn test(&mut self, z: &[f64], kind: CurveSpecialKind) -> Result<(f64, f64), EvalError> {
        self.both(z)?;
        match (self, kind) {
            (Self::Fold(system), CurveSpecialKind::Cusp) => {
                let n = system.problem.n;
                let mut along = system.v.clone();
                along.resize(z.len(), 0.0);
                let second = system.problem.second(z, &along)?;
                let slope = system.problem.derivative(z)?;
                let product = |m: &Matrix, i: usize| dot(&m.row(i), &along);
                let terms = |m: &Matrix, i: usize| {
                    system.w[i].abs() * (0..n).map(|k| (m[(i, k)] * along[k]).abs()).sum::<f64>()
                };
                let value = (0..n).map(|i| system.w[i] * product(&second, i)).sum();
                let size: f64 = (0..n).map(|i| terms(&second, i) + terms(&slope, i)).sum();
                // Rounding of eps/h, and a truncation of h^4, for the h of the second derivative.
                Ok((value, 1e-12 * size))
            }
            (Self::Fold(system), CurveSpecialKind::BogdanovTakens) => {
                let terms: f64 = system.w.iter().zip(&system.v).map(|(w, v)| (w * v).abs()).sum();
                Ok((dot(&system.w, &system.v), 8.0 * f64::EPSILON * terms))
            }
            (Self::Hopf { system, rate }, CurveSpecialKind::GeneralizedHopf) => {
                let last = z.len() - 1;
                let omega = z[last] * *rate;
                let (v, w) = (system.v.clone(), system.w.clone());
                let l1 = lyapunov_coefficient(system.problem, &z[..last], omega, &v, &w)?;
                Ok((l1.value, l1.error))
            }
            _ => Ok((f64::NAN, f64::NAN)),
        }
    }

    /// The real null vectors v and w of a fold as the last evaluation left them.
    pub(super) fn null_vectors(&self) -> Option<(&[f64], &[f64])> {
        match self {
            Self::Fold(system) => Some((&system.v, &system.w)),
            Self::Hopf { .. } => None,
        }
    }
}

fn unscaled(z: &[f64], rate: f64) -> Vec<f64> {
    let mut y = z.to_vec();
    if let Some(last) = y.last_mut() {
        *last *= rate;
    }
    y
}

impl Curve for Bordered<'_, '_> {
    fn value(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        Ok(self.both(z)?.0)
    }
    fn slope(&mut self, z: &[f64]) -> Result<Matrix, EvalError> {
        Ok(self.both(z)?.1)
    }
}

/// A curve's system with what vanishes at a special point as its last equation.
pub(super) struct Augmented<'p, 'f> {
    pub(super) curve: Bordered<'p, 'f>,
    pub(super) kind: CurveSpecialKind,
}

impl System for Augmented<'_, '_> {
    fn evaluate(&mut self, z: &[f64]) -> Result<(Vec<f64>, Matrix), EvalError> {
        let size = z.len();
        let mut gradient = vec![0.0; size];
        for (k, slot) in gradient.iter_mut().enumerate() {
            let mut at = |steps: f64| -> Result<f64, EvalError> {
                let mut y = z.to_vec();
                y[k] += steps * REACH;
                Ok(self.curve.test(&y, self.kind)?.0)
            };
            let (near, far) = (at(1.0)? - at(-1.0)?, at(2.0)? - at(-2.0)?);
            *slot = (8.0 * near - far) / (12.0 * REACH);
        }
        let value = self.curve.test(z, self.kind)?.0;
        let (mut f, slope) = self.curve.both(z)?;
        f.push(value);
        let last = size - 1;
        let all = Matrix::from_fn(size, size, |i, k| if i < last { slope[(i, k)] } else { gradient[k] });
        if f.iter().all(|f| f.is_finite()) && all.is_finite() {
            return Ok((f, all));
        }
        Err(EvalError { reason: format!("the {} is not defined at {z:?}", self.kind.name()) })
    }

    fn rounding(&mut self, z: &[f64]) -> Result<Vec<f64>, EvalError> {
        let (_, error) = self.curve.test(z, self.kind)?;
        let mut delta = match &mut self.curve {
            Bordered::Fold(system) => system.rounding(z)?,
            Bordered::Hopf { system, rate } => system.rounding(&unscaled(z, *rate))?,
        };
        delta.push(error);
        Ok(delta)
    }

    fn magnitudes(&self, z: &[f64]) -> Vec<f64> {
        match &self.curve {
            Bordered::Fold(system) => System::magnitudes(system, z),
            Bordered::Hopf { system, .. } => System::magnitudes(system, z),
        }
    }
}
