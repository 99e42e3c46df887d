//! `[populations.NAME]`: n units of one kind.

use super::cable::CableText;
use super::per_unit::PerUnitText;
use super::shape::{Scalar, Shapes, Words, shaped_type};
use crate::model::at::{At, Named};
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// n units of one kind: tau dv/dt = -v + F(M v + W u + h), or tau dx/dt = -x + M F(x) + W u + h.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PopulationText {
    /// How many, or the name of a matrix with as many nodes; may be left out where a list or a matrix tells it.
    pub(crate) n: Option<Scalar>,
    /// What a unit does: "rate", or a unit of the library such as "hodgkin_huxley".
    pub(crate) unit: Option<At<String>>,
    /// Which of the parameter sets of a library unit; its first if absent.
    pub(crate) set: Option<At<String>>,
    /// Equations, one a line: "tau*dv/dt = -v + M@v + W@u".
    pub(crate) eq: Option<At<String>>,
    /// Further definitions for the equations, by name.
    #[serde(default)]
    pub(crate) define: Named<String>,
    /// Parameters of this population: a number, a quantity, a formula of i and n, a list, a distribution.
    #[serde(default)]
    pub(crate) parameters: Named<PerUnitText>,
    /// When a unit fires, and what is then set.
    pub(crate) spike: Option<At<SpikeText>>,
    /// Other events, by name.
    #[serde(default)]
    pub(crate) events: Named<EventText>,
    /// The units are the compartments of one neuron, whose membrane the equations describe.
    pub(crate) cable: Option<At<CableText>>,
    /// Where the nonlinearity sits: "rate" (outside the sum; the default) or "current" (inside).
    pub(crate) form: Option<FormWord>,
    /// Time constant, positive.
    pub(crate) tau: Option<At<PerUnitText>>,
    /// F: "linear" (the default), "relu", "tanh", "logistic", "softplus", "power_law", or { kind = ..., gain = ... }.
    pub(crate) transfer: Option<At<TransferText>>,
    /// Constant input.
    pub(crate) h: Option<At<PerUnitText>>,
    /// Factor of -v: 1 (the default), 0 for an integrator without leak.
    pub(crate) leak: Option<Scalar>,
    /// Dale's law: every outgoing weight is at least ("+") or at most ("-") 0.
    pub(crate) sign: Option<SignWord>,
    /// State at the start; 0 if absent. With equations a table: { v = "-65 mV", m = "steady" }.
    pub(crate) init: Option<At<PerUnitText>>,
    /// Coordinates of the units, by name: formulas of i and n, or lists.
    #[serde(default)]
    pub(crate) coords: Named<PerUnitText>,
}

/// When a unit fires, and what happens then.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpikeText {
    /// The condition, such as "v > -50 mV": a spike when it becomes true.
    pub(crate) when: At<String>,
    /// What is set: "v = -65 mV; w += b".
    pub(crate) reset: Option<At<String>>,
    /// For how long the states of `hold` stay as the reset left them.
    pub(crate) refractory: Option<Scalar>,
    /// Which states are held; if absent, those of `when` that `reset` sets with `=`.
    pub(crate) hold: Option<Words>,
}

/// Something that may happen: counted, answered by a reset, or the end of the run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventText {
    /// The condition, such as "x > 1": an event when it becomes true.
    pub(crate) when: At<String>,
    /// What is set: "v = -0.9*v".
    #[serde(rename = "set")]
    pub(crate) reset: Option<At<String>>,
    /// Whether the run ends here.
    pub(crate) stop: Option<bool>,
}

/// Where the nonlinearity sits.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormWord {
    /// tau dv/dt = -v + F(M v + W u + h).
    Rate,
    /// tau dx/dt = -x + M F(x) + W u + h.
    Current,
}

/// The sign of outgoing weights.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub(crate) enum SignWord {
    /// Excitatory.
    #[serde(rename = "+")]
    Plus,
    /// Inhibitory.
    #[serde(rename = "-")]
    Minus,
}

/// F by its name, or with its constants.
#[derive(Debug)]
pub(crate) struct TransferText {
    pub(crate) kind: Option<At<String>>,
    pub(crate) word: String,
    pub(crate) gain: Option<Scalar>,
    pub(crate) threshold: Option<Scalar>,
    pub(crate) exponent: Option<Scalar>,
}

/// A transfer function with its constants.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TransferTable")]
struct TransferTable {
    /// "linear", "relu", "tanh", "logistic", "softplus" or "power_law".
    kind: At<String>,
    /// Slope (of the logistic: four times its steepest slope).
    gain: Option<Scalar>,
    /// Where it begins (relu) or is one half (logistic).
    threshold: Option<Scalar>,
    /// Exponent of the power law.
    exponent: Option<Scalar>,
}

impl<'de> Shapes<'de> for TransferText {
    const EXPECTED: &'static str = "the name of a transfer function, or { kind = \"tanh\", gain = 1 }";
    fn text(s: &str) -> Option<Self> {
        Some(Self { kind: None, word: s.to_owned(), gain: None, threshold: None, exponent: None })
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        let TransferTable { kind, gain, threshold, exponent } = TransferTable::deserialize(d)?;
        Ok(Some(Self { word: kind.value.clone(), kind: Some(kind), gain, threshold, exponent }))
    }
}
shaped_type!(TransferText, "Transfer", |g| {
    let table = g.subschema_for::<TransferTable>();
    json_schema!({"anyOf": [
        {"enum": ["linear", "relu", "threshold_linear", "tanh", "logistic", "sigmoid", "softplus", "power_law"]}, table]})
});
