//! A given matrix of weights, n_post x n_pre.

use super::block::{Block, Rule};
use crate::network::{NetworkError, NetworkErrorKind};
use linalg::{Matrix, Sparse};

pub(super) fn dense<'a>(block: &'a Block<'a>, m: &'a Matrix) -> Result<Rule<'a>, NetworkError> {
    check(block, (m.rows(), m.cols()))?;
    Ok(Box::new(move |i, row| {
        row.extend((0..m.cols()).map(|j| (j, m[(i, j)])));
        Ok(())
    }))
}

pub(super) fn sparse<'a>(block: &'a Block<'a>, m: &'a Sparse) -> Result<Rule<'a>, NetworkError> {
    check(block, (m.rows(), m.cols()))?;
    Ok(Box::new(move |i, row| {
        row.extend(m.row(i));
        Ok(())
    }))
}

fn check(block: &Block<'_>, (rows, cols): (usize, usize)) -> Result<(), NetworkError> {
    let (post, pre) = (block.post.n, block.pre.n);
    if (rows, cols) == (post, pre) {
        return Ok(());
    }
    let remedy = if (cols, rows) == (post, pre) {
        "it would fit as its transpose: are its axes [\"pre\", \"post\"]?".to_owned()
    } else {
        format!("give a matrix of {post} rows (targets) and {pre} columns (sources), or change n")
    };
    Err(block.error(
        NetworkErrorKind::Shape,
        format!("the matrix is {rows} x {cols}, but there are {post} targets and {pre} sources"),
        remedy,
    ))
}
