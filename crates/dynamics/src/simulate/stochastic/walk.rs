//! Trials through time: a block of lanes on one grid, each with its own noise, its own events and its own end.
//!
//! The grid is t0 + j h; a step is cut where the drift jumps and at the end. Numbers are keyed by (seed, trial, step), so a
//! trial sees the same noise in any company. Recorded times between two points of the grid are read from the line between
//! their states.

use super::scheme::{Lanes, Scheme};
use super::wiener::Wiener;
use crate::field::{Action, Guard, NoiseStructure, Stochastic};
use crate::random::Stream;
use crate::simulate::course::Watch;
use crate::simulate::hybrid::Event;
use crate::simulate::{SimulateError, Verdict, cause};

/// A guard may fire so often at one time.
const REPEATS: usize = 64;
/// With more noises than that, paths that cross a guard and come back within one step are not looked for.
const BRIDGED: usize = 32;

/// What all blocks share.
pub(crate) struct Question<'a> {
    pub(crate) system: &'a dyn Stochastic,
    pub(crate) structure: NoiseStructure,
    pub(crate) scheme: Scheme,
    pub(crate) p: &'a [f64],
    pub(crate) times: &'a [f64],
    pub(crate) dt: f64,
    pub(crate) halvings: u32,
    /// How many parts a piece of a step is made in, where steps are cut: two, in a run that controls another.
    pub(crate) parts: u32,
    pub(crate) seed: u64,
    pub(crate) bound: f64,
    pub(crate) max_steps: usize,
    /// Whether crossings between steps are accounted for.
    pub(crate) bridged: bool,
}

/// How one trial went.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) recorded: usize,
    pub(crate) steps: usize,
    pub(crate) verdict: Verdict,
    pub(crate) events: Vec<Event>,
    pub(crate) last: Vec<f64>,
}

/// One lane of a block.
struct Lane {
    /// Which trial of the block.
    trial: usize,
    path: Wiener,
    alive: bool,
    /// Guards above 0 whose crossing has been dealt with.
    up: Vec<bool>,
    rests: Vec<f64>,
    held: Vec<f64>,
}

/// Follows trials `first`, `first` + 1, … from the states `x0s`, one after the other, and writes n x T numbers for each.
pub(crate) fn follow(
    q: &Question<'_>,
    first: u64,
    x0s: &[f64],
    out: &mut [f64],
    watch: &Watch<'_>,
) -> Result<Vec<Trial>, SimulateError> {
    let n = q.system.drift().dimension();
    let count = x0s.len() / n;
    let guards = q.system.hybrid().map_or(0, |hybrid| hybrid.guards().len());
    let made = |trial: usize| Lane {
        trial,
        path: Wiener::new(q.seed, first + trial as u64, q.dt, q.halvings),
        alive: true,
        up: vec![false; guards],
        rests: vec![f64::NEG_INFINITY; guards],
        held: vec![f64::NEG_INFINITY; if guards > 0 { n } else { 0 }],
    };
    let end =
        Trial { recorded: 0, steps: 0, verdict: Verdict::Completed, events: Vec::new(), last: Vec::new() };
    let mut block = Block {
        q,
        n,
        lanes: (0..count).map(made).collect(),
        state: Lanes::new(q.system, q.p, q.structure, count),
        g: [vec![0.0; guards * count], vec![0.0; guards * count]],
        variance: vec![0.0; guards * count],
        trials: vec![end; count],
        column: 0,
        out,
    };
    for (l, x0) in x0s.chunks_exact(n).enumerate() {
        x0.iter().enumerate().for_each(|(i, x)| block.state.x[i * count + l] = *x);
    }
    block.run(watch)?;
    Ok(block.trials)
}

struct Block<'a, 'b> {
    q: &'a Question<'a>,
    n: usize,
    lanes: Vec<Lane>,
    state: Lanes<'a>,
    /// Guards before and after the step.
    g: [Vec<f64>; 2],
    variance: Vec<f64>,
    trials: Vec<Trial>,
    column: usize,
    out: &'b mut [f64],
}

impl Block<'_, '_> {
    fn guards(&self) -> &[Guard] {
        self.q.system.hybrid().map_or(&[], |hybrid| hybrid.guards())
    }

    fn run(&mut self, watch: &Watch<'_>) -> Result<(), SimulateError> {
        let times = self.q.times;
        let (t0, end) = (times[0], times[times.len() - 1]);
        let h = self.q.dt / f64::from(1u32 << self.q.halvings);
        let mut breaks = self.q.system.drift().breakpoints(t0, end);
        breaks.retain(|&b| t0 < b && b < end);
        let mut marks: Vec<f64> = breaks.iter().chain(times).copied().collect();
        marks.sort_by(f64::total_cmp);
        // A point of the grid that is a recorded time or a breakpoint but for rounding is that time.
        let grid = |j: u64| {
            let t = t0 + j as f64 * h;
            let at = marks.partition_point(|&m| m < t - 1e-6 * h);
            marks.get(at).copied().filter(|m| (m - t).abs() <= 1e-6 * h).unwrap_or(t).min(end)
        };
        self.begin(t0)?;
        self.record(t0, t0, t0);
        let mut ticks = watch.ticks(self.n * self.lanes.len().max(1), 2);
        let (mut t, mut step) = (t0, 0u64);
        while t < end && !self.lanes.is_empty() {
            if ticks.pass() && watch.stop((t - t0) / (end - t0)) || step >= self.q.max_steps as u64 {
                for lane in &self.lanes {
                    self.trials[lane.trial].verdict = Verdict::Stopped { time: t };
                }
                break;
            }
            let next = grid(step + 1);
            self.draw(step);
            let inner = breaks.partition_point(|&b| b <= t);
            let cuts = breaks[inner..].iter().copied().take_while(|&b| b < next);
            let mut pieces: Vec<f64> = cuts.collect();
            pieces.push(next);
            let is_cut = pieces.len() > 1 || !((next - t) > h * (1.0 - 1e-6) && next - t < h * (1.0 + 1e-6));
            if is_cut {
                let ends = pieces.iter().scan(t, |from, &to| Some((std::mem::replace(from, to), to)));
                let parts = self.q.parts;
                let within = |(a, b): (f64, f64)| {
                    (1..=parts).map(move |k| {
                        if k == parts { b } else { a + (b - a) * f64::from(k) / f64::from(parts) }
                    })
                };
                let pieces: Vec<f64> = ends.flat_map(within).collect();
                self.cut(step, t, h, &pieces, &breaks)?;
            } else {
                self.piece(step, 0, t, next, &breaks)?;
            }
            t = next;
            step += 1;
            self.leave();
        }
        let (n, lanes) = (self.n, self.state.lanes);
        for (l, lane) in self.lanes.iter().enumerate() {
            self.trials[lane.trial].last = (0..n).map(|i| self.state.x[i * lanes + l]).collect();
        }
        Ok(())
    }

    /// What is above its guard at the beginning jumps or stops there.
    fn begin(&mut self, t0: f64) -> Result<(), SimulateError> {
        if self.g[0].is_empty() {
            return Ok(());
        }
        self.state.guards(t0, &mut self.g[1])?;
        self.g[0] = self.g[1].clone();
        for l in 0..self.lanes.len() {
            for k in 0..self.guards().len() {
                let is_up = self.g[1][k * self.lanes.len() + l] > 0.0;
                self.lanes[l].up[k] = is_up && self.guards()[k].action == Action::Observe;
            }
            let mut numbers = self.lanes[l].path.crossings(u64::MAX);
            self.fire(l, t0, t0, Vec::new(), &mut numbers)?;
        }
        self.leave();
        Ok(())
    }

    /// The increments of a whole step.
    fn draw(&mut self, step: u64) {
        let (m, lanes) = (self.q.system.noises(), self.state.lanes);
        let mut w = vec![0.0; m];
        for (l, lane) in self.lanes.iter().enumerate() {
            lane.path.increments(step, &mut w);
            w.iter().enumerate().for_each(|(k, w)| self.state.dw[k * lanes + l] = *w);
        }
    }

    /// A step in pieces, whose increments are those of a Brownian bridge.
    fn cut(
        &mut self,
        step: u64,
        mut t: f64,
        h: f64,
        pieces: &[f64],
        breaks: &[f64],
    ) -> Result<(), SimulateError> {
        let lanes = self.state.lanes;
        let mut rest = self.state.dw.clone();
        let mut numbers: Vec<_> = self.lanes.iter().map(|lane| lane.path.pieces(step)).collect();
        let mut left = h;
        for (number, &until) in pieces.iter().enumerate() {
            let length = (until - t).min(left);
            let (part, spread) = (length / left, (length * (left - length) / left).max(0.0).sqrt());
            for (at, rest) in rest.iter_mut().enumerate() {
                let w = part * *rest + spread * numbers[at % lanes].normal();
                self.state.dw[at] = w;
                *rest -= w;
            }
            left = (left - length).max(f64::MIN_POSITIVE);
            self.piece(step, number as u64, t, until, breaks)?;
            t = until;
        }
        Ok(())
    }

    /// One step of the method from t to `until`, and what happens in it.
    fn piece(
        &mut self,
        step: u64,
        number: u64,
        t: f64,
        until: f64,
        breaks: &[f64],
    ) -> Result<(), SimulateError> {
        let h = until - t;
        let is_break = breaks.binary_search_by(|b| b.total_cmp(&until)).is_ok();
        let latest = if is_break { until.next_down() } else { until };
        self.state.step(self.q.scheme, t, h, latest)?;
        let (n, lanes) = (self.n, self.state.lanes);
        for (l, lane) in self.lanes.iter_mut().enumerate().filter(|(_, lane)| lane.alive) {
            self.trials[lane.trial].steps += 1;
            for (i, _) in lane.held.iter().enumerate().filter(|(_, held)| **held > t + 0.5 * h) {
                self.state.x[i * lanes + l] = self.state.before[i * lanes + l];
            }
            let fine = |x: f64| x.is_finite() && x.abs() <= self.q.bound;
            if !(0..n).all(|i| fine(self.state.x[i * lanes + l])) {
                lane.alive = false;
                let last: Vec<f64> = (0..n).map(|i| self.state.before[i * lanes + l]).collect();
                let (variable, value) = cause::largest(&last);
                let cause = format!("unstable growth, or a step {h} that is too large: try a smaller dt");
                self.trials[lane.trial].verdict = Verdict::Diverged { time: until, variable, value, cause };
            }
        }
        let recorded = self.column;
        self.record(t, until, until);
        if !self.g[0].is_empty() {
            self.events(step, number, t, until)?;
            // The state at the end of the step is that after its events.
            if self.column > recorded && self.q.times[self.column - 1] == until {
                self.write(self.column - 1, 1.0);
            }
        }
        Ok(())
    }

    /// Looks for events in the step just made.
    fn events(&mut self, step: u64, number: u64, t: f64, until: f64) -> Result<(), SimulateError> {
        let (h, lanes, guards) = (until - t, self.state.lanes, self.guards().len());
        let (before, after) = self.g.split_at_mut(1);
        let (g0, g1) = (&before[0], &mut after[0]);
        self.state.guards(until, g1)?;
        let bridged = self.q.bridged && self.q.system.noises() <= BRIDGED;
        if bridged {
            self.state.guard_variance(t, g0, &mut self.variance)?;
        }
        for l in 0..lanes {
            if !self.lanes[l].alive {
                continue;
            }
            let mut crossings = self.lanes[l].path.crossings(step << 4 | number);
            let mut found: Vec<(f64, usize)> = Vec::new();
            for k in 0..guards {
                let at = k * lanes + l;
                let (a, b, lane) = (self.g[0][at], self.g[1][at], &mut self.lanes[l]);
                if lane.rests[k] > until - 0.5 * h {
                    continue;
                }
                if self.q.system.hybrid().is_some_and(|s| s.guards()[k].action == Action::Observe) {
                    if b > 0.0 && !lane.up[k] {
                        found.push((a.abs() / (a.abs() + b), k));
                    }
                    lane.up[k] = b > 0.0;
                } else if b > 0.0 {
                    found.push((if a < 0.0 { -a / (b - a) } else { 0.0 }, k));
                } else if bridged && a < 0.0 && self.variance[at] > 0.0 {
                    // The chance that a Brownian bridge between the two ends has been above 0.
                    let chance = (-2.0 * a * b / (self.variance[at] * h)).exp();
                    if chance > 1e-12 && crossings.uniform() < chance {
                        found.push((a / (a + b), k));
                    }
                }
            }
            if !found.is_empty() {
                found.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.fire(l, t, until, found, &mut crossings)?;
            }
        }
        self.state.guards(until, &mut self.g[0])?;
        Ok(())
    }

    /// The events `found` of lane l (each with its place in the step), then what their jumps set off.
    fn fire(
        &mut self,
        l: usize,
        t: f64,
        until: f64,
        found: Vec<(f64, usize)>,
        numbers: &mut Stream,
    ) -> Result<(), SimulateError> {
        let Some(hybrid) = self.q.system.hybrid() else { return Ok(()) };
        let (n, lanes, p) = (self.n, self.state.lanes, self.state.parameters());
        let mut x: Vec<f64> = (0..n).map(|i| self.state.x[i * lanes + l]).collect();
        let before: Vec<f64> = (0..n).map(|i| self.state.before[i * lanes + l]).collect();
        let mut g = vec![0.0; hybrid.guards().len()];
        let mut fired = vec![0; g.len()];
        let mut jumped = false;
        let mut queue = found.into_iter();
        loop {
            let (place, k) = match queue.next() {
                Some(next) => next,
                None => {
                    hybrid.guard(&[until], p, &x, &mut g, &mut self.state.ws)?;
                    let lane = &self.lanes[l];
                    let ready = |k: &usize| g[*k] > 0.0 && !lane.up[*k] && lane.rests[*k] <= until;
                    match (0..g.len()).find(ready) {
                        Some(k) => (1.0, k),
                        None => break,
                    }
                }
            };
            let time = t + place * (until - t);
            let lane = &mut self.lanes[l];
            let trial = &mut self.trials[lane.trial];
            let within = |(a, b): (&f64, &f64)| if place < 1.0 { a + place * (b - a) } else { *b };
            let at_event: Vec<f64> = before.iter().zip(&x).map(within).collect();
            let state = if hybrid.guards()[k].keeps_state { at_event.clone() } else { Vec::new() };
            trial.events.push(Event { guard: k, time, state });
            match &hybrid.guards()[k].action {
                Action::Observe => lane.up[k] = true,
                Action::Stop => {
                    trial.verdict = Verdict::Ended { time, guard: k };
                    lane.alive = false;
                    break;
                }
                Action::Jump { hold } => {
                    // The first jump of a step happens where its event is, and what it moves goes on from there; those that
                    // follow happen at the end of the step.
                    let mut after = if place < 1.0 && !jumped { at_event.clone() } else { x.clone() };
                    let moved_from = after.clone();
                    hybrid.jump(k, time, p, &mut after, &mut self.state.ws)?;
                    if place < 1.0 && !jumped {
                        let rest = self.state.rest(self.q.scheme, &after, time, until, numbers)?;
                        let held = hold.iter().flat_map(|hold| &hold.variables);
                        let mut goes_on = vec![true; n];
                        held.for_each(|&i| goes_on[i] = false);
                        for i in (0..n).filter(|&i| after[i] != moved_from[i]) {
                            x[i] = if goes_on[i] { rest[i] } else { after[i] };
                        }
                    } else {
                        x.copy_from_slice(&after);
                    }
                    jumped = true;
                    if let Some(hold) = hold {
                        let release = time + hold.duration;
                        lane.rests[k] = release;
                        hold.variables.iter().for_each(|&i| lane.held[i] = lane.held[i].max(release));
                    }
                    hybrid.guard(&[until], p, &x, &mut g, &mut self.state.ws)?;
                    fired[k] += 1;
                    if g[k] > 0.0 && lane.rests[k] <= until || fired[k] > REPEATS {
                        trial.verdict = if fired[k] > REPEATS {
                            Verdict::Chattering { time, guard: k, events: fired[k] }
                        } else {
                            Verdict::JumpStays { time, guard: k }
                        };
                        lane.alive = false;
                        break;
                    }
                }
            }
        }
        x.iter().enumerate().for_each(|(i, x)| self.state.x[i * lanes + l] = *x);
        Ok(())
    }

    /// Lanes that have ended make room, once they are a quarter.
    fn leave(&mut self) {
        let alive: Vec<usize> = (0..self.lanes.len()).filter(|&l| self.lanes[l].alive).collect();
        if alive.len() * 4 > self.lanes.len() * 3 && !alive.is_empty() || alive.len() == self.lanes.len() {
            return;
        }
        let (n, old) = (self.n, self.lanes.len());
        for (l, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| !lane.alive) {
            self.trials[lane.trial].last = (0..n).map(|i| self.state.x[i * old + l]).collect();
        }
        for v in self.g.iter_mut().chain([&mut self.variance]) {
            *v = v.chunks_exact(old).flat_map(|row| alive.iter().map(|&l| row[l])).collect();
        }
        self.state.keep(&alive);
        self.lanes.retain(|lane| lane.alive);
    }

    /// Records the states at times from t to `until`, on the line between both ends of the step.
    fn record(&mut self, t: f64, until: f64, end: f64) {
        while let Some(&at) = self.q.times.get(self.column).filter(|&&at| at <= end) {
            let theta = if at == until { 1.0 } else { (at - t) / (until - t) };
            self.write(self.column, theta);
            self.column += 1;
        }
    }

    /// Writes column `column` of each lane that is alive.
    fn write(&mut self, column: usize, theta: f64) {
        let (n, lanes, columns) = (self.n, self.state.lanes, self.q.times.len());
        for (l, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| lane.alive) {
            let out = &mut self.out[(lane.trial * columns + column) * n..][..n];
            for (i, out) in out.iter_mut().enumerate() {
                let (a, b) = (self.state.before[i * lanes + l], self.state.x[i * lanes + l]);
                *out = if theta == 1.0 { b } else { a + theta * (b - a) };
            }
            self.trials[lane.trial].recorded = column + 1;
        }
    }
}
