//! Signals of time that a linear system can be driven by.
//!
//! Every signal is right-continuous: at a jump it already has its new value. Between two of its breakpoints it is a
//! polynomial of degree at most 1 or a sine, which is why a linear system that it drives can be propagated exactly.
//!
//! ```
//! use dynamics::field::Signal;
//! let pulse = Signal::Pulse { onset: 1.0, width: 2.0, amplitude: 5.0 };
//! assert_eq!([0.9, 1.0, 2.9, 3.0].map(|t| pulse.value(t)), [0.0, 5.0, 5.0, 0.0]);
//! assert_eq!(pulse.breakpoints(0.0, 10.0), [1.0, 3.0]);
//! assert_eq!(pulse.integral(0.0, 10.0), 10.0);
//! ```

use std::f64::consts::TAU;

/// A scalar function of time.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// u(t) = value.
    Constant {
        /// The value.
        value: f64,
    },
    /// u(t) = value from `onset` on, 0 before.
    Step {
        /// When it begins.
        onset: f64,
        /// Its height.
        value: f64,
    },
    /// u(t) = amplitude for onset <= t < onset + width, 0 elsewhere.
    Pulse {
        /// When it begins.
        onset: f64,
        /// How long it lasts.
        width: f64,
        /// Its height.
        amplitude: f64,
    },
    /// u(t) = slope (t - onset) from `onset` on, held constant from `end` on, 0 before `onset`.
    Ramp {
        /// When it begins.
        onset: f64,
        /// Rise per unit of time.
        slope: f64,
        /// When it stops to rise, if it does.
        end: Option<f64>,
    },
    /// u(t) = amplitude sin(2 pi frequency (t - onset) + phase) from `onset` on, 0 before.
    Sine {
        /// When it begins (minus infinity: always).
        onset: f64,
        /// Half the distance from trough to peak.
        amplitude: f64,
        /// Cycles per unit of time.
        frequency: f64,
        /// Radians at onset.
        phase: f64,
    },
    /// Samples, linear in between, held at both ends.
    Samples {
        /// Increasing times.
        times: Vec<f64>,
        /// The values there.
        values: Vec<f64>,
    },
}

impl Signal {
    /// u(t).
    pub fn value(&self, t: f64) -> f64 {
        match self {
            Self::Constant { value } => *value,
            Self::Step { onset, value } => if_from(t, *onset, *value),
            Self::Pulse { onset, width, amplitude } => {
                if t < onset + width {
                    if_from(t, *onset, *amplitude)
                } else {
                    0.0
                }
            }
            Self::Ramp { onset, slope, end } => {
                let until = end.map_or(t, |end| t.min(end.max(*onset)));
                if t < *onset { 0.0 } else { slope * (until - onset) }
            }
            Self::Sine { onset, amplitude, phase, .. } => {
                if t < *onset {
                    0.0
                } else {
                    amplitude * (self.angular_frequency() * (t - self.origin()) + phase).sin()
                }
            }
            Self::Samples { times, values } => interpolate(times, values, t),
        }
    }

    /// du/dt, from the right at a kink.
    pub fn slope(&self, t: f64) -> f64 {
        match self {
            Self::Constant { .. } | Self::Step { .. } | Self::Pulse { .. } => 0.0,
            Self::Ramp { onset, slope, end } => {
                if t >= *onset && end.is_none_or(|end| t < end) {
                    *slope
                } else {
                    0.0
                }
            }
            Self::Sine { onset, amplitude, phase, .. } => {
                let w = self.angular_frequency();
                if t < *onset { 0.0 } else { amplitude * w * (w * (t - self.origin()) + phase).cos() }
            }
            Self::Samples { times, values } => {
                let k = times.partition_point(|&s| s <= t);
                if k == 0 || k >= times.len() {
                    0.0
                } else {
                    (values[k] - values[k - 1]) / (times[k] - times[k - 1])
                }
            }
        }
    }

    /// The times in (t0, t1) at which the signal or its slope jumps, in order.
    pub fn breakpoints(&self, t0: f64, t1: f64) -> Vec<f64> {
        let all = match self {
            Self::Constant { .. } => Vec::new(),
            Self::Step { onset, .. } | Self::Sine { onset, .. } => vec![*onset],
            Self::Pulse { onset, width, .. } => vec![*onset, onset + width],
            Self::Ramp { onset, end, .. } => {
                [Some(*onset), end.filter(|end| end > onset)].into_iter().flatten().collect()
            }
            Self::Samples { times, .. } => times.clone(),
        };
        all.into_iter().filter(|&t| t0 < t && t < t1).collect()
    }

    /// The integral of u from t0 to t1, exact but for rounding.
    pub fn integral(&self, t0: f64, t1: f64) -> f64 {
        let mut at = vec![t0];
        at.extend(self.breakpoints(t0, t1));
        at.push(t1);
        at.windows(2).map(|s| self.smooth_integral(s[0], s[1])).sum()
    }

    /// 2 pi frequency of a sine; 0 of any other signal.
    pub fn angular_frequency(&self) -> f64 {
        match self {
            Self::Sine { frequency, .. } => TAU * frequency,
            _ => 0.0,
        }
    }

    /// The integral between two neighboring breakpoints.
    fn smooth_integral(&self, t0: f64, t1: f64) -> f64 {
        let w = self.angular_frequency();
        if w == 0.0 {
            return (t1 - t0) * (self.value(t0) + 0.5 * (t1 - t0) * self.slope(t0));
        }
        let Self::Sine { onset, amplitude, phase, .. } = self else { unreachable!("only sines oscillate") };
        if t0 < *onset {
            return 0.0;
        }
        // cos a - cos b = 2 sin((a + b)/2) sin((b - a)/2) does not cancel.
        let middle = w * (0.5 * (t0 + t1) - self.origin()) + phase;
        2.0 * amplitude / w * middle.sin() * (0.5 * w * (t1 - t0)).sin()
    }

    /// When the phase of a sine is its `phase`: its onset, or time 0 if it has always been there.
    fn origin(&self) -> f64 {
        match self {
            Self::Sine { onset, .. } if onset.is_finite() => *onset,
            _ => 0.0,
        }
    }
}

fn if_from(t: f64, onset: f64, value: f64) -> f64 {
    if t < onset { 0.0 } else { value }
}

fn interpolate(times: &[f64], values: &[f64], t: f64) -> f64 {
    let k = times.partition_point(|&s| s <= t);
    if k == 0 {
        return values.first().copied().unwrap_or(0.0);
    }
    if k == times.len() {
        return values[k - 1];
    }
    let f = (t - times[k - 1]) / (times[k] - times[k - 1]);
    values[k - 1] + f * (values[k] - values[k - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zoo() -> Vec<Signal> {
        vec![
            Signal::Constant { value: 2.0 },
            Signal::Step { onset: 0.5, value: -1.0 },
            Signal::Pulse { onset: 0.25, width: 0.5, amplitude: 4.0 },
            Signal::Ramp { onset: 0.5, slope: 2.0, end: None },
            Signal::Ramp { onset: 0.25, slope: 2.0, end: Some(0.75) },
            Signal::Sine { onset: 0.25, amplitude: 1.5, frequency: 1.5, phase: 0.3 },
            Signal::Sine { onset: f64::NEG_INFINITY, amplitude: 1.5, frequency: 0.5, phase: 0.3 },
            Signal::Samples { times: vec![0.0, 0.25, 0.5, 1.0], values: vec![1.0, -1.0, 3.0, 0.0] },
        ]
    }

    #[test]
    fn the_integral_is_the_limit_of_its_sums() {
        // The breakpoints lie on the borders of the 4096 cells, so that the midpoint rule converges with h^2.
        for s in zoo() {
            let n = 4096;
            let sum: f64 = (0..n).map(|k| s.value((k as f64 + 0.5) / n as f64) / n as f64).sum();
            assert!((sum - s.integral(0.0, 1.0)).abs() < 1e-6, "{s:?}");
        }
    }

    #[test]
    fn the_slope_is_the_derivative_from_the_right() {
        for s in zoo() {
            for k in 0..20 {
                let (t, h) = (k as f64 / 16.0, 1e-6);
                assert!(((s.value(t + h) - s.value(t)) / h - s.slope(t)).abs() < 1e-3, "{s:?} at {t}");
            }
        }
    }

    #[test]
    fn between_breakpoints_nothing_jumps() {
        for s in zoo() {
            let mut at = vec![0.0];
            at.extend(s.breakpoints(0.0, 1.0));
            at.push(1.0);
            for w in at.windows(2) {
                let (a, b) = (w[0], w[1].next_down());
                let line = s.value(a) + s.slope(a) * (b - a);
                let curved = matches!(s, Signal::Sine { .. });
                assert!(curved || (s.value(b) - line).abs() < 1e-12, "{s:?} in {w:?}");
            }
        }
    }
}
