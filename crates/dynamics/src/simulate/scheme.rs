//! How a block takes a step: what a method needs beside its numbers.

use super::block::Block;
use super::control::Tolerance;
use super::implicit::Linearization;
use super::tableau::{Slopes, Tableau};
use crate::field::{EvalError, VectorField};

/// A method at work.
pub(crate) enum Scheme {
    /// Needs nothing.
    Explicit,
    /// Needs the field linearized.
    Rosenbrock(Box<Linearization>),
}

impl Scheme {
    /// For a method and n variables.
    pub(crate) fn new(m: &Tableau, n: usize, tolerance: Tolerance) -> Self {
        match m.slopes {
            Slopes::Explicit => Self::Explicit,
            Slopes::Rosenbrock(_) => Self::Rosenbrock(Box::new(Linearization::new(n, tolerance))),
        }
    }

    /// How many lanes it takes at once: as many as fit the cache, or one where each needs factors of its own.
    pub(crate) fn width(&self, n: usize) -> usize {
        match self {
            Self::Explicit => (2048 / n).clamp(1, 64),
            Self::Rosenbrock(_) => 1,
        }
    }

    /// Forgets what it knows of the field: it has changed.
    pub(crate) fn forget(&mut self) {
        match self {
            Self::Explicit => {}
            Self::Rosenbrock(linearization) => linearization.forget(),
        }
    }

    /// Takes one step of all lanes; returns the number of evaluations for each.
    #[inline(always)]
    pub(crate) fn step<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        field: &F,
        m: &Tableau,
    ) -> Result<usize, EvalError> {
        match (self, &m.slopes) {
            (Self::Rosenbrock(linearization), Slopes::Rosenbrock(r)) => {
                linearization.step(block, field, m, r)
            }
            _ => {
                block.step(field, m)?;
                Ok(m.stages())
            }
        }
    }

    /// Writes the state of lane l at time t within the step that was just taken; returns the number of evaluations.
    pub(crate) fn read<F: VectorField + ?Sized>(
        &mut self,
        block: &mut Block,
        field: &F,
        m: &Tableau,
        l: usize,
        t: f64,
        out: &mut [f64],
    ) -> Result<usize, EvalError> {
        block.read(m, l, (t - block.t[l]) / block.h[l], out);
        match (self, &m.slopes) {
            (Self::Rosenbrock(linearization), Slopes::Rosenbrock(r)) => {
                linearization.sharpen(block, field, r, t, out)
            }
            _ => Ok(0),
        }
    }
}
