//! Principal components of the activity, beside the modes of the dynamics.
//!
//! A component is a direction of what was recorded, a mode one of what moves it: they agree where one mode outlives the
//! others, and need not agree elsewhere.

use crate::study::{Components, LinearAt, Nearest};
use dynamics::analyze::{Mode, principal_components};
use dynamics::simulate::Trajectory;
use linalg::Matrix;

/// Principal components whose time courses are kept.
const KEPT: usize = 10;

/// Principal components, where there is more than one variable and more than one time.
pub(super) fn components(run: &Trajectory, linear: &[LinearAt]) -> Option<Components> {
    if run.x.rows() < 2 || run.t.len() < 3 || !run.x.is_finite() {
        return None;
    }
    let found = principal_components(&run.x).ok()?;
    // Where nothing varies there may be no direction at all.
    if found.directions.cols() == 0 {
        return None;
    }
    let kept = found.fractions.len().min(KEPT);
    let modes = linear.first().map_or(&[][..], |at| &at.analysis.modes);
    let first = found.directions.column(0);
    let nearest = modes.iter().map(|mode| Nearest { mode: mode.index, cosine: cosine(first, mode) });
    Some(Components {
        nearest: nearest.max_by(|a, b| a.cosine.total_cmp(&b.cosine)),
        scores: found.project(&run.x, kept),
        directions: Matrix::from_fn(run.x.rows(), kept, |i, k| found.directions[(i, k)]),
        variance: found.fractions,
    })
}

/// Cosine of the angle between a unit direction and the line or plane of a mode; 0 where the sizes differ.
fn cosine(direction: &[f64], mode: &Mode) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let unit = |v: &[f64]| {
        let norm = dot(v, v).sqrt();
        v.iter().map(|x| x / norm).collect::<Vec<f64>>()
    };
    if mode.u.len() != direction.len() {
        return 0.0;
    }
    let Some(w) = &mode.w else { return dot(direction, &unit(&mode.u)).abs() };
    let (long, short) = if dot(&mode.u, &mode.u) >= dot(w, w) { (&mode.u, w) } else { (w, &mode.u) };
    let first = unit(long);
    let along = dot(short, &first);
    let second = unit(&short.iter().zip(&first).map(|(s, f)| s - along * f).collect::<Vec<f64>>());
    dot(direction, &first).hypot(dot(direction, &second)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynamics::simulate::{ErrorEstimate, Verdict};
    use linalg::Complex;

    #[test]
    fn a_run_that_rests_has_no_components() {
        let run = |n: usize, samples: usize| Trajectory {
            t: (0..samples).map(|k| k as f64).collect(),
            x: Matrix::zeros(n, samples),
            method: "exact".into(),
            reason: String::new(),
            steps: 0,
            rejected: 0,
            evaluations: 0,
            verdict: Verdict::Completed,
            error: ErrorEstimate { value: None, reason: String::new() },
        };
        assert!(components(&run(60, 20), &[]).is_none());
        assert!(components(&run(2, 20), &[]).is_some_and(|c| c.variance == [0.0, 0.0]));
    }

    #[test]
    fn a_direction_in_the_plane_of_a_pair_has_cosine_one() {
        let mode = Mode {
            eigenvalue: Complex::new(0.0, 1.0),
            index: 0,
            u: vec![0.8, 0.0, 0.0],
            w: Some(vec![0.3, 0.5, 0.0]),
            coefficient: None,
            condition: 1.0,
        };
        assert!((cosine(&[0.6, 0.8, 0.0], &mode) - 1.0).abs() < 1e-12);
        assert!((cosine(&[0.6, 0.0, 0.8], &mode) - 0.6).abs() < 1e-12);
        let line = Mode { w: None, ..mode };
        assert!((cosine(&[0.6, 0.8, 0.0], &line) - 0.6).abs() < 1e-12);
    }
}
