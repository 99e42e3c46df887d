//! What is found of the Lyapunov exponents, as plain data.

/// The exponents, how sure they are, and what follows from them.
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovExponents {
    /// The exponents, in descending order, each with its error.
    pub exponents: Vec<Estimate>,
    /// Their values from the first and from the second half of the record, in the same order.
    pub halves: [Vec<f64>; 2],
    /// The times at which running averages were kept.
    pub times: Vec<f64>,
    /// The running averages: one list for each of these times, in the same order as the exponents.
    pub running: Vec<Vec<f64>>,
    /// Whether they can be relied on.
    pub verdict: LyapunovVerdict,
    /// Which of them is the trivial 0 of a flow, if there is one.
    pub trivial: Option<usize>,
    /// The growth rate of the speed abs(f), for a flow that moved at both ends of the record; 0 unless it comes to rest.
    pub along_flow: Option<f64>,
    /// The dimension of Kaplan and Yorke; `None` where more exponents would be needed.
    pub dimension: Option<Estimate>,
    /// The sum of the positive exponents; `None` where more exponents would be needed.
    pub entropy: Option<Estimate>,
    /// The sum of those computed.
    pub sum: f64,
    /// The mean of trace J (map: of ln abs(det J)) along the orbit, where all exponents were computed.
    pub mean_divergence: Option<f64>,
    /// The length of the record, in time or steps.
    pub time: f64,
    /// The state at the end.
    pub state: Vec<f64>,
}

/// A number with its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its error: one standard error, or half the difference of the halves where that is more; and what the length of the steps costs
    /// (by single intervals in half the step), by how much the sum misses the mean divergence, and rounding.
    pub error: f64,
}

/// Whether the exponents can be relied on.
#[derive(Clone, Debug, PartialEq)]
pub enum LyapunovVerdict {
    /// Every error is within the tolerance.
    Converged,
    /// The two halves of the record disagree by more than their scatter explains: the transient is not over.
    Drifting {
        /// Which exponent, from 0.
        exponent: usize,
    },
    /// The scatter is larger than the tolerance: a longer run is needed.
    Uncertain {
        /// Which exponent, from 0, is the least certain.
        exponent: usize,
        /// The length of the record that would do, if the error falls with its square root.
        time_needed: f64,
    },
    /// The sum is not the mean divergence: the step is too long.
    StepTooLong {
        /// The difference.
        difference: f64,
    },
    /// The orbit left the finite numbers at this time.
    Diverged {
        /// When.
        time: f64,
    },
    /// The watcher stopped the run at this time.
    Stopped {
        /// When.
        time: f64,
    },
}

impl LyapunovVerdict {
    /// The verdict in words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Converged => "the exponents have converged".to_owned(),
            Self::Drifting { exponent } => format!(
                "not converged: the two halves of the record disagree on exponent {}; give a longer transient",
                exponent + 1
            ),
            Self::Uncertain { exponent, time_needed } => format!(
                "not converged: exponent {} still scatters; a record of about {time_needed:.3e} would do",
                exponent + 1
            ),
            Self::StepTooLong { difference } => format!(
                "not to be relied on: the sum differs from the mean divergence by {difference:.2e}; take a shorter step"
            ),
            Self::Diverged { time } => format!("the orbit left the finite numbers at t = {time}"),
            Self::Stopped { time } => format!("stopped at t = {time}"),
        }
    }
}
