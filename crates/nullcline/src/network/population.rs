//! A population: n units of one kind.

use super::Transfer;
use equations::Formula;

/// n units of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its name in the model file.
    pub name: String,
    /// How many units.
    pub n: usize,
    /// Dale's law: every outgoing weight has this sign.
    pub sign: Option<Sign>,
    /// What a unit does.
    pub unit: Unit,
    /// State at the start.
    pub init: PerUnit,
    /// Named coordinates of the units (`theta`, `x`, …), each with one value a unit.
    pub coordinates: Vec<(String, Vec<f64>)>,
}

/// The sign that Dale's law gives to the outgoing weights of a population.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Excitatory: weights are at least 0.
    Excitatory,
    /// Inhibitory: weights are at most 0.
    Inhibitory,
}

/// The kind of a unit; one variant, one file.
#[derive(Clone, Debug, PartialEq)]
pub enum Unit {
    /// A rate unit.
    Rate(Rate),
}

/// A rate unit: tau dv/dt = -v + F(...) or tau dx/dt = -x + ... .
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Where the nonlinearity sits.
    pub form: Form,
    /// tau, positive.
    pub tau: PerUnit,
    /// F.
    pub transfer: Transfer,
    /// h, the constant input.
    pub bias: PerUnit,
    /// Factor of -v: 1 for the leaky unit, 0 for an integrator without leak.
    pub leak: f64,
}

/// Where the nonlinearity of a rate unit sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// tau dv/dt = -v + F(M v + W u + h).
    Rate,
    /// tau dx/dt = -x + M F(x) + W u + h.
    Current,
}

/// A number for each unit: one for all, one each, or a formula of the index `i`, of `n` and of the coordinates;
/// or random, with independent numbers for the units.
#[derive(Clone, Debug, PartialEq)]
pub enum PerUnit {
    /// One for all.
    Same(f64),
    /// One each.
    Each(Vec<f64>),
    /// A formula.
    Formula(Formula),
    /// Independent and normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Independent and uniform.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}
