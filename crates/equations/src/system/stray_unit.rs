//! Names that were read as units, where they are likelier to be missing.
//!
//! Any name that nothing defines is tried as a unit, and `K` is the kelvin: a forgotten parameter would pass. So a unit
//! scales something, by a product, a quotient or a power; and one of a letter, or of two that hardly anybody uses (`am`),
//! only scales a number that is written out, as in `8.3*J/K` and not in `x*K`.

use super::symbol::Symbol;
use crate::function::{Binary, Unary};
use crate::grammar::{Expr, Id, Tree};
use crate::unit::common;

/// What an expression is made of.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    /// Numbers, perhaps with units.
    Number,
    /// Units alone; the first of them that needs a number.
    Units(Option<Id>),
    Other,
}

/// A name in an expression that was read as a unit and should not have been.
pub(super) fn stray_unit(tree: &Tree<'_>, symbols: &[Symbol], root: Id) -> Option<Id> {
    let start = tree.start(root);
    let mut made: Vec<Made> = Vec::with_capacity(root + 1 - start);
    let bare = |id: Id| matches!((symbols[id], tree.nodes[id]), (Symbol::Unit(..), Expr::Name(_)));
    for id in start..=root {
        let of = |part: Id| made[part - start];
        let next = match tree.nodes[id] {
            Expr::Number(_) => Made::Number,
            Expr::Unit(..) => Made::Units(None),
            Expr::Name(name) if bare(id) => Made::Units(needs_number(name).then_some(id)),
            Expr::Binary(Binary::Multiply | Binary::Divide, a, b) => match (of(a), of(b)) {
                (Made::Units(a), Made::Units(b)) => Made::Units(a.or(b)),
                (Made::Other, Made::Units(Some(stray))) | (Made::Units(Some(stray)), Made::Other) => {
                    return Some(stray);
                }
                (Made::Other, _) | (_, Made::Other) => Made::Other,
                _ => Made::Number,
            },
            Expr::Binary(Binary::Power, a, b) if of(b) == Made::Number => of(a),
            Expr::Unary(Unary::Sqrt, a) => of(a),
            Expr::Unary(Unary::Negate, a) if of(a) == Made::Number => Made::Number,
            node => {
                let mut parts = node.parts();
                // The exponent's own units, and those that stand where a value should.
                if let Some(stray) = parts.find_map(|part| match of(part) {
                    Made::Units(stray) => stray.or_else(|| bare(part).then_some(part)),
                    _ => None,
                }) {
                    return Some(stray);
                }
                Made::Other
            }
        };
        made.push(next);
    }
    match made.last() {
        Some(Made::Units(stray)) => stray.or_else(|| bare(root).then_some(root)),
        _ => None,
    }
}

/// Whether a unit is so short that it is likelier to be a name.
fn needs_number(name: &str) -> bool {
    match name.chars().count() {
        1 => true,
        2 => !common().any(|k| k == name),
        _ => false,
    }
}
