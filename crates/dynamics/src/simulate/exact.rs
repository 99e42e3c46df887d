//! Linear systems by exact propagation: dx/dt = A x + g + sum b_k u_k(t).
//!
//! One matrix exponential a length of step, then a product a step. The error of a product that is repeated N times grows
//! like N, and in a non-normal system it is amplified on the way; so every 32 steps the state is made anew from an earlier
//! one by a propagator of length 32 h 2^j of its own: no state is more than 32 + log2(N) products away from the first.
//!
//! Cost: O(n^3 log N) for the exponentials, O(n^2) a recorded time. The step has no accuracy to be chosen. It fails only
//! where doubles fail: a growing mode beyond 1.8e308 ends the run as diverged, unless the state has no part of it.
//!
//! ```
//! use dynamics::field::LinearSystem;
//! use dynamics::linalg::Matrix;
//! use dynamics::simulate::{Settings, simulate_linear, unwatched};
//! let (a, b, l) = (0.035, 10.5, 0.08);
//! let tornado = LinearSystem::new(Matrix::from_rows(&[[a, b, 0.0], [-b, a, 0.0], [0.0, 0.0, l]]));
//! let run = simulate_linear(&tornado, &[1.0; 3], &[0.0, 30.0], &Settings::default(), &unwatched).unwrap();
//! let end = [4.035143017690633, -0.22351879544645858, 11.023176380641601];
//! assert!(run.x.column(1).iter().zip(end).all(|(x, e)| (x - e).abs() < 1e-11));
//! ```

use super::cause::largest;
use super::error_estimate::{none, norm};
use super::propagator::Propagators;
use super::settings::{check, finite};
use super::{
    Ensemble, ErrorEstimate, ErrorEstimation, Method, Progress, Settings, SimulateError, Trajectory, Verdict,
};
use crate::field::{LinearSystem, VectorField};
use linalg::Matrix;
use std::ops::ControlFlow;

/// After so many products a state is made anew.
const ANCHOR: usize = 32;
/// Up to this size each anchor has an exponential of its own; above, they are squared from one another.
const OWN_EXPONENTIAL: usize = 300;

/// One initial state, by exact propagation.
pub(crate) fn simulate(
    system: &LinearSystem,
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    check_state(system, x0, times, settings)?;
    let n = system.dimension();
    let start = Matrix::from_columns(n, 1, x0.to_vec());
    let path = follow(system, &start, times, settings.bound, progress);
    let columns = path.recorded.len();
    let verdict = path.verdict();
    let error = if verdict == Verdict::Completed {
        estimate(system, &start, times, &path, settings)
    } else {
        none("the run did not reach its end")
    };
    Ok(Trajectory {
        t: times[..columns].to_vec(),
        x: Matrix::from_columns(
            n,
            columns,
            path.recorded.into_iter().flat_map(|x| x.as_slice().to_vec()).collect(),
        ),
        method: Method::Expm.name().to_string(),
        reason: reason(settings),
        steps: path.steps,
        rejected: 0,
        evaluations: 0,
        verdict,
        error,
    })
}

pub(crate) fn reason(settings: &Settings) -> String {
    let why = "the system is linear, so the matrix exponential carries it from one recorded time to the next without error \
               but rounding";
    match settings.method {
        Method::Auto => format!("auto chose expm: {why}"),
        _ => format!("expm was asked for: {why}"),
    }
}

/// Many initial states through one linear system.
pub(crate) fn ensemble(
    system: &LinearSystem,
    x0s: &Matrix,
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ensemble, SimulateError> {
    let n = system.dimension();
    if x0s.rows() != n {
        return Err(SimulateError::WrongLength {
            what: "each initial state",
            expected: n,
            found: x0s.rows(),
        });
    }
    check(n, x0s.as_slice(), times, settings)?;
    let path = follow(system, x0s, times, f64::INFINITY, progress);
    let (k, columns) = (x0s.cols(), times.len());
    let mut x = vec![f64::NAN; k * columns * n];
    let mut verdicts = vec![path.verdict(); k];
    for (l, verdict) in verdicts.iter_mut().enumerate() {
        let mut last: &[f64] = x0s.column(l);
        for (c, state) in path.recorded.iter().enumerate() {
            let state = state.column(l);
            if largest(state).1.abs() <= settings.bound && state.iter().all(|x| x.is_finite()) {
                x[(l * columns + c) * n..][..n].copy_from_slice(state);
                last = state;
            } else {
                *verdict = diverged(system, times[c - 1], last, state);
                break;
            }
        }
    }
    Ok(Ensemble {
        t: times.to_vec(),
        n,
        x,
        method: Method::Expm.name().to_string(),
        reason: reason(settings),
        steps: path.steps * k,
        rejected: 0,
        evaluations: 0,
        verdicts,
    })
}

/// One initial state that fits, and settings that make sense.
pub(crate) fn check_state(
    system: &LinearSystem,
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
) -> Result<(), SimulateError> {
    let n = system.dimension();
    check(n, x0, times, settings)?;
    if x0.len() == n {
        return Ok(());
    }
    Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() })
}

/// Shapes and finite entries.
pub(crate) fn check_system(system: &LinearSystem) -> Result<(), SimulateError> {
    let n = system.dimension();
    let length = |what, found| {
        if found == n { Ok(()) } else { Err(SimulateError::WrongLength { what, expected: n, found }) }
    };
    length("each row of A", system.a.cols())?;
    length("g", system.g.len())?;
    finite("A, column by column, entry", system.a.as_slice())?;
    finite("g", &system.g)?;
    for drive in &system.drives {
        length("the direction of a drive", drive.direction.len())?;
        finite("the direction of a drive", &drive.direction)?;
    }
    for noise in &system.noises {
        length("the direction of a noise", noise.direction.len())?;
        finite("the direction of a noise", &noise.direction)?;
    }
    Ok(())
}

/// States (n x k) at the recorded times that were reached.
struct Path {
    recorded: Vec<Matrix>,
    steps: usize,
    end: Option<Verdict>,
}

impl Path {
    fn verdict(&self) -> Verdict {
        self.end.clone().unwrap_or(Verdict::Completed)
    }
}

/// Times closer than this cannot be told apart near `times`.
pub(crate) fn slack(times: &[f64]) -> f64 {
    let latest = times.iter().fold(0.0f64, |m, t| m.max(t.abs()));
    4.0 * f64::EPSILON * latest
}

/// The recorded times and the breakpoints between them, in order; each with whether it is recorded.
pub(crate) fn marks(system: &LinearSystem, times: &[f64]) -> Vec<(f64, bool)> {
    let mut marks: Vec<(f64, bool)> = times.iter().map(|&t| (t, true)).collect();
    let inner = system.breakpoints(times[0], times[times.len() - 1]);
    marks.extend(
        inner.into_iter().filter(|t| times.binary_search_by(|s| s.total_cmp(t)).is_err()).map(|t| (t, false)),
    );
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    marks
}

/// The number of equal steps that begin at mark `i`, without a breakpoint inside.
fn equal_steps(marks: &[(f64, bool)], i: usize, jumps: &[f64], slack: f64) -> usize {
    let h = marks[i + 1].0 - marks[i].0;
    let mut j = i + 1;
    let is_jump = |t: f64| jumps.binary_search_by(|s| s.total_cmp(&t)).is_ok();
    while j + 1 < marks.len() && !is_jump(marks[j].0) && (marks[j + 1].0 - marks[j].0 - h).abs() <= slack {
        j += 1;
    }
    let mean = (marks[j].0 - marks[i].0) / (j - i) as f64;
    let uniform = (i..=j).all(|k| (marks[i].0 + (k - i) as f64 * mean - marks[k].0).abs() <= 2.0 * slack);
    if uniform { j - i } else { 1 }
}

fn follow(system: &LinearSystem, start: &Matrix, times: &[f64], bound: f64, progress: Progress<'_>) -> Path {
    let mut path = Path { recorded: vec![start.clone()], steps: 0, end: None };
    let marks = marks(system, times);
    let jumps = system.breakpoints(times[0], times[times.len() - 1]);
    let slack = slack(times);
    let mut propagators = Propagators::new(system);
    let span = times[times.len() - 1] - times[0];
    let (mut i, mut x) = (0, start.clone());
    while i + 1 < marks.len() {
        let count = equal_steps(&marks, i, &jumps, slack);
        let h = (marks[i + count].0 - marks[i].0) / count as f64;
        let mut anchors = Anchors { made: Vec::new(), states: vec![x.clone()] };
        for k in 1..=count {
            let (before, now) = (marks[i + k - 1].0, marks[i + k].0);
            if let ControlFlow::Break(()) = progress((before - times[0]) / span) {
                path.end = Some(Verdict::Stopped { time: before });
                return path;
            }
            let next = match anchors.state(k, h, marks[i].0, slack, &mut propagators) {
                Some(next) => next,
                None => propagators.hop(&x, before, h, slack),
            };
            path.steps += 1;
            // A single trajectory ends where it leaves the finite numbers; of many, the others go on.
            let over = next.as_slice().iter().any(|v| !(v.abs() <= bound && v.is_finite()));
            if over && start.cols() == 1 {
                let finite = next.is_finite();
                let (time, last) = if finite { (now, next.as_slice()) } else { (before, x.as_slice()) };
                path.end = Some(diverged(system, time, last, next.as_slice()));
                if finite && marks[i + k].1 {
                    path.recorded.push(next);
                }
                return path;
            }
            if marks[i + k].1 {
                path.recorded.push(next.clone());
            }
            x = next;
            if k % ANCHOR == 0 {
                anchors.states.push(x.clone());
            }
        }
        i += count;
    }
    path
}

/// States every 32 steps of a stretch of equal steps, and the propagators that lead from one to another.
struct Anchors {
    made: Vec<super::propagator::Propagator>,
    states: Vec<Matrix>,
}

impl Anchors {
    /// The state after k steps of h from time t, if k is an anchor other than the first.
    fn state(
        &mut self,
        k: usize,
        h: f64,
        t: f64,
        slack: f64,
        propagators: &mut Propagators<'_>,
    ) -> Option<Matrix> {
        let m = k / ANCHOR;
        if !k.is_multiple_of(ANCHOR) || m < 2 {
            return None;
        }
        let (from, level) = (m & (m - 1), m.trailing_zeros() as usize);
        while self.made.len() <= level {
            let length = h * (ANCHOR << self.made.len()) as f64;
            let small = self.states[0].rows() <= OWN_EXPONENTIAL;
            let next = match self.made.last() {
                Some(half) if !small => propagators.doubled(half, 0.5 * length),
                _ => propagators.of_length(length, slack),
            };
            self.made.push(next);
        }
        let p = &self.made[level];
        let begin = t + h * (from * ANCHOR) as f64;
        p.is_finite().then(|| p.apply(&self.states[from], &propagators.generators(begin)))
    }
}

/// The variable that left the finite numbers (or the bound) in `next`, with its last value. A propagator that overflowed may
/// take all of them along: then the one that moved fastest.
fn diverged(system: &LinearSystem, time: f64, last: &[f64], next: &[f64]) -> Verdict {
    let speed = system.a.mul_vec(last);
    let lost = next.iter().zip(&speed).map(|(x, v)| if x.is_finite() { 0.0 } else { v.abs() });
    let lost: Vec<f64> = lost.collect();
    let variable = if next.iter().all(|x| x.is_finite()) { largest(next).0 } else { largest(&lost).0 };
    let value = last[variable];
    let cause = "unstable linear growth: a mode of A with a positive real part (or a defective one) carries the state out of \
                 range"
        .to_string();
    Verdict::Diverged { time, variable, value, cause }
}

/// The distance at the end to a second path, which takes one step from breakpoint to breakpoint.
fn estimate(
    system: &LinearSystem,
    start: &Matrix,
    times: &[f64],
    path: &Path,
    settings: &Settings,
) -> ErrorEstimate {
    if settings.error == ErrorEstimation::Off {
        return none("the estimate was switched off");
    }
    let ends = [times[0], times[times.len() - 1]];
    let other = if times.len() > 1 {
        follow(system, start, &ends[..], f64::INFINITY, &super::unwatched).recorded.pop()
    } else {
        None
    };
    let end = &path.recorded[path.recorded.len() - 1];
    let distance = other.map_or(0.0, |o| norm(end.as_slice().iter().zip(o.as_slice()).map(|(a, b)| a - b)));
    let largest = path.recorded.iter().map(|x| norm(x.as_slice().iter().copied())).fold(0.0, f64::max);
    ErrorEstimate {
        value: Some(distance.max(f64::EPSILON * largest)),
        reason: "rounding only: the distance at the end to a second path in longer steps, at least one rounding of the \
                 largest state"
            .to_string(),
    }
}
