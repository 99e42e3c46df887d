//! Text to numbers: quantities with units, and scalar formulas.
//!
//! Strings from a model file end here and are never evaluated by anything else. Every input, however hostile, gives a
//! value or an error in bounded time and memory.

mod affine;
mod derivative;
mod dimension;
pub mod elementary;
mod equation_error;
mod formula;
mod formula_error;
mod function;
mod grammar;
mod graph;
mod jacobian;
mod kernel;
mod program;
mod quantity;
mod rational;
#[cfg(test)]
mod reference;
mod scope;
mod system;
mod unit;

pub use affine::{ConditionallyLinear, LinearPart, conditionally_linear, linear_part};
pub use derivative::{Factor, Term, derivatives};
pub use dimension::Dimension;
pub use equation_error::{EquationError, Place};
pub use formula::{BoundFormula, Formula};
pub use formula_error::FormulaError;
pub use graph::{Graph, Node, Symbol};
pub use jacobian::{Jacobian, Pattern};
pub use kernel::{Binding, Kernel, Product, Scratch, Sources, Value};
pub use quantity::{Quantity, QuantityError};
pub use rational::Rational;
pub use scope::{Name, NameKind, Scope, Section};
pub use system::{Definition, Delay, Equations, Given, Noise, State};
pub use unit::{Unit, UnitError};

/// The nearest of `known` to `word`, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + word.chars().count() / 4;
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&word.to_lowercase(), &k.to_lowercase()), k))
        .filter(|(distance, k)| *distance <= allowed && *distance < k.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}
