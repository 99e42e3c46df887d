//! Adaptive methods: lanes through time, each with its own step, until each has arrived.
//!
//! A block holds as many lanes as fit the cache. A lane that arrives makes room for the next initial state; when there
//! is none, the block shrinks. Lanes land exactly on breakpoints and never look across one; other recorded times are
//! read from the dense output.

use super::block::{Block, scatter};
use super::control::{Control, Tolerance, first_step};
use super::course::{Course, End, Outcome, Watch};
use super::scheme::Scheme;
use super::sliding::Sliding;
use super::stiffness::Suspicion;
use super::tableau::Tableau;
use crate::field::{EvalError, VectorField};

/// What one lane is doing.
#[derive(Clone, Debug)]
struct Lane {
    id: usize,
    stop: usize,
    column: usize,
    last_square: f64,
    after_rejection: bool,
    lands: bool,
    start: f64,
    suspicion: Suspicion,
    sliding: Sliding,
}

/// Follows the initial states `x0s` (one after the other) and writes n x T numbers for each to `out`. Of all the work that
/// is watched the fraction `share.0` is done before, and `share.1` is done here.
pub(crate) fn follow<F: VectorField + ?Sized>(
    course: &Course<'_, F>,
    m: &'static Tableau,
    tolerance: Tolerance,
    x0s: &[f64],
    out: &mut [f64],
    watch: &Watch<'_>,
    share: (f64, f64),
) -> Result<Vec<Outcome>, EvalError> {
    pulp::Arch::new().dispatch(Following { course, m, tolerance, x0s, out, watch, share })
}

struct Following<'a, 'b, F: ?Sized> {
    course: &'a Course<'b, F>,
    m: &'static Tableau,
    tolerance: Tolerance,
    x0s: &'a [f64],
    out: &'a mut [f64],
    watch: &'a Watch<'a>,
    share: (f64, f64),
}

impl<F: VectorField + ?Sized> pulp::NullaryFnOnce for Following<'_, '_, F> {
    type Output = Result<Vec<Outcome>, EvalError>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        run(self.course, self.m, self.tolerance, self.x0s, self.out, self.watch, self.share)
    }
}

#[inline(always)]
fn run<F: VectorField + ?Sized>(
    course: &Course<'_, F>,
    m: &'static Tableau,
    tolerance: Tolerance,
    x0s: &[f64],
    out: &mut [f64],
    watch: &Watch<'_>,
    share: (f64, f64),
) -> Result<Vec<Outcome>, EvalError> {
    let n = course.n;
    let total = x0s.len() / n;
    let end = course.times[course.times.len() - 1];
    let mut outcomes = vec![Outcome::default(); total];
    let mut block = Block::new(n, course.p, m.evaluations());
    let mut scheme = Scheme::new(m, n, tolerance);
    let mut lanes: Vec<Lane> = Vec::new();
    let mut control = Control::default();
    let mut waiting = 0;
    let mut free: Vec<usize> = Vec::new();
    let width = scheme.width(n).min(total);
    block.resize(&vec![None; width]);
    free.extend(0..width);
    let mut ticks = watch.ticks(n * width, m.stages());
    let (mut done, mut jumped) = (0, Vec::new());
    loop {
        // Lanes that have arrived make room.
        if !free.is_empty() {
            let fresh: Vec<usize> = free.iter().copied().take(total - waiting).collect();
            for &l in &fresh {
                let lane = Lane {
                    id: waiting,
                    stop: 0,
                    column: 1,
                    last_square: 1e-8,
                    after_rejection: false,
                    lands: false,
                    start: 0.0,
                    suspicion: Suspicion::default(),
                    sliding: Sliding::default(),
                };
                if l < lanes.len() {
                    lanes[l] = lane
                } else {
                    lanes.push(lane)
                }
                enter(&mut block, &mut lanes[l], l, course, x0s, out);
                waiting += 1;
            }
            if !fresh.is_empty() {
                block.refresh(course.field, &fresh)?;
                begin(&mut block, course, m, tolerance, &fresh, &mut lanes, &mut outcomes)?;
            }
            if fresh.len() < free.len() {
                free.drain(..fresh.len());
                let keep: Vec<Option<usize>> =
                    (0..block.lanes).filter(|l| !free.contains(l)).map(Some).collect();
                lanes = keep.iter().flatten().map(|&l| lanes[l].clone()).collect();
                block.resize(&keep);
            }
            free.clear();
            if lanes.is_empty() {
                return Ok(outcomes);
            }
        }
        if ticks.pass() {
            let part = (done as f64 + course.fraction(block.t[0])) / total as f64;
            if watch.stop(share.0 + share.1 * part) {
                for (l, lane) in lanes.iter().enumerate() {
                    outcomes[lane.id].end = End::Stopped { time: block.t[l] };
                    outcomes[lane.id].recorded = lane.column;
                }
                for outcome in &mut outcomes[waiting..] {
                    outcome.end = End::Stopped { time: course.times[0] };
                }
                return Ok(outcomes);
            }
        }
        // One step of all lanes.
        control.last.resize(lanes.len(), 1.0);
        for (l, lane) in lanes.iter_mut().enumerate() {
            let stop = course.stops[lane.stop];
            let left = stop - block.t[l];
            lane.lands = 1.001 * block.h[l] >= left;
            if lane.lands {
                block.h[l] = left;
            } else if 2.0 * block.h[l] > left {
                block.h[l] = 0.5 * left;
            }
            block.limit[l] = stop.next_down();
            control.last[l] = lane.last_square;
        }
        let asked = scheme.step(&mut block, course.field, m)?;
        control.measure(&mut block, m, tolerance);
        control.decide(m);
        let (mut accepted, mut reads) = (0, false);
        for (l, lane) in lanes.iter().enumerate() {
            if control.squares[l] <= 1.0 {
                accepted += 1;
                let until = if lane.lands { course.stops[lane.stop] } else { block.t[l] + block.h[l] };
                reads |= course.times.get(lane.column).is_some_and(|&t| t < until);
            }
        }
        if reads {
            block.extra(course.field, m)?;
        }
        jumped.clear();
        let all = accepted == lanes.len();
        for (l, lane) in lanes.iter_mut().enumerate() {
            let square = control.squares[l];
            let outcome = &mut outcomes[lane.id];
            outcome.evaluations += asked + if reads { m.extra.len() } else { 0 };
            if square <= 1.0 {
                let stop = course.stops[lane.stop];
                let until = if lane.lands { stop } else { block.t[l] + block.h[l] };
                outcome.steps += 1;
                while let Some(&t) = course.times.get(lane.column) {
                    if t > until {
                        break;
                    }
                    let at = (lane.id * course.times.len() + lane.column) * n;
                    let out = &mut out[at..at + n];
                    if t == until {
                        (0..n).for_each(|i| out[i] = block.y[i * block.lanes + l]);
                    } else {
                        outcome.evaluations += scheme.read(&mut block, course.field, m, l, t, out)?;
                    }
                    lane.column += 1;
                }
                let mut factor = control.factor[l];
                if lane.after_rejection {
                    factor = factor.min(1.0);
                }
                lane.after_rejection = false;
                lane.last_square = square;
                block.t[l] = until;
                let looks = Suspicion::is_due(outcome.steps, m);
                if looks {
                    outcome.stiff_steps += lane.suspicion.look(&block, l, m);
                }
                if control.largest[l] > course.bound {
                    outcome.end = End::Diverged;
                    free.push(l);
                } else if lane.lands {
                    lane.stop += 1;
                    if lane.stop == course.stops.len() {
                        outcome.end = End::Completed;
                        free.push(l);
                    } else {
                        jumped.push(l);
                    }
                } else if outcome.steps >= course.max_steps {
                    outcome.end = End::Stopped { time: until };
                    free.push(l);
                } else if looks && course.hands_over && lane.suspicion.pays(n, end - until, block.h[l], m) {
                    outcome.end = End::HandedOver;
                    free.push(l);
                } else if lane.sliding.is_due(outcome.steps, block.h[l], end - until) {
                    let steps = outcome.steps;
                    let found = lane.sliding.look(&mut block, l, course.field, m, tolerance, steps)?;
                    if let Some(variable) = found {
                        outcome.end = End::Slides { time: until, variable };
                        free.push(l);
                    }
                }
                block.h[l] *= factor;
            } else {
                outcome.rejected += 1;
                lane.after_rejection = true;
                let h = block.h[l];
                block.h[l] *= control.factor[l];
                if h < 16.0 * f64::EPSILON * block.t[l].abs().max(f64::MIN_POSITIVE) {
                    let lanes_now = block.lanes;
                    let size = (0..n).fold(0.0f64, |s, i| s.max(block.x[i * lanes_now + l].abs()));
                    let worst = Control::worst(&block, l, m, tolerance);
                    outcome.end = if size > 1e6 * (1.0 + lane.start) {
                        End::Diverged
                    } else {
                        End::TooSmall { time: block.t[l], step: h, variable: Some(worst) }
                    };
                    free.push(l);
                }
            }
        }
        if all {
            std::mem::swap(&mut block.x, &mut block.y);
            block.k.swap(0, m.stages());
        } else {
            take(&mut block, m, &control.squares);
        }
        for &l in &free {
            let outcome = &mut outcomes[lanes[l].id];
            outcome.recorded = lanes[l].column;
            outcome.time = block.t[l];
            outcome.last = (0..n).map(|i| block.x[i * block.lanes + l]).collect();
            done += 1;
        }
        if !jumped.is_empty() {
            block.refresh(course.field, &jumped)?;
            jumped.iter().for_each(|&l| outcomes[lanes[l].id].evaluations += 1);
        }
    }
}

/// Puts the initial state of a lane into the block.
fn enter<F: ?Sized>(
    block: &mut Block,
    lane: &mut Lane,
    l: usize,
    course: &Course<'_, F>,
    x0s: &[f64],
    out: &mut [f64],
) {
    let n = course.n;
    let x0 = &x0s[lane.id * n..(lane.id + 1) * n];
    block.t[l] = course.times[0];
    for (i, x) in x0.iter().enumerate() {
        block.x[i * block.lanes + l] = *x;
        lane.start = lane.start.max(x.abs());
    }
    let at = lane.id * course.times.len() * n;
    out[at..at + n].copy_from_slice(x0);
}

/// Chooses the first steps of lanes whose slopes are known.
fn begin<F: VectorField + ?Sized>(
    block: &mut Block,
    course: &Course<'_, F>,
    m: &'static Tableau,
    tolerance: Tolerance,
    fresh: &[usize],
    lanes: &mut [Lane],
    outcomes: &mut [Outcome],
) -> Result<(), EvalError> {
    let (n, few) = (course.n, fresh.len());
    let (x, dx) = (block.gather(&block.x, fresh), block.gather(&block.k[0], fresh));
    let span = course.stops[0] - course.times[0];
    let step = |l, after| first_step(n, few, l, &x, &dx, after, tolerance, m, span);
    let trial: Vec<f64> = (0..few).map(|l| step(l, None)).collect();
    let y: Vec<f64> = (0..n * few).map(|at| x[at] + trial[at % few] * dx[at]).collect();
    let t: Vec<f64> = trial.iter().map(|h| (course.times[0] + h).min(course.stops[0].next_down())).collect();
    let after = block.eval_few(course.field, &t, &y)?;
    let h: Vec<f64> = (0..few).map(|l| step(l, Some((&after, trial[l])))).collect();
    scatter(&mut block.h, block.lanes, fresh, &h);
    fresh.iter().for_each(|&l| outcomes[lanes[l].id].evaluations += 2);
    Ok(())
}

/// Moves the accepted lanes on, where others were rejected.
#[inline(always)]
fn take(block: &mut Block, m: &Tableau, squares: &[f64]) {
    let lanes = block.lanes;
    let (first, rest) = block.k.split_at_mut(1);
    let pairs = [(&mut block.x, &block.y), (&mut first[0], &rest[m.stages() - 1])];
    for (into, from) in pairs {
        for (into, from) in into.chunks_exact_mut(lanes).zip(from.chunks_exact(lanes)) {
            for ((into, from), square) in into.iter_mut().zip(from).zip(squares) {
                *into = if *square <= 1.0 { *from } else { *into };
            }
        }
    }
}
