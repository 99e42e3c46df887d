//! Systems followed through time.

mod trajectory;

pub use trajectory::{ErrorEstimate, Trajectory, Verdict};
