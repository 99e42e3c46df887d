//! Drift plus diffusion: a sibling of the field, for noise whose strength may depend on the state.
//!
//! ```text
//! dx = f(t, x; p) dt + sum_k g_k(t, x; p) dW_k        Ito, or with a circle before dW: Stratonovich
//! ```
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | f | n | the drift, a [`VectorField`] |
//! | G = (g_1 … g_m) | n x m, its entries listed | the diffusion |
//! | W | m | independent Wiener processes, variance t |
//!
//! The same equation means two different things: Ito's noise does not look ahead, Stratonovich's is the limit of smooth
//! noise and obeys the chain rule. They differ by a drift,
//!
//! ```text
//! f_Ito = f_Stratonovich + c,   c = 1/2 sum_k (g_k . grad) g_k
//! ```
//!
//! which is 0 for noise that does not depend on the state. Which is meant has to be said.
//!
//! Reference: Kloeden, Platen (1992), Numerical solution of stochastic differential equations, section 4.9.

use super::{EvalError, Hybrid, JacobianKind, VectorField, Workspace};

/// dx = f dt + G dW.
pub trait Stochastic: Sync {
    /// f.
    fn drift(&self) -> &dyn VectorField;

    /// What the equation means.
    fn interpretation(&self) -> Interpretation;

    /// The number m of independent Wiener processes.
    fn noises(&self) -> usize;

    /// The entries of G that are not 0 everywhere, as (variable, noise).
    fn entries(&self) -> &[(usize, usize)];

    /// What is known of how G depends on the state.
    fn structure(&self) -> NoiseStructure;

    /// Writes the entries of G(t, x; p): with `lanes = t.len()`, `g[e * lanes + l]` is entry `e` of lane `l`.
    ///
    /// # Errors
    /// When G cannot be evaluated there.
    fn diffusion(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        g: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError>;

    /// Writes the derivative of the entries of G in the direction `v` (n x lanes), by central differences unless the system
    /// knows better.
    ///
    /// # Errors
    /// As [`Stochastic::diffusion`].
    fn diffusion_along(
        &self,
        t: &[f64],
        p: &[f64],
        x: &[f64],
        v: &[f64],
        dg: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        diffusion_by_differences(self, t, p, x, v, dg, ws)
    }

    /// Guards, jumps and holds on the way, if there are any; their flow is the drift.
    fn hybrid(&self) -> Option<&dyn Hybrid> {
        None
    }
}

/// Writes the derivative of the entries of G in the direction `v`, by central differences.
///
/// # Errors
/// As [`Stochastic::diffusion`].
pub fn diffusion_by_differences<S: Stochastic + ?Sized>(
    system: &S,
    t: &[f64],
    p: &[f64],
    x: &[f64],
    v: &[f64],
    dg: &mut [f64],
    ws: &mut Workspace,
) -> Result<JacobianKind, EvalError> {
    let lanes = t.len();
    let largest = |x: &[f64], l: usize| x.iter().skip(l).step_by(lanes).fold(0.0f64, |m, x| m.max(x.abs()));
    let step: Vec<f64> = (0..lanes)
        .map(|l| match largest(v, l) {
            0.0 => 1.0,
            size => f64::EPSILON.cbrt() * largest(x, l).max(1e-3) / size,
        })
        .collect();
    let at = |sign: f64| -> Vec<f64> {
        x.iter().zip(v).enumerate().map(|(i, (x, v))| x + sign * step[i % lanes] * v).collect()
    };
    let mut below = vec![0.0; dg.len()];
    system.diffusion(t, p, &at(1.0), dg, ws)?;
    system.diffusion(t, p, &at(-1.0), &mut below, ws)?;
    for (i, (dg, below)) in dg.iter_mut().zip(&below).enumerate() {
        *dg = (*dg - below) / (2.0 * step[i % lanes]);
    }
    Ok(JacobianKind::Differences)
}

/// What a stochastic equation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpretation {
    /// The noise of a step does not know the state after it.
    Ito,
    /// The limit of smooth noise; the chain rule holds.
    Stratonovich,
}

/// How the diffusion depends on the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseStructure {
    /// Not at all.
    Additive,
    /// Each variable has a noise of its own, whose strength depends on that variable only.
    Diagonal,
    /// (g_j . grad) g_k = (g_k . grad) g_j for all pairs of noises, as with a single noise.
    Commutative,
    /// In any way, as far as is known.
    General,
}
