//! A walk along a flat direction: until it closes, ends, or has gone far enough.

use super::normal::{Normal, Place, distance, norm};
use super::set::{AttractorShape, ContinuousAttractor, LineEnd, summary};
use crate::analyze::AnalyzeError;
use crate::field::Workspace;
use linalg::Matrix;

/// Steps in one direction, at most.
const STEPS: usize = 4000;
/// The least cosine of the angle between tangents of neighbors.
const SMOOTH: f64 = 0.95;
/// The same for the shortest step, which may go round a corner.
const CORNER: f64 = 0.2;

/// How one direction ended.
enum Way {
    Closed,
    Open(LineEnd),
}

/// The ring or line through a state.
pub(super) fn curve(
    normal: &Normal<'_>,
    start: Place,
    ws: &mut Workspace,
) -> Result<Option<ContinuousAttractor>, AnalyzeError> {
    let (forth, way) = follow(normal, &start, 1.0, ws)?;
    let (mut places, shape, ends) = match way {
        Way::Closed => (std::iter::once(start).chain(forth).collect(), AttractorShape::Ring, None),
        Way::Open(last) => {
            let (back, way) = follow(normal, &start, -1.0, ws)?;
            let first = match way {
                Way::Open(end) => end,
                Way::Closed => LineEnd::Lost,
            };
            let places: Vec<Place> =
                back.into_iter().rev().chain(std::iter::once(start)).chain(forth).collect();
            (places, AttractorShape::Line, Some([first, last]))
        }
    };
    if places.len() < 5 {
        return Ok(None);
    }
    let ring = shape == AttractorShape::Ring;
    if !places.iter().all(|x| x.is_fixed) {
        straighten(normal, &mut places, ring, ws);
    }
    let chords: f64 = places.windows(2).map(|w| distance(&w[0].x, &w[1].x)).sum();
    let gap = match (ring, places.first(), places.last()) {
        (true, Some(first), Some(last)) => distance(&first.x, &last.x),
        _ => 0.0,
    };
    Ok(Some(summary(shape, places, chords + gap, ends)))
}

fn follow(
    normal: &Normal<'_>,
    start: &Place,
    sign: f64,
    ws: &mut Workspace,
) -> Result<(Vec<Place>, Way), AnalyzeError> {
    let full = normal.step();
    let extent = normal.settings.extent * normal.scale;
    let mut here = oriented(start.clone(), |t| {
        sign * t.iter().zip(start.tangent.column(0)).map(|(a, b)| a * b).sum::<f64>()
    });
    let first = here.tangent.clone();
    let (mut places, mut h, mut gone): (Vec<Place>, f64, f64) = (Vec::new(), full, 0.0);
    let mut wide: f64 = 0.0;
    for _ in 0..STEPS {
        let t = here.tangent.column(0);
        let y: Vec<f64> = here.x.iter().zip(t).map(|(x, t)| x + h * t).collect();
        let shortest = h <= full / 15.0;
        let next = normal.place(&y, &here.tangent, ws)?;
        let turn = |x: &Place| x.tangent.column(0).iter().zip(t).map(|(a, b)| a * b).sum::<f64>().abs();
        let least = if shortest { CORNER } else { SMOOTH };
        let fits = |x: &Place| turn(x) >= least && distance(&x.x, &here.x) <= 2.0 * h;
        let Some(next) = next.filter(fits) else {
            if shortest {
                let fades = normal.correct(&y, &here.tangent, ws).is_some();
                return Ok((places, Way::Open(if fades { LineEnd::Fades } else { LineEnd::Lost })));
            }
            h /= 2.0;
            continue;
        };
        // Along the way just gone, not against it: at a corner the old tangent alone may mislead.
        let gone_by: Vec<f64> = next.x.iter().zip(&here.x).map(|(a, b)| a - b).collect();
        let next = oriented(next, |t| t.iter().zip(&gone_by).map(|(a, b)| a * b).sum());
        if gone > 3.0 * full && closes(&here, &next, start, &first, full) {
            return Ok((places, Way::Closed));
        }
        gone += norm(&gone_by);
        wide = wide.max(distance(&next.x, &start.x));
        here = next.clone();
        places.push(next);
        if wide > extent {
            return Ok((places, Way::Open(LineEnd::GoesOn)));
        }
        h = (2.0 * h).min(full);
    }
    Ok((places, Way::Open(LineEnd::GoesOn)))
}

/// Whether the start lies on the chord from here to next, and the way goes as it went then.
fn closes(here: &Place, next: &Place, start: &Place, first: &Matrix, h: f64) -> bool {
    let chord: Vec<f64> = next.x.iter().zip(&here.x).map(|(a, b)| a - b).collect();
    let square: f64 = chord.iter().map(|v| v * v).sum();
    let s =
        chord.iter().zip(start.x.iter().zip(&here.x)).map(|(c, (a, b))| c * (a - b)).sum::<f64>() / square;
    let foot: Vec<f64> = here.x.iter().zip(&chord).map(|(x, c)| x + s * c).collect();
    let along: f64 = chord.iter().zip(first.column(0)).map(|(a, b)| a * b).sum();
    (0.0..=1.0).contains(&s) && distance(&foot, &start.x) <= 0.3 * h && along > 0.0
}

/// The place with its tangent (and its drift) turned so that `along` is positive.
fn oriented(mut place: Place, along: impl Fn(&[f64]) -> f64) -> Place {
    if along(place.tangent.column(0)) < 0.0 {
        place.tangent = place.tangent.scaled(-1.0);
        place.drift = place.drift.iter().map(|v| -v).collect();
    }
    place
}

/// Where the set drifts, the flat directions of J lean by about drift/decay: the chords between neighbors tell better where f has to
/// point. What cannot be corrected stays as it was.
fn straighten(normal: &Normal<'_>, places: &mut [Place], ring: bool, ws: &mut Workspace) {
    let old: Vec<Vec<f64>> = places.iter().map(|x| x.x.clone()).collect();
    let n = old.len();
    for (i, place) in places.iter_mut().enumerate() {
        let (before, after) = match (ring, i) {
            (true, _) => ((i + n - 1) % n, (i + 1) % n),
            (false, 0) => (0, 1),
            (false, _) => (i - 1, (i + 1).min(n - 1)),
        };
        // Neighbors of unequal distance would tilt the chord of a curve; the parabola through all three has this slope.
        let (a, b) = (distance(&old[i], &old[before]), distance(&old[after], &old[i]));
        let slope = |k: usize| {
            let back = if a > 0.0 { (old[i][k] - old[before][k]) / a } else { 0.0 };
            let forth = if b > 0.0 { (old[after][k] - old[i][k]) / b } else { 0.0 };
            if a == 0.0 || b == 0.0 { back + forth } else { (b * back + a * forth) / (a + b) }
        };
        let t: Vec<f64> = (0..old[i].len()).map(slope).collect();
        let size = norm(&t);
        if size == 0.0 {
            continue;
        }
        let along = Matrix::from_fn(t.len(), 1, |k, _| t[k] / size);
        if let Some((x, drift)) = normal.correct(&old[i], &along, ws)
            && let Some(speed) = normal.speed(&x, ws)
            && distance(&x, &old[i]) <= normal.step()
        {
            (place.x, place.drift, place.speed, place.tangent) = (x, drift, speed, along);
            place.is_fixed = speed <= normal.settings.residual;
        }
    }
}
