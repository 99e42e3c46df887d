//! Where a linear system rests: the solutions of A v = -g, of which there may be one, none or an affine set.
//!
//! | A | g | verdict |
//! |---|---|---|
//! | invertible | | unique: v = -A^-1 g |
//! | singular | in the range of A | affine set: a point and the kernel of A; a continuous attractor if the rest decays |
//! | singular | outside the range | none: no state can cancel the part of g along the left null vectors, so the state drifts |
//!
//! A map x(k+1) = A x(k) + g rests where (A - I) v = -g.
//!
//! Up to n = 2 the rank is exact on the doubles given. Above, a singular value below n eps sigma_max counts as 0, unless
//! it is small only because rows or columns are scaled differently (diag(1, 1e-20) is invertible).
//!
//! Cost: one LU factorization where its reciprocal condition is above 1e-10, otherwise a singular value decomposition.

use super::lanczos::dot;
use super::modular::Modular;
use linalg::{LinalgError, Lu, Matrix, svd};

/// The solutions of A v = -g (map: (A - I) v = -g).
#[derive(Clone, Debug)]
pub struct FixedPoints {
    /// Unique, none, or an affine set.
    pub verdict: FixedPointSet,
    /// Dimension of the kernel: of the continuous attractor, if the rest decays.
    pub dimension: usize,
    /// A fixed point (of an affine set the one nearest to the origin).
    pub point: Option<Vec<f64>>,
    /// Orthonormal basis of the kernel.
    pub directions: Vec<Vec<f64>>,
    /// Where there is none: the part of g outside the range, as the velocity that no state can cancel.
    pub drift: Option<Vec<f64>>,
    /// Norm of that drift.
    pub drift_rate: Option<f64>,
    /// Whether the kernel is one only to rounding (the matrix as given is invertible, by less than its rounding).
    pub to_rounding: bool,
}

/// How many fixed points there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedPointSet {
    /// One.
    Unique,
    /// None: g lies outside the range of A.
    Empty,
    /// A line, a plane, …
    Affine,
}

impl FixedPointSet {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::Empty => "none",
            Self::Affine => "affine set",
        }
    }
}

/// The fixed points of dx/dt = A x + g; `exact` is the same A without rounding, where that is affordable.
pub(super) fn fixed_points(
    a: &Matrix,
    g: &[f64],
    exact: Option<&Modular>,
) -> Result<FixedPoints, LinalgError> {
    let n = a.rows();
    let nullity = exact.filter(|_| n <= 64).map(|m| n - m.rank());
    let lu = Lu::new(a)?;
    let regular = !lu.is_singular() && lu.reciprocal_condition() > 1e-10;
    if nullity.unwrap_or(0) == 0 && (regular || n <= 2 || (!lu.is_singular() && !is_singular_to_rounding(a)))
    {
        let point = lu.solve(&g.iter().map(|x| -x).collect::<Vec<_>>());
        if point.iter().all(|x| x.is_finite()) {
            let point = point.iter().map(|x| x + 0.0).collect();
            return Ok(FixedPoints {
                verdict: FixedPointSet::Unique,
                dimension: 0,
                point: Some(point),
                directions: Vec::new(),
                drift: None,
                drift_rate: None,
                to_rounding: false,
            });
        }
    }
    let s = svd(a);
    let top = s.s.first().copied().unwrap_or(0.0);
    let tolerance = n as f64 * f64::EPSILON * top;
    let small = s.s.iter().filter(|&&x| x <= tolerance).count();
    let dimension = small.max(nullity.unwrap_or(0)).max(1);
    let rank = n - dimension;
    let outside: Vec<f64> = (rank..n).map(|j| dot(s.u.column(j), g)).collect();
    let size = dot(g, g).sqrt();
    let far = outside.iter().any(|x| x.abs() > 8.0 * n as f64 * f64::EPSILON * size);
    let inside = match exact {
        Some(m) if nullity.is_some_and(|k| k == dimension) => m.range_contains(g),
        _ => !far,
    };
    let mut fixed = FixedPoints {
        verdict: FixedPointSet::Affine,
        dimension,
        point: None,
        directions: (rank..n).map(|j| oriented(s.v.column(j))).collect(),
        drift: None,
        drift_rate: None,
        to_rounding: nullity.is_some_and(|k| k < dimension),
    };
    if inside {
        let mut point = vec![0.0; n];
        for j in 0..rank {
            let c = -dot(s.u.column(j), g) / s.s[j];
            point.iter_mut().zip(s.v.column(j)).for_each(|(p, v)| *p += c * v);
        }
        fixed.point = Some(point.iter().map(|x| x + 0.0).collect());
    } else {
        let mut drift = vec![0.0; n];
        for (j, c) in (rank..n).zip(&outside) {
            drift.iter_mut().zip(s.u.column(j)).for_each(|(d, u)| *d += c * u);
        }
        fixed.verdict = FixedPointSet::Empty;
        fixed.drift_rate = Some(dot(&drift, &drift).sqrt());
        fixed.drift = Some(drift);
    }
    Ok(fixed)
}

/// The vector with its largest entry positive.
fn oriented(x: &[f64]) -> Vec<f64> {
    let largest =
        x.iter().copied().fold(0.0, |m: f64, v| if v.abs() > m.abs() * (1.0 + 1e-9) { v } else { m });
    let sign = if largest < 0.0 { -1.0 } else { 1.0 };
    x.iter().map(|v| sign * v + 0.0).collect()
}

/// Whether A stays singular to rounding after its rows and columns were brought to one scale.
fn is_singular_to_rounding(a: &Matrix) -> bool {
    let n = a.rows();
    let mut b = a.clone();
    let unit =
        |m: f64| if m > 0.0 { 2.0_f64.powi(-(m.log2().round() as i32).clamp(-1000, 1000)) } else { 1.0 };
    for _ in 0..4 {
        for j in 0..n {
            let f = unit(b.column(j).iter().fold(0.0, |m: f64, x| m.max(x.abs())));
            b.column_mut(j).iter_mut().for_each(|x| *x *= f);
        }
        for i in 0..n {
            let f = unit((0..n).fold(0.0, |m: f64, j| m.max(b[(i, j)].abs())));
            (0..n).for_each(|j| b[(i, j)] *= f);
        }
    }
    let s = linalg::singular_values(&b);
    s.last().is_some_and(|&low| low <= n as f64 * f64::EPSILON * s[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[f64]], g: &[f64]) -> FixedPoints {
        let a = Matrix::from_rows(rows);
        fixed_points(&a, g, Some(&Modular::new(&a, 0.0))).unwrap()
    }

    #[test]
    fn the_three_cases_of_a_singular_or_regular_matrix() {
        let unique = of(&[&[2.0, 0.0], &[0.0, 4.0]], &[2.0, -4.0]);
        assert_eq!((unique.verdict, unique.point.unwrap()), (FixedPointSet::Unique, vec![-1.0, 1.0]));
        let line = of(&[&[0.0, 1.0], &[0.0, 0.0]], &[1.0, 0.0]);
        assert_eq!((line.verdict, line.dimension), (FixedPointSet::Affine, 1));
        let (point, direction) = (line.point.unwrap(), &line.directions[0]);
        assert!((point[0].abs() + (point[1] + 1.0).abs()) < 1e-15, "{point:?}");
        assert!((direction[0] - 1.0).abs() + direction[1].abs() < 1e-15);
        let none = of(&[&[0.0, 1.0], &[0.0, 0.0]], &[1.0, 0.25]);
        assert_eq!(none.verdict, FixedPointSet::Empty);
        assert!((none.drift_rate.unwrap() - 0.25).abs() < 1e-15);
        assert!(none.drift.unwrap()[0].abs() < 1e-15);
    }

    #[test]
    fn a_plane_of_fixed_points_has_two_directions() {
        let plane = of(&[&[0.0, 0.0], &[0.0, 0.0]], &[0.0, 0.0]);
        assert_eq!((plane.verdict, plane.dimension, plane.directions.len()), (FixedPointSet::Affine, 2, 2));
        assert_eq!(plane.point.unwrap(), [0.0, 0.0]);
        let drift = of(&[&[0.0, 0.0], &[0.0, 0.0]], &[3.0, 4.0]);
        assert!((drift.drift_rate.unwrap() - 5.0).abs() < 1e-15);
    }

    #[test]
    fn scaling_is_not_singularity() {
        let f = of(&[&[1.0, 0.0, 0.0], &[0.0, 1e-20, 0.0], &[0.0, 0.0, 1e20]], &[1.0, 1e-20, 1e20]);
        assert_eq!(f.verdict, FixedPointSet::Unique);
        assert_eq!(f.point.unwrap(), [-1.0, -1.0, -1.0]);
    }
}
