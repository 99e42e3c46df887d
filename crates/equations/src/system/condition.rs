//! Conditions as guards: nodes that rise through 0 at the instant at which a condition becomes true.
//!
//! | condition | guard |
//! |---|---|
//! | `a > b` `a >= b` | a - b |
//! | `a < b` `a <= b` | b - a |
//! | `p and q` | min(p, q) |
//! | `p or q` | max(p, q) |
//! | `not p` | -p |

use super::lower::Lower;
use super::text::Text;
use super::value::Value;
use crate::EquationError;
use crate::function::{Binary, Unary};
use crate::grammar::{Expr, Id};
use crate::graph::Node;

/// The guards of the conditions among the nodes of an expression.
type Guards = Vec<Option<Node>>;

impl Lower<'_> {
    /// The guard of a condition.
    pub(super) fn guard(&mut self, text: &Text<'_>, root: Id) -> Result<Node, EquationError> {
        let start = text.tree.start(root);
        let mut values = Vec::with_capacity(root + 1 - start);
        let mut guards: Guards = vec![None; root + 1 - start];
        for id in start..=root {
            if text.tree.nodes[id].is_condition() {
                guards[id - start] = Some(self.condition(text, id, start, &values, &guards)?);
            }
            let value = self.node(text, id, start, &mut values)?;
            values.push(Some(value));
        }
        guards[root - start]
            .ok_or_else(|| text.error(root, "this is no condition").help("compare two values, as in `x > 1`"))
    }

    fn condition(
        &mut self,
        text: &Text<'_>,
        id: Id,
        start: Id,
        values: &[Option<Value>],
        guards: &Guards,
    ) -> Result<Node, EquationError> {
        let guard = |part: Id| guards[part - start];
        let missing = || text.error(id, "this is no condition").help("compare two values, as in `x > 1`");
        Ok(match text.tree.nodes[id] {
            Expr::Binary(f, a, b) => {
                let node = |part: Id| values[part - start].as_ref().map(|v| v.node).ok_or_else(missing);
                let (x, y) = (node(a)?, node(b)?);
                self.fits(text, id, (a, x), (b, y))?;
                match f {
                    Binary::Greater | Binary::GreaterEqual => self.graph.binary(Binary::Subtract, x, y),
                    Binary::Less | Binary::LessEqual => self.graph.binary(Binary::Subtract, y, x),
                    _ => {
                        let e = text.error(id, "an equality holds at single instants, or never");
                        return Err(e.help("compare with `<` or `>`"));
                    }
                }
            }
            Expr::And(a, b) => {
                let (x, y) = guard(a).zip(guard(b)).ok_or_else(missing)?;
                self.graph.binary(Binary::Min, x, y)
            }
            Expr::Or(a, b) => {
                let (x, y) = guard(a).zip(guard(b)).ok_or_else(missing)?;
                self.graph.binary(Binary::Max, x, y)
            }
            Expr::Not(a) => {
                let x = guard(a).ok_or_else(missing)?;
                self.graph.unary(Unary::Negate, x)
            }
            _ => return Err(missing()),
        })
    }
}
