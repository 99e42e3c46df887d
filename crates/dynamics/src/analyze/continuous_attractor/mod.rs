//! Continuous attractors: connected sets of fixed points, and slow sets that nearly are.
//!
//! ```text
//! a seed ─► small singular values of J ─► k flat directions T
//!            k = 1: a walk along T, corrected in the normal space ─► closed: a ring, else a line with its ends
//!            k = 2: a small grid over T, corrected the same way   ─► a plane
//! ```
//!
//! The set is where nothing moves but along it: f(x) = T v. From a predicted state y the correction solves
//!
//! [J T; T' 0] [d; -v] = [-f; T'(y - x)]
//!
//! so that v, the drift along the set, comes with the state. Where |f| stays below the largest residual everywhere the set consists of
//! fixed points, as far as states h apart can tell; else it drifts, and is told as slow, never as fixed.
//!
//! | symbol | meaning |
//! |---|---|
//! | k | dimension: the number of singular values of J below `slow` times the next |
//! | decay | the slowest rate at which what is beside the set returns to it, smallest along it; negative: it is left |
//! | ratio | (largest drift/length scale)/decay; the scale is the radius of a ring of this length, half the length of a line |
//!
//! Cost: for each state an SVD and a spectrum, about 20 n^3, and some factorizations.
//! A seed has to lie so near the set that a direction is flat there. The walk fails, and says where it ended, when J is not smooth enough for steps of h/16, or when the flat directions of the set become
//! more or fewer. Whether a surface is closed (a torus, a sphere) is not looked into. A spiral slower than `slow` looks like a surface.
//!
//! References: Carr (1981), Applications of centre manifold theory; Sagodi, Martin-Sanchez, Sokol, Park (2024), Back to the continuous
//! attractor.

mod normal;
mod patch;
mod set;
mod settings;
mod walk;

#[cfg(test)]
mod tests;

use super::AnalyzeError;
use crate::field::{VectorField, Workspace};
use crate::simulate::Progress;
use normal::{Normal, distance, norm};
use set::summary;
pub use set::{AttractorShape, ContinuousAttractor, LineEnd};
pub use settings::AttractorSettings;

/// The sets to which the seeds belong: singular zeros, slow points, fixed points with a slow direction. A seed on a set that is known
/// is passed over; one without a flat direction belongs to none.
///
/// # Errors
/// When a seed does not fit the field, or a spectrum cannot be computed.
pub fn continuous_attractors(
    field: &dyn VectorField,
    p: &[f64],
    seeds: &[Vec<f64>],
    settings: &AttractorSettings,
    progress: Progress<'_>,
) -> Result<Vec<ContinuousAttractor>, AnalyzeError> {
    let mut found: Vec<ContinuousAttractor> = Vec::new();
    for (k, seed) in seeds.iter().enumerate() {
        if progress(k as f64 / seeds.len() as f64).is_break() {
            break;
        }
        let near = 0.75 * settings.step * norm(seed).max(1.0);
        if !found.iter().any(|known| known.points.iter().any(|x| distance(x, seed) <= near)) {
            found.extend(continuous_attractor(field, p, seed, settings)?);
        }
    }
    Ok(found)
}

/// The set to which one state belongs; `None` if no direction there is flat, or what lies along it drifts too fast.
///
/// # Errors
/// As [`continuous_attractors`].
pub fn continuous_attractor(
    field: &dyn VectorField,
    p: &[f64],
    seed: &[f64],
    settings: &AttractorSettings,
) -> Result<Option<ContinuousAttractor>, AnalyzeError> {
    let n = field.dimension();
    if seed.len() != n {
        return Err(AnalyzeError::Length { what: "a seed", found: seed.len(), expected: n });
    }
    if let Some(index) = seed.iter().position(|v| !v.is_finite()) {
        return Err(AnalyzeError::NotFinite { what: "a seed", index, value: seed[index] });
    }
    let scale = norm(seed).max(1.0);
    let normal = Normal { field, p, settings, scale };
    let mut ws = Workspace::default();
    let Some(start) = normal.start(seed, &mut ws)? else { return Ok(None) };
    let found = match start.tangent.cols() {
        1 => walk::curve(&normal, start, &mut ws)?,
        2 => patch::surface(&normal, start, &mut ws)?,
        _ => Some(summary(AttractorShape::Higher, vec![start], scale, None)),
    };
    Ok(found.filter(|set| set.is_fixed || set.ratio.abs() <= settings.slow))
}
