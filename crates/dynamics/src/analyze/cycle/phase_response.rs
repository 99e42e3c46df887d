//! The phase response of a cycle: how much a small push at each phase advances it.
//!
//! Z solves the adjoint dZ/dt = -J(t)^T Z along the cycle, is periodic, and Z·f = 1: a push dx at phase theta advances the cycle by the
//! time Z(theta)·dx. At the mesh Z is the null vector of the transposed ring, walked backward; inside the intervals the
//! adjoint equation is collocated, so that Z is a piecewise polynomial as the cycle is. Stable and unstable cycles alike.
//! Cost: that of one iteration for the cycle.
//! Reference: Ermentrout, Terman (2010), Mathematical foundations of neuroscience, chapter 8; Malkin (1956).

use super::basis::{DEGREE, GAUSS};
use super::collocation::{Blocks, Collocation};
use super::cyclic::{Border, Ring, solve};
use super::limit_cycle::LimitCycle;
use super::orbit::Orbit;
use crate::field::{EvalError, VectorField};
use linalg::{Elimination, Matrix};

/// Z along a cycle.
#[derive(Clone, Debug)]
pub struct PhaseResponse {
    /// Z on the mesh of the cycle, in time per unit of each variable.
    pub curve: Orbit,
    /// The largest |Z·f - 1| at the points: a measure of its accuracy.
    pub deviation: f64,
}

/// The phase response of a cycle; `None` where there is no cycle, or the trivial multiplier is a double one (at a fold).
///
/// # Errors
/// When the right-hand side cannot be evaluated.
pub fn phase_response(
    field: &dyn VectorField,
    cycle: &LimitCycle,
) -> Result<Option<PhaseResponse>, EvalError> {
    if !cycle.verdict.is_cycle() {
        return Ok(None);
    }
    let (orbit, p) = (&cycle.orbit, &cycle.p);
    let (n, intervals) = (orbit.n, orbit.intervals());
    let mut c = Collocation::new(field, None);
    let mut blocks = Blocks::default();
    c.condense(orbit, p, &mut blocks)?;
    let transposed = (0..intervals).rev().map(|j| blocks.transfer(j).transpose()).collect();
    let backward = Blocks::of(transposed);
    let f0 = c.rate(p, &orbit.points[..n])?;
    let square: f64 = f0.iter().map(|f| f * f).sum();
    let mut weights = vec![0.0; (DEGREE * intervals + 1) * n];
    weights[..n].copy_from_slice(&f0);
    let column: Vec<f64> = f0.iter().map(|f| f / square).collect();
    let borders = [Border { weights, scalars: vec![0.0], right: [0.0, 1.0] }];
    let ring = Ring { blocks: &backward, coupled: 0, sigma: 1.0, extra: Some(&column), borders: &borders };
    let [_, null] = solve(&ring);
    if null.points.iter().any(|z| !z.is_finite()) {
        return Ok(None);
    }
    let mut points = vec![0.0; null.points.len()];
    let mut elimination = Elimination::new(DEGREE * n);
    let mut x = vec![0.0; n];
    for j in 0..intervals {
        let start = &null.points[(intervals - j) * DEGREE * n..][..n];
        let h = (orbit.mesh[j + 1] - orbit.mesh[j]) * orbit.period;
        let mut local = Matrix::zeros(DEGREE * n, DEGREE * n);
        let mut inside = vec![0.0; DEGREE * n];
        for i in 0..DEGREE {
            orbit.piece(j, GAUSS[i], &mut x);
            let jacobian = c.jacobian(p, &x)?;
            for a in 0..n {
                for b in 0..n {
                    let slope = -h * jacobian[(b, a)];
                    let identity = f64::from(u8::from(a == b));
                    let entry = |k: usize| c.basis.slope[i][k] * identity - c.basis.value[i][k] * slope;
                    inside[i * n + a] -= entry(0) * start[b];
                    for k in 1..=DEGREE {
                        local[(i * n + a, (k - 1) * n + b)] = entry(k);
                    }
                }
            }
        }
        elimination.factor(&local);
        elimination.solve(&mut inside);
        let at = j * DEGREE * n;
        points[at..at + n].copy_from_slice(start);
        points[at + n..at + DEGREE * n].copy_from_slice(&inside[..(DEGREE - 1) * n]);
    }
    let end = points.len() - n;
    points.copy_within(..n, end);
    let mut deviation = 0.0f64;
    for (z, x) in points.chunks_exact(n).zip(orbit.points.chunks_exact(n)) {
        let along: f64 = z.iter().zip(c.rate(p, x)?).map(|(z, f)| z * f).sum();
        deviation = deviation.max((along - 1.0).abs());
    }
    let curve = Orbit { n, mesh: orbit.mesh.clone(), points, period: orbit.period };
    Ok(Some(PhaseResponse { curve, deviation }))
}
