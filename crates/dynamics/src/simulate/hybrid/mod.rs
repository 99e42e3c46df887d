//! A hybrid system followed from event to event: flow, guards, jumps, holds.
//!
//! Each step of the flow is looked through for guards that cross 0 upward, excursions within it among them. The first that
//! jumps cuts the step: its length is found with the method itself, not with its interpolant, so that an event is as
//! accurate as the integrator, down to the rounding of the guard. A linear flow ([`Hybrid::linear`]) is summed as a Taylor
//! series between events: exact but for rounding, and so are its events.
//!
//! Recorded states are those after the events of their time. Cost: a look at each step (the guards at 6 to 8 points of it),
//! and for each event about four steps. It fails, with a verdict that says so, where infinitely many events happen in a
//! finite time ([`Verdict::Chattering`]) and where a jump leaves its guard above 0 ([`Verdict::JumpStays`]). An excursion
//! above 0 that is smaller than the tolerance may be found or not.
//!
//! Reference: Hairer, Nørsett, Wanner (1993), Solving ordinary differential equations I, section II.6; Shampine, Thompson
//! (2000), Event location for ordinary differential equations.
//!
//! ```
//! use dynamics::field::{EvalError, Guard, Hybrid, LinearSystem, VectorField, Workspace};
//! use dynamics::linalg::Matrix;
//! use dynamics::simulate::{Settings, simulate_hybrid, unwatched};
//!
//! /// dx/dt = 2 - x; at 1 it jumps to 0. The interval between jumps is ln 2.
//! struct Relaxation(LinearSystem, [Guard; 1]);
//!
//! impl Hybrid for Relaxation {
//!     fn flow(&self) -> &dyn VectorField {
//!         &self.0
//!     }
//!     fn linear(&self) -> Option<&LinearSystem> {
//!         Some(&self.0)
//!     }
//!     fn guards(&self) -> &[Guard] {
//!         &self.1
//!     }
//!     fn guard(&self, _: &[f64], _: &[f64], x: &[f64], g: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
//!         g.iter_mut().zip(x).for_each(|(g, x)| *g = x - 1.0);
//!         Ok(())
//!     }
//!     fn jump(&self, _: usize, _: f64, _: &[f64], x: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
//!         x[0] = 0.0;
//!         Ok(())
//!     }
//! }
//!
//! let mut flow = LinearSystem::new(Matrix::from_rows(&[[-1.0]]));
//! flow.g = vec![2.0];
//! let system = Relaxation(flow, [Guard::jump()]);
//! let run = simulate_hybrid(&system, &[], &[0.0], &[0.0, 10.0], &Settings::default(), &unwatched).unwrap();
//! assert_eq!(run.events.len(), 14);
//! assert!((run.events[13].time - 14.0 * 2f64.ln()).abs() < 1e-14);
//! ```

mod crossing;
mod locate;
mod passage;
mod runge_kutta;
mod steps;
mod taylor;

pub use passage::Event;

use super::control::Tolerance;
use super::course::{End, Watch};
use super::error_estimate::{distance, none, norm};
use super::exact::check_system;
use super::flow::{choose, taken_over};
use super::settings::{FixedStep, check, finite};
use super::stepper::Pace;
use super::{
    ErrorEstimate, ErrorEstimation, Method, Progress, Settings, SimulateError, Trajectory, Verdict, cause,
};
use crate::field::{Action, Hybrid, LinearSystem};
use linalg::Matrix;
use passage::{Passage, Question, follow};
use runge_kutta::RungeKutta;
use taylor::Taylor;

/// A trajectory and what happened on the way.
#[derive(Clone, Debug)]
pub struct HybridTrajectory {
    /// The trajectory; recorded states are those after the events of their time.
    pub trajectory: Trajectory,
    /// The events, in the order of time.
    pub events: Vec<Event>,
}

/// Follows a hybrid system from `x0` at `times[0]` through the other times, or until a guard ends the run.
///
/// # Errors
/// When the question cannot be asked (lengths, times, settings, holds), or a right-hand side, a guard or a jump fails. What
/// goes wrong in the mathematics is the verdict of the trajectory.
pub fn simulate_hybrid(
    system: &dyn Hybrid,
    p: &[f64],
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<HybridTrajectory, SimulateError> {
    let n = system.flow().dimension();
    check(n, x0, times, settings)?;
    if x0.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() });
    }
    check_holds(system, n)?;
    let way = choose_way(system, n, times, settings)?;
    let run = Run { question: Question { system, p, x0, times, settings }, way: &way };
    let shares = match settings.error {
        ErrorEstimation::SecondRun => (1.0 / 3.0, 2.0 / 3.0),
        ErrorEstimation::Off => (1.0, 0.0),
    };
    let passage = run.passage(1.0, &|fraction| progress(fraction * shares.0))?;
    let verdict = verdict(&run.question, &passage);
    let mut reason = way.reason.clone();
    if let Some(step) = &way.step {
        reason.push_str(&step.words());
    }
    let mut method = way.method.name().to_string();
    if let Some(t) = passage.taken_over {
        method = taken_over(way.method);
        reason.push_str(&format!(
            "; from t = {t:.3e} on stability, not accuracy, held its steps short: the flow is stiff, and {} took over",
            Method::Rodas5P.name()
        ));
    }
    if passage.is_full {
        reason.push_str(&format!("; it stopped because {} events fill the memory", passage.events.len()));
    } else if matches!(passage.end, End::Stopped { .. }) && passage.steps >= settings.max_steps {
        reason.push_str(&format!("; it stopped at the limit of {} steps", settings.max_steps));
    }
    let mut trajectory = Trajectory {
        t: times[..passage.recorded].to_vec(),
        x: Matrix::from_columns(n, passage.recorded, passage.x.clone()),
        method,
        reason,
        steps: passage.steps,
        rejected: passage.rejected,
        evaluations: passage.evaluations,
        verdict,
        error: none("the run did not reach its end"),
    };
    if settings.error == ErrorEstimation::Off {
        trajectory.error = none("the estimate was switched off");
    } else if matches!(trajectory.verdict, Verdict::Completed | Verdict::Ended { .. }) {
        let second = |fraction: f64| progress(shares.0 + fraction * shares.1);
        trajectory.error = run.estimate(&trajectory, &passage, &second)?;
    }
    Ok(HybridTrajectory { trajectory, events: passage.events })
}

/// A method, why it was taken, and its step.
struct Way<'a> {
    method: Method,
    reason: String,
    /// Where it is fixed.
    step: Option<FixedStep>,
    linear: Option<&'a LinearSystem>,
}

fn choose_way<'a>(
    system: &'a dyn Hybrid,
    n: usize,
    times: &[f64],
    settings: &Settings,
) -> Result<Way<'a>, SimulateError> {
    if let (Some(linear), Method::Auto | Method::Expm) = (system.linear(), settings.method) {
        check_system(linear)?;
        if !linear.noises.is_empty() {
            let reason = "follows hybrid systems without noise; follow those with noise as trials of a stochastic system";
            return Err(SimulateError::Unfit { method: Method::Expm.name(), reason });
        }
        let asked = if settings.method == Method::Auto { "auto chose expm" } else { "expm was asked for" };
        let reason = format!("{asked}: the flow is linear, and is followed exactly from event to event");
        return Ok(Way { method: Method::Expm, reason, step: None, linear: Some(linear) });
    }
    let (method, reason) = choose(settings, n)?;
    let is_fixed = !method.is_adaptive() && times.len() > 1;
    let step = is_fixed.then(|| FixedStep::of(settings, times)).transpose()?;
    Ok(Way { method, reason, step, linear: None })
}

/// One question, one way to follow it.
struct Run<'a> {
    question: Question<'a>,
    way: &'a Way<'a>,
}

impl Run<'_> {
    /// The whole way, with the tolerance divided by `finer`, or in halves of each step where `finer` is more than 1.
    fn passage(&self, finer: f64, progress: Progress<'_>) -> Result<Passage, SimulateError> {
        let (q, watch) = (&self.question, Watch::new(progress, 1));
        if let Some(linear) = self.way.linear {
            return follow(q, &mut Taylor::new(linear, finer), &watch);
        }
        let m = self.way.method.tableau().expect("the method is a Runge-Kutta method");
        let pace = match &self.way.step {
            Some(step) if finer > 1.0 => Pace::Halves(step.dt),
            Some(step) => Pace::Fixed(step.dt),
            None => {
                let rtol = (q.settings.rtol / finer).max(10.0 * f64::EPSILON);
                Pace::Adaptive(Tolerance { rtol, atol: q.settings.atol / finer })
            }
        };
        let span = q.times[q.times.len() - 1] - q.times[0];
        let mut steps = RungeKutta::new(q.system.flow(), q.p, m, pace, span, finer > 1.0);
        if q.settings.method == Method::Auto {
            steps.hand_over_before(q.times[q.times.len() - 1]);
        }
        follow(q, &mut steps, &watch)
    }

    /// How far a second, finer run ends from the first; it has no meaning where the two have not the same events.
    fn estimate(
        &self,
        run: &Trajectory,
        first: &Passage,
        progress: Progress<'_>,
    ) -> Result<ErrorEstimate, SimulateError> {
        let q = &self.question;
        let order = self.way.method.order().unwrap_or(1) as i32;
        let (finer, remainder, what) = match (self.way.linear, &self.way.step) {
            (Some(_), _) => (1.7, 1.0, "other steps"),
            (None, Some(_)) => (2.0, 1.0 - 0.5f64.powi(order), "half the step"),
            _ if order < 5 => (5.0, 1.0, "a fifth of the tolerance"),
            _ => (10.0, 1.0, "a tenth of the tolerance"),
        };
        let ends = [q.times[0], q.times[q.times.len() - 1]];
        let coarse = Run { question: Question { times: &ends, ..*q }, way: self.way };
        let second = coarse.passage(finer, progress)?;
        if second.end != End::Completed || second.verdict.is_some() != first.verdict.is_some() {
            return Ok(none(format!("a second run with {what} did not end as the first")));
        }
        let guards = q.system.guards().len();
        let times = |run: &Passage, k: usize| -> Vec<f64> {
            run.events.iter().filter(|e| e.guard == k).map(|e| e.time).collect()
        };
        let mut apart = 0.0f64;
        for k in 0..guards {
            let (one, two) = (times(first, k), times(&second, k));
            if one.len() != two.len() {
                return Ok(none(format!(
                    "a second run with {what} has {} events of guard {k}, this one {}: at least one event hangs on less \
                     than the error of the run",
                    two.len(),
                    one.len()
                )));
            }
            apart = one.iter().zip(&two).fold(apart, |m, (a, b)| m.max((a - b).abs()));
        }
        let mut estimate = if run.verdict == Verdict::Completed {
            distance(run, &second.last, remainder, what)
        } else {
            let distance = norm(first.last.iter().zip(&second.last).map(|(a, b)| a - b)) / remainder;
            let rounding = f64::EPSILON * norm(first.last.iter().copied());
            ErrorEstimate {
                value: Some(distance.max(rounding)),
                reason: format!(
                    "the distance between the states at which this run and a second one with {what} ended"
                ),
            }
        };
        if !first.events.is_empty() {
            let count = first.events.len();
            estimate
                .reason
                .push_str(&format!("; its {count} events lie at most {apart:.1e} from those of this one"));
        }
        Ok(estimate)
    }
}

fn verdict(q: &Question<'_>, passage: &Passage) -> Verdict {
    if let Some(verdict) = &passage.verdict {
        return verdict.clone();
    }
    match passage.end {
        End::Completed | End::HandedOver => Verdict::Completed,
        End::Stopped { time } => Verdict::Stopped { time },
        End::TooSmall { time, step, variable } => {
            let cause = cause::stall(q.system.flow(), q.p, time, &passage.last, step, variable);
            Verdict::StepTooSmall { time, step, variable, cause }
        }
        End::Slides { time, variable } => Verdict::Slides { time, variable },
        End::Diverged => {
            let (variable, value) = cause::largest(&passage.last);
            let cause = cause::growth(q.system.flow(), q.p, passage.time, &passage.last);
            Verdict::Diverged { time: passage.time, variable, value, cause }
        }
    }
}

/// Refuses holds that make no sense.
pub(crate) fn check_holds(system: &dyn Hybrid, n: usize) -> Result<(), SimulateError> {
    for guard in system.guards() {
        if let Action::Jump { hold: Some(hold) } = &guard.action {
            finite("the duration of a hold", &[hold.duration])?;
            if hold.duration < 0.0 {
                let (name, value) = ("the duration of a hold", hold.duration);
                return Err(SimulateError::Setting { name, value, remedy: "it is 0 or positive" });
            }
            if let Some(&variable) = hold.variables.iter().find(|&&i| i >= n) {
                let what = "the state whose variables are held";
                return Err(SimulateError::WrongLength { what, expected: variable + 1, found: n });
            }
        }
    }
    Ok(())
}
