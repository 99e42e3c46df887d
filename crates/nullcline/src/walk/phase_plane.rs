//! The phase portrait of a model: of its two variables, or of two that `[analyze] plane` names.

use super::portrait::{arrows, frame, line, portrait, resting_point};
use crate::model::Model;
use crate::network::{System, SystemKind};
use crate::study::{LinearAt, Portrait};
use dynamics::analyze::phase_plane::{
    self, Destination, PhasePortrait, PortraitError, PortraitSettings, Rectangle,
};
use dynamics::field::{Action, Frozen, Slice, VectorField, Workspace};
use dynamics::simulate::{ErrorEstimation, Progress, Settings, Trajectory, simulate};
use linalg::Matrix;

/// Streamlines of the figure.
const STREAMLINES: usize = 150;
/// Cells along each side of the basins.
const BASINS: usize = 64;

/// The portrait, and what the reader must hear where there is none.
pub(super) fn examined(
    model: &Model,
    system: &System,
    run: Option<&Trajectory>,
    linear: &[LinearAt],
    progress: Progress<'_>,
) -> (Option<Portrait>, Vec<String>) {
    let wanted = model.analyze.plane.as_ref();
    let axes = match wanted {
        Some(names) => match axes(system, names) {
            Ok(axes) => axes,
            Err(why) => return (None, vec![why]),
        },
        None if system.dimension() == 2 => [0, 1],
        None => return (None, Vec::new()),
    };
    let Some(flow) = system.flow() else {
        let why = match (&system.kind, wanted) {
            (SystemKind::Delayed(_), _) => {
                "A system with delays has no phase plane: two states that look alike go different ways, because their pasts differ."
            }
            (_, Some(_)) => {
                "The plane that [analyze] names was not drawn: this kind of system has no vector field to draw."
            }
            _ => return (None, Vec::new()),
        };
        return (None, vec![why.to_owned()]);
    };
    if system.is_linear() && system.dimension() == 2 {
        // What is straight is drawn straight.
        return (portrait(system, run, linear), Vec::new());
    }
    let t = model.run.as_ref().map_or(0.0, |run| run.t.1);
    let frozen = Frozen { field: flow, t };
    let (held, whence) = held(system, run, linear);
    let slice = Slice { field: &frozen, axes: &axes, held: &held };
    let about = about(system, &axes, whence, model.run.as_ref().map_or((0.0, 0.0), |run| run.t));
    let trial = if run.is_none() { trial(model, system, flow) } else { None };
    let shown = run.or(trial.as_ref());
    let places: Vec<[f64; 2]> =
        linear.iter().filter_map(resting_point).map(|x| [x[axes[0]], x[axes[1]]]).collect();
    let watched = |_: f64| progress(1.0);
    let drawn = |settings: &PortraitSettings| phase_plane::portrait(&slice, &[], settings, &watched);
    let found = picture(&drawn, shown, axes, places).and_then(|r| {
        let settings =
            PortraitSettings { streamlines: STREAMLINES, basins: BASINS, ..PortraitSettings::new(r) };
        drawn(&settings)
    });
    let found = match found {
        Ok(found) => found,
        Err(why) => return (None, vec![format!("The phase plane was not drawn: {why}.")]),
    };
    let r = found.rectangle;
    let (x, y) = (line(r.x[0], r.x[1]), line(r.y[0], r.y[1]));
    let Some((dx, dy)) = arrows(&slice, 0.0, &x, &y) else { return (None, Vec::new()) };
    let curve = |points: &Vec<[f64; 2]>| {
        Matrix::from_columns(2, points.len(), points.iter().flatten().copied().collect())
    };
    let curves = found.streamlines.iter().map(curve).collect();
    let plane = (axes[0], axes[1]);
    let portrait =
        Portrait { plane, x, y, dx, dy, curves, eigenvectors: Vec::new(), phase: Some(found), about };
    (Some(portrait), Vec::new())
}

/// Indices of two named variables.
fn axes(system: &System, names: &[String; 2]) -> Result<[usize; 2], String> {
    if system.dimension() < 2 {
        return Err(
            "`[analyze] plane` asks for a phase portrait, but a system of one variable has no plane.".into(),
        );
    }
    let find = |name: &String| {
        system.names.iter().position(|n| n == name).ok_or_else(|| {
            let known: Vec<&str> = system.names.iter().take(12).map(String::as_str).collect();
            format!(
                "`[analyze] plane` names `{name}`, which is no variable of this model; it has {}{}.",
                known.join(", "),
                if system.names.len() > 12 { ", …" } else { "" }
            )
        })
    };
    let (a, b) = (find(&names[0])?, find(&names[1])?);
    if a == b {
        return Err(format!("`[analyze] plane` names `{}` twice: a plane has two directions.", names[0]));
    }
    Ok([a, b])
}

/// Where the other variables are held, and how that is told.
fn held(system: &System, run: Option<&Trajectory>, linear: &[LinearAt]) -> (Vec<f64>, &'static str) {
    let end = run.filter(|run| run.x.rows() == system.dimension() && run.x.cols() > 0);
    if let Some(point) = linear.first().and_then(resting_point) {
        return (point.to_vec(), "the first fixed point");
    }
    match end {
        Some(run) => (run.x.column(run.x.cols() - 1).to_vec(), "the end of the run"),
        None => (system.x0.clone(), "the initial state"),
    }
}

/// What is shown, in words.
fn about(system: &System, axes: &[usize; 2], whence: &str, t: (f64, f64)) -> String {
    let mut words: Vec<String> = Vec::new();
    if system.dimension() > 2 {
        words.push(format!(
            "{} and {} are shown while the other {} variables are held at {whence}: nullclines, fixed points and cycles are \
             those of this slice, and the run is seen in projection, so that it may cross what no orbit of the slice crosses",
            system.names[axes[0]],
            system.names[axes[1]],
            system.dimension() - 2
        ));
    }
    match &system.kind {
        SystemKind::Hybrid(h) if h.guards().iter().any(|g| matches!(g.action, Action::Jump { .. })) => {
            words.push("the flow between events is shown; jumps are not part of it".into())
        }
        SystemKind::Stochastic(_) => words.push("the drift is shown, without the noise".into()),
        SystemKind::Field { noises, .. } if !noises.is_empty() => {
            words.push("the drift is shown, without the noise".into());
        }
        _ => {}
    }
    if system.flow().is_some_and(|flow| is_driven(flow, &system.x0, t)) {
        words.push("inputs are held as they are at the end of the run".into());
    }
    words.join("; ")
}

/// Whether the velocity at one state changes in the course of the run.
fn is_driven(flow: &dyn VectorField, x: &[f64], t: (f64, f64)) -> bool {
    if flow.is_autonomous() {
        return false;
    }
    let ws = &mut Workspace::default();
    let mut velocity = |part: u32| {
        let mut v = vec![0.0; x.len()];
        let t = t.0 + (t.1 - t.0) * f64::from(part) / 37.0;
        flow.eval(&[t], &[], x, &mut v, ws).ok().map(|()| v)
    };
    let first = velocity(0);
    (1..=37).any(|part| velocity(part) != first)
}

/// A rough run, for the frame of an analysis that has none.
pub(super) fn trial(model: &Model, system: &System, flow: &dyn VectorField) -> Option<Trajectory> {
    let (start, end) = model.run.as_ref()?.t;
    if !matches!(system.kind, SystemKind::Field { .. }) {
        return None;
    }
    let times: Vec<f64> = (0..=300).map(|k| start + (end - start) * f64::from(k) / 300.0).collect();
    let settings = Settings {
        rtol: 1e-4,
        atol: 1e-7,
        error: ErrorEstimation::Off,
        max_steps: 20_000,
        ..Settings::default()
    };
    simulate(flow, &[], &system.x0, &times, &settings, &dynamics::simulate::unwatched).ok()
}

/// A picture around the run, the fixed points that are known, and the attractors beside them.
fn picture(
    drawn: &dyn Fn(&PortraitSettings) -> Result<PhasePortrait, PortraitError>,
    run: Option<&Trajectory>,
    axes: [usize; 2],
    mut places: Vec<[f64; 2]>,
) -> Result<Rectangle, PortraitError> {
    let framed = |places: &[[f64; 2]]| {
        let (x, y) = frame(run, axes, places);
        Rectangle { x: [x[0], x[x.len() - 1]], y: [y[0], y[y.len() - 1]] }
    };
    let r = framed(&places);
    let sketch = |r: Rectangle, through: Vec<[f64; 2]>| {
        drawn(&PortraitSettings { streamlines: 0, basins: 0, through, ..PortraitSettings::new(r) })
    };
    let beside = sketch(wider(r), Vec::new())?;
    let stable = beside.fixed_points.iter().filter(|p| p.is_stable == Some(true));
    let attractors: Vec<[f64; 2]> =
        stable.map(|p| p.x).chain(beside.cycles.iter().flat_map(|c| [c.low, c.high])).collect();
    if let (true, Some(run)) =
        (attractors.is_empty() && !beside.has_closed_orbits, run.filter(|r| r.x.cols() > 0))
    {
        // Where the recorded states miss fast phases, one orbit in a picture ten thousand times as large shows how far they reach.
        let end = run.x.column(run.x.cols() - 1);
        let far = sketch(scaled(r, FAR), vec![[end[axes[0]], end[axes[1]]]])?;
        let returns = far.orbits.iter().filter(|o| o.to != Destination::Leaves);
        places.extend(returns.flat_map(|o| o.forward.iter().copied()));
    }
    places.extend(attractors);
    Ok(framed(&places))
}

/// Attractors are looked for in a picture this many times as wide …
const BESIDE: f64 = 2.2;
/// … and at least so many times as far from its middle as 0 is: a run that rests at once shows no scale but this one.
const AS_ZERO: f64 = 6.0;
/// And orbits, where there are none.
const FAR: f64 = 1e4;

fn wider(r: Rectangle) -> Rectangle {
    let side = |[low, high]: [f64; 2]| {
        let center = 0.5 * (low + high);
        let half = (0.5 * BESIDE * (high - low)).max(AS_ZERO * center.abs());
        [center - half, center + half]
    };
    Rectangle { x: side(r.x), y: side(r.y) }
}

fn scaled(r: Rectangle, factor: f64) -> Rectangle {
    let side = |[low, high]: [f64; 2]| {
        let (center, half) = (0.5 * (low + high), 0.5 * factor * (high - low));
        [center - half, center + half]
    };
    Rectangle { x: side(r.x), y: side(r.y) }
}
