//! What a network is lowered to: named variables, a state at the start, and a system of the crate `dynamics`.

use crate::spiking::{Engine, Probe};
use dynamics::field::{
    Delayed, EvalError, Hybrid, IteratedMap, JacobianKind, LinearSystem, Noise, Reaction, Signal, Stochastic,
    TreeSystem, VectorField, Workspace,
};
use equations::Dimension;
use linalg::Matrix;
use std::ops::Range;

/// A system with named variables, ready to be simulated and analyzed.
pub struct System {
    /// One name for each variable: `E` for a population of one unit, `E[0]`, `E[1]`, … otherwise.
    pub names: Vec<String>,
    /// The variables by population (or by hidden noise), in the order of the state.
    pub groups: Vec<Group>,
    /// What each variable measures; empty if all are bare numbers.
    pub dimensions: Vec<Dimension>,
    /// State at the start.
    pub x0: Vec<f64>,
    /// What moves it.
    pub kind: SystemKind,
}

/// Variables that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name of the population, or of the input whose noise is a hidden state.
    pub name: String,
    /// Indices of its variables.
    pub range: Range<usize>,
    /// Whether it is one number, told without an index.
    pub scalar: bool,
}

/// The kind of a system.
pub enum SystemKind {
    /// dx/dt = A x + g + drives + noise: propagated exactly.
    Linear(LinearSystem),
    /// x(k+1) = A x(k) + g.
    Map {
        /// A.
        a: Matrix,
        /// g.
        g: Vec<f64>,
    },
    /// x(k+1) = f(x(k); u(k)).
    Iterated {
        /// f; its parameters are the inputs.
        map: Box<dyn IteratedMap + Send>,
        /// u, a signal of the step for each parameter.
        inputs: Vec<Signal>,
        /// The largest modulus that each variable can have at a fixed point. Beyond it a gate may be shut to rounding, and any
        /// state look fixed.
        bounds: Vec<f64>,
    },
    /// dx/dt = f(t, x) + noise.
    Field {
        /// f.
        field: Box<dyn VectorField + Send>,
        /// Additive noise.
        noises: Vec<Noise>,
    },
    /// A flow with guards and jumps.
    Hybrid(Box<dyn Hybrid + Send>),
    /// A field that remembers.
    Delayed(Box<dyn Delayed + Send>),
    /// A drift with noise that may depend on the state, and perhaps guards and jumps.
    Stochastic(Box<dyn Stochastic + Send>),
    /// Compartments that are coupled along a tree.
    Tree {
        /// What diffuses where.
        tree: TreeSystem,
        /// What each compartment does by itself.
        reaction: Box<dyn Reaction + Send>,
        /// The state at the start: what diffuses at every node, then the local states.
        x0: Vec<f64>,
        /// The place there of each variable of the system.
        variables: Vec<usize>,
    },
    /// Units that a clock moves and spikes join; the variables of the system are those that are recorded.
    Clocked(Box<Clocked>),
}

/// Units that a clock moves, with their synapses.
pub struct Clocked {
    /// The engine at the start; a run goes on from a copy.
    pub engine: Engine,
    /// The number that each variable of the system is.
    pub probes: Vec<Probe>,
    /// Whether everything between spikes is propagated exactly.
    pub exact: bool,
}

impl System {
    /// The number of variables.
    pub fn dimension(&self) -> usize {
        self.x0.len()
    }

    /// The Jacobian at time t and state x; for a map, that of the next state by this one.
    ///
    /// # Errors
    /// When the field cannot be evaluated there.
    pub fn jacobian(&self, t: f64, x: &[f64]) -> Result<(Matrix, JacobianKind), EvalError> {
        match &self.kind {
            SystemKind::Linear(system) => Ok((system.a.clone(), JacobianKind::Exact)),
            SystemKind::Map { a, .. } => Ok((a.clone(), JacobianKind::Exact)),
            SystemKind::Iterated { map, inputs, .. } => {
                let u: Vec<f64> = inputs.iter().map(|signal| signal.value(t)).collect();
                let mut j = Matrix::zeros(x.len(), x.len());
                let kind = map.jacobian(&u, x, &mut j);
                Ok((j, kind))
            }
            SystemKind::Delayed(_) => Err(EvalError {
                reason: "a system with delays has no Jacobian of its present state alone".into(),
            }),
            SystemKind::Clocked(_) => {
                Err(EvalError { reason: "a network of spikes is followed, not linearized".into() })
            }
            SystemKind::Tree { .. } => {
                Err(EvalError { reason: "a cable is followed, not linearized".into() })
            }
            SystemKind::Field { .. } | SystemKind::Hybrid(_) | SystemKind::Stochastic(_) => {
                let field = self.flow().expect("these kinds have a flow");
                let n = field.dimension();
                let mut j = Matrix::zeros(n, n);
                let kind = field.jacobian(t, &[], x, &mut j, &mut Workspace::default())?;
                Ok((j, kind))
            }
        }
    }

    /// The vector field that the system follows, between its events and without its noise; `None` in discrete time.
    pub fn flow(&self) -> Option<&dyn VectorField> {
        match &self.kind {
            SystemKind::Linear(system) => Some(system),
            SystemKind::Map { .. } | SystemKind::Iterated { .. } | SystemKind::Delayed(_) => None,
            SystemKind::Field { field, .. } => Some(field.as_ref()),
            SystemKind::Hybrid(system) => Some(system.flow()),
            SystemKind::Stochastic(system) => Some(system.drift()),
            SystemKind::Tree { .. } | SystemKind::Clocked(_) => None,
        }
    }

    /// Whether all of it is dx/dt = A x + g or x(k+1) = A x(k) + g, so that one analysis says everything.
    pub fn is_linear(&self) -> bool {
        matches!(self.kind, SystemKind::Linear(_) | SystemKind::Map { .. })
    }
}

impl Group {
    /// The names of its variables.
    pub fn names(&self) -> Vec<String> {
        if self.scalar {
            return vec![self.name.clone()];
        }
        (0..self.range.len()).map(|i| format!("{}[{i}]", self.name)).collect()
    }
}
