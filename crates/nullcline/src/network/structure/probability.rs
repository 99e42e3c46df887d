//! Each pair is connected with probability p, independently of the others.
//!
//! The gap to the next source has the geometric distribution P(gap = k) = (1 - p)^k p, so a row costs pN draws, not N.

use super::block::{Block, Rule};
use crate::network::{NetworkError, NetworkErrorKind, Weight};

pub(super) fn rule<'a>(block: &'a Block<'a>, p: f64, weight: Weight) -> Result<Rule<'a>, NetworkError> {
    let (draw, stream) = (weight.drawing(block)?, block.stream());
    if !(0.0..=1.0).contains(&p) {
        return Err(block.error(
            NetworkErrorKind::Value,
            format!("p = {p}"),
            "give a probability from 0 to 1",
        ));
    }
    let (n, log_miss) = (block.pre.n, (-p).ln_1p());
    Ok(Box::new(move |i, row| {
        if p == 0.0 {
            return Ok(());
        }
        let mut s = stream.at(i as u64);
        let mut j = 0;
        loop {
            // 1 - u is in (0, 1], so the gap is finite and not negative; for p = 1 it is 0.
            let gap = ((1.0 - s.uniform()).ln() / log_miss).floor();
            if gap >= (n - j) as f64 {
                return Ok(());
            }
            j += gap as usize;
            row.push((j, draw(&mut s)));
            j += 1;
            if j == n {
                return Ok(());
            }
        }
    }))
}
