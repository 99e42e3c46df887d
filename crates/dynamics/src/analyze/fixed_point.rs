//! A fixed point of a nonlinear field, certified, or else called a slow point.
//!
//! Damped Newton: solve J d = -f(x) and go to x + s d with the largest s = 1, 1/2, 1/4, … that makes |f| smaller.
//! A point is *certified* by the theorem of Newton and Kantorovich. With eta = |J^-1 f(x)|, beta = ||J^-1||, and L a Lipschitz constant of J near x,
//!
//! beta L eta <= 1/2 proves a zero within 2 eta of x.
//!
//! L is estimated by how J changes over the ball of radius 2 eta (and never taken below what a difference of J on a small
//! ball shows), and J must be exact: from difference quotients no certificate is given, only `converged`. A place where the
//! search ends without a zero is a slow point: a minimum of the speed |f|.
//!
//! Linearized there, Re lambda = 0 to rounding leaves stability undecided: the linear part does not settle it.
//!
//! Cost: one Jacobian and one LU factorization, O(n^3), an iteration. Reference: Ortega (1968), The Newton-Kantorovich theorem.

use super::linear::{AnalyzeError, LinearAnalysis, LinearOptions, linear};
use super::time::TimeKind;
use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use linalg::{Lu, Matrix};

/// Where the search for a fixed point ended.
#[derive(Clone, Debug)]
pub struct FixedPointCandidate {
    /// The state.
    pub x: Vec<f64>,
    /// Certified, converged, or slow.
    pub verdict: FixedPointVerdict,
    /// The speed |f(x)| there.
    pub residual: f64,
    /// |J^-1 f(x)|: how far the next Newton step would go.
    pub newton_step: f64,
    /// Where certified: a zero lies within this distance.
    pub radius: Option<f64>,
    /// Newton steps taken.
    pub iterations: usize,
    /// Whether the Jacobian was exact.
    pub jacobian: JacobianKind,
    /// The field linearized there, with its spectrum and stability.
    pub linear: LinearAnalysis,
    /// What the linearization says of stability; `None` where Re lambda = 0 leaves it undecided, or the point is slow.
    pub is_stable: Option<bool>,
}

/// How a search for a fixed point ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedPointVerdict {
    /// A zero nearby is proved, up to the estimate of the Lipschitz constant.
    Certified,
    /// Newton's steps shrank to rounding, without an exact Jacobian to prove it.
    Converged,
    /// 0 to rounding where the Jacobian is singular to rounding: a fold, or one point of a connected set.
    Singular,
    /// Not a fixed point: the speed is smallest here, and not 0.
    SlowPoint,
}

impl FixedPointVerdict {
    /// The name in words, as the findings spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certified => "fixed point, certified",
            Self::Converged => "fixed point, not certified",
            Self::Singular => "fixed point to rounding, with a singular Jacobian",
            Self::SlowPoint => "slow point",
        }
    }
}

const ITERATIONS: usize = 200;

/// Searches a fixed point of the field at time 0 from `start`.
///
/// # Errors
/// If `start` does not fit the field, or the field cannot be evaluated where the search goes.
pub fn fixed_point(
    field: &dyn VectorField,
    p: &[f64],
    start: &[f64],
) -> Result<FixedPointCandidate, AnalyzeError> {
    let n = field.dimension();
    if start.len() != n {
        return Err(AnalyzeError::Length { what: "the start", found: start.len(), expected: n });
    }
    let mut local = Local { field, p, ws: Workspace::default(), j: Matrix::zeros(n, n) };
    let mut x = start.to_vec();
    let mut f = local.velocity(&x)?;
    let mut iterations = 0;
    let mut stalled = false;
    while iterations < ITERATIONS && !stalled && norm(&f) > 0.0 {
        local.jacobian(&x)?;
        let step = local.newton_step(&f)?;
        let size = norm(&step);
        // Rounding keeps f from falling further: one last full step, if it helps at all.
        stalled = true;
        let mut s = 1.0;
        while s >= 1e-10 {
            let y: Vec<f64> = x.iter().zip(&step).map(|(x, d)| x + s * d).collect();
            match local.velocity(&y) {
                Ok(g) if norm(&g) < (1.0 - 1e-4 * s) * norm(&f) => {
                    (x, f, stalled) = (y, g, false);
                    break;
                }
                _ => {}
            }
            s *= 0.5;
        }
        iterations += usize::from(!stalled);
        if s == 1.0 && size <= f64::EPSILON * (norm(&x) + f64::MIN_POSITIVE) {
            break;
        }
    }
    let kind = local.jacobian(&x)?;
    let j = local.j.clone();
    let eta = norm(&local.newton_step(&f)?);
    let lu = Lu::new(&j)?;
    let beta = if lu.is_singular() { f64::INFINITY } else { 1.0 / smallest_singular_value(&j) };
    let scale = norm(&x).max(1.0);
    let lipschitz = local.lipschitz(&x, &j, (4.0 * eta).max(1e-4 * scale))?;
    let proved = beta.is_finite() && beta * lipschitz * eta <= 0.5 && eta <= 1e-6 * scale;
    let verdict = match (proved, kind) {
        (true, JacobianKind::Exact) => FixedPointVerdict::Certified,
        (true, JacobianKind::Differences) => FixedPointVerdict::Converged,
        (false, _) if norm(&f) == 0.0 => FixedPointVerdict::Converged,
        (false, _) => FixedPointVerdict::SlowPoint,
    };
    let found = linear(&j, &vec![0.0; n], TimeKind::Flow, &LinearOptions::default())?;
    let is_stable = match verdict {
        FixedPointVerdict::SlowPoint => None,
        _ => hyperbolic_stability(&found, kind),
    };
    Ok(FixedPointCandidate {
        x,
        verdict,
        residual: norm(&f),
        newton_step: eta,
        radius: (verdict == FixedPointVerdict::Certified).then_some(2.0 * eta),
        iterations,
        jacobian: kind,
        linear: found,
        is_stable,
    })
}

/// Stable, unstable, or undecided by linearization.
fn hyperbolic_stability(found: &LinearAnalysis, kind: JacobianKind) -> Option<bool> {
    // Differences are good to about the cube root of eps squared.
    let floor = match kind {
        JacobianKind::Exact => 0.0,
        JacobianKind::Differences => 1e-8 * found.stability.spectral_radius,
    };
    let growths = found.eigenvalues.iter().zip(&found.rounding).map(|(z, r)| (z.re, r.max(floor)));
    let top = growths.fold((f64::NEG_INFINITY, 0.0), |a, b| if b.0 > a.0 { b } else { a });
    if top.0 > top.1 {
        Some(false)
    } else if found.eigenvalues.iter().zip(&found.rounding).all(|(z, r)| z.re < -r.max(floor)) {
        Some(true)
    } else {
        None
    }
}

/// The field at one parameter set, with its scratch memory.
struct Local<'a> {
    field: &'a dyn VectorField,
    p: &'a [f64],
    ws: Workspace,
    j: Matrix,
}

impl Local<'_> {
    fn velocity(&mut self, x: &[f64]) -> Result<Vec<f64>, EvalError> {
        let mut f = vec![0.0; x.len()];
        self.field.eval(&[0.0], self.p, x, &mut f, &mut self.ws)?;
        if f.iter().any(|v| !v.is_finite()) {
            return Err(EvalError { reason: format!("the velocity is not finite at {x:?}") });
        }
        Ok(f)
    }

    fn jacobian(&mut self, x: &[f64]) -> Result<JacobianKind, EvalError> {
        self.field.jacobian(0.0, self.p, x, &mut self.j, &mut self.ws)
    }

    /// -J^-1 f, or the least-squares step where J is singular to rounding.
    fn newton_step(&self, f: &[f64]) -> Result<Vec<f64>, AnalyzeError> {
        // Equations of one size: a fast variable must not make the equation of a slow one look like rounding.
        let size: Vec<f64> = (0..f.len())
            .map(|i| self.j.row(i).iter().fold(0.0, |m: f64, v| m.max(v.abs())))
            .map(|m| if m > 0.0 && m.is_finite() { m } else { 1.0 })
            .collect();
        let j = Matrix::from_fn(f.len(), f.len(), |i, k| self.j[(i, k)] / size[i]);
        let f: Vec<f64> = f.iter().zip(&size).map(|(f, m)| f / m).collect();
        let f = f.as_slice();
        let lu = Lu::new(&j)?;
        if !lu.is_singular() && lu.reciprocal_condition() > 1e-13 {
            return Ok(lu.solve(f).iter().map(|v| -v).collect());
        }
        let s = linalg::svd(&j);
        let floor = 1e-10 * s.s.first().copied().unwrap_or(0.0);
        let mut step = vec![0.0; f.len()];
        for k in (0..f.len()).filter(|&k| s.s[k] > floor) {
            let c: f64 = s.u.column(k).iter().zip(f).map(|(u, f)| u * f).sum::<f64>() / s.s[k];
            step.iter_mut().zip(s.v.column(k)).for_each(|(d, v)| *d -= c * v);
        }
        Ok(step)
    }

    /// How fast the Jacobian changes within `radius`, along each axis and along the diagonal.
    fn lipschitz(&mut self, x: &[f64], j: &Matrix, radius: f64) -> Result<f64, EvalError> {
        let n = x.len();
        let mut most: f64 = 0.0;
        // Along many axes one diagonal and a few axes stand for all.
        let axes: Vec<usize> = (0..n).step_by(n.div_ceil(16)).collect();
        let diagonal = radius / (n as f64).sqrt();
        for sign in [1.0, -1.0] {
            for k in axes.iter().copied().map(Some).chain([None]) {
                let shift = |i: usize| match k {
                    Some(k) => f64::from(u8::from(i == k)) * sign * radius,
                    None => sign * diagonal,
                };
                let y: Vec<f64> = x.iter().enumerate().map(|(i, x)| x + shift(i)).collect();
                if self.jacobian(&y).is_ok() && self.j.is_finite() {
                    most = most.max((&self.j - j).norm_frobenius() / radius);
                }
            }
        }
        Ok(most)
    }
}

fn smallest_singular_value(j: &Matrix) -> f64 {
    linalg::singular_values(j).last().copied().unwrap_or(0.0)
}

fn norm(x: &[f64]) -> f64 {
    let m = x.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    if m == 0.0 { 0.0 } else { m * x.iter().map(|v| (v / m).powi(2)).sum::<f64>().sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// dv/dt = v - v^3/3 - w + I, dw/dt = 0.08 (v + 0.7 - 0.8 w), one lane; with or without its Jacobian.
    struct Cubic {
        exact: bool,
    }

    impl VectorField for Cubic {
        fn dimension(&self) -> usize {
            2
        }
        fn eval(
            &self,
            _: &[f64],
            p: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            dx[0] = x[0] - x[0].powi(3) / 3.0 - x[1] + p[0];
            dx[1] = 0.08 * (x[0] + 0.7 - 0.8 * x[1]);
            Ok(())
        }
        fn jacobian(
            &self,
            t: f64,
            p: &[f64],
            x: &[f64],
            j: &mut Matrix,
            ws: &mut Workspace,
        ) -> Result<JacobianKind, EvalError> {
            if !self.exact {
                let plain = Plain(self);
                return plain.jacobian(t, p, x, j, ws);
            }
            *j = Matrix::from_rows(&[[1.0 - x[0] * x[0], -1.0], [0.08, -0.064]]);
            Ok(JacobianKind::Exact)
        }
    }

    struct Plain<'a>(&'a Cubic);

    impl VectorField for Plain<'_> {
        fn dimension(&self) -> usize {
            2
        }
        fn eval(
            &self,
            t: &[f64],
            p: &[f64],
            x: &[f64],
            dx: &mut [f64],
            ws: &mut Workspace,
        ) -> Result<(), EvalError> {
            self.0.eval(t, p, x, dx, ws)
        }
    }

    /// dx/dt = x^2 + c.
    struct Fold;

    impl VectorField for Fold {
        fn dimension(&self) -> usize {
            1
        }
        fn eval(
            &self,
            _: &[f64],
            p: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            dx[0] = x[0] * x[0] + p[0];
            Ok(())
        }
        fn jacobian(
            &self,
            _: f64,
            _: &[f64],
            x: &[f64],
            j: &mut Matrix,
            _: &mut Workspace,
        ) -> Result<JacobianKind, EvalError> {
            j[(0, 0)] = 2.0 * x[0];
            Ok(JacobianKind::Exact)
        }
    }

    /// dx/dt = 1 - x, dy/dt = -1e16 y.
    struct TwoScales;

    impl VectorField for TwoScales {
        fn dimension(&self) -> usize {
            2
        }
        fn eval(
            &self,
            _: &[f64],
            _: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            (dx[0], dx[1]) = (1.0 - x[0], -1e16 * x[1]);
            Ok(())
        }
        fn jacobian(
            &self,
            _: f64,
            _: &[f64],
            _: &[f64],
            j: &mut Matrix,
            _: &mut Workspace,
        ) -> Result<JacobianKind, EvalError> {
            *j = Matrix::from_rows(&[&[-1.0, 0.0], &[0.0, -1e16]]);
            Ok(JacobianKind::Exact)
        }
    }

    #[test]
    fn a_slow_variable_beside_one_that_is_1e16_times_faster_is_not_taken_for_rest() {
        let found = fixed_point(&TwoScales, &[], &[5.0, 0.0]).unwrap();
        assert_eq!(found.verdict, FixedPointVerdict::Certified);
        assert_eq!(found.x, [1.0, 0.0]);
    }

    #[test]
    fn the_rest_of_fitzhugh_and_nagumo_is_certified_and_stable() {
        let found = fixed_point(&Cubic { exact: true }, &[0.0], &[1.0, 1.0]).unwrap();
        assert_eq!(found.verdict, FixedPointVerdict::Certified);
        // v - v^3/3 - (v + 0.7)/0.8 = 0.
        let v = found.x[0];
        assert!((v - v.powi(3) / 3.0 - (v + 0.7) / 0.8).abs() < 1e-15);
        assert!((v + 1.199_408).abs() < 1e-6);
        assert_eq!(found.is_stable, Some(true));
        assert!(found.radius.unwrap() < 1e-14);
    }

    #[test]
    fn without_an_exact_jacobian_nothing_is_certified() {
        let found = fixed_point(&Cubic { exact: false }, &[0.5], &[0.0, 0.0]).unwrap();
        assert_eq!(found.verdict, FixedPointVerdict::Converged);
        assert_eq!(found.is_stable, Some(false));
    }

    #[test]
    fn beyond_a_fold_there_is_only_a_slow_point() {
        let found = fixed_point(&Fold, &[0.01], &[1.0]).unwrap();
        assert_eq!(found.verdict, FixedPointVerdict::SlowPoint);
        assert!(found.residual >= 0.01);
        assert_eq!(found.is_stable, None);
        let found = fixed_point(&Fold, &[-0.01], &[1.0]).unwrap();
        assert_eq!((found.verdict, found.is_stable), (FixedPointVerdict::Certified, Some(false)));
        assert!((found.x[0] - 0.1).abs() < 1e-15);
    }

    #[test]
    fn at_the_fold_nothing_is_decided_by_linearization() {
        let found = fixed_point(&Fold, &[0.0], &[0.0]).unwrap();
        assert_eq!(found.is_stable, None);
    }
}
