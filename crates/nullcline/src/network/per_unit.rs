//! A number for each unit: a constant, a list, a formula, or random.

use equations::Formula;

/// A number for each unit: one for all, one each, or a formula of the index `i`, of `n` and of the coordinates;
/// or random, with independent numbers for the units.
#[derive(Clone, Debug, PartialEq)]
pub enum PerUnit {
    /// One for all.
    Same(f64),
    /// One each.
    Each(Vec<f64>),
    /// A formula.
    Formula(Formula),
    /// Independent and normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Independent and uniform.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}
