//! The keys of a model file, as types: the parser, its errors and the JSON schema for editors all come from here.

mod analyze;
mod cable;
mod connect;
mod continuation;
mod expect;
mod input;
mod linear;
mod matrix;
mod per_unit;
mod population;
mod run;
pub(crate) mod shape;
mod trained;
mod trials;

pub(crate) use analyze::AnalyzeText;
pub(crate) use cable::{CableText, DiameterText, SectionText};
pub(crate) use connect::{Connect, Convolution, LowRank, WeightText};
pub(crate) use continuation::ContinueText;
pub(crate) use expect::Tree;
pub(crate) use input::{Column, InputText, Noise, Pulse, Ramp, Sine, Step, WeightsText};
pub(crate) use linear::{BasisText, Linear};
pub(crate) use matrix::{Edges, MatrixEntry, MatrixTable, MatrixText, Row};
pub(crate) use per_unit::{PerUnitText, Random};
pub(crate) use population::{FormWord, PopulationText, SignWord, TransferText};
pub(crate) use run::{EnsembleText, RunText};
pub(crate) use shape::{Raw, Scalar, Words};
pub(crate) use trained::TrainedText;
pub(crate) use trials::TrialsText;

use super::at::{At, Named};
use schemars::JsonSchema;
use serde::Deserialize;

/// A model file of nullcline, format 1.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "nullcline model", rename = "Model")]
pub(crate) struct File {
    /// The format of this file: 1.
    pub(crate) format: At<i64>,
    /// A name for people.
    pub(crate) name: Option<String>,
    /// One line about the model.
    pub(crate) description: Option<String>,
    /// Sentences that every report of this model must carry: limits of the data, choices that were made.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// Key of all its random numbers.
    pub(crate) seed: Option<At<u64>>,
    /// Numbers, or quantities as strings.
    #[serde(default)]
    pub(crate) parameters: Named<Raw>,
    /// A linear system dx/dt = A x + g.
    pub(crate) linear: Option<At<Linear>>,
    /// A trained recurrent network, with its weights from a file.
    pub(crate) trained: Option<At<TrainedText>>,
    /// Populations of units, by name.
    #[serde(default)]
    pub(crate) populations: Named<PopulationText>,
    /// Connections between populations.
    #[serde(default)]
    pub(crate) connect: Vec<At<Connect>>,
    /// Matrices, by name; each states its orientation.
    #[serde(default)]
    pub(crate) matrices: Named<MatrixTable>,
    /// What reaches the system from outside, by name.
    #[serde(default)]
    pub(crate) inputs: Named<InputText>,
    /// The simulation.
    pub(crate) run: Option<At<RunText>>,
    /// Many runs of a noisy model, each until something happens.
    pub(crate) trials: Option<At<TrialsText>>,
    /// How fixed points and cycles change with a parameter.
    #[serde(rename = "continue")]
    pub(crate) continuation: Option<At<ContinueText>>,
    /// What to analyze.
    pub(crate) analyze: Option<At<AnalyzeText>>,
    /// Numbers that make the model a test: paths into the findings.
    pub(crate) expect: Option<At<Tree>>,
}

/// The JSON Schema of the model format, for editors.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}
