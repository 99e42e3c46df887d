//! What systems mean: their values, units, lengths, delays and noises, and every way to get them wrong.

mod bounds;
mod names;
mod noise;
mod values;
mod vectors;

use crate::graph::{Graph, Node, Symbol};
use crate::kernel::{Binding, Product, Value};
use crate::reference::{Dense, value};
use crate::{Dimension, EquationError, Equations, Name, NameKind, Scope, Section, Unit};
use std::sync::Arc;

/// The values of the symbols of a graph.
#[derive(Default)]
struct Values {
    time: f64,
    states: Vec<Vec<f64>>,
    parameters: Vec<Vec<f64>>,
    inputs: Vec<Vec<f64>>,
    delayed: Vec<Vec<f64>>,
    /// Row by row.
    matrices: Vec<Vec<Vec<f64>>>,
}

fn evaluate(graph: &Graph, node: Node, v: &Values) -> Vec<f64> {
    let parameters = v.parameters.iter().map(|p| Value::PerUnit(p.clone())).collect();
    let matrices = v.matrices.iter().map(|m| Arc::new(Dense(m.clone())) as Arc<dyn Product>).collect();
    let binding = Binding { parameters, matrices, ..Binding::default() };
    let of = |symbol| match symbol {
        Symbol::State(k) => v.states[k].clone(),
        Symbol::Input(k) => v.inputs[k].clone(),
        Symbol::Delayed(k) => v.delayed[k].clone(),
        Symbol::Time => vec![v.time],
        other => panic!("{other:?} has no value here"),
    };
    value(graph, &binding, &of, node)
}

fn dimension(unit: &str) -> Dimension {
    Unit::parse(unit).unwrap().dimension()
}

/// A name and its unit (`?`: not known), and its kind.
fn name(name: &str, unit: &str, kind: NameKind) -> Name {
    Name { name: name.into(), dimension: (unit != "?").then(|| dimension(unit)), kind }
}

fn parameter(n: &str, unit: &str) -> Name {
    name(n, unit, NameKind::Parameter { len: 1 })
}

fn read(names: &[Name], text: &str) -> Result<Equations, EquationError> {
    timed(None, names, text)
}

/// The same, where the dimension of time is known.
fn timed(time: Option<Dimension>, names: &[Name], text: &str) -> Result<Equations, EquationError> {
    let scope = Scope { time, names: names.to_vec() };
    Equations::parse(&[Section { name: "cell", texts: &[text], ..Section::default() }], &scope)
}

fn refused(names: &[Name], text: &str) -> EquationError {
    refused_when_timed(None, names, text)
}

fn refused_when_timed(time: Option<Dimension>, names: &[Name], text: &str) -> EquationError {
    let e = timed(time, names, text).unwrap_err();
    assert!(text.get(e.place.span.clone()).is_some(), "{text}: {e:?}");
    e
}
