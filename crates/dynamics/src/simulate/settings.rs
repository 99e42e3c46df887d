//! How a simulation is to run, how it can be watched, and what can be wrong with the question.

use super::Method;
use crate::field::EvalError;
use std::ops::ControlFlow;

/// How to run. Every number that a result depends on is here.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The method; [`Method::Auto`] chooses.
    pub method: Method,
    /// Relative tolerance of the local error of adaptive methods.
    pub rtol: f64,
    /// Absolute tolerance of the local error of adaptive methods, in the unit of each variable.
    pub atol: f64,
    /// Step of the methods of fixed step; without it, the smallest recorded interval.
    pub dt: Option<f64>,
    /// Whether the global error is estimated.
    pub error: ErrorEstimation,
    /// Seed of the noise.
    pub seed: u64,
    /// Most steps of one trajectory; then it ends as stopped.
    pub max_steps: usize,
    /// A variable beyond this modulus counts as diverged.
    pub bound: f64,
    /// How guards of a noisy system are watched.
    pub crossings: Crossings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            method: Method::Auto,
            rtol: 1e-6,
            atol: 1e-9,
            dt: None,
            error: ErrorEstimation::SecondRun,
            seed: 0,
            max_steps: 100_000_000,
            bound: f64::INFINITY,
            crossings: Crossings::Between,
        }
    }
}

/// How guards of a noisy system are watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crossings {
    /// Also between steps: a path that has crossed and come back is accounted for by its chance.
    #[default]
    Between,
    /// At the steps alone; a first passage is then later, the more so the larger the step.
    AtSteps,
}

/// Whether and how the global error of a run is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorEstimation {
    /// By a second run at a tighter tolerance or half the step; both cost at most three times the first.
    #[default]
    SecondRun,
    /// Not at all.
    Off,
}

/// Called now and then with the fraction done; the answer `Break` stops the run and keeps what is there.
pub type Progress<'a> = &'a (dyn Fn(f64) -> ControlFlow<()> + Sync);

/// A [`Progress`] that lets the run go on.
pub fn unwatched(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A question that cannot be asked. What goes wrong in the mathematics is a [`super::Verdict`] instead.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulateError {
    /// Two lengths do not fit.
    #[error("{what} has {found} entries, but the system needs {expected}")]
    WrongLength {
        /// What has the wrong length.
        what: &'static str,
        /// The length needed.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// The times are not an increasing list of finite numbers.
    #[error("time {index} is {value}: give at least one time, each finite and later than the one before")]
    Times {
        /// Which one.
        index: usize,
        /// Its value (NaN if there is none).
        value: f64,
    },
    /// A state or an entry of the system is infinite or NaN.
    #[error("{what} {index} is {value}: it must be a finite number")]
    NotFinite {
        /// What it belongs to.
        what: &'static str,
        /// Which entry.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A setting has a value that makes no sense.
    #[error("{name} = {value}: {remedy}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What to do.
        remedy: &'static str,
    },
    /// The method does not fit the kind of system.
    #[error("the method `{method}` {reason}")]
    Unfit {
        /// The name of the method.
        method: &'static str,
        /// Why, and what to take instead.
        reason: &'static str,
    },
    /// More steps than the settings allow, before the first is made.
    #[error(
        "{what} {length:e} over a time of {span} asks for {steps:.1e} steps, and the limit is {limit:.0e}: {remedy}"
    )]
    TooManySteps {
        /// What is so short.
        what: &'static str,
        /// How long it is.
        length: f64,
        /// How long the run is.
        span: f64,
        /// The steps that follow from it.
        steps: f64,
        /// The most that are allowed.
        limit: f64,
        /// What to do.
        remedy: &'static str,
    },
    /// The right-hand side failed.
    #[error(transparent)]
    Eval(#[from] EvalError),
}

/// Checks what every run needs.
pub(crate) fn check(
    n: usize,
    states: &[f64],
    times: &[f64],
    settings: &Settings,
) -> Result<(), SimulateError> {
    if n > 0 && (states.is_empty() || !states.len().is_multiple_of(n)) {
        return Err(SimulateError::WrongLength {
            what: "the initial state",
            expected: n,
            found: states.len(),
        });
    }
    finite("the initial state", states)?;
    if times.is_empty() {
        return Err(SimulateError::Times { index: 0, value: f64::NAN });
    }
    for (index, &value) in times.iter().enumerate() {
        if !value.is_finite() || index > 0 && value <= times[index - 1] {
            return Err(SimulateError::Times { index, value });
        }
    }
    let positive = |name, value: f64, remedy| {
        if value > 0.0 && !value.is_nan() {
            Ok(())
        } else {
            Err(SimulateError::Setting { name, value, remedy })
        }
    };
    positive("rtol", settings.rtol, "a tolerance is positive")?;
    positive("bound", settings.bound, "the bound is positive")?;
    if !(settings.atol >= 0.0 && settings.atol.is_finite()) {
        let (name, value) = ("atol", settings.atol);
        return Err(SimulateError::Setting { name, value, remedy: "an absolute tolerance is 0 or positive" });
    }
    if let Some(dt) = settings.dt {
        positive("dt", dt, "a step is positive")?;
    }
    Ok(())
}

/// The step of a method of fixed step, and where it comes from.
pub(crate) struct FixedStep {
    pub(crate) dt: f64,
    source: String,
}

impl FixedStep {
    /// `dt`, or else the smallest recorded interval; never longer than the run.
    pub(crate) fn of(settings: &Settings, times: &[f64]) -> Result<Self, SimulateError> {
        let span = times[times.len() - 1] - times[0];
        let smallest = times.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
        let (dt, source) = match settings.dt {
            Some(dt) if dt > span => {
                (span, format!(", the whole run, which is shorter than the {dt} asked for"))
            }
            Some(dt) => (dt, String::new()),
            None => (smallest, ", the smallest recorded interval".to_string()),
        };
        few_enough(
            "a step of",
            dt,
            span,
            settings,
            "take a larger `dt`, a shorter run, or an adaptive method",
        )?;
        Ok(Self { dt, source })
    }

    /// The end of a sentence about the method.
    pub(crate) fn words(&self) -> String {
        format!("; its step is {}{}", self.dt, self.source)
    }
}

/// Refuses a step (or what bounds it) of this `length` if it asks for more steps than the settings allow.
pub(crate) fn few_enough(
    what: &'static str,
    length: f64,
    span: f64,
    settings: &Settings,
    remedy: &'static str,
) -> Result<(), SimulateError> {
    let (steps, limit) = (span / length, settings.max_steps as f64);
    if steps > limit {
        return Err(SimulateError::TooManySteps { what, length, span, steps, limit, remedy });
    }
    Ok(())
}

/// Refuses infinite and NaN entries.
pub(crate) fn finite(what: &'static str, values: &[f64]) -> Result<(), SimulateError> {
    match values.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(SimulateError::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}
