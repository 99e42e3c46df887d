//! What keeps a built model from being examined.

use crate::network::NetworkError;
use dynamics::analyze::AnalyzeError;
use dynamics::simulate::SimulateError;

/// What keeps a built model from being examined.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// The simulation refused its settings.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// The model contradicts itself.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The model is of a kind that this analysis cannot take.
    #[error("{what}")]
    Refused {
        /// Why.
        what: String,
        /// What to do instead.
        remedy: String,
    },
    /// The analysis failed.
    #[error(transparent)]
    Analyze(#[from] AnalyzeError),
}
