//! What is wrong with a model file: what, where (line and caret), why, and what to do.

use super::page::{Page, ceil, floor};
use miette::{Diagnostic, LabeledSpan};
use std::ops::Range;

/// A model file that cannot be used; a door renders it with miette.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error(transparent)]
#[diagnostic(transparent)]
pub struct ModelError(Box<Located>);

/// A problem together with the text it was found in.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
struct Located {
    message: String,
    #[source_code]
    code: Page,
    #[label(collection)]
    labels: Vec<LabeledSpan>,
    #[help]
    help: Option<String>,
    #[related]
    more: Vec<ModelError>,
}

impl ModelError {
    pub(crate) fn new(name: &str, text: &str, problem: Problem) -> Self {
        let mut labels = Vec::new();
        for (k, (span, label)) in problem.labels.into_iter().enumerate() {
            let span = within(text, span);
            let label = (!label.is_empty()).then_some(label);
            labels.push(if k == 0 {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            });
        }
        Self(Box::new(Located {
            message: problem.message,
            code: Page::new(name, text),
            labels,
            help: problem.help,
            more: problem.more.into_iter().map(|p| Self::new(name, text, p)).collect(),
        }))
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// What else is wrong, in the order of the text.
    pub fn more(&self) -> &[Self] {
        &self.0.more
    }

    /// The bytes of the text that it is about.
    pub fn span(&self) -> Option<Range<usize>> {
        self.0.labels.first().map(|l| l.offset()..l.offset() + l.len())
    }

    /// The line, counted from 1, that it is about.
    pub fn line(&self) -> Option<usize> {
        let start = self.span()?.start;
        Some(1 + self.0.code.text().as_bytes()[..start].iter().filter(|b| **b == b'\n').count())
    }
}

/// Most bytes under a caret.
const LONGEST: usize = 400;

/// The span cut to the text and to [`LONGEST`], on character borders, and to its first line where it is a whole block.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = span.start.min(text.len());
    let end = span.end.clamp(start, text.len()).min(start + LONGEST);
    let (start, end) = (floor(text, start), ceil(text, end));
    let block = text[start..end].find('\n').map_or(end, |n| start + n);
    let lines = text[start..end].matches('\n').count();
    start..if lines > 4 { block } else { end }
}

/// A problem before the text and the name of the file are added.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) labels: Vec<(Range<usize>, String)>,
    pub(crate) help: Option<String>,
    /// What else is wrong.
    pub(crate) more: Vec<Problem>,
}

impl Problem {
    /// A problem at a place.
    pub(crate) fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), labels: vec![(span, String::new())], help: None, more: Vec::new() }
    }

    /// The words under the caret.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.1 = label.into();
        }
        self
    }

    /// A second place that matters.
    pub(crate) fn also(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        match self.labels.first_mut() {
            // Two carets under the same text are one.
            Some(first) if first.0 == span && first.1.is_empty() => first.1 = label.into(),
            _ => self.labels.push((span, label.into())),
        }
        self
    }

    /// What to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What to do, if something is known.
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// `did you mean X?`, or the list of what is known.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match equations::nearest(word, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<String> = known.into_iter().map(|k| format!("`{k}`")).collect();
            if known.is_empty() {
                "none is defined here".into()
            } else {
                format!("known here: {}", known.join(", "))
            }
        }
    }
}

/// The problem of a name that is not there.
pub(crate) fn unknown(what: &str, name: &str, span: Range<usize>, known: &[&str]) -> Problem {
    let help = did_you_mean(name, known.iter().copied());
    Problem::at(span, format!("there is no {what} `{name}`")).help(help)
}
