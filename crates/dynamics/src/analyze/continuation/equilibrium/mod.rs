//! Branches of equilibria.

mod events;
mod found;
mod point;
mod starts;
mod walk;

pub(super) use found::Found;
pub(super) use point::Point;
pub(super) use starts::equilibria;
pub(super) use walk::{Limits, WalkEnd, passes, walk};
