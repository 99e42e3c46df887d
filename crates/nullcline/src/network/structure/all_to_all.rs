//! Every source to every target.

use super::block::{Block, Rule};
use crate::network::{NetworkError, Weight};

pub(super) fn rule<'a>(block: &'a Block<'a>, weight: Weight) -> Result<Rule<'a>, NetworkError> {
    let (draw, stream) = (weight.drawing(block)?, block.stream());
    Ok(Box::new(move |i, row| {
        let mut s = stream.at(i as u64);
        row.extend((0..block.pre.n).map(|j| (j, draw(&mut s))));
        Ok(())
    }))
}
