//! M = sum over r of left_r right_r^T: a network whose recurrent input lies in few dimensions.
//!
//! Reference: Mastrogiuseppe and Ostojic (2018), Linking connectivity, dynamics, and computations in low-rank recurrent
//! neural networks.

use super::block::{Block, Rule};
use crate::network::{NetworkError, NetworkErrorKind};
use linalg::Matrix;

pub(super) fn rule<'a>(
    block: &'a Block<'a>,
    left: &'a Matrix,
    right: &'a Matrix,
) -> Result<Rule<'a>, NetworkError> {
    let (post, pre) = (block.post.n, block.pre.n);
    if left.rows() != post || right.rows() != pre || left.cols() != right.cols() {
        return Err(block.error(
            NetworkErrorKind::Shape,
            format!(
                "left is {} x {} and right {} x {}, for {post} targets and {pre} sources",
                left.rows(),
                left.cols(),
                right.rows(),
                right.cols()
            ),
            format!("give left {post} rows, right {pre} rows, and both as many columns as the rank"),
        ));
    }
    Ok(Box::new(move |i, row| {
        row.extend(
            (0..pre).map(|j| (j, (0..left.cols()).map(|r| left[(i, r)] * right[(j, r)]).sum::<f64>())),
        );
        Ok(())
    }))
}
