//! What can be turned in a model, and over which interval it is. Inert data.

use equations::Dimension;

/// A number of a model that can be turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// Its name, as it was asked for.
    pub name: String,
    /// How it is turned.
    pub turn: Turn,
    /// Its value in the file, in SI units.
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
    /// The unit that the file writes it in, and how much that is in SI units.
    pub unit: (String, f64),
}

/// How a knob is turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// As a symbol of the equations, by its index among their parameters.
    Symbol(usize),
    /// As a value of the file, by its path.
    Path(String),
}

/// `[continue]`, or what the command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ContinuationSpec {
    /// The number that is changed.
    pub first: Sweep,
    /// A second one, over which folds and Hopf points are followed.
    pub second: Option<Sweep>,
    /// Random starts of the search for fixed points at each end.
    pub starts: usize,
    /// Whether cycles are followed.
    pub cycles: bool,
    /// Where variables may go: name, least and largest value in SI units.
    pub within: Vec<(String, f64, f64)>,
}

/// A knob and the interval over which it is turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The knob.
    pub knob: Knob,
    /// Where it begins, in SI units.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// The unit that its values are told in, and how much that is in SI units: the file's for an interval in bare numbers, else
    /// SI.
    pub unit: (String, f64),
}

/// Random starts where nothing else is said.
pub(super) const STARTS: usize = 64;

impl ContinuationSpec {
    /// One number over an interval, with its cycles.
    pub fn new(first: Sweep) -> Self {
        Self { first, second: None, starts: STARTS, cycles: true, within: Vec::new() }
    }
}
