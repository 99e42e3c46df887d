//! States at an earlier time, `x(t - d)`, whose delay d is constant.

use crate::equation_error::Place;
use crate::function::Binary;
use crate::graph::{Graph, Node, Op};
use std::collections::HashSet;

/// A state at an earlier time.
#[derive(Clone, Debug, PartialEq)]
pub struct Delay {
    /// Which state.
    pub state: usize,
    /// By how much earlier: an expression of parameters.
    pub by: Node,
    /// Where it stands.
    pub place: Place,
}

/// d, where a node is t - d.
pub(super) fn time_before(graph: &mut Graph, mut node: Node) -> Option<Node> {
    let mut by = graph.constant(0.0);
    loop {
        match graph.op(node) {
            Op::Time => return Some(by),
            Op::Binary(Binary::Subtract, a, d) => {
                by = graph.binary(Binary::Add, by, d);
                node = a;
            }
            Op::Binary(Binary::Add, a, d) => {
                let (a, d) = if graph.op(d) == Op::Time { (d, a) } else { (a, d) };
                by = graph.binary(Binary::Subtract, by, d);
                node = a;
            }
            _ => return None,
        }
    }
}

/// What a node depends on that is not constant.
pub(super) fn varying(graph: &Graph, node: Node) -> Option<&'static str> {
    let mut stack = vec![node];
    let mut seen = HashSet::new();
    while let Some(node) = stack.pop() {
        if !seen.insert(node) {
            continue;
        }
        match graph.op(node) {
            Op::Constant(_) | Op::Parameter(_) => {}
            Op::Time => return Some("the time"),
            Op::State(_) | Op::Delayed(_) => return Some("a state"),
            Op::Input(_) => return Some("an input"),
            Op::Noise(_) => return Some("noise"),
            Op::Unary(_, a) | Op::Product(_, a) => stack.push(a),
            Op::Binary(_, a, b) => stack.extend([a, b]),
            Op::Ternary(_, a, b, c) => stack.extend([a, b, c]),
        }
    }
    None
}
