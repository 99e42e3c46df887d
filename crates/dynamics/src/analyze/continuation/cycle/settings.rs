//! How a branch of cycles is followed.

/// How a branch of cycles is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleBranchSettings {
    /// The index of the parameter.
    pub parameter: usize,
    /// The interval that is asked about.
    pub interval: (f64, f64),
    /// How far outside of it the branch is followed, in parts of its length.
    pub margin: f64,
    /// The range of each variable beyond which the branch ends; empty for none.
    pub bounds: Vec<(f64, f64)>,
    /// The intervals of the first mesh; more are taken where the cycle needs them, fewer never.
    pub intervals: usize,
    /// The most that a mesh may have.
    pub most_intervals: usize,
    /// The most points of the branch.
    pub most_points: usize,
    /// The longest step: of the size of the cycle, of its period, of the interval.
    pub longest_step: f64,
    /// The shortest step; where it fails, the branch ends.
    pub shortest_step: f64,
    /// The local error of the cycle that the mesh keeps, in parts of its size.
    pub tolerance: f64,
    /// The error of the parameter at a special point that is asked for, in parts of the interval.
    pub special_tolerance: f64,
    /// The period has grown without a bound when it is so many times the shortest one on the branch.
    pub growth: f64,
}

impl Default for CycleBranchSettings {
    fn default() -> Self {
        Self {
            parameter: 0,
            interval: (0.0, 1.0),
            margin: 0.1,
            bounds: Vec::new(),
            intervals: 20,
            most_intervals: 400,
            most_points: 1000,
            longest_step: 0.1,
            shortest_step: 1e-7,
            tolerance: 3e-6,
            special_tolerance: 1e-10,
            growth: 60.0,
        }
    }
}
