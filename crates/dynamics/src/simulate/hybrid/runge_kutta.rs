//! Steps of a Runge-Kutta or Rosenbrock method, with the step from the tolerance or fixed.
//!
//! A step of fixed length ends on the grid t0 + k dt between breakpoints; after an event in between, the next step leads to
//! the next point of the grid.

use super::steps::{Step, Steps};
use crate::field::{EvalError, Held, VectorField};
use crate::simulate::block::Block;
use crate::simulate::control::{Control, Tolerance, first_step};
use crate::simulate::scheme::Scheme;
use crate::simulate::tableau::Tableau;

/// How long a step is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// As the tolerance allows.
    Adaptive(Tolerance),
    /// This long.
    Fixed(f64),
}

impl Pace {
    /// How small a variable may be; a fixed step does not know.
    fn tolerance(self) -> Tolerance {
        match self {
            Self::Adaptive(tolerance) => tolerance,
            Self::Fixed(_) => Tolerance { rtol: 1.0, atol: 0.0 },
        }
    }
}

/// One trajectory by a method with a tableau.
pub(crate) struct RungeKutta<'a> {
    flow: &'a dyn VectorField,
    m: &'static Tableau,
    pace: Pace,
    block: Block,
    /// A second block, for steps beside the step; its beginning is that of the step once `probed`.
    beside: Block,
    /// How the step is made, and how those beside it.
    schemes: [Scheme; 2],
    probed: bool,
    extra: bool,
    control: Control,
    held: Vec<bool>,
    /// Scratch of the size of a state.
    state: Vec<f64>,
    until: f64,
    /// The length that the next step tries; 0 before the first.
    next: f64,
    after_rejection: bool,
    last_square: f64,
    origin: f64,
    span: f64,
    /// Size of the initial state.
    start: f64,
    rejected: usize,
    evaluations: usize,
}

impl<'a> RungeKutta<'a> {
    /// For a run over a time of `span`.
    pub(crate) fn new(
        flow: &'a dyn VectorField,
        p: &[f64],
        m: &'static Tableau,
        pace: Pace,
        span: f64,
    ) -> Self {
        let n = flow.dimension();
        let block = || {
            let mut block = Block::new(n, p, m.evaluations());
            block.resize(&[None]);
            block
        };
        Self {
            flow,
            m,
            pace,
            block: block(),
            beside: block(),
            schemes: [(); 2].map(|()| Scheme::new(m, n, pace.tolerance())),
            probed: false,
            extra: false,
            control: Control::default(),
            held: vec![false; n],
            state: vec![0.0; n],
            until: 0.0,
            next: 0.0,
            after_rejection: false,
            last_square: 1e-8,
            origin: f64::NAN,
            span,
            start: 0.0,
            rejected: 0,
            evaluations: 0,
        }
    }

    /// The first step of an adaptive method.
    fn begin(&mut self, stop: f64, tolerance: Tolerance) -> Result<f64, EvalError> {
        let n = self.block.n;
        let (t, x, dx) = (self.block.t[0], self.block.x.clone(), self.block.k[0].clone());
        let span = self.span.min(stop - t);
        let trial = first_step(n, 1, 0, &x, &dx, None, tolerance, self.m, span);
        let y: Vec<f64> = x.iter().zip(&dx).map(|(x, d)| x + trial * d).collect();
        let field = Held { flow: self.flow, resting: &self.held };
        let after = self.block.eval_few(&field, &[(t + trial).min(stop.next_down())], &y)?;
        self.evaluations += 1;
        Ok(first_step(n, 1, 0, &x, &dx, Some((&after, trial)), tolerance, self.m, span))
    }

    fn fixed(&mut self, dt: f64, stop: f64) -> Result<Step, EvalError> {
        let t = self.block.t[0];
        let mut k = ((t - self.origin) / dt).floor();
        let mut next = self.origin + k * dt;
        // A rest of less than a thousandth of a step is joined to a neighbor.
        while next <= t + 1e-3 * dt {
            k += 1.0;
            next = self.origin + k * dt;
            if k + 1.0 == k {
                return Ok(Step::TooSmall(dt));
            }
        }
        self.until = if next + 1e-3 * dt >= stop { stop } else { next };
        self.block.h[0] = self.until - t;
        let field = Held { flow: self.flow, resting: &self.held };
        self.evaluations += self.schemes[0].step(&mut self.block, &field, self.m)?;
        let fine = self.block.y.iter().all(|y| y.is_finite());
        Ok(if fine { Step::To(self.until) } else { Step::Diverges })
    }

    fn adaptive(&mut self, tolerance: Tolerance, stop: f64) -> Result<Step, EvalError> {
        if self.next == 0.0 {
            self.next = self.begin(stop, tolerance)?;
            self.start = self.block.x.iter().fold(0.0, |s, x| s.max(x.abs()));
        }
        let t = self.block.t[0];
        loop {
            let left = stop - t;
            let lands = 1.001 * self.next >= left;
            let h = if lands {
                left
            } else if 2.0 * self.next > left {
                0.5 * left
            } else {
                self.next
            };
            self.block.h[0] = h;
            let field = Held { flow: self.flow, resting: &self.held };
            self.evaluations += self.schemes[0].step(&mut self.block, &field, self.m)?;
            self.control.last.clear();
            self.control.last.push(self.last_square);
            self.control.measure(&mut self.block, self.m, tolerance);
            self.control.decide(self.m);
            let (square, factor) = (self.control.squares[0], self.control.factor[0]);
            if square <= 1.0 {
                // A step that was cut to land says little about the next one.
                let grown = h * if self.after_rejection { factor.min(1.0) } else { factor };
                self.next = if lands { grown.max(self.next) } else { grown };
                (self.after_rejection, self.last_square) = (false, square);
                self.until = if lands { stop } else { t + h };
                return Ok(Step::To(self.until));
            }
            self.rejected += 1;
            self.after_rejection = true;
            self.next = h * factor;
            if h < 16.0 * f64::EPSILON * t.abs().max(f64::MIN_POSITIVE) {
                let size = self.block.x.iter().fold(0.0f64, |s, x| s.max(x.abs()));
                let grew = size > 1e6 * (1.0 + self.start);
                return Ok(if grew { Step::Diverges } else { Step::TooSmall(h) });
            }
        }
    }
}

impl Steps for RungeKutta<'_> {
    fn start(&mut self, t: f64, x: &[f64], held: &[bool]) -> Result<(), EvalError> {
        self.held.copy_from_slice(held);
        self.schemes.iter_mut().for_each(Scheme::forget);
        self.block.t[0] = t;
        self.block.x.copy_from_slice(x);
        if self.origin.is_nan() {
            self.origin = t;
        }
        self.evaluations += 1;
        self.block.refresh(&Held { flow: self.flow, resting: &self.held }, &[0])
    }

    fn regrid(&mut self) {
        self.origin = self.block.t[0];
    }

    fn step(&mut self, stop: f64) -> Result<Step, EvalError> {
        (self.probed, self.extra) = (false, false);
        self.block.limit[0] = stop.next_down();
        match self.pace {
            Pace::Fixed(dt) => self.fixed(dt, stop),
            Pace::Adaptive(tolerance) => self.adaptive(tolerance, stop),
        }
    }

    fn after(&self) -> &[f64] {
        &self.block.y
    }

    fn dense(&mut self, theta: &[f64], out: &mut [f64]) -> Result<(), EvalError> {
        if !self.extra {
            self.extra = true;
            self.block.extra(&Held { flow: self.flow, resting: &self.held }, self.m)?;
            self.evaluations += self.m.extra.len();
        }
        let lanes = theta.len();
        for (j, &theta) in theta.iter().enumerate() {
            self.schemes[0].glance(&mut self.block, self.m, 0, theta, &mut self.state);
            for (row, x) in out.chunks_exact_mut(lanes).zip(&self.state) {
                row[j] = *x;
            }
        }
        Ok(())
    }

    fn read(&mut self, t: f64, out: &mut [f64]) -> Result<(), EvalError> {
        self.dense(&[], &mut [])?;
        let field = Held { flow: self.flow, resting: &self.held };
        self.evaluations += self.schemes[0].read(&mut self.block, &field, self.m, 0, t, out)?;
        Ok(())
    }

    fn probe(&mut self, h: f64) -> Result<(&[f64], &[f64]), EvalError> {
        if !self.probed {
            self.probed = true;
            self.beside.t[0] = self.block.t[0];
            self.beside.limit[0] = self.block.limit[0];
            self.beside.x.copy_from_slice(&self.block.x);
            self.beside.k[0].copy_from_slice(&self.block.k[0]);
        }
        self.beside.h[0] = h;
        let field = Held { flow: self.flow, resting: &self.held };
        self.evaluations += self.schemes[1].step(&mut self.beside, &field, self.m)?;
        Ok((&self.beside.y, &self.beside.k[self.m.stages()]))
    }

    fn accept(&mut self) {
        std::mem::swap(&mut self.block.x, &mut self.block.y);
        self.block.k.swap(0, self.m.stages());
        self.block.t[0] = self.until;
    }

    fn work(&self) -> (usize, usize) {
        (self.rejected, self.evaluations)
    }

    fn samples(&self) -> usize {
        if self.m.order > 5 { 8 } else { 6 }
    }
}
