//! What reaches a network from outside.

use dynamics::field::Signal;
use linalg::Matrix;

/// An input u of m channels, to some populations.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name in the model file.
    pub name: String,
    /// One signal for each channel.
    pub channels: Vec<InputSignal>,
    /// Target populations (indices) and how the channels reach their units.
    pub to: Vec<(usize, InputWeights)>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq)]
pub enum InputSignal {
    /// A function of time.
    Signal(Signal),
    /// Ornstein-Uhlenbeck noise of stationary standard deviation `sigma` (white with intensity sigma if `tau` is `None`);
    /// shared by all the units it reaches, or independent for each.
    Noise {
        /// Stationary standard deviation.
        sigma: f64,
        /// Correlation time.
        tau: Option<f64>,
        /// Independent for each unit.
        independent: bool,
    },
}

/// How the channels reach the units of a population.
#[derive(Clone, Debug, PartialEq)]
pub enum InputWeights {
    /// The sum of the channels to every unit.
    Uniform,
    /// W, n x m.
    Matrix(Matrix),
}
