//! The length of every state and definition: 1, or that of a vector.
//!
//! Operators work unit by unit and length 1 goes with any other, so an expression has the length of whatever stands in it
//! outside a product, and `M@v` that of the rows of M. Lengths spread along "x stands in the equation of y" from the states
//! of sections with a stated length, from parameters and inputs with one value a unit, and from products. Where a product
//! needs more columns than its operand has, the states of the operand are as long as that. Whether all of it fits is
//! checked where the graph is made, which has the places for an error.
//!
//! Cost: linear in the size of the equations.

use super::names::Names;
use super::symbol::Symbol;
use super::text::Text;
use crate::function::{Binary, Unary};
use crate::grammar::{Expr, Id};
use crate::scope::NameKind;
use std::collections::VecDeque;

/// The lengths that were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Lengths {
    pub(super) states: Vec<usize>,
    pub(super) definitions: Vec<usize>,
}

/// Who stands in whose equation. A vertex is a state, a definition or the operand of a product, in this order.
struct Spread {
    states: usize,
    definitions: usize,
    feeds: Vec<Vec<usize>>,
    fed_by: Vec<Vec<usize>>,
    /// The columns that an operand must have.
    columns: Vec<usize>,
    length: Vec<usize>,
    fixed: Vec<bool>,
    queue: VecDeque<usize>,
}

/// The lengths of all states and definitions; `equations` are (who, text, expression).
pub(super) fn lengths(
    names: &Names,
    stated: impl Fn(usize) -> Option<usize>,
    equations: &[(Symbol, usize, Id)],
    texts: &[Text<'_>],
) -> Lengths {
    let (states, definitions) = (names.states.len(), names.definitions.len());
    let n = states + definitions;
    let mut spread = Spread {
        states,
        definitions,
        feeds: vec![Vec::new(); n],
        fed_by: vec![Vec::new(); n],
        columns: Vec::new(),
        length: vec![1; n],
        fixed: vec![false; n],
        queue: VecDeque::new(),
    };
    for (k, state) in names.states.iter().enumerate() {
        if let Some(len) = stated(state.section) {
            spread.set(k, len);
            spread.fixed[k] = true;
        }
    }
    for &(who, text, root) in equations {
        if let Some(target) = spread.vertex(who) {
            spread.expression(names, &texts[text], target, root);
        }
    }
    spread.settle();
    Lengths { states: spread.length[..states].to_vec(), definitions: spread.length[states..n].to_vec() }
}

impl Spread {
    fn vertex(&self, symbol: Symbol) -> Option<usize> {
        match symbol {
            Symbol::State(k) => Some(k),
            Symbol::Definition(k) => Some(self.states + k),
            _ => None,
        }
    }

    fn set(&mut self, k: usize, len: usize) {
        if len > 1 && self.length[k] == 1 && !self.fixed[k] {
            self.length[k] = len;
            self.queue.push_back(k);
        }
    }

    fn feed(&mut self, from: usize, to: usize) {
        self.feeds[from].push(to);
        self.fed_by[to].push(from);
    }

    /// What stands in an expression feeds its owner, or the operand of the product that it stands in.
    fn expression(&mut self, names: &Names, text: &Text<'_>, target: usize, root: Id) {
        let start = text.tree.start(root);
        let shapes = shapes(names, text, start, root);
        let mut owner = vec![None; root + 1 - start];
        owner[root - start] = Some(target);
        for id in (start..=root).rev() {
            let Some(sink) = owner[id - start] else { continue };
            match text.tree.nodes[id] {
                Expr::Product(a, b) => {
                    if let (Some((rows, _)), Some((_, cols)), None) =
                        (shapes[a - start], shapes[a - start], shapes[b - start])
                    {
                        let operand = self.length.len();
                        self.length.push(1);
                        self.fixed.push(false);
                        self.feeds.push(Vec::new());
                        self.fed_by.push(Vec::new());
                        self.columns.push(cols);
                        owner[b - start] = Some(operand);
                        self.set(sink, rows);
                    }
                    owner[a - start] = Some(sink);
                }
                Expr::Call(..) => self.name(names, text.symbols[id], sink),
                Expr::Name(_) => self.name(names, text.symbols[id], sink),
                node => node.parts().for_each(|part| owner[part - start] = Some(sink)),
            }
        }
    }

    fn name(&mut self, names: &Names, symbol: Symbol, sink: usize) {
        let given = match symbol {
            Symbol::Parameter(k) => &names.parameters[k],
            Symbol::Input(k) => &names.inputs[k],
            _ => {
                if let Some(from) = self.vertex(symbol) {
                    self.feed(from, sink);
                }
                return;
            }
        };
        if let NameKind::Parameter { len } | NameKind::Input { len } = given.kind {
            self.set(sink, len);
        }
    }

    fn settle(&mut self) {
        let first = self.states + self.definitions;
        let mut visited = vec![false; first];
        self.spread();
        for operand in first..self.length.len() {
            let cols = self.columns[operand - first];
            if cols > 1 && self.length[operand] == 1 {
                // Back to the states of the operand, through the definitions.
                let mut stack = self.fed_by[operand].clone();
                while let Some(k) = stack.pop() {
                    if k < self.states {
                        self.set(k, cols);
                    } else if !std::mem::replace(&mut visited[k], true) {
                        stack.extend(&self.fed_by[k]);
                    }
                }
                self.spread();
            }
        }
    }

    fn spread(&mut self) {
        while let Some(k) = self.queue.pop_front() {
            let len = self.length[k];
            for to in std::mem::take(&mut self.feeds[k]) {
                self.set(to, len);
            }
        }
    }
}

/// Rows and columns of each node that is a matrix.
pub(super) fn shapes(names: &Names, text: &Text<'_>, start: Id, root: Id) -> Vec<Option<(usize, usize)>> {
    let mut shapes: Vec<Option<(usize, usize)>> = Vec::with_capacity(root + 1 - start);
    for id in start..=root {
        let of = |part: Id| shapes[part - start];
        shapes.push(match text.tree.nodes[id] {
            Expr::Name(_) => match text.symbols[id] {
                Symbol::Matrix(k) => match names.matrices[k].kind {
                    NameKind::Matrix { rows, cols } => Some((rows, cols)),
                    _ => None,
                },
                _ => None,
            },
            Expr::Unary(Unary::Negate, a) | Expr::Binary(Binary::Divide, a, _) => of(a),
            Expr::Binary(Binary::Multiply, a, b) => of(a).or(of(b)),
            Expr::Product(a, b) => of(a).zip(of(b)).map(|((rows, _), (_, cols))| (rows, cols)),
            _ => None,
        });
    }
    shapes
}
