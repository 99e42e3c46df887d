//! Where searches start: at the given states, in the middle of the region, then scattered over it.

use super::point::FoundPoint;
use super::settings::{FixedPointSearch, Region};
use crate::analyze::AnalyzeError;
use crate::random::Stream;

/// Stream of the random numbers that scatter the starts.
const STREAM: u64 = 0x6669_7865_6470_7473;

/// Stream of the random numbers that pick pairs of known points.
const PAIRS: u64 = 0x7061_6972_7300;

/// The given starts and the middle of the region, then the scattered ones, of which number k depends on the seed and k alone.
pub(super) fn starts(n: usize, search: &FixedPointSearch) -> Result<(Vec<Vec<f64>>, usize), AnalyzeError> {
    if n == 0 {
        return Err(AnalyzeError::Empty);
    }
    check(n, "a start", &search.starts)?;
    let mut starts = search.starts.clone();
    let draw = |k: usize| Stream::new(search.seed, STREAM, k as u64);
    match &search.region {
        Region::Box(sides) => {
            let corners: Vec<Vec<f64>> =
                vec![sides.iter().map(|s| s.0).collect(), sides.iter().map(|s| s.1).collect()];
            check(n, "the box of the starts", &corners)?;
            starts.push(sides.iter().map(|(low, high)| 0.5 * low + 0.5 * high).collect());
            starts.extend((0..search.scattered).map(|k| {
                let mut random = draw(k);
                sides.iter().map(|(low, high)| low + (high - low) * random.uniform()).collect()
            }));
        }
        Region::Around { states, deviation } => {
            check(n, "a state to start around", states)?;
            match states.is_empty() {
                true => starts.push(vec![0.0; n]),
                false => starts.extend(states.iter().cloned()),
            }
            if !deviation.is_finite() {
                let what = "the deviation of the starts";
                return Err(AnalyzeError::NotFinite { what, index: 0, value: *deviation });
            }
            starts.extend((0..search.scattered).map(|k| {
                let mut random = draw(k);
                let center = (!states.is_empty()).then(|| &states[k % states.len()]);
                (0..n).map(|i| center.map_or(0.0, |x| x[i]) + deviation * random.normal()).collect()
            }));
        }
    }
    let chosen = starts.len() - search.scattered;
    Ok((starts, chosen))
}

/// The midpoints of random pairs of known points.
pub(super) fn between(points: &[FoundPoint], seed: u64, first: usize, count: usize) -> Vec<Vec<f64>> {
    let midpoint = |k: usize| {
        let mut random = Stream::new(seed, PAIRS, k as u64);
        let mut pick = |below: usize| ((random.uniform() * below as f64) as usize).min(below - 1);
        let i = pick(points.len());
        let j = pick(points.len() - 1);
        let (a, b) = (&points[i].x, &points[if j < i { j } else { j + 1 }].x);
        a.iter().zip(b).map(|(a, b)| 0.5 * a + 0.5 * b).collect()
    };
    (first..first + count).map(midpoint).collect()
}

fn check(n: usize, what: &'static str, states: &[Vec<f64>]) -> Result<(), AnalyzeError> {
    for x in states {
        if x.len() != n {
            return Err(AnalyzeError::Length { what, found: x.len(), expected: n });
        }
        if let Some(index) = x.iter().position(|v| !v.is_finite()) {
            return Err(AnalyzeError::NotFinite { what, index, value: x[index] });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_starts_begin_with_the_same_ones_and_lie_in_their_box() {
        let few = FixedPointSearch {
            scattered: 5,
            region: Region::Box(vec![(1.0, 2.0), (-3.0, -3.0)]),
            ..FixedPointSearch::default()
        };
        let many = FixedPointSearch { scattered: 50, ..few.clone() };
        let (few, many) = (starts(2, &few).unwrap().0, starts(2, &many).unwrap().0);
        assert_eq!(few[..], many[..6]);
        assert_eq!(few[0], [1.5, -3.0]);
        assert!(many.iter().all(|x| (1.0..2.0).contains(&x[0]) && x[1] == -3.0));
    }

    #[test]
    fn starts_that_do_not_fit_are_refused_in_words() {
        let search = FixedPointSearch { starts: vec![vec![0.0; 3]], ..FixedPointSearch::default() };
        let message = starts(2, &search).unwrap_err().to_string();
        assert_eq!(message, "a start has 3 entries, but the system has 2 variables");
        let search = FixedPointSearch { starts: vec![vec![0.0, f64::NAN]], ..FixedPointSearch::default() };
        assert!(starts(2, &search).unwrap_err().to_string().contains("must be a finite number"));
    }
}
