//! Branches of limit cycles over a parameter: from a Hopf point, a cycle or a period doubling to where they end.

mod births;
mod branch;
mod doubling;
mod ends;
mod equilibria;
mod follow;
mod locate;
mod settings;
mod station;

pub use births::{cycles_from_cycle, cycles_from_hopf, cycles_from_period_doubling};
pub use branch::{CycleBranch, Doubling};
pub use settings::CycleBranchSettings;

#[cfg(test)]
mod tests;
