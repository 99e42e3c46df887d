//! Many steps in a row: t0 + k dt between breakpoints, the last step before each cut to land on it.
//!
//! Order 2 splits: half a step of the local states, a step of what diffuses with the reaction of the middle, half a step of the
//! local states. The second half of a step and the first of the next see the same v, so they are made in one: then v lives at
//! t_k and the local states at t_k + dt/2, as on Hines' staggered grid. Where local states are recorded, the half step to t_k is
//! made on a copy. Order 1 takes a backward Euler step of v, then a whole step of the local states with the new v.
//!
//! The midpoint rule damps what is stiff only weakly: a jump would ring. So the first two steps after each jump are made of two
//! backward Euler steps of half the length, which costs no order (Rannacher).
//!
//! Recorded times between two steps lie on the straight line between their states.

use super::diffusion::Diffusion;
use crate::field::{EvalError, Reaction, TreeSystem, Workspace};
use crate::simulate::course::{End, Outcome, Watch};

/// Steps after a jump that are damped.
const DAMPED: usize = 2;

/// What is followed, how, and what is kept of it.
pub(super) struct Course<'a> {
    pub(super) system: &'a TreeSystem,
    pub(super) reaction: &'a dyn Reaction,
    /// The order, 1 or 2.
    pub(super) order: usize,
    pub(super) dt: f64,
    /// How many parts each step is made in.
    pub(super) parts: usize,
    /// Recorded times; the first is the start.
    pub(super) times: &'a [f64],
    /// Recorded variables.
    pub(super) recorded: &'a [usize],
    /// Breakpoints, and the end.
    pub(super) stops: &'a [f64],
    pub(super) bound: f64,
    pub(super) max_steps: usize,
}

/// Follows `x0` and writes the recorded variables, time by time, to `out`.
pub(super) fn follow(
    course: &Course<'_>,
    x0: &[f64],
    out: &mut [f64],
    watch: &Watch<'_>,
) -> Result<Outcome, EvalError> {
    pulp::Arch::new().dispatch(Following { course, x0, out, watch })
}

struct Following<'a, 'b> {
    course: &'a Course<'b>,
    x0: &'a [f64],
    out: &'a mut [f64],
    watch: &'a Watch<'a>,
}

impl pulp::NullaryFnOnce for Following<'_, '_> {
    type Output = Result<Outcome, EvalError>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        run(self.course, self.x0, self.out, self.watch)
    }
}

/// A state on its way.
struct State<'a> {
    course: &'a Course<'a>,
    diffusion: Diffusion<'a>,
    ws: Workspace,
    t: f64,
    v: Vec<f64>,
    /// The local states of time t - `behind`.
    s: Vec<f64>,
    behind: f64,
    /// The state before the last step.
    before: Vec<f64>,
    s_before: Vec<f64>,
}

#[inline(always)]
fn run(course: &Course<'_>, x0: &[f64], out: &mut [f64], watch: &Watch<'_>) -> Result<Outcome, EvalError> {
    let (n, kept) = (course.system.tree.len(), course.recorded.len());
    let (t0, t1) = (course.times[0], course.times[course.times.len() - 1]);
    let mut state = State::new(course, x0);
    let mut outcome = Outcome { recorded: 1, start: x0.to_vec(), ..Outcome::default() };
    for (out, &i) in out.iter_mut().zip(course.recorded) {
        *out = x0[i];
    }
    // Neighboring states at two times, for what is recorded between them.
    let sees_local = course.recorded.iter().any(|&i| i >= n);
    let (mut from, mut to) = (x0.to_vec(), x0.to_vec());
    let mut ticks = watch.ticks((2 * x0.len()).isqrt(), 8);
    let mut column = 1;
    for (piece, &stop) in course.stops.iter().enumerate() {
        let start = state.t;
        state.catch_up()?;
        let damped = if piece == 0 || state.jumps()? { DAMPED } else { 0 };
        let (mut k, mut made, mut piece) = (0, 0, course.parts);
        // Where the present step ends, and how long its parts are.
        let (mut whole, mut h) = (start, course.dt);
        while state.t < stop {
            if ticks.pass() && watch.stop((state.t - t0) / (t1 - t0)) || outcome.steps >= course.max_steps {
                outcome.end = End::Stopped { time: state.t };
                return Ok(outcome);
            }
            if piece == course.parts {
                (k, piece) = (k + 1, 0);
                let next = start + k as f64 * course.dt;
                // A rest of less than a thousandth of a step is joined to the step before it.
                let is_last = next + 1e-3 * course.dt >= stop;
                whole = if is_last { stop } else { next };
                h = (if is_last { stop - state.t } else { course.dt }) / course.parts as f64;
            }
            (made, piece) = (made + 1, piece + 1);
            let next = if piece == course.parts { whole } else { whole - (course.parts - piece) as f64 * h };
            if next <= state.t {
                outcome.end = End::TooSmall { time: state.t, step: course.dt, variable: None };
                return Ok(outcome);
            }
            let recording = course.times[column..].first().is_some_and(|&at| at <= next);
            if recording && course.times[column] < next {
                state.present(sees_local, &mut from)?;
            }
            let t = state.t;
            state.step(h, next, made <= damped)?;
            outcome.steps += 1;
            outcome.evaluations = outcome.steps;
            if let Some(last) = state.left(course.bound, t) {
                outcome.end = End::Diverged;
                (outcome.time, outcome.last) = last;
                return Ok(outcome);
            }
            if recording {
                state.present(sees_local, &mut to)?;
            }
            while let Some(&at) = course.times.get(column).filter(|&&at| at <= next) {
                let w = (at - t) / (next - t);
                let out = &mut out[column * kept..(column + 1) * kept];
                for (out, &i) in out.iter_mut().zip(course.recorded) {
                    *out = if at == next { to[i] } else { (1.0 - w).mul_add(from[i], w * to[i]) };
                }
                column += 1;
                outcome.recorded = column;
            }
        }
    }
    state.catch_up()?;
    (outcome.time, outcome.last) = (state.t, [state.v, state.s].concat());
    Ok(outcome)
}

impl<'a> State<'a> {
    fn new(course: &'a Course<'a>, x0: &[f64]) -> Self {
        let (v, s) = x0.split_at(course.system.tree.len());
        Self {
            course,
            diffusion: Diffusion::new(course.system, course.reaction),
            ws: Workspace::default(),
            t: course.times[0],
            v: v.to_vec(),
            s: s.to_vec(),
            behind: 0.0,
            before: v.to_vec(),
            s_before: s.to_vec(),
        }
    }

    /// One step of length h, to the time `next`.
    #[inline(always)]
    fn step(&mut self, h: f64, next: f64, damped: bool) -> Result<(), EvalError> {
        self.before.copy_from_slice(&self.v);
        self.s_before.copy_from_slice(&self.s);
        let Self { diffusion, v, s, ws, t, .. } = self;
        let reaction = self.course.reaction;
        if self.course.order == 1 {
            diffusion.backward(h, *t + 0.5 * h, v, s, ws)?;
            reaction.advance(h, *t + 0.5 * h, v, s, ws)?;
        } else {
            let lag = self.behind + 0.5 * h;
            reaction.advance(lag, *t + 0.5 * h - 0.5 * lag, v, s, ws)?;
            if damped {
                diffusion.backward(0.5 * h, *t + 0.25 * h, v, s, ws)?;
                diffusion.backward(0.5 * h, *t + 0.75 * h, v, s, ws)?;
            } else {
                diffusion.backward(0.5 * h, *t + 0.5 * h, v, s, ws)?;
                diffusion.extrapolate(&self.before, v);
            }
            self.behind = 0.5 * h;
        }
        self.t = next;
        Ok(())
    }

    /// Brings the local states to the present.
    fn catch_up(&mut self) -> Result<(), EvalError> {
        let behind = std::mem::take(&mut self.behind);
        if behind > 0.0 {
            let at = self.t - 0.5 * behind;
            self.course.reaction.advance(behind, at, &self.v, &mut self.s, &mut self.ws)?;
        }
        Ok(())
    }

    /// Copies the state at the present; the local ones only if somebody looks at them.
    fn present(&mut self, sees_local: bool, x: &mut [f64]) -> Result<(), EvalError> {
        let (v, s) = x.split_at_mut(self.v.len());
        v.copy_from_slice(&self.v);
        if sees_local {
            s.copy_from_slice(&self.s);
            if self.behind > 0.0 {
                let at = self.t - 0.5 * self.behind;
                self.course.reaction.advance(self.behind, at, &self.v, s, &mut self.ws)?;
            }
        }
        Ok(())
    }

    fn jumps(&mut self) -> Result<bool, EvalError> {
        self.diffusion.jumps(self.t, &self.v, &self.s, &mut self.ws)
    }

    /// If the last step left the bound, or leapt over a pole: the last finite state and its time, where the step began at `t`.
    #[inline(always)]
    fn left(&self, bound: f64, t: f64) -> Option<(f64, Vec<f64>)> {
        let bound = bound.min(f64::MAX);
        // No shortcut and no branch, so that whole registers are compared at once. NaN is outside too.
        let outside = |x: &[f64]| x.iter().fold(0, |n, x| n + u64::from(x.is_nan() | (x.abs() > bound)));
        let definite = self.diffusion.is_definite();
        if outside(&self.v) + outside(&self.s) == 0 && definite {
            return None;
        }
        let after = [&self.v[..], &self.s[..]].concat();
        let finite = definite && after.iter().all(|x| x.is_finite());
        Some(if finite { (self.t, after) } else { (t, [&self.before[..], &self.s_before[..]].concat()) })
    }
}
