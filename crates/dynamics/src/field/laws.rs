//! What every field must satisfy, as a function that the tests of any field can call.
//!
//! 1. Lanes do not know each other: k lanes evaluated at once give the very bits of k single evaluations.
//! 2. The same question has the same answer, whatever was asked before (scratch memory leaks nothing).
//! 3. The Jacobian agrees with differences of the right-hand side.
//! 4. Rates are the right-hand side and the diagonal of the Jacobian, in every lane; linear blocks are blocks of it.
//! 5. Breakpoints come in order, inside the interval, each once.

use super::{VectorField, Workspace};
use linalg::Matrix;

/// Checks the laws near the state `x` at time `t`; the error is the law that was broken, in a sentence.
///
/// # Errors
/// The first broken law.
pub fn check<F: VectorField + ?Sized>(field: &F, p: &[f64], x: &[f64], t: f64) -> Result<(), String> {
    let n = field.dimension();
    if x.len() != n {
        return Err(format!("the field has {n} variables, the state {}", x.len()));
    }
    let one = |t: f64, x: &[f64]| -> Result<Vec<f64>, String> {
        let mut dx = vec![f64::NAN; n];
        field.eval(&[t], p, x, &mut dx, &mut Workspace::default()).map_err(|e| e.to_string())?;
        Ok(dx)
    };
    for lanes in [1, 2, 5, 33] {
        let (mut ts, mut xs) = (vec![0.0; lanes], vec![0.0; n * lanes]);
        let mut ps = vec![0.0; p.len() * lanes];
        for l in 0..lanes {
            ts[l] = t + 0.01 * l as f64;
            (0..n).for_each(|i| xs[i * lanes + l] = x[i] + 0.1 * ((i + 3 * l) as f64).sin());
            (0..p.len()).for_each(|k| ps[k * lanes + l] = p[k]);
        }
        let mut ws = Workspace::default();
        let mut dx = vec![f64::NAN; n * lanes];
        for _ in 0..2 {
            field.eval(&ts, &ps, &xs, &mut dx, &mut ws).map_err(|e| e.to_string())?;
        }
        for l in 0..lanes {
            let state: Vec<f64> = (0..n).map(|i| xs[i * lanes + l]).collect();
            for (i, want) in one(ts[l], &state)?.into_iter().enumerate() {
                let got = dx[i * lanes + l];
                // One lane and many may sum in another order (a product with a matrix), hence a few roundings.
                let scale = want.abs().max(x.iter().fold(1.0, |m: f64, x| m.max(x.abs())));
                if (got - want).abs() > 1e-13 * scale * (n as f64) || got.is_nan() != want.is_nan() {
                    return Err(format!("lane {l} of {lanes} gives dx[{i}] = {got}, alone it gives {want}"));
                }
            }
        }
    }
    check_jacobian(field, p, x, t, &one)?;
    check_rates(field, p, x, t)?;
    let (t0, t1) = (t - 10.0, t + 10.0);
    let at = field.breakpoints(t0, t1);
    if at.windows(2).any(|w| w[0] >= w[1]) || at.iter().any(|&b| b <= t0 || b >= t1) {
        return Err(format!("the breakpoints {at:?} do not increase within ({t0}, {t1})"));
    }
    Ok(())
}

/// The right-hand side of one lane, at (t, x).
type Slope<'a> = dyn Fn(f64, &[f64]) -> Result<Vec<f64>, String> + 'a;

fn check_jacobian<F: VectorField + ?Sized>(
    field: &F,
    p: &[f64],
    x: &[f64],
    t: f64,
    one: &Slope<'_>,
) -> Result<(), String> {
    let n = x.len();
    let mut j = Matrix::zeros(n, n);
    field.jacobian(t, p, x, &mut j, &mut Workspace::default()).map_err(|e| e.to_string())?;
    let scale = j.norm_max().max(1.0);
    for k in 0..n {
        let h = 1e-5 * x[k].abs().max(1.0);
        let mut y = x.to_vec();
        y[k] = x[k] + h;
        let above = one(t, &y)?;
        y[k] = x[k] - h;
        let below = one(t, &y)?;
        for i in 0..n {
            let difference = (above[i] - below[i]) / (2.0 * h);
            if (j[(i, k)] - difference).abs() > 1e-5 * scale {
                return Err(format!(
                    "the Jacobian says {} at ({i}, {k}), differences say {difference}",
                    j[(i, k)]
                ));
            }
        }
    }
    Ok(())
}

fn check_rates<F: VectorField + ?Sized>(field: &F, p: &[f64], x: &[f64], t: f64) -> Result<(), String> {
    let (n, lanes) = (x.len(), 3);
    let state = |l: usize| -> Vec<f64> { x.iter().map(|x| x + 0.1 * l as f64).collect() };
    let mut j = vec![Matrix::zeros(n, n); lanes];
    for (l, j) in j.iter_mut().enumerate() {
        field.jacobian(t, p, &state(l), j, &mut Workspace::default()).map_err(|e| e.to_string())?;
    }
    let xs: Vec<f64> = (0..n * lanes).map(|at| state(at % lanes)[at / lanes]).collect();
    let ps: Vec<f64> = p.iter().flat_map(|p| [*p; 3]).collect();
    let (mut f, mut a, mut dx) = (vec![f64::NAN; n * lanes], vec![f64::NAN; n * lanes], vec![0.0; n * lanes]);
    let mut ws = Workspace::default();
    field.rates(&[t; 3], &ps, &xs, &mut f, &mut a, &mut ws).map_err(|e| e.to_string())?;
    field.eval(&[t; 3], &ps, &xs, &mut dx, &mut ws).map_err(|e| e.to_string())?;
    let scale = j.iter().fold(1.0, |m: f64, j| m.max(j.norm_max()));
    for at in 0..n * lanes {
        let (i, l) = (at / lanes, at % lanes);
        if (f[at] - dx[at]).abs() > 1e-13 * scale * dx[at].abs().max(1.0) {
            return Err(format!(
                "the rate {i} of lane {l} is {}, the right-hand side says {}",
                f[at], dx[at]
            ));
        }
        if (a[at] - j[l][(i, i)]).abs() > 1e-5 * scale {
            return Err(format!(
                "rate {i} of lane {l} changes with its variable by {}, the Jacobian says {}",
                a[at],
                j[l][(i, i)]
            ));
        }
    }
    let mut taken = vec![false; n];
    for block in field.linear_blocks(p) {
        for (row, &i) in block.variables.iter().enumerate() {
            if i >= n || std::mem::replace(&mut taken[i], true) {
                return Err(format!("variable {i} of a linear block does not exist or is in two of them"));
            }
            for (column, &k) in block.variables.iter().enumerate() {
                let (a, worst) = (
                    block.a[(row, column)],
                    j.iter().map(|j| j[(i, k)]).find(|j| (j - block.a[(row, column)]).abs() > 1e-5 * scale),
                );
                if let Some(j) = worst {
                    return Err(format!("a linear block says {a} at ({i}, {k}), the Jacobian says {j}"));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::EvalError;

    /// A field that breaks the first law: each lane feels its neighbor.
    struct Leaky;
    impl VectorField for Leaky {
        fn dimension(&self) -> usize {
            1
        }
        fn eval(
            &self,
            _: &[f64],
            _: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            dx.fill(x.iter().sum());
            Ok(())
        }
    }

    #[test]
    fn a_field_whose_lanes_touch_is_found_out() {
        assert!(check(&Leaky, &[], &[1.0], 0.0).unwrap_err().contains("lane"));
    }
}
