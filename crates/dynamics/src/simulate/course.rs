//! What every stepper is given and gives back.

use super::Progress;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A field, where it is asked, and where it jumps.
pub(crate) struct Course<'a, F: ?Sized> {
    /// The field.
    pub(crate) field: &'a F,
    /// Its number of variables.
    pub(crate) n: usize,
    /// Its parameters.
    pub(crate) p: &'a [f64],
    /// Recorded times; the first is the start.
    pub(crate) times: &'a [f64],
    /// Breakpoints, and the end.
    pub(crate) stops: &'a [f64],
    /// A variable beyond this modulus has diverged.
    pub(crate) bound: f64,
    /// Most steps of one trajectory.
    pub(crate) max_steps: usize,
    /// Where the run as a whole began: what is followed may be the rest of it.
    pub(crate) began: f64,
    /// Whether a lane that stability holds short is given up, for an implicit method to take over.
    pub(crate) hands_over: bool,
}

impl<F: ?Sized> Course<'_, F> {
    /// The fraction of the run that is done at time t.
    pub(crate) fn fraction(&self, t: f64) -> f64 {
        ((t - self.began) / (self.times[self.times.len() - 1] - self.began)).clamp(0.0, 1.0)
    }
}

/// How one trajectory went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// Columns that were written.
    pub(crate) recorded: usize,
    /// How it ended.
    pub(crate) end: End,
    /// The initial state.
    pub(crate) start: Vec<f64>,
    /// The last time reached.
    pub(crate) time: f64,
    /// The state there.
    pub(crate) last: Vec<f64>,
    /// Accepted steps.
    pub(crate) steps: usize,
    /// Rejected steps.
    pub(crate) rejected: usize,
    /// Evaluations of the right-hand side.
    pub(crate) evaluations: usize,
    /// Steps that stability held short.
    pub(crate) stiff_steps: usize,
    /// When an implicit method took over.
    pub(crate) taken_over: Option<f64>,
}

/// How one trajectory ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum End {
    /// All times were reached (or, before the run, none yet).
    #[default]
    Completed,
    /// A variable left the finite numbers or the bound.
    Diverged,
    /// Given up within the run, so that an implicit method takes over.
    HandedOver,
    /// Asked to stop.
    Stopped {
        /// When.
        time: f64,
    },
    /// The step fell below what doubles resolve.
    TooSmall {
        /// When.
        time: f64,
        /// The step.
        step: f64,
        /// The variable that asks for it; `None` where the step was asked for.
        variable: Option<usize>,
    },
    /// Along a discontinuity.
    Slides {
        /// Since when.
        time: f64,
        /// The variable whose slope jumps.
        variable: usize,
    },
}

/// A progress callback shared by threads: whoever hears "stop" stops all.
pub(crate) struct Watch<'a> {
    progress: Progress<'a>,
    stopped: AtomicBool,
    /// Parts of the whole (chunks of an ensemble) that are done, of how many.
    parts: AtomicUsize,
    of: usize,
}

impl<'a> Watch<'a> {
    /// For work in `of` equal parts.
    pub(crate) fn new(progress: Progress<'a>, of: usize) -> Self {
        Self { progress, stopped: AtomicBool::new(false), parts: AtomicUsize::new(0), of }
    }

    /// Tells the fraction of the present part; whether to stop.
    pub(crate) fn stop(&self, fraction: f64) -> bool {
        if self.stopped.load(Ordering::Relaxed) {
            return true;
        }
        let done = (self.parts.load(Ordering::Relaxed) as f64 + fraction) / self.of as f64;
        let stop = (self.progress)(done.min(1.0)).is_break();
        if stop {
            self.stopped.store(true, Ordering::Relaxed);
        }
        stop
    }

    /// One part is done.
    pub(crate) fn part_done(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
    }

    /// A counter that passes about every few milliseconds of steps of `size` numbers and `stages` evaluations.
    ///
    /// The cost of an evaluation is not known, so it is taken as that of a dense network, and never are more than 64 steps
    /// taken in a row: a slow right-hand side is asked often enough too.
    pub(crate) fn ticks(&self, size: usize, stages: usize) -> Ticks {
        let work = stages.saturating_mul(size.saturating_mul(size)).saturating_add(1);
        Ticks { every: (4_000_000 / work).clamp(1, 64), count: 0 }
    }
}

/// Counts steps between two looks at the progress callback.
pub(crate) struct Ticks {
    every: usize,
    count: usize,
}

impl Ticks {
    /// Whether it is time to look.
    pub(crate) fn pass(&mut self) -> bool {
        self.count += 1;
        if self.count >= self.every {
            self.count = 0;
            return true;
        }
        false
    }
}
