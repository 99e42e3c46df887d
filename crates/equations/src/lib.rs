//! Text to kernels: quantities with units, formulas, and systems of equations.
//!
//! Strings from a model file end here and are never evaluated by anything else. Every input, however hostile, gives a
//! value or an error in bounded time and memory: at most a megabyte, 100 000 operations, 200 levels of brackets.
//!
//! ```text
//! text -> tree -> names, lengths, units -> Graph -> derivatives, Kernel
//! ```
//!
//! # Grammar
//!
//! | level, loosest first | operators | groups |
//! |---|---|---|
//! | choice | `or` `\|\|` | to the left |
//! | conjunction | `and` `&&` | to the left |
//! | negation | `not` | `not a < b` is `not (a < b)` |
//! | comparison | `<` `<=` `>` `>=` `==` `!=` | not at all |
//! | sum | `+` `-` | to the left |
//! | product | `*` `/` `@` | to the left |
//! | sign | `-` `+` | `-2^2` is -4 |
//! | power | `^` `**` | to the right: `2^3^2` is 2^9 |
//! | quantity | a number and its units, `5 mV ms^(-1/2)` | `1/2 ms` is 1/(2 ms) |
//!
//! | line of a system | meaning |
//! |---|---|
//! | `dx/dt = e`, `tau*dx/dt = e`, `(a + b)*dx/dt = e` | the rate of a state, perhaps times a factor |
//! | `x = e` | a definition; lines stand in any order |
//! | `dx/dt = e : mV`, `x = e : nS/cm^2`, `x = e : 1` | the same, and the unit of x |
//! | `x : amp`, `x, y : volt` | x is given from outside and has this unit |
//! | `# …` | a comment; brackets continue a line |
//!
//! In an expression a name may have dots (`E.v`, a variable of another section); `x(t - e)` is x earlier by e; `xi` and
//! `xi_name` are white noises. A jump is `x = e`, `x += e`, `x -= e`, `x *= e` or `x /= e`, several with `;` between.
//!
//! Names are of letters (Latin, and the Greek ones that look like no other), digits and `_`. A name that is defined is never a
//! unit; one that nothing defines is tried as a unit, `5*mV`, `V/mV`, but a single letter only beside a number or other units: `1 s`,
//! `8.3*J/K`. Functions are `exp expm1 log log1p log10 sqrt sin cos tan asin acos atan atan2 sinh cosh
//! tanh abs sign floor ceil mod heaviside clip min max exprel sigmoid softplus relu erf where`; `pi` and the time `t` are known.
//!
//! # Units
//!
//! `+ - < = min max where …` need equal units, `exp` and its kin none; a literal 0 has any unit. What is not given is found by
//! linear equations over the rationals for the exponents of the seven base units, so `xi` has s^(-1/2). Numbers with
//! units are SI numbers in the graph, each the double nearest to what is written.

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
pub use system::{Definition, Delay, Equations, Given, Noise, State, reserved};
pub use unit::{Unit, UnitError};

/// The nearest of `known` to `word`, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let allowed = 1 + length / 4;
    // The distance costs the product of the lengths: it is asked only where it can be small.
    let near = |k: &&str| length <= 100 && k.chars().count().abs_diff(length) <= allowed;
    known
        .into_iter()
        .filter(near)
        .map(|k| (strsim::damerau_levenshtein(&word.to_lowercase(), &k.to_lowercase()), k))
        .filter(|(distance, k)| *distance <= allowed && *distance < k.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}
