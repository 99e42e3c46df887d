//! `[expect]`: a tree of names whose leaves are numbers, words, lists or conditions.

use super::shape::{Shapes, shaped_type};
use crate::model::at::{At, Named};
use schemars::json_schema;
use serde::{Deserialize, Deserializer};

/// A node of the tree.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Number(f64),
    Truth(bool),
    Text(String),
    List(Vec<At<Tree>>),
    Table(Named<Tree>),
}

impl<'de> Shapes<'de> for Tree {
    const EXPECTED: &'static str = "a number, a word, a list or a table";
    fn number(x: f64) -> Option<Self> {
        Some(Self::Number(x))
    }
    fn truth(x: bool) -> Option<Self> {
        Some(Self::Truth(x))
    }
    fn text(s: &str) -> Option<Self> {
        Some(Self::Text(s.to_owned()))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self::List(v)))
    }
    fn table<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Named::deserialize(d).map(|t| Some(Self::Table(t)))
    }
}
shaped_type!(Tree, "Expectation", |_g| json_schema!({
    "description": "A value, or { value, rtol, atol } or { min, max }, at a dotted path into the findings.",
    "type": ["number", "boolean", "string", "array", "object"]
}));
