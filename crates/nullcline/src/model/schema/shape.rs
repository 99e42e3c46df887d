//! Values that may be written in more than one shape: a number or a string, one or a list.
//!
//! Serde's untagged enums forget where a value stood; these visitors do not.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use std::borrow::Cow;
use std::marker::PhantomData;

use crate::model::at::At;

/// A type that accepts some of four shapes.
pub(crate) trait Shapes<'de>: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;

    fn number(_: f64) -> Option<Self> {
        None
    }
    fn truth(_: bool) -> Option<Self> {
        None
    }
    fn text(_: &str) -> Option<Self> {
        None
    }
    fn list<D: Deserializer<'de>>(_: D) -> Result<Option<Self>, D::Error> {
        Ok(None)
    }
    fn table<D: Deserializer<'de>>(_: D) -> Result<Option<Self>, D::Error> {
        Ok(None)
    }
}

/// Reads a value of one of its shapes.
pub(crate) fn shaped<'de, T: Shapes<'de>, D: Deserializer<'de>>(d: D) -> Result<T, D::Error> {
    d.deserialize_any(ShapeVisitor(PhantomData))
}

struct ShapeVisitor<T>(PhantomData<T>);

impl<'de, T: Shapes<'de>> Visitor<'de> for ShapeVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(T::EXPECTED)
    }
    fn visit_bool<E: Error>(self, x: bool) -> Result<T, E> {
        T::truth(x).ok_or_else(|| E::invalid_type(Unexpected::Bool(x), &self))
    }
    fn visit_i64<E: Error>(self, x: i64) -> Result<T, E> {
        T::number(x as f64).ok_or_else(|| E::invalid_type(Unexpected::Signed(x), &self))
    }
    fn visit_u64<E: Error>(self, x: u64) -> Result<T, E> {
        T::number(x as f64).ok_or_else(|| E::invalid_type(Unexpected::Unsigned(x), &self))
    }
    fn visit_f64<E: Error>(self, x: f64) -> Result<T, E> {
        T::number(x).ok_or_else(|| E::invalid_type(Unexpected::Float(x), &self))
    }
    fn visit_str<E: Error>(self, s: &str) -> Result<T, E> {
        T::text(s).ok_or_else(|| E::invalid_type(Unexpected::Str(s), &self))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        let found = T::list(SeqAccessDeserializer::new(seq))?;
        found.ok_or_else(|| A::Error::invalid_type(Unexpected::Seq, &self))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let found = T::table(MapAccessDeserializer::new(map))?;
        found.ok_or_else(|| A::Error::invalid_type(Unexpected::Map, &self))
    }
}

/// Gives a type its place in a JSON schema and its `Deserialize` by [`Shapes`].
macro_rules! shaped_type {
    ($type:ty, $name:literal, |$generator:ident| $schema:expr) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $crate::model::schema::shape::shaped(d)
            }
        }
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema($generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $schema
            }
        }
    };
}
pub(crate) use shaped_type;

/// A number, or a string with a unit, a parameter's name or a formula of parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    Number(f64),
    Text(String),
}

pub(crate) type Scalar = At<Raw>;

impl Shapes<'_> for Raw {
    const EXPECTED: &'static str = "a number or a quantity such as \"20 ms\"";
    fn number(x: f64) -> Option<Self> {
        Some(Self::Number(x))
    }
    fn text(s: &str) -> Option<Self> {
        Some(Self::Text(s.to_owned()))
    }
}
shaped_type!(Raw, "Quantity", |_g| json_schema!({
    "description": "A number, or a quantity such as \"20 ms\", a parameter's name or a formula of parameters.",
    "type": ["number", "string"]
}));

/// Words that stand alone or in a list.
#[derive(Clone, Debug)]
pub(crate) struct Words(pub(crate) Vec<At<String>>);

/// The same while the place of a lone word is not known yet.
enum Unplaced {
    One(String),
    Many(Vec<At<String>>),
}

impl<'de> Shapes<'de> for Unplaced {
    const EXPECTED: &'static str = "a name or a list of names";
    fn text(s: &str) -> Option<Self> {
        Some(Self::One(s.to_owned()))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self::Many(v)))
    }
}

impl<'de> Deserialize<'de> for Unplaced {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        shaped(d)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let At { span, value } = At::<Unplaced>::deserialize(d)?;
        Ok(match value {
            Unplaced::One(value) => Self(vec![At { span, value }]),
            Unplaced::Many(words) => Self(words),
        })
    }
}

impl JsonSchema for Words {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
    }
}
