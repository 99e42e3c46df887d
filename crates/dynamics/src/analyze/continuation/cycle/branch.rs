//! What following a branch of cycles returns.

use super::super::diagram::{Branch, Special};
use crate::analyze::cycle::orbit::Orbit;

/// A branch of cycles with its bifurcations.
///
/// The specials' `branch` is 0, and a [`super::super::diagram::BranchEnd::Special`] of the branch counts in `specials`: who collects several branches
/// shifts both.
#[derive(Clone, Debug)]
pub struct CycleBranch {
    /// The branch.
    pub branch: Branch,
    /// The bifurcations inside the interval and its margin, in order along the branch.
    pub specials: Vec<Special>,
    /// What cycles of twice the period begin with, at each period doubling.
    pub doublings: Vec<Doubling>,
    /// Where the two halves of a doubled cycle became one, if the period doubling itself was not found there.
    pub halves_near: Option<f64>,
    /// What the reader must hear.
    pub notes: Vec<String>,
}

/// A period doubling as a place to begin.
#[derive(Clone, Debug)]
pub struct Doubling {
    /// Its index in [`CycleBranch::specials`].
    pub special: usize,
    /// The parameters there.
    pub p: Vec<f64>,
    /// The cycle gone around twice.
    pub orbit: Orbit,
    /// The direction into the cycles of twice the period, at the points of the orbit.
    pub direction: Vec<f64>,
}
