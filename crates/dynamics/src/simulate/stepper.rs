//! One trajectory, one step at a time: for walks that have to look at each step before they go on.
//!
//! The length of a step follows from the tolerance or is fixed; it never crosses the time `stop`. A step of fixed length
//! ends on the grid t0 + k dt between breakpoints; from a time in between, the next step leads to the next point of the grid.

use super::block::Block;
use super::control::{Control, Tolerance, first_step};
use super::scheme::Scheme;
use super::sliding::Sliding;
use super::tableau::Tableau;
use crate::field::{EvalError, VectorField};

/// Steps in a row within one rounding of the time.
const STANDING: usize = 10_000;

/// How long a step is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// As the tolerance allows.
    Adaptive(Tolerance),
    /// This long.
    Fixed(f64),
    /// The steps of this length, each in two halves: also those that are cut short.
    Halves(f64),
}

impl Pace {
    /// How small a variable may be; a fixed step does not know.
    pub(crate) fn tolerance(self) -> Tolerance {
        match self {
            Self::Adaptive(tolerance) => tolerance,
            Self::Fixed(_) | Self::Halves(_) => Tolerance { rtol: 1.0, atol: 0.0 },
        }
    }
}

/// One accepted step, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// From the present time to this one.
    To(f64),
    /// A variable asks for a step that doubles do not resolve.
    TooSmall {
        /// The step.
        step: f64,
        /// The variable; `None` where the step is fixed.
        variable: Option<usize>,
    },
    /// The slope of this variable jumps, and the state slides along the jump.
    Slides(usize),
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
    /// Where the step ends of which one half is made.
    whole: Option<f64>,
    /// How long the first part of the next step is to be, where half of it is too long.
    first: Option<f64>,
    /// Size of the initial state.
    start: f64,
    /// The shortest step, in roundings of the time.
    pub(crate) finest: f64,
    /// Steps in a row by which the time, as a double, did not advance.
    standing: usize,
    accepted: usize,
    sliding: Sliding,
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
            whole: None,
            first: None,
            start: 0.0,
            finest: 16.0,
            standing: 0,
            accepted: 0,
            sliding: Sliding::default(),
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
        (self.whole, self.first) = (None, None);
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
            Pace::Fixed(dt) => self.fixed(field, dt, 1.0, stop, longest),
            Pace::Halves(dt) => self.fixed(field, dt, 0.5, stop, longest),
            Pace::Adaptive(tolerance) => self.adaptive(field, tolerance, stop, longest),
        }
    }

    /// Moves on to the end of the step.
    pub(crate) fn accept(&mut self) {
        self.first = None;
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
        part: f64,
        stop: f64,
        longest: f64,
    ) -> Result<Step, EvalError> {
        let t = self.block.t[0];
        if let Some(whole) = self.second_half(stop) {
            return self.to(field, whole);
        }
        let mut k = ((t - self.origin) / dt).floor();
        let mut next = self.origin + k * dt;
        // A rest of less than a thousandth of a step is joined to a neighbor.
        while next <= t + 1e-3 * dt {
            k += 1.0;
            next = self.origin + k * dt;
            if k + 1.0 == k {
                return Ok(Step::TooSmall { step: dt, variable: None });
            }
        }
        let mut until = if next + 1e-3 * dt >= stop { stop } else { next };
        if until - t > longest {
            until = t + longest;
        }
        let middle = t + self.first.unwrap_or(part * (until - t));
        if part < 1.0 && t < middle && middle < until {
            self.whole = Some(until);
            until = middle;
        }
        self.to(field, until)
    }

    /// Whether the first half of a step, in which something happened after a time of `h`, is to be made anew, to half of that time:
    /// a run of whole steps goes there in one, and a run of halves in two.
    pub(crate) fn retake(&mut self, h: f64) -> bool {
        let again = self.whole.is_some() && self.first.is_none();
        if again {
            (self.whole, self.first) = (None, Some(0.5 * h));
        }
        again
    }

    /// The end of the step of which the first half has been made, if nothing has come between.
    fn second_half(&mut self, stop: f64) -> Option<f64> {
        let t = self.block.t[0];
        self.whole.take_if(|whole| t < *whole).filter(|whole| *whole <= stop)
    }

    /// A step to the time `until`.
    fn to<F: VectorField + ?Sized>(&mut self, field: &F, until: f64) -> Result<Step, EvalError> {
        self.until = until;
        self.block.h[0] = until - self.block.t[0];
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
                self.accepted += 1;
                self.standing = if self.until > t { 0 } else { self.standing + 1 };
                if self.sliding.is_due(self.accepted, h, self.span) {
                    let slides =
                        self.sliding.look(&mut self.block, 0, field, self.m, tolerance, self.accepted)?;
                    if let Some(variable) = slides {
                        return Ok(Step::Slides(variable));
                    }
                }
                return Ok(Step::To(self.until));
            }
            self.rejected += 1;
            self.after_rejection = true;
            self.next = h * factor;
            let shortest = self.finest * f64::EPSILON * t.abs().max(f64::MIN_POSITIVE);
            if h < shortest || self.standing > STANDING {
                let size = self.block.x.iter().fold(0.0f64, |s, x| s.max(x.abs()));
                let grew = size > 1e6 * (1.0 + self.start);
                let variable = Some(Control::worst(&self.block, 0, self.m, tolerance));
                return Ok(if grew { Step::Diverges } else { Step::TooSmall { step: h, variable } });
            }
        }
    }
}
