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
    /// What is wrong in a later line; at most ten errors hang together so.
    pub next: Option<Box<EquationError>>,
}

/// Most errors that are told at once.
pub(crate) const MOST_ERRORS: usize = 10;

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
        EquationError { message, place: self.place(span), labels: Vec::new(), hint: None, next: None }
    }

    /// The error of the grammar, placed in this text.
    pub(crate) fn misread(self, e: FormulaError) -> EquationError {
        EquationError { hint: e.hint, ..self.error(&e.span, e.message) }
    }
}

/// Errors of separate lines as they are met; the first of them carries the others.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<EquationError>);

impl Errors {
    /// The value, or nothing and one error more.
    pub(crate) fn keep<T>(&mut self, result: Result<T, EquationError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(e) => {
                self.0.push(e);
                None
            }
        }
    }

    /// The same, but an error that says what another one has said is told once.
    pub(crate) fn keep_new<T>(&mut self, result: Result<T, EquationError>) -> Option<T> {
        match result {
            Err(e) if self.0.iter().any(|known| known.message == e.message) => None,
            other => self.keep(other),
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are as many as are told.
    pub(crate) fn full(&self) -> bool {
        self.0.len() >= MOST_ERRORS
    }

    /// The first error with the others, in the order of the text, or this value.
    pub(crate) fn none_or<T>(mut self, value: T) -> Result<T, EquationError> {
        self.0.sort_by_key(|e| (e.place.section, e.place.text, e.place.span.start));
        self.0.truncate(MOST_ERRORS);
        let chained = |next, e| Some(Box::new(EquationError { next, ..e }));
        match self.0.into_iter().rev().fold(None, chained) {
            None => Ok(value),
            Some(first) => Err(*first),
        }
    }
}

impl EquationError {
    /// This and what is wrong in later lines, in the order of the text.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |e| e.next.as_deref())
    }

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
