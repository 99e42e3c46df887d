//! The phase portrait of a planar system: everything that one draws, and what one says of it, in one call.
//!
//! dx/dt = f(x, y), dy/dt = g(x, y) in a rectangle:
//!
//! | part | file |
//! |---|---|
//! | nullclines f = 0 and g = 0 | nullcline, contour |
//! | fixed points, their types, an index that tells of missed ones | equilibrium, winding |
//! | stable and unstable manifolds of saddles | separatrix |
//! | limit cycles, stable and unstable | limit cycle, section |
//! | basins of attraction | basin |
//! | evenly spaced streamlines; orbits through given points | streamline |
//!
//! Orbits are followed within a square of three times the width and height of the rectangle, with the same middle; what goes
//! beyond counts as having left. The field is taken at time 0. A system of more variables is cut first: [`crate::field::Slice`].
//!
//! Cost: 10 000 to 100 000 evaluations, a tenth of a second for a formula of a few operations.
//!
//! Reference: Strogatz (2015), Nonlinear dynamics and chaos, chapters 5 to 7.

use super::basin::{Basins, basins};
use super::contour::Sampled;
use super::course::Course;
use super::equilibrium::{PlaneFixedPoint, equilibria};
use super::limit_cycle::{LimitCycle, Search};
use super::nullcline::Nullcline;
use super::separatrix::{Manifold, Saddle, Separatrix, separatrices};
use super::streamline::streamlines;
use super::trap::{Destination, Trap, around_point};
use super::winding::{square, winding};
use super::window::{Probe, Rectangle, Window, norm};
use crate::analyze::PlanarType;
use crate::field::VectorField;
use crate::simulate::Progress;

/// What a portrait is to show.
#[derive(Clone, Debug)]
pub struct PortraitSettings {
    /// The picture.
    pub rectangle: Rectangle,
    /// Places from which fixed points are searched beside those that the nullclines show.
    pub starts: Vec<[f64; 2]>,
    /// Points through which an orbit is followed forward and backward.
    pub through: Vec<[f64; 2]>,
    /// About so many streamlines; 0 for none.
    pub streamlines: usize,
    /// Cells along each side of the grid of basins; 0 for none.
    pub basins: usize,
    /// Most steps of one orbit.
    pub steps: usize,
}

impl PortraitSettings {
    /// Everything, in this rectangle.
    pub fn new(rectangle: Rectangle) -> Self {
        let (starts, through) = (Vec::new(), Vec::new());
        Self { rectangle, starts, through, streamlines: 400, basins: 96, steps: 4000 }
    }
}

/// What a planar system looks like.
#[derive(Clone, Debug)]
pub struct PhasePortrait {
    /// The picture.
    pub rectangle: Rectangle,
    /// Where the first variable stands still, and where the second does.
    pub nullclines: [Nullcline; 2],
    /// Fixed points in the rectangle, by their first coordinate.
    pub fixed_points: Vec<PlaneFixedPoint>,
    /// Poincare's index of the boundary; `None` where it cannot be had.
    pub index: Option<i32>,
    /// At least so many fixed points were missed, by the index; `None` where it cannot be said.
    pub missed: Option<usize>,
    /// The manifolds of the saddles.
    pub separatrices: Vec<Separatrix>,
    /// Limit cycles.
    pub cycles: Vec<LimitCycle>,
    /// Whether closed orbits fill a region, as in a conservative system.
    pub has_closed_orbits: bool,
    /// What each place comes to; `None` if nothing attracts, or none were asked for.
    pub basins: Option<Basins>,
    /// Evenly spaced curves along the flow, each in the direction of time.
    pub streamlines: Vec<Vec<[f64; 2]>>,
    /// Orbits through the points that were given.
    pub orbits: Vec<PlaneOrbit>,
    /// What the reader must hear.
    pub notes: Vec<String>,
    /// Whether all of it was computed; else somebody asked to stop, and the rest is empty.
    pub is_complete: bool,
}

/// An orbit through a point.
#[derive(Clone, Debug)]
pub struct PlaneOrbit {
    /// Where it was asked for.
    pub through: [f64; 2],
    /// From there on.
    pub forward: Vec<[f64; 2]>,
    /// What it comes to.
    pub to: Destination,
    /// From there backward.
    pub backward: Vec<[f64; 2]>,
    /// What it came from.
    pub from: Destination,
}

/// A question about a plane that cannot be asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PortraitError {
    /// Not two variables.
    #[error(
        "a phase plane has two coordinates, and this system has {found} variable(s); {remedy}",
        remedy = if *found < 2 { "its line of states has no plane" } else { "choose two of them and hold the others" }
    )]
    Dimension {
        /// How many variables there are.
        found: usize,
    },
    /// A side of the rectangle has no length.
    #[error(
        "the picture reaches from {low} to {high} along the {axis} axis: give two finite numbers, the lower one first"
    )]
    Rectangle {
        /// Which axis.
        axis: &'static str,
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// The field has no finite value anywhere in the rectangle.
    #[error("the right-hand side has no finite value at any of the places that were tried in the picture")]
    Nowhere,
}

/// How far an orbit may go, in widths of the picture from its middle.
const BOUND: f64 = 1.5;

/// The phase portrait of a field of two variables with parameters `p`.
///
/// # Errors
/// When the question cannot be asked: not two variables, an empty rectangle, a field that has no value in it.
pub fn portrait(
    field: &dyn VectorField,
    p: &[f64],
    settings: &PortraitSettings,
    progress: Progress<'_>,
) -> Result<PhasePortrait, PortraitError> {
    if field.dimension() != 2 {
        return Err(PortraitError::Dimension { found: field.dimension() });
    }
    let r = settings.rectangle;
    for (axis, [low, high]) in [("first", r.x), ("second", r.y)] {
        if !(low < high && (high - low).is_finite()) {
            return Err(PortraitError::Rectangle { axis, low, high });
        }
    }
    let mut window = Window::new(field, &r);
    window.time = pace(&mut Probe::new(window, p))?;
    let probe = &mut Probe::new(window, p);
    let mut found = PhasePortrait {
        rectangle: r,
        nullclines: [Nullcline::default(), Nullcline::default()],
        fixed_points: Vec::new(),
        index: None,
        missed: None,
        separatrices: Vec::new(),
        cycles: Vec::new(),
        has_closed_orbits: false,
        basins: None,
        streamlines: Vec::new(),
        orbits: Vec::new(),
        notes: Vec::new(),
        is_complete: false,
    };
    let sampled = Sampled::new(probe);
    let zeros = [sampled.zeros(probe, 0), sampled.zeros(probe, 1)];
    found.nullclines = [Nullcline::new(&zeros[0], &window), Nullcline::new(&zeros[1], &window)];
    if progress(0.1).is_break() {
        return Ok(found);
    }
    let more: Vec<_> = settings.starts.iter().map(|x| window.inward(*x)).collect();
    let rest = equilibria(probe, &sampled, &zeros, &more);
    let places = rest.places;
    found.fixed_points = rest.points;
    found.index = winding(probe, &square(128));
    let sum: Option<i32> = found.fixed_points.iter().map(|point| point.index).sum();
    found.missed = found.index.zip(sum).map(|(a, b)| a.abs_diff(b) as usize);
    if rest.is_cut {
        found.notes.push(
            "more fixed points than are told were found: they seem to fill a curve or a region".to_string(),
        );
        found.missed = None;
    }
    if progress(0.2).is_break() {
        return Ok(found);
    }
    let windows = [window, window.reversed()];
    let courses = windows.map(|w| Course::new(w, p, BOUND, settings.steps));
    let saddles: Vec<Saddle> = (0..places.len())
        .filter(|&k| found.fixed_points[k].is_saddle())
        .filter_map(|k| Saddle::new(probe, places[k], k))
        .collect();
    let mut traps: [Vec<Trap>; 2] = [0, 1].map(|time| {
        let probe = &mut Probe::new(windows[time], p);
        let hyperbolic = (0..places.len()).filter(|&k| found.fixed_points[k].is_stable.is_some());
        hyperbolic.filter_map(|k| around_point(probe, places[k], Destination::Point(k))).collect()
    });
    // Cycles.
    let is_center = |k: &usize| {
        let point = &found.fixed_points[*k];
        point.index == Some(1)
    };
    let centers: Vec<usize> = (0..places.len()).filter(is_center).collect();
    let kinds = found.fixed_points.iter().map(|point| point.kind);
    let turns: Vec<bool> =
        kinds.map(|kind| matches!(kind, PlanarType::Spiral | PlanarType::Center)).collect();
    if !rest.is_cut {
        let search = Search {
            courses: [&courses[0], &courses[1]],
            traps: [&traps[0], &traps[1]],
            places: &places,
            turns: &turns,
        };
        let around = search.around(&centers);
        found.has_closed_orbits = around.has_band;
        if around.unsettled > 0 && around.cycles.is_empty() && !saddles.is_empty() {
            found.notes.push(
                "the displacement of one turn changes its sign where no cycle closes: an orbit that comes back to a saddle is near"
                    .to_string(),
            );
        }
        let [forward, backward] = around.traps;
        traps[0].extend(forward);
        traps[1].extend(backward);
        found.cycles = around.cycles;
    }
    if progress(0.5).is_break() {
        found.cycles = found.cycles.into_iter().map(|c| c.out(&window)).collect();
        return Ok(found);
    }
    for saddle in &saddles {
        let [forward, backward] = saddle.traps();
        traps[0].push(forward);
        traps[1].push(backward);
    }
    for saddle in &saddles {
        found.separatrices.extend(separatrices(saddle, [&courses[0], &courses[1]], [&traps[0], &traps[1]]));
    }
    // Without an attractor there is no basin.
    let attracts = found.cycles.iter().any(|c| c.is_stable == Some(true))
        || found.fixed_points.iter().any(|p| p.is_stable == Some(true));
    if settings.basins > 0 && attracts && progress(0.6).is_continue() {
        let stable = found.separatrices.iter().filter(|s| s.manifold == Manifold::Stable);
        let mut borders: Vec<&[[f64; 2]]> = stable.map(|s| s.points.as_slice()).collect();
        let unstable = found.cycles.iter().filter(|c| c.is_stable == Some(false));
        borders.extend(unstable.map(|c| c.points.as_slice()));
        let indices: Vec<usize> = saddles.iter().map(|s| s.index).collect();
        found.basins = Some(basins(&courses[0], &traps[0], &indices, &borders, settings.basins));
    }
    for &through in &settings.through {
        let z = window.inward(through);
        let [(forward, to), (backward, from)] = [0, 1].map(|time| courses[time].line(z, 1e-8, &traps[time]));
        let (forward, backward) = (window.curve_out(&forward), window.curve_out(&backward));
        found.orbits.push(PlaneOrbit { through, forward, to, backward, from });
    }
    if progress(0.8).is_break() {
        return Ok(in_plane(found, &window));
    }
    // The first lines keep away from nothing: let them begin where the flow shows its shape.
    let seeds: Vec<[f64; 2]> = found.cycles.iter().filter_map(|c| c.points.first().copied()).collect();
    found.streamlines =
        streamlines(probe, settings.streamlines, &seeds).iter().map(|line| window.curve_out(line)).collect();
    if found.fixed_points.iter().any(|point| point.kind == PlanarType::PlaneOfFixedPoints) {
        found
            .notes
            .push("the linear part vanishes at a fixed point: higher terms decide its shape".to_string());
    }
    found.is_complete = true;
    let _ = progress(1.0);
    Ok(in_plane(found, &window))
}

/// Separatrices and cycles in the units of the plane.
fn in_plane(mut found: PhasePortrait, window: &Window<'_>) -> PhasePortrait {
    found.cycles = found.cycles.into_iter().map(|c| c.out(window)).collect();
    for s in &mut found.separatrices {
        s.points = window.curve_out(&s.points);
    }
    found
}

/// The unit of time in which the middle speed is 1.
fn pace(probe: &mut Probe<'_>) -> Result<f64, PortraitError> {
    let at = |k: usize| (k as f64 + 0.5) / 24.0 - 0.5;
    let places: Vec<_> = (0..24 * 24).map(|k| [at(k % 24), at(k / 24)]).collect();
    let mut speeds: Vec<f64> =
        probe.velocities(&places).into_iter().map(norm).filter(|v| v.is_finite()).collect();
    if speeds.is_empty() {
        return Err(PortraitError::Nowhere);
    }
    speeds.sort_by(f64::total_cmp);
    let middle = speeds[speeds.len() / 2];
    let most = speeds[speeds.len() - 1];
    let unit = 1.0 / if middle > 0.0 { middle } else { most };
    Ok(if unit.is_finite() && unit > 0.0 { unit } else { 1.0 })
}
