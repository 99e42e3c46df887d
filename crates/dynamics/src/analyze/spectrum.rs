//! The spectrum of A with what is known of its accuracy, and what each eigenvalue means for time.
//!
//! | quantity | flow | map |
//! |---|---|---|
//! | growth | Re lambda | abs(lambda) - 1 |
//! | time constant | -1/Re lambda | -1/ln abs(lambda) steps |
//! | frequency | abs(Im lambda)/(2 pi) | abs(arg lambda)/(2 pi) per step |
//!
//! A growth below the bound on its rounding error counts as 0. In two dimensions the eigenvalues follow from the exact
//! trace, determinant and discriminant, so that nothing is left to rounding there.

use super::planar::ExactPlanar;
use super::time::TimeKind;
use linalg::{Complex, LinalgError, Matrix, eigen};

/// Eigenvalues by descending real part, then descending imaginary part, with unit eigenvectors.
pub(super) struct Spectrum {
    pub(super) values: Vec<Complex>,
    pub(super) rounding: Vec<f64>,
    pub(super) condition: Vec<f64>,
    pub(super) vectors: Matrix<Complex>,
    /// Re lambda, or |lambda| - 1.
    pub(super) growth: Vec<f64>,
    /// Whether that is 0 only to rounding.
    pub(super) to_rounding: Vec<bool>,
    /// A norm of the matrix, the unit of tolerances.
    pub(super) scale: f64,
}

impl Spectrum {
    pub(super) fn new(a: &Matrix, time: TimeKind, exact: Option<&ExactPlanar>) -> Result<Self, LinalgError> {
        let e = eigen(a)?;
        let (mut values, mut vectors, mut rounding) = (e.values, e.vectors, e.rounding);
        if let Some(exact) = exact {
            values = exact.eigenvalues().to_vec();
            rounding = values.iter().map(|z| 4.0 * f64::EPSILON * z.norm()).collect();
            if !exact.is_defective() && a[(0, 1)] * a[(1, 0)] != 0.0 {
                vectors = planar_vectors(a, &values);
            }
        }
        let growth: Vec<f64> = values
            .iter()
            .map(|z| match time {
                TimeKind::Flow => z.re,
                TimeKind::Map => z.norm() - 1.0,
            })
            .collect();
        let certain = exact.is_some() && time == TimeKind::Flow;
        let to_rounding =
            growth.iter().zip(&rounding).map(|(&g, &r)| !certain && r > 0.0 && g.abs() <= r).collect();
        Ok(Self {
            values,
            rounding,
            condition: e.condition,
            vectors,
            growth,
            to_rounding,
            scale: a.norm_frobenius(),
        })
    }

    /// Whether eigenvalue `i` counts as lying on the border of stability.
    pub(super) fn on_border(&self, i: usize) -> bool {
        self.growth[i] == 0.0 || self.to_rounding[i]
    }

    /// -1/Re(lambda) or -1/ln|lambda|; `None` where that is infinite.
    pub(super) fn time_constant(&self, i: usize, time: TimeKind) -> Option<f64> {
        if self.on_border(i) {
            return None;
        }
        let rate = match time {
            TimeKind::Flow => self.growth[i],
            TimeKind::Map => self.values[i].norm().ln(),
        };
        let t = -1.0 / rate;
        t.is_finite().then_some(t + 0.0)
    }

    /// |Im(lambda)|/(2 pi) or |arg lambda|/(2 pi).
    pub(super) fn frequency(&self, i: usize, time: TimeKind) -> f64 {
        let angle = match time {
            TimeKind::Flow => self.values[i].im.abs(),
            TimeKind::Map => self.values[i].arg().abs(),
        };
        angle / std::f64::consts::TAU
    }
}

/// Unit eigenvectors of a 2 x 2 matrix with a12 a21 != 0: the longer of the two rows' perpendiculars.
fn planar_vectors(a: &Matrix, values: &[Complex]) -> Matrix<Complex> {
    let mut v = Matrix::zeros(2, 2);
    for (j, &lambda) in values.iter().enumerate() {
        let first = [Complex::new(a[(0, 1)], 0.0), lambda - a[(0, 0)]];
        let second = [lambda - a[(1, 1)], Complex::new(a[(1, 0)], 0.0)];
        let size = |x: &[Complex; 2]| x[0].norm().hypot(x[1].norm());
        let x = if size(&first) >= size(&second) { first } else { second };
        let norm = size(&x);
        for i in 0..2 {
            v[(i, j)] = x[i] / norm;
        }
    }
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planar_vectors_are_eigenvectors() {
        let a = Matrix::from_rows(&[[1.0, 1e6], [-3e-7, -2.0]]);
        let s = Spectrum::new(&a, TimeKind::Flow, Some(&ExactPlanar::new(&a, 0.0, 1.0))).unwrap();
        for j in 0..2 {
            let x = s.vectors.column(j);
            for i in 0..2 {
                let ax = x[0] * a[(i, 0)] + x[1] * a[(i, 1)];
                assert!((ax - s.values[j] * x[i]).norm() < 1e-9, "{j} {i}");
            }
        }
    }

    #[test]
    fn a_map_is_timed_in_steps() {
        let s = Spectrum::new(&Matrix::from_rows(&[[0.5]]), TimeKind::Map, None).unwrap();
        assert!((s.time_constant(0, TimeKind::Map).unwrap() - 1.0 / 2.0_f64.ln()).abs() < 1e-15);
        let s = Spectrum::new(&Matrix::from_rows(&[[-1.0]]), TimeKind::Map, None).unwrap();
        assert_eq!(s.time_constant(0, TimeKind::Map), None);
        assert_eq!(s.frequency(0, TimeKind::Map), 0.5);
    }
}
