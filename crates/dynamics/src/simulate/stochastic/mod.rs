//! Stochastic systems with noise that may depend on the state: one path, or many trials.
//!
//! Euler-Maruyama, Heun and Milstein on a fixed grid; each serves equations in the sense of Ito and of Stratonovich, by the
//! drift in which the two differ. Noise is keyed by (seed, trial, step) and the same however fine the grid ([`Wiener`]), so
//! the error of a path can be estimated by half the step along it.
//!
//! Guards are looked at after each step; where noise acts on a guard directly, a path that has crossed it and come back
//! within the step is accounted for by the chance that a Brownian bridge does so (with up to 32 noises). What a jump moves
//! goes on from the moment of its event; what a hold holds is released at the nearest end of a step.
//!
//! Cost: per step one evaluation of drift and diffusion (Heun: two), one or two more of the diffusion where its derivative is
//! by differences, and m normal numbers at about 10 ns. It fails, and says so, where a step is too large for the drift.
//!
//! Reference: Kloeden, Platen (1992), Numerical solution of stochastic differential equations; Gobet (2000), Weak
//! approximation of killed diffusion using Euler schemes.
//!
//! ```
//! use dynamics::field::{EvalError, Interpretation, LinearSystem, NoiseStructure, Stochastic, VectorField, Workspace};
//! use dynamics::linalg::Matrix;
//! use dynamics::simulate::{Draw, Settings, Wiener, simulate_diffusion, unwatched};
//!
//! /// dx = 0.5 x dt + 0.3 x dW: geometric Brownian motion, x(1) = exp(0.5 - 0.3^2/2 + 0.3 W(1)).
//! struct Geometric(LinearSystem);
//!
//! impl Stochastic for Geometric {
//!     fn drift(&self) -> &dyn VectorField {
//!         &self.0
//!     }
//!     fn interpretation(&self) -> Interpretation {
//!         Interpretation::Ito
//!     }
//!     fn noises(&self) -> usize {
//!         1
//!     }
//!     fn entries(&self) -> &[(usize, usize)] {
//!         &[(0, 0)]
//!     }
//!     fn structure(&self) -> NoiseStructure {
//!         NoiseStructure::Diagonal
//!     }
//!     fn diffusion(&self, _: &[f64], _: &[f64], x: &[f64], g: &mut [f64], _: &mut Workspace) -> Result<(), EvalError> {
//!         g.iter_mut().zip(x).for_each(|(g, x)| *g = 0.3 * x);
//!         Ok(())
//!     }
//! }
//!
//! let system = Geometric(LinearSystem::new(Matrix::from_rows(&[[0.5]])));
//! let settings = Settings { dt: Some(1e-3), seed: 5, ..Settings::default() };
//! let run = simulate_diffusion(&system, &[], &[1.0], &[0.0, 1.0], &settings, Draw::default(), &unwatched).unwrap();
//! let (path, mut w) = (Wiener::new(5, 0, 1e-3, 0), 0.0);
//! for step in 0..1000 {
//!     let mut dw = [0.0];
//!     path.increments(step, &mut dw);
//!     w += dw[0];
//! }
//! let exact = f64::exp(0.5 - 0.045 + 0.3 * w);
//! assert_eq!(run.trajectory.method, "milstein");
//! assert!((run.trajectory.x[(0, 1)] - exact).abs() < 1e-3);
//! ```

mod scheme;
mod walk;
mod wiener;

pub use wiener::{Wiener, initial_stream};

use super::brownian::fastest_rate;
use super::course::Watch;
use super::error_estimate::{none, norm};
use super::hybrid::{Event, HybridTrajectory, check_holds};
use super::settings::{check, few_enough};
use super::{
    Crossings, Ensemble, ErrorEstimate, ErrorEstimation, Method, Progress, Settings, SimulateError,
    Trajectory, Verdict,
};
use crate::field::{Interpretation, NoiseStructure, Stochastic};
use crate::random::Stream;
use linalg::Matrix;
use rayon::prelude::*;
use scheme::{Scheme, commutator};
use walk::{Question, Trial, follow};

/// Which draw of the noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draw {
    /// The (first) trial: a number of its own for each path of one seed.
    pub trial: u64,
    /// How often the step is halved, along the same path; at most 20.
    pub halvings: u32,
}

/// Many trials of one stochastic system.
#[derive(Clone, Debug)]
pub struct Trials {
    /// Their states at recorded times, and how each ended.
    pub ensemble: Ensemble,
    /// The events of each trial, in the order of time.
    pub events: Vec<Vec<Event>>,
}

/// Trials in one block of lanes.
const BLOCK: usize = 64;

/// Follows one path of a stochastic system from `x0` at `times[0]` through the other times.
///
/// # Errors
/// When the question cannot be asked (lengths, times, settings, a method that does not fit), or the system fails.
pub fn simulate_diffusion(
    system: &dyn Stochastic,
    p: &[f64],
    x0: &[f64],
    times: &[f64],
    settings: &Settings,
    draw: Draw,
    progress: Progress<'_>,
) -> Result<HybridTrajectory, SimulateError> {
    let n = system.drift().dimension();
    let way = prepare(system, p, x0, times, settings, draw)?;
    if x0.len() != n {
        return Err(SimulateError::WrongLength { what: "the initial state", expected: n, found: x0.len() });
    }
    let estimates = settings.error == ErrorEstimation::SecondRun;
    let share = if estimates { 1.0 / 3.0 } else { 1.0 };
    let one =
        |further: u32, times: &[f64], progress: Progress<'_>| -> Result<(Vec<f64>, Trial), SimulateError> {
            let q = Question { halvings: draw.halvings + further, parts: 1 + further, times, ..way.question };
            let mut x = vec![f64::NAN; n * times.len()];
            let mut trials = follow(&q, draw.trial, x0, &mut x, &Watch::new(progress, 1))?;
            Ok((x, trials.pop().expect("one state has one trial")))
        };
    let (mut x, trial) = one(0, times, &|fraction| progress(fraction * share))?;
    let error = if !estimates {
        none("the estimate was switched off")
    } else if trial.verdict == Verdict::Completed && draw.halvings < 20 {
        let ends = [times[0], times[times.len() - 1]];
        let (_, finer) = one(1, &ends, &|f| progress(share + f * (1.0 - share)))?;
        path_error(&trial, &finer)
    } else {
        none("the run did not reach its end")
    };
    x.truncate(n * trial.recorded);
    let trajectory = Trajectory {
        t: times[..trial.recorded].to_vec(),
        x: Matrix::from_columns(n, trial.recorded, x),
        method: way.method.name().to_string(),
        reason: way.reason,
        steps: trial.steps,
        rejected: 0,
        evaluations: trial.steps * evaluations(way.question.scheme),
        verdict: trial.verdict,
        error,
    };
    Ok(HybridTrajectory { trajectory, events: trial.events })
}

/// Follows `trials` paths of a stochastic system, each until the last time or until a guard ends it. `x0s` has a column for
/// each trial, or one for all. The bits do not depend on the number of threads.
///
/// # Errors
/// As [`simulate_diffusion`].
pub fn simulate_trials(
    system: &dyn Stochastic,
    p: &[f64],
    x0s: &Matrix,
    trials: usize,
    times: &[f64],
    settings: &Settings,
    draw: Draw,
    progress: Progress<'_>,
) -> Result<Trials, SimulateError> {
    let n = system.drift().dimension();
    for (what, expected, found) in [
        ("each initial state", n, x0s.rows()),
        ("the list of initial states (one for all, or one for each trial)", trials, x0s.cols()),
    ] {
        if found != expected && !(expected == trials && found == 1) {
            return Err(SimulateError::WrongLength { what, expected, found });
        }
    }
    let way = prepare(system, p, x0s.as_slice(), times, settings, draw)?;
    let size = n * times.len();
    let mut x = vec![f64::NAN; trials * size];
    let chunks = trials.div_ceil(BLOCK);
    let watch = Watch::new(progress, chunks);
    let jobs = x.par_chunks_mut((BLOCK * size).max(1)).enumerate();
    let parts = jobs
        .map(|(chunk, out)| {
            let (first, count) = (chunk * BLOCK, out.len() / size);
            let start: Vec<f64> = (first..first + count)
                .flat_map(|k| x0s.column(if x0s.cols() == 1 { 0 } else { k }).iter().copied())
                .collect();
            let done = follow(&way.question, draw.trial + first as u64, &start, out, &watch)?;
            watch.part_done();
            Ok(done)
        })
        .collect::<Result<Vec<_>, SimulateError>>()?;
    let all: Vec<Trial> = parts.into_iter().flatten().collect();
    let steps = all.iter().map(|t| t.steps).sum();
    let (verdicts, events) = all.into_iter().map(|t| (t.verdict, t.events)).unzip();
    let ensemble = Ensemble {
        t: times.to_vec(),
        n,
        x,
        method: way.method.name().to_string(),
        reason: way.reason,
        steps,
        rejected: 0,
        evaluations: steps * evaluations(way.question.scheme),
        verdicts,
    };
    Ok(Trials { ensemble, events })
}

/// A method, why it was taken, and what the blocks need.
struct Way<'a> {
    method: Method,
    reason: String,
    question: Question<'a>,
}

fn prepare<'a>(
    system: &'a dyn Stochastic,
    p: &'a [f64],
    x0s: &[f64],
    times: &'a [f64],
    settings: &Settings,
    draw: Draw,
) -> Result<Way<'a>, SimulateError> {
    let n = system.drift().dimension();
    check(n, x0s, times, settings)?;
    for &(variable, noise) in system.entries() {
        for (what, found, at) in [
            ("the state that the noises act on", n, variable),
            ("the list of noises that the diffusion names", system.noises(), noise),
        ] {
            if at >= found {
                return Err(SimulateError::WrongLength { what, expected: at + 1, found });
            }
        }
    }
    if let Some(hybrid) = system.hybrid() {
        check_holds(hybrid, n)?;
    }
    if draw.halvings > 20 {
        let (name, value) = ("halvings", f64::from(draw.halvings));
        return Err(SimulateError::Setting { name, value, remedy: "at most 20; take a smaller dt" });
    }
    let x0 = &x0s[..n];
    let structure = match system.structure() {
        NoiseStructure::General if system.noises() == 1 => NoiseStructure::Commutative,
        known => known,
    };
    let (method, scheme, why) = choose(system, structure, settings.method)?;
    if scheme == Scheme::Milstein && structure == NoiseStructure::General {
        refuse_unless_commuting(system, p, times[0], x0)?;
    }
    let smallest = times.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
    let span = times[times.len() - 1] - times[0];
    let (dt, source) = match settings.dt {
        Some(dt) if dt > span && span > 0.0 => {
            (span, ", the whole run, which is shorter than the step asked for")
        }
        Some(dt) => (dt, ""),
        None => match fastest_rate(system.drift(), p, x0, times[0])? {
            Some(rate) if 1.0 / (50.0 * rate) < smallest => {
                (1.0 / (50.0 * rate), ", a fiftieth of the shortest time constant of the drift")
            }
            _ => (smallest, ", the smallest recorded interval"),
        },
    };
    few_enough("a step of", dt, span, settings, "take a larger `dt` or a shorter run")?;
    let reason = format!("{why}; its step is {:.3e}{source}", dt / f64::from(1u32 << draw.halvings));
    let question = Question {
        system,
        structure,
        scheme,
        p,
        times,
        dt,
        halvings: draw.halvings,
        parts: 1,
        seed: settings.seed,
        bound: settings.bound,
        bridged: settings.crossings == Crossings::Between,
        max_steps: settings.max_steps,
    };
    Ok(Way { method, reason, question })
}

fn choose(
    system: &dyn Stochastic,
    structure: NoiseStructure,
    asked: Method,
) -> Result<(Method, Scheme, String), SimulateError> {
    let auto = |method: Method, scheme, why: &str| {
        Ok((method, scheme, format!("auto chose {}: {why}", method.name())))
    };
    match (asked, structure, system.interpretation()) {
        (Method::Auto, NoiseStructure::Additive, _) => auto(
            Method::Heun,
            Scheme::Heun,
            "the noise does not depend on the state, and the step is of order 2 in the drift",
        ),
        (Method::Auto, NoiseStructure::Diagonal | NoiseStructure::Commutative, _) => auto(
            Method::Milstein,
            Scheme::Milstein,
            "the noise depends on the state and commutes, so the strong order is 1",
        ),
        (Method::Auto, NoiseStructure::General, Interpretation::Ito) => auto(
            Method::EulerMaruyama,
            Scheme::EulerMaruyama,
            "the noises are not known to commute, and the equation is Ito's",
        ),
        (Method::Auto, NoiseStructure::General, Interpretation::Stratonovich) => auto(
            Method::Heun,
            Scheme::Heun,
            "the noises are not known to commute, and the equation is Stratonovich's",
        ),
        (Method::EulerMaruyama, ..) => Ok((asked, Scheme::EulerMaruyama, said(asked))),
        (Method::Heun, ..) => Ok((asked, Scheme::Heun, said(asked))),
        (Method::Milstein, ..) => Ok((asked, Scheme::Milstein, said(asked))),
        _ => {
            let reason = "does not know noise; take `auto`, `milstein`, `heun` or `euler_maruyama`";
            Err(SimulateError::Unfit { method: asked.name(), reason })
        }
    }
}

fn said(method: Method) -> String {
    format!("{} was asked for", method.name())
}

/// Looks at the initial state and at some around it.
fn refuse_unless_commuting(
    system: &dyn Stochastic,
    p: &[f64],
    t: f64,
    x0: &[f64],
) -> Result<(), SimulateError> {
    let mut numbers = Stream::new(0, 0, 0);
    for round in 0..4 {
        let around = |x: &f64| if round == 0 { *x } else { x + 0.1 * x.abs().max(0.1) * numbers.normal() };
        let x: Vec<f64> = x0.iter().map(around).collect();
        // Differences are good to some 1e-10 of their terms.
        if commutator(system, p, t, &x)? > 1e-6 {
            return Err(SimulateError::Unfit {
                method: "milstein",
                reason: "needs noises that commute, (g_j . grad) g_k = (g_k . grad) g_j, and these do not; take `euler_maruyama` \
                         or `heun`, whose strong order is 1/2, with a smaller dt",
            });
        }
    }
    Ok(())
}

fn evaluations(scheme: Scheme) -> usize {
    if scheme == Scheme::Heun { 2 } else { 1 }
}

/// The distance at the end to a run with half the step, along the same path.
fn path_error(trial: &Trial, finer: &Trial) -> ErrorEstimate {
    if finer.verdict != trial.verdict {
        return none("a second run with half the step along the same path ended otherwise");
    }
    if finer.events.len() != trial.events.len() {
        return none(format!(
            "a second run with half the step along the same path has {} events, this one {}",
            finer.events.len(),
            trial.events.len()
        ));
    }
    ErrorEstimate {
        value: Some(norm(trial.last.iter().zip(&finer.last).map(|(a, b)| a - b))),
        reason: "the distance at the end to a second run with half the step, along the same Brownian path"
            .to_string(),
    }
}
