//! Reaction and diffusion on a tree: nodes that exchange along edges, and react each by itself.
//!
//! ```text
//! c_i dv_i/dt = sum over edges g_ij (v_j - v_i) + F_i(t, v_i, s) + u_i(t)
//!       ds/dt = f(t, v, s)           local states: those of node i see only v_i and one another
//! ```
//!
//! | symbol | meaning | code |
//! |---|---|---|
//! | v | the variable that diffuses, n | the first n entries of the state |
//! | s | local states, of any number | the entries after them |
//! | c | capacities; 0 where a node only joins edges | `capacity` |
//! | g | couplings, one for each edge to a parent | `coupling` |
//! | F = J - G v | reaction, by its tangent | [`Reaction::linear`] |
//! | u | drives | `drives` |
//!
//! Discretized, a cable with branches is such a system: the tree is what makes its implicit step cost O(n).
//! A node of capacity 0 follows its neighbors at once: there 0 = sum g_ij (v_j - v_i) + F_i + u_i.

use super::{EvalError, Signal, Workspace};
use linalg::Tree;

/// What diffuses where; what each node does by itself is a [`Reaction`].
#[derive(Clone, Debug, PartialEq)]
pub struct TreeSystem {
    /// The nodes, each after its parent.
    pub tree: Tree,
    /// c, one for each node.
    pub capacity: Vec<f64>,
    /// g of the edge from each node to its parent; that of a root is not read.
    pub coupling: Vec<f64>,
    /// What flows in from outside.
    pub drives: Vec<NodeDrive>,
}

/// A signal that flows into one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeDrive {
    /// The node.
    pub node: usize,
    /// u(t).
    pub signal: Signal,
}

/// What the nodes of a tree do by themselves, all at once.
pub trait Reaction: Sync {
    /// The total number of local states.
    fn states(&self) -> usize;

    /// Writes G and J of every node, such that F_i(t, w) = J_i - G_i w + O((w - v_i)^2): the tangent of F at v.
    ///
    /// Where F is affine in v for given s, that is F itself.
    ///
    /// # Errors
    /// When the reaction cannot be evaluated there.
    fn linear(
        &self,
        t: f64,
        v: &[f64],
        s: &[f64],
        g: &mut [f64],
        j: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError>;

    /// Replaces s by the local states a time h later, with v held as it is and time at t, the middle of that interval.
    ///
    /// To second order in h at least; exactly, where each state is linear in itself and does not see the others.
    ///
    /// # Errors
    /// When the local states cannot be followed.
    fn advance(&self, h: f64, t: f64, v: &[f64], s: &mut [f64], ws: &mut Workspace) -> Result<(), EvalError>;

    /// Times in (t0, t1) at which the reaction or one of its low derivatives jumps; a solver lands on each.
    fn breakpoints(&self, _t0: f64, _t1: f64) -> Vec<f64> {
        Vec::new()
    }
}
