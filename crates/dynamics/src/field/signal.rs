//! Signals of time that a linear system can be driven by.

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
