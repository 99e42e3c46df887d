//! A field that remembers: its rate of change depends on its state now and some fixed times ago.
//!
//! ```text
//! dx/dt = f(t, x(t), x(t - tau_1), …, x(t - tau_K); p),   tau_k > 0 constant
//! x(t) = history(t) for t < t0
//! ```
//!
//! The state of such a system is a piece of its path as long as the longest delay: it is a sibling of the field, and what is
//! said of fields (fixed points aside) does not hold for it.
//!
//! Reference: Bellen, Zennaro (2003), Numerical methods for delay differential equations.

use super::{EvalError, Workspace};

/// dx/dt = f(t, x(t), x(t - tau_1), …).
pub trait Delayed: Sync {
    /// The number n of variables.
    fn dimension(&self) -> usize;

    /// The delays tau for the parameters p; each is positive.
    fn delays(&self, p: &[f64]) -> Vec<f64>;

    /// Writes f to `dx`. With `lanes = t.len()`, `past[(k * n + i) * lanes + l]` is variable `i` of lane `l` at time t minus delay
    /// `k`; the rest as for [`super::VectorField::eval`].
    ///
    /// # Errors
    /// When the field cannot be evaluated there.
    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        past: &[f64],
        dx: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError>;

    /// Times in (t0, t1) at which f or one of its low derivatives jumps.
    fn breakpoints(&self, _t0: f64, _t1: f64) -> Vec<f64> {
        Vec::new()
    }
}

/// What the state was before the beginning.
#[derive(Clone, Copy)]
pub enum History<'a> {
    /// What it is at the beginning.
    Constant,
    /// A smooth function of time: it writes the state at `t`.
    Function(&'a (dyn Fn(f64, &mut [f64]) + Sync)),
}

impl std::fmt::Debug for History<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Constant => "Constant",
            Self::Function(_) => "Function",
        })
    }
}
