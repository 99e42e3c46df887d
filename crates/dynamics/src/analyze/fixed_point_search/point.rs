//! One fixed point: its certificate, its spectrum, its type.
//!
//! With eta = |J^-1 f(x)|, beta = ||J^-1|| and L a Lipschitz constant of J near x, beta L eta <= 1/2 proves a zero within
//! 2 eta of x (Newton and Kantorovich). Rounding is part of it: eta also counts how far the rounding of f can move the zero,
//! beta eps (||J|| |x|). All norms are those of Frobenius, never smaller than the 2-norm; L is estimated by how J changes
//! along up to sixteen axes and the diagonal.
//!
//! | type | eigenvalues (map: growth = abs(lambda) - 1) |
//! |---|---|
//! | node | growths of one sign, all real |
//! | spiral | growths of one sign, some complex |
//! | saddle | growths of both signs, all real |
//! | spiral saddle | growths of both signs, some complex |
//! | undecided | a growth is 0 to rounding |

use crate::analyze::fixed_point::FixedPointVerdict;
use crate::analyze::{AnalyzeError, TimeKind};
use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::{Complex, Lu, Matrix, eigen, eigenvalues};

/// A fixed point that was found.
#[derive(Clone, Debug)]
pub struct FoundPoint {
    /// The state.
    pub x: Vec<f64>,
    /// Certified, converged (no exact Jacobian), or singular.
    pub verdict: FixedPointVerdict,
    /// |f(x)|.
    pub residual: f64,
    /// |J^-1 f(x)|, with the rounding of f.
    pub newton_step: f64,
    /// A zero lies within this distance (as far as the estimate of the Lipschitz constant holds); infinite where singular.
    pub radius: f64,
    /// Whether the Jacobian was exact.
    pub jacobian: JacobianKind,
    /// By descending growth, then descending imaginary part; empty where spectra were not wanted.
    pub eigenvalues: Vec<Complex>,
    /// Eigenvalues that grow.
    pub unstable: usize,
    /// Eigenvalues that neither grow nor decay, to rounding.
    pub marginal: usize,
    /// Node, spiral, saddle, …; `None` where spectra were not wanted.
    pub kind: Option<PointKind>,
    /// `None` where a marginal eigenvalue leaves it undecided, or spectra were not wanted.
    pub is_stable: Option<bool>,
    /// Scattered starts that led here.
    pub hits: usize,
}

/// The type of a fixed point by its eigenvalues, in any dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointKind {
    /// All real, all of one sign.
    Node,
    /// All of one sign, some complex.
    Spiral,
    /// Of both signs, all real.
    Saddle,
    /// Of both signs, some complex.
    SpiralSaddle,
    /// One neither grows nor decays: the linear part does not settle the type.
    Undecided,
}

impl PointKind {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Spiral => "spiral",
            Self::Saddle => "saddle",
            Self::SpiralSaddle => "spiral saddle",
            Self::Undecided => "undecided by linearization",
        }
    }
}

impl FoundPoint {
    /// Whether it is proved (or, without an exact Jacobian, seems) to be alone in a neighborhood.
    pub(super) fn is_isolated(&self) -> bool {
        matches!(self.verdict, FixedPointVerdict::Certified | FixedPointVerdict::Converged)
    }

    /// Whether x, where a search ended, is this point to rounding.
    pub(super) fn holds(&self, x: &[f64]) -> bool {
        distance(&self.x, x) <= 4.0 * self.radius
    }

    /// The rule that merges duplicates: the balls overlap.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        distance(&self.x, &other.x) <= self.radius + other.radius
    }

    pub(super) fn overlaps_place(&self, x: &[f64]) -> bool {
        distance(&self.x, x) <= self.radius + 1e-7 * norm(x).max(1.0)
    }
}

/// What makes a place a fixed point.
pub(super) struct Judge<'a> {
    pub(super) field: &'a dyn VectorField,
    pub(super) p: &'a [f64],
    /// The largest |f|.
    pub(super) residual: f64,
    pub(super) time: TimeKind,
    pub(super) spectra: bool,
}

impl Judge<'_> {
    pub(super) fn velocity(&self, x: &[f64], ws: &mut Workspace) -> Result<Vec<f64>, EvalError> {
        let mut f = vec![0.0; x.len()];
        self.field.eval(&[0.0], self.p, x, &mut f, ws)?;
        Ok(f)
    }

    pub(super) fn jacobian(
        &self,
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        self.field.jacobian(0.0, self.p, x, j, ws)
    }

    /// Whether |f| is small enough for a fixed point at all.
    pub(super) fn may_be_zero(&self, x: &[f64], ws: &mut Workspace) -> Result<bool, AnalyzeError> {
        Ok(norm(&self.velocity(x, ws)?) <= self.residual)
    }

    /// The fixed point near x, refined and certified; `None` if there is none.
    pub(super) fn point(&self, x: &[f64], ws: &mut Workspace) -> Result<Option<FoundPoint>, AnalyzeError> {
        let n = x.len();
        let (mut x, mut j) = (x.to_vec(), Matrix::zeros(n, n));
        let Ok(mut f) = self.velocity(&x, ws) else { return Ok(None) };
        let mut kind = self.jacobian(&x, &mut j, ws)?;
        if !j.is_finite() {
            return Ok(None);
        }
        let mut lu = Lu::new(&j)?;
        // Two more full steps at most, each only if it makes |f| smaller.
        for _ in 0..2 {
            let d = lu.solve(&f);
            let y: Vec<f64> = x.iter().zip(&d).map(|(x, d)| x - d).collect();
            let small = norm(&d) <= 1e-4 * norm(&x).max(1.0);
            match self.velocity(&y, ws) {
                Ok(g) if small && norm(&g) < norm(&f) => (x, f) = (y, g),
                _ => break,
            }
            kind = self.jacobian(&x, &mut j, ws)?;
            if !j.is_finite() {
                return Ok(None);
            }
            lu = Lu::new(&j)?;
        }
        let residual = norm(&f);
        if !residual.is_finite() || residual > self.residual {
            return Ok(None);
        }
        let rounding = 2.0 * f64::EPSILON * j.norm_frobenius() * norm(&x);
        let beta = if lu.is_singular() {
            f64::INFINITY
        } else {
            lu.solve_matrix(&Matrix::identity(n)).norm_frobenius()
        };
        let eta = norm(&lu.solve(&f)) + beta * rounding.max(f64::MIN_POSITIVE);
        let scale = norm(&x).max(1.0);
        let regular = beta.is_finite() && beta * j.norm_frobenius() * n as f64 * f64::EPSILON < 1e-3;
        let mut verdict = match kind {
            JacobianKind::Exact => FixedPointVerdict::Certified,
            JacobianKind::Differences => FixedPointVerdict::Converged,
        };
        let lipschitz = self.lipschitz(&x, &j, (4.0 * eta).clamp(1e-6 * scale, 1e-4 * scale), ws);
        if !(regular && eta <= 1e-6 * scale && beta * lipschitz * eta <= 0.5) {
            // Not proved: singular if f is nothing but rounding, otherwise only slow.
            if residual > rounding.max(f64::MIN_POSITIVE) {
                return Ok(None);
            }
            verdict = FixedPointVerdict::Singular;
        }
        let isolated = verdict != FixedPointVerdict::Singular;
        let mut point = FoundPoint {
            x,
            verdict,
            residual,
            newton_step: eta,
            radius: if isolated { 2.0 * eta } else { f64::INFINITY },
            jacobian: kind,
            eigenvalues: Vec::new(),
            unstable: 0,
            marginal: 0,
            kind: None,
            is_stable: None,
            hits: 0,
        };
        if self.spectra {
            self.linearize(&mut point, &j)?;
        }
        Ok(Some(point))
    }

    /// The spectrum, and what follows from it.
    fn linearize(&self, point: &mut FoundPoint, j: &Matrix) -> Result<(), AnalyzeError> {
        let n = j.rows();
        let a = match self.time {
            TimeKind::Flow => j.clone(),
            TimeKind::Map => j + &Matrix::identity(n),
        };
        let scale = a.norm_frobenius();
        let floor = match point.jacobian {
            JacobianKind::Exact => 0.0,
            JacobianKind::Differences => 1e-7 * scale,
        };
        // Bounds on the rounding of each eigenvalue need the eigenvectors.
        let (values, rounding) = if n <= 32 {
            let e = eigen(&a)?;
            (e.values, e.rounding)
        } else {
            (eigenvalues(&a)?, vec![1e-10 * scale; n])
        };
        let growth = |z: Complex| match self.time {
            TimeKind::Flow => z.re,
            TimeKind::Map => z.norm() - 1.0,
        };
        let mut all: Vec<(Complex, f64)> = values.into_iter().zip(rounding).collect();
        all.sort_by(|a, b| growth(b.0).total_cmp(&growth(a.0)).then(b.0.im.total_cmp(&a.0.im)));
        let is_marginal = |&&(z, r): &&(Complex, f64)| growth(z).abs() <= r.max(floor);
        point.marginal = all.iter().filter(is_marginal).count();
        point.unstable = all.iter().filter(|e| !is_marginal(e) && growth(e.0) > 0.0).count();
        let turns = all.iter().any(|(z, r)| z.im.abs() > r.max(floor));
        let mixed = point.unstable > 0 && point.unstable < n;
        point.kind = Some(match (point.marginal, mixed, turns) {
            (1.., _, _) => PointKind::Undecided,
            (0, false, false) => PointKind::Node,
            (0, false, true) => PointKind::Spiral,
            (0, true, false) => PointKind::Saddle,
            (0, true, true) => PointKind::SpiralSaddle,
        });
        point.is_stable = match (point.unstable, point.marginal) {
            (1.., _) => Some(false),
            (0, 0) => Some(true),
            (0, _) => None,
        };
        point.eigenvalues = all.into_iter().map(|(z, _)| z).collect();
        Ok(())
    }

    /// How fast the Jacobian changes within `radius`.
    fn lipschitz(&self, x: &[f64], j: &Matrix, radius: f64, ws: &mut Workspace) -> f64 {
        let n = x.len();
        let mut most: f64 = 0.0;
        let mut other = Matrix::zeros(n, n);
        let axes = (0..n).step_by(n.div_ceil(16)).map(Some).chain([None]);
        for (k, axis) in axes.enumerate() {
            let sign = if k % 2 == 0 { radius } else { -radius };
            let shift = |i: usize| match axis {
                Some(axis) => {
                    if i == axis {
                        sign
                    } else {
                        0.0
                    }
                }
                None => sign / (n as f64).sqrt(),
            };
            let y: Vec<f64> = x.iter().enumerate().map(|(i, x)| x + shift(i)).collect();
            if self.jacobian(&y, &mut other, ws).is_ok() && other.is_finite() {
                most = most.max((&other - j).norm_frobenius() / radius);
            }
        }
        most
    }
}

/// |x|, without overflow.
pub(super) fn norm(x: &[f64]) -> f64 {
    let s = x.iter().map(|v| v * v).sum::<f64>();
    // A maximum passes over what is no number.
    if s.is_normal() || s.is_nan() {
        return s.sqrt();
    }
    let m = x.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    if m == 0.0 || !m.is_finite() { m } else { m * x.iter().map(|v| (v / m).powi(2)).sum::<f64>().sqrt() }
}

/// |x - y|.
pub(super) fn distance(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}
