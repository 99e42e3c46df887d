//! Whether the cycles born at a Hopf point attract: the first Lyapunov coefficient.
//!
//! ```text
//! l1 = 1/(2 omega) Re[ p^H C(q, q, q*) - 2 p^H B(q, J^-1 B(q, q*)) + p^H B(q*, (2 i omega - J)^-1 B(q, q)) ]
//! J q = i omega q,   p^H J = i omega p^H,   |q| = 1,   p^H q = 1
//! ```
//!
//! with the second and third derivatives B and C of f, here from differences of exact Jacobians (fourth order, at two steps;
//! their disagreement is the error). l1 < 0: the cycles attract (supercritical); l1 > 0: they repel. Its size depends on the
//! units of the state, its sign does not.
//!
//! Reference: Kuznetsov (2004), Elements of applied bifurcation theory, equation (5.39).

use super::problem::Problem;
use crate::field::EvalError;
use linalg::{Complex, Lu, Matrix};

/// l1 and an estimate of how wrong it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct LyapunovCoefficient {
    pub(super) value: f64,
    pub(super) error: f64,
}

/// At the Hopf point z = (x, p) with J v = i omega v and w^T J = i omega w^T.
pub(super) fn lyapunov_coefficient(
    problem: &mut Problem,
    z: &[f64],
    omega: f64,
    v: &[Complex],
    w: &[Complex],
) -> Result<LyapunovCoefficient, EvalError> {
    let n = problem.n;
    let length = v.iter().zip(&problem.size).map(|(v, s)| (v * s).norm_sqr()).sum::<f64>().sqrt();
    let q: Vec<Complex> = v.iter().map(|v| v / length).collect();
    let pairing: Complex = w.iter().zip(&q).map(|(w, q)| w * q).sum();
    let p: Vec<Complex> = w.iter().map(|w| w / pairing).collect();
    let g = problem.derivative(z)?;
    let jacobian = Matrix::from_fn(n, n, |i, k| Complex::new(g[(i, k)], 0.0));
    // Steps in coordinates of size 1.
    let reach = q.iter().fold(0.0, |m: f64, q| m.max(q.norm()));
    let mut values = [(0.0, 0.0); 2];
    for (value, h) in values.iter_mut().zip([2e-3, 4e-3]) {
        *value = at_step(problem, z, omega, &q, &p, &jacobian, h / reach)?;
    }
    let [(value, terms), (coarse, _)] = values;
    // Where the cubic and quadratic terms vanish, what is left of them is rounding of the linear ones.
    let linear =
        jacobian.as_slice().iter().fold(0.0, |m: f64, z| m.max(z.norm())) * reach * reach / (2.0 * omega);
    // The coarse step is 16 times as wrong by truncation, and less by rounding.
    Ok(LyapunovCoefficient { value, error: (value - coarse).abs() + 1e-9 * terms + 1e-9 * linear })
}

fn at_step(
    problem: &mut Problem,
    z: &[f64],
    omega: f64,
    q: &[Complex],
    p: &[Complex],
    jacobian: &Matrix<Complex>,
    h: f64,
) -> Result<(f64, f64), EvalError> {
    let n = problem.n;
    let i1 = Complex::new(0.0, 1.0);
    let part = |of: fn(&Complex) -> f64| {
        let mut d: Vec<f64> = q.iter().map(of).collect();
        d.resize(z.len(), 0.0);
        d
    };
    let (re, im) = (part(|q| q.re), part(|q| q.im));
    let (by_re, by_im) = (problem.second_by(z, &re, h)?, problem.second_by(z, &im, h)?);
    // B(q, y) for a complex y.
    let b = |y: &[Complex]| -> Vec<Complex> {
        (0..n).map(|i| (0..n).map(|k| (by_re[(i, k)] + i1 * by_im[(i, k)]) * y[k]).sum()).collect()
    };
    let conjugate = |y: &[Complex]| y.iter().map(Complex::conj).collect::<Vec<_>>();
    let bqq = b(q);
    let bqc = b(&conjugate(q));
    let refused = |_| EvalError { reason: "the Jacobian is singular at the Hopf point".into() };
    let steady = Lu::new(jacobian).map_err(refused)?.solve(&bqc);
    let doubled = Matrix::from_fn(n, n, |i, k| {
        let diagonal = if i == k { 2.0 * omega } else { 0.0 };
        Complex::new(0.0, diagonal) - jacobian[(i, k)]
    });
    let second = Lu::new(&doubled).map_err(refused)?.solve(&bqq);
    // C(q, q, q*) = C(re, re, q) + C(im, im, q).
    let cubic = &problem.third_by(z, &re, h)? + &problem.third_by(z, &im, h)?;
    let c: Vec<Complex> = (0..n).map(|i| (0..n).map(|k| q[k] * cubic[(i, k)]).sum()).collect();
    let product = |y: &[Complex]| -> Complex { p.iter().zip(y).map(|(p, y)| p * y).sum() };
    let first = product(&c).re;
    let middle = -2.0 * product(&b(&steady)).re;
    let last = product(&conjugate(&b(&conjugate(&second)))).re;
    let sum = first + middle + last;
    Ok((sum / (2.0 * omega), (first.abs() + middle.abs() + last.abs()) / (2.0 * omega)))
}
