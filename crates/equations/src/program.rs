//! The postfix program that a formula is read into.

use crate::function::{Binary, Ternary, Unary};

/// One step of a postfix program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op {
    Constant(f64),
    Variable(usize),
    Unary(Unary),
    Binary(Binary),
    Ternary(Ternary),
}
