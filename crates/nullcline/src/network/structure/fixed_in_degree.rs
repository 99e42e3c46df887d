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
        let mut chosen = BTreeSet::new();
        for last in sources - k..sources {
            let j = ((s.uniform() * (last + 1) as f64) as usize).min(last);
            if !chosen.insert(j) {
                chosen.insert(last);
            }
        }
        // Sources after the target itself move up by one.
        row.extend(chosen.into_iter().map(|j| (j + usize::from(skips_self && j >= i), draw(&mut s))));
        Ok(())
    }))
}
