//! How many fixed points were missed, by how often each was hit.
//!
//! | symbol | code | meaning |
//! |---|---|---|
//! | N | `draws` | independent starts |
//! | F1, F2 | `once`, `twice` | points that were hit exactly once, exactly twice |
//!
//! Points not seen: at least F1 (F1 - 1)/(2 (F2 + 1)) in expectation (Chao). The chance that one more start leads to a new point
//! is about F1/N (Good and Turing). Both assume independent starts, each leading to a point with a probability of its own
//! that the region of the starts decides: points whose basin that region does not meet are invisible to any such count.
//! The estimate is a lower bound: with very unequal basins more were missed.
//!
//! References: Chao (1984), Nonparametric estimation of the number of classes in a population; Good (1953), The population
//! frequencies of species and the estimation of population parameters.

/// An estimate of what a search by random starts has missed.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// How many points were missed, at least, in expectation; points that deflation or given starts found are subtracted.
    pub points: f64,
    /// The chance that one more scattered start would have led to a point not seen by the scattered ones.
    pub unseen: f64,
    /// Scattered starts that the estimate rests on.
    pub draws: usize,
    /// Points that exactly one of them hit.
    pub once: usize,
    /// Points that exactly two of them hit.
    pub twice: usize,
    /// What the estimate takes for granted, in a sentence.
    pub assumption: &'static str,
}

const ASSUMPTION: &str = "the starts are independent, and every fixed point attracts Newton's method from a part of the region \
                          in which they were scattered; very unequal parts make this a lower bound";

impl Missed {
    /// From the hits of points by random starts, where `total` points are known by any means.
    pub(super) fn estimate(hits: &[usize], total: usize, draws: usize) -> Self {
        let of = |k: usize| hits.iter().filter(|&&h| h == k).count();
        let (once, twice) = (of(1), of(2));
        let seen = hits.len() - of(0);
        let chao = (once * once.saturating_sub(1)) as f64 / (2.0 * (twice + 1) as f64);
        Self {
            points: (chao - (total - seen) as f64).max(0.0),
            unseen: if draws == 0 { 1.0 } else { once as f64 / draws as f64 },
            draws,
            once,
            twice,
            assumption: ASSUMPTION,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn equal_basins_are_counted_right_on_average() {
        // 200 points, 300 draws: about 155 are seen. The mean over 100 searches has a standard error of about 2.
        let (points, draws, searches) = (200, 300, 100);
        let mut sum = 0.0;
        for s in 0..searches {
            let mut hits = vec![0; points];
            let mut random = Stream::new(1, s, 0);
            (0..draws).for_each(|_| hits[(random.uniform() * points as f64) as usize] += 1);
            let seen: Vec<usize> = hits.into_iter().filter(|&h| h > 0).collect();
            sum += seen.len() as f64 + Missed::estimate(&seen, seen.len(), draws).points;
        }
        let mean = sum / f64::from(searches as u32);
        assert!((mean - points as f64).abs() < 10.0, "{mean}");
    }

    #[test]
    fn points_found_by_other_means_are_not_missed() {
        assert_eq!(Missed::estimate(&[1, 1, 1, 0], 6, 3).points, 0.0);
        assert_eq!(Missed::estimate(&[5, 7], 2, 12).points, 0.0);
        assert_eq!(Missed::estimate(&[], 0, 0).unseen, 1.0);
    }
}
