//! `[inputs.NAME]`: what reaches the system from outside.

use super::matrix::Row;
use super::shape::{Raw, Scalar, Shapes, Words, shaped, shaped_type};
use crate::model::at::At;
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// An input: one signal (`constant`, `step`, `pulse`, `ramp`, `sine`, `noise` or `column`), several as `channels`, or `poisson` spikes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InputText {
    /// Target population(s); not for [linear].
    pub(crate) to: Option<Words>,
    /// The site of a cable where it flows in, as a current.
    pub(crate) site: Option<At<String>>,
    /// How it reaches the units: a named matrix, a list with one weight a unit, or rows; 1 if absent.
    pub(crate) weights: Option<At<WeightsText>>,
    /// Several signals, one channel each.
    pub(crate) channels: Option<At<Vec<At<Channel>>>>,
    /// u(t) = constant.
    pub(crate) constant: Option<Scalar>,
    /// The same as `constant`.
    pub(crate) value: Option<Scalar>,
    /// A value from an onset on.
    pub(crate) step: Option<At<Step>>,
    /// An amplitude for a while.
    pub(crate) pulse: Option<At<Pulse>>,
    /// A rise at a constant slope.
    pub(crate) ramp: Option<At<Ramp>>,
    /// A sine.
    pub(crate) sine: Option<At<Sine>>,
    /// Noise.
    pub(crate) noise: Option<At<Noise>>,
    /// A column of a csv file, linear in between.
    pub(crate) column: Option<At<Column>>,
    /// Spikes at random, independent for each unit that they reach.
    pub(crate) poisson: Option<At<PoissonText>>,
}

/// Poisson spikes from outside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PoissonText {
    /// The rate of one source, such as "20 Hz".
    pub(crate) rate: Scalar,
    /// How many sources each unit has; 1 if absent.
    pub(crate) sources: Option<At<i64>>,
    /// The weight; 1 if absent.
    pub(crate) w: Option<Scalar>,
    /// What a spike adds to states of the target, such as "v += w".
    pub(crate) on_pre: At<String>,
}

/// One channel of an input.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channel {
    /// u(t) = constant.
    pub(crate) constant: Option<Scalar>,
    /// The same as `constant`.
    pub(crate) value: Option<Scalar>,
    /// A value from an onset on.
    pub(crate) step: Option<At<Step>>,
    /// An amplitude for a while.
    pub(crate) pulse: Option<At<Pulse>>,
    /// A rise at a constant slope.
    pub(crate) ramp: Option<At<Ramp>>,
    /// A sine.
    pub(crate) sine: Option<At<Sine>>,
    /// Noise.
    pub(crate) noise: Option<At<Noise>>,
    /// A column of a csv file, linear in between.
    pub(crate) column: Option<At<Column>>,
}

/// u(t) = value from onset on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// When it begins.
    pub(crate) onset: Scalar,
    /// Its height.
    pub(crate) value: Scalar,
}

/// u(t) = amplitude from onset for a width.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pulse {
    /// When it begins.
    pub(crate) onset: Scalar,
    /// How long it lasts, positive.
    pub(crate) width: Scalar,
    /// Its height.
    pub(crate) amplitude: Scalar,
}

/// u(t) = slope (t - onset), held from `end` on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ramp {
    /// When it begins.
    pub(crate) onset: Scalar,
    /// Rise per unit of time, such as "2 Hz".
    pub(crate) slope: Scalar,
    /// When it stops to rise.
    pub(crate) end: Option<Scalar>,
}

/// u(t) = amplitude sin(2 pi frequency (t - onset) + phase).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sine {
    /// Half the distance from trough to peak.
    pub(crate) amplitude: Scalar,
    /// Cycles per unit of time, such as "10 Hz".
    pub(crate) frequency: Scalar,
    /// Phase at the onset, in radians or as "90 deg".
    pub(crate) phase: Option<Scalar>,
    /// When it begins; always on if absent (then the phase is that at time 0).
    pub(crate) onset: Option<Scalar>,
}

/// Ornstein-Uhlenbeck noise, or white noise without `tau`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noise {
    /// Stationary standard deviation; without `tau`: intensity, s sigma dW.
    pub(crate) sigma: Scalar,
    /// Correlation time.
    pub(crate) tau: Option<Scalar>,
    /// Independent for each unit rather than shared.
    pub(crate) independent: Option<bool>,
}

/// A column of a csv file with a header.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Column {
    /// Its path, relative to the model.
    pub(crate) file: At<String>,
    /// Name of the column of values.
    pub(crate) column: At<String>,
    /// Name of the column of times, in the model's unit of time.
    pub(crate) time: At<String>,
}

/// How an input reaches the units.
#[derive(Debug)]
pub(crate) enum WeightsText {
    Name(String),
    Each(Vec<Scalar>),
    Rows(Vec<At<Row>>),
}

/// A number or a row.
enum Item {
    Number(Raw),
    Row(Row),
}

impl<'de> Shapes<'de> for Item {
    const EXPECTED: &'static str = "a number or a row of numbers";
    fn number(x: f64) -> Option<Self> {
        Some(Self::Number(Raw::Number(x)))
    }
    fn text(s: &str) -> Option<Self> {
        Some(Self::Number(Raw::Text(s.to_owned())))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self::Row(Row(v))))
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        shaped(d)
    }
}

impl<'de> Shapes<'de> for WeightsText {
    const EXPECTED: &'static str = "the name of a matrix, a list with one weight a unit, or a list of rows";
    fn text(s: &str) -> Option<Self> {
        Some(Self::Name(s.to_owned()))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        let items = Vec::<At<Item>>::deserialize(d)?;
        let rows = items.iter().any(|item| matches!(item.value, Item::Row(_)));
        let mut each = Vec::new();
        let mut table = Vec::new();
        for At { span, value } in items {
            match value {
                // A lone number among rows is a row of one, so that its length is what is complained about.
                Item::Number(raw) if rows => {
                    table.push(At { span: span.clone(), value: Row(vec![At { span, value: raw }]) })
                }
                Item::Number(raw) => each.push(At { span, value: raw }),
                Item::Row(row) => table.push(At { span, value: row }),
            }
        }
        Ok(Some(if rows { Self::Rows(table) } else { Self::Each(each) }))
    }
}
shaped_type!(WeightsText, "Weights", |g| {
    let (one, row) = (g.subschema_for::<Raw>(), g.subschema_for::<Row>());
    json_schema!({"anyOf": [{"type": "string"}, {"type": "array", "items": one}, {"type": "array", "items": row}]})
});
