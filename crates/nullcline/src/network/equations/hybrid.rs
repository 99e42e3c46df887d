//! Equations between guards and jumps: one guard for each unit and rule.
//!
//! Guard `first + j` of a rule belongs to unit j of its population; its event sets the states of that unit alone.

use super::cells::{EquationNetwork, Rule};
use super::field::{EquationField, Memory, signals_at};
use dynamics::field::{Action, EvalError, Guard, Hold, Hybrid, LinearSystem, VectorField, Workspace};
use equations::{Binding, Kernel, Node, Sources};

/// A flow by equations, with its rules.
#[derive(Clone, Debug)]
pub struct EquationHybrid {
    pub(super) flow: EquationField,
    pub(super) linear: Option<LinearSystem>,
    guards: Vec<Guard>,
    guard: Kernel,
    /// From when on each guard counts.
    since: Vec<f64>,
    rules: Vec<Answer>,
}

/// What a rule does, by the places of its numbers.
#[derive(Clone, Debug)]
struct Answer {
    /// Its first guard.
    first: usize,
    /// First variable and number of variables of each state that is set, in the order of the outputs of `set`.
    targets: Vec<(usize, usize)>,
    set: Kernel,
}

impl EquationHybrid {
    /// The rules of a network around its flow.
    pub(super) fn new(
        network: &EquationNetwork,
        rules: &[(Rule, f64)],
        flow: EquationField,
        linear: Option<LinearSystem>,
        binding: &Binding,
    ) -> Self {
        let graph = &network.equations.graph;
        let (mut guards, mut answers) = (Vec::new(), Vec::new());
        let offsets = network.offsets();
        let states = &network.equations.states;
        let mut since = Vec::new();
        for (rule, from) in rules {
            let n = network.units_of(rule);
            let place = |k: usize, j: usize| offsets[k] + if states[k].len == 1 { 0 } else { j };
            let first = guards.len();
            since.resize(first + n, *from);
            for j in 0..n {
                let hold = (rule.refractory > 0.0).then(|| Hold {
                    variables: rule.hold.iter().map(|&k| place(k, j)).collect(),
                    duration: rule.refractory,
                });
                let action = match (rule.stop, rule.set.is_empty() && hold.is_none()) {
                    (true, _) => Action::Stop,
                    (false, true) => Action::Observe,
                    (false, false) => Action::Jump { hold },
                };
                guards.push(Guard { action, keeps_state: false });
            }
            let nodes: Vec<Node> = rule.set.iter().map(|(_, node)| *node).collect();
            let targets: Vec<(usize, usize)> =
                rule.set.iter().map(|&(k, _)| (offsets[k], states[k].len)).collect();
            let lengths: Vec<usize> = targets.iter().map(|(_, len)| *len).collect();
            let set = Kernel::with_lengths(graph, binding, &nodes, &lengths);
            answers.push(Answer { first, targets, set });
        }
        let nodes: Vec<Node> = rules.iter().map(|(rule, _)| rule.guard).collect();
        let lengths: Vec<usize> = rules.iter().map(|(rule, _)| network.units_of(rule)).collect();
        let guard = Kernel::with_lengths(graph, binding, &nodes, &lengths);
        Self { flow, linear, guards, guard, since, rules: answers }
    }
}

impl EquationNetwork {
    /// The first variable of each state.
    pub(super) fn offsets(&self) -> Vec<usize> {
        let mut end = 0;
        let next = |state: &equations::State| {
            end += state.len;
            end - state.len
        };
        self.equations.states.iter().map(next).collect()
    }

    /// How many units a rule watches: one guard where its condition is a single number.
    pub fn units_of(&self, rule: &Rule) -> usize {
        let own = self.equations.states.iter().filter(|s| s.section == rule.population).map(|s| s.len);
        own.max().unwrap_or(1).max(self.equations.graph.length(rule.guard))
    }
}

impl Hybrid for EquationHybrid {
    fn flow(&self) -> &dyn VectorField {
        &self.flow
    }

    fn guards(&self) -> &[Guard] {
        &self.guards
    }

    fn guard(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        g: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let Memory { scratch, inputs, .. } = ws.own::<Memory>();
        signals_at(&self.flow.signals, t, inputs);
        let sources = Sources { t, states: x, parameters: p, inputs, ..Sources::default() };
        self.guard.eval(&sources, t.len(), g, scratch);
        for (row, &since) in g.chunks_exact_mut(t.len().max(1)).zip(&self.since) {
            row.iter_mut().zip(t).filter(|(_, t)| **t < since).for_each(|(g, _)| *g = -1.0);
        }
        Ok(())
    }

    fn jump(&self, k: usize, t: f64, p: &[f64], x: &mut [f64], ws: &mut Workspace) -> Result<(), EvalError> {
        let r = self.rules.partition_point(|rule| rule.first <= k) - 1;
        let Answer { first, targets, set } = &self.rules[r];
        let Memory { scratch, inputs, values } = ws.own::<Memory>();
        signals_at(&self.flow.signals, &[t], inputs);
        values.resize(set.outputs(), 0.0);
        let sources = Sources { t: &[t], states: x, parameters: p, inputs, ..Sources::default() };
        set.eval(&sources, 1, values, scratch);
        let mut at = 0;
        for &(offset, len) in targets {
            let j = if len == 1 { 0 } else { k - first };
            x[offset + j] = values[at + j];
            at += len;
        }
        Ok(())
    }

    fn linear(&self) -> Option<&LinearSystem> {
        self.linear.as_ref()
    }
}
