//! From equations to a system of the crate `dynamics`: the simplest kind that says all of it.

use super::cable::lower_cable;
use super::cells::{EquationNetwork, Rule};
use super::delayed::EquationDelayed;
use super::field::EquationField;
use super::hybrid::EquationHybrid;
use super::initial::initial;
use super::linear::linear;
use super::stochastic::EquationStochastic;
use crate::network::{Group, NetworkError, NetworkErrorKind, System, SystemKind};
use dynamics::field::{Interpretation, Signal};
use equations::{
    Binding, Graph, Jacobian, Kernel, Node, Product, Symbol, Value, conditionally_linear, derivatives,
};
use std::sync::Arc;

/// Lowers equations to a system that starts at time `t0`.
///
/// # Errors
/// Where they ask for what does not go together (noise and delays, …), or no steady state is found.
pub fn lower_equations(network: &EquationNetwork, t0: f64) -> Result<System, NetworkError> {
    lower_with(network, &[], t0, t0)
}

/// The same with further rules, whose conditions count from the time `from` on.
///
/// # Errors
/// As [`lower_equations`].
pub fn lower_with(
    network: &EquationNetwork,
    further: &[Rule],
    t0: f64,
    from: f64,
) -> Result<System, NetworkError> {
    if network.is_clocked() {
        return super::clocked::clocked(network, t0);
    }
    if let Some(cable) = &network.cable {
        return lower_cable(network, cable, t0);
    }
    let rules: Vec<(Rule, f64)> = network
        .rules
        .iter()
        .map(|rule| (rule.clone(), f64::NEG_INFINITY))
        .chain(further.iter().map(|rule| (rule.clone(), from)))
        .collect();
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
    together(network, &rules)?;
    let noisy = !equations.noises.is_empty();
    let kind = match linear {
        _ if !equations.delays.is_empty() => {
            SystemKind::Delayed(Box::new(EquationDelayed::new(network, &binding)))
        }
        // What is linear between events is propagated exactly, with its noise.
        Some(system) if rules.is_empty() => SystemKind::Linear(system),
        _ if noisy => {
            let hybrid = EquationHybrid::new(network, &rules, field, None, &binding);
            let interpretation = interpretation(network)?;
            SystemKind::Stochastic(Box::new(EquationStochastic::new(
                network,
                hybrid,
                interpretation,
                &binding,
            )))
        }
        linear if !rules.is_empty() => {
            SystemKind::Hybrid(Box::new(EquationHybrid::new(network, &rules, field, linear, &binding)))
        }
        _ => SystemKind::Field { field: Box::new(field), noises: Vec::new() },
    };
    let each = equations.states.iter();
    let dimensions = each.flat_map(|s| std::iter::repeat_n(s.dimension, s.len)).collect();
    Ok(System { names, groups, dimensions, x0, kind })
}

/// How noise is meant: as the model says, or in either way where it does not depend on the state.
fn interpretation(network: &EquationNetwork) -> Result<Interpretation, NetworkError> {
    let equations = &network.equations;
    let states = 0..equations.states.len();
    let depends = |node: Node| states.clone().any(|k| equations.graph.uses_state(node, k));
    let noisy = equations.states.iter().find(|s| s.diffusion.iter().any(|(_, node)| depends(*node)));
    match (network.interpretation, noisy) {
        (Some(meant), _) => Ok(meant),
        (None, None) => Ok(Interpretation::Ito),
        (None, Some(state)) => Err(NetworkError::new(
            NetworkErrorKind::Noise,
            format!("populations.{}", network.populations[state.section].name),
            format!(
                "the noise in d{}/dt depends on the state: Ito and Stratonovich mean different things by it",
                state.name
            ),
            "say which is meant: `[run] interpretation = \"ito\"`, or \"stratonovich\" for the limit of slower noise",
        )),
    }
}

/// Refuses kinds that have no common solver.
fn together(network: &EquationNetwork, rules: &[(Rule, f64)]) -> Result<(), NetworkError> {
    let equations = &network.equations;
    let other = if equations.noises.is_empty() { "spikes or events" } else { "noise" };
    if equations.delays.is_empty() || (equations.noises.is_empty() && rules.is_empty()) {
        return Ok(());
    }
    Err(NetworkError::new(
        NetworkErrorKind::Noise,
        format!("populations.{}", network.populations[0].name),
        format!("delays and {other} in one model have no common solver here"),
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
    let own = own_slopes(&mut graph, &rates);
    let both: Vec<Node> = rates.iter().chain(&own).copied().collect();
    let twice: Vec<usize> = lengths.iter().chain(&lengths).copied().collect();
    EquationField {
        own: Kernel::with_lengths(&graph, binding, &both, &twice),
        blocks: super::linear::blocks(network, binding),
        autonomous: rates.iter().all(|rate| !equations.graph.uses_time(*rate)),
        dimension: lengths.iter().sum(),
        rates: Kernel::with_lengths(&equations.graph, binding, &rates, &lengths),
        jacobian: Jacobian::new(&mut graph, binding, &rows, &by),
        slopes: slopes(&mut graph, binding, &rows),
        signals: network.signals(),
    }
}

/// The field of equations of which some parameters (by index) are free: `p` holds them in their order in the equations.
pub fn freed_field(network: &EquationNetwork, free: &[usize]) -> EquationField {
    let mut binding = network.binding();
    for &k in free {
        binding.parameters[k] = Value::Free(1);
    }
    field(network, &binding)
}

fn slopes(graph: &mut Graph, binding: &Binding, rows: &[(Node, usize)]) -> Option<Jacobian> {
    let free = |(k, value): (usize, &Value)| match value {
        Value::Free(length) => Some((Symbol::Parameter(k), *length)),
        Value::Number(_) | Value::PerUnit(_) => None,
    };
    let by: Vec<(Symbol, usize)> = binding.parameters.iter().enumerate().filter_map(free).collect();
    if by.is_empty() { None } else { Jacobian::new(graph, binding, rows, &by) }
}

/// How each rate depends on its own state: the coefficient of a rate that is affine in it, else the derivative; what
/// comes back through a matrix is left out.
fn own_slopes(graph: &mut Graph, rates: &[Node]) -> Vec<Node> {
    let zero = graph.number(0.0);
    let mut slopes = Vec::with_capacity(rates.len());
    for (k, &rate) in rates.iter().enumerate() {
        if let Some(parts) = conditionally_linear(graph, rate, k) {
            slopes.push(parts.coefficient);
            continue;
        }
        let terms =
            derivatives(graph, &[rate], Symbol::State(k)).unwrap_or_default().pop().unwrap_or_default();
        slopes.push(terms.iter().find(|term| term.rest.is_empty()).map_or(zero, |term| term.scale));
    }
    slopes
}
