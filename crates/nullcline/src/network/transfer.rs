//! F, from input to rate.

/// The transfer function of a rate unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transfer {
    /// F(x) = x.
    Linear,
    /// F(x) = gain max(x - threshold, 0).
    ThresholdLinear {
        /// Slope above threshold.
        gain: f64,
        /// Where it begins.
        threshold: f64,
    },
    /// F(x) = tanh(gain x).
    Tanh {
        /// Slope at 0.
        gain: f64,
    },
    /// F(x) = 1/(1 + exp(-gain (x - threshold))).
    Logistic {
        /// Four times the steepest slope.
        gain: f64,
        /// Where it is one half.
        threshold: f64,
    },
    /// F(x) = ln(1 + exp(gain x))/gain.
    Softplus {
        /// Sharpness.
        gain: f64,
    },
    /// F(x) = gain max(x, 0)^exponent.
    PowerLaw {
        /// Factor.
        gain: f64,
        /// Exponent, positive.
        exponent: f64,
    },
}
