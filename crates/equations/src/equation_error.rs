//! What can be wrong with equations, and where.

use crate::FormulaError;
use std::ops::Range;

/// Some bytes of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which section.
    pub section: usize,
    /// Which text of it; `None`: the one that was just asked about, such as a condition.
    pub text: Option<usize>,
    /// Which bytes of that text.
    pub span: Range<usize>,
}

impl Place {
    /// Whether all of another place lies in this one.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let same = self.section == other.section && self.text == other.text;
        same && self.span.start <= other.span.start && other.span.end <= self.span.end
    }
}

/// Equations that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct EquationError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What stands at this place and at others that take part.
    pub labels: Vec<(Place, String)>,
    /// What to do.
    pub hint: Option<String>,
}

/// Which text bytes belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) section: usize,
    pub(crate) text: Option<usize>,
}

impl Source {
    /// Bytes of this text.
    pub(crate) fn place(self, span: &Range<usize>) -> Place {
        Place { section: self.section, text: self.text, span: span.clone() }
    }

    /// An error at bytes of this text.
    pub(crate) fn error(self, span: &Range<usize>, message: impl Into<String>) -> EquationError {
        let message = message.into();
        EquationError { message, place: self.place(span), labels: Vec::new(), hint: None }
    }

    /// The error of the grammar, placed in this text.
    pub(crate) fn misread(self, e: FormulaError) -> EquationError {
        EquationError { hint: e.hint, ..self.error(&e.span, e.message) }
    }
}

impl EquationError {
    /// The same with a remedy.
    pub(crate) fn help(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with a remark at some place.
    pub(crate) fn label(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push((place, text.into()));
        self
    }
}
