//! `[linear]`: dx/dt = A x + g, by its matrix or by its spectrum.

use super::matrix::{FileReference, MatrixText, Row};
use super::shape::{Scalar, Shapes, shaped_type};
use crate::model::at::At;
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// A linear system: dx/dt = A x + g, or x(k+1) = A x(k) + g with `map = true`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Linear {
    /// The matrix: rows of numbers, a literal such as "0 1; -1 0", or { file = "A.csv" }.
    #[serde(rename = "A")]
    pub(crate) a: Option<At<MatrixText>>,
    /// Instead of A: complex pairs a +/- b i, each a block [a, b; -b, a].
    pub(crate) pairs: Option<At<Vec<At<Pair>>>>,
    /// Instead of A: real eigenvalues, after the pairs.
    pub(crate) real: Option<At<Vec<Scalar>>>,
    /// The basis of that spectrum: "identity", "random", a matrix, or { file = "basis.npy" }.
    pub(crate) basis: Option<At<BasisText>>,
    /// Constant drift; zeros if absent.
    pub(crate) g: Option<At<Vec<Scalar>>>,
    /// State at the start; zeros if absent.
    pub(crate) x0: Option<At<Vec<Scalar>>>,
    /// Names of the variables; x1 ... xn if absent.
    pub(crate) names: Option<At<Vec<At<String>>>>,
    /// Discrete time: x(k+1) = A x(k) + g.
    pub(crate) map: Option<At<bool>>,
    /// How inputs reach the state, n x m.
    #[serde(rename = "B")]
    pub(crate) b: Option<At<MatrixText>>,
}

/// A complex pair a +/- b i.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    /// Real part.
    pub(crate) a: Scalar,
    /// Imaginary part: positive turns clockwise in the plane of its two variables.
    pub(crate) b: Scalar,
}

/// A basis: a word, or a matrix of columns.
#[derive(Debug)]
pub(crate) enum BasisText {
    Word(String),
    Matrix(MatrixText),
}

impl<'de> Shapes<'de> for BasisText {
    const EXPECTED: &'static str = "\"identity\", \"random\", a matrix, or { file = \"basis.npy\" }";
    fn text(s: &str) -> Option<Self> {
        Some(Self::Word(s.to_owned()))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::<At<Row>>::deserialize(d).map(|rows| Some(Self::Matrix(MatrixText::Rows(rows))))
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        FileReference::deserialize(d).map(|f| Some(Self::Matrix(MatrixText::File(f))))
    }
}
shaped_type!(BasisText, "Basis", |g| {
    let matrix = g.subschema_for::<MatrixText>();
    json_schema!({"anyOf": [{"enum": ["identity", "random"]}, matrix]})
});
