//! The derivative of one eigenvalue by every weight.

use super::pair::Pair;
use super::weights::Weights;
use crate::analyze::AnalyzeError;
use linalg::{Complex, Matrix, eigen};

/// Above this condition a derivative holds for changes that are too tiny to matter.
const NEARLY_DEFECTIVE: f64 = 1e6;

/// How one eigenvalue depends on the weights.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    /// Which eigenvalue, by descending real part, then descending imaginary part.
    pub index: usize,
    /// The eigenvalue of A.
    pub eigenvalue: Complex,
    /// Whether the derivative exists and what it is worth.
    pub verdict: SensitivityVerdict,
    /// d lambda/d M_ij; `None` where the eigenvalue is not simple.
    pub derivative: Option<Matrix<Complex>>,
    /// kappa = 1/|w^T x| for unit eigenvectors; at least 1, infinite for a defective eigenvalue.
    pub condition: f64,
    /// The distance to the next eigenvalue; infinite for n = 1. The derivative holds for changes small against gap/kappa.
    pub gap: f64,
}

/// Whether the derivative of an eigenvalue exists and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensitivityVerdict {
    /// A simple eigenvalue.
    Simple,
    /// Simple, but with a condition above 1e6: the derivative is huge and holds for tiny changes only.
    NearlyDefective,
    /// It coincides with others within rounding: it has no derivative, its change goes with a root of the change.
    NotSimple,
}

impl Sensitivity {
    /// The weights with the largest d Re(lambda)/d M_ij in modulus, as (row, column, derivative), in descending order.
    pub fn strongest(&self, count: usize) -> Vec<(usize, usize, f64)> {
        let Some(d) = &self.derivative else { return Vec::new() };
        let n = d.rows();
        let mut all: Vec<(usize, usize, f64)> =
            d.as_slice().iter().enumerate().map(|(k, z)| (k % n, k / n, z.re)).collect();
        all.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
        all.truncate(count);
        all
    }

    /// The verdict in words.
    pub fn sentence(&self) -> String {
        match self.verdict {
            SensitivityVerdict::Simple => {
                format!("a simple eigenvalue with condition {:.3e}", self.condition)
            }
            SensitivityVerdict::NearlyDefective => format!(
                "nearly defective, with condition {:.3e}: the derivative holds only for changes below {:.1e}",
                self.condition,
                self.gap / self.condition
            ),
            SensitivityVerdict::NotSimple => {
                "not a simple eigenvalue: it coincides with another within rounding and has no derivative"
                    .to_owned()
            }
        }
    }
}

/// How eigenvalue `index` depends on the weights; 0 is the one with the largest real part.
///
/// # Errors
/// When the weights make no system, or there is no such eigenvalue.
pub fn sensitivity(weights: &Weights, index: usize) -> Result<Sensitivity, AnalyzeError> {
    weights.check()?;
    let a = weights.system(None);
    let e = eigen(&a)?;
    let n = a.rows();
    if index >= n {
        return Err(AnalyzeError::Length {
            what: "the list up to the eigenvalue asked for",
            found: index + 1,
            expected: n,
        });
    }
    let value = e.values[index];
    let others = || (0..n).filter(|&j| j != index);
    let gap = others().map(|j| (e.values[j] - value).norm()).fold(f64::INFINITY, f64::min);
    let coincides =
        others().any(|j| (e.values[j] - value).norm() <= 2.0 * (e.rounding[index] + e.rounding[j]));
    let without = Sensitivity {
        index,
        eigenvalue: value,
        verdict: SensitivityVerdict::NotSimple,
        derivative: None,
        condition: e.condition[index],
        gap,
    };
    if coincides {
        return Ok(without);
    }
    let pair = Pair::near(&a, value, 1)?;
    let condition = 1.0 / pair.overlap().norm();
    if !condition.is_finite() {
        return Ok(without);
    }
    let verdict = if condition > NEARLY_DEFECTIVE {
        SensitivityVerdict::NearlyDefective
    } else {
        SensitivityVerdict::Simple
    };
    Ok(Sensitivity { verdict, derivative: Some(gradient(&pair, &weights.tau)), condition, ..without })
}

/// w_i x_j/(tau_i w^T x).
pub(super) fn gradient(pair: &Pair, tau: &[f64]) -> Matrix<Complex> {
    let n = tau.len();
    let overlap = pair.overlap();
    let real = pair.value.im == 0.0;
    Matrix::from_fn(n, n, |i, j| {
        let g = pair.left[i] / overlap * pair.right[j] / tau[i];
        if real { Complex::new(g.re, 0.0) } else { g }
    })
}
