//! From a tree to the graph, with the checks that need values: lengths, noise, delays, divisions by zero.

use super::delay::{Delay, time_before, varying};
use super::names::{Names, not_a_matrix};
use super::symbol::Symbol;
use super::text::Text;
use super::value::{Chain, Decimal, Value, is_zero, leaf};
use crate::equation_error::EquationError;
use crate::function::{Binary, Unary};
use crate::grammar::{Expr, Id};
use crate::graph::{Graph, Node, Op};
use crate::scope::NameKind;
use std::collections::HashMap;

/// The graph as it grows, and what is known while it does.
pub(super) struct Lower<'a> {
    pub(super) graph: &'a mut Graph,
    pub(super) names: &'a Names,
    pub(super) states: &'a [usize],
    pub(super) definitions: &'a [Option<Value>],
    pub(super) delays: &'a mut Vec<Delay>,
    /// States that have other values here, as after the first assignments of a jump.
    pub(super) replaced: &'a HashMap<usize, Node>,
    /// How many sums of noises may still be made.
    pub(super) budget: &'a mut usize,
}

impl Lower<'_> {
    /// The value of an expression.
    pub(super) fn expression(&mut self, text: &Text<'_>, root: Id) -> Result<Value, EquationError> {
        let start = text.tree.start(root);
        let mut values = Vec::with_capacity(root + 1 - start);
        for id in start..=root {
            let value = self.node(text, id, start, &mut values)?;
            values.push(Some(value));
        }
        let value = values.pop().flatten();
        self.vector(text, root, value)
    }

    /// right / factor.
    pub(super) fn rate(
        &mut self,
        text: &Text<'_>,
        factor: Option<Id>,
        right: Id,
    ) -> Result<Value, EquationError> {
        let value = self.expression(text, right)?;
        let Some(factor) = factor else { return Ok(value) };
        let divisor = self.expression(text, factor)?;
        if is_zero(self.graph, divisor.node) && divisor.noise.is_empty() {
            let e = text.error(factor, "the factor of the derivative is always zero");
            return Err(e.help("write an equation for the state itself, `x = …`"));
        }
        self.binary(text, right, Binary::Divide, (right, Some(value)), (factor, Some(divisor)))
    }

    pub(super) fn node(
        &mut self,
        text: &Text<'_>,
        id: Id,
        start: Id,
        values: &mut [Option<Value>],
    ) -> Result<Value, EquationError> {
        let mut take = |part: Id| values[part - start].take();
        let value = match text.tree.nodes[id] {
            Expr::Number(x) => {
                let digits = text.tree.source(id).trim_matches(|c: char| "() \t\r\n".contains(c));
                Value::number(self.graph, Decimal::digits(digits, x))
            }
            Expr::Name(_) | Expr::Unit(..) => {
                let value = self.symbol(text.symbols[id]);
                self.spend(text, id, value.noise.len().saturating_sub(1))?;
                value
            }
            Expr::Unary(f, a) => {
                let x = take(a);
                self.unary(text, id, f, (a, x))?
            }
            Expr::Binary(f, a, b) => {
                let (x, y) = (take(a), take(b));
                self.binary(text, id, f, (a, x), (b, y))?
            }
            Expr::Ternary(f, a, b, c) => {
                let (x, y, z) = (take(a), take(b), take(c));
                let (x, y, z) = (self.quiet(text, a, x)?, self.quiet(text, b, y)?, self.quiet(text, c, z)?);
                self.fits(text, id, (a, x), (b, y))?;
                self.fits(text, id, (a, x), (c, z))?;
                self.fits(text, id, (b, y), (c, z))?;
                Value::new(self.graph.ternary(f, x, y, z))
            }
            // Conditions are 0 or 1.
            Expr::And(a, b) => {
                let (x, y) = (take(a), take(b));
                self.binary(text, id, Binary::Multiply, (a, x), (b, y))?
            }
            Expr::Or(a, b) => {
                let (x, y) = (take(a), take(b));
                self.binary(text, id, Binary::Max, (a, x), (b, y))?
            }
            Expr::Not(a) => {
                let x = take(a);
                let x = self.quiet(text, a, x)?;
                let zero = self.graph.constant(0.0);
                Value::new(self.graph.binary(Binary::Equal, x, zero))
            }
            Expr::Product(a, b) => {
                let (x, y) = (take(a), take(b));
                self.product(text, id, (a, x), (b, y))?
            }
            Expr::Call(name, a) => {
                let x = take(a);
                let x = self.quiet(text, a, x)?;
                self.delayed(text, id, name, a, x)?
            }
        };
        if self.graph.as_constant(value.node).is_some_and(|x| !x.is_finite()) {
            let x = self.graph.as_constant(value.node).unwrap_or(f64::NAN);
            let what = if x.is_nan() { "not a number" } else { "infinite" };
            let message = format!("`{}` is {what}", text.tree.excerpt(id));
            return Err(text.error(id, message).help("write an expression with a finite value"));
        }
        Ok(value)
    }

    fn symbol(&mut self, symbol: Symbol) -> Value {
        match symbol {
            Symbol::Pi => Value::new(self.graph.constant(std::f64::consts::PI)),
            Symbol::Unit(_, scale, decade) => Value::number(self.graph, Decimal::unit(scale, decade)),
            Symbol::Definition(k) => match &self.definitions[k] {
                Some(value) => value.clone(),
                None => Value::new(self.graph.constant(f64::NAN)),
            },
            Symbol::Matrix(k) => {
                let chain = match self.names.matrices[k].kind {
                    NameKind::Matrix { rows, cols } => Chain { matrices: vec![k], rows, cols },
                    _ => Chain { matrices: vec![k], rows: 1, cols: 1 },
                };
                Value { matrix: Some(chain), ..Value::new(self.graph.constant(1.0)) }
            }
            Symbol::Noise(k) => {
                let one = self.graph.constant(1.0);
                Value { noise: vec![(k, one)], ..Value::new(self.graph.constant(0.0)) }
            }
            Symbol::State(k) if self.replaced.contains_key(&k) => Value::new(self.replaced[&k]),
            _ => {
                let len = self.length(symbol);
                Value::new(match leaf(symbol) {
                    Some(op) => self.graph.leaf(op, len),
                    None => self.graph.constant(f64::NAN),
                })
            }
        }
    }

    /// A state, or what has replaced it.
    pub(super) fn state(&mut self, k: usize) -> Value {
        self.symbol(Symbol::State(k))
    }

    /// f(old, new), as in `x += e`.
    pub(super) fn applied(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Binary,
        old: Value,
        new: Value,
    ) -> Result<Value, EquationError> {
        self.binary(text, id, f, (id, Some(old)), (id, Some(new)))
    }

    fn length(&self, symbol: Symbol) -> usize {
        let given = |kind| match kind {
            NameKind::Parameter { len } | NameKind::Input { len } => len,
            NameKind::Matrix { rows, .. } => rows,
        };
        match symbol {
            Symbol::State(k) => self.states[k],
            Symbol::Definition(k) => self.definitions[k].as_ref().map_or(1, |v| self.graph.length(v.node)),
            Symbol::Parameter(k) => given(self.names.parameters[k].kind),
            Symbol::Input(k) => given(self.names.inputs[k].kind),
            Symbol::Matrix(k) => given(self.names.matrices[k].kind),
            _ => 1,
        }
    }

    /// A value that is no matrix.
    fn vector(&self, text: &Text<'_>, id: Id, value: Option<Value>) -> Result<Value, EquationError> {
        match value {
            Some(Value { matrix: Some(_), .. }) => {
                let source = text.tree.excerpt(id);
                let e = text.error(id, format!("`{source}` is a matrix and stands alone here"));
                Err(e.help(format!("a matrix multiplies a vector, as in `{source}@x`")))
            }
            Some(value) => Ok(value),
            None => Err(text.error(id, "this expression has no value")),
        }
    }

    /// The node of a value that is neither a matrix nor noisy.
    fn quiet(&self, text: &Text<'_>, id: Id, value: Option<Value>) -> Result<Node, EquationError> {
        let value = self.vector(text, id, value)?;
        if value.noise.is_empty() { Ok(value.node) } else { Err(self.not_linear(text, id, &value)) }
    }

    fn not_linear(&self, text: &Text<'_>, id: Id, value: &Value) -> EquationError {
        let name = value.noise.first().map_or("xi", |n| self.names.noises[n.0].name.as_str());
        let e = text.error(id, format!("the noise `{name}` does not stand linearly here"));
        e.help(format!(
            "write it as a term of its own, `a*{name}`, with an `a` that may depend on the states"
        ))
    }

    /// Refuses two operands of different lengths.
    pub(super) fn fits(
        &self,
        text: &Text<'_>,
        id: Id,
        (a, x): (Id, Node),
        (b, y): (Id, Node),
    ) -> Result<(), EquationError> {
        let (m, n) = (self.graph.length(x), self.graph.length(y));
        if m == n || m == 1 || n == 1 {
            return Ok(());
        }
        let e = text.error(id, format!("vectors of lengths {m} and {n} stand together here"));
        let e = e.label(text.place(a), self.origin(text, a, m)).label(text.place(b), self.origin(text, b, n));
        Err(e
            .help("operators work unit by unit: both sides have the same length, or one of them is a number"))
    }

    /// Where the length of an operand comes from.
    fn origin(&self, text: &Text<'_>, operand: Id, len: usize) -> String {
        let found = (text.tree.start(operand)..=operand).rev().find_map(|id| {
            let symbol = text.symbols[id];
            let name = text.tree.source(id);
            let what = match symbol {
                Symbol::Matrix(_) => "rows",
                Symbol::State(_) => "units",
                Symbol::Definition(_) | Symbol::Parameter(_) | Symbol::Input(_) => "values",
                _ => return None,
            };
            (self.length(symbol) == len).then(|| format!("length {len}: `{name}` has {len} {what}"))
        });
        found.unwrap_or_else(|| format!("length {len}"))
    }

    fn unary(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Unary,
        (a, x): (Id, Option<Value>),
    ) -> Result<Value, EquationError> {
        match (f, x) {
            (Unary::Negate, Some(x)) => {
                let decimal = x.decimal.as_ref().map(Decimal::negated);
                let noise = x.noise.iter().map(|&(k, c)| (k, self.graph.unary(Unary::Negate, c))).collect();
                let silent = !x.noise.is_empty() && self.graph.as_constant(x.node) == Some(0.0);
                let node = if silent { x.node } else { self.graph.unary(Unary::Negate, x.node) };
                Ok(Value { node, noise, matrix: x.matrix, decimal })
            }
            (f, x) => {
                let x = self.quiet(text, a, x)?;
                let _ = id;
                Ok(Value::new(self.graph.unary(f, x)))
            }
        }
    }

    fn binary(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Binary,
        (a, x): (Id, Option<Value>),
        (b, y): (Id, Option<Value>),
    ) -> Result<Value, EquationError> {
        if !matches!(f, Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide) {
            let decimal = match (&x, &y) {
                (Some(Value { decimal: Some(d), .. }), Some(y)) if f == Binary::Power => {
                    self.graph.as_constant(y.node).and_then(|k| d.power(k))
                }
                _ => None,
            };
            let (p, q) = (self.quiet(text, a, x)?, self.quiet(text, b, y)?);
            self.fits(text, id, (a, p), (b, q))?;
            if let Some(decimal) = decimal {
                return Ok(Value::number(self.graph, decimal));
            }
            return Ok(Value::new(self.graph.binary(f, p, q)));
        }
        let scales = matches!(f, Binary::Multiply | Binary::Divide);
        if let (true, Some(x), Some(y)) = (scales, &x, &y)
            && (x.matrix.is_some() || y.matrix.is_some())
        {
            return self.scaled(text, id, f, (a, x), (b, y));
        }
        let (x, y) = (self.vector(text, a, x)?, self.vector(text, b, y)?);
        self.fits(text, id, (a, x.node), (b, y.node))?;
        if f == Binary::Divide {
            if !y.noise.is_empty() {
                return Err(self.not_linear(text, b, &y));
            }
            if is_zero(self.graph, y.node) {
                let message = format!("`{}` is always zero, and this divides by it", text.tree.excerpt(b));
                return Err(text.error(b, message).help("divide by something that can differ from zero"));
            }
        }
        if scales {
            let decimals = x.decimal.as_ref().zip(y.decimal.as_ref());
            let product =
                |(p, q): (&Decimal, &Decimal)| if f == Binary::Multiply { p.times(q) } else { p.over(q) };
            if let Some(decimal) = decimals.and_then(product) {
                return Ok(Value::number(self.graph, decimal));
            }
            return self.product_of_numbers(text, id, f, (a, &x), (b, &y));
        }
        let node = self.graph.binary(f, x.node, y.node);
        let noise = self.sum_of_noises(text, id, f, x.noise, y.noise)?;
        Ok(Value { noise, ..Value::new(node) })
    }

    /// x*y or x/y; at most one of the two is noisy.
    fn product_of_numbers(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Binary,
        (a, x): (Id, &Value),
        (b, y): (Id, &Value),
    ) -> Result<Value, EquationError> {
        if !x.noise.is_empty() && !y.noise.is_empty() {
            let e = self.not_linear(text, id, x);
            return Err(e.label(text.place(a), "noisy").label(text.place(b), "noisy too"));
        }
        let reciprocal = match (f, &y.decimal) {
            (Binary::Divide, Some(d)) => d.exact_reciprocal(),
            _ => None,
        };
        // One unit over a power of ten: the product is rounded once, and is the faster of the two.
        let (f, q) = match reciprocal {
            Some(r) => (Binary::Multiply, self.graph.constant(r)),
            None => (f, y.node),
        };
        let noisy = if x.noise.is_empty() { y } else { x };
        let (noise, other) = (&noisy.noise, if x.noise.is_empty() { x.node } else { q });
        let silent = !noise.is_empty() && self.graph.as_constant(noisy.node) == Some(0.0);
        let node = if silent { noisy.node } else { self.graph.binary(f, x.node, q) };
        let mut coefficients = Vec::with_capacity(noise.len());
        for &(k, c) in noise {
            let (p, q) = if x.noise.is_empty() { (other, c) } else { (c, other) };
            self.fits(text, id, (a, p), (b, q))?;
            coefficients.push((k, self.graph.binary(f, p, q)));
        }
        self.spend(text, id, noise.len())?;
        Ok(Value { noise: coefficients, ..Value::new(node) })
    }

    fn spend(&mut self, text: &Text<'_>, id: Id, work: usize) -> Result<(), EquationError> {
        match self.budget.checked_sub(work) {
            Some(left) => {
                *self.budget = left;
                Ok(())
            }
            None => Err(text.error(id, "these equations have too many terms of noise")),
        }
    }

    fn sum_of_noises(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Binary,
        x: Vec<(usize, Node)>,
        y: Vec<(usize, Node)>,
    ) -> Result<Vec<(usize, Node)>, EquationError> {
        if y.is_empty() {
            return Ok(x);
        }
        self.spend(text, id, x.len() + y.len())?;
        let zero = self.graph.constant(0.0);
        let mut sum = Vec::with_capacity(x.len() + y.len());
        let (mut p, mut q) = (x.into_iter().peekable(), y.into_iter().peekable());
        loop {
            let next = match (p.peek(), q.peek()) {
                (None, None) => break,
                (Some(a), Some(b)) if a.0 == b.0 => {
                    let (k, a, b) = (a.0, a.1, b.1);
                    p.next();
                    q.next();
                    (k, self.graph.binary(f, a, b))
                }
                (Some(a), b) if b.is_none_or(|b| a.0 < b.0) => {
                    let a = *a;
                    p.next();
                    a
                }
                _ => {
                    let Some((k, b)) = q.next() else { break };
                    (k, self.graph.binary(f, zero, b))
                }
            };
            sum.push(next);
        }
        Ok(sum)
    }

    /// A matrix times or over a number.
    fn scaled(
        &mut self,
        text: &Text<'_>,
        id: Id,
        f: Binary,
        (a, x): (Id, &Value),
        (b, y): (Id, &Value),
    ) -> Result<Value, EquationError> {
        let (matrix, (c, factor)) = match (&x.matrix, &y.matrix) {
            (Some(chain), None) => (chain, (b, y)),
            (None, Some(chain)) if f == Binary::Multiply => (chain, (a, x)),
            _ => {
                let e = text.error(id, "`*` and `/` do not combine matrices");
                return Err(e.help("the matrix product is written `@`"));
            }
        };
        if !factor.noise.is_empty() {
            return Err(self.not_linear(text, c, factor));
        }
        let n = self.graph.length(factor.node);
        if n != 1 {
            let (m, v) = if x.matrix.is_some() { (a, b) } else { (b, a) };
            let (m, v) = (text.tree.excerpt(m), text.tree.excerpt(v));
            let e = text.error(id, format!("the matrix `{m}` and the vector `{v}` are joined by `*`"));
            return Err(
                e.help(format!("write `{m}@{v}` for the product, or `{v}*({m}@x)` to scale each unit"))
            );
        }
        if f == Binary::Divide && is_zero(self.graph, factor.node) {
            return Err(text.error(c, "this is always zero, and the line divides by it"));
        }
        let node = self.graph.binary(f, x.node, y.node);
        Ok(Value { matrix: Some(matrix.clone()), ..Value::new(node) })
    }

    fn product(
        &mut self,
        text: &Text<'_>,
        id: Id,
        (a, x): (Id, Option<Value>),
        (b, y): (Id, Option<Value>),
    ) -> Result<Value, EquationError> {
        let missing = || text.error(id, "this expression has no value");
        let (x, y) = (x.ok_or_else(missing)?, y.ok_or_else(missing)?);
        let Some(left) = x.matrix else {
            let what = if self.graph.length(x.node) == 1 { "number" } else { "vector" };
            return Err(not_a_matrix(text.source, &text.tree, a, what));
        };
        if !y.noise.is_empty() {
            return Err(self
                .not_linear(text, b, &y)
                .help("each unit has its own noise; a matrix would mix them"));
        }
        let (rows, n) = match &y.matrix {
            Some(right) => (right.cols, right.rows),
            None => (1, self.graph.length(y.node)),
        };
        if n != left.cols {
            let (m, v) = (text.tree.excerpt(a), text.tree.excerpt(b));
            let what = if y.matrix.is_some() { "rows" } else { "units" };
            let message = format!("`{m}` has {} columns, and `{v}` has {n} {what}", left.cols);
            let e = text.error(id, message);
            let e = e.label(text.place(a), format!("{} rows, {} columns", left.rows, left.cols));
            let e = e.label(
                text.place(b),
                if y.matrix.is_some() { format!("{n} rows") } else { self.origin(text, b, n) },
            );
            return Err(e.help("a matrix has one column for each unit of what it multiplies, and one row for each unit of what it feeds"));
        }
        if let Some(right) = y.matrix {
            let mut matrices = left.matrices;
            matrices.extend(right.matrices);
            let node = self.graph.binary(Binary::Multiply, x.node, y.node);
            return Ok(Value {
                matrix: Some(Chain { matrices, rows: left.rows, cols: rows }),
                ..Value::new(node)
            });
        }
        let mut node = y.node;
        for &k in left.matrices.iter().rev() {
            let rows = self.length(Symbol::Matrix(k));
            node = self.graph.product(u32::try_from(k).unwrap_or(u32::MAX), rows, node);
        }
        Ok(Value::new(self.graph.binary(Binary::Multiply, x.node, node)))
    }

    /// A state at an earlier time; `x` is the node of the time.
    fn delayed(
        &mut self,
        text: &Text<'_>,
        id: Id,
        name: &str,
        a: Id,
        x: Node,
    ) -> Result<Value, EquationError> {
        let Symbol::State(state) = text.symbols[id] else {
            return Err(text.error(id, format!("`{name}` is no state")));
        };
        let form = format!("write `{name}(t - 5 ms)`, with a time that is constant");
        let Some(by) = time_before(self.graph, x) else {
            let e = text.error(a, format!("`{}` is no earlier time", text.tree.excerpt(a)));
            return Err(e.help(form));
        };
        if let Some(what) = varying(self.graph, by) {
            let e = text.error(a, format!("this delay depends on {what}, and delays are constant"));
            return Err(e.help(form));
        }
        if self.graph.length(by) != 1 {
            return Err(text.error(a, "a delay is one number for all units").help(form));
        }
        match self.graph.as_constant(by) {
            Some(0.0) => {
                let e = text.error(a, "this delay is zero");
                return Err(e.help(format!("write `{name}` for the present value")));
            }
            Some(d) if d < 0.0 => {
                let e = text.error(a, "this delay is negative: the time lies in the future");
                return Err(e.help(format!("write `{name}(t - delay)` with a positive delay")));
            }
            _ => {}
        }
        let known = self.delays.iter().position(|d| d.state == state && d.by == by);
        let k = known.unwrap_or(self.delays.len());
        if known.is_none() {
            if k >= MOST_DELAYS {
                return Err(text.error(id, "these equations have more than 1000 delays"));
            }
            self.delays.push(Delay { state, by, place: text.place(id) });
        }
        let len = self.states[state];
        Ok(Value::new(self.graph.leaf(Op::Delayed(u32::try_from(k).unwrap_or(u32::MAX)), len)))
    }
}

const MOST_DELAYS: usize = 1000;
