//! Where the search for fixed points starts, and how much is tried.

use crate::network::System;
use dynamics::analyze::Region;
use dynamics::simulate::Trajectory;

/// States of the run among the starts.
const ALONG: usize = 8;
/// Operations that each part of a search may take: a second or two on one core.
const WORK: f64 = 4e9;

/// Where to start, counted in the units of the variables.
pub(super) struct Frame {
    /// Chosen states.
    pub(super) starts: Vec<Vec<f64>>,
    /// Where others are scattered.
    pub(super) region: Region,
}

/// How much is tried.
pub(super) struct Effort {
    /// Chosen starts, at most.
    pub(super) given: usize,
    /// Scattered starts.
    pub(super) scattered: usize,
    /// Starts between known points.
    pub(super) between: usize,
    /// Paths from easy systems.
    pub(super) paths: usize,
    /// Searches with the known points divided out.
    pub(super) deflated: usize,
    /// Newton steps of one start.
    pub(super) iterations: usize,
    /// Slow points.
    pub(super) slow: usize,
    /// Whether each point found has its spectrum computed at once.
    pub(super) spectra: bool,
    /// Points that are linearized and analyzed in full.
    pub(super) linearized: usize,
    /// Whether connected sets are looked for.
    pub(super) attractors: bool,
    /// What that leaves out, in sentences.
    pub(super) left_out: Vec<String>,
}

/// The effort for n variables: a Newton search takes some 40 n^3 operations, a path 400 n^3, a slow point up to 600 n^3, a
/// full analysis 400 n^3, a connected set some thousand n^3.
pub(super) fn effort(n: usize, wanted: Option<usize>, full: bool) -> Effort {
    let cube = (n as f64).powi(3);
    let work = if full { 10.0 * WORK } else { WORK };
    let affordable = |cost: f64, most: usize| ((work / (cost * cube)) as usize).min(most);
    let usual = affordable(40.0, 256);
    let attractors = affordable(4000.0, 1) == 1;
    let mut left_out = Vec::new();
    if usual < 256 && wanted.is_none() {
        left_out.push(format!(
            "At this size fixed points were searched from {usual} scattered starts; `[analyze] starts` asks for more."
        ));
    }
    if !attractors {
        left_out.push(
            "Connected sets of fixed points (lines, rings, planes) were not looked for at this size; `--full` asks for them."
                .into(),
        );
    }
    Effort {
        given: affordable(40.0, 2 * ALONG).max(1),
        scattered: wanted.unwrap_or(usual),
        between: 2 * usual,
        paths: affordable(400.0, 8),
        deflated: usual / 2,
        iterations: if usual < 256 { 50 } else { 100 },
        slow: affordable(600.0, 8),
        spectra: usual > 0 && n <= 200,
        linearized: affordable(400.0, 200).max(1),
        attractors,
        left_out,
    }
}

impl Effort {
    /// For whoever was told to stop: one start, one analysis.
    pub(super) fn least(n: usize) -> Self {
        let none = Self {
            given: 1,
            scattered: 0,
            between: 0,
            paths: 0,
            deflated: 0,
            slow: 0,
            linearized: 1,
            ..effort(n, None, false)
        };
        let words = "Fixed points were searched from one start only, for the run was stopped.";
        Self { attractors: false, left_out: vec![words.to_owned()], ..none }
    }
}

/// 0, the state at the start, the state at the end, the time average and states along the run; others are scattered around the run.
pub(super) fn frame(system: &System, run: Option<&Trajectory>, sizes: &[f64]) -> Frame {
    let n = system.dimension();
    let run = run.filter(|run| !run.t.is_empty() && run.x.is_finite() && run.x.rows() == n);
    let mut starts = vec![vec![0.0; n], system.x0.clone()];
    let mut range: Vec<(f64, f64)> = system.x0.iter().map(|x| (*x, *x)).collect();
    if let Some(run) = run {
        let count = run.t.len();
        starts.push(run.x.column(count - 1).to_vec());
        starts.push((0..n).map(|i| (0..count).map(|k| run.x[(i, k)]).sum::<f64>() / count as f64).collect());
        starts.extend((1..ALONG).map(|k| run.x.column(k * (count - 1) / ALONG).to_vec()));
        for (i, (low, high)) in range.iter_mut().enumerate() {
            let values = (0..count).map(|k| run.x[(i, k)]);
            (*low, *high) = values.fold((*low, *high), |(a, b), v| (a.min(v), b.max(v)));
        }
    }
    for start in &mut starts {
        start.iter_mut().zip(sizes).for_each(|(x, size)| *x /= size);
    }
    for ((low, high), size) in range.iter_mut().zip(sizes) {
        (*low, *high) = (*low / size, *high / size);
    }
    // Units of one kind may stand in for each other, so they share their range.
    let mut region = range.clone();
    let groups = system.groups.iter().map(|group| group.range.clone());
    let groups: Vec<_> =
        if system.groups.is_empty() { (0..n).map(|i| i..i + 1).collect() } else { groups.collect() };
    for group in groups {
        let both = range[group.clone()]
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        region[group].fill(widened(both, run.is_some()));
    }
    Frame { starts, region: Region::Box(region) }
}

/// A range with both signs becomes symmetric about 0; one of one sign keeps its sign as far as its margin allows.
fn widened((low, high): (f64, f64), followed: bool) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if low < 0.0 && high > 0.0 {
        return (-1.25 * size, 1.25 * size);
    }
    let margin = if followed && size > 0.0 { 0.5 * size } else { size.max(1.0) };
    (low - margin, high + margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effort_falls_with_the_size_and_never_to_nothing() {
        let (small, large) = (effort(3, None, false), effort(1000, None, false));
        assert_eq!((small.scattered, small.paths, small.slow, small.attractors), (256, 8, 8, true));
        assert!(small.left_out.is_empty() && large.left_out.len() == 2);
        assert!((1..3).contains(&large.given) && large.scattered < 3 && large.linearized == 1);
        assert_eq!(effort(1000, Some(50), false).scattered, 50);
    }

    #[test]
    fn a_range_of_one_sign_keeps_it_and_one_of_both_is_mirrored() {
        assert_eq!(widened((0.2, 1.0), true), (-0.3, 1.5));
        assert_eq!(widened((-0.5, 1.0), true), (-1.25, 1.25));
        assert_eq!(widened((0.0, 0.0), false), (-1.0, 1.0));
    }
}
