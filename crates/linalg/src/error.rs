//! What can go wrong in linear algebra, with the offending value and a remedy.

/// Why a matrix function has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinalgError {
    /// A square matrix was needed.
    #[error(
        "the matrix is {rows} x {cols}, but only a square one has this; check that no row or column is missing"
    )]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        cols: usize,
    },
    /// An entry is NaN or infinite.
    #[error("entry ({row}, {column}) of the matrix is {value}; every entry must be a finite number")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// Two shapes do not fit.
    #[error("{what} is {found}, but {expected} is needed")]
    Shape {
        /// Which operand.
        what: &'static str,
        /// Its shape.
        found: String,
        /// The shape that fits.
        expected: String,
    },
    /// A linear system has no unique solution.
    #[error(
        "the matrix is singular (pivot {pivot} is 0), so the system has no unique solution; use least squares"
    )]
    Singular {
        /// Index of the pivot, from 0.
        pivot: usize,
    },
    /// A Lyapunov equation has no unique solution.
    #[error(
        "the Lyapunov equation has no unique solution: {relation} for the eigenvalues {first} and {second}; \
         it needs an asymptotically stable matrix, or at least no such pair"
    )]
    SharedEigenvalue {
        /// The relation that makes it singular, in words.
        relation: &'static str,
        /// One eigenvalue.
        first: String,
        /// The other.
        second: String,
    },
    /// A node of a tree comes before its parent.
    #[error("node {node} comes before its parent {parent}; number each parent before its children")]
    ParentAfterChild {
        /// The node.
        node: usize,
        /// Its parent.
        parent: usize,
    },
    /// A node of a tree has a parent that is not there.
    #[error("node {node} has parent {parent}, but there are only {nodes} nodes, numbered from 0")]
    NoSuchParent {
        /// The node.
        node: usize,
        /// Its parent.
        parent: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// The parents of a tree form a cycle.
    #[error("node {node} is among its own ancestors; cut the cycle by giving one of its nodes no parent")]
    ParentCycle {
        /// A node of the cycle.
        node: usize,
    },
    /// An iteration did not converge.
    #[error(
        "{what} did not converge after {iterations} iterations; scale the matrix or perturb it by rounding"
    )]
    NoConvergence {
        /// Which iteration.
        what: &'static str,
        /// How many steps were tried.
        iterations: usize,
    },
}
