//! Weights by a formula: of the distance `d` along a coordinate, of the coordinates themselves, or of the indices.
//!
//! | name | meaning |
//! |---|---|
//! | `d` | distance between the coordinates of target and source; on a ring the shorter way round |
//! | `X_post`, `X_pre` | coordinate X of the target, of the source |
//! | `i`, `j` | index of the target, of the source |
//! | `n` | number of sources |

use super::block::{Block, Row, Rule};
use crate::network::{Boundary, NetworkError, NetworkErrorKind, Population};
use equations::Formula;

pub(super) fn rule<'a>(
    block: &'a Block<'a>,
    formula: &'a Formula,
    coordinate: Option<&str>,
    boundary: Boundary,
    cutoff: Option<f64>,
) -> Result<Rule<'a>, NetworkError> {
    let ends = match (coordinate, formula.uses("d") || cutoff.is_some()) {
        (Some(name), _) => Some((along(block, block.post, name)?, along(block, block.pre, name)?)),
        (None, false) => None,
        (None, true) => {
            return Err(block.error(
                NetworkErrorKind::Name,
                format!("the kernel `{}` needs a distance, but no coordinate is named", formula.source()),
                "name the coordinate that the distance is measured along",
            ));
        }
    };
    let length = circumference(block, boundary)?;
    let (post, pre) = (&block.post.coordinates, &block.pre.coordinates);
    let mut names: Vec<String> = ["d", "i", "j", "n"].map(str::to_owned).to_vec();
    names.extend(post.iter().map(|(name, _)| format!("{name}_post")));
    names.extend(pre.iter().map(|(name, _)| format!("{name}_pre")));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let bound = formula.bind(&names).map_err(|e| NetworkError::of_formula(&block.place(), formula, &e))?;
    let n = block.pre.n;
    let index: Vec<f64> = (0..n).map(|j| j as f64).collect();
    Ok(Box::new(move |i, row: &mut Row| {
        let mut d = vec![0.0; if ends.is_some() { n } else { 1 }];
        if let Some((post, pre)) = &ends {
            d.iter_mut().zip(*pre).for_each(|(d, &x)| *d = distance(post[i], x, length));
        }
        let here: Vec<[f64; 1]> = post.iter().map(|(_, x)| [x[i]]).collect();
        let (target, count) = ([i as f64], [n as f64]);
        let mut columns: Vec<&[f64]> = vec![&d, &target, &index, &count];
        columns.extend(here.iter().map(|x| x as &[f64]));
        columns.extend(pre.iter().map(|(_, x)| x as &[f64]));
        let mut weights = vec![0.0; n];
        bound.eval_lanes(&columns, &mut weights);
        row.extend(weights.into_iter().enumerate());
        if let Some(cutoff) = cutoff {
            row.retain(|&(j, _)| d[j] <= cutoff);
        }
        Ok(())
    }))
}

/// The distance of two places on a line, or on a ring the shorter way round.
fn distance(a: f64, b: f64, circumference: Option<f64>) -> f64 {
    let d = (a - b).abs();
    match circumference {
        None => d,
        Some(c) => {
            let d = d.rem_euclid(c);
            d.min(c - d)
        }
    }
}

fn circumference(block: &Block<'_>, boundary: Boundary) -> Result<Option<f64>, NetworkError> {
    match boundary {
        Boundary::Open => Ok(None),
        Boundary::Periodic(c) if c > 0.0 && c.is_finite() => Ok(Some(c)),
        Boundary::Periodic(c) => Err(block.error(
            NetworkErrorKind::Value,
            format!("a ring of circumference {c}"),
            "give a positive circumference, such as 2*pi for an angle",
        )),
    }
}

fn along<'a>(block: &Block<'a>, population: &'a Population, name: &str) -> Result<&'a [f64], NetworkError> {
    population.coordinate(name).ok_or_else(|| {
        let known: Vec<&str> = population.coordinates.iter().map(|(name, _)| name.as_str()).collect();
        block.error(
            NetworkErrorKind::Name,
            format!("population `{}` has no coordinate `{name}`", population.name),
            match equations::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => format!("give it one: coords = {{ {name} = \"i/n\" }}"),
                None => format!("it has {}", known.join(", ")),
            },
        )
    })
}

/// About how many pairs lie within the cutoff, from at most 64 targets.
pub(super) fn entries_within(block: &Block<'_>, name: &str, boundary: Boundary, cutoff: f64) -> f64 {
    let all = block.post.n as f64 * block.pre.n as f64;
    let (Some(post), Some(pre)) = (block.post.coordinate(name), block.pre.coordinate(name)) else {
        return all;
    };
    let length = match boundary {
        Boundary::Periodic(c) if c > 0.0 => Some(c),
        _ => None,
    };
    let step = post.len().div_ceil(64).max(1);
    let sampled = post.iter().step_by(step);
    let rows = sampled.len().max(1) as f64;
    let within: usize =
        sampled.map(|&a| pre.iter().filter(|&&b| distance(a, b, length) <= cutoff).count()).sum();
    within as f64 * block.post.n as f64 / rows
}
