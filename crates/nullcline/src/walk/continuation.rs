//! How the fixed points and cycles of a model change with one of its numbers.
//!
//! Inside, variables, the parameter and time are counted in the units that people read, so that every norm has a meaning; what is
//! told is in SI units again.

use super::built::{Built, build};
use super::error::ExamineError;
use super::family::{family, refusal};
use super::{read_in, settings};
use crate::model::{ContinuationSpec, Model, Source, Sweep, TimeUnit, Turn};
use crate::network::SystemKind;
use crate::study::{Continuation, ReadIn, SecondParameter};
use dynamics::analyze::continuation::{
    BranchEnd, BranchPoint, ContinuationSettings, Diagram, FollowCycles, ParameterCurve, ParameterCurveKind,
    ParameterCurveSettings, Run, Special, SpecialKind, continuation, fold_curve, hopf_curve,
};
use dynamics::field::{Frozen, Scaled, VectorField};
use dynamics::simulate::{ErrorEstimation, Progress, Settings, simulate, simulate_hybrid};

/// States along a run from which fixed points are searched.
const ALONG: usize = 12;

/// Follows what the specification names.
///
/// # Errors
/// When the model is of a kind that cannot be continued, or the settings make no sense.
pub fn continued(
    model: &Model,
    built: &Built,
    spec: &ContinuationSpec,
    progress: Progress<'_>,
) -> Result<Continuation, ExamineError> {
    if let Some((what, remedy)) = refusal(&built.system) {
        return Err(ExamineError::Refused { what: what.to_owned(), remedy: remedy.to_owned() });
    }
    let field = family(model, &[&spec.first.knob])?;
    let moment = model.run.as_ref().map_or(0.0, |run| run.t.1);
    let frozen = Frozen { field: field.as_ref(), t: moment };
    let seen = courses(model, built, &spec.first);
    let units = Units::of(model, built, &spec.first, &seen);
    let scaled =
        Scaled { field: &frozen, sizes: &units.states, parameters: &units.parameters, time: units.time };
    let p = [spec.first.knob.value / units.parameters[0]];
    let (from, to) = (spec.first.from / units.parameters[0], spec.first.to / units.parameters[0]);
    let in_units = |x: &Vec<f64>| x.iter().zip(&units.states).map(|(x, size)| x / size).collect();
    let given: Vec<Vec<f64>> = seen.iter().map(in_units).collect();
    let (low, high) = bounds(built, spec, &units, &given);
    let asked = ContinuationSettings {
        starts: spec.starts,
        given,
        low,
        high,
        cycles: if spec.cycles { FollowCycles::FromHopf } else { FollowCycles::No },
        runs: runs(model, built, &units, &spec.first),
        seed: model.seed,
        ..ContinuationSettings::new(0, from, to)
    };
    let mut diagram = continuation(&scaled, &p, &asked, progress)?;
    diagram.notes.extend(notes(model, built, field.as_ref()));
    let second = match &spec.second {
        Some(sweep) => Some(second(model, &spec.first, sweep, &units, &diagram)?),
        None => None,
    };
    units.restore(&mut diagram);
    let unit = ReadIn { symbol: spec.first.unit.0.clone(), size: spec.first.unit.1 };
    Ok(Continuation {
        parameter: spec.first.knob.name.clone(),
        unit,
        span: (spec.first.from, spec.first.to),
        diagram,
        second,
    })
}

/// Folds and Hopf points of the diagram (in read units) over a second number.
fn second(
    model: &Model,
    first: &Sweep,
    sweep: &Sweep,
    units: &Units,
    diagram: &Diagram,
) -> Result<SecondParameter, ExamineError> {
    // A field takes its parameters in the order of the equations.
    let swapped = matches!((&first.knob.turn, &sweep.knob.turn), (Turn::Symbol(a), Turn::Symbol(b)) if a > b);
    let sweeps = if swapped { [sweep, first] } else { [first, sweep] };
    let field = family(model, &[&sweeps[0].knob, &sweeps[1].knob])?;
    let frozen = Frozen { field: field.as_ref(), t: model.run.as_ref().map_or(0.0, |run| run.t.1) };
    let sizes = sweeps.map(parameter_size);
    let scaled = Scaled { field: &frozen, sizes: &units.states, parameters: &sizes, time: units.time };
    let p = [sweeps[0].knob.value / sizes[0], sweeps[1].knob.value / sizes[1]];
    let [i, j] = if swapped { [1, 0] } else { [0, 1] };
    let ends = |k: usize| {
        let (a, b) = (sweeps[k].from / sizes[k], sweeps[k].to / sizes[k]);
        // Curves begin at the value of the model itself.
        if k == j { (a.min(b).min(p[j]), a.max(b).max(p[j])) } else { (a.min(b), a.max(b)) }
    };
    let (low, high) = ([ends(i).0, ends(j).0], [ends(i).1, ends(j).1]);
    let settings = ParameterCurveSettings::new([i, j], low, high);
    let mut curves: Vec<ParameterCurve> = Vec::new();
    for special in &diagram.specials {
        let kind = match special.kind {
            SpecialKind::Fold => ParameterCurveKind::Fold,
            SpecialKind::Hopf => ParameterCurveKind::Hopf,
            _ => continue,
        };
        let width = 1e-4 * (high[0] - low[0]);
        let is_known = |curve: &ParameterCurve| {
            curve.kind == kind
                && curve.points.windows(2).any(|w| {
                    let (a, b) = (w[0].p[1] - p[j], w[1].p[1] - p[j]);
                    let part = if a == b { 0.0 } else { a / (a - b) };
                    a * b <= 0.0 && (w[0].p[0] + part * (w[1].p[0] - w[0].p[0]) - special.p).abs() <= width
                })
        };
        if curves.iter().any(is_known) {
            continue;
        }
        let follow = if kind == ParameterCurveKind::Fold { fold_curve } else { hopf_curve };
        curves.push(follow(&scaled, &p, special, &settings)?);
    }
    for curve in &mut curves {
        for point in &mut curve.points {
            point.p = [point.p[0] * sizes[i], point.p[1] * sizes[j]];
            units.state(&mut point.x);
            point.omega = point.omega.map(|omega| omega / units.time);
        }
        for special in &mut curve.specials {
            for (k, place) in [i, j].into_iter().enumerate() {
                special.p[k] *= sizes[place];
                special.error[k] *= sizes[place];
            }
            units.state(&mut special.x);
        }
    }
    Ok(SecondParameter {
        parameter: sweep.knob.name.clone(),
        unit: ReadIn { symbol: sweep.unit.0.clone(), size: sweep.unit.1 },
        span: (sweep.from, sweep.to),
        curves,
    })
}

/// In what the parameter is counted, in SI units.
fn parameter_size(sweep: &Sweep) -> f64 {
    read_in::read_in(sweep.knob.dimension, sweep.from.abs().max(sweep.to.abs())).size
}

/// In what everything is counted, in SI units.
struct Units {
    states: Vec<f64>,
    parameters: Vec<f64>,
    time: f64,
}

impl Units {
    fn of(model: &Model, built: &Built, sweep: &Sweep, seen: &[Vec<f64>]) -> Self {
        let n = built.system.dimension();
        let read: Vec<f64> = read_in::units_of(&built.system, seen).iter().map(|unit| unit.size).collect();
        Self {
            states: if read.len() == n { read } else { vec![1.0; n] },
            parameters: vec![parameter_size(sweep)],
            time: clock(model),
        }
    }

    /// Counts everything in SI units again.
    fn restore(&self, diagram: &mut Diagram) {
        let parameter = self.parameters[0];
        for branch in &mut diagram.branches {
            branch.points.iter_mut().for_each(|point| self.point(point));
            for end in &mut branch.ends {
                match end {
                    BranchEnd::Box { variable, value } => *value *= self.states[*variable],
                    BranchEnd::GrowingPeriod { p } => *p *= parameter,
                    _ => {}
                }
            }
        }
        for special in diagram.specials.iter_mut().chain(&mut diagram.outside) {
            self.special(special);
        }
    }

    fn point(&self, point: &mut BranchPoint) {
        point.p *= self.parameters[0];
        self.state(&mut point.x);
        self.state(&mut point.low);
        self.state(&mut point.high);
        if let Some(period) = &mut point.period {
            *period *= self.time;
        } else {
            // Eigenvalues are rates; the multipliers of a cycle are numbers.
            point.spectrum.iter_mut().for_each(|z| *z /= self.time);
        }
    }

    fn special(&self, special: &mut Special) {
        special.p *= self.parameters[0];
        special.error *= self.parameters[0];
        self.state(&mut special.x);
        if let Some(period) = &mut special.period {
            *period *= self.time;
        }
    }

    fn state(&self, x: &mut [f64]) {
        x.iter_mut().zip(&self.states).for_each(|(x, size)| *x *= size);
    }
}

/// Where runs at both ends of the interval and at the value of the model itself come through, with their jumps, in SI units.
fn courses(model: &Model, built: &Built, sweep: &Sweep) -> Vec<Vec<f64>> {
    let (start, end) = model.run.as_ref().map_or((0.0, 100.0 * clock(model)), |run| run.t);
    let times: Vec<f64> = (0..=ALONG).map(|k| start + (end - start) * k as f64 / ALONG as f64).collect();
    let silent = |_: f64| std::ops::ControlFlow::Continue(());
    let mut all = vec![vec![0.0; built.system.dimension()], built.system.x0.clone()];
    for p in [sweep.from, sweep.to, sweep.knob.value] {
        let Ok(turned) = model.clone().turned(&sweep.knob, p) else { continue };
        let Ok(Built { system, .. }) = build(&turned) else { continue };
        let wanted =
            model.run.as_ref().map_or(Settings::default(), |run| settings::settings(model, run, &system));
        let settings = Settings {
            rtol: wanted.rtol.max(1e-6),
            atol: wanted.atol,
            error: ErrorEstimation::Off,
            max_steps: 200_000,
            ..Settings::default()
        };
        let run = match (&system.kind, system.flow()) {
            (SystemKind::Hybrid(hybrid), _) => {
                simulate_hybrid(hybrid.as_ref(), &[], &system.x0, &times, &settings, &silent)
                    .map(|run| run.trajectory)
            }
            (_, Some(flow)) => simulate(flow, &[], &system.x0, &times, &settings, &silent),
            (_, None) => continue,
        };
        if let Ok(run) = run {
            all.extend((1..run.t.len()).map(|k| run.x.column(k).to_vec()));
        }
    }
    all.retain(|x| x.len() == built.system.dimension() && x.iter().all(|v| v.is_finite()));
    all
}

/// In what time is counted, in SI units.
fn clock(model: &Model) -> f64 {
    match model.time_unit {
        TimeUnit::Seconds => 1e-3,
        TimeUnit::Dimensionless => 1.0,
    }
}

/// Runs at both ends of the interval and at the value of the model itself, if it lies between them.
fn runs(model: &Model, built: &Built, units: &Units, sweep: &Sweep) -> Vec<Run> {
    let transient = model.run.as_ref().map_or(100.0, |run| (run.t.1 - run.t.0) / units.time);
    let x: Vec<f64> = built.system.x0.iter().zip(&units.states).map(|(x, size)| x / size).collect();
    let (low, high) = (sweep.from.min(sweep.to), sweep.from.max(sweep.to));
    let own = Some(sweep.knob.value).filter(|value| (low..=high).contains(value));
    let values = own.into_iter().chain([sweep.from, sweep.to]);
    values.map(|p| Run { p: p / units.parameters[0], x: x.clone(), transient }).collect()
}

/// Where the branches may go: what the specification says, else a wide margin around what the runs saw.
fn bounds(built: &Built, spec: &ContinuationSpec, units: &Units, seen: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let n = units.states.len();
    let (mut low, mut high) = (vec![f64::INFINITY; n], vec![f64::NEG_INFINITY; n]);
    for x in seen {
        for i in 0..n {
            (low[i], high[i]) = (low[i].min(x[i]), high[i].max(x[i]));
        }
    }
    for i in 0..n {
        let width = (high[i] - low[i]).max(1.0);
        (low[i], high[i]) = (low[i] - WIDE * width, high[i] + WIDE * width);
    }
    for (name, least, most) in &spec.within {
        let Some(group) = built.system.groups.iter().find(|g| g.name == *name) else { continue };
        for i in group.range.clone() {
            (low[i], high[i]) = (least / units.states[i], most / units.states[i]);
        }
    }
    (low, high)
}

/// How far outside of what runs saw a branch may go, in ranges of it.
const WIDE: f64 = 3.0;

fn notes(model: &Model, built: &Built, field: &dyn VectorField) -> Vec<String> {
    let mut notes = Vec::new();
    if let SystemKind::Hybrid(hybrid) = &built.system.kind {
        use dynamics::field::Action;
        if hybrid.guards().iter().any(|guard| matches!(guard.action, Action::Jump { .. })) {
            notes.push(
                "Spikes reset this model. Its equilibria and cycles between resets are followed; a periodic firing that passes a \
                 reset is not among them."
                    .to_owned(),
            );
        }
    }
    let driven = match &model.system {
        Source::Equations(_) => !field.is_autonomous(),
        Source::Network(network) => !network.inputs.is_empty(),
        Source::Linear(linear) => !linear.system.drives.is_empty(),
        Source::Trained(_) => false,
    };
    if let (true, Some(run)) = (driven, &model.run) {
        notes.push(format!("Inputs are held as they are at t = {}.", run.t.1));
    }
    notes
}
