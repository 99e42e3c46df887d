//! Departure from normality: what the eigenvalues do not tell.
//!
//! | quantity | definition | meaning |
//! |---|---|---|
//! | numerical abscissa | largest eigenvalue of (A + A^T)/2 | the fastest growth rate of the length of x at any state |
//! | Henrici's departure | Frobenius norm of the strictly upper part of the complex Schur form | 0 exactly for a normal matrix |
//! | maximal amplification | sup over t >= 0 of the norm of exp(tA) | see the amplification |
//! | Kreiss constant | sup over Re z > 0 of Re(z) times the norm of the resolvent | bounds it from below |
//!
//! Non-normal is not the same as non-symmetric: skew and orthogonal matrices are normal.
//!
//! Cost: O(n^3). Above n = 300 Henrici's departure comes from ||A||_F^2 - sum of squared moduli of the eigenvalues, which loses half the digits
//! by cancellation for a nearly normal matrix; a departure below that loss is reported as 0.
//! Reference: Henrici (1962), Bounds for iterates, inverses, spectral variation and fields of values.

use super::amplification::Amplification;
use super::spectrum::Spectrum;
use linalg::{LinalgError, Matrix};

/// Departure from normality and its consequences.
#[derive(Clone, Debug)]
pub struct NonNormality {
    /// Largest eigenvalue of (A + A^T)/2: the fastest growth of ||x|| at any state.
    pub numerical_abscissa: f64,
    /// Frobenius norm of the strictly upper part of the complex Schur form.
    pub henrici: f64,
    /// The supremum of ||exp(tA)|| (map: ||A^k||); `None` where infinite or skipped.
    pub max_amplification: Option<Amplification>,
    /// sup over Re z > 0 of Re(z) ||(zI - A)^-1||; `None` where infinite or skipped.
    pub kreiss: Option<f64>,
    /// The curve ||exp(tA)||: times and norms, for a figure; empty where skipped.
    pub curve: (Vec<f64>, Vec<f64>),
}

/// The largest eigenvalue of the symmetric part.
pub(super) fn numerical_abscissa(a: &Matrix) -> f64 {
    let n = a.rows();
    let symmetric = Matrix::from_fn(n, n, |i, j| 0.5 * a[(i, j)] + 0.5 * a[(j, i)]);
    linalg::symmetric_eigenvalues(&symmetric).first().copied().unwrap_or(0.0)
}

/// Henrici's departure from normality; a symmetric matrix has none.
pub(super) fn departure(a: &Matrix, spectrum: &Spectrum, normal: bool) -> Result<f64, LinalgError> {
    if normal || a.norm_max() == 0.0 {
        return Ok(0.0);
    }
    if a.rows() <= 300 {
        return Ok(linalg::henrici(&linalg::schur(a)?));
    }
    let scale = a.norm_max();
    let entries = (spectrum.scale / scale).powi(2);
    let values: f64 = spectrum.values.iter().map(|z| (z.norm() / scale).powi(2)).sum();
    let rest = entries - values;
    let loss = 8.0 * a.rows() as f64 * f64::EPSILON * entries;
    Ok(if rest <= loss { 0.0 } else { scale * rest.sqrt() })
}
