//! The random network of Sompolinsky, Crisanti and Sommers: independent normal weights of variance g^2/N.
//!
//! For large N the eigenvalues of M fill the disk of radius g (the circular law), so that the leaky linear network loses
//! its stability, and the network with F = tanh becomes chaotic, at g = 1.
//!
//! Reference: Sompolinsky, Crisanti, Sommers (1988), Chaos in random neural networks.

use super::block::{Block, Rule};
use crate::network::{NetworkError, NetworkErrorKind};

pub(super) fn rule<'a>(block: &'a Block<'a>, g: f64) -> Result<Rule<'a>, NetworkError> {
    if let Some(sign) = block.pre.sign {
        return Err(block.error(
            NetworkErrorKind::Sign,
            format!("Gaussian weights have both signs, but `{}` is {}", block.pre.name, sign.word()),
            "leave out `sign`, or give p and a distribution of magnitudes such as lognormal",
        ));
    }
    if !(g.is_finite() && g >= 0.0) {
        return Err(block.error(
            NetworkErrorKind::Value,
            format!("g = {g}"),
            "give a finite g that is not negative",
        ));
    }
    let (sd, stream) = (g / (block.pre.n as f64).sqrt(), block.stream());
    Ok(Box::new(move |i, row| {
        let mut s = stream.at(i as u64);
        row.extend((0..block.pre.n).map(|j| (j, sd * s.normal())));
        Ok(())
    }))
}
