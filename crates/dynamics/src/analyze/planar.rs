//! The planar taxonomy: what dx/dt = A x looks like in two dimensions, with no case left out.
//!
//! | det | discriminant | trace | type |
//! |---|---|---|---|
//! | < 0 | | | saddle |
//! | > 0 | > 0 | | node |
//! | > 0 | < 0 | not 0 | spiral |
//! | > 0 | < 0 | 0 | center |
//! | > 0 | 0 | | proper node (a multiple of the identity), improper node (one eigenvector) |
//! | 0 | | not 0 | line of fixed points |
//! | 0 | 0 | 0 | shear (nilpotent), plane of fixed points (A = 0) |
//!
//! with the discriminant tr^2 - 4 det. The signs are decided exactly on the doubles given, so that a center is a
//! center and not a spiral of growth 1e-17.
//!
//! **Margin.** With p = (a11 - a22)/2, s = (a12 + a21)/2, k = (a12 - a21)/2 and d = |sqrt(p^2 + s^2) - |k||, the 2-norm
//! of the smallest real perturbation that changes the type is sigma_min(A) for a saddle, min(sigma_min(A), d) for a
//! node, min(|tr|/2, d) for a spiral; every other type lies on a border and has margin 0.
//!
//! **Neighbors** are the open types (saddle, node, spiral) that touch the nearest border, the type itself included:
//! det = 0 is touched by saddles and nodes, the discriminant's 0 by nodes and spirals, trace = 0 by spirals (of both
//! stabilities), and the two borders that meet everything, shear and plane, by all three.
//!
//! ```
//! use dynamics::analyze::{planar, PlanarType};
//! use linalg::Matrix;
//! let p = planar(&Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]));
//! assert_eq!(p.kind, PlanarType::ImproperNode);
//! assert_eq!(p.neighbors, [PlanarType::Node, PlanarType::Spiral]);
//! ```

use super::dyadic::{Dyadic, times_power_of_two};
use super::verdict::StabilityVerdict;
use linalg::{Complex, Matrix};
use std::cmp::Ordering::{Equal, Greater, Less};

/// The planar taxonomy.
#[derive(Clone, Debug)]
pub struct Planar {
    /// The type.
    pub kind: PlanarType,
    /// Its stability.
    pub stability: StabilityVerdict,
    /// Which way it turns; `None` where the eigenvalues are real.
    pub rotation: Option<Rotation>,
    /// a11 + a22.
    pub trace: f64,
    /// a11 a22 - a12 a21.
    pub determinant: f64,
    /// trace^2 - 4 determinant.
    pub discriminant: f64,
    /// 2-norm of the smallest real perturbation that changes the type.
    pub margin: f64,
    /// The open types that touch the nearest border.
    pub neighbors: Vec<PlanarType>,
    /// Whether the margin is at most 4 eps ||A||.
    pub within_rounding: bool,
}

/// Every case of a planar linear flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanarType {
    /// det < 0.
    Saddle,
    /// Two real eigenvalues of one sign.
    Node,
    /// A complex pair with Re != 0.
    Spiral,
    /// An imaginary pair.
    Center,
    /// A multiple of the identity, not 0.
    ProperNode,
    /// A double eigenvalue with one eigenvector.
    ImproperNode,
    /// One eigenvalue 0, the other not.
    LineOfFixedPoints,
    /// Nilpotent, not 0: a line of fixed points, and linear growth along it.
    Shear,
    /// A = 0.
    PlaneOfFixedPoints,
}

impl PlanarType {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Saddle => "saddle",
            Self::Node => "node",
            Self::Spiral => "spiral",
            Self::Center => "center",
            Self::ProperNode => "proper node",
            Self::ImproperNode => "improper node",
            Self::LineOfFixedPoints => "line of fixed points",
            Self::Shear => "shear",
            Self::PlaneOfFixedPoints => "plane of fixed points",
        }
    }
}

/// Sense of rotation, with the first axis to the right and the second up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// From the second axis to the first.
    Clockwise,
    /// From the first axis to the second.
    Counterclockwise,
}

impl Rotation {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clockwise => "clockwise",
            Self::Counterclockwise => "counterclockwise",
        }
    }
}

/// The type of dx/dt = A x in the plane, decided exactly on the doubles given.
///
/// # Panics
/// If `a` is not a finite 2 x 2 matrix.
pub fn planar(a: &Matrix) -> Planar {
    ExactPlanar::new(a, 0.0, 1.0).classify()
}

/// The type of tau dx/dt = (M - shift I) x, decided exactly on the doubles of M and the shift.
///
/// A = (M - I)/tau rounds: a border that M lies on exactly would be missed by looking at A.
///
/// # Panics
/// If `m` is not a finite 2 x 2 matrix, or `shift` is not finite.
pub fn planar_shifted(m: &Matrix, shift: f64, tau: f64) -> Planar {
    ExactPlanar::new(m, shift, tau).classify()
}

/// (M - shift I)/tau with the exact signs of its trace, determinant and discriminant.
pub(super) struct ExactPlanar {
    entries: [[Dyadic; 2]; 2],
    trace: Dyadic,
    determinant: Dyadic,
    discriminant: Dyadic,
    scale: i64,
    tau: f64,
}

impl ExactPlanar {
    pub(super) fn new(m: &Matrix, shift: f64, tau: f64) -> Self {
        assert!(m.rows() == 2 && m.cols() == 2 && m.is_finite(), "a planar type needs a finite 2 x 2 matrix");
        let shift = Dyadic::new(shift);
        let at = |i, j| if i == j { &Dyadic::new(m[(i, j)]) - &shift } else { Dyadic::new(m[(i, j)]) };
        let entries = [[at(0, 0), at(0, 1)], [at(1, 0), at(1, 1)]];
        let [[a, b], [c, d]] = &entries;
        let (trace, difference, product) = (a + d, a - d, b * c);
        let determinant = &(a * d) - &product;
        let discriminant = &(&difference * &difference) + &(&Dyadic::new(4.0) * &product);
        let scale = entries.iter().flatten().filter_map(Dyadic::magnitude).max().unwrap_or(0);
        Self { entries, trace, determinant, discriminant, scale, tau }
    }

    fn kind(&self) -> PlanarType {
        let [[a, b], [c, d]] = &self.entries;
        match (self.determinant.sign(), self.discriminant.sign(), self.trace.sign()) {
            (Less, _, _) => PlanarType::Saddle,
            (Greater, Greater, _) => PlanarType::Node,
            (Greater, Less, Equal) => PlanarType::Center,
            (Greater, Less, _) => PlanarType::Spiral,
            (Greater, Equal, _) if b.is_zero() && c.is_zero() => PlanarType::ProperNode,
            (Greater, Equal, _) => PlanarType::ImproperNode,
            (Equal, _, Equal) if [a, b, c, d].iter().all(|x| x.is_zero()) => PlanarType::PlaneOfFixedPoints,
            (Equal, _, Equal) => PlanarType::Shear,
            (Equal, _, _) => PlanarType::LineOfFixedPoints,
        }
    }

    /// Whether one eigenvector is missing.
    pub(super) fn is_defective(&self) -> bool {
        matches!(self.kind(), PlanarType::ImproperNode | PlanarType::Shear)
    }

    /// Both eigenvalues to a few units in the last place, in the order of the findings.
    pub(super) fn eigenvalues(&self) -> [Complex; 2] {
        // In units of 2^scale nothing overflows; what underflows is negligible beside what does not.
        let half_trace = 0.5 * self.trace.scaled(-self.scale);
        let root = 0.5 * self.discriminant.scaled(-2 * self.scale).abs().sqrt();
        let unit = |x: f64| times_power_of_two(x, self.scale) / self.tau;
        if self.discriminant.sign() == Less {
            // A discriminant that underflowed keeps its sign: the pair stays a pair.
            let (re, im) = (unit(half_trace), unit(root).max(f64::MIN_POSITIVE));
            return [Complex::new(re, im), Complex::new(re, -im)];
        }
        let large = if half_trace < 0.0 { half_trace - root } else { half_trace + root };
        let small = if large == 0.0 { 0.0 } else { self.determinant.scaled(-2 * self.scale) / large };
        let real = |x: f64| Complex::new(unit(x) + 0.0, 0.0);
        if large >= small { [real(large), real(small)] } else { [real(small), real(large)] }
    }

    fn classify(&self) -> Planar {
        use PlanarType as T;
        let kind = self.kind();
        let signs = (self.determinant.sign(), self.trace.sign());
        let stability = match (kind, signs.1) {
            (T::Saddle | T::Shear, _) | (_, Greater) => StabilityVerdict::Unstable,
            (T::Center | T::LineOfFixedPoints | T::PlaneOfFixedPoints, _) => StabilityVerdict::Stable,
            _ => StabilityVerdict::AsymptoticallyStable,
        };
        let rotation = match (kind, self.entries[1][0].sign()) {
            (T::Spiral | T::Center, Greater) => Some(Rotation::Counterclockwise),
            (T::Spiral | T::Center, _) => Some(Rotation::Clockwise),
            _ => None,
        };
        let [[a, b], [c, d]] = &self.entries;
        let at = |x: &Dyadic| 0.5 * x.scaled(-self.scale);
        let (p, s, k, q) = (at(&(a - d)), at(&(b + c)), at(&(b - c)), at(&self.trace));
        let norm = p.hypot(s) + q.hypot(k);
        let ratio = |x: f64, y: f64| if y == 0.0 { 0.0 } else { x.abs() / y };
        let sigma_min = ratio(self.determinant.scaled(-2 * self.scale), norm);
        let gap = ratio(0.25 * self.discriminant.scaled(-2 * self.scale), p.hypot(s) + k.abs());
        let det_border = (sigma_min, [T::Saddle, T::Node].as_slice());
        let disc_border = (gap, [T::Node, T::Spiral].as_slice());
        let trace_border = (q.abs(), [T::Spiral].as_slice());
        let borders = match kind {
            T::Saddle => vec![det_border],
            T::Node => vec![det_border, disc_border],
            T::Spiral => vec![trace_border, disc_border],
            T::Center => vec![(0.0, trace_border.1)],
            T::ProperNode | T::ImproperNode => vec![(0.0, disc_border.1)],
            T::LineOfFixedPoints => vec![(0.0, det_border.1)],
            T::Shear | T::PlaneOfFixedPoints => vec![(0.0, det_border.1), (0.0, disc_border.1)],
        };
        let margin = borders.iter().map(|b| b.0).fold(f64::INFINITY, f64::min);
        let touches = |t: &T| borders.iter().any(|b| b.0 == margin && b.1.contains(t));
        let neighbors = [T::Saddle, T::Node, T::Spiral].into_iter().filter(touches).collect();
        Planar {
            kind,
            stability,
            rotation,
            trace: self.trace.to_f64() / self.tau,
            determinant: self.determinant.to_f64() / self.tau / self.tau,
            discriminant: self.discriminant.to_f64() / self.tau / self.tau,
            margin: times_power_of_two(margin, self.scale) / self.tau,
            neighbors,
            within_rounding: margin <= 4.0 * f64::EPSILON * norm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: [[f64; 2]; 2]) -> Planar {
        planar(&Matrix::from_rows(&a))
    }

    #[test]
    fn every_type_of_the_table_is_named() {
        use PlanarType as T;
        use StabilityVerdict::{AsymptoticallyStable as A, Stable as S, Unstable as U};
        let cases = [
            ([[1.0, 0.0], [0.0, -1.0]], T::Saddle, U),
            ([[-1.0, 0.0], [0.0, -2.0]], T::Node, A),
            ([[1.0, 0.0], [0.0, 2.0]], T::Node, U),
            ([[-1.0, 2.0], [-2.0, -1.0]], T::Spiral, A),
            ([[1.0, 2.0], [-2.0, 1.0]], T::Spiral, U),
            ([[0.0, 2.0], [-2.0, 0.0]], T::Center, S),
            ([[-1.0, 0.0], [0.0, -1.0]], T::ProperNode, A),
            ([[3.0, 0.0], [0.0, 3.0]], T::ProperNode, U),
            ([[-1.0, 1.0], [0.0, -1.0]], T::ImproperNode, A),
            ([[3.0, 1.0], [0.0, 3.0]], T::ImproperNode, U),
            ([[0.0, 0.0], [0.0, -1.0]], T::LineOfFixedPoints, S),
            ([[0.0, 0.0], [0.0, 1.0]], T::LineOfFixedPoints, U),
            ([[0.0, 1.0], [0.0, 0.0]], T::Shear, U),
            ([[0.0, 0.0], [0.0, 0.0]], T::PlaneOfFixedPoints, S),
        ];
        for scale in [1.0, 2.0_f64.powi(-1000), 2.0_f64.powi(1000), 2.0_f64.powi(-1074)] {
            for (a, kind, stability) in cases {
                let p = of(a.map(|r| r.map(|x| x * scale)));
                assert_eq!((p.kind, p.stability), (kind, stability), "{a:?} at scale {scale:e}");
                let open = matches!(kind, T::Saddle | T::Node | T::Spiral);
                // Half of the smallest double is no double.
                assert!((p.margin > 0.0) == open || scale < 1e-320, "{a:?} at scale {scale:e}");
            }
        }
    }

    #[test]
    fn the_tornado_turns_clockwise_in_its_plane() {
        assert_eq!(of([[0.035, 10.5], [-10.5, 0.035]]).rotation, Some(Rotation::Clockwise));
        assert_eq!(of([[0.0, -1.0], [1.0, 0.0]]).rotation, Some(Rotation::Counterclockwise));
        assert_eq!(of([[3.0, 1.0], [0.0, 3.0]]).rotation, None);
    }

    #[test]
    fn the_margin_is_the_smallest_perturbation_that_changes_the_type() {
        // diag(1, 2): sigma_min = 1, d = 1/2; perturbing by d off the diagonal makes a double eigenvalue.
        let p = of([[1.0, 0.0], [0.0, 2.0]]);
        assert_eq!((p.margin, p.neighbors), (0.5, vec![PlanarType::Node, PlanarType::Spiral]));
        let p = of([[1.0, 0.5], [-0.5, 2.0]]);
        assert_eq!(p.kind, PlanarType::ImproperNode);
        let p = of([[0.1, 0.0], [0.0, 2.0]]);
        assert!((p.margin - 0.1).abs() < 1e-16);
        assert_eq!(p.neighbors, [PlanarType::Saddle, PlanarType::Node]);
        let p = of([[-0.1, 2.0], [-2.0, -0.1]]);
        assert!((p.margin - 0.1).abs() < 1e-16);
        assert_eq!(p.neighbors, [PlanarType::Spiral]);
    }

    #[test]
    fn a_border_of_m_is_seen_through_the_division_by_tau() {
        // M - I is exactly a center; (M - I)/0.02 need not be.
        let m = Matrix::from_rows(&[[1.1, 3.0], [-7.0, 1.0 - (1.1 - 1.0)]]);
        let p = planar_shifted(&m, 1.0, 0.02);
        assert_eq!(p.kind, PlanarType::Center);
        assert_eq!(p.trace, 0.0);
        assert!((p.determinant - (21.0 - 0.01) / 4e-4).abs() < 1e-9 * p.determinant);
    }

    #[test]
    fn eigenvalues_keep_their_digits_under_cancellation() {
        // x^2 - 1e8 x + 1: the small root is 1.00000000000000010000e-8.
        let e = ExactPlanar::new(&Matrix::from_rows(&[[1e8, 1.0], [-1.0, 0.0]]), 0.0, 1.0).eigenvalues();
        assert!((e[1].re - (1e-8 + 1e-24)).abs() < 1e-23, "{e:?}");
    }
}
