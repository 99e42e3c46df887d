//! `[populations.NAME.cable]`: the units are the compartments of one neuron.

use super::per_unit::PerUnitText;
use super::shape::{Raw, Scalar, Shapes, shaped_type};
use crate::model::at::{At, Named};
use schemars::{JsonSchema, json_schema};
use serde::{Deserialize, Deserializer};

/// The shape of a neuron: one cylinder, sections that hang on one another, or a file of points.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CableText {
    /// Resistivity along the axis, such as "100 ohm*cm".
    #[serde(rename = "Ra")]
    pub(crate) resistivity: Scalar,
    /// Length of a single cylinder or cone.
    pub(crate) length: Option<Scalar>,
    /// Its diameter, or those at both ends.
    pub(crate) diameter: Option<At<DiameterText>>,
    /// Into how many compartments it is cut.
    pub(crate) compartments: Option<Scalar>,
    /// Several sections, by name; all but one have a parent.
    #[serde(default)]
    pub(crate) sections: Named<SectionText>,
    /// A list of points beside the model (SWC: index type x y z radius parent, in um).
    pub(crate) file: Option<At<String>>,
    /// The longest compartment of a cable from a file.
    pub(crate) longest: Option<Scalar>,
    /// Places with names: 0 is the beginning and 1 the end; with several sections "dend 0.5".
    #[serde(default)]
    pub(crate) sites: Named<Raw>,
    /// The current per area through which neighbors act in the equations; "I" if absent.
    pub(crate) current: Option<At<String>>,
}

/// A piece of a neuron without forks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SectionText {
    /// The section whose end it hangs on, or a place on it: "soma", "dend 0.5"; the root has none.
    pub(crate) parent: Option<At<String>>,
    /// Its length.
    pub(crate) length: Scalar,
    /// Its diameter, or those at both ends.
    pub(crate) diameter: At<DiameterText>,
    /// Into how many compartments it is cut; 1 if absent.
    pub(crate) compartments: Option<Scalar>,
    /// Parameters of the equations that differ here from those of the population.
    #[serde(default)]
    pub(crate) parameters: Named<PerUnitText>,
}

/// One diameter, or two.
#[derive(Debug)]
pub(crate) enum DiameterText {
    One(Raw),
    Both(Vec<Scalar>),
}

impl<'de> Shapes<'de> for DiameterText {
    const EXPECTED: &'static str = "a diameter such as \"2 um\", or those at both ends";
    fn number(x: f64) -> Option<Self> {
        Some(Self::One(Raw::Number(x)))
    }
    fn text(s: &str) -> Option<Self> {
        Some(Self::One(Raw::Text(s.to_owned())))
    }
    fn list<D: Deserializer<'de>>(d: D) -> Result<Option<Self>, D::Error> {
        Vec::deserialize(d).map(|v| Some(Self::Both(v)))
    }
}
shaped_type!(DiameterText, "Diameter", |g| {
    let one = g.subschema_for::<Raw>();
    json_schema!({"anyOf": [one, {"type": "array", "items": one}]})
});
