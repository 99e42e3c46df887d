//! How a block takes a step: what a method needs beside its numbers.

use super::block::Block;
use super::control::Tolerance;
use super::exponential::Rates;
use super::implicit::Linearization;
use super::tableau::{Exponential, Slopes, Tableau};
use crate::field::{EvalError, VectorField};

/// A method at work.
pub(crate) enum Scheme {
    /// Needs nothing.
    Explicit,
    /// Needs the field linearized.
    Rosenbrock(Box<Linearization>),
    /// Needs to know how each rate depends on its own variable.
    Exponential(Exponential, Box<Rates>),
}

impl Scheme {
    /// For a method and n variables.
    pub(crate) fn new(m: &Tableau, n: usize, tolerance: Tolerance) -> Self {
        match m.slopes {
            Slopes::Explicit => Self::Explicit,
            Slopes::Rosenbrock(_) => Self::Rosenbrock(Box::new(Linearization::new(n, tolerance))),
            Slopes::Exponential(method) => Self::Exponential(method, Box::default()),
        }
    }

    /// How many lanes it takes at once: as many as fit the cache, or one where each needs factors of its own.
    pub(crate) fn width(&self, n: usize) -> usize {
        match self {
            Self::Explicit | Self::Exponential(..) => (2048 / n).clamp(1, 64),
            Self::Rosenbrock(_) => 1,
        }
    }

    /// Forgets what it knows of the field: it has changed.
    pub(crate) fn forget(&mut self) {
        match self {
            Self::Rosenbrock(linearization) => linearization.forget(),
            Self::Exponential(_, rates) => rates.forget(),
            Self::Explicit => {}
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
            (Self::Exponential(method, rates), _) => rates.step(block, field, *method),
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
        self.glance(block, m, l, (t - block.t[l]) / block.h[l], out);
        match (self, &m.slopes) {
            (Self::Rosenbrock(linearization), Slopes::Rosenbrock(r)) => {
                linearization.sharpen(block, field, r, t, out)
            }
            _ => Ok(0),
        }
    }

    /// The same a part theta into the step and without asking the field, less accurate where it is stiff.
    pub(crate) fn glance(&mut self, block: &mut Block, m: &Tableau, l: usize, theta: f64, out: &mut [f64]) {
        match self {
            Self::Exponential(_, rates) => rates.read(block, l, theta, out),
            _ => block.read(m, l, theta, out),
        }
    }
}
