//! The exponents of a map: V is multiplied by the Jacobian at every step.

use super::exponents::{LyapunovExponents, LyapunovVerdict};
use super::record::{Circumstances, Record};
use super::tangent::directions;
use crate::field::IteratedMap;
use crate::simulate::{Progress, SimulateError};
use linalg::{Matrix, mul_into, orthonormalize};

/// How to compute the exponents of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapLyapunovSettings {
    /// How many exponents; `None`: all.
    pub count: Option<usize>,
    /// Steps before, of the state alone.
    pub transient: usize,
    /// Steps in which the tangent vectors turn into their directions before their growth counts.
    pub alignment: usize,
    /// Steps whose growth is recorded.
    pub steps: usize,
    /// Steps between two orthonormalizations.
    pub between: usize,
    /// The error of an exponent, in parts of the largest modulus among them, up to which it counts as converged.
    pub tolerance: f64,
}

impl Default for MapLyapunovSettings {
    fn default() -> Self {
        Self { count: None, transient: 1000, alignment: 100, steps: 100_000, between: 1, tolerance: 0.01 }
    }
}

/// The Lyapunov exponents, per step, along the orbit of `x0`.
///
/// # Errors
/// When the question cannot be asked (lengths, settings).
pub fn map_lyapunov_exponents(
    map: &dyn IteratedMap,
    p: &[f64],
    x0: &[f64],
    settings: &MapLyapunovSettings,
    progress: Progress<'_>,
) -> Result<LyapunovExponents, SimulateError> {
    let n = map.dimension();
    if x0.len() != n || n == 0 {
        let expected = n.max(1);
        return Err(SimulateError::WrongLength { what: "the initial state", expected, found: x0.len() });
    }
    let k = settings.count.unwrap_or(n);
    if k == 0 || k > n {
        let remedy = "at least one exponent, and at most as many as there are variables";
        return Err(SimulateError::Setting { name: "count", value: k as f64, remedy });
    }
    if settings.steps == 0 || settings.between == 0 {
        return Err(SimulateError::Setting { name: "steps", value: 0.0, remedy: "take at least one step" });
    }
    let between = settings.between;
    let mut record = Record::new(k, between as f64);
    let (mut x, mut next) = (x0.to_vec(), vec![0.0; n]);
    let mut v = directions(n, k);
    let (mut image, mut j) = (v.clone(), Matrix::zeros(n, n));
    let first = settings.transient + settings.alignment.next_multiple_of(between);
    let total = first + settings.steps.next_multiple_of(between);
    let (mut ended, mut divergence) = (None, 0.0);
    for step in 0..total {
        if step % 1024 == 0 && progress(step as f64 / total as f64).is_break() {
            ended = Some(LyapunovVerdict::Stopped { time: step as f64 });
            break;
        }
        if step >= settings.transient {
            map.jacobian(p, &x, &mut j);
            mul_into(&j, &v, &mut image);
            std::mem::swap(&mut v, &mut image);
            if step >= first && k == n {
                divergence += log_determinant(&j);
            }
            if (step + 1 - settings.transient).is_multiple_of(between) {
                let diagonal = orthonormalize(&mut v);
                if step >= first {
                    record.push(&diagonal);
                }
            }
        }
        map.step(p, &x, &mut next);
        std::mem::swap(&mut x, &mut next);
        if x.iter().any(|x| !x.is_finite()) {
            ended = Some(LyapunovVerdict::Diverged { time: step as f64 });
            break;
        }
    }
    let complete = ended.is_none();
    Ok(record.judge(Circumstances {
        dimension: n,
        tolerance: settings.tolerance,
        along_flow: None,
        has_trivial: false,
        step_errors: Vec::new(),
        mean_divergence: (complete && k == n).then_some(divergence / (total - first) as f64),
        ended,
        state: x,
    }))
}

/// ln |det J|, by the orthonormalization of its columns; minus infinity where J is singular.
fn log_determinant(j: &Matrix) -> f64 {
    let mut q = j.clone();
    orthonormalize(&mut q).iter().map(|d| d.ln()).sum()
}
