//! How a verb can fail, and the exit code that says so.

use std::process::ExitCode;

/// A failure, with its exit code.
#[derive(Debug)]
pub enum Failure {
    /// An expectation failed (1).
    Expectation,
    /// Bad input (2).
    Input(miette::Report),
    /// A numerical failure (3); it was told already.
    Numerical(String),
    /// A resource limit (4).
    Limit(String),
    /// Stopped by Ctrl-C (130).
    Stopped(String),
}

impl Failure {
    /// Bad input, in words: what, and what to do.
    pub fn input(what: impl std::fmt::Display, remedy: impl std::fmt::Display) -> Self {
        Self::Input(miette::miette!(help = remedy.to_string(), "{what}"))
    }

    /// The exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Expectation => 1,
            Self::Input(_) => 2,
            Self::Numerical(_) => 3,
            Self::Limit(_) => 4,
            Self::Stopped(_) => 130,
        })
    }

    /// What standard error says.
    pub fn message(&self) -> Option<String> {
        match self {
            Self::Expectation => None,
            Self::Input(report) => Some(format!("{report:?}")),
            Self::Numerical(text) | Self::Limit(text) | Self::Stopped(text) => Some(text.clone()),
        }
    }
}

impl From<miette::Report> for Failure {
    fn from(report: miette::Report) -> Self {
        Self::Input(report)
    }
}
