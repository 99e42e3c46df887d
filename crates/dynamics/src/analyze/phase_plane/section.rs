//! A ray from a fixed point as a section of the flow, and the map that takes a place on it to the place one turn later.
//!
//! P(s) is where the orbit from the place s of the ray comes back to the ray when it has gone once around the fixed point. Roots of the
//! displacement P(s) - s are closed orbits. With e the direction of the ray,
//!
//! P'(s) = |e x f(s)|/|e x f(P(s))| exp(integral of div f along the turn),
//!
//! so that Newton's method needs nothing but the orbit itself. Reference: Perko (2001), Differential equations and dynamical
//! systems, section 3.4.

use super::course::{Course, Halt, Visit};
use super::window::{Probe, Window, ahead, angle, cross, dot, minus};
use crate::field::{EvalError, JacobianKind, VectorField, Workspace};
use crate::simulate::{DOP853, Pace, RODAS5P, Step, Stepper, Tolerance};
use linalg::Matrix;
use std::f64::consts::TAU;

/// A ray.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub(super) foot: [f64; 2],
    /// Of length 1.
    pub(super) direction: [f64; 2],
}

/// One turn of an orbit around the foot.
pub(super) struct Turn {
    /// Where it comes back.
    pub(super) s: f64,
    /// The orbit.
    pub(super) line: Vec<[f64; 2]>,
}

/// A turn followed with care.
pub(super) struct CarefulTurn {
    pub(super) s: f64,
    pub(super) time: f64,
    /// The integral of the divergence.
    pub(super) divergence: f64,
    pub(super) line: Vec<[f64; 2]>,
}

impl Section {
    pub(super) fn place(&self, s: f64) -> [f64; 2] {
        ahead(self.foot, s, self.direction)
    }

    /// One turn from the place s; `None` where the orbit does not come around. It ends early where `caught` says so.
    pub(super) fn turn(
        &self,
        course: &Course<'_>,
        s: f64,
        rtol: f64,
        with_line: WithLine,
        caught: impl Fn([f64; 2]) -> Caught,
    ) -> Option<Turn> {
        let start = self.place(s);
        let mut line = vec![start];
        let (mut total, mut found) = (0.0, None);
        let halt = course.follow(start, rtol, |made| {
            let from = minus(made.from, self.foot);
            let (middle, to) = (minus(made.read(0.5), self.foot), minus(made.to, self.foot));
            let before = total;
            total += angle(from, middle) + angle(middle, to);
            if total.abs() >= TAU && before.abs() < TAU {
                // The side of the ray changes sign once, for it lies in the last part of the way.
                let side = |z: [f64; 2]| cross(self.direction, minus(z, self.foot)) * total.signum();
                let (mut a, mut b) = (0.0, 1.0);
                if (before + angle(from, middle)).abs() < TAU {
                    a = 0.5;
                } else {
                    b = 0.5;
                }
                for _ in 0..46 {
                    let c = 0.5 * (a + b);
                    let z = made.read(c);
                    if side(z) < 0.0 { a = c } else { b = c }
                }
                let theta = 0.5 * (a + b);
                let end = made.read(theta);
                found = Some(dot(self.direction, minus(end, self.foot)));
                line.push(end);
                return Visit::Enough;
            }
            if let WithLine::Kept = with_line {
                made.drawn(&mut line);
            }
            match caught(made.to) {
                Caught::Yes => Visit::Enough,
                Caught::No => Visit::Go,
            }
        });
        let s = found?;
        (halt == Halt::Enough && s > 0.0).then_some(Turn { s, line })
    }

    /// One turn from the place s, to near rounding, with the integral of the divergence.
    pub(super) fn careful_turn(
        &self,
        window: Window<'_>,
        p: &[f64],
        s: f64,
        is_stiff: Stiffness,
    ) -> Option<CarefulTurn> {
        let field = WithDivergence { window };
        let (m, rtol) = match is_stiff {
            Stiffness::None => (&DOP853, 1e-12),
            Stiffness::Stiff => (&RODAS5P, 1e-9),
        };
        let pace = Pace::Adaptive(Tolerance { rtol, atol: 1e-2 * rtol });
        let mut stepper = Stepper::new(3, p, m, pace, 10.0);
        let start = self.place(s);
        stepper.start(&field, 0.0, &[start[0], start[1], 0.0]).ok()?;
        let (mut total, mut line) = (0.0, vec![start]);
        for _ in 0..20_000 {
            let Ok(Step::To(until)) = stepper.step(&field, 1e300, f64::INFINITY) else { return None };
            let (t, h) = (stepper.time(), until - stepper.time());
            if !m.extra.is_empty() {
                stepper.block.extra(&field, m).ok()?;
            }
            let mut state = [0.0; 3];
            let mut here = minus([stepper.block.x[0], stepper.block.x[1]], self.foot);
            let before_step = stepper.block.x.clone();
            const PARTS: usize = 8;
            for part in 1..=PARTS {
                let theta = part as f64 / PARTS as f64;
                if part < PARTS {
                    stepper.block.read(m, 0, theta, &mut state);
                } else {
                    state.copy_from_slice(&stepper.block.y);
                }
                let next = minus([state[0], state[1]], self.foot);
                let turned = total + angle(here, next);
                if turned.abs() >= TAU {
                    let (mut a, mut b) = (theta - 1.0 / PARTS as f64, theta);
                    for _ in 0..60 {
                        let c = 0.5 * (a + b);
                        stepper.block.read(m, 0, c, &mut state);
                        let side = cross(self.direction, minus([state[0], state[1]], self.foot));
                        if side * total.signum() < 0.0 { a = c } else { b = c }
                    }
                    return self.land(&field, p, m, rtol, (t, &before_step), 0.5 * (a + b) * h, line);
                }
                if state[..2].iter().any(|v| v.is_nan() || v.abs() > 4.0) {
                    return None;
                }
                (total, here) = (turned, next);
                line.push([state[0], state[1]]);
            }
            stepper.accept();
        }
        None
    }

    /// Lands on the ray from a state before it by steps of the method itself, which are more exact than what lies between.
    fn land(
        &self,
        field: &WithDivergence<'_>,
        p: &[f64],
        m: &'static crate::simulate::Tableau,
        rtol: f64,
        (t, x): (f64, &[f64]),
        mut length: f64,
        mut line: Vec<[f64; 2]>,
    ) -> Option<CarefulTurn> {
        let pace = Pace::Adaptive(Tolerance { rtol, atol: 1e-2 * rtol });
        let mut end = [0.0; 3];
        for _ in 0..4 {
            let mut stepper = Stepper::new(3, p, m, pace, length);
            stepper.start(field, 0.0, x).ok()?;
            while stepper.time() < length {
                let Ok(Step::To(_)) = stepper.step(field, length, f64::INFINITY) else { return None };
                stepper.accept();
            }
            end.copy_from_slice(&stepper.block.x);
            let mut v = [0.0; 3];
            field.eval(&[0.0], p, &end, &mut v, &mut Workspace::default()).ok()?;
            let side = cross(self.direction, minus([end[0], end[1]], self.foot));
            let shift = -side / cross(self.direction, [v[0], v[1]]);
            if !(shift.is_finite() && length + shift > 0.0) || shift.abs() <= 1e-16 * (t + length) {
                break;
            }
            length += shift;
        }
        line.push([end[0], end[1]]);
        let s = dot(self.direction, minus([end[0], end[1]], self.foot));
        Some(CarefulTurn { s, time: t + length, divergence: end[2], line })
    }

    /// P'(s) for a turn.
    pub(super) fn slope(&self, probe: &mut Probe<'_>, s: f64, turn: &CarefulTurn) -> f64 {
        let first = cross(self.direction, probe.velocity(self.place(s)));
        let last = cross(self.direction, probe.velocity(self.place(turn.s)));
        first / last * turn.divergence.exp()
    }
}

/// Whether the orbit of a turn is kept.
#[derive(Clone, Copy)]
pub(super) enum WithLine {
    Kept,
    Dropped,
}

/// Whether an orbit is caught by something else.
pub(super) enum Caught {
    Yes,
    No,
}

/// Whether explicit methods are held short.
#[derive(Clone, Copy)]
pub(super) enum Stiffness {
    None,
    Stiff,
}

/// A window with the integral of its divergence as a third variable.
struct WithDivergence<'a> {
    window: Window<'a>,
}

impl VectorField for WithDivergence<'_> {
    fn dimension(&self) -> usize {
        3
    }

    fn eval(
        &self,
        t: &[f64],
        p: &[f64],
        z: &[f64],
        dz: &mut [f64],
        ws: &mut Workspace,
    ) -> Result<(), EvalError> {
        let lanes = t.len();
        self.window.eval(t, p, &z[..2 * lanes], &mut dz[..2 * lanes], ws)?;
        let mut j = Matrix::zeros(2, 2);
        for l in 0..lanes {
            let own: Vec<f64> = p.iter().skip(l).step_by(lanes).copied().collect();
            self.window.jacobian(t[l], &own, &[z[l], z[lanes + l]], &mut j, ws)?;
            dz[2 * lanes + l] = j.trace();
        }
        Ok(())
    }

    fn jacobian(
        &self,
        t: f64,
        p: &[f64],
        z: &[f64],
        j: &mut Matrix,
        ws: &mut Workspace,
    ) -> Result<JacobianKind, EvalError> {
        // Nothing depends on the integral; what it depends on, only its own error sees.
        let mut own = Matrix::zeros(2, 2);
        let kind = self.window.jacobian(t, p, &z[..2], &mut own, ws)?;
        *j = Matrix::from_fn(3, 3, |i, k| if i < 2 && k < 2 { own[(i, k)] } else { 0.0 });
        let trace = own.trace();
        for k in 0..2 {
            let mut y = [z[0], z[1]];
            let h = 1e-6;
            y[k] += h;
            self.window.jacobian(t, p, &y, &mut own, ws)?;
            j[(2, k)] = (own.trace() - trace) / h;
        }
        Ok(kind)
    }

    fn is_autonomous(&self) -> bool {
        true
    }
}
