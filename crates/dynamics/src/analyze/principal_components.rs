//! Principal components of recorded activity: the directions that hold most of its variance.
//!
//! X (n variables by T samples), less its mean over time, has the covariance C = X X^T/(T - 1) = sum_k variance_k d_k d_k^T. The
//! directions d_k are orthonormal and ordered by variance. They describe where the activity *was*; the modes of the system
//! describe how it *moves*, need not be orthogonal, and agree with them only in special cases.
//!
//! Cost: O(n^2 T + n^3), or O(n T^2 + T^3) where there are fewer samples than variables.
//! Reference: Jolliffe (2002), *Principal Component Analysis*.
//!
//! ```
//! use dynamics::analyze::principal_components;
//! use linalg::Matrix;
//! // All activity lies along (3, 4)/5.
//! let x = Matrix::from_rows(&[[0.0, 3.0, 6.0], [0.0, 4.0, 8.0]]);
//! let found = principal_components(&x).unwrap();
//! assert!((found.variances[0] - 25.0).abs() < 1e-12);
//! assert!((found.directions[(1, 0)] - 0.8).abs() < 1e-14);
//! assert!((found.fractions[0] - 1.0).abs() < 1e-14);
//! ```

use super::linear::AnalyzeError;
use linalg::{Matrix, mul, symmetric_eigen};

/// The principal components of n variables.
#[derive(Clone, Debug)]
pub struct PrincipalComponents {
    /// The mean of each variable, which was taken off.
    pub mean: Vec<f64>,
    /// Orthonormal directions as columns, by descending variance.
    pub directions: Matrix,
    /// Variance along each.
    pub variances: Vec<f64>,
    /// Fraction of the total variance along each; 0 where nothing varies.
    pub fractions: Vec<f64>,
    /// (sum of variances)^2 / sum of squared variances: how many dimensions the activity fills.
    pub participation_ratio: f64,
}

impl PrincipalComponents {
    /// The samples (n x T) in the coordinates of the first `count` components, as `count` x T.
    pub fn project(&self, x: &Matrix, count: usize) -> Matrix {
        let count = count.min(self.directions.cols());
        Matrix::from_fn(count, x.cols(), |k, t| {
            let d = self.directions.column(k);
            x.column(t).iter().zip(&self.mean).zip(d).map(|((x, m), d)| (x - m) * d).sum()
        })
    }
}

/// The principal components of `x`, of shape variables x samples.
///
/// # Errors
/// If there are no variables or fewer than two samples, or an entry is not finite.
pub fn principal_components(x: &Matrix) -> Result<PrincipalComponents, AnalyzeError> {
    let (n, samples) = (x.rows(), x.cols());
    if n == 0 {
        return Err(AnalyzeError::Empty);
    }
    if samples < 2 {
        return Err(AnalyzeError::Length { what: "each recorded variable", found: samples, expected: 2 });
    }
    if let Some(index) = x.as_slice().iter().position(|v| !v.is_finite()) {
        return Err(AnalyzeError::NotFinite { what: "the recording", index, value: x.as_slice()[index] });
    }
    let mut mean = vec![0.0; n];
    for t in 0..samples {
        mean.iter_mut().zip(x.column(t)).for_each(|(m, v)| *m += v / samples as f64);
    }
    // In units of its largest entry, so that a recording of a divergence does not overflow when it is squared.
    let unit = x.norm_max().max(f64::MIN_POSITIVE);
    let scale = 1.0 / ((samples - 1) as f64).sqrt() / unit;
    let centered = Matrix::from_fn(n, samples, |i, t| x[(i, t)] * scale - mean[i] * scale);
    let (mut variances, mut directions);
    if n <= samples {
        let e = symmetric_eigen(&mul(&centered, &centered.transpose()));
        (variances, directions) = (e.values, e.vectors);
    } else {
        // The T x T products have the same nonzero variances; X times their vectors are the directions.
        let e = symmetric_eigen(&mul(&centered.transpose(), &centered));
        let floor = f64::EPSILON * samples as f64 * e.values[0].max(0.0);
        let kept = e.values.iter().filter(|&&v| v > floor).count();
        variances = e.values[..kept].to_vec();
        let long = mul(&centered, &e.vectors);
        directions = Matrix::from_fn(n, kept, |i, k| long[(i, k)] / variances[k].sqrt());
    }
    variances.iter_mut().for_each(|v| *v = v.max(0.0));
    for k in 0..directions.cols() {
        orient(directions.column_mut(k));
    }
    let total: f64 = variances.iter().sum();
    let squares: f64 = variances.iter().map(|v| v * v).sum();
    Ok(PrincipalComponents {
        mean,
        fractions: variances.iter().map(|v| if total > 0.0 { v / total } else { 0.0 }).collect(),
        participation_ratio: if squares > 0.0 { total * total / squares } else { 0.0 },
        variances: variances.into_iter().map(|v| v * unit * unit).collect(),
        directions,
    })
}

/// Signs are free: the largest entry is made positive.
fn orient(x: &mut [f64]) {
    let largest = x.iter().fold(0.0, |m: f64, &v| if v.abs() > m.abs() { v } else { m });
    if largest < 0.0 {
        x.iter_mut().for_each(|v| *v = -*v);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(n: usize, samples: usize) -> Matrix {
        Matrix::from_fn(n, samples, |i, t| {
            let t = t as f64;
            (0.1 * t).sin() * (i as f64 + 1.0) + 0.3 * (0.37 * t).cos() * (i as f64).cos() + 5.0
        })
    }

    #[test]
    fn a_recording_of_a_divergence_does_not_overflow() {
        let x = Matrix::from_fn(2, 300, |i, t| if i == 0 { (2.3 * t as f64).exp() } else { 1.0 });
        let found = principal_components(&x).unwrap();
        assert!((found.fractions[0] - 1.0).abs() < 1e-12);
        assert!((found.directions[(0, 0)] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn directions_are_orthonormal_and_variances_add_up() {
        for (n, samples) in [(4, 60), (30, 12)] {
            let x = activity(n, samples);
            let found = principal_components(&x).unwrap();
            let k = found.directions.cols().min(2);
            for i in 0..k {
                for j in 0..k {
                    let inner: f64 = found
                        .directions
                        .column(i)
                        .iter()
                        .zip(found.directions.column(j))
                        .map(|(a, b)| a * b)
                        .sum();
                    assert!((inner - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
            let along = found.project(&x, 2);
            for c in 0..2 {
                let square: f64 = along.row(c).iter().map(|v| v * v).sum();
                let variance = square / (samples as f64 - 1.0);
                assert!((variance - found.variances[c]).abs() < 1e-11 * found.variances[0]);
            }
            assert!((found.fractions.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            // The activity is a sum of two patterns.
            assert!(found.fractions[0] + found.fractions[1] > 1.0 - 1e-12);
        }
    }

    #[test]
    fn activity_that_rests_has_no_dimension() {
        let found = principal_components(&Matrix::from_fn(3, 5, |i, _| i as f64)).unwrap();
        assert_eq!(found.participation_ratio, 0.0);
        assert_eq!(found.mean, [0.0, 1.0, 2.0]);
    }
}
