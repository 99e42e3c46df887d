//! `[trials]`: many runs of a noisy model, each until something happens.

use super::shape::Scalar;
use crate::model::at::{At, Named};
use schemars::JsonSchema;
use serde::Deserialize;

/// Many runs of a noisy model, each until one of the stops; for each value of one parameter, how often each stop came first, and
/// when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialsText {
    /// How many runs for each value.
    pub(crate) count: At<i64>,
    /// One parameter and its values: { c = [0, 0.1, 0.2] }.
    #[serde(default)]
    pub(crate) over: Named<Vec<Scalar>>,
    /// Conditions by name, such as { left = "r1 > 15 Hz" }: the first that becomes true ends the run.
    pub(crate) stop: Named<String>,
    /// Where conditions are watched: also "between" the steps (the default), or at the "steps" alone, as programs do that compare
    /// after each step; decisions are then later, the more so the larger the step.
    pub(crate) watch: Option<At<String>>,
    /// When the clock of a run starts, and the conditions begin to count; the start of `[run]` if absent.
    pub(crate) from: Option<Scalar>,
}
