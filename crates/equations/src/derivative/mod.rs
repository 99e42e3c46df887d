//! Derivatives of expressions, exact for every function of the grammar.
//!
//! The derivative of a vector by a vector is a sum of terms, each a chain of matrices:
//!
//! ```text
//! d/dv (-v + M tanh(v)) = -1 + M diag(1/cosh(v)^2)
//! ```
//!
//! A chain begins with a diagonal matrix, given by an expression, and goes on with the matrices of the graph, with further
//! diagonal ones, and with columns of ones where a single value goes to all units. Where nothing is multiplied by a matrix, a
//! chain is one expression.
//!
//! Cost: one pass over the graph for each symbol. Expressions are shared with the graph that they extend. A
//! sum over very many ways from the symbol to the node is refused ([`derivatives`] gives `None`).
//!
//! Reference: Griewank and Walther (2008), Evaluating derivatives, chapter 3.

mod partial;

use crate::function::{Binary, Ternary};
use crate::graph::{Graph, Node, Op, Symbol};
use partial::Pair;
use std::collections::{BTreeMap, BTreeSet};

/// A factor of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// diag(x); a single value stands for all entries.
    Diagonal(Node),
    /// The k-th matrix.
    Matrix(usize),
    /// A column of so many ones.
    Ones(usize),
}

/// diag(scale) times a chain of further factors, from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The diagonal matrix on the left; a single value stands for all entries.
    pub scale: Node,
    /// The rest.
    pub rest: Vec<Factor>,
}

/// Terms by their chains, so that those with the same chain are one.
type Terms = BTreeMap<Vec<Factor>, Node>;

/// The place of an expression, and its derivative.
type Entry = (usize, Vec<Term>);

/// More terms than this are not collected.
const MOST_TERMS: usize = 64;

/// The derivative of each of `nodes` by one symbol: the sum of its terms. None is zero.
///
/// Returns `None` if a derivative has too many terms to be worth writing down.
pub fn derivatives(graph: &mut Graph, nodes: &[Node], by: Symbol) -> Option<Vec<Vec<Term>>> {
    let Some(leaf) = graph.find(by) else { return Some(vec![Vec::new(); nodes.len()]) };
    let needed = needed(graph, nodes);
    let mut of = start(graph, leaf);
    for k in (leaf.index() + 1..needed.len()).filter(|&k| needed[k]) {
        let node = graph.node(k);
        advance(graph, node, &mut of)?;
    }
    Some(nodes.iter().map(|n| of.get(n).map_or_else(Vec::new, list)).collect())
}

/// For each symbol those of `nodes` whose derivative by it does not vanish, by place, with its terms.
///
/// Cost: for each symbol a walk over what depends on it, so sparse systems of many symbols cost little.
pub(crate) fn sparse_derivatives(
    graph: &mut Graph,
    nodes: &[Node],
    by: &[Symbol],
) -> Option<Vec<Vec<Entry>>> {
    let (needed, users) = (needed(graph, nodes), graph.users());
    let mut places: BTreeMap<Node, Vec<usize>> = BTreeMap::new();
    nodes.iter().enumerate().for_each(|(k, &node)| places.entry(node).or_default().push(k));
    let mut all = Vec::with_capacity(by.len());
    for &symbol in by {
        let mut found = Vec::new();
        // Only what was there before anything was differentiated.
        if let Some(leaf) = graph.find(symbol).filter(|leaf| leaf.index() < needed.len()) {
            let mut of = start(graph, leaf);
            let mut pending: BTreeSet<Node> = users[leaf.index()].iter().copied().collect();
            while let Some(node) = pending.pop_first() {
                if needed[node.index()] && advance(graph, node, &mut of)? {
                    pending.extend(&users[node.index()]);
                }
            }
            for (node, terms) in &of {
                found.extend(places.get(node).into_iter().flatten().map(|&place| (place, list(terms))));
            }
            found.sort_by_key(|(place, _)| *place);
        }
        all.push(found);
    }
    Some(all)
}

/// The derivative of a symbol by itself.
fn start(graph: &mut Graph, leaf: Node) -> BTreeMap<Node, Terms> {
    let one = graph.constant(1.0);
    BTreeMap::from([(leaf, Terms::from([(Vec::new(), one)]))])
}

/// Adds the derivative of a node to those of its arguments, if it does not vanish; `None` if it has too many terms.
fn advance(graph: &mut Graph, node: Node, of: &mut BTreeMap<Node, Terms>) -> Option<bool> {
    let terms = step(graph, node, of);
    if terms.len() > MOST_TERMS {
        return None;
    }
    let some = !terms.is_empty();
    if some {
        of.insert(node, terms);
    }
    Some(some)
}

fn list(terms: &Terms) -> Vec<Term> {
    terms.iter().map(|(rest, &scale)| Term { scale, rest: rest.clone() }).collect()
}

/// Whether a node is needed for these.
fn needed(graph: &Graph, nodes: &[Node]) -> Vec<bool> {
    let mut marked = vec![false; graph.len()];
    nodes.iter().for_each(|n| marked[n.index()] = true);
    for k in (0..graph.len()).rev() {
        if marked[k] {
            graph.arguments(graph.node(k)).for_each(|a| marked[a.index()] = true);
        }
    }
    marked
}

/// The terms of a node from those of its arguments.
fn step(graph: &mut Graph, node: Node, of: &BTreeMap<Node, Terms>) -> Terms {
    let length = graph.length(node);
    match graph.op(node) {
        Op::Unary(f, a) => {
            let terms = terms(graph, of, a, length);
            let factor = if terms.is_empty() { None } else { partial::unary(graph, f, a, node) };
            let mut sum = Terms::new();
            add(graph, &mut sum, factor, terms);
            sum
        }
        Op::Binary(f, a, b) => {
            let (of_a, of_b) = (terms(graph, of, a, length), terms(graph, of, b, length));
            if of_a.is_empty() && of_b.is_empty() {
                return Terms::new();
            }
            let by = [!of_a.is_empty(), !of_b.is_empty()];
            match partial::binary(graph, f, a, b, node, by) {
                Pair::Factors(factors) => {
                    let mut sum = Terms::new();
                    add(graph, &mut sum, factors[0], of_a);
                    add(graph, &mut sum, factors[1], of_b);
                    sum
                }
                Pair::Choice(first) => choose(graph, first, &of_a, &of_b),
            }
        }
        Op::Ternary(f, a, b, c) => {
            let [of_a, of_b, of_c] = [a, b, c].map(|x| terms(graph, of, x, length));
            match f {
                Ternary::Where => choose(graph, a, &of_b, &of_c),
                Ternary::Clip if of_a.is_empty() && of_b.is_empty() && of_c.is_empty() => Terms::new(),
                Ternary::Clip => {
                    let raised = graph.binary(Binary::Max, a, b);
                    let inner = take_extreme(graph, Binary::Max, [a, b], [&of_a, &of_b]);
                    take_extreme(graph, Binary::Min, [raised, c], [&inner, &of_c])
                }
            }
        }
        Op::Product(matrix, a) => {
            let one = graph.constant(1.0);
            let mut sum = Terms::new();
            for (rest, &scale) in of.get(&a).into_iter().flatten() {
                let mut chain = vec![Factor::Matrix(matrix as usize)];
                if graph.as_constant(scale) != Some(1.0) {
                    chain.push(Factor::Diagonal(scale));
                }
                chain.extend(rest);
                sum.insert(chain, one);
            }
            sum
        }
        _ => Terms::new(),
    }
}

/// The terms of an argument whose value goes into one of this length.
fn terms(graph: &Graph, of: &BTreeMap<Node, Terms>, argument: Node, length: usize) -> Terms {
    let Some(terms) = of.get(&argument) else { return Terms::new() };
    if graph.length(argument) == length {
        return terms.clone();
    }
    let spread =
        |rest: &Vec<Factor>| [Factor::Ones(length)].into_iter().chain(rest.iter().copied()).collect();
    terms.iter().map(|(rest, &scale)| (spread(rest), scale)).collect()
}

/// Adds a factor times some terms.
fn add(graph: &mut Graph, sum: &mut Terms, factor: Option<Node>, terms: Terms) {
    let Some(factor) = factor else { return };
    for (rest, scale) in terms {
        let scale = graph.binary(Binary::Multiply, factor, scale);
        if graph.as_constant(scale) == Some(0.0) {
            continue;
        }
        let before = sum.remove(&rest);
        let scale = before.map_or(scale, |before| graph.binary(Binary::Add, before, scale));
        sum.insert(rest, scale);
    }
}

/// The first terms where the condition is not 0, the others where it is.
fn choose(graph: &mut Graph, condition: Node, first: &Terms, second: &Terms) -> Terms {
    let zero = graph.constant(0.0);
    let chains: BTreeSet<&Vec<Factor>> = first.keys().chain(second.keys()).collect();
    let mut choice = Terms::new();
    for chain in chains {
        let [a, b] = [first, second].map(|terms| terms.get(chain).copied().unwrap_or(zero));
        let scale = if a == b { a } else { graph.ternary(Ternary::Where, condition, a, b) };
        choice.insert(chain.clone(), scale);
    }
    choice
}

fn take_extreme(graph: &mut Graph, f: Binary, arguments: [Node; 2], terms: [&Terms; 2]) -> Terms {
    let first = partial::is_first(graph, f, arguments[0], arguments[1]);
    choose(graph, first, terms[0], terms[1])
}
