//! What equations are read against: the names that are given from outside, and the sections that the texts stand in.

use crate::Dimension;

/// What is known everywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// The dimension of `t`: [`Dimension::TIME`], [`Dimension::NONE`], or what the equations say.
    pub time: Option<Dimension>,
    /// The names that every section knows.
    pub names: Vec<Name>,
}

/// A name that is given from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// How it is written.
    pub name: String,
    /// Its dimension, unless the equations are to say it.
    pub dimension: Option<Dimension>,
    /// What it is.
    pub kind: NameKind,
}

/// What a given name is. Names of each kind are counted on their own: first those of the scope, then those of the first
/// section, of the second, …; the k-th of its kind is the k-th parameter, input or matrix of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Constant in time; one value, or one for each of `len` units.
    Parameter {
        /// 1: shared.
        len: usize,
    },
    /// A function of time; one value, or one for each of `len` units.
    Input {
        /// 1: shared.
        len: usize,
    },
    /// A constant matrix.
    Matrix {
        /// The length of its product.
        rows: usize,
        /// The length of what it multiplies.
        cols: usize,
    },
}

/// Equations that stand together, such as those of one population.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Section<'a> {
    /// Other sections refer to its variables as `name.x`.
    pub name: &'a str,
    /// Every state of it is a vector of this length; `None`: the products say so, else 1.
    pub length: Option<usize>,
    /// The equations, in one or more texts.
    pub texts: &'a [&'a str],
    /// Dimensions of initial values, used only where nothing else fixes the dimension of a state.
    pub hints: &'a [(&'a str, Dimension)],
    /// Names that only this section knows.
    pub names: &'a [Name],
}
