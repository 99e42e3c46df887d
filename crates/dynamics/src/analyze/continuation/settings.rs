//! What to continue, how far, and how finely.

use crate::analyze::AnalyzeError;

/// The settings of [`continuation`](super::continuation()).
#[derive(Clone, Debug)]
pub struct ContinuationSettings {
    /// Index of the parameter that is changed.
    pub parameter: usize,
    /// One end of the interval.
    pub from: f64,
    /// The other end.
    pub to: f64,
    /// How far branches are followed outside the interval, in lengths of it: they may fold there and come back.
    pub margin: f64,
    /// Number of scattered starts from which equilibria are searched at each end.
    pub starts: usize,
    /// States from which equilibria are searched besides.
    pub given: Vec<Vec<f64>>,
    /// The least value of each variable; empty for no bound.
    pub low: Vec<f64>,
    /// The largest value of each variable; empty for no bound.
    pub high: Vec<f64>,
    /// The most points of one branch.
    pub points: usize,
    /// The largest step along a branch; 1 is one interval, or the size of the state.
    pub largest_step: f64,
    /// The smallest step, below which a branch ends as failed.
    pub smallest_step: f64,
    /// Newton's corrector ends when it moves a point less than this (in the unit of the steps).
    pub tolerance: f64,
    /// Whether branches of cycles are followed.
    pub cycles: FollowCycles,
    /// Runs that may settle on a cycle, which is then followed too: not every cycle is born at a Hopf point.
    pub runs: Vec<Run>,
    /// Of the scattered starts.
    pub seed: u64,
}

/// A run that may settle on a cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The parameter.
    pub p: f64,
    /// Where it begins.
    pub x: Vec<f64>,
    /// How long it takes to settle; it is then followed for as long again.
    pub transient: f64,
}

/// Whether branches of cycles are followed from Hopf points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowCycles {
    /// From every Hopf point inside the interval or met outside.
    FromHopf,
    /// Equilibria only.
    No,
}

impl ContinuationSettings {
    /// The defaults over an interval of one parameter.
    pub fn new(parameter: usize, from: f64, to: f64) -> Self {
        Self {
            parameter,
            from,
            to,
            margin: 1.0,
            starts: 64,
            given: Vec::new(),
            low: Vec::new(),
            high: Vec::new(),
            points: 4000,
            largest_step: 0.05,
            smallest_step: 1e-7,
            tolerance: 1e-13,
            cycles: FollowCycles::FromHopf,
            runs: Vec::new(),
            seed: 1,
        }
    }

    /// Whether the settings fit a field of `n` variables with these parameters.
    pub(super) fn check(&self, n: usize, p: &[f64]) -> Result<(), AnalyzeError> {
        check_parameter(self.parameter, p)?;
        if n == 0 {
            return Err(AnalyzeError::Empty);
        }
        if let Some((index, &value)) = p.iter().enumerate().find(|(_, v)| !v.is_finite()) {
            return Err(AnalyzeError::NotFinite { what: "the parameters", index, value });
        }
        check_interval(self.from, self.to)?;
        let vectors = [("the lower bounds", &self.low), ("the upper bounds", &self.high)];
        for (what, v) in vectors {
            if !v.is_empty() && v.len() != n {
                return Err(AnalyzeError::Length { what, found: v.len(), expected: n });
            }
            if let Some((index, &value)) = v.iter().enumerate().find(|(_, v)| v.is_nan()) {
                return Err(AnalyzeError::NotFinite { what, index, value });
            }
        }
        for start in self.given.iter().chain(self.runs.iter().map(|run| &run.x)) {
            if start.len() != n {
                return Err(AnalyzeError::Length { what: "a given start", found: start.len(), expected: n });
            }
            if let Some((index, &value)) = start.iter().enumerate().find(|(_, v)| !v.is_finite()) {
                return Err(AnalyzeError::NotFinite { what: "a given start", index, value });
            }
        }
        let empty = self.low.iter().zip(&self.high).find(|(low, high)| low >= high);
        if let Some((&low, _)) = empty {
            return Err(AnalyzeError::Setting {
                what: "a lower bound",
                value: low,
                remedy: "it must lie below its upper bound",
            });
        }
        let positive = |what, value: f64| {
            let remedy = "it must be a positive number";
            if value > 0.0 && value.is_finite() {
                Ok(())
            } else {
                Err(AnalyzeError::Setting { what, value, remedy })
            }
        };
        positive("the largest step", self.largest_step)?;
        positive("the smallest step", self.smallest_step)?;
        positive("the tolerance", self.tolerance)?;
        positive("the number of points", self.points as f64)?;
        if !(self.margin >= 0.0 && self.margin.is_finite()) {
            let remedy = "it must be 0 or a positive number of lengths of the interval";
            return Err(AnalyzeError::Setting { what: "the margin", value: self.margin, remedy });
        }
        Ok(())
    }
}

/// Whether there is a parameter of this index.
pub(super) fn check_parameter(index: usize, p: &[f64]) -> Result<(), AnalyzeError> {
    if index < p.len() { Ok(()) } else { Err(AnalyzeError::Parameter { index, count: p.len() }) }
}

/// Whether an interval has a length.
pub(super) fn check_interval(from: f64, to: f64) -> Result<(), AnalyzeError> {
    for (index, value) in [from, to].into_iter().enumerate() {
        if !value.is_finite() {
            return Err(AnalyzeError::NotFinite { what: "the interval", index, value });
        }
    }
    if from == to { Err(AnalyzeError::Interval { at: from }) } else { Ok(()) }
}
