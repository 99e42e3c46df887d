//! `[continue]`: how fixed points and cycles change with a parameter.

use super::shape::{Raw, Scalar};
use crate::model::at::{At, Named};
use schemars::JsonSchema;
use serde::Deserialize;

/// Fixed points and cycles over one parameter, and the bifurcations on them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContinueText {
    /// The name of a parameter, `population.parameter`, or the path of a number in this file.
    pub(crate) param: At<String>,
    /// Where the interval begins.
    pub(crate) from: Scalar,
    /// Where it ends.
    pub(crate) to: Scalar,
    /// A second parameter, over which the folds and Hopf points that were found are followed.
    pub(crate) second: Option<At<SecondText>>,
    /// Random starts of the search for fixed points at each end of the interval.
    pub(crate) starts: Option<At<i64>>,
    /// Whether cycles are followed (the default).
    pub(crate) cycles: Option<bool>,
    /// Where each variable may go, such as { V = ["-100 mV", "60 mV"] }.
    #[serde(default, rename = "box")]
    pub(crate) within: Named<Vec<At<Raw>>>,
}

/// A second parameter and its interval.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondText {
    /// As `param`.
    pub(crate) param: At<String>,
    /// Where the interval begins.
    pub(crate) from: Scalar,
    /// Where it ends.
    pub(crate) to: Scalar,
}
