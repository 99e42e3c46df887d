//! From equations to a system of the crate `dynamics`: the simplest kind that says all of it.

use super::cells::EquationNetwork;
use super::field::EquationField;
use super::hybrid::EquationHybrid;
use super::initial::initial;
use super::linear::linear;
use crate::network::{Group, NetworkError, NetworkErrorKind, System, SystemKind};
use dynamics::field::Signal;
use equations::{Binding, Jacobian, Kernel, Node, Product, Symbol};
use std::sync::Arc;

/// Lowers equations to a system that starts at time `t0`.
///
/// # Errors
/// Where they ask for what does not go together (noise and delays, …), or no steady state is found.
pub fn lower_equations(network: &EquationNetwork, t0: f64) -> Result<System, NetworkError> {
    let equations = &network.equations;
    let binding = network.binding();
    let field = field(network, &binding);
    let x0 = initial(network, &field, t0)?;
    let mut groups = Vec::new();
    let mut end = 0;
    for (k, state) in equations.states.iter().enumerate() {
        groups.push(Group {
            name: network.state_name(k),
            range: end..end + state.len,
            scalar: state.len == 1,
        });
        end += state.len;
    }
    let names = groups.iter().flat_map(Group::names).collect();
    let linear = linear(network, &binding);
    together(network, linear.is_some())?;
    let kind = if !network.rules.is_empty() {
        SystemKind::Hybrid(Box::new(EquationHybrid::new(network, &network.rules, field, linear, &binding)))
    } else if let Some(system) = linear {
        SystemKind::Linear(system)
    } else {
        SystemKind::Field { field: Box::new(field), noises: Vec::new() }
    };
    let each = equations.states.iter();
    let dimensions = each.flat_map(|s| std::iter::repeat_n(s.dimension, s.len)).collect();
    Ok(System { names, groups, dimensions, x0, kind })
}

/// Refuses kinds that have no common solver.
fn together(network: &EquationNetwork, is_linear: bool) -> Result<(), NetworkError> {
    let equations = &network.equations;
    let kinds = [
        (!equations.delays.is_empty(), "delays"),
        (!equations.noises.is_empty(), "noise"),
        (!network.rules.is_empty(), "spikes or events"),
    ];
    if let Some((_, what)) = kinds[..2].iter().find(|(there, _)| *there).filter(|_| !is_linear) {
        return Err(NetworkError::new(
            NetworkErrorKind::Noise,
            format!("populations.{}", network.populations[0].name),
            format!("{what} in a nonlinear model cannot be simulated yet"),
            "make the model linear, or drop them",
        ));
    }
    let present: Vec<&str> = kinds.iter().filter(|(there, _)| *there).map(|(_, what)| *what).collect();
    if present.len() < 2 {
        return Ok(());
    }
    let population = &network.populations[0].name;
    Err(NetworkError::new(
        NetworkErrorKind::Noise,
        format!("populations.{population}"),
        format!("{} in one model have no common solver here", present.join(" and ")),
        "drop one of them",
    ))
}

impl EquationNetwork {
    /// What the symbols of the graph stand for.
    pub(super) fn binding(&self) -> Binding {
        let equations = &self.equations;
        Binding {
            states: equations.states.iter().map(|s| s.len).collect(),
            parameters: self.parameters.clone(),
            inputs: self.inputs.iter().map(Vec::len).collect(),
            delayed: equations.delays.iter().map(|d| equations.states[d.state].len).collect(),
            noises: equations.noises.iter().map(|n| n.len).collect(),
            matrices: self.matrices.iter().map(|m| Arc::new(m.clone()) as Arc<dyn Product>).collect(),
        }
    }

    /// All channels of all inputs.
    pub(super) fn signals(&self) -> Vec<Signal> {
        self.inputs.iter().flatten().cloned().collect()
    }
}

fn field(network: &EquationNetwork, binding: &Binding) -> EquationField {
    let equations = &network.equations;
    let rates: Vec<Node> = equations.states.iter().map(|s| s.rate).collect();
    let lengths: Vec<usize> = equations.states.iter().map(|s| s.len).collect();
    let mut graph = equations.graph.clone();
    let rows: Vec<(Node, usize)> = rates.iter().copied().zip(lengths.iter().copied()).collect();
    let by: Vec<(Symbol, usize)> = lengths.iter().enumerate().map(|(k, n)| (Symbol::State(k), *n)).collect();
    EquationField {
        dimension: lengths.iter().sum(),
        rates: Kernel::with_lengths(&equations.graph, binding, &rates, &lengths),
        jacobian: Jacobian::new(&mut graph, binding, &rows, &by),
        signals: network.signals(),
    }
}
