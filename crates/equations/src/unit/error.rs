//! What can be wrong with the text of a unit.

/// A unit that could not be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct UnitError {
    /// What is wrong.
    pub message: String,
    /// Which bytes of the text.
    pub span: std::ops::Range<usize>,
    /// What to do.
    pub hint: Option<String>,
}
