//! `[analyze]`: which questions are asked beside those that every model is asked.

use super::shape::{Scalar, Shapes, shaped_type};
use crate::model::at::At;
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// What to analyze.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnalyzeText {
    /// Also what takes long: distances, amplification and Kreiss constant above n = 200.
    pub(crate) full: Option<bool>,
    /// The two variables of the phase portrait, by name.
    pub(crate) plane: Option<At<[At<String>; 2]>>,
    /// Starts of the search for fixed points of a nonlinear model.
    pub(crate) starts: Option<At<i64>>,
    /// Theory of stationary fluctuations for a linear network driven by noise (true if absent).
    pub(crate) fluctuations: Option<bool>,
    /// Lyapunov exponents: true for all (of many variables the first ten), a number for so many, or a table.
    pub(crate) lyapunov: Option<At<LyapunovText>>,
    /// The limit cycle that the run settles on: its period and Floquet multipliers.
    pub(crate) cycle: Option<bool>,
    /// The phase response of that cycle to pushes of this variable.
    pub(crate) phase_response: Option<At<String>>,
    /// Poincare section: where one variable passes a value.
    pub(crate) section: Option<At<PoincareText>>,
    /// Which weight moves an eigenvalue: true for the leading one, its number (from 1), or a table.
    pub(crate) sensitivity: Option<At<SensitivityText>>,
    /// The time constant that the smallest change of the weights shall give to that eigenvalue.
    pub(crate) time_constant: Option<Scalar>,
}

/// A Poincare section.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PoincareText {
    /// The variable that is watched, by name.
    pub(crate) variable: At<String>,
    /// The value that it passes.
    pub(crate) value: Scalar,
    /// "up" (the default), "down" or "both".
    pub(crate) direction: Option<At<String>>,
    /// For how long; as long as the run if absent.
    pub(crate) time: Option<Scalar>,
}

/// Lyapunov exponents: whether, how many, or a table.
#[derive(Debug, Default)]
pub(crate) struct LyapunovText {
    pub(crate) off: bool,
    pub(crate) count: Option<f64>,
    pub(crate) time: Option<Scalar>,
    pub(crate) dt: Option<Scalar>,
}

/// How Lyapunov exponents are computed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LyapunovTable")]
struct LyapunovTable {
    /// How many exponents; all if absent, or the first ten of many.
    count: Option<f64>,
    /// For how long growth is recorded.
    time: Option<Scalar>,
    /// Step of Runge and Kutta's method.
    dt: Option<Scalar>,
}

impl<'de> Shapes<'de> for LyapunovText {
    const EXPECTED: &'static str = "true, a number of exponents, or { count = 2, time = 1000 }";
    fn truth(wanted: bool) -> Option<Self> {
        Some(Self { off: !wanted, ..Self::default() })
    }
    fn number(count: f64) -> Option<Self> {
        Some(Self { count: Some(count), ..Self::default() })
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        let LyapunovTable { count, time, dt } = LyapunovTable::deserialize(d)?;
        Ok(Some(Self { off: false, count, time, dt }))
    }
}
shaped_type!(LyapunovText, "Lyapunov", |g| {
    let table = g.subschema_for::<LyapunovTable>();
    json_schema!({"anyOf": [{"type": ["boolean", "number"]}, table]})
});

/// Which eigenvalue, and of which fixed point.
#[derive(Debug, Default)]
pub(crate) struct SensitivityText {
    pub(crate) off: bool,
    pub(crate) eigenvalue: Option<f64>,
    pub(crate) fixed_point: Option<f64>,
}

/// Which eigenvalue is asked about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SensitivityTable")]
struct SensitivityTable {
    /// Its number by descending real part, from 1.
    eigenvalue: Option<f64>,
    /// The number of the fixed point in the report, from 1.
    fixed_point: Option<f64>,
}

impl<'de> Shapes<'de> for SensitivityText {
    const EXPECTED: &'static str =
        "true, the number of an eigenvalue, or { eigenvalue = 1, fixed_point = 2 }";
    fn truth(wanted: bool) -> Option<Self> {
        Some(Self { off: !wanted, ..Self::default() })
    }
    fn number(k: f64) -> Option<Self> {
        Some(Self { eigenvalue: Some(k), ..Self::default() })
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        let SensitivityTable { eigenvalue, fixed_point } = SensitivityTable::deserialize(d)?;
        Ok(Some(Self { off: false, eigenvalue, fixed_point }))
    }
}
shaped_type!(SensitivityText, "Sensitivity", |g| {
    let table = g.subschema_for::<SensitivityTable>();
    json_schema!({"anyOf": [{"type": ["boolean", "number"]}, table]})
});
