//! From nodes to instructions: numbers become part of them, a product that only a sum needs is fused with it.
//!
//! A fused multiply-add rounds once, on every instruction set, so what is fused depends on the graph alone.

use super::instruction::Instruction as I;
use crate::function::{Binary, Unary};
use crate::graph::{Graph, Node, Op};

/// The largest integer power that is made of multiplications; its error is at most (n - 1)/2 units in the last place.
const LARGEST_POWER: f64 = 16.0;

/// The instruction that computes `node`; registers are places of nodes. `fusable` says of a product whether it is needed
/// here and nowhere else, `local` of any node whether it is computed here.
pub(super) fn select(
    graph: &Graph,
    node: Node,
    fusable: impl Fn(Node) -> bool,
    local: impl Fn(Node) -> bool,
) -> I {
    let d = node.0;
    match graph.op(node) {
        Op::Constant(k) => I::Constant { d, k },
        Op::Unary(Unary::Negate, a) => I::MultiplyConstant { d, a: a.0, k: -1.0 },
        Op::Unary(f, a) => I::Unary { f, d, a: a.0 },
        Op::Binary(Binary::Divide, a, b) if local(a) => {
            match (binary(graph, d, Binary::Divide, a, b, &fusable), graph.op(a)) {
                // Added again for each quotient: that costs less than a register.
                (I::DivideConstant { d, k: j, .. }, Op::Binary(f, x, y)) => {
                    match binary(graph, a.0, f, x, y, &fusable) {
                        I::AddConstant { a, k, .. } => I::ShiftDivide { d, a, k, j },
                        _ => I::DivideConstant { d, a: a.0, k: j },
                    }
                }
                (other, _) => other,
            }
        }
        Op::Binary(f, a, b) => binary(graph, d, f, a, b, &fusable),
        Op::Ternary(f, a, b, c) => I::Ternary { f, d, a: a.0, b: b.0, c: c.0 },
        Op::Time
        | Op::State(_)
        | Op::Parameter(_)
        | Op::Input(_)
        | Op::Noise(_)
        | Op::Delayed(_)
        | Op::Product(..) => unreachable!("symbols and matrix products are loaded"),
    }
}

fn binary(graph: &Graph, d: u32, f: Binary, a: Node, b: Node, fusable: &impl Fn(Node) -> bool) -> I {
    let number = |n: Node| graph.as_constant(n);
    match (f, number(a), number(b)) {
        (Binary::Add, _, _) => sum(graph, d, a, b, fusable),
        (Binary::Subtract, _, _) => difference(graph, d, a, b, fusable),
        (Binary::Multiply, Some(k), _) => I::MultiplyConstant { d, a: b.0, k },
        (Binary::Multiply, _, Some(k)) => I::MultiplyConstant { d, a: a.0, k },
        (Binary::Multiply, ..) => product(graph, d, a, b, fusable),
        (Binary::Divide, Some(k), _) => I::OverConstant { d, a: b.0, k },
        (Binary::Divide, _, Some(k)) if exact_reciprocal(k) => I::MultiplyConstant { d, a: a.0, k: 1.0 / k },
        (Binary::Divide, _, Some(k)) => I::DivideConstant { d, a: a.0, k },
        (Binary::Divide, ..) => I::Divide { d, a: a.0, b: b.0 },
        (Binary::Power, _, Some(0.5)) => I::Unary { f: Unary::Sqrt, d, a: a.0 },
        (Binary::Power, _, Some(n)) if n.trunc() == n && (2.0..=LARGEST_POWER).contains(&n) => {
            match n as u32 {
                3 => I::Cube { d, a: a.0 },
                4 => I::Fourth { d, a: a.0 },
                n => I::Power { d, a: a.0, n },
            }
        }
        (Binary::Power, _, Some(-1.0)) => I::OverConstant { d, a: a.0, k: 1.0 },
        _ => I::Binary { f, d, a: a.0, b: b.0 },
    }
}

/// Whether multiplying by 1/k is dividing by k.
fn exact_reciprocal(k: f64) -> bool {
    k.is_normal() && k.abs().log2().trunc() == k.abs().log2() && (1.0 / k).is_normal() && 1.0 / (1.0 / k) == k
}

/// The factors of a product that may be fused, the number last.
fn factors(graph: &Graph, node: Node, fusable: &impl Fn(Node) -> bool) -> Option<(Node, Factor)> {
    match graph.op(node) {
        Op::Binary(Binary::Multiply, x, y) if fusable(node) => {
            Some(match (graph.as_constant(x), graph.as_constant(y)) {
                (Some(k), _) => (y, Factor::Number(k)),
                (_, Some(k)) => (x, Factor::Number(k)),
                _ => (x, Factor::Node(y)),
            })
        }
        _ => None,
    }
}

enum Factor {
    Node(Node),
    Number(f64),
}

fn product(graph: &Graph, d: u32, a: Node, b: Node, fusable: &impl Fn(Node) -> bool) -> I {
    match (factors(graph, a, fusable), factors(graph, b, fusable)) {
        (Some((x, Factor::Number(k))), _) => I::ScaleMultiply { d, a: x.0, b: b.0, k },
        (_, Some((x, Factor::Number(k)))) => I::ScaleMultiply { d, a: x.0, b: a.0, k },
        _ => I::Multiply { d, a: a.0, b: b.0 },
    }
}

fn sum(graph: &Graph, d: u32, a: Node, b: Node, fusable: &impl Fn(Node) -> bool) -> I {
    let (of_a, of_b) = (factors(graph, a, fusable), factors(graph, b, fusable));
    let (product, other) = match (of_a, of_b) {
        (Some(p), _) => (p, b),
        (None, Some(p)) => (p, a),
        (None, None) => {
            return match (graph.as_constant(a), graph.as_constant(b)) {
                (Some(k), _) => I::AddConstant { d, a: b.0, k },
                (_, Some(k)) => I::AddConstant { d, a: a.0, k },
                _ => I::Add { d, a: a.0, b: b.0 },
            };
        }
    };
    match (product, graph.as_constant(other)) {
        ((x, Factor::Number(k)), Some(j)) => I::Affine { d, a: x.0, k, j },
        ((x, Factor::Number(k)), None) => I::ScaleAdd { d, a: x.0, c: other.0, k },
        ((x, Factor::Node(y)), Some(k)) => I::MultiplyAddConstant { d, a: x.0, b: y.0, k },
        ((x, Factor::Node(y)), None) => I::MultiplyAdd { d, a: x.0, b: y.0, c: other.0 },
    }
}

fn difference(graph: &Graph, d: u32, a: Node, b: Node, fusable: &impl Fn(Node) -> bool) -> I {
    if let Some((x, factor)) = factors(graph, a, fusable) {
        return match (factor, graph.as_constant(b)) {
            (Factor::Number(k), Some(j)) => I::Affine { d, a: x.0, k, j: -j },
            (Factor::Number(k), None) => I::ScaleSubtract { d, a: x.0, c: b.0, k },
            (Factor::Node(y), Some(k)) => I::MultiplyAddConstant { d, a: x.0, b: y.0, k: -k },
            (Factor::Node(y), None) => I::MultiplySubtract { d, a: x.0, b: y.0, c: b.0 },
        };
    }
    if let Some((x, factor)) = factors(graph, b, fusable) {
        return match (factor, graph.as_constant(a)) {
            (Factor::Number(k), Some(j)) => I::Affine { d, a: x.0, k: -k, j },
            (Factor::Number(k), None) => I::ScaleAdd { d, a: x.0, c: a.0, k: -k },
            (Factor::Node(y), Some(k)) => I::ConstantSubtractProduct { d, a: x.0, b: y.0, k },
            (Factor::Node(y), None) => I::SubtractProduct { d, a: x.0, b: y.0, c: a.0 },
        };
    }
    match (graph.as_constant(a), graph.as_constant(b)) {
        (Some(k), _) => I::FromConstant { d, a: b.0, k },
        (_, Some(k)) => I::AddConstant { d, a: a.0, k: -k },
        _ => I::Subtract { d, a: a.0, b: b.0 },
    }
}

/// a^n by repeated squaring, into `d`; `fresh` makes registers.
pub(super) fn expand_power(d: u32, a: u32, n: u32, mut fresh: impl FnMut() -> u32, mut emit: impl FnMut(I)) {
    let mut power = a;
    let mut product: Option<u32> = None;
    let mut rest = n;
    loop {
        if rest & 1 == 1 {
            product = Some(match product {
                None => power,
                Some(p) => {
                    let to = if rest == 1 { d } else { fresh() };
                    emit(I::Multiply { d: to, a: p, b: power });
                    to
                }
            });
        }
        rest >>= 1;
        if rest == 0 {
            break;
        }
        let to = if rest == 1 && product.is_none() { d } else { fresh() };
        emit(I::Multiply { d: to, a: power, b: power });
        power = to;
    }
}
