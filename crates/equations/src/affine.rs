//! What is linear in a system of equations: the states that can be propagated exactly, and those that can be one at a time.
//!
//! ```text
//! dx/dt = A x + g + B u          x: the largest set of states whose rates are affine in the states of the set alone,
//! dx/dt = A x + f(t, u)             with coefficients of numbers and parameters; forced by time and inputs u
//!
//! dx_i/dt = a x_i + b            conditionally linear: a and b depend on anything but x_i
//! ```
//!
//! The first kind is propagated by exp(tA), the second by exponential Euler. Whether an expression is affine is decided by its
//! form, so `x*x/x` is not, and nothing that is not affine is taken for it.
//!
//! Cost: a few visits of each node; A and B are a [`Jacobian`].

use crate::function::{Binary, Ternary, Unary};
use crate::graph::{Graph, Node, Op, Symbol};
use crate::jacobian::Jacobian;
use crate::kernel::{Binding, Kernel, Scratch, Sources};

/// The largest closed linear part of a system.
#[derive(Clone, Debug)]
pub struct LinearPart {
    /// Which states, in order.
    pub states: Vec<usize>,
    /// The number of their entries.
    pub dimension: usize,
    a: Jacobian,
    b: Option<Jacobian>,
    forcing: Kernel,
}

/// How an expression depends on some symbols; each kind includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Of numbers and parameters alone.
    Constant,
    /// Not on the symbols.
    Free,
    /// Affine, with constant coefficients.
    Affine,
    /// In another way.
    Other,
}

/// The kind of every node, given that of the symbols.
fn kinds(graph: &Graph, of: impl Fn(Op) -> Kind) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::with_capacity(graph.len());
    for k in 0..graph.len() {
        kinds.push(kind(graph, graph.node(k), &kinds, &of));
    }
    kinds
}

/// The kind of a node from those of its arguments.
fn kind(graph: &Graph, node: Node, kinds: &[Kind], of: impl Fn(Op) -> Kind) -> Kind {
    let at = |n: Node| kinds[n.index()];
    match graph.op(node) {
        Op::Constant(_) | Op::Parameter(_) => Kind::Constant,
        Op::Unary(Unary::Negate, a) | Op::Product(_, a) => at(a),
        Op::Binary(Binary::Add | Binary::Subtract, a, b) => at(a).max(at(b)),
        Op::Binary(Binary::Multiply, a, b) if at(a) == Kind::Constant || at(b) == Kind::Constant => {
            at(a).max(at(b))
        }
        Op::Binary(Binary::Divide, a, b) if at(b) == Kind::Constant => at(a),
        Op::Ternary(Ternary::Where, c, a, b) if at(c) == Kind::Constant => at(a).max(at(b)),
        leaf if graph.arguments(node).next().is_none() => of(leaf),
        // Any other function.
        _ => match graph.arguments(node).map(at).max() {
            Some(kind) if kind <= Kind::Free => kind,
            _ => Kind::Other,
        },
    }
}

/// Which states belong to the largest set whose rates are affine in the set: all, less those that cannot, less those that
/// use them, … Every node changes its kind a few times at most.
fn members(graph: &Graph, rates: &[Node]) -> Vec<bool> {
    let mut member = vec![true; rates.len()];
    let of = |member: &[bool], op: Op| match op {
        Op::State(k) if member[k as usize] => Kind::Affine,
        Op::Time | Op::Input(_) => Kind::Free,
        _ => Kind::Other,
    };
    let mut kinds = kinds(graph, |op| of(&member, op));
    let users = graph.users();
    let mut rate_of: Vec<Vec<usize>> = vec![Vec::new(); graph.len()];
    rates.iter().enumerate().for_each(|(k, rate)| rate_of[rate.index()].push(k));
    let mut leaving: Vec<usize> =
        (0..rates.len()).filter(|&k| kinds[rates[k].index()] == Kind::Other).collect();
    while let Some(k) = leaving.pop() {
        if !std::mem::replace(&mut member[k], false) {
            continue;
        }
        let mut pending: Vec<Node> = graph.find(Symbol::State(k)).into_iter().collect();
        while let Some(node) = pending.pop() {
            let now = kind(graph, node, &kinds, |op| of(&member, op));
            if now != kinds[node.index()] {
                kinds[node.index()] = now;
                pending.extend(&users[node.index()]);
                if now == Kind::Other {
                    leaving.extend(&rate_of[node.index()]);
                }
            }
        }
    }
    member
}

/// Finds the linear part of a system whose state k has the rate `rates[k]`; `None` if no state belongs to it.
///
/// # Panics
/// If the binding lacks a symbol, or has not the length of each state.
pub fn linear_part(graph: &mut Graph, binding: &Binding, rates: &[Node]) -> Option<LinearPart> {
    let member = members(graph, rates);
    let states: Vec<usize> = (0..rates.len()).filter(|&k| member[k]).collect();
    if states.is_empty() {
        return None;
    }
    let lengths: Vec<usize> = states.iter().map(|&k| binding.states[k]).collect();
    let nodes: Vec<(Node, usize)> = states.iter().map(|&k| (rates[k], binding.states[k])).collect();
    let by_states: Vec<(Symbol, usize)> =
        states.iter().map(|&k| (Symbol::State(k), binding.states[k])).collect();
    let by_inputs: Vec<(Symbol, usize)> =
        binding.inputs.iter().enumerate().map(|(k, &length)| (Symbol::Input(k), length)).collect();
    let with_inputs = kinds(graph, |op| match op {
        Op::State(k) if member[k as usize] => Kind::Affine,
        Op::Input(_) => Kind::Affine,
        Op::Time => Kind::Free,
        _ => Kind::Other,
    });
    let depends_on_time = kinds(graph, |op| if op == Op::Time { Kind::Other } else { Kind::Free });
    let simple = |&(node, _): &(Node, usize)| {
        with_inputs[node.index()] <= Kind::Affine && depends_on_time[node.index()] <= Kind::Free
    };
    let b = if nodes.iter().all(simple) {
        Some(Jacobian::new(graph, binding, &nodes, &by_inputs)?)
    } else {
        None
    };
    let a = Jacobian::new(graph, binding, &nodes, &by_states)?;
    let rates: Vec<Node> = nodes.iter().map(|n| n.0).collect();
    let forcing = Kernel::with_lengths(graph, binding, &rates, &lengths);
    Some(LinearPart { dimension: lengths.iter().sum(), states, a, b, forcing })
}

impl LinearPart {
    /// A, column by column, for these free parameters.
    pub fn matrix(&self, parameters: &[f64]) -> Vec<f64> {
        constant(&self.a, parameters)
    }

    /// B, column by column, one column for each entry of the inputs; `None` unless time and inputs force the system by g + B u
    /// with constant g.
    pub fn input_matrix(&self, parameters: &[f64]) -> Option<Vec<f64>> {
        self.b.as_ref().map(|b| constant(b, parameters))
    }

    /// The rates at x = 0: g, or f(t, u). The entries of `zeros`, one for each entry of each state of the whole system, are 0.
    ///
    /// # Panics
    /// If an array is shorter than what is read from it or written to it.
    pub fn forcing(
        &self,
        t: f64,
        inputs: &[f64],
        parameters: &[f64],
        zeros: &[f64],
        out: &mut [f64],
        scratch: &mut Scratch,
    ) {
        let sources = Sources { t: &[t], states: zeros, parameters, inputs, ..Sources::default() };
        self.forcing.eval(&sources, 1, out, scratch);
    }
}

/// A matrix that depends on parameters alone.
fn constant(jacobian: &Jacobian, parameters: &[f64]) -> Vec<f64> {
    let mut entries = vec![0.0; jacobian.rows() * jacobian.columns()];
    let sources = Sources { parameters, ..Sources::default() };
    jacobian.eval(&sources, 1, &mut entries, &mut Scratch::default());
    entries
}

/// A rate that is affine in its own state: a x + b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditionallyLinear {
    /// a.
    pub coefficient: Node,
    /// b.
    pub rest: Node,
    /// Whether b depends on the state through a matrix, that is, on other units and perhaps on the same one.
    pub coupled: bool,
}

/// Coefficient, if it is not 0, and rest.
type Parts = (Option<Node>, Node);

/// Splits the rate of a state, if it is affine in it; what comes through a matrix counts as rest.
pub fn conditionally_linear(graph: &mut Graph, rate: Node, state: usize) -> Option<ConditionallyLinear> {
    let zero = graph.constant(0.0);
    let Some(x) = graph.find(Symbol::State(state)) else {
        return Some(ConditionallyLinear { coefficient: zero, rest: rate, coupled: false });
    };
    let size = graph.len();
    let (mut direct, mut through) = (vec![false; size], vec![false; size]);
    for k in 0..size {
        let node = graph.node(k);
        let any = |of: &[bool]| graph.arguments(node).any(|a| of[a.index()]);
        let product = matches!(graph.op(node), Op::Product(..));
        through[k] = any(&through) || product && any(&direct);
        direct[k] = node == x || any(&direct) && !product;
    }
    let mut parts: Vec<Option<Parts>> = vec![None; size];
    for k in 0..=rate.index() {
        let node = graph.node(k);
        parts[k] = if node == x {
            Some((Some(graph.constant(1.0)), zero))
        } else if direct[k] {
            split(graph, node, &parts)
        } else {
            Some((None, node))
        };
    }
    let (coefficient, rest) = parts[rate.index()]?;
    let coupled = through[rate.index()];
    Some(ConditionallyLinear { coefficient: coefficient.unwrap_or(zero), rest, coupled })
}

fn split(g: &mut Graph, node: Node, parts: &[Option<Parts>]) -> Option<Parts> {
    let of = |n: Node| parts[n.index()];
    let zero = g.constant(0.0);
    match g.op(node) {
        Op::Unary(Unary::Negate, a) => {
            let (a, b) = of(a)?;
            Some((a.map(|a| g.unary(Unary::Negate, a)), g.unary(Unary::Negate, b)))
        }
        Op::Binary(f @ (Binary::Add | Binary::Subtract), x, y) => {
            let ((a, b), (c, d)) = (of(x)?, of(y)?);
            let coefficient = match (a, c) {
                (a, None) => a,
                (None, Some(c)) if f == Binary::Subtract => Some(g.unary(Unary::Negate, c)),
                (None, c) => c,
                (Some(a), Some(c)) => Some(g.binary(f, a, c)),
            };
            Some((coefficient, g.binary(f, b, d)))
        }
        Op::Binary(Binary::Multiply, x, y) => {
            let ((a, b), (c, d)) = (of(x)?, of(y)?);
            let (a, b, factor) = match (a, c) {
                (Some(a), None) => (a, b, d),
                (None, Some(c)) => (c, d, b),
                _ => return None,
            };
            let coefficient = g.binary(Binary::Multiply, a, factor);
            let rest = if b == zero { zero } else { g.binary(Binary::Multiply, b, factor) };
            Some((Some(coefficient), rest))
        }
        Op::Binary(Binary::Divide, x, y) => {
            let ((a, b), (None, divisor)) = (of(x)?, of(y)?) else { return None };
            let rest = if b == zero { zero } else { g.binary(Binary::Divide, b, divisor) };
            Some((a.map(|a| g.binary(Binary::Divide, a, divisor)), rest))
        }
        Op::Ternary(Ternary::Where, condition, x, y) => {
            let (None, condition) = of(condition)? else { return None };
            let ((a, b), (c, d)) = (of(x)?, of(y)?);
            let (a, c) = (a.unwrap_or(zero), c.unwrap_or(zero));
            let coefficient = g.ternary(Ternary::Where, condition, a, c);
            Some((Some(coefficient), g.ternary(Ternary::Where, condition, b, d)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Value;
    use crate::reference::{Dense, numbers};
    use std::sync::Arc;

    fn sum(g: &mut Graph, terms: &[Node]) -> Node {
        terms[1..].iter().fold(terms[0], |a, &b| g.binary(Binary::Add, a, b))
    }

    /// v' = (-v + M v + W u)/tau + q; r' = v . ones - r; w' = w r (not linear); s' = -s + w (fed by w, so not closed).
    #[test]
    fn the_largest_closed_linear_set_is_found_with_its_matrix() {
        let mut g = Graph::default();
        let v = g.symbol(Symbol::State(0), 2);
        let [r, w, s] = [1, 2, 3].map(|k| g.symbol(Symbol::State(k), 1));
        let (tau, q) = (g.symbol(Symbol::Parameter(0), 1), g.symbol(Symbol::Parameter(1), 1));
        let u = g.symbol(Symbol::Input(0), 1);
        let (mv, wu, row) = (g.product(0, 2, v), g.product(1, 2, u), g.product(2, 1, v));
        let minus = g.unary(Unary::Negate, v);
        let total = sum(&mut g, &[minus, mv, wu]);
        let scaled = g.binary(Binary::Divide, total, tau);
        let dv = g.binary(Binary::Add, scaled, q);
        let dr = g.binary(Binary::Subtract, row, r);
        let dw = g.binary(Binary::Multiply, w, r);
        let ds = g.binary(Binary::Subtract, w, s);
        let dense = |m: &[&[f64]]| -> Arc<dyn crate::kernel::Product> {
            Arc::new(Dense(m.iter().map(|r| r.to_vec()).collect()))
        };
        let binding = Binding {
            states: vec![2, 1, 1, 1],
            parameters: vec![Value::Free(1), Value::Number(0.25)],
            inputs: vec![1],
            matrices: vec![
                dense(&[&[0.0, 3.0], &[-2.0, 0.5]]),
                dense(&[&[1.0], &[-1.0]]),
                dense(&[&[1.0, 1.0]]),
            ],
            ..Binding::default()
        };
        let part = linear_part(&mut g, &binding, &[dv, dr, dw, ds]).unwrap();
        assert_eq!((part.states.as_slice(), part.dimension), ([0, 1].as_slice(), 3));
        let a = part.matrix(&[2.0]);
        assert_eq!(a, [-0.5, -1.0, 1.0, 1.5, -0.25, 1.0, 0.0, 0.0, -1.0]);
        assert_eq!(part.input_matrix(&[2.0]).unwrap(), [0.5, -0.5, 0.0]);
        let mut forcing = [0.0; 3];
        part.forcing(0.0, &[4.0], &[2.0], &[0.0; 5], &mut forcing, &mut Scratch::default());
        assert_eq!(forcing, [2.25, -1.75, 0.0]);
    }

    #[test]
    fn forcing_by_a_function_of_time_has_no_input_matrix_and_coefficients_in_time_are_not_constant() {
        let mut g = Graph::default();
        let (x, y) = (g.symbol(Symbol::State(0), 1), g.symbol(Symbol::State(1), 1));
        let t = g.symbol(Symbol::Time, 1);
        let wave = g.unary(Unary::Sin, t);
        let dx = g.binary(Binary::Subtract, wave, x);
        let dy = g.binary(Binary::Multiply, wave, y);
        let binding = Binding { states: vec![1, 1], ..Binding::default() };
        let part = linear_part(&mut g, &binding, &[dx, dy]).unwrap();
        assert_eq!(part.states, [0]);
        assert!(part.input_matrix(&[]).is_none());
        let mut forcing = [0.0];
        part.forcing(1.0, &[], &[], &[0.0; 2], &mut forcing, &mut Scratch::default());
        assert!((forcing[0] - 1f64.sin()).abs() < 1e-15);
    }

    #[test]
    fn steps_and_kinks_of_a_state_are_not_linear() {
        for f in [Unary::Floor, Unary::Heaviside, Unary::Sign, Unary::Abs, Unary::Relu] {
            let mut g = Graph::default();
            let x = g.symbol(Symbol::State(0), 1);
            let rate = g.unary(f, x);
            let binding = Binding { states: vec![1], ..Binding::default() };
            assert!(linear_part(&mut g, &binding, &[rate]).is_none());
            assert_eq!(conditionally_linear(&mut g, rate, 0), None);
        }
    }

    /// g m^3 (e - v) - k v is affine in v, m/(1 + v) is not.
    #[test]
    fn a_rate_that_is_affine_in_its_own_state_is_split() {
        let mut g = Graph::default();
        let [v, m] = [0, 1].map(|k| g.symbol(Symbol::State(k), 3));
        let (three, e, k, one) = (g.constant(3.0), g.constant(50.0), g.constant(0.5), g.constant(1.0));
        let cube = g.binary(Binary::Power, m, three);
        let drive = g.binary(Binary::Subtract, e, v);
        let current = g.binary(Binary::Multiply, cube, drive);
        let leak = g.binary(Binary::Multiply, k, v);
        let through = g.unary(Unary::Tanh, v);
        let through = g.product(0, 3, through);
        let alone = g.binary(Binary::Subtract, current, leak);
        let rate = g.binary(Binary::Add, alone, through);
        assert!(!conditionally_linear(&mut g, alone, 0).unwrap().coupled);
        let parts = conditionally_linear(&mut g, rate, 0).unwrap();
        assert!(parts.coupled);
        let linear = g.binary(Binary::Multiply, parts.coefficient, v);
        let again = g.binary(Binary::Add, linear, parts.rest);
        let square = numbers(9).chunks(3).map(<[f64]>::to_vec).collect();
        let matrices: Vec<Arc<dyn crate::kernel::Product>> = vec![Arc::new(Dense(square))];
        let binding = Binding { states: vec![3, 3], matrices, ..Binding::default() };
        let kernel = Kernel::new(&g, &binding, &[rate, again, parts.coefficient]);
        let mut out = [0.0; 9];
        let states = numbers(6);
        kernel.eval(&Sources { states: &states, ..Sources::default() }, 1, &mut out, &mut Scratch::default());
        for i in 0..3 {
            assert!((out[i] - out[3 + i]).abs() < 1e-13 * out[i].abs());
            assert!((out[6 + i] + states[3 + i].powi(3) + 0.5).abs() < 1e-14);
        }
        let shifted = g.binary(Binary::Add, v, one);
        let quotient = g.binary(Binary::Divide, m, shifted);
        assert_eq!(conditionally_linear(&mut g, quotient, 0), None);
        assert!(conditionally_linear(&mut g, quotient, 1).is_some());
    }
}
