//! `[[connect]]`: connections, and the rule that makes them.

use super::matrix::MatrixText;
use super::per_unit::Random;
use super::shape::{Raw, Scalar, Shapes, Words, shaped_type};
use crate::model::at::At;
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// Connections from each population of `from` to each of `to`. At most one structure: `matrix`, `p`, `in_degree`, `g`,
/// `kernel`, `one_to_one`, `convolution` or `low_rank`; none of them means all to all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connect {
    /// Source population(s).
    pub(crate) from: Words,
    /// Target population(s).
    pub(crate) to: Words,
    /// Structure: a named matrix.
    pub(crate) matrix: Option<At<String>>,
    /// Structure: each pair with this probability.
    pub(crate) p: Option<Scalar>,
    /// Structure: exactly this many sources for each target.
    pub(crate) in_degree: Option<At<i64>>,
    /// Structure: independent normal weights of standard deviation g/sqrt(N).
    pub(crate) g: Option<Scalar>,
    /// Structure: a formula of the distance d, of NAME_post and NAME_pre, i, j and n.
    pub(crate) kernel: Option<At<String>>,
    /// Structure: every unit to the unit of the same index.
    pub(crate) one_to_one: Option<At<bool>>,
    /// Structure: convolution on a grid.
    pub(crate) convolution: Option<At<Convolution>>,
    /// Structure: the product of a tall and a wide matrix.
    pub(crate) low_rank: Option<At<LowRank>>,
    /// Weights: a number (between units that spike, a quantity), or { dist = "normal", mean = 0, sd = 1 }. Under Dale's law these are magnitudes.
    pub(crate) w: Option<At<WeightText>>,
    /// Between units that spike: what a spike adds to states of the target, such as "ge += w".
    pub(crate) on_pre: Option<At<String>>,
    /// Between units that spike: the time from a spike to its effect, or a distribution of times; one step if absent.
    pub(crate) delay: Option<At<WeightText>>,
    /// Factor of every weight.
    pub(crate) gain: Option<Scalar>,
    /// Scale the weights to this spectral radius.
    pub(crate) spectral_radius: Option<Scalar>,
    /// Whether a unit may connect to itself.
    pub(crate) self_connections: Option<bool>,
    /// Coordinate that the kernel's d is measured along; needed if there are several.
    pub(crate) coordinate: Option<At<String>>,
    /// Ends of the space: "open" (the default) or "periodic".
    pub(crate) boundary: Option<At<String>>,
    /// Circumference of a periodic space.
    pub(crate) period: Option<Scalar>,
    /// No weight beyond this distance.
    pub(crate) cutoff: Option<Scalar>,
}

/// Convolution on a grid.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Convolution {
    /// Rows and columns of the grid; units are counted row by row.
    pub(crate) shape: At<[usize; 2]>,
    /// The kernel, with odd sides.
    pub(crate) kernel: At<MatrixText>,
}

/// sum over r of left[:, r] right[:, r]^T.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LowRank {
    /// n_post x rank.
    pub(crate) left: At<MatrixText>,
    /// n_pre x rank.
    pub(crate) right: At<MatrixText>,
}

/// A weight, or a distribution of weights.
#[derive(Debug)]
pub(crate) enum WeightText {
    One(Raw),
    Random(Box<Random>),
}

impl<'de> Shapes<'de> for WeightText {
    const EXPECTED: &'static str = "a number, or { dist = \"normal\", mean = 0, sd = 1 }";
    fn number(x: f64) -> Option<Self> {
        Some(Self::One(Raw::Number(x)))
    }
    fn text(s: &str) -> Option<Self> {
        Some(Self::One(Raw::Text(s.to_owned())))
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Random::deserialize(d).map(|r| Some(Self::Random(Box::new(r))))
    }
}
shaped_type!(WeightText, "Weight", |g| {
    let (one, random) = (g.subschema_for::<Raw>(), g.subschema_for::<Random>());
    json_schema!({"anyOf": [one, random]})
});
