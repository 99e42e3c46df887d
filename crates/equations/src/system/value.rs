//! What an expression is worth: a node of the graph, with its noise, its matrix, or the decimal that it was written as.

use super::symbol::Symbol;
use crate::function::Binary;
use crate::graph::{Graph, Node, Op};
use crate::unit::ten_to;

/// The value of an expression.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// The part without noise.
    pub(super) node: Node,
    /// Coefficients of the noises, in increasing order.
    pub(super) noise: Vec<(usize, Node)>,
    /// For a matrix: the product that it is, from left to right, times `node`.
    pub(super) matrix: Option<Chain>,
    pub(super) decimal: Option<Decimal>,
}

/// A product of matrices.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) matrices: Vec<usize>,
    pub(super) rows: usize,
    pub(super) cols: usize,
}

/// A number as it is written: digits, times a factor, times a power of ten.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decimal {
    /// Digits with their point and exponent, unless they are 1.
    digits: Option<String>,
    scale: f64,
    decade: i32,
}

impl Value {
    pub(super) fn new(node: Node) -> Self {
        Self { node, noise: Vec::new(), matrix: None, decimal: None }
    }

    pub(super) fn number(graph: &mut Graph, decimal: Decimal) -> Self {
        Self { decimal: Some(decimal.clone()), ..Self::new(graph.constant(decimal.value())) }
    }
}

impl Decimal {
    pub(super) fn digits(text: &str, x: f64) -> Self {
        Self { digits: (x != 1.0).then(|| text.to_owned()), scale: 1.0, decade: 0 }
    }

    pub(super) fn unit(scale: f64, decade: i32) -> Self {
        Self { digits: None, scale, decade }
    }

    /// The double nearest to it, where its scale is 1.
    pub(super) fn value(&self) -> f64 {
        let Some(digits) = &self.digits else { return self.scale * ten_to(self.decade) };
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let exponent = exponent.parse::<i32>().unwrap_or(0).saturating_add(self.decade);
        self.scale * format!("{mantissa}e{exponent}").parse::<f64>().unwrap_or(f64::NAN)
    }

    pub(super) fn negated(&self) -> Self {
        Self { scale: -self.scale, ..self.clone() }
    }

    /// The product, if one of the two is written without digits.
    pub(super) fn times(&self, other: &Self) -> Option<Self> {
        let digits = match (&self.digits, &other.digits) {
            (Some(_), Some(_)) => return None,
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        Self { digits, scale: self.scale * other.scale, decade: self.decade + other.decade }.checked()
    }

    /// The quotient, if the divisor is written without digits.
    pub(super) fn over(&self, other: &Self) -> Option<Self> {
        if other.digits.is_some() {
            return None;
        }
        let digits = self.digits.clone();
        Self { digits, scale: self.scale / other.scale, decade: self.decade - other.decade }.checked()
    }

    /// The power, if it is written without digits.
    pub(super) fn power(&self, k: f64) -> Option<Self> {
        if self.digits.is_some() || k.fract() != 0.0 || k.abs() > 20.0 {
            return None;
        }
        Self { digits: None, scale: self.scale.powi(k as i32), decade: self.decade * k as i32 }.checked()
    }

    fn checked(self) -> Option<Self> {
        (self.scale.is_normal() && self.decade.abs() <= 300).then_some(self)
    }

    /// Its reciprocal, if that is exact: 10^k for k from 0 to 22.
    pub(super) fn exact_reciprocal(&self) -> Option<f64> {
        let exact = self.digits.is_none() && self.scale.abs() == 1.0 && (-22..=0).contains(&self.decade);
        exact.then(|| self.scale * ten_to(-self.decade))
    }
}

/// Whether a node is 0 whatever its symbols are.
pub(super) fn is_zero(graph: &Graph, node: Node) -> bool {
    match graph.op(node) {
        Op::Constant(x) => x == 0.0,
        Op::Binary(Binary::Subtract, a, b) => a == b,
        Op::Binary(Binary::Multiply, a, b) => [a, b].iter().any(|&k| graph.as_constant(k) == Some(0.0)),
        _ => false,
    }
}

/// The leaf of the graph for a symbol.
pub(super) fn leaf(symbol: Symbol) -> Option<Op> {
    let index = |k: usize| u32::try_from(k).ok();
    Some(match symbol {
        Symbol::Time => Op::Time,
        Symbol::State(k) => Op::State(index(k)?),
        Symbol::Parameter(k) => Op::Parameter(index(k)?),
        Symbol::Input(k) => Op::Input(index(k)?),
        _ => return None,
    })
}
