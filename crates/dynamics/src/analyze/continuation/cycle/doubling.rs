//! From a period doubling into the cycles of twice the period.
//!
//! There the linearized equation has a solution v with v(T) = -v(0). The cycle gone around twice, plus a little of v on the
//! first round and minus it on the second, begins the new branch. Which way its parameter goes tells the type: towards the side
//! where the old cycle has lost its stability, or away from it.

use super::super::diagram::Criticality;
use super::branch::Doubling;
use super::locate::Located;
use super::station::{Station, Test, Tools};
use crate::analyze::cycle::basis::DEGREE;
use crate::analyze::cycle::cyclic::{Border, Ring, solve};
use crate::analyze::cycle::limit_cycle::ranges;
use crate::analyze::cycle::newton::{Direction, Point, inner};
use crate::analyze::cycle::orbit::Orbit;
use crate::field::EvalError;

/// The cycle gone around twice, and the direction into the new branch.
pub(super) fn twice(
    tools: &mut Tools<'_>,
    station: &Station,
    special: usize,
) -> Result<Option<Doubling>, EvalError> {
    let n = tools.c.n;
    let orbit = &station.point.orbit;
    tools.c.condense(orbit, &station.point.p, &mut tools.blocks)?;
    // A bordered system finds the vector that the ring with the sign -1 sends to 0; a second turn improves the border.
    let mut border: Vec<f64> = (0..n).map(|i| 1.0 + 0.3 * i as f64).collect();
    let mut v = Vec::new();
    for _ in 0..3 {
        let mut weights = vec![0.0; (orbit.intervals() * DEGREE + 1) * n];
        weights[..n].copy_from_slice(&border);
        let borders = [Border { weights, scalars: vec![0.0], right: [0.0, 1.0] }];
        let ring =
            Ring { blocks: &tools.blocks, coupled: 0, sigma: -1.0, extra: Some(&border), borders: &borders };
        let [_, null] = solve(&ring);
        let size = null.points[..n].iter().map(|x| x * x).sum::<f64>().sqrt();
        if !(size.is_finite() && size > 0.0) {
            return Ok(None);
        }
        v = null.points.iter().map(|x| x / size).collect();
        border = v[..n].to_vec();
    }
    let ranges = ranges(orbit);
    let worst = v.chunks_exact(n).flat_map(|v| (0..n).map(|i| (v[i] / ranges[i]).abs()).collect::<Vec<_>>());
    let size = worst.fold(0.0, f64::max);
    v.iter_mut().for_each(|v| *v /= size);
    let mesh: Vec<f64> =
        orbit.mesh.iter().map(|s| 0.5 * s).chain(orbit.mesh[1..].iter().map(|s| 0.5 + 0.5 * s)).collect();
    let points = [&orbit.points[..], &orbit.points[n..]].concat();
    let direction = v.iter().copied().chain(v[n..].iter().map(|v| -v)).collect();
    let orbit = Orbit { n, mesh, points, period: 2.0 * orbit.period };
    Ok(Some(Doubling { special, p: station.point.p.clone(), orbit, direction }))
}

/// The first cycle of the new branch, at the distance `size` (in parts of the cycle) along the direction.
pub(super) fn first_doubled(
    tools: &mut Tools<'_>,
    doubling: &Doubling,
    size: f64,
) -> Result<Option<Station>, EvalError> {
    let mut tangent = Direction { points: doubling.direction.clone(), period: 0.0, p: 0.0 };
    let length = inner(&tools.c, &doubling.orbit.mesh, &tools.units, &tangent, &tangent).sqrt();
    tangent.scale(1.0 / length);
    let mut point = Point { orbit: doubling.orbit.clone(), p: doubling.p.clone() };
    let end = point.orbit.points.len() - point.orbit.n;
    for (x, v) in point.orbit.points.iter_mut().zip(&doubling.direction) {
        *x += size * v;
    }
    let (start, last) = point.orbit.points.split_at_mut(end);
    last.copy_from_slice(&start[..doubling.orbit.n]);
    let landed = tools.land(point, &doubling.orbit.points, &tangent, 1e-10)?;
    Ok(landed.ok().map(|(station, _)| station))
}

/// Whether the new cycles are on the side where the old one has lost its stability.
pub(super) fn criticality(
    tools: &mut Tools<'_>,
    doubling: &Doubling,
    found: &Located,
    a: &Station,
    b: &Station,
) -> Result<Option<Criticality>, EvalError> {
    let parameter = tools.settings.parameter;
    let old = tools.units.clone();
    tools.units.period = doubling.orbit.period;
    let first = first_doubled(tools, doubling, 0.02)?;
    tools.units = old;
    let Some(first) = first else { return Ok(None) };
    let moved = first.point.p[parameter] - found.p;
    if moved.abs() <= 10.0 * found.error {
        return Ok(None);
    }
    // More multipliers are outside on the side that has lost stability.
    let (less, more) = if a.unstable() < b.unstable() { (a, b) } else { (b, a) };
    if less.unstable() == more.unstable() || a.test(Test::Minus) * b.test(Test::Minus) > 0.0 {
        return Ok(None);
    }
    let side = more.point.p[parameter] - found.p;
    Ok(Some(if side * moved > 0.0 { Criticality::Supercritical } else { Criticality::Subcritical }))
}
