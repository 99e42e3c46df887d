//! Exactly k sources for each target, all sets of k alike, no source twice.
//!
//! Reference: Bentley and Floyd (1987), Programming pearls: a sample of brilliance.

use super::block::{Block, Rule};
use crate::network::{NetworkError, NetworkErrorKind, Weight};
use std::collections::BTreeSet;

pub(super) fn rule<'a>(block: &'a Block<'a>, k: usize, weight: Weight) -> Result<Rule<'a>, NetworkError> {
    let (draw, stream) = (weight.drawing(block)?, block.stream());
    let skips_self = !block.allows_self();
    let sources = block.pre.n - usize::from(skips_self);
    if k > sources {
        return Err(block.error(
            NetworkErrorKind::InDegree,
            format!("in-degree {k} from {sources} possible sources"),
            format!("give an in-degree of at most {sources}, or more units to `{}`", block.pre.name),
        ));
    }
    Ok(Box::new(move |i, row| {
        let mut s = stream.at(i as u64);
        let mut chosen = Chosen::new(k, sources);
        for last in sources - k..sources {
            let j = ((s.uniform() * (last + 1) as f64) as usize).min(last);
            if !chosen.insert(j) {
                chosen.insert(last);
            }
        }
        // Sources after the target itself move up by one.
        chosen.each(|j| row.push((j + usize::from(skips_self && j >= i), draw(&mut s))));
        Ok(())
    }))
}

/// Numbers below a bound: a bit for each, or a tree where few are chosen of many.
enum Chosen {
    Bits(Vec<u64>),
    Few(BTreeSet<usize>),
}

impl Chosen {
    fn new(k: usize, bound: usize) -> Self {
        if k.saturating_mul(64) > bound {
            Self::Bits(vec![0; bound.div_ceil(64)])
        } else {
            Self::Few(BTreeSet::new())
        }
    }

    /// Whether it was not there yet.
    fn insert(&mut self, j: usize) -> bool {
        match self {
            Self::Few(set) => set.insert(j),
            Self::Bits(words) => {
                let (word, bit) = (&mut words[j / 64], 1 << (j % 64));
                let new = *word & bit == 0;
                *word |= bit;
                new
            }
        }
    }

    /// In ascending order.
    fn each(self, mut f: impl FnMut(usize)) {
        match self {
            Self::Few(set) => set.into_iter().for_each(f),
            Self::Bits(words) => {
                for (k, mut word) in words.into_iter().enumerate() {
                    while word != 0 {
                        f(64 * k + word.trailing_zeros() as usize);
                        word &= word - 1;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_a_tree_hold_the_same_numbers() {
        let (mut bits, mut tree) = (Chosen::new(100, 100), Chosen::new(1, 100));
        for j in [7, 63, 64, 7, 99, 0, 64] {
            assert_eq!(bits.insert(j), tree.insert(j));
        }
        let list = |chosen: Chosen| {
            let mut all = Vec::new();
            chosen.each(|j| all.push(j));
            all
        };
        assert_eq!((list(bits), list(tree)), (vec![0, 7, 63, 64, 99], vec![0, 7, 63, 64, 99]));
    }
}
