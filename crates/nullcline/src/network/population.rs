//! A population: n units of one kind.

use super::{PerUnit, Transfer};

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

impl Default for Rate {
    /// tau dv/dt = -v + input, with tau = 1.
    fn default() -> Self {
        Self {
            form: Form::Rate,
            tau: PerUnit::Same(1.0),
            transfer: Transfer::Linear,
            bias: PerUnit::Same(0.0),
            leak: 1.0,
        }
    }
}

impl Population {
    /// n units that start from 0, without sign and coordinates.
    pub fn new(name: &str, n: usize, rate: Rate) -> Self {
        Self {
            name: name.to_owned(),
            n,
            sign: None,
            unit: Unit::Rate(rate),
            init: PerUnit::Same(0.0),
            coordinates: Vec::new(),
        }
    }

    /// The values of a coordinate.
    pub fn coordinate(&self, name: &str) -> Option<&[f64]> {
        self.coordinates.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// What its units are, while rate units are the only kind.
    pub(crate) fn rate(&self) -> &Rate {
        let Unit::Rate(rate) = &self.unit;
        rate
    }
}

impl Sign {
    /// 1 or -1.
    pub fn factor(self) -> f64 {
        match self {
            Self::Excitatory => 1.0,
            Self::Inhibitory => -1.0,
        }
    }

    /// `excitatory` or `inhibitory`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Excitatory => "excitatory",
            Self::Inhibitory => "inhibitory",
        }
    }
}
