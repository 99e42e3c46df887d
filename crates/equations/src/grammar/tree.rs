//! The tree of an expression, in postfix order: every node stands after its parts.
//!
//! So whatever is asked of a tree is one loop over its nodes, and no depth of it can exhaust a stack.

use crate::Rational;
use crate::function::{Binary, Ternary, Unary};
use std::ops::Range;

/// The place of a node in its tree.
pub(crate) type Id = usize;

/// A node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Expr<'a> {
    /// A number; its text is its bytes.
    Number(f64),
    /// A name, perhaps with a dot.
    Name(&'a str),
    /// A unit after a number, with its power.
    Unit(&'a str, Rational),
    Unary(Unary, Id),
    Binary(Binary, Id, Id),
    Ternary(Ternary, Id, Id, Id),
    And(Id, Id),
    Or(Id, Id),
    Not(Id),
    /// A matrix times a vector.
    Product(Id, Id),
    /// A name that is no function, with an argument in brackets.
    Call(&'a str, Id),
}

impl Expr<'_> {
    /// The nodes that it is made of.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Id> {
        let (a, b, c) = match *self {
            Self::Number(_) | Self::Name(_) | Self::Unit(..) => (None, None, None),
            Self::Unary(_, a) | Self::Not(a) | Self::Call(_, a) => (Some(a), None, None),
            Self::Binary(_, a, b) | Self::And(a, b) | Self::Or(a, b) | Self::Product(a, b) => {
                (Some(a), Some(b), None)
            }
            Self::Ternary(_, a, b, c) => (Some(a), Some(b), Some(c)),
        };
        [a, b, c].into_iter().flatten()
    }

    /// Whether it is true or false.
    pub(crate) fn is_condition(&self) -> bool {
        match self {
            Self::Binary(f, ..) => f.is_comparison(),
            Self::And(..) | Self::Or(..) | Self::Not(_) => true,
            _ => false,
        }
    }
}

/// The nodes of one or more expressions of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tree<'a> {
    pub(crate) text: &'a str,
    pub(crate) nodes: Vec<Expr<'a>>,
    /// The bytes of each node, with the brackets around it.
    pub(crate) spans: Vec<Range<usize>>,
}

impl<'a> Tree<'a> {
    /// The first node of the expression that ends with this one: all between belong to it.
    pub(crate) fn start(&self, root: Id) -> Id {
        let mut first = root;
        while let Some(part) = self.nodes[first].parts().next() {
            first = part;
        }
        first
    }

    /// What is written.
    pub(crate) fn source(&self, id: Id) -> &'a str {
        &self.text[self.spans[id].clone()]
    }

    /// What is written, as a message quotes it.
    pub(crate) fn excerpt(&self, id: Id) -> String {
        let source = self.source(id);
        match source.char_indices().nth(60) {
            Some((end, _)) => format!("{} …", source[..end].trim_end()),
            None => source.to_owned(),
        }
    }

    /// Whether it is the literal 0, which has any unit.
    pub(crate) fn is_zero(&self, mut id: Id) -> bool {
        while let Expr::Unary(Unary::Negate, inner) = self.nodes[id] {
            id = inner;
        }
        self.nodes[id] == Expr::Number(0.0)
    }
}
