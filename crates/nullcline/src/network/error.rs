//! What can be wrong with a network, and what to do about it.

use equations::{Formula, FormulaError};

/// A network that cannot be built or lowered: the offending value and a remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}\nremedy: {remedy}")]
pub struct NetworkError {
    /// Which rule was broken.
    pub kind: NetworkErrorKind,
    /// The part of the network: `populations.E.tau`, `connect[2]` (`E -> I`), `inputs.drive`.
    pub place: String,
    /// What is wrong, with the offending value.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// The rules that a network can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkErrorKind {
    /// A matrix or a vector has another shape than its populations.
    Shape,
    /// A number outside its domain: tau <= 0, p outside [0, 1], NaN.
    Value,
    /// More sources for each target than there are.
    InDegree,
    /// Weights against the sign that Dale's law gives.
    Sign,
    /// A coordinate or another name that does not exist.
    Name,
    /// A formula that cannot be evaluated.
    Formula,
    /// A spectral radius of 0 cannot be rescaled.
    SpectralRadius,
    /// Noise that has no meaning where it enters.
    Noise,
    /// Two populations have one name, or an index points to none.
    Population,
}

impl NetworkError {
    pub(super) fn new(
        kind: NetworkErrorKind,
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { kind, place: place.into(), what: what.into(), remedy: remedy.into() }
    }

    /// A formula that cannot be evaluated, told at its place.
    pub(super) fn of_formula(place: &str, formula: &Formula, e: &FormulaError) -> Self {
        Self::new(
            NetworkErrorKind::Formula,
            place,
            format!("in `{}`: {}", formula.source(), e.message),
            e.hint.clone().unwrap_or_else(|| "correct the formula".to_owned()),
        )
    }
}
