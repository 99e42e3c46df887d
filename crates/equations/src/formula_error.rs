//! What can be wrong with a formula.

use std::ops::Range;

/// A formula that cannot be read, or whose variables are not known.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaError {
    /// What is wrong.
    pub message: String,
    /// Which bytes of the formula.
    pub span: Range<usize>,
    /// What to do.
    pub hint: Option<String>,
}
