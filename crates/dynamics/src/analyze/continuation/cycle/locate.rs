//! A bifurcation of cycles between two points of a branch, by Newton's iteration on the extended system.
//!
//! To the equation of the cycle and a plane across the branch comes g = 0, where g is the tangent's part along the parameter
//! (fold), the product of multiplier + 1 (period doubling) or - 1 (branch point) without the trivial multiplier, or |multiplier| - 1 of a
//! pair (torus). The cycle itself is corrected by Newton's method for each position of the plane; the plane moves by secants of g,
//! which are kept inside the bracket while there is one. Then the mesh is halved, and the bifurcation found anew,
//! until the parameter agrees; the last difference is the error that is told.

use super::station::{Station, Test, Tools};
use crate::analyze::cycle::newton::{Direction, Point, advance, inner};
use crate::analyze::cycle::orbit::halved;
use crate::field::EvalError;

/// A bifurcation with its error.
pub(super) struct Located {
    pub(super) station: Station,
    pub(super) p: f64,
    pub(super) error: f64,
}

/// A correction below this is rounding soon.
const TIGHT: f64 = 1e-11;

/// Finds the zero of `test` between two stations on one mesh; `None` where the iteration leaves them.
pub(super) fn locate(
    tools: &mut Tools<'_>,
    a: &Station,
    b: &Station,
    test: Test,
) -> Result<Option<Located>, EvalError> {
    let Some((station, slope)) = bracketed(tools, a, b, test)? else { return Ok(None) };
    let parameter = tools.settings.parameter;
    let width = tools.settings.interval.1 - tools.settings.interval.0;
    let wanted = tools.settings.special_tolerance * width.abs();
    let mut station = station;
    let mut p = station.point.p[parameter];
    let mut error = f64::INFINITY;
    let most = 4 * tools.settings.most_intervals;
    let mut fine = false;
    loop {
        let old = station.point.orbit.mesh.clone();
        let (mut mesh, _) = station.point.orbit.balanced(old.len() - 1, &tools.units.variables);
        if fine {
            mesh = halved(&mesh);
        }
        if mesh.len() > most {
            break;
        }
        let mut moved = station.clone();
        moved.point.orbit = station.point.orbit.on(&mesh);
        moved.tangent = station.tangent.on(tools.c.n, &old, &mesh);
        let Some((found, uncertain)) = polished(tools, &moved, test, slope)? else { break };
        let next = found.point.p[parameter];
        error = (next - p).abs() + uncertain;
        station = found;
        p = next;
        if fine && error <= wanted {
            break;
        }
        fine = true;
    }
    if !error.is_finite() {
        return Ok(None);
    }
    // Below this rounding in the multipliers and in the cycle is not told apart from the truth.
    let error = error + 1e-12 * (p.abs() + width.abs());
    Ok(Some(Located { station, p, error }))
}

/// Secants in a bracket; returns the slope of g along the branch, too.
fn bracketed(
    tools: &mut Tools<'_>,
    a: &Station,
    b: &Station,
    test: Test,
) -> Result<Option<(Station, f64)>, EvalError> {
    let mesh = &a.point.orbit.mesh;
    let parameter = tools.settings.parameter;
    let chord = chord(a, b, parameter);
    let length = inner(&tools.c, mesh, &tools.units, &chord, &a.tangent);
    let (mut low, mut high) = ((0.0, a.test(test)), (length, b.test(test)));
    if low.1 * high.1 > 0.0 || (low.1 * high.1).is_nan() {
        return Ok(None);
    }
    let mut best: Option<Station> = None;
    let (mut last, mut slope) = (f64::NAN, (high.1 - low.1) / length);
    for turn in 0..40 {
        let mut s = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
        if turn % 4 == 3 || !s.is_finite() {
            s = 0.5 * (low.0 + high.0);
        }
        let mut guess = a.point.clone();
        advance(&mut guess, &chord, s / length, Some(parameter));
        let Ok((station, _)) = tools.land(guess, &a.point.orbit.points, &a.tangent, 1e-9)? else {
            return Ok(None);
        };
        let g = station.test(test);
        if g.is_nan() {
            return Ok(None);
        }
        slope = (high.1 - low.1) / (high.0 - low.0);
        let kept = if (g <= 0.0) == (low.1 <= 0.0) { &mut low } else { &mut high };
        *kept = (s, g);
        best = Some(station);
        if (s - last).abs() < 1e-7 * length || g == 0.0 || (high.0 - low.0).abs() < 1e-7 * length {
            break;
        }
        last = s;
    }
    Ok(best.map(|station| (station, slope)))
}

/// Secants from a good guess on its own mesh; returns what the last of them still moved p by.
fn polished(
    tools: &mut Tools<'_>,
    near: &Station,
    test: Test,
    slope: f64,
) -> Result<Option<(Station, f64)>, EvalError> {
    let parameter = tools.settings.parameter;
    let (mut s, mut slope) = (0.0, slope);
    let mut before: Option<(f64, f64)> = None;
    let mut old_p = f64::NAN;
    let mut result = None;
    for _ in 0..8 {
        let guess: Point = tools.predict(near, s);
        let Ok((station, _)) = tools.land(guess, &near.point.orbit.points, &near.tangent, TIGHT)? else {
            break;
        };
        let g = station.test(test);
        if g.is_nan() {
            break;
        }
        if let Some((s0, g0)) = before
            && (s - s0).abs() > 1e-13
            && g != g0
        {
            slope = (g - g0) / (s - s0);
        }
        let p = station.point.p[parameter];
        let rounding =
            if test == Test::Fold { 0.0 } else { station.deviation / slope.abs() * station.tangent.p.abs() };
        let moved = if old_p.is_nan() { f64::INFINITY } else { (p - old_p).abs() };
        old_p = p;
        let step = -g / slope;
        // What the next step would still move p by.
        let rest = 2.0 * (step * station.tangent.p).abs();
        let done = step.abs() < 1e-12 || !step.is_finite();
        let uncertain = if done { rest } else { moved + rest } + rounding;
        result = Some((station, uncertain));
        if done {
            break;
        }
        before = Some((s, g));
        s += step;
    }
    Ok(result.filter(|r| r.1.is_finite()))
}

/// From one station to another, on the same mesh.
pub(super) fn chord(a: &Station, b: &Station, parameter: usize) -> Direction {
    let (x, y) = (&a.point, &b.point);
    Direction {
        points: x.orbit.points.iter().zip(&y.orbit.points).map(|(x, y)| y - x).collect(),
        period: y.orbit.period - x.orbit.period,
        p: y.p[parameter] - x.p[parameter],
    }
}
