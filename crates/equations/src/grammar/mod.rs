//! The one grammar of formulas, conditions, equations and jumps: text to trees whose nodes know their bytes.
//!
//! It is stated as a table at the root of this crate.

mod look_alike;
mod parse;
mod statement;
mod token;
mod tree;

pub(crate) use parse::{MAX_BYTES, MAX_OPERATIONS, SHORTER, expression};
pub(crate) use statement::{Annotation, Statement, Word, assignments, statements};
pub(crate) use token::Dialect;
pub(crate) use tree::{Expr, Id, Tree};
