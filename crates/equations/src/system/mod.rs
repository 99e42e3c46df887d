//! From the texts of a system to its checked equations, as nodes of one graph.
//!
//! ```text
//! texts -> statements -> names -> order -> lengths -> dimensions -> graph
//! ```

mod condition;
mod delay;
mod dimensions;
mod equations;
mod exponents;
mod lengths;
mod lower;
mod names;
mod order;
mod question;
mod remedy;
mod stray_unit;
mod symbol;
mod text;
mod value;

#[cfg(test)]
mod tests;

pub use delay::Delay;
pub use equations::{Definition, Equations, Noise, State};
pub use names::{Given, reserved};
