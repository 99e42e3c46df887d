//! The state at the start: values, and states that are at rest for the others.
//!
//! The states that are to be steady solve f_i(x) = 0 with the others as they are, by Newton's method with the exact Jacobian; for
//! gates, whose rates are affine in themselves, one step is the answer.

use super::cells::{EquationNetwork, Initial};
use super::field::EquationField;
use crate::network::{NetworkError, NetworkErrorKind};
use dynamics::field::{VectorField, Workspace};
use linalg::Matrix;

/// Most steps of Newton's method.
const STEPS: usize = 100;

/// The state at time `t`.
pub(super) fn initial(
    network: &EquationNetwork,
    field: &EquationField,
    t: f64,
) -> Result<Vec<f64>, NetworkError> {
    let mut x = Vec::with_capacity(field.dimension());
    let mut steady = Vec::new();
    for (state, initial) in network.equations.states.iter().zip(&network.initial) {
        let first = x.len();
        match initial {
            Initial::Same(value) => x.resize(first + state.len, *value),
            Initial::Each(values) => x.extend(values),
            Initial::Steady => {
                x.resize(first + state.len, 0.0);
                steady.extend(first..first + state.len);
            }
        }
    }
    if !steady.is_empty() {
        rest(network, field, t, &steady, &mut x)?;
    }
    Ok(x)
}

/// Newton's method on the variables `which`.
fn rest(
    network: &EquationNetwork,
    field: &EquationField,
    t: f64,
    which: &[usize],
    x: &mut [f64],
) -> Result<(), NetworkError> {
    let n = field.dimension();
    let (mut f, mut j, mut ws) = (vec![0.0; n], Matrix::zeros(n, n), Workspace::default());
    let mut size = |x: &[f64], f: &mut [f64]| {
        let done = field.eval(&[t], &[], x, f, &mut ws);
        let norm = which.iter().map(|&i| f[i] * f[i]).sum::<f64>().sqrt();
        if done.is_ok() && norm.is_finite() { norm } else { f64::INFINITY }
    };
    let mut norm = size(x, &mut f);
    let mut work = Workspace::default();
    for _ in 0..STEPS {
        if norm == 0.0 {
            return Ok(());
        }
        let known = field.jacobian(t, &[], x, &mut j, &mut work).is_ok();
        let part = Matrix::from_fn(which.len(), which.len(), |a, b| j[(which[a], which[b])]);
        let right: Vec<f64> = which.iter().map(|&i| -f[i]).collect();
        let step = if known { linalg::solve(&part, &right).ok() } else { None };
        let Some(step) = step else { break };
        let before = x.to_vec();
        let mut fraction = 1.0;
        loop {
            which.iter().zip(&step).for_each(|(&i, d)| x[i] = before[i] + fraction * d);
            let after = size(x, &mut f);
            if after < norm {
                norm = after;
                break;
            }
            fraction *= 0.5;
            let small =
                which.iter().zip(&step).all(|(&i, d)| (fraction * d).abs() <= 1e-14 * before[i].abs());
            if small || fraction < 1e-12 {
                // Newton's step no longer gains: this is the rest to rounding, or there is none.
                x.copy_from_slice(&before);
                let full =
                    which.iter().zip(&step).all(|(&i, d)| d.abs() <= 1e-9 * before[i].abs().max(1e-300));
                return if full || step.iter().all(|d| *d == 0.0) {
                    Ok(())
                } else {
                    Err(restless(network, which[0]))
                };
            }
        }
    }
    if norm.is_finite() && norm < 1e-9 { Ok(()) } else { Err(restless(network, which[0])) }
}

fn restless(network: &EquationNetwork, variable: usize) -> NetworkError {
    let offsets = network.offsets();
    let k = offsets.partition_point(|&first| first <= variable) - 1;
    let name = &network.equations.states[k].name;
    let population = &network.populations[network.equations.states[k].section].name;
    NetworkError::new(
        NetworkErrorKind::Value,
        format!("populations.{population}"),
        format!("no steady value of `{name}` was found for the other states at the start"),
        format!("give `{name}` a value: init = {{ {name} = … }}"),
    )
}
