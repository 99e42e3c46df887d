//! Where a nonlinear map rests: the zeros of f(x) - x, searched along the directions that the map stretches.
//!
//! What a trained network does happens in few directions. In a state that is drawn at random each of them has a part of about
//! 1/sqrt(n), and most searches from there would find the same few points. So states are drawn as images of noise under the slopes
//! of the map, at states of the run, and searches start around them.

use super::rest::Seen;
use super::rest_starts::{Frame, effort, frame};
use crate::model::Model;
use crate::network::System;
use crate::study::{LinearAt, Rests};
use dynamics::analyze::{AnalyzeError, Region, TimeKind};
use dynamics::field::{Increment, IteratedMap, JacobianKind, Signal};
use dynamics::random::Stream;
use dynamics::simulate::{Progress, Trajectory};
use linalg::Matrix;

/// States whose slopes are taken for the directions of starts, at most.
const BASES: usize = 8;
/// States around which searches start, at most.
const DRAWN: usize = 128;
/// Searches start at these states with noise of this part of their size.
const NOISE: f64 = 0.1;
/// A state is followed for so many steps at most, to see where it rests.
const STEPS: usize = 300;
/// It rests where a step moves it by this part of the size of states.
const STILL: f64 = 1e-4;
/// And two places are one within this part.
const SAME: f64 = 1e-2;
/// Stream of the random numbers of these states.
const STREAM: u64 = 0x7374_7265_7463;
/// Above this size no rest is looked for: the matrix of the slopes alone would take 800 MB.
const DENSE: usize = 10_000;

/// A map whose inputs are held.
pub(super) struct Held<'a> {
    map: &'a dyn IteratedMap,
    p: Vec<f64>,
    bounds: &'a [f64],
}

impl<'a> Held<'a> {
    /// The inputs as they are at step `k`.
    pub(super) fn at(map: &'a dyn IteratedMap, inputs: &[Signal], bounds: &'a [f64], k: f64) -> Self {
        Self { map, p: inputs.iter().map(|signal| signal.value(k)).collect(), bounds }
    }

    /// Whether a state can be fixed at all.
    fn may_rest(&self, x: &[f64]) -> bool {
        x.iter().zip(self.bounds).all(|(x, bound)| x.abs() <= *bound)
    }
}

impl IteratedMap for Held<'_> {
    fn dimension(&self) -> usize {
        self.map.dimension()
    }
    fn step(&self, _: &[f64], x: &[f64], next: &mut [f64]) {
        self.map.step(&self.p, x, next);
    }
    fn jacobian(&self, _: &[f64], x: &[f64], j: &mut Matrix) -> JacobianKind {
        self.map.jacobian(&self.p, x, j)
    }
}

/// What the reader must hear where inputs change.
pub(super) fn note(inputs: &[Signal], end: f64) -> Option<String> {
    let changes = inputs.iter().any(|signal| !matches!(signal, Signal::Constant { .. }));
    changes.then(|| format!("Fixed points are those with the inputs as they are at k = {end}."))
}

/// The linearizations at the fixed points, and all else that the search came to.
///
/// # Errors
/// When a linearization cannot be analyzed.
pub(super) fn rests(
    model: &Model,
    system: &System,
    map: &Held<'_>,
    run: Option<&Trajectory>,
    progress: Progress<'_>,
) -> Result<(Vec<LinearAt>, Option<Rests>), AnalyzeError> {
    let n = map.dimension();
    if n > DENSE {
        return Ok((Vec::new(), None));
    }
    let (wanted, full) = (model.analyze.starts, model.analyze.full);
    let sizes = vec![1.0; n];
    let Frame { starts, .. } = frame(system, run, &sizes);
    let visited = run.is_some_and(|run| run.x.is_finite());
    let size = starts.iter().flatten().map(|x| x * x).sum::<f64>() / (starts.len() * n.max(1)) as f64;
    let size = if visited { size.sqrt().max(0.5) } else { 1.0 };
    let count = (effort(n, wanted, full).scattered / 2).clamp(1, DRAWN);
    let drawn = stretched(map, &starts, size, count, model.seed);
    // Where these states come to rest lie the attractors, which no search should miss.
    let mut states = settled(map, &drawn, size);
    states.extend(drawn);
    let region = Region::Around { states, deviation: NOISE * size };
    let networked = system.groups.iter().any(|group| group.range.len() > 1);
    let seen = Seen { field: &Increment { map }, time: TimeKind::Map, sizes: &sizes, networked };
    let (mut linear, mut rests) = seen.rests(Frame { starts, region }, model.seed, wanted, full, progress)?;
    linear.retain(|at| at.point.as_ref().is_none_or(|point| map.may_rest(&point.x)));
    if let Some(rests) = &mut rests {
        rests.points.retain(|point| map.may_rest(&point.x));
        rests.singular.retain(|point| map.may_rest(&point.x));
        rests.slow.retain(|(x, _)| map.may_rest(x));
        rests.attractors.retain(|set| set.points.iter().all(|x| map.may_rest(x)));
    }
    Ok((linear, rests))
}

/// Where states rest that are followed for a while, each place once.
fn settled(map: &Held<'_>, from: &[Vec<f64>], size: f64) -> Vec<Vec<f64>> {
    let mut found: Vec<Vec<f64>> = Vec::new();
    let mut next = vec![0.0; map.dimension()];
    for start in from {
        let mut x = start.clone();
        let mut moved = f64::INFINITY;
        for _ in 0..STEPS {
            map.step(&[], &x, &mut next);
            moved = distance(&x, &next);
            std::mem::swap(&mut x, &mut next);
            if moved.is_nan() || moved <= STILL * size {
                break;
            }
        }
        if moved <= STILL * size && found.iter().all(|y| distance(&x, y) > SAME * size) {
            found.push(x);
        }
    }
    found
}

/// The largest difference of an entry; NaN if there is one.
fn distance(x: &[f64], y: &[f64]) -> f64 {
    let differences = x.iter().zip(y).map(|(x, y)| (x - y).abs());
    differences.fold(0.0, |most: f64, d| if d > most || d.is_nan() { d } else { most })
}

/// States along the directions that the map stretches: the image of noise under its slopes, scaled to the size of the states.
fn stretched(map: &Held<'_>, states: &[Vec<f64>], size: f64, count: usize, seed: u64) -> Vec<Vec<f64>> {
    let n = map.dimension();
    let zero = vec![0.0; n];
    let step = states.len().div_ceil(BASES).max(1);
    let bases: Vec<&Vec<f64>> = states.iter().step_by(step).collect();
    let slopes = |x: &&Vec<f64>| {
        let mut j = Matrix::zeros(n, n);
        map.jacobian(&[], x, &mut j);
        j
    };
    let slopes: Vec<Matrix> = bases.iter().map(slopes).collect();
    let drawn = |k: usize| {
        let mut random = Stream::new(seed, STREAM, k as u64);
        let j = &slopes[k % slopes.len()];
        let noise: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let mut y = j.mul_vec(&noise);
        if k % 2 == 1 {
            y = j.mul_vec(&y);
        }
        let rms = (y.iter().map(|v| v * v).sum::<f64>() / n as f64).sqrt();
        let scale = if rms > 0.0 { 1.5 * size * random.uniform() / rms } else { 0.0 };
        // Half of them lie about where the slopes were taken, the others about 0.
        let base = if k % 4 < 2 { bases[k % bases.len()] } else { &zero };
        let bounded = |((x, y), bound): ((&f64, &f64), &f64)| (x + scale * y).clamp(-bound, *bound);
        base.iter().zip(&y).zip(map.bounds).map(bounded).collect()
    };
    (0..count).map(drawn).collect()
}
