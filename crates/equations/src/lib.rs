//! Text to numbers: quantities with units, and scalar formulas.
//!
//! Strings from a model file end here and are never evaluated by anything else.

mod formula;

pub use formula::Formula;
