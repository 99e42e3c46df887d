//! Blocks of units that are moved together: their number is fixed, so that it is the same for any number of threads.

use std::ops::Range;

/// Units of a block: few enough for the first-level cache, many enough that a kernel's instructions are shared by many.
pub(super) const LANES: usize = 256;

/// The blocks of n units.
pub(super) fn blocks(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).step_by(LANES).map(move |start| start..(start + LANES).min(n))
}

/// Where variable `v` of unit `i` lies: block after block, in a block variable after variable.
#[inline(always)]
pub(super) fn place(n: usize, variables: usize, v: usize, i: usize) -> usize {
    let start = i - i % LANES;
    let lanes = LANES.min(n - start);
    start * variables + v * lanes + (i - start)
}

/// Lists of one number a unit, one for each variable, in blocks.
pub(super) fn in_blocks(lists: &[&[f64]], n: usize) -> Vec<f64> {
    let mut all = Vec::with_capacity(lists.len() * n);
    for block in blocks(n) {
        lists.iter().for_each(|list| all.extend_from_slice(&list[block.clone()]));
    }
    all
}
