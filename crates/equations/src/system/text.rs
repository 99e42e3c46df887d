//! A text that was read, with what its names stand for.

use super::symbol::Symbol;
use crate::equation_error::{EquationError, Place, Source};
use crate::grammar::{Id, Tree};

/// A tree and the symbol of each of its nodes.
pub(super) struct Text<'a> {
    pub(super) source: Source,
    pub(super) tree: Tree<'a>,
    pub(super) symbols: Vec<Symbol>,
}

impl<'a> Text<'a> {
    pub(super) fn new(source: Source, tree: Tree<'a>) -> Self {
        let symbols = vec![Symbol::None; tree.nodes.len()];
        Self { source, tree, symbols }
    }

    /// Where a node is written.
    pub(super) fn place(&self, id: Id) -> Place {
        self.source.place(&self.tree.spans[id])
    }

    /// An error at a node.
    pub(super) fn error(&self, id: Id, message: impl Into<String>) -> EquationError {
        self.source.error(&self.tree.spans[id], message)
    }
}
