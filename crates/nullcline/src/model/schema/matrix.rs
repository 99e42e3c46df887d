//! Matrices: rows of numbers, files, rules and lists of edges.

use super::shape::{Scalar, Shapes, Words, shaped_type};
use crate::model::at::{At, Named};
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// A row of a matrix.
#[derive(Debug)]
pub(crate) struct Row(pub(crate) Vec<Scalar>);

impl<'de> Shapes<'de> for Row {
    const EXPECTED: &'static str = "a row such as [0, 1]: a matrix is a list of rows";
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self(v)))
    }
}
shaped_type!(Row, "Row", |g| {
    let item = g.subschema_for::<Scalar>();
    json_schema!({"type": "array", "items": item})
});

/// A matrix: rows, a literal, or a file.
#[derive(Debug)]
pub(crate) enum MatrixText {
    Rows(Vec<At<Row>>),
    Literal(String),
    File(FileReference),
}

impl<'de> Shapes<'de> for MatrixText {
    const EXPECTED: &'static str =
        "a matrix such as [[0, 1], [-1, 0]], \"0 1; -1 0\" or { file = \"A.csv\" }";
    fn text(s: &str) -> Option<Self> {
        Some(Self::Literal(s.to_owned()))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self::Rows(v)))
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        FileReference::deserialize(d).map(|f| Some(Self::File(f)))
    }
}
shaped_type!(MatrixText, "Matrix", |g| {
    let (row, file) = (g.subschema_for::<Row>(), g.subschema_for::<FileReference>());
    json_schema!({"anyOf": [{"type": "array", "items": row}, {"type": "string"}, file]})
});

/// A matrix in a file beside the model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileReference {
    /// Its path, relative to the model: .csv, .npy, .npz or .mat.
    pub(crate) file: At<String>,
    /// Which array of an .npz or .mat file; the only matrix in it if absent.
    pub(crate) variable: Option<At<String>>,
}

/// A named matrix. Exactly one of `value`, `file` and `rule`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatrixEntry {
    /// Rows of numbers, or a literal such as "0 1; -1 0".
    pub(crate) value: Option<At<MatrixText>>,
    /// A path relative to the model: .csv, .npy, .npz or .mat.
    pub(crate) file: Option<At<String>>,
    /// Which array of an .npz or .mat file.
    pub(crate) variable: Option<At<String>>,
    /// A formula of i, j (from 0), n, m, the parameters, and the coordinates NAME_post and NAME_pre.
    pub(crate) rule: Option<At<String>>,
    /// What its rows and columns are: ["post", "pre"], ["pre", "post"] or ["post", "input"]. There is no default.
    pub(crate) axes: Option<At<Vec<At<String>>>>,
    /// The file is a list of edges with these columns.
    pub(crate) edges: Option<At<Edges>>,
    /// Only the edges whose column has one of these values.
    #[serde(default, rename = "where")]
    pub(crate) keep: Named<Words>,
    /// Order of the nodes of a list of edges: "sorted" by name (the default) or as in the "file".
    pub(crate) order: Option<At<String>>,
}

/// A named matrix, which is a table only: serde would read a list of rows as the values of its keys in turn.
#[derive(Debug)]
pub(crate) struct MatrixTable(pub(crate) MatrixEntry);

impl<'de> Shapes<'de> for MatrixTable {
    const EXPECTED: &'static str = "a table such as { value = [[0, 1], [1, 0]], axes = [\"post\", \"pre\"] }: the axes say what rows and columns are";
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        MatrixEntry::deserialize(d).map(|entry| Some(Self(entry)))
    }
}
shaped_type!(MatrixTable, "MatrixEntry", |g| MatrixEntry::json_schema(g));

/// The columns of a list of edges.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edges {
    /// Column of the sources.
    pub(crate) pre: At<String>,
    /// Column of the targets.
    pub(crate) post: At<String>,
    /// Column of the weights; 1 for each edge if absent.
    pub(crate) weight: Option<At<String>>,
}
