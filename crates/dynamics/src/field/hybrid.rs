//! A flow with guards and jumps: a sibling of the field, for systems that do something when they arrive somewhere.
//!
//! ```text
//! dx/dt = f(t, x; p)                    between events
//! x(t+) = jump_k(t, x(t-); p)           when g_k(t, x; p) crosses 0 upward
//! dx_i/dt = 0                           for a duration after the event, where variable i is held
//! ```
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | f | n | the flow, a [`VectorField`] |
//! | g | one for each guard | an event when it crosses 0 upward; reaching 0 without crossing it is none |
//! | jump | n | the state after the event |
//! | hold | variables, duration | what rests after the event; its guard rests as long |
//!
//! A guard that makes the system jump or stop marks a set {g > 0} in which the flow may not be. Where a state is in it
//! without having crossed the border (at the beginning, at the end of a hold, after the jump of another guard), the event
//! is at once. A guard that only observes sees crossings, and nothing at the beginning. Events at the same time come in the
//! order of the guards, each unless a jump before it has taken it back.
//!
//! Reference: Goebel, Sanfelice, Teel (2012), Hybrid dynamical systems.

use super::{EvalError, JacobianKind, LinearBlock, LinearSystem, VectorField, Workspace};
use linalg::Matrix;

/// A flow with guards and jumps.
pub trait Hybrid: Sync {
    /// What the system follows between events.
    fn flow(&self) -> &dyn VectorField;

    /// What each guard does; their order is that of simultaneous events.
    fn guards(&self) -> &[Guard];

    /// Writes g(t, x; p) to `g`: with `lanes = t.len()`, `g[k * lanes + l]` is guard `k` of lane `l`.
    ///
    /// # Errors
    /// When a guard cannot be evaluated there.
    fn guard(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        g: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError>;

    /// Changes the state `x` of one lane as the event of guard `k` at time `t` does.
    ///
    /// # Errors
    /// When the state after the event cannot be computed.
    fn jump(&self, k: usize, t: f64, p: &[f64], x: &mut [f64], ws: &mut Workspace) -> Result<(), EvalError>;

    /// The flow as a linear system without noise, where it is one: then it is propagated exactly from event to event.
    fn linear(&self) -> Option<&LinearSystem> {
        None
    }
}

/// What happens when a guard crosses 0 upward.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// What happens.
    pub action: Action,
    /// Whether its events keep the state at which they happened (n numbers each).
    pub keeps_state: bool,
}

/// What an event does to the system.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Nothing: it is noted.
    Observe,
    /// It jumps, and what is held rests for a while.
    Jump {
        /// What rests, and for how long.
        hold: Option<Hold>,
    },
    /// It ends the run.
    Stop,
}

/// Variables that rest after an event; its guard rests as long.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// Which variables keep their value.
    pub variables: Vec<usize>,
    /// For how long.
    pub duration: f64,
}

impl Guard {
    /// A guard of this action whose events keep the state.
    pub fn new(action: Action) -> Self {
        Self { action, keeps_state: true }
    }

    /// A guard that makes the system jump, without a hold.
    pub fn jump() -> Self {
        Self::new(Action::Jump { hold: None })
    }
}

/// A flow of which some variables are held: their slope is 0.
pub(crate) struct Held<'a> {
    /// The flow.
    pub(crate) flow: &'a dyn VectorField,
    /// Which variables rest.
    pub(crate) resting: &'a [bool],
}

impl VectorField for Held<'_> {
    fn dimension(&self) -> usize {
        self.flow.dimension()
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        self.flow.eval(t, p, x, dx, ws)?;
        for (row, _) in dx.chunks_exact_mut(t.len()).zip(self.resting).filter(|(_, rests)| **rests) {
            row.fill(0.0);
        }
        Ok(())
    }

    fn jacobian(
        &self,
        t: f64,
        p: &[f64],
        x: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        let kind = self.flow.jacobian(t, p, x, j, ws)?;
        for (i, _) in self.resting.iter().enumerate().filter(|(_, rests)| **rests) {
            (0..x.len()).for_each(|k| j[(i, k)] = 0.0);
        }
        Ok(kind)
    }

    fn rates(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        f: &mut [f64],
        a: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        self.flow.rates(t, p, x, f, a, ws)?;
        for v in [f, a] {
            for (row, _) in v.chunks_exact_mut(t.len()).zip(self.resting).filter(|(_, rests)| **rests) {
                row.fill(0.0);
            }
        }
        Ok(())
    }

    fn linear_blocks(&self, p: &[f64]) -> Vec<LinearBlock> {
        let mut blocks = self.flow.linear_blocks(p);
        for block in &mut blocks {
            for (i, _) in block.variables.iter().enumerate().filter(|(_, k)| self.resting[**k]) {
                (0..block.variables.len()).for_each(|j| block.a[(i, j)] = 0.0);
            }
        }
        blocks
    }

    fn is_autonomous(&self) -> bool {
        self.flow.is_autonomous()
    }
}
