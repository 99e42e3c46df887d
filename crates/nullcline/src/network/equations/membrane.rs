//! The equations of a membrane, at every compartment, as the reaction of a tree system.
//!
//! The rate of V is split, V' = a V + b with a and b free of V, where it has that form; else a is dV'/dV and the rate is taken by its
//! tangent. The other states are followed by exponential steps with V held:
//!
//! | the local states | step | |
//! |---|---|---|
//! | x' = a x + b with a and b of V and time alone | x + h phi(h a) (a x + b) | exact |
//! | anything else | the exponential midpoint rule | order 2 |
//!
//! with phi(z) = (e^z - 1)/z.

use super::cells::EquationNetwork;
use crate::network::{NetworkError, NetworkErrorKind};
use dynamics::field::{EvalError, Reaction, Signal, Workspace};
use equations::{
    Binding, Factor, Graph, Kernel, Node, Scratch, Sources, Symbol, Unit, conditionally_linear, derivatives,
    elementary,
};

/// Equations of a membrane.
#[derive(Clone, Debug)]
pub struct Membrane {
    /// The number of compartments.
    n: usize,
    /// Which state is V.
    pub(super) voltage: usize,
    /// C of each compartment, in F.
    pub(super) capacity: Vec<f64>,
    /// The node of each compartment; empty where they are the same.
    node: Vec<usize>,
    /// a, and b or the rate, of V.
    current: Split,
    /// The same of every other state, one after the other: all a first.
    gates: Split,
    /// Whether a step of the local states is exact.
    exact: bool,
    signals: Vec<Signal>,
}

/// Rates as a x + b.
#[derive(Clone, Debug)]
struct Split {
    kernel: Kernel,
    /// Which of them are; of the others a and the rate are known.
    affine: Vec<bool>,
}

/// What an evaluation needs for a while.
#[derive(Default)]
struct Memory {
    scratch: Scratch,
    states: Vec<f64>,
    inputs: Vec<f64>,
    values: Vec<f64>,
    start: Vec<f64>,
}

impl Membrane {
    /// The membrane of a cable with these areas, in m^2; `node` is where each compartment lies in the tree.
    pub(super) fn new(
        network: &EquationNetwork,
        binding: &Binding,
        current: &str,
        area: &[f64],
        node: &[usize],
    ) -> Result<Self, NetworkError> {
        let (n, equations) = (area.len(), &network.equations);
        let population = &network.populations[0].name;
        let error = |what: String, remedy: String| {
            Err(NetworkError::new(NetworkErrorKind::Value, format!("populations.{population}"), what, remedy))
        };
        let mut graph = equations.graph.clone();
        let rates: Vec<Node> = equations.states.iter().map(|s| s.rate).collect();
        let named = |given: &[equations::Given]| given.iter().position(|g| g.name == current);
        let symbol = match (named(&equations.inputs), named(&equations.parameters)) {
            (Some(k), _) => Symbol::Input(k),
            (None, Some(k)) => Symbol::Parameter(k),
            (None, None) => return error(unknown_current(current), enters(current)),
        };
        let by_current = derivatives(&mut graph, &rates, symbol).unwrap_or_default();
        let driven: Vec<usize> =
            (0..rates.len()).filter(|&k| by_current.get(k).is_some_and(|terms| !terms.is_empty())).collect();
        let [voltage] = driven[..] else {
            let names: Vec<&str> = driven.iter().map(|&k| equations.states[k].name.as_str()).collect();
            return match names.len() {
                0 => error(unknown_current(current), enters(current)),
                _ => error(
                    format!("`{current}` stands in the equations of {}", names.join(" and ")),
                    "the current of the neighbors acts on one state, the potential".to_owned(),
                ),
            };
        };
        let name = &equations.states[voltage].name;
        let dimension = equations.states[voltage].dimension;
        if Unit::parse("V").map(|u| u.dimension()) != Ok(dimension) {
            return error(
                format!("`{name}` is a {dimension}, but what diffuses along a cable is a voltage"),
                "write the equations with units: C*dV/dt = I - …, with C in uF/cm^2".to_owned(),
            );
        }
        let [inverse] = &by_current[voltage][..] else {
            return error(format!("`{current}` reaches `{name}` in several ways"), enters(current));
        };
        // One value for all compartments stands as a column of ones.
        let spread = inverse.rest.iter().all(|factor| matches!(factor, Factor::Ones(_)));
        if !spread || !graph.is_constant(inverse.scale) {
            return error(
                format!(
                    "the factor of `{current}` in the equation of `{name}` changes with the state or with time"
                ),
                format!("it is 1/C, the capacitance per area: write C*d{name}/dt = {current} + …"),
            );
        }
        let mut factor = vec![0.0; n];
        Kernel::with_lengths(&graph, binding, &[inverse.scale], &[n]).eval(
            &Sources { t: &[0.0], ..Sources::default() },
            1,
            &mut factor,
            &mut Scratch::default(),
        );
        if let Some(c) = factor.iter().find(|f| !(**f > 0.0 && f.is_finite())) {
            return error(
                format!("the capacitance per area is {} F/m^2", 1.0 / c),
                "give a positive one".to_owned(),
            );
        }
        let capacity = area.iter().zip(&factor).map(|(a, f)| a / f).collect();
        let others: Vec<usize> = (0..rates.len()).filter(|&k| k != voltage).collect();
        let split_of = |graph: &mut Graph, which: &[usize]| split(graph, binding, &rates, which, n);
        let (Some(current), Some(gates)) = (split_of(&mut graph, &[voltage]), split_of(&mut graph, &others))
        else {
            return error(
                "a matrix connects the compartments of this cable".to_owned(),
                "neighbors act through the cable alone: leave `@` out of its equations".to_owned(),
            );
        };
        let exact = gates.affine.iter().all(|a| *a) && apart(&mut graph, &rates, &others);
        let same = node.iter().enumerate().all(|(i, k)| i == *k);
        let node = if same { Vec::new() } else { node.to_vec() };
        Ok(Self { n, voltage, capacity, node, current, gates, exact, signals: network.signals() })
    }

    /// Lays V of the tree and the local states out as the equations have them.
    fn gather(&self, v: &[f64], s: &[f64], states: &mut Vec<f64>) {
        let (before, after) = s.split_at(self.voltage * self.n);
        states.clear();
        states.extend_from_slice(before);
        match self.node.is_empty() {
            true => states.extend_from_slice(v),
            false => states.extend(self.node.iter().map(|&k| v[k])),
        }
        states.extend_from_slice(after);
    }

    fn inputs(&self, t: f64, inputs: &mut Vec<f64>) {
        inputs.clear();
        inputs.extend(self.signals.iter().map(|signal| signal.value(t)));
    }
}

/// What is said where nothing takes the current of the neighbors.
fn unknown_current(current: &str) -> String {
    format!("no equation has the current `{current}`, through which neighboring compartments act")
}

fn enters(current: &str) -> String {
    format!(
        "write it where a current per area enters: C*dV/dt = {current} - gL*(V - EL); cable = {{ current = \"NAME\" }} names another one"
    )
}

/// a and b (or the rate) of some states; `None` if compartments are connected by a matrix.
fn split(graph: &mut Graph, binding: &Binding, rates: &[Node], which: &[usize], n: usize) -> Option<Split> {
    let (mut slopes, mut rests, mut affine) = (Vec::new(), Vec::new(), Vec::new());
    for &k in which {
        match conditionally_linear(graph, rates[k], k) {
            Some(parts) if parts.coupled => return None,
            Some(parts) => {
                slopes.push(parts.coefficient);
                rests.push(parts.rest);
                affine.push(true);
            }
            None => {
                let terms = derivatives(graph, &[rates[k]], Symbol::State(k))?.remove(0);
                let [term] = &terms[..] else { return None };
                if !term.rest.is_empty() {
                    return None;
                }
                slopes.push(term.scale);
                rests.push(rates[k]);
                affine.push(false);
            }
        }
    }
    let outputs = [slopes, rests].concat();
    let lengths = vec![n; outputs.len()];
    Some(Split { kernel: Kernel::with_lengths(graph, binding, &outputs, &lengths), affine })
}

/// Whether no local state sees another one.
fn apart(graph: &mut Graph, rates: &[Node], others: &[usize]) -> bool {
    others.iter().all(|&k| {
        let nodes: Vec<Node> = others.iter().filter(|j| **j != k).map(|&j| rates[j]).collect();
        derivatives(graph, &nodes, Symbol::State(k)).is_some_and(|d| d.iter().all(Vec::is_empty))
    })
}

impl Split {
    /// a, and b of the line a x + b through the rates at the states x, one after the other.
    fn lines(&self, sources: &Sources, x: &[f64], n: usize, values: &mut Vec<f64>, scratch: &mut Scratch) {
        let m = self.affine.len() * n;
        values.resize(2 * m, 0.0);
        self.kernel.eval(sources, 1, values, scratch);
        let (a, b) = values.split_at_mut(m);
        for (k, _) in self.affine.iter().enumerate().filter(|(_, affine)| !**affine) {
            let range = k * n..(k + 1) * n;
            let of = a[range.clone()].iter().zip(&x[range.clone()]);
            b[range].iter_mut().zip(of).for_each(|(b, (a, x))| *b -= a * x);
        }
    }
}

impl Reaction for Membrane {
    fn states(&self) -> usize {
        self.gates.affine.len() * self.n
    }

    fn linear(
        &self,
        t: f64,
        v: &[f64],
        s: &[f64],
        g: &mut [f64],
        j: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let Memory { scratch, states, inputs, values, .. } = ws.own::<Memory>();
        self.gather(v, s, states);
        self.inputs(t, inputs);
        let sources = Sources { t: &[t], states, inputs, ..Sources::default() };
        let own = &states[self.voltage * self.n..][..self.n];
        self.current.lines(&sources, own, self.n, values, scratch);
        let (a, b) = values.split_at(self.n);
        let each = self.capacity.iter().zip(a.iter().zip(b)).map(|(c, (a, b))| (-c * a, c * b));
        if self.node.is_empty() {
            g.iter_mut().zip(j).zip(each).for_each(|((g, j), line)| (*g, *j) = line);
        } else {
            g.fill(0.0);
            j.fill(0.0);
            self.node.iter().zip(each).for_each(|(&k, line)| (g[k], j[k]) = line);
        }
        Ok(())
    }

    fn advance(&self, h: f64, t: f64, v: &[f64], s: &mut [f64], ws: &mut Workspace) -> Result<(), EvalError> {
        if s.is_empty() {
            return Ok(());
        }
        let Memory { scratch, states, inputs, values, start } = ws.own::<Memory>();
        self.inputs(t, inputs);
        let (t, m) = ([t], s.len());
        if self.exact && self.voltage == 0 && self.node.is_empty() {
            // Nothing but V is looked at, and V stands first.
            let sources = Sources { t: &t, states: v, inputs, ..Sources::default() };
            self.gates.lines(&sources, s, self.n, values, scratch);
            elementary::relax_in_place(h, &values[..m], &values[m..], s);
            return Ok(());
        }
        let mut lines = |s: &[f64], values: &mut Vec<f64>| {
            self.gather(v, s, states);
            let sources = Sources { t: &t, states, inputs, ..Sources::default() };
            self.gates.lines(&sources, s, self.n, values, scratch);
        };
        start.clear();
        start.extend_from_slice(s);
        lines(s, values);
        if self.exact {
            elementary::relax_in_place(h, &values[..m], &values[m..], s);
            return Ok(());
        }
        elementary::relax_in_place(0.5 * h, &values[..m], &values[m..], s);
        // The midpoint rule: the line through the rates half a step later carries the whole step.
        lines(s, values);
        s.copy_from_slice(start);
        elementary::relax_in_place(h, &values[..m], &values[m..], s);
        Ok(())
    }

    fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        let mut at: Vec<f64> = self.signals.iter().flat_map(|s| s.breakpoints(t0, t1)).collect();
        at.sort_by(f64::total_cmp);
        at.dedup();
        at
    }
}
