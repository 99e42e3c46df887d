//! Polynomials of degree 4 on an interval of the mesh: their values at 5 equidistant points, their slopes at 4 Gauss points.
//!
//! At the ends of the intervals a solution that satisfies the equation at the Gauss points is right to O(h^8), in between
//! to O(h^5). Reference: de Boor, Swartz (1973), Collocation at Gaussian points.

/// The degree of the polynomials, and the number of Gauss points of an interval.
pub(crate) const DEGREE: usize = 4;

/// The Gauss points of [0, 1].
pub(crate) const GAUSS: [f64; DEGREE] =
    [0.069_431_844_202_973_71, 0.330_009_478_207_571_87, 0.669_990_521_792_428_1, 0.930_568_155_797_026_3];

/// Their weights, which integrate polynomials of degree 7 exactly.
pub(crate) const WEIGHTS: [f64; DEGREE] =
    [0.173_927_422_568_726_93, 0.326_072_577_431_273_07, 0.326_072_577_431_273_07, 0.173_927_422_568_726_93];

/// Values and slopes at the Gauss points of the polynomials that are 1 at one of the 5 points and 0 at the others.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    /// `value[i][k]`: polynomial k at Gauss point i.
    pub(crate) value: [[f64; DEGREE + 1]; DEGREE],
    /// `slope[i][k]`: its derivative there.
    pub(crate) slope: [[f64; DEGREE + 1]; DEGREE],
}

impl Basis {
    pub(crate) fn new() -> Self {
        Self { value: GAUSS.map(values), slope: GAUSS.map(slopes) }
    }
}

/// The 5 polynomials at s in [0, 1].
pub(crate) fn values(s: f64) -> [f64; DEGREE + 1] {
    let mut l = [1.0; DEGREE + 1];
    for k in 0..=DEGREE {
        for q in (0..=DEGREE).filter(|&q| q != k) {
            l[k] *= (DEGREE as f64 * s - q as f64) / (k as f64 - q as f64);
        }
    }
    l
}

/// Their derivatives.
pub(crate) fn slopes(s: f64) -> [f64; DEGREE + 1] {
    let mut l = [0.0; DEGREE + 1];
    for k in 0..=DEGREE {
        for r in (0..=DEGREE).filter(|&r| r != k) {
            let mut term = DEGREE as f64 / (k as f64 - r as f64);
            for q in (0..=DEGREE).filter(|&q| q != k && q != r) {
                term *= (DEGREE as f64 * s - q as f64) / (k as f64 - q as f64);
            }
            l[k] += term;
        }
    }
    l
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_of_degree_four_are_their_own_interpolants() {
        let f = |s: f64| 1.0 - 2.0 * s + 3.0 * s.powi(3) - s.powi(4);
        let d = |s: f64| -2.0 + 9.0 * s.powi(2) - 4.0 * s.powi(3);
        let basis = Basis::new();
        for i in 0..DEGREE {
            let at = |l: [f64; DEGREE + 1]| -> f64 { (0..=DEGREE).map(|k| l[k] * f(k as f64 / 4.0)).sum() };
            assert!((at(basis.value[i]) - f(GAUSS[i])).abs() < 1e-15);
            assert!((at(basis.slope[i]) - d(GAUSS[i])).abs() < 2e-14);
        }
        let integral: f64 = (0..DEGREE).map(|i| WEIGHTS[i] * GAUSS[i].powi(7)).sum();
        assert!((integral - 1.0 / 8.0).abs() < 1e-16);
    }
}
