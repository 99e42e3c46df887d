//! The units of a population as the engine moves them: which variables exactly, which by exponential Euler, when they fire.

use super::cells::{EquationNetwork, Initial, Rule, RuleKind};
use crate::network::{NetworkError, NetworkErrorKind};
use crate::spiking::{Fires, Flow, PoissonInput, Propagator, Rates, Reset, Units};
use equations::{
    Binding, Graph, Kernel, Node, Scratch, Sources, Symbol, Value, conditionally_linear, derivatives,
    linear_part,
};
use linalg::{Matrix, expm};

/// Streams of Poisson spikes lie apart from those of structure.
const POISSON: u64 = 0x5000_0001_0000_0000;
/// A mean of more spikes in a step than this is no stream of spikes any more.
const CROWDED: f64 = 10_000.0;

/// One population, seen as one unit: its graph, and what its symbols stand for.
struct Alone<'a> {
    network: &'a EquationNetwork,
    section: usize,
    graph: Graph,
    /// Its own states, by their place in the equations.
    own: Vec<usize>,
    /// Length 1 for its own states, 0 for those of others; what differs from unit to unit is free.
    binding: Binding,
    /// Parameters that differ from unit to unit.
    free: Vec<usize>,
}

/// The units of population `section`.
pub(super) fn units(network: &EquationNetwork, section: usize, t0: f64) -> Result<Units, NetworkError> {
    let mut alone = Alone::new(network, section)?;
    let cells = &network.populations[section];
    let rule = alone.rule()?;
    let flow = alone.flow();
    let reset = rule.map_or(Reset::Values(Vec::new()), |rule| alone.reset(rule));
    let fires = rule.map(|rule| alone.fires(rule));
    let step = network.step;
    let initial = alone.initial(t0)?;
    let place = |state: &usize| alone.own.iter().position(|k| k == state);
    let mut poisson = Vec::new();
    for (k, drive) in network.poisson.iter().enumerate().filter(|(_, drive)| drive.to == section) {
        let mean = drive.rate * step;
        if mean > CROWDED {
            return Err(NetworkError::new(
                NetworkErrorKind::Value,
                format!("inputs.{}", drive.name),
                format!("{mean} spikes are expected in a step"),
                "at most 10 000: take a smaller step, or white noise of the same mean and variance",
            ));
        }
        let stream = POISSON | (section as u64) << 16 | k as u64;
        let variable = place(&drive.state).unwrap_or(0);
        poisson.push(PoissonInput { variable, mean, weight: drive.weight, stream });
    }
    let parameters = alone.free.iter().map(|&k| match &network.parameters[k] {
        Value::PerUnit(list) => list.clone(),
        _ => Vec::new(),
    });
    Ok(Units {
        name: cells.name.clone(),
        n: cells.n,
        variables: alone.own.len(),
        refractory: rule.map_or(0.0, |rule| rule.refractory / step).round() as u32,
        held: rule.map_or(Vec::new(), |rule| rule.hold.iter().filter_map(place).collect()),
        initial,
        parameters: parameters.collect(),
        signals: network.signals(),
        flow,
        fires,
        reset,
        poisson,
    })
}

impl<'a> Alone<'a> {
    fn new(network: &'a EquationNetwork, section: usize) -> Result<Self, NetworkError> {
        let equations = &network.equations;
        let own: Vec<usize> =
            (0..equations.states.len()).filter(|&k| equations.states[k].section == section).collect();
        let of_rules = network.rules.iter().filter(|rule| rule.population == section);
        let nodes: Vec<Node> = own
            .iter()
            .map(|&k| equations.states[k].rate)
            .chain(of_rules.flat_map(|rule| rule.set.iter().map(|s| s.1).chain([rule.guard])))
            .collect();
        let any = |what: &dyn Fn(Node) -> bool| nodes.iter().any(|&node| what(node));
        let refuse = |what: String, remedy: &str| {
            let name = &network.populations[section].name;
            Err(NetworkError::new(NetworkErrorKind::Value, format!("populations.{name}"), what, remedy))
        };
        if !equations.noises.is_empty() || !equations.delays.is_empty() {
            let what = if equations.noises.is_empty() { "delayed states" } else { "white noise" };
            return refuse(
                format!("{what} in equations and spikes between populations have no common step here"),
                "give the units Poisson spikes (`poisson` of an input), or a delay to the connections",
            );
        }
        let others = (0..equations.states.len()).filter(|k| !own.contains(k));
        if let Some(k) = others.into_iter().find(|&k| any(&|node| equations.graph.uses_state(node, k))) {
            let what =
                format!("the equations use the state `{}` of another population", network.state_name(k));
            return refuse(what, "populations that are joined by spikes hear each other through them alone");
        }
        if any(&|node| equations.graph.uses_matrix(node)) || network.inputs.iter().any(|u| u.len() > 1) {
            return refuse(
                "matrices and inputs of several channels stand in the equations of a network of spikes"
                    .into(),
                "join the units by `[[connect]]`, and give them inputs of one channel",
            );
        }
        let free: Vec<usize> = (0..network.parameters.len())
            .filter(|&k| matches!(network.parameters[k], Value::PerUnit(_)))
            .filter(|&k| any(&|node| equations.graph.uses_parameter(node, k)))
            .collect();
        let parameter = |(k, value): (usize, &Value)| match value {
            Value::Number(x) => Value::Number(*x),
            _ if free.contains(&k) => Value::Free(1),
            _ => Value::Number(0.0),
        };
        let binding = Binding {
            states: equations.states.iter().map(|s| usize::from(s.section == section)).collect(),
            parameters: network.parameters.iter().enumerate().map(parameter).collect(),
            inputs: vec![1; network.inputs.len()],
            ..Binding::default()
        };
        Ok(Self { network, section, graph: equations.graph.of_one_unit(), own, binding, free })
    }

    fn rate(&self, k: usize) -> Node {
        self.network.equations.states[k].rate
    }

    /// Its spike rule.
    fn rule(&self) -> Result<Option<&'a Rule>, NetworkError> {
        let mut own = self.network.rules.iter().filter(|rule| rule.population == self.section);
        let rule = own.next();
        match own.next().or(rule.filter(|rule| rule.kind == RuleKind::Event)) {
            None => Ok(rule),
            Some(event) => Err(NetworkError::new(
                NetworkErrorKind::Value,
                format!("populations.{}", self.network.populations[self.section].name),
                format!("the event `{}` is not watched in a network of spikes", event.name),
                "drop it: there each population has one rule, by which it spikes",
            )),
        }
    }

    /// Whether a value is the same for all units, at all times.
    fn is_common(&self, node: Node) -> bool {
        self.graph.is_constant(node) && self.free.iter().all(|&k| !self.graph.uses_parameter(node, k))
    }

    /// The value of a node that is common to all units.
    fn value(&self, node: Node) -> Option<f64> {
        let mut value = [0.0];
        if self.is_common(node) {
            let nothing = vec![0.0; self.free.len()];
            let sources = Sources { t: &[0.0], parameters: &nothing, ..Sources::default() };
            self.kernel(&[node]).eval(&sources, 1, &mut value, &mut Scratch::default());
        }
        self.is_common(node).then_some(value[0])
    }

    fn kernel(&self, nodes: &[Node]) -> Kernel {
        Kernel::with_lengths(&self.graph, &self.binding, nodes, &vec![1; nodes.len()])
    }

    fn flow(&mut self) -> Flow {
        let linear = self.linear();
        let moved: Vec<usize> =
            linear.as_ref().map_or(Vec::new(), |l| l.variables.iter().map(|&v| self.own[v]).collect());
        let others: Vec<usize> = self.own.iter().copied().filter(|k| !moved.contains(k)).collect();
        let others: Vec<usize> =
            others.into_iter().filter(|&k| self.value(self.rate(k)) != Some(0.0)).collect();
        if others.is_empty() {
            return Flow { linear, rates: None };
        }
        let (mut a, mut b, mut whole) = (Vec::new(), Vec::new(), Vec::new());
        for &k in &others {
            let rate = self.rate(k);
            match conditionally_linear(&mut self.graph, rate, k) {
                Some(parts) => {
                    a.push(parts.coefficient);
                    b.push(parts.rest);
                    whole.push(false);
                }
                None => {
                    a.push(slope(&mut self.graph, rate, k));
                    b.push(rate);
                    whole.push(true);
                }
            }
        }
        a.extend(b);
        let variables = others.iter().filter_map(|k| self.own.iter().position(|own| own == k)).collect();
        // What was added to the graph has one unit as well.
        self.graph = self.graph.of_one_unit();
        Flow { linear, rates: Some(Rates { variables, kernel: self.kernel(&a), whole }) }
    }

    /// Its largest closed linear part with constant coefficients, the same for all units.
    fn linear(&mut self) -> Option<Propagator> {
        let states = &self.network.equations.states;
        let binding = Binding { states: vec![1; states.len()], ..self.binding.clone() };
        let rates: Vec<Node> = states.iter().map(|s| s.rate).collect();
        let part = linear_part(&mut self.graph, &binding, &rates)?;
        let members: Vec<usize> =
            (0..part.states.len()).filter(|&m| self.own.contains(&part.states[m])).collect();
        let common = |&m: &usize| {
            let rate = rates[part.states[m]];
            !self.graph.uses_time(rate) && self.free.iter().all(|&k| !self.graph.uses_parameter(rate, k))
        };
        if members.is_empty() || !members.iter().all(common) {
            return None;
        }
        let nothing = vec![0.0; self.free.len()];
        let (n, k) = (part.dimension, members.len());
        let a = part.matrix(&nothing);
        let mut g = vec![0.0; n];
        let (zeros, silence) = (vec![0.0; states.len()], vec![0.0; self.network.inputs.len()]);
        part.forcing(0.0, &silence, &nothing, &zeros, &mut g, &mut Scratch::default());
        // exp of [A g; 0 0] holds P and q.
        let h = self.network.step;
        let whole = Matrix::from_fn(k + 1, k + 1, |i, j| match (members.get(i), members.get(j)) {
            (Some(i), Some(j)) => h * a[j * n + i],
            (Some(i), None) => h * g[*i],
            _ => 0.0,
        });
        let e = expm(&whole);
        let place = |m: &usize| self.own.iter().position(|own| *own == part.states[*m]).unwrap_or(0);
        Some(Propagator {
            variables: members.iter().map(place).collect(),
            matrix: (0..k * k).map(|at| e[(at / k, at % k)]).collect(),
            shift: (0..k).map(|i| e[(i, k)]).collect(),
        })
    }

    fn fires(&mut self, rule: &Rule) -> Fires {
        let guard = rule.guard;
        let used: Vec<usize> =
            self.own.iter().copied().filter(|&k| self.graph.uses_state(guard, k)).collect();
        // Where a spike sets what the guard sees, being above is enough; else each rise is one spike.
        let rising = !rule.set.iter().any(|(k, _)| used.contains(k));
        if let [only] = used[..]
            && let Some(parts) = conditionally_linear(&mut self.graph, guard, only)
            && let (Some(a), Some(b)) = (self.value(parts.coefficient), self.value(parts.rest))
            && a > 0.0
        {
            let variable = self.own.iter().position(|k| *k == only).unwrap_or(0);
            return Fires::Above { variable, value: -b / a, rising };
        }
        Fires::Guard { guard: self.kernel(&[guard]), rising }
    }

    fn reset(&self, rule: &Rule) -> Reset {
        let place = |k: &usize| self.own.iter().position(|own| own == k).unwrap_or(0);
        let values: Option<Vec<(usize, f64)>> =
            rule.set.iter().map(|(k, node)| Some((place(k), self.value(*node)?))).collect();
        values.map_or_else(
            || {
                let nodes: Vec<Node> = rule.set.iter().map(|s| s.1).collect();
                let variables = rule.set.iter().map(|(k, _)| place(k)).collect();
                Reset::Kernel { variables, kernel: self.kernel(&nodes) }
            },
            Reset::Values,
        )
    }

    /// The state at the start, variable by variable; what is to be steady solves its rate, which is affine in it.
    fn initial(&mut self, t0: f64) -> Result<Vec<f64>, NetworkError> {
        let n = self.network.populations[self.section].n;
        let mut x = Vec::with_capacity(self.own.len() * n);
        let mut steady = Vec::new();
        for (v, &k) in self.own.iter().enumerate() {
            match &self.network.initial[k] {
                Initial::Same(value) => x.resize(x.len() + n, *value),
                Initial::Each(list) => x.extend_from_slice(list),
                Initial::Steady => {
                    steady.push((v, k));
                    x.resize(x.len() + n, 0.0);
                }
            }
        }
        let lists = self.free.iter().map(|&k| match &self.network.parameters[k] {
            Value::PerUnit(list) => list.clone(),
            _ => vec![0.0; n],
        });
        let parameters = lists.collect::<Vec<_>>().concat();
        let inputs: Vec<f64> =
            self.network.signals().iter().flat_map(|s| std::iter::repeat_n(s.value(t0), n)).collect();
        for &(v, k) in &steady {
            let rate = self.rate(k);
            let parts = conditionally_linear(&mut self.graph, rate, k);
            let depends = steady.iter().any(|&(_, other)| other != k && self.graph.uses_state(rate, other));
            let (Some(parts), false) = (parts, depends) else {
                let name = &self.network.equations.states[k].name;
                return Err(NetworkError::new(
                    NetworkErrorKind::Value,
                    format!("populations.{}", self.network.populations[self.section].name),
                    format!("no steady value of `{name}` was found for the other states at the start"),
                    format!("give `{name}` a value: init = {{ {name} = … }}"),
                ));
            };
            self.graph = self.graph.of_one_unit();
            let mut ab = vec![0.0; 2 * n];
            let sources = Sources {
                t: &[t0],
                states: &x,
                parameters: &parameters,
                inputs: &inputs,
                ..Sources::default()
            };
            let kernel = self.kernel(&[parts.coefficient, parts.rest]);
            kernel.eval(&sources, n, &mut ab, &mut Scratch::default());
            let (a, b) = ab.split_at(n);
            x[v * n..][..n].iter_mut().zip(a.iter().zip(b)).for_each(|(x, (a, b))| *x = -b / a);
        }
        Ok(x)
    }
}

/// How a rate depends on its own state.
fn slope(graph: &mut Graph, rate: Node, k: usize) -> Node {
    let terms = derivatives(graph, &[rate], Symbol::State(k)).unwrap_or_default().pop().unwrap_or_default();
    match terms.iter().find(|term| term.rest.is_empty()) {
        Some(term) => term.scale,
        None => graph.number(0.0),
    }
}
