//! The matrix of derivatives of some expressions by some symbols, block by block.
//!
//! ```text
//! J = [ df_1/dx_1  df_1/dx_2  … ]        df/dx by states, df/dp by parameters, df/du by inputs, df/dt by time
//!     [ df_2/dx_1  df_2/dx_2  … ]
//! ```
//!
//! Each block is empty, diagonal, or dense; which is known before anything is evaluated. The entries of all blocks come
//! from one kernel, so what they share is computed once.
//!
//! Cost: that kernel, and one pass over the entries; a chain of several matrices costs their product. The matrices of the graph
//! are asked for their entries at the first evaluation that needs them.

use crate::derivative::{Factor, Term, sparse_derivatives};
use crate::graph::{Graph, Node, Symbol};
use crate::kernel::{Binding, Kernel, Product, Scratch, Sources};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Which entries of a block may differ from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// None.
    Empty,
    /// Those of a square block where row and column are equal.
    Diagonal,
    /// All.
    Dense,
}

/// Derivatives, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Jacobian {
    blocks: Vec<Block>,
    rows: Vec<Range<usize>>,
    columns: Vec<Range<usize>>,
    kernel: Kernel,
    matrices: Vec<Arc<dyn Product>>,
    entries: Vec<OnceLock<Vec<f64>>>,
}

#[derive(Clone, Debug)]
struct Block {
    row: usize,
    column: usize,
    terms: Vec<Chain>,
}

/// A term whose expressions are places among the outputs of the kernel.
#[derive(Clone, Debug)]
struct Chain {
    scale: Scale,
    rest: Vec<Link>,
}

#[derive(Clone, Copy, Debug)]
struct Scale {
    offset: usize,
    single: bool,
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Diagonal(Scale),
    Matrix(usize),
    Ones(usize),
}

impl Scale {
    /// Entry `i` of lane `l`.
    fn at(self, values: &[f64], i: usize, lanes: usize, l: usize) -> f64 {
        values[(self.offset + if self.single { 0 } else { i }) * lanes + l]
    }
}

impl Jacobian {
    /// The derivatives of each of `nodes`, which fill so many rows, by each of the symbols, which have so many columns.
    ///
    /// Returns `None` if a derivative is a sum of too many products of matrices.
    ///
    /// # Panics
    /// If the binding lacks a symbol that is used.
    pub fn new(
        graph: &mut Graph,
        binding: &Binding,
        nodes: &[(Node, usize)],
        by: &[(Symbol, usize)],
    ) -> Option<Self> {
        let mut scales = Scales::default();
        let mut blocks = Vec::new();
        let alone: Vec<Node> = nodes.iter().map(|n| n.0).collect();
        let symbols: Vec<Symbol> = by.iter().map(|s| s.0).collect();
        for (column, found) in sparse_derivatives(graph, &alone, &symbols)?.into_iter().enumerate() {
            for (row, terms) in found {
                let (node, length) = nodes[row];
                let filled = (graph.length(node) != length).then_some(Link::Ones(length));
                let terms = terms.iter().map(|t| scales.chain(graph, t, filled)).collect();
                blocks.push(Block { row, column, terms });
            }
        }
        blocks.sort_by_key(|b| (b.row, b.column));
        Some(Self {
            blocks,
            rows: ranges(nodes.iter().map(|n| n.1)),
            columns: ranges(by.iter().map(|s| s.1)),
            kernel: Kernel::new(graph, binding, &scales.nodes),
            matrices: binding.matrices.clone(),
            entries: vec![OnceLock::new(); binding.matrices.len()],
        })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows.last().map_or(0, |r| r.end)
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns.last().map_or(0, |c| c.end)
    }

    /// Which entries of the derivative of an expression by a symbol may differ from 0.
    pub fn pattern(&self, row: usize, column: usize) -> Pattern {
        let Some(block) = self.blocks.iter().find(|b| (b.row, b.column) == (row, column)) else {
            return Pattern::Empty;
        };
        let square = self.rows[row].len() == self.columns[column].len();
        let diagonal = block.terms.iter().all(|t| t.rest.is_empty());
        if square && diagonal { Pattern::Diagonal } else { Pattern::Dense }
    }

    /// Writes the matrix of each lane: row i, column j of lane l to `out[(j * rows + i) * lanes + l]`.
    ///
    /// # Panics
    /// If an array is shorter than what is read from it or written to it.
    pub fn eval(&self, sources: &Sources, lanes: usize, out: &mut [f64], scratch: &mut Scratch) {
        let mut values = scratch.take(self.kernel.outputs() * lanes);
        self.kernel.eval(sources, lanes, &mut values, scratch);
        let rows = self.rows();
        out[..rows * self.columns() * lanes].fill(0.0);
        for block in &self.blocks {
            let (r, c) = (self.rows[block.row].clone(), self.columns[block.column].clone());
            let corner = |i: usize, j: usize| ((c.start + j) * rows + r.start + i) * lanes;
            for term in &block.terms {
                self.add(term, (r.len(), c.len()), &values, lanes, |i, j, l, x| out[corner(i, j) + l] += x);
            }
        }
        scratch.put(values);
    }

    /// Hands every entry of a term to `to`.
    fn add(
        &self,
        term: &Chain,
        (rows, columns): (usize, usize),
        values: &[f64],
        lanes: usize,
        mut to: impl FnMut(usize, usize, usize, f64),
    ) {
        let scale = |i: usize, l: usize| term.scale.at(values, i, lanes, l);
        match *term.rest.as_slice() {
            [] => (0..rows).for_each(|i| (0..lanes).for_each(|l| to(i, i, l, scale(i, l)))),
            [Link::Ones(_)] => (0..rows).for_each(|i| (0..lanes).for_each(|l| to(i, 0, l, scale(i, l)))),
            [Link::Matrix(k)] | [Link::Matrix(k), Link::Diagonal(_)] => {
                let m = self.entries(k);
                for j in 0..columns {
                    for i in 0..rows {
                        for l in 0..lanes {
                            let right = match term.rest.get(1) {
                                Some(Link::Diagonal(d)) => d.at(values, j, lanes, l),
                                _ => 1.0,
                            };
                            to(i, j, l, scale(i, l) * m[j * rows + i] * right);
                        }
                    }
                }
            }
            _ => {
                for l in 0..lanes {
                    let m = self.chain(&term.rest, columns, values, lanes, l);
                    for i in 0..rows {
                        for j in 0..columns {
                            to(i, j, l, scale(i, l) * m[i * columns + j]);
                        }
                    }
                }
            }
        }
    }

    /// The product of a chain for one lane, row by row.
    fn chain(&self, links: &[Link], columns: usize, values: &[f64], lanes: usize, l: usize) -> Vec<f64> {
        let mut x = vec![0.0; columns * columns];
        (0..columns).for_each(|j| x[j * columns + j] = 1.0);
        for link in links.iter().rev() {
            match *link {
                Link::Diagonal(d) => {
                    for (i, row) in x.chunks_mut(columns).enumerate() {
                        let factor = d.at(values, i, lanes, l);
                        row.iter_mut().for_each(|x| *x *= factor);
                    }
                }
                Link::Ones(length) => x = x.repeat(length),
                Link::Matrix(k) => {
                    let mut y = vec![0.0; self.matrices[k].rows() * columns];
                    self.matrices[k].apply(&x, columns, &mut y);
                    x = y;
                }
            }
        }
        x
    }

    /// A matrix of the graph, column by column.
    fn entries(&self, k: usize) -> &[f64] {
        self.entries[k].get_or_init(|| self.matrices[k].entries())
    }
}

/// The expressions that occur in terms, each once, one after the other.
#[derive(Default)]
struct Scales {
    nodes: Vec<Node>,
    length: usize,
    known: BTreeMap<Node, Scale>,
}

impl Scales {
    fn scale(&mut self, graph: &Graph, node: Node) -> Scale {
        *self.known.entry(node).or_insert_with(|| {
            let scale = Scale { offset: self.length, single: graph.length(node) == 1 };
            self.nodes.push(node);
            self.length += graph.length(node);
            scale
        })
    }

    fn chain(&mut self, graph: &Graph, term: &Term, first: Option<Link>) -> Chain {
        let scale = self.scale(graph, term.scale);
        let rest = term.rest.iter().map(|factor| match *factor {
            Factor::Diagonal(node) => Link::Diagonal(self.scale(graph, node)),
            Factor::Matrix(k) => Link::Matrix(k),
            Factor::Ones(length) => Link::Ones(length),
        });
        Chain { scale, rest: first.into_iter().chain(rest).collect() }
    }
}

fn ranges(lengths: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut end = 0;
    lengths
        .map(|length| {
            end += length;
            end - length..end
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::affine::linear_part;
    use crate::function::{Binary, Ternary, Unary};
    use crate::kernel::Value;
    use crate::reference::{Dice, H, mixed, numbers, random_expression, symbols, value};
    use num_complex::Complex64;

    /// Both derivatives are exact but for rounding; where a shift of 1e-14 changes the value by more than 1e-11, rounding
    /// is amplified, or a jump is near, and there is nothing to compare at 1e-9.
    #[test]
    fn derivatives_of_random_expressions_are_those_of_the_complex_step() {
        let mut dice = Dice(7);
        let binding = Binding { states: vec![1; 3], ..Binding::default() };
        let by = [0, 1, 2].map(|k| (Symbol::State(k), 1));
        let (mut scratch, mut compared) = (Scratch::default(), 0);
        let mut used = std::collections::BTreeSet::new();
        while compared < 3000 {
            let mut g = Graph::default();
            let operations = 1 + dice.below(10);
            let y = random_expression(&mut g, &mut dice, operations);
            let before = g.clone();
            let jacobian = Jacobian::new(&mut g, &binding, &[(y, 1)], &by).unwrap();
            let states: [f64; 3] = std::array::from_fn(|_| dice.number());
            let mut d = [0.0; 3];
            jacobian.eval(&Sources { states: &states, ..Sources::default() }, 1, &mut d, &mut scratch);
            for k in 0..3 {
                let step = |shift: f64| {
                    let of = |s: Symbol| {
                        let Symbol::State(i) = s else { unreachable!() };
                        vec![Complex64::new(states[i] * (1.0 + shift), if i == k { H } else { 0.0 })]
                    };
                    value(&before, &binding, &of, y)[0].im / H
                };
                let (e, near) = (step(0.0), step(1e-14));
                if e.is_finite() && e != 0.0 && (e - near).abs() <= 1e-11 * e.abs() {
                    compared += 1;
                    for k in (0..before.len()).map(|k| before.node(k)) {
                        if before.arguments(k).next().is_some() {
                            used.insert(format!("{:?}", before.op(k)).split(',').next().map(str::to_owned));
                        }
                    }
                    assert!((d[k] - e).abs() <= 1e-9 * e.abs(), "{} {e} {before:?} {states:?}", d[k]);
                }
                if jacobian.pattern(0, k) == Pattern::Empty {
                    assert!(e == 0.0 || e.is_nan(), "{e}");
                }
            }
        }
        // Every function and operator of the grammar took part.
        assert_eq!(used.len(), 29 + 15 + 2, "{used:?}");
    }

    #[test]
    fn derivatives_through_matrices_are_those_of_the_complex_step() {
        let mut g = Graph::default();
        let (binding, outputs) = mixed(&mut g);
        let lengths = [5, 1, 5, 5, 5, 5];
        let nodes: Vec<(Node, usize)> = outputs.iter().copied().zip(lengths).collect();
        let by = [
            (Symbol::State(0), 5),
            (Symbol::State(1), 1),
            (Symbol::Parameter(0), 5),
            (Symbol::Parameter(1), 1),
            (Symbol::Input(0), 2),
            (Symbol::Time, 1),
            (Symbol::Delayed(0), 5),
            (Symbol::Noise(0), 5),
        ];
        let before = g.clone();
        let jacobian = Jacobian::new(&mut g, &binding, &nodes, &by).unwrap();
        assert_eq!((jacobian.rows(), jacobian.columns()), (26, 25));
        assert_eq!(jacobian.pattern(0, 0), Pattern::Dense);
        assert_eq!(jacobian.pattern(0, 2), Pattern::Diagonal);
        assert_eq!(jacobian.pattern(1, 4), Pattern::Empty);
        assert_eq!(jacobian.pattern(4, 1), Pattern::Dense);
        let lanes = 3;
        let arrays: Vec<Vec<f64>> = [1, 6, 6, 2, 5, 5].iter().map(|n| numbers(n * lanes)).collect();
        let sources = Sources {
            t: &arrays[0],
            states: &arrays[1],
            parameters: &arrays[2],
            inputs: &arrays[3],
            delayed: &arrays[4],
            noises: &arrays[5],
        };
        let mut j = vec![f64::NAN; 26 * 25 * lanes];
        jacobian.eval(&sources, lanes, &mut j, &mut Scratch::default());
        let places = [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4)];
        let places = places.into_iter().chain([(2, 5), (3, 0), (3, 1), (0, 0)]);
        let places = places.chain((0..5).map(|k| (4, k))).chain((0..5).map(|k| (5, k)));
        for (column, (array, entry)) in places.enumerate() {
            for l in 0..lanes {
                let mut alone: Vec<Vec<Complex64>> = arrays
                    .iter()
                    .map(|x| x.iter().skip(l).step_by(lanes).map(|&x| Complex64::new(x, 0.0)).collect())
                    .collect();
                alone[array][entry].im = H;
                let mut row = 0;
                for &(node, length) in &nodes {
                    let e = value(&before, &binding, &symbols(&alone, &binding), node);
                    for i in 0..length {
                        let e = e[if e.len() == 1 { 0 } else { i }].im / H;
                        let d = j[(column * 26 + row) * lanes + l];
                        // Sums of a few terms of one size.
                        assert!((d - e).abs() <= 1e-12 * (1.0 + e.abs()), "{row} {column}: {d} {e}");
                        row += 1;
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_taken_may_be_infinite() {
        let mut g = Graph::default();
        let x = g.symbol(Symbol::State(0), 1);
        let (zero, two) = (g.constant(0.0), g.constant(2.0));
        let positive = g.binary(Binary::Greater, x, zero);
        let root = g.unary(Unary::Sqrt, x);
        let line = g.binary(Binary::Multiply, two, x);
        let y = g.ternary(Ternary::Where, positive, root, line);
        let binding = Binding { states: vec![1], ..Binding::default() };
        let jacobian = Jacobian::new(&mut g, &binding, &[(y, 1)], &[(Symbol::State(0), 1)]).unwrap();
        let mut d = [0.0; 3];
        let sources = Sources { states: &[0.0, -1.0, 4.0], ..Sources::default() };
        jacobian.eval(&sources, 3, &mut d, &mut Scratch::default());
        assert_eq!(d, [2.0, 2.0, 0.25]);
    }

    #[test]
    fn a_parameter_that_is_bound_to_a_number_has_a_derivative() {
        let mut g = Graph::default();
        let (x, p) = (g.symbol(Symbol::State(0), 1), g.symbol(Symbol::Parameter(0), 1));
        let y = g.binary(Binary::Power, x, p);
        let parameters = vec![Value::Number(3.0)];
        let binding = Binding { states: vec![1], parameters, ..Binding::default() };
        let by = [(Symbol::State(0), 1), (Symbol::Parameter(0), 1)];
        let jacobian = Jacobian::new(&mut g, &binding, &[(y, 1)], &by).unwrap();
        let mut d = [0.0; 2];
        jacobian.eval(&Sources { states: &[2.0], ..Sources::default() }, 1, &mut d, &mut Scratch::default());
        assert_eq!(d[0], 12.0);
        assert!((d[1] - 8.0 * std::f64::consts::LN_2).abs() < 1e-14);
    }

    /// Each step costs what it touches, not what there is: quadratic work on 20 000 states would be noticed.
    #[test]
    fn a_chain_of_very_many_states_is_differentiated_and_found_not_to_be_linear() {
        let n = 20_000;
        let mut g = Graph::default();
        let x: Vec<Node> = (0..n).map(|k| g.symbol(Symbol::State(k), 1)).collect();
        let mut rates: Vec<Node> = (0..n - 1).map(|k| g.binary(Binary::Subtract, x[k + 1], x[k])).collect();
        let binding = Binding { states: vec![1; n], ..Binding::default() };
        rates.push(g.unary(Unary::Negate, x[n - 1]));
        assert_eq!(linear_part(&mut g.clone(), &binding, &rates).unwrap().states.len(), n);
        rates[n - 1] = g.unary(Unary::Sin, x[n - 1]);
        assert!(linear_part(&mut g, &binding, &rates).is_none());
        let nodes: Vec<(Node, usize)> = rates.iter().map(|&r| (r, 1)).collect();
        let by: Vec<(Symbol, usize)> = (0..n).map(|k| (Symbol::State(k), 1)).collect();
        let jacobian = Jacobian::new(&mut g, &binding, &nodes, &by).unwrap();
        assert_eq!(jacobian.blocks.len(), 2 * n - 1);
    }
}
