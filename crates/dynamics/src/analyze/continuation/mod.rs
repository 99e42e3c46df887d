//! How equilibria and cycles change with a parameter, and where they change their kind.

mod diagram;

pub use diagram::{Branch, BranchEnd, BranchKind, BranchPoint, Criticality, Diagram, Special, SpecialKind};
