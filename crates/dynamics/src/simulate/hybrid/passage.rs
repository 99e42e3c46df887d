//! The walk from event to event: steps of the flow, cut where it jumps.
//!
//! One step at a time: made, looked through for events, and either kept or cut at the first jump. What happens at one
//! time happens in the order of the guards, and what a jump sets off happens at the same time after it.

use super::crossing::{Bracket, Sieve};
use super::locate::{Located, Locator};
use super::steps::Steps;
use crate::field::{Action, EvalError, Hybrid, Workspace};
use crate::simulate::course::{End, Watch};
use crate::simulate::stepper::Step;
use crate::simulate::{Settings, SimulateError, Verdict};

/// A guard may fire so often while time advances by no more than this fraction of it.
const REPEATS: u32 = 64;
const NEAR: f64 = 1e-10;
/// Events and their states may fill so many numbers (a gibibyte).
const KEPT: usize = 1 << 27;

/// An event: which guard, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The guard.
    pub guard: usize,
    /// When.
    pub time: f64,
    /// The state just before it, if its guard keeps states; else empty.
    pub state: Vec<f64>,
}

/// What is to be followed.
pub(crate) struct Question<'a> {
    pub(crate) system: &'a dyn Hybrid,
    pub(crate) p: &'a [f64],
    pub(crate) x0: &'a [f64],
    pub(crate) times: &'a [f64],
    pub(crate) settings: &'a Settings,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Passage {
    /// Recorded states, one after the other.
    pub(crate) x: Vec<f64>,
    /// How many.
    pub(crate) recorded: usize,
    /// Events in the order of time.
    pub(crate) events: Vec<Event>,
    /// How it ended, where the flow ended it.
    pub(crate) end: End,
    /// How it ended, where an event ended it.
    pub(crate) verdict: Option<Verdict>,
    /// The last time and state.
    pub(crate) time: f64,
    pub(crate) last: Vec<f64>,
    /// Accepted steps, steps that were cut among them.
    pub(crate) steps: usize,
    /// Rejected steps.
    pub(crate) rejected: usize,
    /// Evaluations of the right-hand side.
    pub(crate) evaluations: usize,
    /// When an implicit method took over.
    pub(crate) taken_over: Option<f64>,
    /// Whether the memory for events was full.
    pub(crate) is_full: bool,
}

struct Walk<'a> {
    q: &'a Question<'a>,
    t: f64,
    x: Vec<f64>,
    /// Whether a guard is above 0, and its crossing has been dealt with.
    up: Vec<bool>,
    /// Until when each guard rests.
    rests: Vec<f64>,
    /// Until when each variable is held.
    held: Vec<f64>,
    /// How often each guard fired at (almost) one time.
    repeats: Vec<(f64, u32)>,
    /// The largest modulus of each guard so far: what rounding is of it.
    sizes: Vec<f64>,
    /// The length of the last step, as a scale of time.
    scale: f64,
    kept: usize,
    ws: Workspace,
    done: Passage,
}

/// Follows the system through the recorded times.
pub(crate) fn follow(
    q: &Question<'_>,
    steps: &mut dyn Steps,
    watch: &Watch<'_>,
) -> Result<Passage, SimulateError> {
    let (n, guards) = (q.x0.len(), q.system.guards().len());
    let (t0, end) = (q.times[0], q.times[q.times.len() - 1]);
    let mut walk = Walk {
        q,
        t: t0,
        x: q.x0.to_vec(),
        up: vec![false; guards],
        rests: vec![f64::NEG_INFINITY; guards],
        held: vec![f64::NEG_INFINITY; n],
        repeats: vec![(f64::NEG_INFINITY, 0); guards],
        sizes: vec![0.0; guards],
        scale: end - t0,
        kept: 0,
        ws: Workspace::default(),
        done: Passage::default(),
    };
    walk.run(steps, watch)?;
    let mut done = walk.done;
    (done.time, done.last) = (walk.t, walk.x);
    (done.rejected, done.evaluations) = steps.work();
    done.taken_over = steps.taken_over();
    Ok(done)
}

impl Walk<'_> {
    fn run(&mut self, steps: &mut dyn Steps, watch: &Watch<'_>) -> Result<(), SimulateError> {
        let (times, n) = (self.q.times, self.x.len());
        let (t0, end) = (times[0], times[times.len() - 1]);
        let mut breakpoints = self.q.system.flow().breakpoints(t0, end);
        breakpoints.retain(|&t| t0 < t && t < end);
        let sieve = Sieve::new(steps.samples());
        let (m, guards) = (sieve.nodes.len(), self.up.len());
        let (mut states, mut g) = (vec![0.0; n * m], vec![0.0; guards * m]);
        let mut ticks = watch.ticks(n, 8);
        // What only observes has not crossed at the beginning.
        let first = self.guards_now()?;
        for (k, g) in first.iter().enumerate() {
            self.up[k] = *g > 0.0 && self.is_observer(k);
        }
        if self.fire(&[], &first)? {
            return Ok(());
        }
        self.record_now();
        steps.start(self.t, &self.x, &self.mask())?;
        let mut next_break = 0;
        while self.t < end {
            if ticks.pass() && watch.stop((self.t - t0) / (end - t0))
                || self.done.steps >= self.q.settings.max_steps
                || self.done.is_full
            {
                self.done.end = End::Stopped { time: self.t };
                return Ok(());
            }
            while breakpoints.get(next_break).is_some_and(|&b| b <= self.t) {
                next_break += 1;
                steps.regrid();
            }
            let flow_stop = breakpoints.get(next_break).copied().unwrap_or(end);
            let waits = self.rests.iter().chain(&self.held).copied().filter(|w| *w > self.t);
            let stop = waits.fold(flow_stop, f64::min);
            let until = match steps.step(stop)? {
                Step::To(until) => until,
                Step::TooSmall { step, variable } => {
                    self.done.end = End::TooSmall { time: self.t, step, variable };
                    return Ok(());
                }
                Step::Slides(variable) => {
                    self.done.end = End::Slides { time: self.t, variable };
                    return Ok(());
                }
                Step::Diverges => {
                    self.done.end = End::Diverged;
                    return Ok(());
                }
            };
            self.done.steps += 1;
            let length = steps.length();
            self.scale = length;
            let found = if guards == 0 {
                Found::default()
            } else {
                self.sample(steps, &sieve, until, &mut states, &mut g)?;
                self.search(steps, &sieve, until, stop, &g)?
            };
            let first = found.cut.iter().chain(&found.seen).map(|e| e.h).fold(f64::INFINITY, f64::min);
            if first.is_finite() && steps.retake(first) {
                self.done.steps -= 1;
                continue;
            }
            let cut = found.cut.as_ref().map_or(until, |cut| self.t + cut.h).min(until);
            self.record_before(steps, cut)?;
            for event in &found.seen {
                self.note(event.guard, self.t + event.h, &event.state);
            }
            if let Some(cut) = found.cut {
                let rounding = 64.0 * f64::EPSILON * self.t.abs().max((self.t + cut.h).abs());
                for k in 0..guards {
                    let just_seen = found.seen.iter().any(|e| e.guard == k && cut.h - e.h <= rounding);
                    self.up[k] = self.is_observer(k) && (cut.before[k] > 0.0 || just_seen);
                }
                (self.t, self.x) = ((self.t + cut.h).min(until), cut.state);
                let crosses = |k: &usize| self.is_awake(*k) && !self.up[*k] && cut.after[*k] > 0.0;
                let together: Vec<usize> = (0..guards).filter(crosses).collect();
                if self.fire(&together, &cut.before)? {
                    return Ok(());
                }
                self.record_now();
                steps.start(self.t, &self.x, &self.mask())?;
            } else {
                self.x.copy_from_slice(steps.after());
                steps.accept();
                self.t = until;
                self.up.fill(false);
                for &k in &found.up {
                    self.up[k] = self.is_observer(k);
                }
                if until == stop {
                    // Here the flow, the guards or what is held may change.
                    let before = self.guards_now()?;
                    if self.fire(&[], &before)? {
                        return Ok(());
                    }
                    if until < end {
                        steps.start(self.t, &self.x, &self.mask())?;
                    }
                }
                self.record_now();
            }
            if self.is_out_of_bound() {
                self.done.end = End::Diverged;
                return Ok(());
            }
        }
        Ok(())
    }

    /// All guards along the step just made.
    fn sample(
        &mut self,
        steps: &mut dyn Steps,
        sieve: &Sieve,
        until: f64,
        states: &mut [f64],
        g: &mut [f64],
    ) -> Result<(), SimulateError> {
        let (m, last) = (sieve.nodes.len(), sieve.nodes.len() - 1);
        steps.dense(&sieve.nodes, states)?;
        // Its ends are not read from the interpolant.
        for ((row, x), y) in states.chunks_exact_mut(m).zip(&self.x).zip(steps.after()) {
            (row[0], row[last]) = (*x, *y);
        }
        let latest = until.next_down().max(self.t);
        let t: Vec<f64> =
            sieve.nodes.iter().map(|theta| (self.t + theta * (until - self.t)).min(latest)).collect();
        let p: Vec<f64> = self.q.p.iter().flat_map(|p| std::iter::repeat_n(*p, m)).collect();
        self.q.system.guard(&t, &p, states, g, &mut self.ws)?;
        if let Some(k) = g.chunks_exact(m).position(|g| g[last].is_nan()) {
            return Err(not_a_number(k, until));
        }
        for (size, g) in self.sizes.iter_mut().zip(g.chunks_exact(m)) {
            *size = g.iter().fold(*size, |s, g| s.max(g.abs()));
        }
        Ok(())
    }

    /// The events of the step just made: those only seen, and the first that cuts it.
    fn search(
        &mut self,
        steps: &mut dyn Steps,
        sieve: &Sieve,
        until: f64,
        stop: f64,
        g: &[f64],
    ) -> Result<Found, SimulateError> {
        let (m, length) = (sieve.nodes.len(), steps.length());
        let mut suspects: Vec<(usize, Bracket)> = Vec::new();
        let mut found = Found::default();
        for k in 0..self.up.len() {
            if self.is_awake(k) {
                let rounding = 8.0 * f64::EPSILON * self.sizes[k];
                let samples = &g[k * m..(k + 1) * m];
                if sieve.brackets(samples, rounding, self.up[k], |b| suspects.push((k, b))) {
                    found.up.push(k);
                }
            }
        }
        if suspects.is_empty() {
            return Ok(found);
        }
        suspects.sort_by(|a, b| a.1.guess.total_cmp(&b.1.guess));
        let ends_up = |k: usize| g[k * m + m - 1] > 0.0;
        let observers: Vec<bool> = (0..self.up.len()).map(|k| self.is_observer(k)).collect();
        let awake: Vec<bool> = (0..self.up.len()).map(|k| self.is_awake(k)).collect();
        let limit = if until == stop { until } else { f64::INFINITY };
        let (system, p, t) = (self.q.system, self.q.p, self.t);
        let mut locator = Locator { system, p, t, length, limit, ws: &mut self.ws };
        // The first event that cuts.
        for &(k, bracket) in suspects.iter().filter(|(k, _)| !observers[*k]) {
            let Some(mut cut) = locator.locate(steps, k, bracket, ends_up(k))? else { continue };
            // Another guard that is above 0 there already has crossed before.
            while let Some(j) =
                (0..awake.len()).find(|&j| awake[j] && !observers[j] && cut.before[j] > 0.0 && j != cut.guard)
            {
                let bracket = Bracket { low: 0.0, high: cut.h / length, guess: cut.h / length };
                match locator.locate(steps, j, bracket, true)? {
                    Some(earlier) if earlier.h < cut.h => cut = earlier,
                    _ => break,
                }
            }
            found.cut = Some(cut);
            break;
        }
        let cut = found.cut.as_ref().map_or(f64::INFINITY, |cut| cut.h);
        for &(k, bracket) in suspects.iter().filter(|(k, _)| observers[*k]) {
            if bracket.low * length < cut
                && let Some(event) = locator.locate(steps, k, bracket, ends_up(k))?
                && event.h < cut
            {
                found.seen.push(event);
            }
        }
        // What was seen at the very time of the cut belongs to it; before it, it is above 0 there.
        found.seen.sort_by(|a, b| a.h.total_cmp(&b.h));
        Ok(found)
    }

    /// Events at the present time: those of `together` that no jump takes back, then all that jumps (or a change of the
    /// flow) set off. `before` holds the guards before any of them. Whether the run ends here.
    fn fire(&mut self, together: &[usize], before: &[f64]) -> Result<bool, SimulateError> {
        let mut now = before.to_vec();
        let mut jumped = false;
        for &k in together {
            let taken_back = jumped && now[k] < before[k];
            if !taken_back {
                if self.happen(k, before[k])? {
                    return Ok(true);
                }
                jumped = jumped || !self.is_observer(k);
                now = self.guards_now()?;
            }
        }
        while let Some(k) = (0..now.len()).find(|&k| self.is_awake(k) && !self.up[k] && now[k] > 0.0) {
            if self.happen(k, now[k])? {
                return Ok(true);
            }
            now = self.guards_now()?;
        }
        Ok(false)
    }

    /// The event of guard k, at which it had the value `g`; whether the run ends here.
    fn happen(&mut self, k: usize, g: f64) -> Result<bool, SimulateError> {
        let system = self.q.system;
        let state = std::mem::take(&mut self.x);
        self.note(k, self.t, &state);
        self.x = state;
        let near = NEAR * self.t.abs().max(self.scale);
        let (since, count) = self.repeats[k];
        self.repeats[k] = if self.t - since <= near { (since, count + 1) } else { (self.t, 1) };
        let hold = match &system.guards()[k].action {
            Action::Observe => {
                self.up[k] = true;
                return Ok(false);
            }
            Action::Stop => {
                self.done.verdict = Some(Verdict::Ended { time: self.t, guard: k });
                return Ok(true);
            }
            Action::Jump { hold } => hold,
        };
        if self.repeats[k].1 > REPEATS {
            let (guard, events) = (k, self.repeats[k].1 as usize);
            self.done.verdict = Some(Verdict::Chattering { time: self.t, guard, events });
            return Ok(true);
        }
        system.jump(k, self.t, self.q.p, &mut self.x, &mut self.ws)?;
        if self.is_out_of_bound() {
            self.done.end = End::Diverged;
            return Ok(true);
        }
        if let Some(hold) = hold {
            let until = self.t + hold.duration;
            self.rests[k] = until;
            hold.variables.iter().for_each(|&i| self.held[i] = self.held[i].max(until));
        }
        if self.is_awake(k) && self.stays_up(k, g)? {
            self.done.verdict = Some(Verdict::JumpStays { time: self.t, guard: k });
            return Ok(true);
        }
        Ok(false)
    }

    /// Whether guard k is still above 0 after its jump, or so close that the flow leads it there at once.
    fn stays_up(&mut self, k: usize, before: f64) -> Result<bool, SimulateError> {
        let g = self.guards_now()?[k];
        if g > 0.0 || g < before.min(-before.abs()) {
            return Ok(g > 0.0);
        }
        let n = self.x.len();
        let (mut slope, d) = (vec![0.0; n], f64::EPSILON.sqrt() * self.scale);
        self.q.system.flow().eval(&[self.t], self.q.p, &self.x, &mut slope, &mut self.ws)?;
        let ahead: Vec<f64> = (0..n)
            .map(|i| if self.held[i] > self.t { self.x[i] } else { self.x[i] + d * slope[i] })
            .collect();
        let mut all = vec![0.0; self.up.len()];
        self.q.system.guard(&[self.t + d], self.q.p, &ahead, &mut all, &mut self.ws)?;
        Ok(all[k] > 0.0)
    }

    fn note(&mut self, guard: usize, time: f64, state: &[f64]) {
        let state = if self.q.system.guards()[guard].keeps_state { state.to_vec() } else { Vec::new() };
        self.kept += 5 + state.len();
        self.done.is_full |= self.kept > KEPT;
        self.done.events.push(Event { guard, time, state });
    }

    fn guards_now(&mut self) -> Result<Vec<f64>, SimulateError> {
        let mut g = vec![0.0; self.up.len()];
        if !g.is_empty() {
            self.q.system.guard(&[self.t], self.q.p, &self.x, &mut g, &mut self.ws)?;
        }
        if let Some(k) = g.iter().position(|g| g.is_nan()) {
            return Err(not_a_number(k, self.t));
        }
        Ok(g)
    }

    fn is_observer(&self, k: usize) -> bool {
        self.q.system.guards()[k].action == Action::Observe
    }

    fn is_awake(&self, k: usize) -> bool {
        self.rests[k] <= self.t
    }

    fn mask(&self) -> Vec<bool> {
        self.held.iter().map(|h| *h > self.t).collect()
    }

    fn is_out_of_bound(&self) -> bool {
        self.x.iter().any(|x| !(x.is_finite() && x.abs() <= self.q.settings.bound))
    }

    /// Records the states at times before the cut, or the end of the step.
    fn record_before(&mut self, steps: &mut dyn Steps, cut: f64) -> Result<(), SimulateError> {
        let mut x = vec![0.0; self.x.len()];
        while let Some(&at) = self.q.times.get(self.done.recorded).filter(|&&at| at < cut) {
            steps.read(at, &mut x)?;
            self.done.x.extend_from_slice(&x);
            self.done.recorded += 1;
        }
        Ok(())
    }

    /// Records the present state, if now is its time.
    fn record_now(&mut self) {
        if self.q.times.get(self.done.recorded) == Some(&self.t) {
            self.done.x.extend_from_slice(&self.x);
            self.done.recorded += 1;
        }
    }
}

/// A guard without a sign would never be seen to cross.
fn not_a_number(guard: usize, time: f64) -> SimulateError {
    EvalError { reason: format!("guard {guard} is not a number at t = {time}") }.into()
}

/// The events of one step.
#[derive(Default)]
struct Found {
    /// Events that are only seen, in order.
    seen: Vec<Located>,
    /// The first that cuts the step.
    cut: Option<Located>,
    /// The guards that are above 0 at the end of the step, if it is not cut.
    up: Vec<usize>,
}
