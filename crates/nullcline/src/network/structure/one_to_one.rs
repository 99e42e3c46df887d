//! Every source to the target of the same index: a diagonal block.

use super::block::{Block, Rule};
use crate::network::{NetworkError, NetworkErrorKind, Weight};

pub(super) fn rule<'a>(block: &'a Block<'a>, weight: Weight) -> Result<Rule<'a>, NetworkError> {
    let (draw, stream) = (weight.drawing(block)?, block.stream());
    if block.pre.n != block.post.n {
        return Err(block.error(
            NetworkErrorKind::Shape,
            format!("one-to-one connections from {} to {} units", block.pre.n, block.post.n),
            "give both populations the same n, or choose another structure",
        ));
    }
    Ok(Box::new(move |i, row| {
        row.push((i, draw(&mut stream.at(i as u64))));
        Ok(())
    }))
}
