//! One orbit in a window, followed until it leaves the picture for good or is caught.
//!
//! The pair of Tsitouras, or that of Dormand and Prince of order 8 where digits matter; from an orbit on whose steps stability
//! holds short Rodas5P takes over. An orbit is caught where it enters a trap, a region that no orbit leaves.

use super::trap::{Destination, Trap};
use super::window::{Window, angle, minus, norm};
use crate::simulate::{DOP853, Pace, RODAS5P, Step, Stepper, Suspicion, TSIT5, Tableau, Tolerance};
use std::cell::Cell;

/// How orbits of one direction of time are followed.
pub(super) struct Course<'a> {
    pub(super) window: Window<'a>,
    pub(super) p: &'a [f64],
    pub(super) bound: f64,
    pub(super) steps: usize,
    /// Orbits that turned out to be stiff.
    stiff: Cell<usize>,
}

/// A step that has been made.
pub(super) struct Made<'s> {
    stepper: &'s mut Stepper,
    has_extra: bool,
    window: Window<'s>,
    /// Where it began.
    pub(super) from: [f64; 2],
    /// Where it ends.
    pub(super) to: [f64; 2],
}

impl Made<'_> {
    /// The state a part theta into the step.
    pub(super) fn read(&mut self, theta: f64) -> [f64; 2] {
        let m = self.stepper.m;
        if !self.has_extra && !m.extra.is_empty() {
            self.has_extra = self.stepper.block.extra(&self.window, m).is_ok();
        }
        let mut z = [0.0; 2];
        self.stepper.block.read(m, 0, theta, &mut z);
        z
    }

    /// Places within the step that a drawn line needs, the end included.
    pub(super) fn drawn(&mut self, line: &mut Vec<[f64; 2]>) {
        let (first, chord) = (&self.stepper.block.k[0], minus(self.to, self.from));
        let bend = 2.0 * angle([first[0], first[1]], chord).abs();
        let length = norm(chord);
        let parts = (bend / 0.12).max(length / 0.05).ceil().clamp(1.0, 24.0);
        let parts = if parts.is_nan() { 1 } else { parts as usize };
        for part in 1..parts {
            line.push(self.read(part as f64 / parts as f64));
        }
        line.push(self.to);
    }
}

/// How an orbit was left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Halt {
    /// It went beyond the bound.
    Outside,
    /// As many steps as allowed, or none that doubles resolve.
    Spent,
    /// The visitor had enough.
    Enough,
}

/// What a visitor answers to a step.
pub(super) enum Visit {
    Go,
    Enough,
}

impl<'a> Course<'a> {
    pub(super) fn new(window: Window<'a>, p: &'a [f64], bound: f64, steps: usize) -> Self {
        Self { window, p, bound, steps, stiff: Cell::new(0) }
    }

    /// Whether orbits have been stiff.
    pub(super) fn is_stiff(&self) -> bool {
        self.stiff.get() > 0
    }

    /// Follows an orbit from `start` and shows each step to `visit`.
    pub(super) fn follow(
        &self,
        start: [f64; 2],
        rtol: f64,
        mut visit: impl FnMut(&mut Made<'_>) -> Visit,
    ) -> Halt {
        let pace = Pace::Adaptive(Tolerance { rtol, atol: 1e-2 * rtol });
        let smooth: &'static Tableau = if rtol < 1e-8 { &DOP853 } else { &TSIT5 };
        let mut m = if self.stiff.get() > 1 { &RODAS5P } else { smooth };
        let mut stepper = Stepper::new(2, self.p, m, pace, 10.0);
        if stepper.start(&self.window, 0.0, &start).is_err() {
            return Halt::Spent;
        }
        let mut suspicion = Suspicion::default();
        for count in 1..=self.steps {
            let from = [stepper.block.x[0], stepper.block.x[1]];
            match stepper.step(&self.window, 1e300, f64::INFINITY) {
                Ok(Step::To(_)) => {
                    let to = [stepper.block.y[0], stepper.block.y[1]];
                    let window = self.window;
                    let mut made = Made { stepper: &mut stepper, has_extra: false, window, from, to };
                    if let Visit::Enough = visit(&mut made) {
                        return Halt::Enough;
                    }
                    if to.iter().any(|v| v.is_nan() || v.abs() > self.bound) {
                        return Halt::Outside;
                    }
                }
                Ok(Step::Diverges) => return Halt::Outside,
                Ok(Step::TooSmall { .. } | Step::Slides(_)) | Err(_) => return Halt::Spent,
            }
            if Suspicion::is_due(count, m) {
                suspicion.look(&stepper.block, 0, m);
                if suspicion.pays(2, f64::INFINITY, 1.0, m) {
                    self.stiff.set(self.stiff.get() + 1);
                    m = &RODAS5P;
                    let (t, x) = (stepper.time() + stepper.block.h[0], stepper.block.y.clone());
                    stepper = Stepper::new(2, self.p, m, pace, 10.0);
                    if stepper.start(&self.window, t, &x).is_err() {
                        return Halt::Spent;
                    }
                    continue;
                }
            }
            stepper.accept();
        }
        Halt::Spent
    }

    /// A line as it is drawn, and where it ends.
    pub(super) fn line(&self, start: [f64; 2], rtol: f64, traps: &[Trap]) -> (Vec<[f64; 2]>, Destination) {
        let mut line = vec![start];
        let mut end = Destination::Undecided;
        let mut caught: Option<&Trap> = None;
        let mut steps_inside = 0;
        let halt = self.follow(start, rtol, |made| {
            caught = caught.or_else(|| traps.iter().find(|trap| trap.contains(made.to)));
            let Some(trap) = caught else {
                made.drawn(&mut line);
                return Visit::Go;
            };
            end = trap.destination;
            // A line is drawn until it has all but come to its point.
            steps_inside += 1;
            let moved = norm(minus(made.to, made.from));
            if steps_inside > 1 && !trap.contains(made.to) {
                return Visit::Enough;
            }
            made.drawn(&mut line);
            if matches!(end, Destination::Point(_)) && moved > 2e-4 && steps_inside < 100 {
                Visit::Go
            } else {
                Visit::Enough
            }
        });
        if halt == Halt::Outside && end == Destination::Undecided {
            end = Destination::Leaves;
        }
        (line, end)
    }
}
