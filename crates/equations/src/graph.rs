//! The expression graph: every subexpression once, whatever it is used for.
//!
//! Nodes are appended after their arguments, so the order of the nodes is an order of evaluation. Equal nodes are the same
//! node; constants are folded, neutral elements and signs that cost nothing dropped when a node is made. A node has a length: 1, or the length of a
//! vector; length 1 goes with any other.

use crate::function::{Binary, Ternary, Unary};
use std::array::IntoIter;
use std::collections::HashMap;
use std::iter::Flatten;

/// A node of one graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(pub(crate) u32);

impl Node {
    /// Its place in the graph.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Op {
    /// A number.
    Constant(f64),
    /// t.
    Time,
    /// The k-th state.
    State(u32),
    /// The k-th parameter.
    Parameter(u32),
    /// The k-th input, a function of time.
    Input(u32),
    /// The k-th white noise.
    Noise(u32),
    /// The k-th delayed state.
    Delayed(u32),
    /// A function of one argument.
    Unary(Unary, Node),
    /// An operator, or a function of two arguments.
    Binary(Binary, Node, Node),
    /// A function of three arguments.
    Ternary(Ternary, Node, Node, Node),
    /// The k-th matrix times a vector.
    Product(u32, Node),
}

/// A value that comes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// t.
    Time,
    /// The k-th state.
    State(usize),
    /// The k-th parameter.
    Parameter(usize),
    /// The k-th input, a function of time.
    Input(usize),
    /// The k-th white noise.
    Noise(usize),
    /// The k-th delayed state.
    Delayed(usize),
}

impl Symbol {
    fn op(self) -> Op {
        let place = |k: usize| u32::try_from(k).expect("symbols are counted in a vector");
        match self {
            Self::Time => Op::Time,
            Self::State(k) => Op::State(place(k)),
            Self::Parameter(k) => Op::Parameter(place(k)),
            Self::Input(k) => Op::Input(place(k)),
            Self::Noise(k) => Op::Noise(place(k)),
            Self::Delayed(k) => Op::Delayed(place(k)),
        }
    }
}

/// Expressions that share their parts.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    ops: Vec<Op>,
    lengths: Vec<usize>,
    known: HashMap<[u64; 4], Node>,
}

impl Graph {
    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// The length of the value of a node.
    pub fn length(&self, node: Node) -> usize {
        self.lengths[node.0 as usize]
    }

    /// Whether the value of a node is made of numbers and parameters alone.
    pub fn is_constant(&self, node: Node) -> bool {
        let leaf = |op: Op| matches!(op, Op::Constant(_) | Op::Parameter(_));
        self.below(node).all(|node| leaf(self.op(node)) || self.arguments(node).next().is_some())
    }

    /// Whether the value of a node depends on the k-th state.
    pub fn uses_state(&self, node: Node, k: usize) -> bool {
        self.below(node).any(|node| self.op(node) == Op::State(k as u32))
    }

    /// Whether the value of a node depends on time, or on an input.
    pub fn uses_time(&self, node: Node) -> bool {
        self.below(node).any(|node| matches!(self.op(node), Op::Time | Op::Input(_)))
    }

    /// Whether the value of a node needs a product with a matrix.
    pub fn uses_matrix(&self, node: Node) -> bool {
        self.below(node).any(|node| matches!(self.op(node), Op::Product(..)))
    }

    /// Whether the value of a node depends on the k-th parameter.
    pub fn uses_parameter(&self, node: Node, k: usize) -> bool {
        self.below(node).any(|node| self.op(node) == Op::Parameter(k as u32))
    }

    /// The same expressions for one unit: every value has length 1, so that a kernel can take units as lanes. A node that
    /// [uses a matrix](Self::uses_matrix) has no meaning in it.
    pub fn of_one_unit(&self) -> Self {
        let mut one = self.clone();
        one.lengths.fill(1);
        one
    }

    /// A number as a node.
    pub fn number(&mut self, x: f64) -> Node {
        self.constant(x)
    }

    /// A node and all that it is made of.
    fn below(&self, node: Node) -> impl Iterator<Item = Node> {
        let mut marked = vec![false; node.index() + 1];
        marked[node.index()] = true;
        for k in (0..marked.len()).rev() {
            if marked[k] {
                self.arguments(self.node(k)).for_each(|a| marked[a.index()] = true);
            }
        }
        marked.into_iter().enumerate().filter(|(_, below)| *below).map(|(k, _)| self.node(k))
    }

    /// What a node is.
    pub(crate) fn op(&self, node: Node) -> Op {
        self.ops[node.0 as usize]
    }

    /// The node at this place.
    pub(crate) fn node(&self, place: usize) -> Node {
        debug_assert!(place < self.len());
        Node(place as u32)
    }

    /// What a node is made of.
    pub(crate) fn arguments(&self, node: Node) -> Flatten<IntoIter<Option<Node>, 3>> {
        let three = match self.op(node) {
            Op::Unary(_, a) | Op::Product(_, a) => [Some(a), None, None],
            Op::Binary(_, a, b) => [Some(a), Some(b), None],
            Op::Ternary(_, a, b, c) => [Some(a), Some(b), Some(c)],
            _ => [None; 3],
        };
        three.into_iter().flatten()
    }

    /// For each node those that are made of it.
    pub(crate) fn users(&self) -> Vec<Vec<Node>> {
        let mut users = vec![Vec::new(); self.len()];
        for node in (0..self.len()).map(|k| self.node(k)) {
            self.arguments(node).for_each(|a| users[a.index()].push(node));
        }
        users
    }

    /// Its value, where it is a number.
    pub(crate) fn as_constant(&self, node: Node) -> Option<f64> {
        match self.op(node) {
            Op::Constant(x) => Some(x),
            _ => None,
        }
    }

    /// A number.
    pub(crate) fn constant(&mut self, x: f64) -> Node {
        self.insert(Op::Constant(x), 1)
    }

    /// A symbol of this length: time, a state, a parameter, an input, a noise, a delayed state.
    pub(crate) fn leaf(&mut self, op: Op, length: usize) -> Node {
        self.insert(op, length)
    }

    /// A value from outside, of this length.
    pub fn symbol(&mut self, symbol: Symbol, length: usize) -> Node {
        self.leaf(symbol.op(), length)
    }

    /// The node of a value from outside, if anything uses it.
    pub(crate) fn find(&self, symbol: Symbol) -> Option<Node> {
        self.known.get(&key(symbol.op())).copied()
    }

    /// f(a).
    pub(crate) fn unary(&mut self, f: Unary, a: Node) -> Node {
        if let Some(x) = self.as_constant(a) {
            return self.constant(f.apply(x));
        }
        if f == Unary::Negate {
            match self.op(a) {
                Op::Unary(Unary::Negate, inner) => return inner,
                Op::Binary(g @ (Binary::Multiply | Binary::Divide), x, k) => {
                    if let Some(k) = self.as_constant(k) {
                        let k = self.constant(-k);
                        return self.binary(g, x, k);
                    }
                }
                _ => {}
            }
        }
        let length = self.length(a);
        self.insert(Op::Unary(f, a), length)
    }

    /// f(a, b).
    pub(crate) fn binary(&mut self, f: Binary, a: Node, b: Node) -> Node {
        let (x, y) = (self.as_constant(a), self.as_constant(b));
        if let (Some(x), Some(y)) = (x, y) {
            return self.constant(f.apply(x, y));
        }
        match (f, x, y) {
            (Binary::Add, Some(0.0), _) | (Binary::Multiply, Some(1.0), _) => return b,
            (Binary::Add | Binary::Subtract, _, Some(0.0))
            | (Binary::Multiply | Binary::Divide | Binary::Power, _, Some(1.0)) => return a,
            (Binary::Subtract, Some(0.0), _) => return self.unary(Unary::Negate, b),
            _ => {}
        }
        if let Some(node) = self.without_sign(f, a, b).or_else(|| self.with_one_number(f, a, b)) {
            return node;
        }
        // A sum or product of the same two nodes is one node, in either order; the rounded result is the same.
        let commutes = matches!(f, Binary::Add | Binary::Multiply);
        let (a, b) = if commutes && b < a { (b, a) } else { (a, b) };
        let length = self.length(a).max(self.length(b));
        self.insert(Op::Binary(f, a, b), length)
    }

    /// The same value with one change of sign less, if there is one that can be had for nothing.
    fn without_sign(&mut self, f: Binary, a: Node, b: Node) -> Option<Node> {
        let opposite = |g: &Self, n: Node| match g.op(n) {
            Op::Unary(Unary::Negate, inner) => Some(inner),
            _ => None,
        };
        let (of_a, of_b) = (opposite(self, a), opposite(self, b));
        match (f, of_a, of_b) {
            (Binary::Add, _, Some(b)) => Some(self.binary(Binary::Subtract, a, b)),
            (Binary::Add, Some(a), None) => Some(self.binary(Binary::Subtract, b, a)),
            (Binary::Subtract, _, Some(b)) => Some(self.binary(Binary::Add, a, b)),
            (Binary::Multiply | Binary::Divide, Some(a), Some(b)) => Some(self.binary(f, a, b)),
            (Binary::Multiply | Binary::Divide, Some(a), None) => {
                let k = self.as_constant(b)?;
                let k = self.constant(-k);
                Some(self.binary(f, a, k))
            }
            (Binary::Multiply | Binary::Divide, None, Some(b)) => {
                let k = self.as_constant(a)?;
                let k = self.constant(-k);
                Some(self.binary(f, k, b))
            }
            _ => None,
        }
    }

    /// x k j or x k / j with one number for two, where that number is exact: it rounds once instead of twice.
    fn with_one_number(&mut self, f: Binary, a: Node, b: Node) -> Option<Node> {
        let (a, j) = match (f, self.as_constant(a), self.as_constant(b)) {
            (Binary::Multiply, Some(j), None) => (b, j),
            (Binary::Multiply | Binary::Divide, None, Some(j)) => (a, j),
            _ => return None,
        };
        let Op::Binary(Binary::Multiply, x, y) = self.op(a) else { return None };
        let (x, k) = match (self.as_constant(x), self.as_constant(y)) {
            (Some(k), _) => (y, k),
            (_, Some(k)) => (x, k),
            _ => return None,
        };
        let both = f.apply(k, j);
        let exact = match f {
            Binary::Multiply => k.mul_add(j, -both) == 0.0,
            _ => both.mul_add(j, -k) == 0.0,
        };
        if !exact || !both.is_normal() {
            return None;
        }
        let both = self.constant(both);
        Some(self.binary(Binary::Multiply, x, both))
    }

    /// f(a, b, c).
    pub(crate) fn ternary(&mut self, f: Ternary, a: Node, b: Node, c: Node) -> Node {
        if let (Some(x), Some(y), Some(z)) = (self.as_constant(a), self.as_constant(b), self.as_constant(c)) {
            return self.constant(f.apply(x, y, z));
        }
        let length = self.length(a).max(self.length(b)).max(self.length(c));
        self.insert(Op::Ternary(f, a, b, c), length)
    }

    /// The k-th matrix, of so many rows, times a.
    pub(crate) fn product(&mut self, matrix: u32, rows: usize, a: Node) -> Node {
        self.insert(Op::Product(matrix, a), rows)
    }

    fn insert(&mut self, op: Op, length: usize) -> Node {
        let key = key(op);
        if let Some(&node) = self.known.get(&key) {
            return node;
        }
        let node = Node(u32::try_from(self.ops.len()).expect("the parser limits the number of operations"));
        self.ops.push(op);
        self.lengths.push(length);
        self.known.insert(key, node);
        node
    }
}

/// The same for equal operations only.
fn key(op: Op) -> [u64; 4] {
    let node = |n: Node| u64::from(n.0);
    match op {
        Op::Constant(x) => [0, x.to_bits(), 0, 0],
        Op::Time => [1, 0, 0, 0],
        Op::State(k) => [2, k.into(), 0, 0],
        Op::Parameter(k) => [3, k.into(), 0, 0],
        Op::Input(k) => [4, k.into(), 0, 0],
        Op::Noise(k) => [5, k.into(), 0, 0],
        Op::Delayed(k) => [6, k.into(), 0, 0],
        Op::Unary(f, a) => [7 | (f as u64) << 8, node(a), 0, 0],
        Op::Binary(f, a, b) => [8 | (f as u64) << 8, node(a), node(b), 0],
        Op::Ternary(f, a, b, c) => [9 | (f as u64) << 8, node(a), node(b), node(c)],
        Op::Product(k, a) => [10 | u64::from(k) << 8, node(a), 0, 0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_expressions_are_one_node() {
        let mut g = Graph::default();
        let (x, y) = (g.leaf(Op::State(0), 1), g.leaf(Op::State(1), 3));
        let a = g.binary(Binary::Multiply, x, y);
        let b = g.binary(Binary::Multiply, y, x);
        assert_eq!(a, b);
        assert_eq!(g.length(a), 3);
        assert_eq!(g.len(), 3);
    }

    #[test]
    fn signs_go_into_numbers_and_sums() {
        let mut g = Graph::default();
        let (x, y, k) = (g.leaf(Op::State(0), 1), g.leaf(Op::State(1), 1), g.constant(4.0));
        let (minus_x, minus_k) = (g.unary(Unary::Negate, x), g.constant(-4.0));
        let sum = g.binary(Binary::Add, y, minus_x);
        assert_eq!(g.op(sum), Op::Binary(Binary::Subtract, y, x));
        let quotient = g.binary(Binary::Divide, minus_x, k);
        assert_eq!(g.op(quotient), Op::Binary(Binary::Divide, x, minus_k));
        let ratio = g.binary(Binary::Divide, x, k);
        assert_eq!(g.unary(Unary::Negate, ratio), quotient);
        let product = g.binary(Binary::Multiply, minus_x, minus_x);
        assert_eq!(g.op(product), Op::Binary(Binary::Multiply, x, x));
    }

    #[test]
    fn two_numbers_become_one_where_nothing_is_lost() {
        let mut g = Graph::default();
        let x = g.leaf(Op::State(0), 1);
        let [k, j, tenth, seventh] = [6.0, 3.0, 0.1, 1.0 / 7.0].map(|k| g.constant(k));
        let six = g.binary(Binary::Multiply, x, k);
        let two = g.constant(2.0);
        let twice = g.binary(Binary::Multiply, x, two);
        assert_eq!(g.binary(Binary::Divide, six, j), twice);
        let part = g.binary(Binary::Multiply, x, tenth);
        let inexact = g.binary(Binary::Multiply, part, seventh);
        assert_eq!(g.op(inexact), Op::Binary(Binary::Multiply, seventh, part));
    }

    #[test]
    fn constants_fold_and_neutral_elements_vanish() {
        let mut g = Graph::default();
        let x = g.leaf(Op::State(0), 1);
        let (zero, one, two) = (g.constant(0.0), g.constant(1.0), g.constant(2.0));
        let three = g.binary(Binary::Add, one, two);
        assert_eq!(g.as_constant(three), Some(3.0));
        assert_eq!(g.binary(Binary::Add, x, zero), x);
        assert_eq!(g.binary(Binary::Multiply, one, x), x);
        assert_eq!(g.binary(Binary::Power, x, one), x);
    }
}
