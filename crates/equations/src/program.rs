//! The postfix program that a formula is read into.

use crate::FormulaError;
use crate::function::{Binary, Ternary, Unary};
use crate::grammar::{Dialect, Expr, expression};
use std::collections::HashMap;
use std::ops::Range;

/// One step of a postfix program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op {
    Constant(f64),
    Variable(usize),
    Unary(Unary),
    Binary(Binary),
    Ternary(Ternary),
}

/// A postfix program and the variables that it names, with the bytes of their first use.
pub(crate) struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) variables: Vec<String>,
    pub(crate) spans: Vec<Range<usize>>,
}

/// Reads a formula.
pub(crate) fn compile(text: &str) -> Result<Program, FormulaError> {
    let tree = expression(text, Dialect::Formula)?;
    let mut program = Program { ops: Vec::with_capacity(tree.nodes.len()), variables: vec![], spans: vec![] };
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (node, span) in tree.nodes.iter().zip(&tree.spans) {
        let op = match *node {
            Expr::Number(x) => Op::Constant(x),
            Expr::Name("pi") => Op::Constant(std::f64::consts::PI),
            Expr::Name(name) => Op::Variable(*places.entry(name).or_insert_with(|| {
                program.variables.push(name.to_owned());
                program.spans.push(span.clone());
                program.variables.len() - 1
            })),
            Expr::Unary(f, _) => Op::Unary(f),
            Expr::Binary(f, ..) => Op::Binary(f),
            Expr::Ternary(f, ..) => Op::Ternary(f),
            // Conditions are 0 or 1.
            Expr::And(..) => Op::Binary(Binary::Multiply),
            Expr::Or(..) => Op::Binary(Binary::Max),
            Expr::Not(_) => {
                program.ops.push(Op::Constant(0.0));
                Op::Binary(Binary::Equal)
            }
            Expr::Unit(..) | Expr::Product(..) | Expr::Call(..) => {
                let message = "this does not belong in a scalar formula".to_owned();
                return Err(FormulaError { message, span: span.clone(), hint: None });
            }
        };
        program.ops.push(op);
    }
    Ok(program)
}
