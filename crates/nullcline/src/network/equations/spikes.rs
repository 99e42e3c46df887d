//! Connections by spikes, and spikes from outside. Inert data.

use crate::network::{Projection, Weight};
use equations::{Kernel, Scratch, Sources};

/// Connections from a population that fires to another: what a spike does there, and when.
#[derive(Clone, Debug)]
pub struct SpikeConnection {
    /// Who is connected, and the weights w in SI units.
    pub projection: Projection,
    /// What a spike adds, as it is written.
    pub on_pre: String,
    /// What a spike adds, state by state.
    pub increments: Vec<Increment>,
    /// The delay of each connection; `None` for one step.
    pub delay: Option<Weight>,
    /// Coordinates of the targets and of the sources.
    pub coordinates: [Vec<(String, Vec<f64>)>; 2],
}

/// What a spike adds to a state.
#[derive(Clone, Debug)]
pub struct Increment {
    /// The state, by its place in the equations.
    pub state: usize,
    /// How much, as a function of w.
    pub amount: Amount,
}

/// A function of the weight.
#[derive(Clone, Debug)]
pub enum Amount {
    /// w itself.
    Weight,
    /// A factor times an expression whose only free parameter is w.
    Kernel(f64, Kernel),
}

/// Independent Poisson spikes to each unit of a population.
#[derive(Clone, Debug, PartialEq)]
pub struct PoissonDrive {
    /// Its name in the model file.
    pub name: String,
    /// The population.
    pub to: usize,
    /// Spikes that a unit receives per unit of time.
    pub rate: f64,
    /// The state that a spike changes, by its place in the equations.
    pub state: usize,
    /// By how much.
    pub weight: f64,
}

impl Amount {
    /// The amounts for some weights.
    pub fn of(&self, weights: &mut [f64], scratch: &mut Scratch) {
        if let Self::Kernel(factor, kernel) = self {
            let given = weights.to_vec();
            let sources = Sources { t: &[0.0], parameters: &given, ..Sources::default() };
            kernel.eval(&sources, given.len(), weights, scratch);
            weights.iter_mut().for_each(|x| *x *= factor);
        }
    }
}
