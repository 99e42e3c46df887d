//! Where a nonlinear system rests: its fixed points with their certificates, and connected sets of them.
//!
//! ```text
//! states of the run, the middle, scattered starts ─► Newton, paths in the gain, deflation ─► fixed points ─► linearized
//!                                                          └─► singular zeros, slow points ─► lines, rings, planes
//! ```
//!
//! The search goes by the units that people read and by the pace of the system: a norm over volts and amperes sees the volts
//! alone, and any current would pass for a zero. How much is tried falls with the cost, n^3; [`effort`] holds the rule.

use super::phase_plane::trial;
use super::rest_starts::{Effort, effort, frame};
use super::{read_in, rest_starts};
use crate::model::Model;
use crate::network::System;
use crate::study::{LinearAt, Point, Rests};
use dynamics::analyze::{
    AnalyzeError, AttractorSettings, ContinuousAttractor, FixedPointSearch, FixedPointVerdict,
    FixedPointsFound, FoundPoint, Homotopy, LinearOptions, SlowPoint, TimeKind, continuous_attractors,
    linear, search_fixed_points,
};
use dynamics::field::{Frozen, Scaled, VectorField, Workspace};
use dynamics::simulate::{Progress, Trajectory};
use linalg::Matrix;

/// Above this size no rest is looked for: the matrix of the slopes alone would take 800 MB.
const DENSE: usize = 10_000;
/// Up to this size a rough run is made where there is none.
const ROUGH: usize = 200;
/// A set is a continuous attractor, or nearly one, if what lies along it is so much slower than what lies beside it.
const SLOW: f64 = 0.05;
/// Places from which connected sets are looked for, at most.
const SEEDS: usize = 64;

/// The linearizations at the fixed points, and all else that the search came to; inputs are held as they are at the end of the
/// run. Nothing for a system that is linear itself, or larger than [`DENSE`].
///
/// # Errors
/// When a linearization cannot be analyzed.
pub(super) fn rests(
    model: &Model,
    system: &System,
    run: Option<&Trajectory>,
    progress: Progress<'_>,
) -> Result<(Vec<LinearAt>, Option<Rests>), AnalyzeError> {
    let searched = !system.is_linear() && system.dimension() <= DENSE;
    let Some(flow) = system.flow().filter(|_| searched) else { return Ok((Vec::new(), None)) };
    let frozen = Frozen { field: flow, t: model.run.as_ref().map_or(0.0, |run| run.t.1) };
    let n = system.dimension();
    let sizes: Vec<f64> = read_in::units(system, run).iter().map(|unit| unit.size).collect();
    let sizes = if sizes.len() == n { sizes } else { vec![1.0; n] };
    // Without a run, a rough one shows what the system visits.
    let rough = (run.is_none() && n <= ROUGH).then(|| trial(model, system, flow)).flatten();
    let frame = frame(system, run.or(rough.as_ref()), &sizes);
    let networked = system.groups.iter().any(|group| group.range.len() > 1);
    let seen = Seen { field: &frozen, time: TimeKind::Flow, sizes: &sizes, networked };
    seen.rests(frame, model.seed, model.analyze.starts, model.analyze.full, progress)
}

/// A nonlinear system as the search sees it. A map x(k+1) = f(x(k)) comes as the field f(x) - x.
pub(super) struct Seen<'a> {
    /// The field, which does not depend on time.
    pub(super) field: &'a dyn VectorField,
    /// Whether it is a flow, or f(x) - x of a map.
    pub(super) time: TimeKind,
    /// The unit of each variable.
    pub(super) sizes: &'a [f64],
    /// Whether some variables are units of one kind, so that a slow direction of theirs may belong to a connected set.
    pub(super) networked: bool,
}

impl Seen<'_> {
    /// The fixed points, from a frame that is counted in the same units.
    ///
    /// # Errors
    /// When a linearization cannot be analyzed.
    pub(super) fn rests(
        &self,
        frame: rest_starts::Frame,
        seed: u64,
        wanted: Option<usize>,
        full: bool,
        progress: Progress<'_>,
    ) -> Result<(Vec<LinearAt>, Option<Rests>), AnalyzeError> {
        let n = self.field.dimension();
        let effort = if progress(1.0).is_break() { Effort::least(n) } else { effort(n, wanted, full) };
        let pace = self.pace(&frame);
        let scaled = Scaled { field: self.field, sizes: self.sizes, parameters: &[], time: pace };
        let mut starts = frame.starts;
        starts.sort_by(|a, b| speed(&scaled, a).total_cmp(&speed(&scaled, b)));
        starts.truncate(effort.given);
        let search = FixedPointSearch {
            starts,
            scattered: effort.scattered,
            region: frame.region,
            seed,
            between: effort.between,
            iterations: effort.iterations,
            homotopy: (effort.paths > 0).then_some(Homotopy::Pull { paths: effort.paths }),
            deflated: effort.deflated,
            slow_points: effort.slow,
            spectra: effort.spectra,
            time: self.time,
            ..FixedPointSearch::default()
        };
        let watched = |_: f64| progress(1.0);
        let found = search_fixed_points(&scaled, &[], &search, &watched)?;
        let attractors = self.attractors(&scaled, &found, &effort, pace, &watched)?;
        self.told(found, attractors, &effort, pace)
    }

    /// The unit of time in which rates are at most about 1, so that a residual of 1e-10 has a meaning.
    fn pace(&self, frame: &rest_starts::Frame) -> f64 {
        if self.time == TimeKind::Map {
            return 1.0;
        }
        let n = self.field.dimension();
        let scaled = Scaled { field: self.field, sizes: self.sizes, parameters: &[], time: 1.0 };
        let mut j = Matrix::zeros(n, n);
        let rate = |x: &Vec<f64>, j: &mut Matrix| {
            scaled.jacobian(0.0, &[], x, j, &mut Workspace::default()).ok()?;
            Some(j.norm_frobenius() / (n as f64).sqrt()).filter(|r| r.is_finite())
        };
        let fastest = frame.starts.iter().take(4).filter_map(|x| rate(x, &mut j)).fold(1.0, f64::max);
        1.0 / fastest
    }

    /// Lines, rings and planes through singular zeros, through slow points and, in networks, through points with a slow direction.
    fn attractors(
        &self,
        scaled: &Scaled<'_>,
        found: &FixedPointsFound,
        effort: &Effort,
        pace: f64,
        progress: Progress<'_>,
    ) -> Result<Vec<ContinuousAttractor>, AnalyzeError> {
        if !effort.attractors {
            return Ok(Vec::new());
        }
        let slow_direction = |point: &&FoundPoint| {
            let rate = |z: &linalg::Complex| match self.time {
                TimeKind::Flow => z.norm(),
                TimeKind::Map => (z - 1.0).norm(),
            };
            let mut rates: Vec<f64> = point.eigenvalues.iter().map(rate).collect();
            rates.sort_by(f64::total_cmp);
            self.networked && rates.windows(2).take(2).any(|w| w[0] <= SLOW * w[1])
        };
        let singular = found.singular.iter().map(|point| &point.x);
        let slow = found.slow.iter().map(|slow| &slow.x);
        let points = found.points.iter().filter(slow_direction).map(|point| &point.x);
        let seeds: Vec<Vec<f64>> = singular.chain(slow).chain(points).take(SEEDS).cloned().collect();
        let settings = AttractorSettings { slow: SLOW, time: self.time, ..AttractorSettings::default() };
        let mut sets = continuous_attractors(scaled, &[], &seeds, &settings, progress)?;
        // A slow set that is left by nearby states leads nobody anywhere.
        sets.retain(|set| set.is_fixed || set.decay > 0.0);
        Ok(sets.into_iter().map(|set| self.restored(set, pace)).collect())
    }

    /// A set with its states in SI units and its rates in the model's unit of time.
    fn restored(&self, mut set: ContinuousAttractor, pace: f64) -> ContinuousAttractor {
        set.points.iter_mut().for_each(|x| *x = self.state(x));
        set.drift.iter_mut().flatten().for_each(|v| *v /= pace);
        set.largest_drift /= pace;
        set.largest_speed /= pace;
        set.decay /= pace;
        set
    }

    fn state(&self, y: &[f64]) -> Vec<f64> {
        y.iter().zip(self.sizes).map(|(y, size)| y * size).collect()
    }

    /// What was found, in SI units.
    fn told(
        &self,
        found: FixedPointsFound,
        attractors: Vec<ContinuousAttractor>,
        effort: &Effort,
        pace: f64,
    ) -> Result<(Vec<LinearAt>, Option<Rests>), AnalyzeError> {
        let on_a_set = |x: &[f64]| {
            attractors.iter().filter(|set| set.is_fixed).any(|set| {
                let near = 0.6 * set.points.windows(2).map(|w| distance(&w[0], &w[1])).fold(0.0, f64::max);
                set.points.iter().any(|y| distance(x, y) <= near)
            })
        };
        // The corner where a line ends is regular from one side, and yet no fixed point of its own.
        let ends_a_line = |x: &[f64]| {
            attractors.iter().filter(|set| set.is_fixed && set.ends.is_some()).any(|set| {
                match set.points.as_slice() {
                    [a, b, .., c, d] => distance(x, a) <= distance(a, b) || distance(x, d) <= distance(c, d),
                    _ => false,
                }
            })
        };
        let alone = found.points.iter().map(|point| self.point(point, pace));
        let points: Vec<Point> = alone.filter(|point| !ends_a_line(&point.x)).collect();
        let singular: Vec<Point> = found.singular.iter().map(|point| self.point(point, pace)).collect();
        let singular = singular.into_iter().filter(|point| !on_a_set(&point.x) && !ends_a_line(&point.x));
        let singular: Vec<Point> = singular.take(SEEDS).collect();
        let slow = found.slow.iter().map(|SlowPoint { x, .. }| self.state(x));
        let slow = slow.map(|x| (speed(self.field, &x), x)).map(|(speed, x)| (x, speed)).collect();
        let mut left_out = effort.left_out.clone();
        let whole: Vec<&Point> = points.iter().chain(&singular).collect();
        if whole.len() > effort.linearized {
            left_out.push(format!(
                "The first {} of {} fixed points were analyzed in full; of the others the findings hold the state, the eigenvalues \
                 and the type.",
                effort.linearized,
                whole.len()
            ));
        }
        let mut linear: Vec<LinearAt> = whole
            .into_iter()
            .take(effort.linearized)
            .map(|point| self.linearization(point))
            .collect::<Result<_, _>>()?;
        for at in &mut linear {
            let Some(point) = &mut at.point else { continue };
            if point.eigenvalues.is_empty() {
                point.eigenvalues = at.analysis.eigenvalues.clone();
                let grows = |z: &&linalg::Complex| match self.time {
                    TimeKind::Flow => z.re > 0.0,
                    TimeKind::Map => z.norm() > 1.0,
                };
                point.unstable = point.eigenvalues.iter().filter(grows).count();
            }
        }
        let rests = Rests {
            points,
            singular,
            slow,
            attractors,
            starts: found.starts,
            stalled: found.stalled,
            failed: found.failed,
            deflated: found.deflated,
            missed: found.missed,
            left_out,
        };
        Ok((linear, Some(rests)))
    }

    fn point(&self, point: &FoundPoint, pace: f64) -> Point {
        let x = self.state(&point.x);
        Point {
            residual: speed(self.field, &x),
            x,
            certified: point.verdict == FixedPointVerdict::Certified,
            verdict: point.verdict,
            radius: point.radius,
            kind: point.kind,
            eigenvalues: point.eigenvalues.iter().map(|z| if pace == 1.0 { *z } else { z / pace }).collect(),
            unstable: point.unstable,
            hits: point.hits,
        }
    }

    fn linearization(&self, point: &Point) -> Result<LinearAt, AnalyzeError> {
        let n = self.field.dimension();
        let mut a = Matrix::zeros(n, n);
        self.field.jacobian(0.0, &[], &point.x, &mut a, &mut Workspace::default())?;
        if self.time == TimeKind::Map {
            (0..n).for_each(|i| a[(i, i)] += 1.0);
        }
        let g = vec![0.0; n];
        let analysis = linear(&a, &g, self.time, &LinearOptions::default())?;
        Ok(LinearAt { a, g, point: Some(point.clone()), analysis })
    }
}

fn speed(field: &dyn VectorField, x: &[f64]) -> f64 {
    let mut dx = vec![0.0; x.len()];
    match field.eval(&[0.0], &[], x, &mut dx, &mut Workspace::default()) {
        Ok(()) => dx.iter().map(|v| v * v).sum::<f64>().sqrt(),
        Err(_) => f64::INFINITY,
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}
