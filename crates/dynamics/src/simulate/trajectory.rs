//! What a simulation returns.

use linalg::Matrix;

/// States at recorded times, and how they were obtained.
#[derive(Clone, Debug)]
pub struct Trajectory {
    /// Recorded times, T of them.
    pub t: Vec<f64>,
    /// n x T: column k is the state at `t[k]`.
    pub x: Matrix,
    /// The method that ran, by its name in model files (`expm`, `tsit5`, …).
    pub method: String,
    /// Why this method, in a sentence.
    pub reason: String,
    /// Accepted steps.
    pub steps: usize,
    /// Rejected steps.
    pub rejected: usize,
    /// Evaluations of the right-hand side.
    pub evaluations: usize,
    /// How it ended.
    pub verdict: Verdict,
    /// How wrong the final state may be.
    pub error: ErrorEstimate,
}

/// How a simulation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// All times were reached.
    Completed,
    /// A variable left the finite numbers (or the bound of the settings).
    Diverged {
        /// When.
        time: f64,
        /// Index of the variable.
        variable: usize,
        /// Its last value.
        value: f64,
        /// The likely cause, in a sentence.
        cause: String,
    },
    /// The caller asked to stop; what was recorded until then is whole.
    Stopped {
        /// When, in the time of the model.
        time: f64,
    },
    /// A guard of a hybrid system ended the run.
    Ended {
        /// When.
        time: f64,
        /// Which guard.
        guard: usize,
    },
    /// A guard of a hybrid system fires again and again while no time passes.
    Chattering {
        /// When.
        time: f64,
        /// Which guard.
        guard: usize,
        /// How often it has fired there.
        events: usize,
    },
    /// After the jump of a guard of a hybrid system the guard is still above 0, or the flow leads it there at once.
    JumpStays {
        /// When.
        time: f64,
        /// Which guard.
        guard: usize,
    },
    /// The tolerance asks for steps too small for double precision.
    StepTooSmall {
        /// When.
        time: f64,
        /// The step that was tried.
        step: f64,
        /// Index of the variable that asked for it; `None` where a fixed step is below what the time resolves.
        variable: Option<usize>,
        /// The likely cause, in a sentence.
        cause: String,
    },
    /// The state slides along a discontinuity, where the slope of a variable jumps and points to the jump from both sides.
    Slides {
        /// When that was noticed.
        time: f64,
        /// Index of the variable.
        variable: usize,
    },
}

/// An estimate of the global error of the run: the 2-norm of the error of the final state.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorEstimate {
    /// The estimate, or `None` where it has no meaning.
    pub value: Option<f64>,
    /// How it was obtained, or why there is none.
    pub reason: String,
}
