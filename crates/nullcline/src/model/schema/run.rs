//! `[run]`: the simulation.

use super::matrix::Row;
use super::shape::Scalar;
use crate::model::at::At;
use schemars::JsonSchema;
use serde::Deserialize;

/// The simulation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunText {
    /// Start and end.
    pub(crate) t: At<Vec<Scalar>>,
    /// "auto" (the default), or the name of a method: "expm", "event-exact", "rk4", "tsit5", "dop853", "rodas5p", "euler_maruyama", …
    pub(crate) method: Option<At<String>>,
    /// Relative tolerance of adaptive methods.
    pub(crate) rtol: Option<Scalar>,
    /// Absolute tolerance of adaptive methods.
    pub(crate) atol: Option<Scalar>,
    /// Step of the methods of fixed step; refused where the steps follow from the tolerance (`rtol`, `atol`).
    pub(crate) dt: Option<Scalar>,
    /// What is kept.
    pub(crate) record: Option<At<Record>>,
    /// Further initial states, followed at the same times.
    pub(crate) ensemble: Option<At<EnsembleText>>,
    /// How noise that depends on the state is meant: "ito" or "stratonovich".
    pub(crate) interpretation: Option<At<String>>,
    /// Whether a second run estimates the global error (true if absent).
    pub(crate) error_estimate: Option<bool>,
}

/// What is kept of a run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    /// Distance of recorded times.
    pub(crate) every: Option<Scalar>,
}

/// Further initial states: n of them, normal about the state at the start with standard deviation `spread`; or a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnsembleText {
    /// How many.
    pub(crate) n: Option<At<i64>>,
    /// Standard deviation about the state at the start.
    pub(crate) spread: Option<Scalar>,
    /// The states themselves, one a row.
    pub(crate) x0: Option<At<Vec<At<Row>>>>,
}
