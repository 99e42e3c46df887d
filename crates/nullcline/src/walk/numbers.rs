//! Numbers of a dynamics that a model asks for: Lyapunov exponents, the limit cycle of its run, a Poincare section.
//!
//! Inside, variables are counted in the units that people read; what is told is in SI units again. Inputs are held as they are
//! at the end of the run.

use super::error::ExamineError;
use super::iterated::Held;
use super::read_in;
use crate::model::{LyapunovSpec, Model, PoincareSpec, TimeUnit};
use crate::network::{System, SystemKind};
use crate::study::{FoundCycle, FoundSection, Response};
use dynamics::analyze::{
    CycleSettings, CycleVerdict, LimitCycle, LyapunovExponents, LyapunovSettings, LyapunovVerdict,
    MapLyapunovSettings, Section, lyapunov_exponents, map_lyapunov_exponents, phase_response, section,
    settled_cycle,
};
use dynamics::field::{Action, Frozen, Scaled, VectorField, Workspace};
use dynamics::simulate::{ErrorEstimation, Progress, Settings, SimulateError, Trajectory, Verdict};
use linalg::{Matrix, eigenvalues};

/// Exponents of a system with more variables than this are the first so many, unless a number is given.
const ALL: usize = 20;
const FIRST: usize = 10;
/// The step of Runge and Kutta times the fastest rate.
const STEP: f64 = 0.1;
/// How often a step that was too long is halved.
const HALVED: usize = 3;
/// Operations that the exponents may take where no time is given.
const WORK: f64 = 4e9;
/// A limit cycle is looked for in at most so many variables: the cost grows with their cube.
const CYCLE: usize = 60;
/// A cycle that the length of the run does not show is looked for in so many times that length.
const LONGER: [f64; 2] = [4.0, 16.0];
/// Phases at which a response is told.
const PHASES: usize = 200;

/// What was asked for and found.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) lyapunov: Option<LyapunovExponents>,
    pub(super) cycle: Option<FoundCycle>,
    pub(super) section: Option<FoundSection>,
}

/// Refuses, before anything is computed, what cannot be asked of this system.
///
/// # Errors
/// In words: what, and what to do instead.
pub(super) fn check(model: &Model, system: &System) -> Result<(), ExamineError> {
    let asked = &model.analyze;
    let what = match (&asked.lyapunov, asked.cycle, &asked.section) {
        (Some(_), ..) => "`[analyze] lyapunov`",
        (_, true, _) if asked.phase_response.is_some() => "`[analyze] phase_response`",
        (_, true, _) => "`[analyze] cycle`",
        (_, _, Some(_)) => "`[analyze] section`",
        _ => return Ok(()),
    };
    let refused = |what: String, remedy: &str| Err(ExamineError::Refused { what, remedy: remedy.to_owned() });
    let only_exponents = !asked.cycle && asked.section.is_none();
    if let Some((why, remedy)) = refusal(system, only_exponents) {
        return refused(format!("{what} cannot be answered: {why}"), remedy);
    }
    let n = system.dimension();
    let lyapunov = asked.lyapunov.as_ref().and_then(|l| l.count);
    if let Some(k) = lyapunov.filter(|k| *k > n) {
        let remedy = "ask for as many exponents as there are variables, or for fewer";
        return refused(format!("`[analyze] lyapunov` asks for {k} exponents of {n} variables"), remedy);
    }
    if asked.cycle && !(2..=CYCLE).contains(&n) {
        let remedy = "ask for a cycle of a system of 2 to 60 variables";
        return refused(
            format!("`[analyze] cycle` asks for a limit cycle, and the system has {n} variables"),
            remedy,
        );
    }
    if let Some(name) = &asked.phase_response {
        find(system, name, "phase_response")?;
    }
    if let Some(spec) = &asked.section {
        let i = find(system, &spec.variable, "section")?;
        let found = system.dimensions.get(i).copied().unwrap_or(equations::Dimension::NONE);
        if found != spec.dimension && !(spec.value == 0.0 && spec.dimension == equations::Dimension::NONE) {
            let what = format!(
                "`[analyze] section`: `{}` is {}, and the value is {}",
                spec.variable,
                found.with_article(),
                spec.dimension.with_article()
            );
            return refused(what, "give the value in the unit of the variable");
        }
        if model.run.is_none() && spec.time.is_none() {
            let what = "`[analyze] section` needs to know for how long the state is followed".to_owned();
            return refused(what, "add `time` to it, or a `[run]`");
        }
    }
    Ok(())
}

fn refusal(system: &System, only_exponents: bool) -> Option<(&'static str, &'static str)> {
    const NOISY: (&str, &str) = (
        "the model has noise, and the answer belongs to a system without it",
        "take the noise out of the model",
    );
    match &system.kind {
        SystemKind::Linear(linear) if !linear.noises.is_empty() => Some(NOISY),
        SystemKind::Field { noises, .. } if !noises.is_empty() => Some(NOISY),
        SystemKind::Stochastic(_) => Some(NOISY),
        SystemKind::Linear(_) | SystemKind::Map { .. } => Some((
            "the system is linear: its exponents are the real parts of its eigenvalues (of a map: ln |lambda|), and a cycle of it is never alone",
            "leave the key away; the eigenvalues are in the findings",
        )),
        SystemKind::Iterated { .. } if !only_exponents => Some((
            "the model goes in steps, and cycles and sections are asked of systems in continuous time",
            "ask for `lyapunov` alone, which maps have too",
        )),
        SystemKind::Delayed(_) => Some((
            "the model has delays: its state is a piece of the past, not a point",
            "leave the key away, or write the model without delays",
        )),
        SystemKind::Clocked(_) => Some((
            "the model is a network of spikes, which a clock moves: it has no vector field to ask",
            "leave the key away, or ask it of one unit without connections",
        )),
        SystemKind::Tree { .. } => Some((
            "the model is a cable, which is followed and not analyzed",
            "ask it of a single compartment",
        )),
        SystemKind::Hybrid(h) if h.guards().iter().any(|g| matches!(g.action, Action::Jump { .. })) => {
            Some((
                "the state jumps at resets, and these analyses take systems that flow",
                "leave the key away, or take a unit without a reset",
            ))
        }
        SystemKind::Field { .. } | SystemKind::Iterated { .. } | SystemKind::Hybrid(_) => None,
    }
}

fn find(system: &System, name: &str, key: &str) -> Result<usize, ExamineError> {
    system.names.iter().position(|n| n == name).ok_or_else(|| {
        let known: Vec<&str> = system.names.iter().take(12).map(String::as_str).collect();
        let nearest = equations::nearest(name, system.names.iter().map(String::as_str));
        let more = if system.names.len() > 12 { ", …" } else { "" };
        ExamineError::Refused {
            what: format!("`[analyze] {key}` names `{name}`, which is no variable of this model"),
            remedy: match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("it has {}{more}", known.join(", ")),
            },
        }
    })
}

/// Computes what was asked for; [`check`] came before.
///
/// # Errors
/// When a right-hand side cannot be evaluated, or settings make no sense.
pub(super) fn numbers(
    model: &Model,
    system: &System,
    run: Option<&Trajectory>,
    progress: Progress<'_>,
) -> Result<Numbers, ExamineError> {
    let asked = &model.analyze;
    if asked.lyapunov.is_none() && !asked.cycle && asked.section.is_none() {
        return Ok(Numbers::default());
    }
    let n = system.dimension();
    if let (SystemKind::Iterated { map, inputs, bounds }, Some(spec)) = (&system.kind, &asked.lyapunov) {
        let held = Held::at(map.as_ref(), inputs, bounds, model.run.as_ref().map_or(0.0, |run| run.t.1));
        let start = run.filter(|run| run.x.is_finite() && run.x.cols() > 0 && run.x.rows() == n);
        let start = start.map_or(system.x0.as_slice(), |run| run.x.column(run.x.cols() - 1));
        let lyapunov = Some(of_map(&held, start, spec, progress)?);
        return Ok(Numbers { lyapunov, ..Numbers::default() });
    }
    let Some(flow) = system.flow() else { return Ok(Numbers::default()) };
    let frozen = Frozen { field: flow, t: model.run.as_ref().map_or(0.0, |run| run.t.1) };
    let sizes: Vec<f64> = read_in::units(system, run).iter().map(|unit| unit.size).collect();
    let sizes = if sizes.len() == n { sizes } else { vec![1.0; n] };
    let time = if model.time_unit == TimeUnit::Seconds { 1e-3 } else { 1.0 };
    let scaled = Scaled { field: &frozen, sizes: &sizes, parameters: &[], time };
    let whole =
        run.filter(|run| matches!(run.verdict, Verdict::Completed) && run.x.is_finite() && run.x.rows() == n);
    let start = whole.map_or(system.x0.as_slice(), |run| run.x.column(run.x.cols() - 1));
    let start: Vec<f64> = start.iter().zip(&sizes).map(|(x, size)| x / size).collect();
    let seen = Seen {
        field: &scaled,
        sizes: &sizes,
        time,
        start,
        span: model.run.as_ref().map(|r| (r.t.1 - r.t.0) / time),
    };
    let lyapunov = asked.lyapunov.as_ref().map(|spec| seen.lyapunov(spec, progress)).transpose()?;
    let pushed =
        asked.phase_response.as_ref().map(|name| find(system, name, "phase_response")).transpose()?;
    let cycle = if asked.cycle { Some(seen.cycle(pushed)?) } else { None };
    let section = match &asked.section {
        Some(spec) => Some(seen.section(spec, find(system, &spec.variable, "section")?)?),
        None => None,
    };
    Ok(Numbers { lyapunov, cycle, section })
}

/// The exponents of a map, per step.
fn of_map(
    map: &Held<'_>,
    start: &[f64],
    spec: &LyapunovSpec,
    progress: Progress<'_>,
) -> Result<LyapunovExponents, SimulateError> {
    let n = start.len();
    let count = spec.count.unwrap_or(if n <= ALL { n } else { FIRST });
    let each = 2.0 * (n * n * count) as f64 + 100.0 * n as f64 + 1000.0;
    let steps = spec.time.map_or((WORK / each).clamp(1000.0, 100_000.0), f64::round) as usize;
    let settings = MapLyapunovSettings { count: Some(count), steps, ..MapLyapunovSettings::default() };
    map_lyapunov_exponents(map, &[], start, &settings, &|_| progress(1.0))
}

/// The system in readable units, and where it is.
struct Seen<'a> {
    field: &'a Scaled<'a>,
    sizes: &'a [f64],
    /// The unit of time.
    time: f64,
    start: Vec<f64>,
    /// How long the run is.
    span: Option<f64>,
}

impl Seen<'_> {
    /// The fastest rate at the start and a little later.
    fn fastest(&self) -> f64 {
        let n = self.sizes.len();
        let mut j = Matrix::zeros(n, n);
        let ws = &mut Workspace::default();
        let mut rate = |x: &[f64]| {
            self.field.jacobian(0.0, &[], x, &mut j, ws).ok()?;
            let largest = if n <= 100 {
                eigenvalues(&j).ok()?.iter().map(|z| z.norm()).fold(0.0, f64::max)
            } else {
                j.norm_frobenius() / (n as f64).sqrt()
            };
            Some(largest).filter(|r| r.is_finite())
        };
        let first = rate(&self.start).unwrap_or(1.0).max(f64::MIN_POSITIVE);
        let times: Vec<f64> = (0..=40).map(|k| f64::from(k) * 0.5 / first).collect();
        let settings = Settings { error: ErrorEstimation::Off, max_steps: 20_000, ..Settings::default() };
        let seen = dynamics::simulate::simulate(
            self.field,
            &[],
            &self.start,
            &times,
            &settings,
            &dynamics::simulate::unwatched,
        );
        let seen =
            seen.map(|run| (0..run.x.cols()).filter_map(|k| rate(run.x.column(k))).fold(first, f64::max));
        seen.unwrap_or(first)
    }

    fn lyapunov(
        &self,
        spec: &LyapunovSpec,
        progress: Progress<'_>,
    ) -> Result<LyapunovExponents, SimulateError> {
        let n = self.sizes.len();
        let count = spec.count.unwrap_or(if n <= ALL { n } else { FIRST });
        let mut dt = spec.dt.map_or_else(|| STEP / self.fastest(), |dt| dt / self.time);
        let each = 8.0 * (n * n * count) as f64 + 400.0 * n as f64 + 4000.0;
        let steps = (WORK / each).clamp(2000.0, 200_000.0);
        let time = spec.time.map_or(steps * dt, |time| time / self.time);
        let watched = |_: f64| progress(1.0);
        let mut found;
        let mut halved = 0;
        loop {
            let settings = LyapunovSettings { count: Some(count), ..LyapunovSettings::new(time, dt) };
            found = lyapunov_exponents(self.field, &[], &self.start, &settings, &watched)?;
            let too_long = matches!(
                found.verdict,
                LyapunovVerdict::StepTooLong { .. } | LyapunovVerdict::Diverged { .. }
            );
            if !too_long || spec.dt.is_some() || halved == HALVED {
                break;
            }
            halved += 1;
            dt /= 2.0;
        }
        let rate = 1.0 / self.time;
        for e in found.exponents.iter_mut().chain(&mut found.entropy) {
            (e.value, e.error) = (e.value * rate, e.error * rate);
        }
        found.halves.iter_mut().flatten().chain(found.running.iter_mut().flatten()).for_each(|v| *v *= rate);
        found.times.iter_mut().for_each(|t| *t *= self.time);
        found.sum *= rate;
        found.mean_divergence = found.mean_divergence.map(|m| m * rate);
        found.along_flow = found.along_flow.map(|m| m * rate);
        found.time *= self.time;
        match &mut found.verdict {
            LyapunovVerdict::Uncertain { time_needed, .. } => *time_needed *= self.time,
            LyapunovVerdict::StepTooLong { difference } => *difference *= rate,
            LyapunovVerdict::Diverged { time } | LyapunovVerdict::Stopped { time } => *time *= self.time,
            LyapunovVerdict::Converged | LyapunovVerdict::Drifting { .. } => {}
        }
        found.state.iter_mut().zip(self.sizes).for_each(|(x, size)| *x *= size);
        Ok(found)
    }

    fn cycle(&self, pushed: Option<usize>) -> Result<FoundCycle, ExamineError> {
        let transient = self.span.unwrap_or_else(|| 1000.0 / self.fastest());
        let sought = |time| settled_cycle(self.field, &[], &self.start, time, &CycleSettings::default());
        let mut found = sought(transient)?;
        // A run that is shorter than two periods shows no return.
        for longer in LONGER {
            if matches!(found.verdict, CycleVerdict::BadGuess(_)) {
                found = sought(longer * transient)?;
            }
        }
        let state = |x: &[f64]| -> Vec<f64> { x.iter().zip(self.sizes).map(|(x, size)| x * size).collect() };
        let is_cycle = found.verdict.is_cycle();
        let response = match pushed.filter(|_| is_cycle) {
            Some(i) => self.response(&found, i)?,
            None => None,
        };
        Ok(FoundCycle {
            verdict: match &found.verdict {
                CycleVerdict::Rest { .. } => "no cycle: the state comes to rest".to_owned(),
                other => other.words(),
            },
            is_cycle,
            period: found.orbit.period * self.time,
            period_error: found.period_error * self.time,
            trivial_deviation: found.trivial_deviation,
            is_stable: found.is_stable,
            low: state(&found.low),
            high: state(&found.high),
            multipliers: found.multipliers,
            response,
        })
    }

    fn response(&self, cycle: &LimitCycle, i: usize) -> Result<Option<Response>, ExamineError> {
        let found = phase_response(self.field, cycle).map_err(SimulateError::from)?;
        let Some(found) = found else { return Ok(None) };
        let at = |s: f64| cycle.orbit.at(s)[i];
        let fine = 4000;
        let top = (0..fine).map(|k| f64::from(k) / f64::from(fine)).max_by(|a, b| at(*a).total_cmp(&at(*b)));
        // The top of a parabola through the largest and its neighbors.
        let (top, h) = (top.unwrap_or(0.0), 1.0 / f64::from(fine));
        let (a, b, c) = (at(top - h), at(top), at(top + h));
        let bend = a - 2.0 * b + c;
        let top = if bend < 0.0 { top + 0.5 * h * (a - c) / bend } else { top };
        let phases: Vec<f64> = (0..=PHASES).map(|k| k as f64 / PHASES as f64).collect();
        let values = phases.iter().map(|s| found.curve.at(s + top)[i] * self.time / self.sizes[i]).collect();
        let states = phases.iter().map(|s| at(s + top) * self.sizes[i]).collect();
        Ok(Some(Response { variable: i, phases, values, states, deviation: found.deviation }))
    }

    fn section(&self, spec: &PoincareSpec, i: usize) -> Result<FoundSection, ExamineError> {
        let n = self.sizes.len();
        let span = spec.time.map(|time| time / self.time).or(self.span).unwrap_or(1.0);
        let settings =
            Settings { rtol: 1e-10, atol: 1e-12, error: ErrorEstimation::Off, ..Settings::default() };
        let mut crossings: Vec<(f64, bool, Vec<f64>)> = Vec::new();
        for (wanted, sign) in [(spec.up, 1.0), (spec.down, -1.0)] {
            if !wanted {
                continue;
            }
            let mut normal = vec![0.0; n];
            normal[i] = sign;
            let plane = Section { normal, offset: sign * spec.value / self.sizes[i] };
            let found = section(self.field, &[], &self.start, &plane, span, &settings)?;
            crossings.extend(found.into_iter().map(|c| {
                let x = c.x.iter().zip(self.sizes).map(|(x, size)| x * size).collect();
                (c.time * self.time, sign > 0.0, x)
            }));
        }
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        // What differs most from passage to passage, beside the size that it has.
        let spread = |k: &usize| {
            let values = crossings.iter().map(|c| c.2[*k]);
            let (low, high) =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
            (high - low) / self.sizes[*k]
        };
        let shown = (0..n).filter(|k| *k != i).max_by(|a, b| spread(a).total_cmp(&spread(b))).unwrap_or(0);
        let direction = match (spec.up, spec.down) {
            (true, true) => "both",
            (false, true) => "down",
            _ => "up",
        };
        Ok(FoundSection {
            variable: i,
            value: spec.value,
            direction,
            span: span * self.time,
            crossings,
            shown,
        })
    }
}
