//! A surface with two flat directions, by a small grid over them.

use super::normal::{Normal, Place, distance};
use super::set::{AttractorShape, ContinuousAttractor, summary};
use crate::analyze::AnalyzeError;
use crate::field::Workspace;

/// Steps from the seed to each side.
const SIDE: isize = 3;

/// The patch around a state; `None` if any state of the grid is missing.
pub(super) fn surface(
    normal: &Normal<'_>,
    start: Place,
    ws: &mut Workspace,
) -> Result<Option<ContinuousAttractor>, AnalyzeError> {
    let h = normal.step();
    let along = start.tangent.clone();
    let (first, second) = (along.column(0), along.column(1));
    let mut places = Vec::new();
    for a in -SIDE..=SIDE {
        for b in -SIDE..=SIDE {
            let (s, t) = (h * a as f64, h * b as f64);
            let y: Vec<f64> =
                start.x.iter().zip(first.iter().zip(second)).map(|(x, (u, v))| x + s * u + t * v).collect();
            match normal.place(&y, &along, ws)? {
                Some(place) => places.push(place),
                None => return Ok(None),
            }
        }
    }
    let diagonal = match (places.first(), places.last()) {
        (Some(first), Some(last)) => distance(&first.x, &last.x),
        _ => 0.0,
    };
    Ok(Some(summary(AttractorShape::Plane, places, diagonal, None)))
}
