//! A cable with its membrane, lowered to a tree system of the crate `dynamics`.

use super::cells::{EquationNetwork, Initial, Rule, RuleKind};
use super::membrane::Membrane;
use crate::network::{Cable, Group, NetworkError, NetworkErrorKind, System, SystemKind, geometry};
use dynamics::field::{NodeDrive, Reaction, TreeSystem, Workspace};

/// Local states at rest are those of so long a step, in s.
const FOREVER: f64 = 1e6;
/// Most of these steps.
const STEPS: usize = 1000;

/// Lowers a network that is one cable, from its start at `t0`.
///
/// # Errors
/// Where the equations are no membrane, or no steady state is found.
pub(super) fn lower_cable(network: &EquationNetwork, cable: &Cable, t0: f64) -> Result<System, NetworkError> {
    possible(network)?;
    let geometry = geometry(cable);
    let binding = network.binding();
    let membrane = Membrane::new(network, &binding, &cable.current, &geometry.area, &geometry.node)?;
    let (n, nodes) = (geometry.area.len(), geometry.tree.len());
    let mut capacity = vec![0.0; nodes];
    geometry.node.iter().zip(&membrane.capacity).for_each(|(&k, c)| capacity[k] = *c);
    let drives = cable.injections.iter().map(|injection| {
        let node = geometry.node[cable.compartment(&cable.sites[injection.site])];
        NodeDrive { node, signal: injection.signal.clone() }
    });
    let tree =
        TreeSystem { capacity, coupling: geometry.coupling, drives: drives.collect(), tree: geometry.tree };
    let voltage = membrane.voltage;
    let mut variables = Vec::with_capacity(network.dimension());
    for k in 0..network.equations.states.len() {
        let local = nodes + if k < voltage { k } else { k.max(1) - 1 } * n;
        variables.extend((0..n).map(|i| if k == voltage { geometry.node[i] } else { local + i }));
    }
    let mut x0 = vec![f64::NAN; nodes + membrane.states()];
    let mut steady = Vec::new();
    for (k, initial) in network.initial.iter().enumerate() {
        let places = &variables[k * n..(k + 1) * n];
        match initial {
            Initial::Same(value) => places.iter().for_each(|&i| x0[i] = *value),
            Initial::Each(values) => places.iter().zip(values).for_each(|(&i, x)| x0[i] = *x),
            Initial::Steady if k == voltage => return Err(restless(network, k)),
            Initial::Steady => steady.push(k),
        }
    }
    // A joint follows its neighbors at once, so any value near theirs will do: that of its parent, which comes before it.
    for k in 0..nodes {
        if x0[k].is_nan() {
            x0[k] = tree.tree.parent(k).map_or(0.0, |p| x0[p]);
        }
    }
    rest(network, &membrane, t0, &steady, &variables, &mut x0, nodes)?;
    let start = variables.iter().map(|&i| x0[i]).collect();
    let mut groups = Vec::new();
    for (k, state) in network.equations.states.iter().enumerate() {
        groups.push(Group { name: network.state_name(k), range: k * n..(k + 1) * n, scalar: false });
        debug_assert_eq!(state.len, n);
    }
    let names = groups.iter().flat_map(Group::names).collect();
    let each = network.equations.states.iter();
    let dimensions = each.flat_map(|s| std::iter::repeat_n(s.dimension, s.len)).collect();
    let kind = SystemKind::Tree { tree, reaction: Box::new(membrane), x0, variables };
    Ok(System { names, groups, dimensions, x0: start, kind })
}

/// Refuses what a cable cannot do.
fn possible(network: &EquationNetwork) -> Result<(), NetworkError> {
    let equations = &network.equations;
    let place = format!("populations.{}", network.populations[0].name);
    let error =
        |what: &str, remedy: &str| Err(NetworkError::new(NetworkErrorKind::Value, &place, what, remedy));
    if !equations.noises.is_empty() {
        return error(
            "noise on a cable has no solver here",
            "drop `xi`, or drive it by the samples of a noise",
        );
    }
    if !equations.delays.is_empty() {
        return error("delays on a cable have no solver here", "drop them");
    }
    let acts = |rule: &Rule| !rule.set.is_empty() || rule.stop || rule.refractory > 0.0;
    if let Some(rule) = network.rules.iter().find(|rule| acts(rule) || rule.kind == RuleKind::Spike) {
        let what = format!("`{}` changes the state, and on a cable events are only watched", rule.name);
        let remedy = format!("write events = {{ {} = {{ when = \"{}\" }} }}", rule.name, rule.when);
        return error(&what, &remedy);
    }
    Ok(())
}

/// Brings local states to rest for the others at the start: one endless exponential step, or some of them.
fn rest(
    network: &EquationNetwork,
    membrane: &Membrane,
    t0: f64,
    steady: &[usize],
    variables: &[usize],
    x0: &mut [f64],
    nodes: usize,
) -> Result<(), NetworkError> {
    let Some(&first) = steady.first() else { return Ok(()) };
    let n = variables.len() / network.equations.states.len();
    let places: Vec<usize> = steady.iter().flat_map(|k| &variables[k * n..(k + 1) * n]).copied().collect();
    places.iter().for_each(|&i| x0[i] = 0.0);
    let (v, s) = x0.split_at_mut(nodes);
    let mut next = s.to_vec();
    let mut ws = Workspace::default();
    for _ in 0..STEPS {
        next.copy_from_slice(s);
        let known = membrane.advance(FOREVER, t0, v, &mut next, &mut ws).is_ok();
        let far = |i: &usize| {
            let (a, b) = (s[i - nodes], next[i - nodes]);
            (a - b).abs() > 1e-14 * a.abs().max(b.abs()) || !b.is_finite()
        };
        let moved = places.iter().any(far);
        places.iter().for_each(|i| s[i - nodes] = next[i - nodes]);
        if !known || s.iter().any(|x| !x.is_finite()) {
            break;
        }
        if !moved {
            return Ok(());
        }
    }
    Err(restless(network, first))
}

fn restless(network: &EquationNetwork, k: usize) -> NetworkError {
    let name = &network.equations.states[k].name;
    NetworkError::new(
        NetworkErrorKind::Value,
        format!("populations.{}", network.populations[0].name),
        format!("no steady value of `{name}` was found for the other states at the start"),
        format!("give `{name}` a value: init = {{ {name} = … }}"),
    )
}
