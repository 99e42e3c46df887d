//! Limit cycles, one at a time: the closed curve, its multipliers, its phase response.

pub(super) mod basis;
pub(super) mod collocation;
pub(super) mod cyclic;
pub(super) mod floquet;
pub(super) mod limit_cycle;
pub(super) mod newton;
pub(super) mod orbit;
mod phase_response;
mod section;
mod settled;

pub use limit_cycle::{CycleGuess, CycleSettings, CycleVerdict, LimitCycle, limit_cycle};
pub use orbit::Orbit;
pub use phase_response::{PhaseResponse, phase_response};
pub use section::{Crossing, Return, Section, return_map, section};
pub use settled::settled_cycle;

#[cfg(test)]
mod tests;
