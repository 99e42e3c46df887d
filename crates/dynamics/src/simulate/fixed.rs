//! Methods of fixed step: t0 + k dt between breakpoints, the last step before each cut to land on it.
//!
//! A control run divides each of these steps, the cut ones too, so that it differs from the run also where breakpoints and the
//! end set the step.
//!
//! Recorded times between steps are read from the cubic through both states with both slopes, whose error h^4 is no
//! larger than that of the methods.

use super::block::Block;
use super::control::Tolerance;
use super::course::{Course, End, Outcome, Watch};
use super::scheme::Scheme;
use super::tableau::Tableau;
use crate::field::{EvalError, VectorField};

/// Follows the initial states `x0s` (one after the other) with step `dt`, each step in `parts`, and writes n x T numbers for each to
/// `out`.
pub(crate) fn follow<F: VectorField + ?Sized>(
    course: &Course<'_, F>,
    m: &'static Tableau,
    dt: f64,
    parts: usize,
    x0s: &[f64],
    out: &mut [f64],
    watch: &Watch<'_>,
) -> Result<Vec<Outcome>, EvalError> {
    pulp::Arch::new().dispatch(Following { course, m, dt, parts, x0s, out, watch })
}

struct Following<'a, 'b, F: ?Sized> {
    course: &'a Course<'b, F>,
    m: &'static Tableau,
    dt: f64,
    parts: usize,
    x0s: &'a [f64],
    out: &'a mut [f64],
    watch: &'a Watch<'a>,
}

impl<F: VectorField + ?Sized> pulp::NullaryFnOnce for Following<'_, '_, F> {
    type Output = Result<Vec<Outcome>, EvalError>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        let n = self.course.n;
        let total = self.x0s.len() / n;
        // Nothing here knows how small a variable may be: only its own size says it.
        let mut scheme = Scheme::new(self.m, n, Tolerance { rtol: 1.0, atol: 0.0 });
        let width = scheme.width(n);
        let mut outcomes = Vec::with_capacity(total);
        let size = n * self.course.times.len();
        for first in (0..total).step_by(width) {
            let lanes = width.min(total - first);
            let x0s = &self.x0s[first * n..(first + lanes) * n];
            let out = &mut self.out[first * size..(first + lanes) * size];
            let part = (first as f64 / total as f64, lanes as f64 / total as f64);
            outcomes.extend(run(
                self.course,
                self.m,
                &mut scheme,
                (self.dt, self.parts),
                x0s,
                out,
                self.watch,
                part,
            )?);
        }
        Ok(outcomes)
    }
}

#[inline(always)]
fn run<F: VectorField + ?Sized>(
    course: &Course<'_, F>,
    m: &'static Tableau,
    scheme: &mut Scheme,
    (dt, parts): (f64, usize),
    x0s: &[f64],
    out: &mut [f64],
    watch: &Watch<'_>,
    part: (f64, f64),
) -> Result<Vec<Outcome>, EvalError> {
    let (n, columns) = (course.n, course.times.len());
    let lanes = x0s.len() / n;
    let mut outcomes = vec![Outcome { recorded: 1, ..Outcome::default() }; lanes];
    let mut running = vec![true; lanes];
    let mut block = Block::new(n, course.p, m.evaluations());
    block.resize(&vec![None; lanes]);
    for l in 0..lanes {
        for i in 0..n {
            block.x[i * lanes + l] = x0s[l * n + i];
            out[l * columns * n + i] = x0s[l * n + i];
        }
    }
    let everyone: Vec<usize> = (0..lanes).collect();
    let mut ticks = watch.ticks(n * lanes, m.stages());
    let (mut column, mut steps, mut asked, mut t) = (1, 0, 0, course.times[0]);
    for &stop in course.stops {
        let start = t;
        block.t.fill(t);
        scheme.forget();
        block.refresh(course.field, &everyone)?;
        block.limit.fill(stop.next_down());
        let (mut k, mut piece, mut from) = (0.0, parts, t);
        let mut whole = t;
        while t < stop {
            if ticks.pass() && watch.stop(part.0 + part.1 * course.fraction(t)) || steps >= course.max_steps {
                for (l, _) in running.iter().enumerate().filter(|(_, r)| **r) {
                    outcomes[l].end = End::Stopped { time: t };
                }
                return Ok(outcomes);
            }
            if piece == parts {
                k += 1.0;
                let next = start + k * dt;
                // A rest of less than a thousandth of a step is joined to the step before it.
                (from, whole, piece) = (t, if next + 1e-3 * dt >= stop { stop } else { next }, 0);
            }
            piece += 1;
            let next =
                if piece == parts { whole } else { from + (whole - from) * (piece as f64 / parts as f64) };
            if next <= t {
                for (l, _) in running.iter().enumerate().filter(|(_, r)| **r) {
                    outcomes[l].end = End::TooSmall { time: t, step: dt, variable: None };
                }
                return Ok(outcomes);
            }
            block.t.fill(t);
            block.h.fill(next - t);
            asked += scheme.step(&mut block, course.field, m)?;
            steps += 1;
            while let Some(&at) = course.times.get(column).filter(|&&at| at <= next) {
                for l in (0..lanes).filter(|&l| running[l]) {
                    let out = &mut out[(l * columns + column) * n..][..n];
                    if at < next {
                        scheme.read(&mut block, course.field, m, l, at, out)?;
                    } else {
                        (0..n).for_each(|i| out[i] = block.y[i * lanes + l]);
                    }
                    outcomes[l].recorded = column + 1;
                }
                column += 1;
            }
            for l in (0..lanes).filter(|&l| running[l]) {
                outcomes[l].steps = steps;
                outcomes[l].evaluations = asked + 1;
            }
            let size =
                block.y.iter().fold(0.0f64, |s, y| if y.is_nan() { f64::INFINITY } else { s.max(y.abs()) });
            if !(size.is_finite() && size <= course.bound) {
                for l in 0..lanes {
                    let fine = |y: f64| y.is_finite() && y.abs() <= course.bound;
                    if running[l] && !(0..n).all(|i| fine(block.y[i * lanes + l])) {
                        running[l] = false;
                        leave(&block, l, t, next, course, &mut outcomes[l]);
                    }
                }
                if !running.contains(&true) {
                    return Ok(outcomes);
                }
            }
            std::mem::swap(&mut block.x, &mut block.y);
            block.k.swap(0, m.stages());
            t = next;
        }
    }
    for l in (0..lanes).filter(|&l| running[l]) {
        outcomes[l].time = t;
        outcomes[l].last = (0..n).map(|i| block.x[i * lanes + l]).collect();
    }
    Ok(outcomes)
}

/// Ends a lane that left the bound in the step from `before` to `now`.
fn leave<F: ?Sized>(
    block: &Block,
    l: usize,
    before: f64,
    now: f64,
    course: &Course<'_, F>,
    outcome: &mut Outcome,
) {
    let state = |v: &[f64]| -> Vec<f64> { (0..block.n).map(|i| v[i * block.lanes + l]).collect() };
    let after = state(&block.y);
    outcome.end = End::Diverged;
    // What is not finite is not recorded; the last finite state tells the story.
    let finite = after.iter().all(|y| y.is_finite());
    (outcome.time, outcome.last) = if finite { (now, after) } else { (before, state(&block.x)) };
    outcome.recorded = outcome.recorded.min(course.times.partition_point(|&t| t <= outcome.time));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Workspace;
    use crate::simulate::tableau::{
        BS32, DOP853, DOPRI5, EULER, EXPONENTIAL_EULER, EXPONENTIAL_MIDPOINT, HEUN, RK4, RODAS5P, TSIT5,
    };
    use crate::simulate::unwatched;

    /// Lotka and Volterra's equations with a season: smooth, nonlinear, and they ask for the time.
    struct Seasonal;

    impl VectorField for Seasonal {
        fn dimension(&self) -> usize {
            2
        }
        fn eval(
            &self,
            t: &[f64],
            _: &[f64],
            x: &[f64],
            dx: &mut [f64],
            _: &mut Workspace,
        ) -> Result<(), EvalError> {
            for l in 0..t.len() {
                let (a, b) = (x[l], x[t.len() + l]);
                dx[l] = a * (1.5 - b) * (1.0 + 0.3 * (2.0 * t[l]).sin());
                dx[t.len() + l] = b * (a - 1.0);
            }
            Ok(())
        }
    }

    /// The state at time `at` by steps of `dt` to t.
    fn state(m: &'static Tableau, t: f64, dt: f64, at: f64) -> [f64; 2] {
        let (times, stops) = ([0.0, at], [t]);
        let course = Course {
            field: &Seasonal,
            n: 2,
            p: &[],
            times: &times,
            stops: &stops,
            bound: 1e9,
            max_steps: 1 << 30,
            began: 0.0,
            hands_over: false,
        };
        let mut out = [0.0; 4];
        let watch = Watch::new(&unwatched, 1);
        follow(&course, m, dt, 1, &[1.0, 0.5], &mut out, &watch).unwrap();
        [out[2], out[3]]
    }

    fn end(m: &'static Tableau, t: f64, steps: u32) -> [f64; 2] {
        state(m, t, t / f64::from(steps), t)
    }

    #[test]
    fn every_method_shows_its_order() {
        let error = |m, t, steps| {
            let (exact, x) = (end(&DOP853, t, 4000), end(m, t, steps));
            (x[0] - exact[0]).hypot(x[1] - exact[1])
        };
        let mut wrong = Vec::new();
        for (m, t, steps, halvings, tight) in [
            (&EULER, 40.0, 1 << 18, 2, 0.1),
            (&HEUN, 40.0, 8192, 2, 0.1),
            (&BS32, 40.0, 8192, 2, 0.1),
            (&RK4, 40.0, 4096, 2, 0.1),
            (&DOPRI5, 40.0, 2048, 2, 0.3),
            (&TSIT5, 40.0, 4096, 1, 0.3),
            (&DOP853, 5.0, 16, 2, 0.3),
            (&RODAS5P, 5.0, 64, 2, 0.3),
            (&EXPONENTIAL_EULER, 40.0, 1 << 18, 2, 0.1),
            (&EXPONENTIAL_MIDPOINT, 40.0, 8192, 2, 0.1),
        ] {
            let e = [steps, steps << halvings].map(|steps| error(m, t, steps).log2());
            let order = (e[0] - e[1]) / f64::from(halvings);
            if (order - f64::from(m.order)).abs() > tight {
                wrong.push(format!("{}: {order} of {e:?}", m.name));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn dense_output_shows_its_order() {
        // The error within one step from the same state, so that it is of one order more.
        for (m, order) in [(&BS32, 3), (&RK4, 3), (&DOPRI5, 4), (&TSIT5, 4), (&RODAS5P, 4)] {
            let error = |dt: f64| {
                let (exact, x) = (state(&DOP853, dt, dt / 50.0, 0.7 * dt), state(m, dt, dt, 0.7 * dt));
                (x[0] - exact[0]).hypot(x[1] - exact[1]).log2()
            };
            let found = error(0.08) - error(0.04) - 1.0;
            assert!((found - f64::from(order)).abs() < 0.3, "{}: {found}", m.name);
        }
    }
}
