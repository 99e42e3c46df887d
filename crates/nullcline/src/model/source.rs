//! A model that was read and checked.

use super::at::At;
use super::expect::Expect;
use super::folder::MemoryFolder;
use super::schema::ContinueText;
use super::sweep::ContinuationSpec;
use crate::network::{EquationNetwork, Network, Rule, Trained};
use dynamics::field::{Interpretation, LinearSystem, Signal};
use dynamics::simulate::Crossings;
use equations::Dimension;
use linalg::Matrix;
use std::ops::Range;
use std::sync::Arc;

/// A model file: read, checked, and lowered to plain data in SI units.
#[derive(Clone, Debug)]
pub struct Model {
    /// The format of the file: 1.
    pub format: i64,
    /// Its name for people; empty if the file gives none: a door then takes the stem of the file.
    pub name: String,
    /// One line about it.
    pub description: Option<String>,
    /// Sentences that every report of this model must carry.
    pub notes: Vec<String>,
    /// Key of all its random numbers; 0 if the file gives none.
    pub seed: u64,
    /// The unit of its time.
    pub time_unit: TimeUnit,
    /// Its parameters, in the order of the file.
    pub parameters: Vec<Parameter>,
    /// The system.
    pub system: Source,
    /// Names of the units of a population, where the data give them.
    pub labels: Labels,
    /// The simulation, if the file asks for one.
    pub run: Option<RunSpec>,
    /// Many runs until something happens, if the file asks for them.
    pub trials: Option<TrialsSpec>,
    /// What to analyze.
    pub analyze: AnalyzeSpec,
    /// What the findings are expected to hold.
    pub expect: Vec<Expect>,
    /// The text that was read, after `--set`.
    pub text: String,
    /// SHA-256 of the file's text as it is on disk, in hexadecimal.
    pub sha256: String,
    /// What is continued, if the file asks for it.
    pub continuation: Option<ContinuationSpec>,
    pub(crate) asked: Option<At<ContinueText>>,
    pub(crate) data: Arc<MemoryFolder>,
    pub(crate) file: String,
    pub(crate) places: Places,
}

/// Where the parts of a network stand in the text, by the places that its errors name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(pub(crate) Vec<(String, Range<usize>)>);

/// Names of units: (population, names).
pub type Labels = Vec<(String, Vec<String>)>;

/// The unit of a model's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// The model's own unit.
    Dimensionless,
    /// Seconds: some time in the file carries a unit.
    Seconds,
}

impl TimeUnit {
    /// `s`, or nothing.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Dimensionless => "",
            Self::Seconds => "s",
        }
    }
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// In SI units.
    pub value: f64,
    /// As it is written in the file.
    pub written: String,
}

/// What the file describes.
#[derive(Clone, Debug)]
pub enum Source {
    /// `[linear]`.
    Linear(LinearModel),
    /// Populations of rate units and their connections.
    Network(Network),
    /// Populations whose units are given by equations.
    Equations(Box<EquationNetwork>),
    /// `[trained]`.
    Trained(Box<TrainedModel>),
}

/// A trained network in discrete time: h(k+1) = f(h(k), u(k)).
#[derive(Clone, Debug)]
pub struct TrainedModel {
    /// f.
    pub network: Trained,
    /// u, a signal of the step for each input.
    pub inputs: Vec<Signal>,
    /// State at the start.
    pub x0: Vec<f64>,
    /// The file of its weights.
    pub weights: String,
}

/// dx/dt = A x + g + inputs, or x(k+1) = A x(k) + g.
#[derive(Clone, Debug)]
pub struct LinearModel {
    /// A, g, and the inputs.
    pub system: LinearSystem,
    /// State at the start.
    pub x0: Vec<f64>,
    /// Names of the variables.
    pub names: Vec<String>,
    /// Whether time is discrete.
    pub map: bool,
    /// The basis of a system that was given by its spectrum; its columns are the arrows of the figure.
    pub basis: Option<Matrix>,
}

/// `[run]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// Start and end.
    pub t: (f64, f64),
    /// Name of the method, `auto` if the file gives none.
    pub method: String,
    /// Relative tolerance.
    pub rtol: Option<f64>,
    /// Absolute tolerance.
    pub atol: Option<f64>,
    /// Step.
    pub dt: Option<f64>,
    /// Distance of recorded times.
    pub every: Option<f64>,
    /// How noise that depends on the state is meant, if the file says so.
    pub interpretation: Option<Interpretation>,
    /// Further initial states.
    pub ensemble: Option<EnsembleSpec>,
    /// Whether a second run estimates the global error.
    pub error_estimate: bool,
}

/// `[trials]`.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialsSpec {
    /// Runs for each value.
    pub count: usize,
    /// The parameter that is varied, and its values in SI units.
    pub over: Option<(String, Vec<f64>)>,
    /// The ends of a run by name.
    pub stops: Vec<Rule>,
    /// When the clock starts.
    pub from: f64,
    /// Where the stops are watched.
    pub crossings: Crossings,
}

/// Further initial states.
#[derive(Clone, Debug, PartialEq)]
pub enum EnsembleSpec {
    /// Normal about the state at the start.
    Spread {
        /// How many.
        n: usize,
        /// Standard deviation.
        spread: f64,
    },
    /// The states themselves: n x k, one a column.
    States(Matrix),
}

/// `[analyze]`.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalyzeSpec {
    /// Also what takes long above n = 200.
    pub full: bool,
    /// The two variables of the phase portrait, by name.
    pub plane: Option<[String; 2]>,
    /// Starts of the search for fixed points.
    pub starts: Option<usize>,
    /// Theory of stationary fluctuations.
    pub fluctuations: bool,
    /// Lyapunov exponents.
    pub lyapunov: Option<LyapunovSpec>,
    /// The limit cycle that the run settles on.
    pub cycle: bool,
    /// The phase response of that cycle to pushes of this variable.
    pub phase_response: Option<String>,
    /// A Poincare section.
    pub section: Option<PoincareSpec>,
    /// Which weight moves an eigenvalue.
    pub sensitivity: Option<SensitivitySpec>,
    /// The time constant that this eigenvalue shall get.
    pub time_constant: Option<f64>,
}

/// Lyapunov exponents; what is `None` is chosen by the system.
#[derive(Clone, Debug, PartialEq)]
pub struct LyapunovSpec {
    /// How many.
    pub count: Option<usize>,
    /// For how long growth is recorded.
    pub time: Option<f64>,
    /// The step.
    pub dt: Option<f64>,
}

/// Where one variable passes a value.
#[derive(Clone, Debug, PartialEq)]
pub struct PoincareSpec {
    /// The variable, by name.
    pub variable: String,
    /// The value, in SI units.
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
    /// Whether upward passages count.
    pub up: bool,
    /// Whether downward ones do.
    pub down: bool,
    /// For how long; as long as the run if `None`.
    pub time: Option<f64>,
}

/// An eigenvalue of a fixed point, both counted from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct SensitivitySpec {
    /// By descending real part.
    pub eigenvalue: usize,
    /// In the order of the report.
    pub fixed_point: usize,
}

impl Default for AnalyzeSpec {
    fn default() -> Self {
        Self {
            full: false,
            plane: None,
            starts: None,
            fluctuations: true,
            lyapunov: None,
            cycle: false,
            phase_response: None,
            section: None,
            sensitivity: None,
            time_constant: None,
        }
    }
}
