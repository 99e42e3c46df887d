//! One trajectory, one step at a time: for walks that have to look at each step before they go on.
//!
//! The length of a step follows from the tolerance or is fixed; it never crosses the time `stop`. A step of fixed length
//! ends on the grid t0 + k dt between breakpoints; from a time in between, the next step leads to the next point of the grid.

use super::block::Block;
use super::control::{Control, Tolerance, first_step};
use super::scheme::Scheme;
use super::tableau::Tableau;
use crate::field::{EvalError, VectorField};

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
    pub(crate) fn tolerance(self) -> Tolerance {
        match self {
            Self::Adaptive(tolerance) => tolerance,
            Self::Fixed(_) => Tolerance { rtol: 1.0, atol: 0.0 },
        }
    }
}

/// One accepted step, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// From the present time to this one.
    To(f64),
    /// The tolerance asks for a step that doubles do not resolve.
    TooSmall(f64),
    /// The state leaves the finite numbers.
    Diverges,
}

/// One trajectory by a method with a tableau.
pub(crate) struct Stepper {
    pub(crate) m: &'static Tableau,
    pace: Pace,
    /// Time, state and slopes; after a step `block.y` is the state at its end.
    pub(crate) block: Block,
    pub(crate) scheme: Scheme,
    control: Control,
    until: f64,
    /// The length that the next step tries; 0 before the first.
    next: f64,
    after_rejection: bool,
    last_square: f64,
    origin: f64,
    span: f64,
    /// Size of the initial state.
    start: f64,
    /// Rejected steps.
    pub(crate) rejected: usize,
    /// Evaluations of the right-hand side.
    pub(crate) evaluations: usize,
}

impl Stepper {
    /// For n variables and a run over a time of `span`.
    pub(crate) fn new(n: usize, p: &[f64], m: &'static Tableau, pace: Pace, span: f64) -> Self {
        let mut block = Block::new(n, p, m.evaluations());
        block.resize(&[None]);
        Self {
            m,
            pace,
            block,
            scheme: Scheme::new(m, n, pace.tolerance()),
            control: Control::default(),
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

    /// The present time.
    pub(crate) fn time(&self) -> f64 {
        self.block.t[0]
    }

    /// Goes to (t, x), whatever was before.
    pub(crate) fn start<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        t: f64,
        x: &[f64],
    ) -> Result<(), EvalError> {
        self.block.t[0] = t;
        self.block.x.copy_from_slice(x);
        self.renew(field)
    }

    /// Takes the field anew where it stands: it has changed.
    pub(crate) fn renew<F: VectorField + ?Sized>(&mut self, field: &F) -> Result<(), EvalError> {
        self.scheme.forget();
        if self.origin.is_nan() {
            self.origin = self.block.t[0];
        }
        self.evaluations += 1;
        self.block.refresh(field, &[0])
    }

    /// A grid of fixed steps begins at the present time.
    pub(crate) fn regrid(&mut self) {
        self.origin = self.block.t[0];
    }

    /// Makes one step, at most to `stop`, at which the field is not asked, and at most of length `longest`.
    pub(crate) fn step<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        stop: f64,
        longest: f64,
    ) -> Result<Step, EvalError> {
        self.block.limit[0] = stop.next_down();
        match self.pace {
            Pace::Fixed(dt) => self.fixed(field, dt, stop, longest),
            Pace::Adaptive(tolerance) => self.adaptive(field, tolerance, stop, longest),
        }
    }

    /// Moves on to the end of the step.
    pub(crate) fn accept(&mut self) {
        std::mem::swap(&mut self.block.x, &mut self.block.y);
        self.block.k.swap(0, self.m.stages());
        self.block.t[0] = self.until;
    }

    /// The first step of an adaptive method.
    fn begin<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        stop: f64,
        tolerance: Tolerance,
    ) -> Result<f64, EvalError> {
        let n = self.block.n;
        let (t, x, dx) = (self.block.t[0], self.block.x.clone(), self.block.k[0].clone());
        let span = self.span.min(stop - t);
        let trial = first_step(n, 1, 0, &x, &dx, None, tolerance, self.m, span);
        let y: Vec<f64> = x.iter().zip(&dx).map(|(x, d)| x + trial * d).collect();
        let after = self.block.eval_few(field, &[(t + trial).min(stop.next_down())], &y)?;
        self.evaluations += 1;
        Ok(first_step(n, 1, 0, &x, &dx, Some((&after, trial)), tolerance, self.m, span))
    }

    fn fixed<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        dt: f64,
        stop: f64,
        longest: f64,
    ) -> Result<Step, EvalError> {
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
        if self.until - t > longest {
            self.until = t + longest;
        }
        self.block.h[0] = self.until - t;
        self.evaluations += self.scheme.step(&mut self.block, field, self.m)?;
        let fine = self.block.y.iter().all(|y| y.is_finite());
        Ok(if fine { Step::To(self.until) } else { Step::Diverges })
    }

    fn adaptive<F: VectorField + ?Sized>(
        &mut self,
        field: &F,
        tolerance: Tolerance,
        stop: f64,
        longest: f64,
    ) -> Result<Step, EvalError> {
        if self.next == 0.0 {
            self.next = self.begin(field, stop.min(self.block.t[0] + longest), tolerance)?;
            self.start = self.block.x.iter().fold(0.0, |s, x| s.max(x.abs()));
        }
        let t = self.block.t[0];
        loop {
            let (left, tried) = (stop - t, self.next.min(longest));
            let lands = 1.001 * tried >= left && left <= longest;
            let h = if lands {
                left
            } else if 2.0 * tried > left {
                0.5 * left
            } else {
                tried
            };
            self.block.h[0] = h;
            self.evaluations += self.scheme.step(&mut self.block, field, self.m)?;
            self.control.last.clear();
            self.control.last.push(self.last_square);
            self.control.measure(&mut self.block, self.m, tolerance);
            self.control.decide(self.m);
            let (square, factor) = (self.control.squares[0], self.control.factor[0]);
            if square <= 1.0 {
                // A step that was cut short says little about the next one.
                let grown = h * if self.after_rejection { factor.min(1.0) } else { factor };
                self.next = if h < 0.9 * self.next { grown.max(self.next) } else { grown };
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
