//! How equilibria and cycles change with a parameter, and where they change their kind.

mod cycle;
mod diagram;

pub use cycle::{
    CycleBranch, CycleBranchSettings, Doubling, cycles_from_cycle, cycles_from_hopf,
    cycles_from_period_doubling,
};
pub use diagram::{Branch, BranchEnd, BranchKind, BranchPoint, Criticality, Diagram, Special, SpecialKind};
