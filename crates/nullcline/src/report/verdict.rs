//! Verdicts that findings and sentences share and that no result carries by itself.
//!
//! A nonlinear system's fixed point with a largest real part of 0 is undecided by its linearization; a run bears the
//! name of how it ended.

use dynamics::analyze::{LinearAnalysis, TimeKind};
use dynamics::simulate::Verdict;

/// What a linearization says where the largest real part is 0: nothing.
pub(super) const UNDECIDED: &str = "undecided by linearization";

/// How a simulation ended, by name.
pub(super) fn simulation(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Completed => "completed",
        Verdict::Diverged { .. } => "diverged",
        Verdict::Stopped { .. } => "stopped",
        Verdict::StepTooSmall { .. } => "step too small",
        Verdict::Slides { .. } => "slides along a discontinuity",
        Verdict::Ended { .. } => "ended by an event",
        Verdict::Chattering { .. } => "chattering",
        Verdict::JumpStays { .. } => "a jump left its guard true",
    }
}

/// The rate at which eigenvalue `i` makes its mode grow, with its rounding taken as 0: Re(lambda), of a map ln|lambda|.
pub(super) fn growth(analysis: &LinearAnalysis, i: usize) -> f64 {
    if analysis.to_rounding[i] {
        return 0.0;
    }
    match analysis.time {
        TimeKind::Flow => analysis.eigenvalues[i].re,
        TimeKind::Map => analysis.eigenvalues[i].norm().ln(),
    }
}

/// Whether the largest growth is 0, so that a nonlinear system's higher terms decide.
pub(super) fn is_critical(analysis: &LinearAnalysis) -> bool {
    (0..analysis.dimension).map(|i| growth(analysis, i)).fold(f64::NEG_INFINITY, f64::max) == 0.0
}
