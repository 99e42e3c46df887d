//! The description: checked equations with their numbers. Inert data.

use super::spikes::{PoissonDrive, SpikeConnection};
use crate::network::{Cable, Connections};
use dynamics::field::{Interpretation, Signal};
use equations::{Equations, Node, Value};

/// Populations whose units are given by equations.
#[derive(Clone, Debug)]
pub struct EquationNetwork {
    /// Populations, in the order of the model; each is a section of the equations.
    pub populations: Vec<Cells>,
    /// The checked equations.
    pub equations: Equations,
    /// The value of each parameter of the equations, in SI units.
    pub parameters: Vec<Value>,
    /// Each matrix of the equations, rows targets and columns sources.
    pub matrices: Vec<Connections>,
    /// The signals of each input of the equations, one for each channel.
    pub inputs: Vec<Vec<Signal>>,
    /// Each state at the start.
    pub initial: Vec<Initial>,
    /// Spike rules and events.
    pub rules: Vec<Rule>,
    /// How noise that depends on the state is meant, if that was said.
    pub interpretation: Option<Interpretation>,
    /// The cable whose compartments are the units of the only population, if it is one.
    pub cable: Option<Cable>,
    /// Connections by spikes.
    pub connections: Vec<SpikeConnection>,
    /// Poisson spikes from outside.
    pub poisson: Vec<PoissonDrive>,
    /// The step of the clock, where there are connections or Poisson spikes.
    pub step: f64,
    /// Key of the random numbers.
    pub seed: u64,
}

/// One population.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// Its name in the model file.
    pub name: String,
    /// How many units.
    pub n: usize,
    /// The library unit that its equations come from.
    pub unit: Option<String>,
    /// The equations as they are written, one a line.
    pub text: Vec<String>,
}

/// A state at the start.
#[derive(Clone, Debug, PartialEq)]
pub enum Initial {
    /// One value for all units.
    Same(f64),
    /// One for each unit.
    Each(Vec<f64>),
    /// At rest for the other states at the start.
    Steady,
}

/// When something happens in a population, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Index of the population.
    pub population: usize,
    /// `spike`, or the name of the event.
    pub name: String,
    /// A spike or another event.
    pub kind: RuleKind,
    /// The condition as it is written.
    pub when: String,
    /// A node that crosses 0 upward when the condition becomes true.
    pub guard: Node,
    /// What is set, as it is written.
    pub answer: Option<String>,
    /// States (by index) and what they become.
    pub set: Vec<(usize, Node)>,
    /// For how long the states of `hold` then stay as they are.
    pub refractory: f64,
    /// States that are held.
    pub hold: Vec<usize>,
    /// Whether the run ends here.
    pub stop: bool,
}

/// The kind of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// A unit fires.
    Spike,
    /// Another event.
    Event,
}

impl EquationNetwork {
    /// Whether its units are joined by spikes, or hear spikes from outside: then a clock moves them.
    pub fn is_clocked(&self) -> bool {
        !self.connections.is_empty() || !self.poisson.is_empty()
    }

    /// The number of variables.
    pub fn dimension(&self) -> usize {
        self.equations.states.iter().map(|s| s.len).sum()
    }

    /// The name of a state: its own where no other population has one of that name, else `population.state`.
    pub fn state_name(&self, k: usize) -> String {
        let states = &self.equations.states;
        let name = &states[k].name;
        if states.iter().filter(|s| s.name == *name).count() == 1 {
            return name.clone();
        }
        format!("{}.{name}", self.populations[states[k].section].name)
    }
}
