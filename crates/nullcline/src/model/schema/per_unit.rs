//! A number for each unit of a population.

use super::shape::{Raw, Scalar, Shapes, shaped_type};
use crate::model::at::{At, Named};
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// One for all, one each, a formula, a distribution; for `init` also { v = ... }.
#[derive(Debug)]
pub(crate) enum PerUnitText {
    One(Raw),
    Each(Vec<Scalar>),
    Table(Named<PerUnitText>),
}

impl<'de> Shapes<'de> for PerUnitText {
    const EXPECTED: &'static str =
        "a number, a quantity, a formula of i and n, a list, or { dist = \"normal\", mean = 0, sd = 1 }";
    fn number(x: f64) -> Option<Self> {
        Some(Self::One(Raw::Number(x)))
    }
    fn text(s: &str) -> Option<Self> {
        Some(Self::One(Raw::Text(s.to_owned())))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self::Each(v)))
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Named::deserialize(d).map(|t| Some(Self::Table(t)))
    }
}
shaped_type!(PerUnitText, "PerUnit", |g| {
    let (one, random) = (g.subschema_for::<Raw>(), g.subschema_for::<Random>());
    json_schema!({"anyOf": [one, {"type": "array", "items": one}, random,
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/PerUnit"}}]})
});

/// A distribution.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Random {
    /// "normal" (mean, sd), "uniform" (low, high) or "lognormal" (mean, cv).
    pub(crate) dist: At<String>,
    /// Mean.
    pub(crate) mean: Option<Scalar>,
    /// Standard deviation.
    pub(crate) sd: Option<Scalar>,
    /// Coefficient of variation: standard deviation over mean.
    pub(crate) cv: Option<Scalar>,
    /// Lower end.
    pub(crate) low: Option<Scalar>,
    /// Upper end.
    pub(crate) high: Option<Scalar>,
}
