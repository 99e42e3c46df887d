//! Convolution on a grid: unit (r, c) of the targets hears unit (r', c') of the sources with weight K(r - r', c - c').
//!
//! K has odd sides and its center at offset (0, 0), so it is the footprint that one source leaves around itself. On an open
//! grid what falls outside is lost; on a periodic one it comes in again from the other side.

use super::block::{Block, Row, Rule};
use crate::network::{Boundary, NetworkError, NetworkErrorKind};
use linalg::Matrix;

pub(super) fn rule<'a>(
    block: &'a Block<'a>,
    (height, width): (usize, usize),
    kernel: &'a Matrix,
    boundary: Boundary,
) -> Result<Rule<'a>, NetworkError> {
    let shape_error = |what: String, remedy: &str| Err(block.error(NetworkErrorKind::Shape, what, remedy));
    if height.checked_mul(width) != Some(block.post.n) || block.post.n != block.pre.n {
        return shape_error(
            format!("a grid of {height} x {width} for {} targets and {} sources", block.post.n, block.pre.n),
            "source and target must both have rows x columns units",
        );
    }
    if kernel.rows() % 2 == 0 || kernel.cols() % 2 == 0 {
        return shape_error(
            format!("the kernel is {} x {}", kernel.rows(), kernel.cols()),
            "give a kernel with odd sides, so that it has a center",
        );
    }
    let wraps = matches!(boundary, Boundary::Periodic(_));
    let place = move |target: usize, offset: isize, side: usize| -> Option<usize> {
        let k = target as isize - offset;
        let side = side as isize;
        if wraps { Some(k.rem_euclid(side) as usize) } else { (0..side).contains(&k).then_some(k as usize) }
    };
    let (up, left) = ((kernel.rows() / 2) as isize, (kernel.cols() / 2) as isize);
    Ok(Box::new(move |i, row| {
        for a in 0..kernel.rows() {
            let Some(r) = place(i / width, a as isize - up, height) else { continue };
            for b in 0..kernel.cols() {
                let Some(c) = place(i % width, b as isize - left, width) else { continue };
                row.push((r * width + c, kernel[(a, b)]));
            }
        }
        merge(row);
        Ok(())
    }))
}

/// Sorts by source and adds up what a kernel larger than its grid sends twice.
fn merge(row: &mut Row) {
    row.sort_by_key(|&(j, _)| j);
    row.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
}
