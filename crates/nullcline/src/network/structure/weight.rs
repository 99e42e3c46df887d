//! Weights drawn from a distribution; under Dale's law these are magnitudes.

use super::block::Block;
use crate::network::{NetworkError, NetworkErrorKind, Weight};
use dynamics::random::Stream;

impl Weight {
    /// One weight.
    pub(in crate::network) fn draw(self, s: &mut Stream) -> f64 {
        match self {
            Self::Same(w) => w,
            Self::Normal { mean, sd } => mean + sd * s.normal(),
            Self::Uniform { low, high } => low + (high - low) * s.uniform(),
            Self::Lognormal { mean, cv } => {
                let variance = (cv * cv).ln_1p();
                (mean.ln() - 0.5 * variance + variance.sqrt() * s.normal()).exp()
            }
        }
    }

    /// A function that draws weights for this block. Under Dale's law a normal magnitude below 0 becomes 0: no connection.
    pub(super) fn drawing(
        self,
        block: &Block<'_>,
    ) -> Result<impl Fn(&mut Stream) -> f64 + use<>, NetworkError> {
        self.check(block)?;
        let floor = if block.pre.sign.is_some() { 0.0 } else { f64::NEG_INFINITY };
        Ok(move |s: &mut Stream| self.draw(s).max(floor))
    }

    fn check(self, block: &Block<'_>) -> Result<(), NetworkError> {
        let (least, valid, what, remedy) = match self {
            Self::Same(w) => (w, w.is_finite(), format!("weight = {w}"), "give a finite weight"),
            Self::Normal { mean, sd } => (
                mean,
                mean.is_finite() && sd >= 0.0 && sd.is_finite(),
                format!("normal weights of mean {mean} and standard deviation {sd}"),
                "give a finite mean and a standard deviation that is not negative",
            ),
            Self::Uniform { low, high } => (
                low,
                low.is_finite() && high.is_finite() && low <= high,
                format!("uniform weights between {low} and {high}"),
                "give low <= high",
            ),
            Self::Lognormal { mean, cv } => (
                mean,
                mean > 0.0 && mean.is_finite() && cv >= 0.0 && cv.is_finite(),
                format!("lognormal weights of mean {mean} and cv {cv}"),
                "give a positive mean (a gain of -1 makes the weights negative) and a cv that is not negative",
            ),
        };
        if !valid {
            return Err(block.error(NetworkErrorKind::Value, what, remedy));
        }
        if let Some(sign) = block.pre.sign
            && least < 0.0
        {
            return Err(block.error(
                NetworkErrorKind::Sign,
                format!("{what} from the {} population `{}`", sign.word(), block.pre.name),
                "under Dale's law weights are magnitudes: give a positive number, the sign comes from the population",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lognormal_weights_have_their_own_mean_and_coefficient_of_variation() {
        let w = Weight::Lognormal { mean: 0.2, cv: 0.5 };
        let mut s = Stream::new(3, 0, 0);
        let n = 200_000;
        let x: Vec<f64> = (0..n).map(|_| w.draw(&mut s)).collect();
        let mean = x.iter().sum::<f64>() / f64::from(n);
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n);
        // Five standard errors of the mean; about as many of the cv.
        assert!((mean / 0.2 - 1.0).abs() < 5.0 * 0.5 / f64::from(n).sqrt());
        assert!((variance.sqrt() / mean - 0.5).abs() < 0.01);
    }
}
