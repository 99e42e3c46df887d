//! What happens on a piece of a branch, told by its two ends.
//!
//! | change from end to end | event |
//! |---|---|
//! | dp/ds changes its sign, 1 real eigenvalue crosses 0 | fold |
//! | the determinant of (f', t) changes its sign, 1 real eigenvalue crosses 0 | branch point |
//! | both change their sign, none crosses | branch point of a curve that turns there (pitchfork) |
//! | a complex pair crosses the imaginary axis | Hopf point |
//!
//! Anything else is several events: the piece is halved. So it is if Newton's method does not find the event inside. Two
//! events that undo each other are looked for where an eigenvalue came nearer to the axis and went away again.

use super::found::{Found, branch_point, fold, hopf};
use super::point::Point;
use crate::analyze::continuation::curve::between;
use crate::analyze::continuation::problem::{Problem, distance, dot};
use linalg::Complex;

/// The ends are not on one curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jump;

/// What was found on a piece.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    /// In the order of the walk.
    pub(super) found: Vec<Found>,
    /// Where the count of unstable eigenvalues changed and no event was found.
    pub(super) unresolved: Vec<Vec<f64>>,
}

/// Below this length a piece is not halved again.
const SHORTEST: f64 = 1e-8;

/// The point in the middle between a and b.
pub(super) fn middle(problem: &mut Problem, a: &Point, b: &Point, tolerance: f64) -> Result<Point, Jump> {
    let guess = between(&a.z, &a.tangent, &b.z, &b.tangent, 0.5);
    let normal: Vec<f64> = a.tangent.iter().zip(&b.tangent).map(|(a, b)| 0.5 * (a + b)).collect();
    let mut m = Point::near(problem, &guess, &normal, tolerance).map_err(|_| Jump)?;
    let length = distance(&a.z, &b.z);
    let is_between = distance(&a.z, &m.z).max(distance(&m.z, &b.z)) <= 0.75 * length + 1e-9;
    if !is_between || dot(&a.tangent, &m.tangent) < 0.8 || dot(&b.tangent, &m.tangent) < 0.8 {
        return Err(Jump);
    }
    m.follow(a);
    Ok(m)
}

/// The events between a and b, where the eigenvalues of b continue those of a.
pub(super) fn events(
    problem: &mut Problem,
    a: &Point,
    b: &Point,
    tolerance: f64,
    depth: usize,
) -> Result<Events, Jump> {
    let turns = a.speed() * b.speed() < 0.0;
    let crosses = a.orientation * b.orientation < 0.0;
    let crossing: Vec<usize> =
        (0..problem.n).filter(|&k| (a.spectrum[k].re > 0.0) != (b.spectrum[k].re > 0.0)).collect();
    let change = a.unstable.abs_diff(b.unstable);
    let length = distance(&a.z, &b.z);
    let deep = depth >= 8;
    // The order of eigenvalues may be mistaken where they meet; what counts in the end is their number.
    let count = |expected: usize| crossing.len() == expected || deep;
    let found = match (turns, crosses, change) {
        (false, false, 0) if count(0) => {
            if depth >= 6 || !turns_twice(a, b) {
                return Ok(Events::default());
            }
            None
        }
        (true, false, 1) if count(1) && !hides_hopf(a, b, &crossing, depth) => fold(problem, a, b),
        (false, true, 1) if count(1) && !hides_hopf(a, b, &crossing, depth) => branch_point(problem, a, b),
        (true, true, 0) if count(0) => branch_point(problem, a, b).filter(|found| {
            // A curve that turns exactly where it is crossed, not nearby.
            let flat = |t: &Vec<f64>| t.last().is_some_and(|t| t.abs() < 1e-4);
            found.tangents.as_ref().is_some_and(|t| t.iter().any(flat)) || length < 1e-4
        }),
        (false, false, 2) => pair(a, b, &crossing).and_then(|k| hopf(problem, a, b, k)),
        _ => None,
    };
    if let Some(found) = found {
        return Ok(Events { found: vec![found], unresolved: Vec::new() });
    }
    if length < SHORTEST || depth > 40 {
        return Ok(Events { found: Vec::new(), unresolved: vec![a.z.clone()] });
    }
    let m = middle(problem, a, b, tolerance)?;
    let mut end = b.clone();
    end.follow(&m);
    let mut all = events(problem, a, &m, tolerance, depth + 1)?;
    let rest = events(problem, &m, &end, tolerance, depth + 1)?;
    all.found.extend(rest.found);
    all.unresolved.extend(rest.unresolved);
    Ok(all)
}

/// Whether a piece on which one eigenvalue crosses may hold a Hopf point as well: near a Bogdanov-Takens point a pair crosses,
/// becomes real, and one of the two comes back, all within a short way.
///
/// The eigenvalue that crosses then belongs to a pair at one end, or the product of all sums of two eigenvalues, which
/// vanishes at Hopf points (and at neutral saddles), changes its sign.
fn hides_hopf(a: &Point, b: &Point, crossing: &[usize], depth: usize) -> bool {
    let paired = |p: &Point| crossing.iter().any(|&k| p.spectrum[k].im != 0.0);
    depth < 8 && (paired(a) || paired(b)) || depth < 6 && sums(a) * sums(b) < 0.0
}

/// The sign of the product of all sums of two eigenvalues.
fn sums(p: &Point) -> f64 {
    let n = p.spectrum.len();
    let pairs = (0..n).flat_map(|i| (0..i).map(move |k| (i, k)));
    let product: Complex = pairs
        .map(|(i, k)| {
            let sum = p.spectrum[i] + p.spectrum[k];
            if sum.norm() > 0.0 { sum / sum.norm() } else { Complex::new(0.0, 0.0) }
        })
        .product();
    product.re.signum() * f64::from(u8::from(product.re != 0.0))
}

/// The eigenvalue with a positive imaginary part of the one pair that crosses.
fn pair(a: &Point, b: &Point, crossing: &[usize]) -> Option<usize> {
    let upper: Vec<usize> =
        crossing.iter().copied().filter(|&k| a.spectrum[k].im > 0.0 && b.spectrum[k].im > 0.0).collect();
    match (upper.as_slice(), crossing.len()) {
        ([k], 2) => Some(*k),
        _ => None,
    }
}

/// Whether the cubic through both ends turns back and forth in the parameter.
fn turns_twice(a: &Point, b: &Point) -> bool {
    let h = distance(&a.z, &b.z);
    let last = a.z.len() - 1;
    let (da, db) = (h * a.speed(), h * b.speed());
    let rise = b.z[last] - a.z[last];
    // dp/ds of the cubic is a parabola: da + ... ; its value in the middle decides.
    let (c1, c2) = (6.0 * rise - 4.0 * da - 2.0 * db, 3.0 * (da + db) - 6.0 * rise);
    let vertex = -c1 / (2.0 * c2);
    let value = da + c1 * vertex + c2 * vertex * vertex;
    (0.0..1.0).contains(&vertex) && value * da < 0.0
}

/// Events that undo each other between three neighbors without any: where an eigenvalue dips towards the axis.
pub(super) fn dips(
    problem: &mut Problem,
    [a, b, c]: [&Point; 3],
    tolerance: f64,
    depth: usize,
) -> Result<Events, Jump> {
    if depth >= 8 || !(0..problem.n).any(|k| dip(a, b, c, k)) {
        return Ok(Events::default());
    }
    let m1 = middle(problem, a, b, tolerance)?;
    let (mut b, mut c) = (b.clone(), c.clone());
    b.follow(&m1);
    let m2 = middle(problem, &b, &c, tolerance)?;
    c.follow(&m2);
    let mut all = Events::default();
    for (from, to) in [(a, &m1), (&m1, &b), (&b, &m2), (&m2, &c)] {
        let piece = events(problem, from, to, tolerance, 0)?;
        all.found.extend(piece.found);
        all.unresolved.extend(piece.unresolved);
    }
    if !all.found.is_empty() {
        return Ok(all);
    }
    for three in [[a, &m1, &b], [&m1, &b, &m2], [&b, &m2, &c]] {
        let piece = dips(problem, three, tolerance, depth + 1)?;
        if !piece.found.is_empty() {
            return Ok(piece);
        }
    }
    Ok(all)
}

/// Whether the parabola through the real parts of eigenvalue k comes near 0 within the three points.
fn dip(a: &Point, b: &Point, c: &Point, k: usize) -> bool {
    let (ra, rb, rc) = (a.spectrum[k].re, b.spectrum[k].re, c.spectrum[k].re);
    if !(ra * rb > 0.0 && rb * rc > 0.0 && rb.abs() < ra.abs() && rb.abs() <= rc.abs()) {
        return false;
    }
    let (h1, h2) = (distance(&a.z, &b.z), distance(&b.z, &c.z));
    let (d1, d2) = ((rb - ra) / h1, (rc - rb) / h2);
    let bend = (d2 - d1) / (h1 + h2);
    let slope = (d1 * h2 + d2 * h1) / (h1 + h2);
    let lowest = rb - slope * slope / (4.0 * bend);
    lowest * rb <= 0.0 || lowest.abs() < 0.5 * rb.abs()
}
