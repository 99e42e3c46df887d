//! A delayed system followed through time by a continuous Runge-Kutta method.
//!
//! Within a step that is no longer than the shortest delay the past is known, and the system is a field like any other: the
//! method of steps. The past is read from the dense output of earlier steps, which is kept as long as the longest delay.
//!
//! Where the path begins its slope jumps in general. A delay later its second derivative does, and so on: t0 and the jumps
//! of the input, plus all sums of up to p + 1 delays, are landed on, so that no step of a method of order p looks across a kink that
//! it could feel.
//!
//! Cost: as without delays, and a look into the past (a search and a sum over the stages) for each evaluation and delay. It
//! needs many steps where one delay is far shorter than the rest of the system needs. It is explicit: stiff systems cost it
//! as many steps as any explicit method.
//!
//! Reference: Bellen, Zennaro (2003), Numerical methods for delay differential equations; Hairer, Nørsett, Wanner (1993),
//! Solving ordinary differential equations I, section II.17.
//!
//! ```
//! use dynamics::field::{Delayed, EvalError, History, Workspace};
//! use dynamics::simulate::{Settings, simulate_delayed, unwatched};
//!
//! /// dx/dt = -x(t - 1), with x = 1 before 0: 1 - t until 1, then 1 - t + (t - 1)^2/2.
//! struct Feedback;
//!
//! impl Delayed for Feedback {
//!     fn dimension(&self) -> usize {
//!         1
//!     }
//!     fn delays(&self, _: &[f64]) -> Vec<f64> {
//!         vec![1.0]
//!     }
//!     fn eval(
//!         &self,
//!         _: &[f64],
//!         _: &[f64],
//!         _: &[f64],
//!         past: &[f64],
//!         dx: &mut [f64],
//!         _: &mut Workspace,
//!     ) -> Result<(), EvalError> {
//!         dx.iter_mut().zip(past).for_each(|(dx, past)| *dx = -past);
//!         Ok(())
//!     }
//! }
//!
//! let settings = Settings::default();
//! let run = simulate_delayed(&Feedback, &[], History::Constant, &[1.0], &[0.0, 1.0, 2.0], &settings, &unwatched).unwrap();
//! assert!(run.x[(0, 1)].abs() < 1e-14);
//! assert!((run.x[(0, 2)] + 0.5).abs() < 1e-14);
//! ```

mod past;

use super::control::Tolerance;
use super::course::{End, Watch};
use super::error_estimate::{distance, none};
use super::flow::{choose, standing};
use super::settings::{FixedStep, check, few_enough, finite};
use super::stepper::{Pace, Step, Stepper};
use super::tableau::{Slopes, Tableau};
use super::{ErrorEstimation, Method, Progress, Settings, SimulateError, Trajectory, Verdict, cause};
use crate::field::{Delayed, History};
use linalg::Matrix;
use past::{Past, Remembering};

/// Most numbers that the past may fill (a gibibyte).
const KEPT: usize = 1 << 27;
/// Most kinks that are landed on.
const KINKS: usize = 100_000;

/// Follows a delayed system from `x0` at `times[0]` through the other times.
///
/// # Errors
/// When the question cannot be asked (lengths, times, settings, delays, a method that does not fit), or the right-hand side
/// fails. Divergence is no error: it is the verdict of the trajectory.
pub fn simulate_delayed(
    system: &dyn Delayed,
    p: &[f64],
    history: History<'_>,
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Trajectory, SimulateError> {
    let n = system.dimension();
    check(n, x0, times, settings)?;
    if x0.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() });
    }
    let delays = system.delays(p);
    finite("delay", &delays)?;
    if let Some(&value) = delays.iter().find(|&&d| d <= 0.0) {
        let remedy = "a delay is positive; for a delay of 0 take the state as it is now";
        return Err(SimulateError::Setting { name: "delay", value, remedy });
    }
    let (method, mut reason) = choose(settings, n)?;
    let m = method.tableau().expect("the method has a tableau");
    if !matches!(m.slopes, Slopes::Explicit) {
        let reason = "does not know delays yet; take `auto`, `tsit5` or `dop853`";
        return Err(SimulateError::Unfit { method: method.name(), reason });
    }
    if times.len() == 1 {
        return Ok(standing(x0, times, method, reason));
    }
    let mut dt = None;
    if !method.is_adaptive() {
        let step = FixedStep::of(settings, times)?;
        reason.push_str(&step.words());
        dt = Some(step.dt);
    }
    let shortest = delays.iter().copied().fold(f64::INFINITY, f64::min);
    let span = times[times.len() - 1] - times[0];
    few_enough("a delay of", shortest, span, settings, "leave so short a delay out, or take a shorter run")?;
    let q = Question { system, p, history, x0, delays: &delays, settings, m, dt };
    let estimates = settings.error == ErrorEstimation::SecondRun;
    let share = if estimates { 1.0 / 3.0 } else { 1.0 };
    let done = q.follow(times, 1.0, &|fraction| progress(fraction * share))?;
    if done.is_full {
        reason.push_str("; it stopped because the past that the delays ask for fills the memory");
    } else if matches!(done.end, End::Stopped { .. }) && done.steps >= settings.max_steps {
        reason.push_str(&format!("; it stopped at the limit of {} steps", settings.max_steps));
    }
    let columns = done.x.len() / n.max(1);
    let mut run = Trajectory {
        t: times[..columns].to_vec(),
        x: Matrix::from_columns(n, columns, done.x),
        method: method.name().to_string(),
        reason,
        steps: done.steps,
        rejected: done.rejected,
        evaluations: done.evaluations,
        verdict: done.verdict,
        error: none("the run did not reach its end"),
    };
    if !estimates {
        run.error = none("the estimate was switched off");
    } else if run.verdict == Verdict::Completed {
        let ends = [times[0], times[times.len() - 1]];
        let (finer, remainder, what) = second_run(method, m);
        let second = q.follow(&ends, finer, &|fraction| progress(share + fraction * (1.0 - share)))?;
        run.error = if second.verdict == Verdict::Completed {
            distance(&run, &second.x[n..], remainder, what)
        } else {
            none(format!("a second run with {what} did not reach the end"))
        };
    }
    Ok(run)
}

fn second_run(method: Method, m: &Tableau) -> (f64, f64, &'static str) {
    if !method.is_adaptive() {
        (2.0, 1.0 - 0.5f64.powi(m.order), "half the step")
    } else if m.order < 5 {
        (5.0, 1.0, "a fifth of the tolerance")
    } else {
        (10.0, 1.0, "a tenth of the tolerance")
    }
}

/// One system, one way to follow it.
struct Question<'a> {
    system: &'a dyn Delayed,
    p: &'a [f64],
    history: History<'a>,
    x0: &'a [f64],
    delays: &'a [f64],
    settings: &'a Settings,
    m: &'static Tableau,
    dt: Option<f64>,
}

/// What came of it.
struct Done {
    x: Vec<f64>,
    end: End,
    verdict: Verdict,
    steps: usize,
    rejected: usize,
    evaluations: usize,
    is_full: bool,
}

impl Question<'_> {
    fn follow(&self, times: &[f64], finer: f64, progress: Progress<'_>) -> Result<Done, SimulateError> {
        let (n, m) = (self.x0.len(), self.m);
        let (t0, end) = (times[0], times[times.len() - 1]);
        let pace = match self.dt {
            Some(dt) if finer > 1.0 => Pace::Halves(dt),
            Some(dt) => Pace::Fixed(dt),
            None => {
                let rtol = (self.settings.rtol / finer).max(10.0 * f64::EPSILON);
                Pace::Adaptive(Tolerance { rtol, atol: self.settings.atol / finer })
            }
        };
        let shortest = self.delays.iter().copied().fold(f64::INFINITY, f64::min);
        let longest = self.delays.iter().copied().fold(0.0, f64::max);
        let stops = self.kinks(t0, end);
        let mut past = Past::new(self.history, t0, self.x0, m);
        let mut stepper = Stepper::new(n, self.p, m, pace, end - t0);
        let watch = Watch::new(progress, 1);
        let mut ticks = watch.ticks(n, m.stages());
        let mut done = Done {
            x: self.x0.to_vec(),
            end: End::Completed,
            verdict: Verdict::Completed,
            steps: 0,
            rejected: 0,
            evaluations: 0,
            is_full: false,
        };
        let (mut column, mut state) = (1, vec![0.0; n]);
        let mut last = self.x0.to_vec();
        let mut is_started = false;
        'stops: for &stop in &stops {
            // Between two kinks the past of all moments lies on one side of t0.
            let from = if is_started { stepper.time() } else { t0 };
            let within = 0.5 * (from + stop);
            // Where delays and kinks, not the tolerance, set the step, a second run has to differ all the same.
            let most =
                if finer > 1.0 && self.dt.is_none() { 0.6 * shortest.min(stop - from) } else { shortest };
            let field = Remembering { system: self.system, delays: self.delays, past: &past, within };
            if is_started {
                stepper.renew(&field)?;
                stepper.regrid();
            } else {
                stepper.start(&field, t0, self.x0)?;
                is_started = true;
            }
            while stepper.time() < stop {
                let t = stepper.time();
                let is_asked_to_stop = ticks.pass() && watch.stop((t - t0) / (end - t0));
                done.is_full = past.size() > KEPT;
                if is_asked_to_stop || done.is_full || done.steps >= self.settings.max_steps {
                    done.end = End::Stopped { time: t };
                    break 'stops;
                }
                let field = Remembering { system: self.system, delays: self.delays, past: &past, within };
                let until = match stepper.step(&field, stop, most)? {
                    Step::To(until) => until,
                    Step::TooSmall { step, variable } => {
                        done.end = End::TooSmall { time: t, step, variable };
                        break 'stops;
                    }
                    Step::Slides(variable) => {
                        done.end = End::Slides { time: t, variable };
                        break 'stops;
                    }
                    Step::Diverges => {
                        done.end = End::Diverged;
                        break 'stops;
                    }
                };
                done.steps += 1;
                stepper.block.extra(&field, m)?;
                stepper.evaluations += m.extra.len();
                while let Some(&at) = times.get(column).filter(|&&at| at <= until) {
                    if at == until {
                        done.x.extend_from_slice(&stepper.block.y);
                    } else {
                        let theta = (at - t) / (until - t);
                        stepper.block.read(m, 0, theta, &mut state);
                        done.x.extend_from_slice(&state);
                    }
                    column += 1;
                }
                past.keep(&stepper.block, until - longest);
                stepper.accept();
                last.copy_from_slice(&stepper.block.x);
                if last.iter().any(|x| !(x.is_finite() && x.abs() <= self.settings.bound)) {
                    done.end = End::Diverged;
                    break 'stops;
                }
            }
        }
        (done.rejected, done.evaluations) = (stepper.rejected, stepper.evaluations);
        let within = stepper.time().next_up();
        let field = Remembering { system: self.system, delays: self.delays, past: &past, within };
        done.verdict = match done.end {
            End::Completed | End::HandedOver => Verdict::Completed,
            End::Stopped { time } => Verdict::Stopped { time },
            End::TooSmall { time, step, variable } => {
                let cause = cause::stall(&field, self.p, time, &last, step, variable);
                Verdict::StepTooSmall { time, step, variable, cause }
            }
            End::Slides { time, variable } => Verdict::Slides { time, variable },
            End::Diverged => {
                let (variable, value) = cause::largest(&last);
                let cause = cause::growth(&field, self.p, stepper.time(), &last);
                Verdict::Diverged { time: stepper.time(), variable, value, cause }
            }
        };
        Ok(done)
    }

    /// Times in (t0, end] to land on: where the path or the input has a kink that the method could feel, and the end.
    fn kinks(&self, t0: f64, end: f64) -> Vec<f64> {
        let inner = self.system.breakpoints(t0, end);
        let mut level: Vec<f64> = std::iter::once(t0).chain(inner).collect();
        let mut all = level.clone();
        let tiny = 8.0 * f64::EPSILON * end.abs().max(t0.abs());
        for _ in 0..=self.m.order {
            let next = level.iter().flat_map(|t| self.delays.iter().map(move |d| t + d));
            level = next.filter(|&t| t < end - tiny).collect();
            level.sort_by(f64::total_cmp);
            level.dedup_by(|a, b| (*a - *b).abs() <= tiny);
            if all.len() + level.len() > KINKS {
                break;
            }
            all.extend_from_slice(&level);
        }
        all.retain(|&t| t > t0 + tiny && t < end - tiny);
        all.sort_by(f64::total_cmp);
        all.dedup_by(|a, b| (*a - *b).abs() <= tiny);
        all.push(end);
        all
    }
}
