//! What every field must satisfy, as a function that the tests of any field can call.
//!
//! 1. Lanes do not know each other: k lanes evaluated at once give the very bits of k single evaluations.
//! 2. The same question has the same answer, whatever was asked before (scratch memory leaks nothing).
//! 3. The Jacobian, and the slopes by the parameters, agree with differences of the right-hand side.
//! 4. Rates are the right-hand side and the diagonal of the Jacobian, in every lane; linear blocks are blocks of it.
//! 5. Breakpoints come in order, inside the interval, each once.

use super::{Delayed, EvalError, Hybrid, Stochastic, VectorField, Workspace};
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
    check_lanes(n, p, x, t, &|t, p, x, dx, ws| field.eval(t, p, x, dx, ws))?;
    check_jacobian(field, p, x, t, &one)?;
    check_parameter_slopes(field, p, x, t)?;
    check_rates(field, p, x, t)?;
    let (t0, t1) = (t - 10.0, t + 10.0);
    let at = field.breakpoints(t0, t1);
    if at.windows(2).any(|w| w[0] >= w[1]) || at.iter().any(|&b| b <= t0 || b >= t1) {
        return Err(format!("the breakpoints {at:?} do not increase within ({t0}, {t1})"));
    }
    Ok(())
}

/// Checks the guards of a hybrid system: its flow is a field, lanes do not know each other, jumps leave finite states.
///
/// # Errors
/// The first broken law.
pub fn check_hybrid(system: &dyn Hybrid, p: &[f64], x: &[f64], t: f64) -> Result<(), String> {
    check(system.flow(), p, x, t)?;
    let guards = system.guards().len();
    check_lanes(guards, p, x, t, &|t, p, x, g, ws| system.guard(t, p, x, g, ws))?;
    for k in 0..guards {
        let mut y = x.to_vec();
        system.jump(k, t, p, &mut y, &mut Workspace::default()).map_err(|e| e.to_string())?;
        if let Some(i) = y.iter().position(|y| !y.is_finite()) {
            return Err(format!("the jump of guard {k} makes variable {i} {}", y[i]));
        }
    }
    Ok(())
}

/// Checks a stochastic system: its drift is a field, lanes do not know each other, and the derivative of its diffusion agrees
/// with differences.
///
/// # Errors
/// The first broken law.
pub fn check_stochastic(system: &dyn Stochastic, p: &[f64], x: &[f64], t: f64) -> Result<(), String> {
    check(system.drift(), p, x, t)?;
    let entries = system.entries().len();
    check_lanes(entries, p, x, t, &|t, p, x, g, ws| system.diffusion(t, p, x, g, ws))?;
    let v: Vec<f64> = (0..x.len()).map(|i| (1.0 + i as f64).sin()).collect();
    let mut ws = Workspace::default();
    let mut at = |x: &[f64]| -> Result<Vec<f64>, String> {
        let mut g = vec![f64::NAN; entries];
        system.diffusion(&[t], p, x, &mut g, &mut ws).map_err(|e| e.to_string())?;
        Ok(g)
    };
    let h = 1e-5 * x.iter().fold(1.0, |m: f64, x| m.max(x.abs()));
    let moved = |sign: f64| -> Vec<f64> { x.iter().zip(&v).map(|(x, v)| x + sign * h * v).collect() };
    let (above, below) = (at(&moved(1.0))?, at(&moved(-1.0))?);
    let mut along = vec![f64::NAN; entries];
    system
        .diffusion_along(&[t], p, x, &v, &mut along, &mut Workspace::default())
        .map_err(|e| e.to_string())?;
    let scale = along.iter().fold(1.0, |m: f64, a| m.max(a.abs()));
    for (e, along) in along.iter().enumerate() {
        let difference = (above[e] - below[e]) / (2.0 * h);
        if (along - difference).abs() > 1e-5 * scale || along.is_nan() {
            return Err(format!(
                "the diffusion says its entry {e} changes by {along}, differences say {difference}"
            ));
        }
    }
    match system.hybrid() {
        Some(hybrid) => check_hybrid(hybrid, p, x, t),
        None => Ok(()),
    }
}

/// Checks a delayed system near the state `x`, with a past like it: its delays are positive, lanes do not know each other.
///
/// # Errors
/// The first broken law.
pub fn check_delayed(system: &dyn Delayed, p: &[f64], x: &[f64], t: f64) -> Result<(), String> {
    let (n, delays) = (system.dimension(), system.delays(p));
    if let Some(delay) = delays.iter().find(|d| !(**d > 0.0 && d.is_finite())) {
        return Err(format!("a delay is {delay}"));
    }
    // The past rides along as more variables of the state.
    let whole: Vec<f64> = (0..n * (1 + delays.len())).map(|j| x[j % n] + 0.2 * (j / n) as f64).collect();
    check_lanes(n, p, &whole, t, &|t, p, whole, dx, ws| {
        let (x, past) = whole.split_at(n * t.len());
        system.eval(t, p, x, past, dx, ws)
    })
}

/// Something that is evaluated for many lanes at once: (t, p, x) to its values.
type Batched<'a> = dyn Fn(&[f64], &[f64], &[f64], &mut [f64], &mut Workspace) -> Result<(), EvalError> + 'a;

/// Checks that k lanes evaluated at once give what each gives alone, whatever was asked before.
fn check_lanes(values: usize, p: &[f64], x: &[f64], t: f64, eval: &Batched<'_>) -> Result<(), String> {
    let n = x.len();
    for lanes in [1, 2, 5, 33] {
        let (mut ts, mut xs) = (vec![0.0; lanes], vec![0.0; n * lanes]);
        let mut ps = vec![0.0; p.len() * lanes];
        for l in 0..lanes {
            ts[l] = t + 0.01 * l as f64;
            (0..n).for_each(|i| xs[i * lanes + l] = x[i] + 0.1 * ((i + 3 * l) as f64).sin());
            (0..p.len()).for_each(|k| ps[k * lanes + l] = p[k]);
        }
        let mut ws = Workspace::default();
        let mut all = vec![f64::NAN; values * lanes];
        for _ in 0..2 {
            eval(&ts, &ps, &xs, &mut all, &mut ws).map_err(|e| e.to_string())?;
        }
        for l in 0..lanes {
            let state: Vec<f64> = (0..n).map(|i| xs[i * lanes + l]).collect();
            let mut alone = vec![f64::NAN; values];
            eval(&[ts[l]], p, &state, &mut alone, &mut Workspace::default()).map_err(|e| e.to_string())?;
            for (i, want) in alone.into_iter().enumerate() {
                let got = all[i * lanes + l];
                // One lane and many may sum in another order (a product with a matrix), hence a few roundings.
                let scale = want.abs().max(x.iter().fold(1.0, |m: f64, x| m.max(x.abs())));
                if (got - want).abs() > 1e-13 * scale * (n as f64) || got.is_nan() != want.is_nan() {
                    return Err(format!(
                        "lane {l} of {lanes} gives value {i} = {got}, alone it gives {want}"
                    ));
                }
            }
        }
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

fn check_parameter_slopes<F: VectorField + ?Sized>(
    field: &F,
    p: &[f64],
    x: &[f64],
    t: f64,
) -> Result<(), String> {
    let (n, mut ws) = (x.len(), Workspace::default());
    let mut slopes = Matrix::zeros(n, p.len());
    field.parameter_slopes(t, p, x, &mut slopes, &mut ws).map_err(|e| e.to_string())?;
    let scale = slopes.norm_max().max(1.0);
    for k in 0..p.len() {
        let h = 1e-5 * p[k].abs().max(1.0);
        let mut at = |p_k: f64| -> Result<Vec<f64>, String> {
            let (mut q, mut dx) = (p.to_vec(), vec![f64::NAN; n]);
            q[k] = p_k;
            field.eval(&[t], &q, x, &mut dx, &mut ws).map_err(|e| e.to_string())?;
            Ok(dx)
        };
        let (above, below) = (at(p[k] + h)?, at(p[k] - h)?);
        for i in 0..n {
            let difference = (above[i] - below[i]) / (2.0 * h);
            if (slopes[(i, k)] - difference).abs() > 1e-5 * scale {
                let said = slopes[(i, k)];
                return Err(format!(
                    "parameter {k} changes rate {i} by {said}, differences say {difference}"
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
