//! Many initial states at once: lanes of one field, in blocks of fixed size spread over the threads.
//!
//! Every lane has its own step and its own error control, so each trajectory is as accurate as if it ran alone. Chunks
//! have a fixed size and lanes do not know each other: the bits are the same for any number of threads.

use super::course::{End, Watch};
use super::flow::{choose, taken_over};
use super::plan::Plan;
use super::settings::{FixedStep, check};
use super::{Method, Progress, Settings, SimulateError, Verdict, cause};
use crate::field::VectorField;
use linalg::Matrix;
use rayon::prelude::*;

/// States of k trajectories at recorded times.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// Recorded times, T of them.
    pub t: Vec<f64>,
    /// Variables n.
    pub n: usize,
    /// k x T x n numbers, the variables of one state side by side; NaN where a trajectory ended early.
    pub x: Vec<f64>,
    /// The method that ran.
    pub method: String,
    /// Why this method, in a sentence.
    pub reason: String,
    /// Accepted steps of all trajectories.
    pub steps: usize,
    /// Rejected steps of all trajectories.
    pub rejected: usize,
    /// Evaluations of the right-hand side, counted lane by lane.
    pub evaluations: usize,
    /// How each trajectory ended.
    pub verdicts: Vec<Verdict>,
}

impl Ensemble {
    /// The number k of trajectories.
    pub fn trajectories(&self) -> usize {
        self.verdicts.len()
    }

    /// The state of trajectory `k` at recorded time `column`.
    pub fn state(&self, k: usize, column: usize) -> &[f64] {
        let at = (k * self.t.len() + column) * self.n;
        &self.x[at..at + self.n]
    }

    /// Trajectory `k` as an n x T matrix.
    pub fn trajectory(&self, k: usize) -> Matrix {
        let size = self.n * self.t.len();
        Matrix::from_columns(self.n, self.t.len(), self.x[k * size..(k + 1) * size].to_vec())
    }
}

/// Follows the columns of `x0s` (n x k), each with its own error control. Global errors are not estimated.
///
/// # Errors
/// As [`super::simulate`].
pub fn ensemble(
    field: &dyn VectorField,
    p: &[f64],
    x0s: &Matrix,
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ensemble, SimulateError> {
    ensemble_of(field, p, x0s, times, settings, progress)
}

/// As [`ensemble`], for a field whose type is known: its formula is compiled into the loop over the lanes, once for each
/// instruction set. Each such type makes the program larger and slower to build.
///
/// # Errors
/// As [`super::simulate`].
pub fn ensemble_of<F: VectorField + ?Sized>(
    field: &F,
    p: &[f64],
    x0s: &Matrix,
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ensemble, SimulateError> {
    let n = field.dimension();
    if x0s.rows() != n {
        return Err(SimulateError::WrongLength {
            what: "each initial state",
            expected: n,
            found: x0s.rows(),
        });
    }
    check(n, x0s.as_slice(), times, settings)?;
    let (method, mut reason) = choose(settings, n)?;
    let dt =
        if method.is_adaptive() || times.len() == 1 { f64::NAN } else { FixedStep::of(settings, times)?.dt };
    let plan = Plan { field, p, times, method, settings, dt };
    let (k, size) = (x0s.cols(), n * times.len());
    let mut x = vec![f64::NAN; k * size];
    if times.len() == 1 {
        x.copy_from_slice(x0s.as_slice());
    }
    // Enough lanes to refill a block several times, enough chunks for every thread.
    let chunk = (8192 / n.max(1)).clamp(1, 256);
    let chunks = k.div_ceil(chunk);
    let watch = Watch::new(progress, chunks);
    let parts: Vec<_> = if times.len() == 1 {
        Vec::new()
    } else {
        let states = x0s.as_slice().par_chunks(chunk * n);
        let jobs = x.par_chunks_mut(chunk * size).zip(states);
        jobs.map(|(out, x0s)| {
            let outcomes = plan.run_many(x0s, 1.0, out, &watch)?;
            watch.part_done();
            Ok(outcomes)
        })
        .collect::<Result<Vec<_>, SimulateError>>()?
    };
    let mut outcomes: Vec<_> = parts.into_iter().flatten().collect();
    let mut verdicts = vec![Verdict::Completed; k];
    for (l, outcome) in outcomes.iter_mut().enumerate() {
        if outcome.end != End::Completed {
            outcome.start = x0s.column(l).to_vec();
            verdicts[l] = cause::verdict(&plan, outcome);
        }
    }
    let mut name = method.name().to_string();
    let others = outcomes.iter().filter(|o| o.taken_over.is_some()).count();
    if others > 0 {
        name = taken_over(method);
        reason.push_str(&format!(
            "; the steps of {others} of {k} trajectories were held short by stability, not by accuracy: they are stiff, and {} \
             took them over",
            Method::Rodas5P.name()
        ));
    }
    Ok(Ensemble {
        t: times.to_vec(),
        n,
        x,
        method: name,
        reason,
        steps: outcomes.iter().map(|o| o.steps).sum(),
        rejected: outcomes.iter().map(|o| o.rejected).sum(),
        evaluations: outcomes.iter().map(|o| o.evaluations).sum(),
        verdicts,
    })
}
