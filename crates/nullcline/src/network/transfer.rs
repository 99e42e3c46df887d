//! F, from input to rate: its values, its derivative, its inverse and the energy that an inverse brings.
//!
//! | name | F(x) | range |
//! |---|---|---|
//! | linear | x | all numbers |
//! | threshold-linear | gain max(x - threshold, 0) | [0, inf) |
//! | tanh | tanh(gain x) | (-1, 1) |
//! | logistic | 1/(1 + exp(-gain (x - threshold))) | (0, 1) |
//! | softplus | ln(1 + exp(gain x))/gain | (0, inf) |
//! | power law | gain max(x, 0)^exponent | [0, inf) |
//!
//! All are monotone. At its corner a threshold-linear unit has the derivative 0 of its silent side.
//!
//! ```
//! use nullcline::network::Transfer;
//! let f = Transfer::Tanh { gain: 2.0 };
//! assert!((f.apply(0.25) - 0.5_f64.tanh()).abs() < 1e-15);
//! assert!((f.derivative(0.0) - 2.0).abs() < 1e-15);
//! assert!((f.inverse(f.apply(0.25)).unwrap() - 0.25).abs() < 1e-15);
//! ```

use equations::elementary;
use std::f64::consts::PI;

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

impl Transfer {
    /// F(x).
    pub fn apply(&self, x: f64) -> f64 {
        let mut y = [x];
        self.apply_in_place(&mut y);
        y[0]
    }

    /// F of each entry.
    pub fn apply_in_place(&self, x: &mut [f64]) {
        match *self {
            Self::Linear => {}
            Self::ThresholdLinear { gain, threshold } => {
                each(x, |x| if x <= threshold { 0.0 } else { gain * (x - threshold) });
            }
            Self::Tanh { gain } => {
                if gain != 1.0 {
                    each(x, |x| gain * x);
                }
                elementary::tanh_in_place(x);
            }
            Self::Logistic { gain, threshold } => {
                each(x, |x| gain * (x - threshold));
                elementary::logistic_in_place(x);
            }
            Self::Softplus { gain } => each(x, |x| softplus(gain * x) / gain),
            Self::PowerLaw { gain, exponent } => {
                each(x, |x| if x <= 0.0 { 0.0 } else { gain * power(x, exponent) });
            }
        }
    }

    /// F'(x).
    pub fn derivative(&self, x: f64) -> f64 {
        match *self {
            Self::Linear => 1.0,
            Self::ThresholdLinear { gain, threshold } => {
                if x <= threshold {
                    0.0
                } else {
                    gain
                }
            }
            // sech^2 by exp, for 1 - tanh^2 cancels.
            Self::Tanh { gain } => {
                let e = elementary::exp(-2.0 * (gain * x).abs());
                4.0 * gain * e / ((1.0 + e) * (1.0 + e))
            }
            Self::Logistic { gain, threshold } => {
                let e = elementary::exp(-(gain * (x - threshold)).abs());
                gain * e / ((1.0 + e) * (1.0 + e))
            }
            Self::Softplus { gain } => elementary::logistic(gain * x),
            Self::PowerLaw { gain, exponent } => {
                if x <= 0.0 {
                    0.0
                } else {
                    gain * exponent * power(x, exponent - 1.0)
                }
            }
        }
    }

    /// Whether F(x) = x.
    pub fn is_linear(&self) -> bool {
        matches!(self, Self::Linear)
    }

    /// The x with F(x) = v; at the foot of a rectified F the largest such x. `None` where v is outside the range of F.
    pub fn inverse(&self, v: f64) -> Option<f64> {
        match *self {
            Self::Linear => Some(v),
            Self::ThresholdLinear { gain, threshold } => (v >= 0.0).then(|| v / gain + threshold),
            Self::Tanh { gain } => (v.abs() < 1.0).then(|| v.atanh() / gain),
            Self::Logistic { gain, threshold } => {
                (v > 0.0 && v < 1.0).then(|| threshold + (v.ln() - (-v).ln_1p()) / gain)
            }
            // ln(e^y - 1) = y + ln(1 - e^-y) with y = gain v.
            Self::Softplus { gain } => (v > 0.0).then(|| v + (-(-gain * v).exp_m1()).ln() / gain),
            Self::PowerLaw { gain, exponent } => (v >= 0.0).then(|| (v / gain).powf(1.0 / exponent)),
        }
    }

    /// The integral of the inverse from 0 to v: what a unit at rate v adds to the energy
    /// E = -1/2 v^T M v - h^T v + sum_i integral, which a network of the form `rate` with symmetric M never raises.
    /// `None` where v is outside the closure of the range of F.
    ///
    /// Reference: Hopfield (1984), Neurons with graded response; Cohen and Grossberg (1983).
    pub fn inverse_integral(&self, v: f64) -> Option<f64> {
        match *self {
            Self::Linear => Some(0.5 * v * v),
            Self::ThresholdLinear { gain, threshold } => (v >= 0.0).then(|| v * (0.5 * v / gain + threshold)),
            // v atanh v + ln(1 - v^2)/2 without the two infinities at the ends.
            Self::Tanh { gain } => {
                (v.abs() <= 1.0).then(|| 0.5 * (times_log(1.0 + v, v) + times_log(1.0 - v, -v)) / gain)
            }
            Self::Logistic { gain, threshold } => (0.0..=1.0).contains(&v).then(|| {
                threshold * v + (if v == 0.0 { 0.0 } else { v * v.ln() } + times_log(1.0 - v, -v)) / gain
            }),
            Self::Softplus { gain } => (v >= 0.0)
                .then(|| 0.5 * v * v - (PI * PI / 6.0 - dilogarithm((-gain * v).exp())) / (gain * gain)),
            Self::PowerLaw { gain, exponent } => {
                (v >= 0.0).then(|| v * (v / gain).powf(1.0 / exponent) * exponent / (exponent + 1.0))
            }
        }
    }

    /// Its name in the table above.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::ThresholdLinear { .. } => "threshold-linear",
            Self::Tanh { .. } => "tanh",
            Self::Logistic { .. } => "logistic",
            Self::Softplus { .. } => "softplus",
            Self::PowerLaw { .. } => "power law",
        }
    }

    /// A parameter outside its domain, in words.
    pub(super) fn fault(&self) -> Option<String> {
        let positive = |name: &str, x: f64| {
            (!(x > 0.0 && x.is_finite())).then(|| format!("transfer {} with {name} = {x}", self.name()))
        };
        match *self {
            Self::Linear => None,
            Self::ThresholdLinear { gain, threshold } | Self::Logistic { gain, threshold } => {
                positive("gain", gain).or_else(|| {
                    (!threshold.is_finite())
                        .then(|| format!("transfer {} with threshold = {threshold}", self.name()))
                })
            }
            Self::Tanh { gain } | Self::Softplus { gain } => positive("gain", gain),
            Self::PowerLaw { gain, exponent } => {
                positive("gain", gain).or_else(|| positive("exponent", exponent))
            }
        }
    }
}

fn each(x: &mut [f64], f: impl Fn(f64) -> f64) {
    x.iter_mut().for_each(|x| *x = f(*x));
}

/// ln(1 + e^y) without overflow.
fn softplus(y: f64) -> f64 {
    elementary::exp(-y.abs()).ln_1p() + y.max(0.0)
}

/// x^p for x > 0; whole exponents, of which 2 is the common one, by multiplication.
fn power(x: f64, p: f64) -> f64 {
    if p == 2.0 { x * x } else { x.powf(p) }
}

/// x ln x where x = 1 + y, which is 0 at x = 0.
fn times_log(x: f64, y: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x * y.ln_1p() }
}

/// Li2(x), the sum of x^k/k^2, for 0 <= x <= 1.
fn dilogarithm(x: f64) -> f64 {
    if x > 0.5 {
        let log_product = if x < 1.0 { x.ln() * (-x).ln_1p() } else { 0.0 };
        return PI * PI / 6.0 - log_product - dilogarithm(1.0 - x);
    }
    // 50 terms: 0.5^50/50^2 is below rounding.
    (1..=50).rev().fold(0.0, |s, k| (s + 1.0 / f64::from(k * k)) * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Transfer; 7] = [
        Transfer::Linear,
        Transfer::ThresholdLinear { gain: 1.5, threshold: 0.3 },
        Transfer::Tanh { gain: 2.0 },
        Transfer::Logistic { gain: 3.0, threshold: 0.2 },
        Transfer::Softplus { gain: 2.5 },
        Transfer::PowerLaw { gain: 0.7, exponent: 2.0 },
        Transfer::PowerLaw { gain: 0.7, exponent: 1.3 },
    ];

    #[test]
    fn the_derivative_is_the_limit_of_difference_quotients() {
        for f in ALL {
            for k in -40..40 {
                // Away from the corners at 0 and at the threshold.
                let (x, h) = (f64::from(k) * 0.1 + 0.037, 1e-6);
                let quotient = (f.apply(x + h) - f.apply(x - h)) / (2.0 * h);
                assert!((f.derivative(x) - quotient).abs() < 1e-8, "{f:?} at {x}");
            }
        }
    }

    #[test]
    fn the_inverse_undoes_f_and_integrates_to_its_integral() {
        for f in ALL {
            for k in -15..20 {
                let x = f64::from(k) * 0.1 + 0.037;
                let (v, h) = (f.apply(x), 1e-5);
                if f.derivative(x) == 0.0 {
                    continue;
                }
                let back = f.inverse(v).unwrap();
                assert!((back - x).abs() < 1e-12 / f.derivative(x).min(1.0), "{f:?}: {back} {x}");
                let (Some(up), Some(down)) = (f.inverse_integral(v + h), f.inverse_integral(v - h)) else {
                    continue;
                };
                assert!(
                    ((up - down) / (2.0 * h) - x).abs() < 1e-5,
                    "{f:?} at {x}: {}",
                    (up - down) / (2.0 * h)
                );
            }
            assert!(f.inverse_integral(0.0).unwrap().abs() < 1e-15, "{f:?}");
        }
    }

    #[test]
    fn extreme_inputs_saturate_without_overflow_and_nan_stays() {
        for f in ALL {
            assert!(
                !f.apply(-1e4).is_nan() && !f.apply(1e4).is_nan() && !f.derivative(1e4).is_nan(),
                "{f:?}"
            );
            assert!(f.apply(f64::NAN).is_nan(), "{f:?}");
        }
        assert_eq!(Transfer::Softplus { gain: 1.0 }.apply(1e4), 1e4);
        assert_eq!(Transfer::Tanh { gain: 1.0 }.inverse_integral(1.0), Some(std::f64::consts::LN_2));
        assert!((dilogarithm(0.5) - (PI * PI / 12.0 - 0.5 * std::f64::consts::LN_2.powi(2))).abs() < 1e-15);
    }
}
