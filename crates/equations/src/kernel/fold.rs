//! The part of a graph that some outputs need, with the known numbers put in.

use super::binding::{Binding, Value};
use crate::graph::{Graph, Node, Op};

/// Rebuilds what `outputs` need; numbers of the binding become constants, which fold with their neighbors.
pub(super) fn fold(graph: &Graph, binding: &Binding, outputs: &[Node]) -> (Graph, Vec<Node>) {
    let mut needed = vec![false; graph.len()];
    for output in outputs {
        needed[output.index()] = true;
    }
    for k in (0..graph.len()).rev() {
        if needed[k] {
            graph.arguments(graph.node(k)).for_each(|a| needed[a.index()] = true);
        }
    }
    let mut folded = Graph::default();
    let mut image: Vec<Option<Node>> = vec![None; graph.len()];
    for k in (0..graph.len()).filter(|&k| needed[k]) {
        let node = graph.node(k);
        let of =
            |a: Node| image[a.index()].expect("arguments come before their node, and are needed with it");
        image[k] = Some(match graph.op(node) {
            Op::Constant(x) => folded.constant(x),
            Op::Unary(f, a) => folded.unary(f, of(a)),
            Op::Binary(f, a, b) => folded.binary(f, of(a), of(b)),
            Op::Ternary(f, a, b, c) => folded.ternary(f, of(a), of(b), of(c)),
            Op::Product(matrix, a) => folded.product(matrix, graph.length(node), of(a)),
            Op::Parameter(p) => match binding.parameters[p as usize] {
                Value::Number(x) => folded.constant(x),
                _ => folded.leaf(graph.op(node), graph.length(node)),
            },
            leaf => folded.leaf(leaf, graph.length(node)),
        });
    }
    let outputs = outputs.iter().map(|o| image[o.index()].expect("outputs are needed")).collect();
    (folded, outputs)
}
