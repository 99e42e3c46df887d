//! What the engine runs: units, what drives them, and the rules by which their synapses are made.

use dynamics::field::Signal;
use equations::Kernel;

/// Populations of units that fire and are joined by synapses.
#[derive(Clone)]
pub struct SpikingNetwork {
    /// The step.
    pub dt: f64,
    /// Time of step 0.
    pub start: f64,
    /// Key of every random number.
    pub seed: u64,
    /// The populations.
    pub units: Vec<Units>,
}

/// n units of one kind. A variable is counted within its population.
#[derive(Clone)]
pub struct Units {
    /// Its name.
    pub name: String,
    /// How many units.
    pub n: usize,
    /// How many variables a unit has.
    pub variables: usize,
    /// How they move through a step.
    pub flow: Flow,
    /// When a unit fires; `None` for units that never do.
    pub fires: Option<Fires>,
    /// What is then set.
    pub reset: Reset,
    /// For how many steps the held variables then stay as they are, and the unit does not fire.
    pub refractory: u32,
    /// Variables that are held, and take no synaptic input, while a unit is refractory.
    pub held: Vec<usize>,
    /// The state at the start, variable by variable.
    pub initial: Vec<f64>,
    /// What differs from unit to unit: the free parameters of all kernels, one list each.
    pub parameters: Vec<Vec<f64>>,
    /// The signals that kernels read as inputs.
    pub signals: Vec<Signal>,
    /// Poisson inputs.
    pub poisson: Vec<PoissonInput>,
}

/// How the variables of a unit move through a step. A variable that is in neither part rests between spikes.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// A closed linear part, moved exactly.
    pub linear: Option<Propagator>,
    /// Variables that are moved by exponential Euler.
    pub rates: Option<Rates>,
}

/// Variables that follow dx/dt = A x + g among themselves: x' = P x + q.
#[derive(Clone, Debug)]
pub struct Propagator {
    /// Which.
    pub variables: Vec<usize>,
    /// P = exp(h A), row by row.
    pub matrix: Vec<f64>,
    /// q, the integral of exp(s A) g over the step.
    pub shift: Vec<f64>,
}

/// Variables as dx/dt = a x + b each, with a and b constant within a step.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Which.
    pub variables: Vec<usize>,
    /// For each of them a, then for each of them b, or the whole rate a x + b; units are lanes.
    pub kernel: Kernel,
    /// Whether it is the whole rate.
    pub whole: Vec<bool>,
}

/// When a unit fires.
#[derive(Clone)]
pub enum Fires {
    /// When a variable is above a value.
    Above {
        /// The variable.
        variable: usize,
        /// The value.
        value: f64,
        /// Whether it must have been at or below the value a step before; needed where nothing resets it.
        rising: bool,
    },
    /// When a guard is above 0.
    Guard {
        /// The guard; units are lanes.
        guard: Kernel,
        /// Whether it must have been at most 0 a step before.
        rising: bool,
    },
}

/// What a spike sets.
#[derive(Clone)]
pub enum Reset {
    /// Variables to fixed values.
    Values(Vec<(usize, f64)>),
    /// Variables to what a kernel gives for this unit.
    Kernel {
        /// The variables, in the order of the outputs.
        variables: Vec<usize>,
        /// Their new values.
        kernel: Kernel,
    },
}

/// Independent Poisson spikes to each unit: in each step `weight` times their number is added to a variable.
#[derive(Clone, Debug)]
pub struct PoissonInput {
    /// The variable.
    pub variable: usize,
    /// Expected number in a step.
    pub mean: f64,
    /// What one of them adds.
    pub weight: f64,
    /// Stream of its random numbers.
    pub stream: u64,
}

/// Sources and weights of one target.
pub type Row = Vec<(usize, f64)>;

/// Synapses from one population to another.
#[derive(Clone)]
pub struct Synapses<'a> {
    /// Source population.
    pub from: usize,
    /// Target population.
    pub to: usize,
    /// The variable of the target to which a spike adds the weight.
    pub variable: usize,
    /// Writes the row of a target: who is connected, and how strongly. It has no other effect, and may be asked in any order.
    pub rows: &'a (dyn Fn(usize, &mut Row) + Sync),
    /// The weight of all, where they have one in common; then the weights of the rows do not count.
    pub weight: Option<f64>,
    /// Delays.
    pub delay: Delay<'a>,
}

/// Delays in steps, at least 1.
#[derive(Clone)]
pub enum Delay<'a> {
    /// All alike.
    Same(u16),
    /// One each.
    Each {
        /// The shortest that is ever drawn.
        least: u16,
        /// The longest that is ever drawn.
        most: u16,
        /// Adds the delays of so many connections of a target.
        rows: &'a (dyn Fn(usize, usize, &mut Vec<u16>) + Sync),
    },
}

impl Delay<'_> {
    /// The shortest.
    pub fn least(&self) -> u16 {
        match self {
            Self::Same(d) => *d,
            Self::Each { least, .. } => *least,
        }
    }

    /// The longest.
    pub fn most(&self) -> u16 {
        match self {
            Self::Same(d) => *d,
            Self::Each { most, .. } => *most,
        }
    }
}
