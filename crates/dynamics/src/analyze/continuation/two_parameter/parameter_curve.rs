//! A curve in the plane of two parameters. Plain data, and what to follow.

use crate::analyze::AnalyzeError;
use crate::analyze::continuation::diagram::Special;
use crate::analyze::continuation::settings::{check_interval, check_parameter};

/// The settings of [`fold_curve`](super::fold_curve) and [`hopf_curve`](super::hopf_curve).
#[derive(Clone, Debug)]
pub struct ParameterCurveSettings {
    /// Indices of the two parameters; the first is that of the diagram.
    pub parameters: [usize; 2],
    /// The least value of each.
    pub low: [f64; 2],
    /// The largest value of each.
    pub high: [f64; 2],
    /// The most points in each direction.
    pub points: usize,
    /// The largest step; 1 is one side of the rectangle, or the size of the state.
    pub largest_step: f64,
    /// The smallest step, below which the curve ends as failed.
    pub smallest_step: f64,
    /// Newton's corrector ends when it moves a point less than this (in the unit of the steps).
    pub tolerance: f64,
}

impl ParameterCurveSettings {
    /// The defaults over a rectangle.
    pub fn new(parameters: [usize; 2], low: [f64; 2], high: [f64; 2]) -> Self {
        Self {
            parameters,
            low,
            high,
            points: 2000,
            largest_step: 0.05,
            smallest_step: 1e-7,
            tolerance: 1e-12,
        }
    }

    /// Whether the settings fit a field of `n` variables, its parameters and where the curve begins.
    pub(super) fn check(&self, n: usize, p: &[f64], start: &Special) -> Result<(), AnalyzeError> {
        let refuse = |what, value, remedy| Err(AnalyzeError::Setting { what, value, remedy });
        for k in 0..2 {
            check_parameter(self.parameters[k], p)?;
            check_interval(self.low[k], self.high[k])?;
            if self.low[k] > self.high[k] {
                return refuse("a lower bound", self.low[k], "it must lie below its upper bound");
            }
        }
        if self.parameters[0] == self.parameters[1] {
            return refuse(
                "the second parameter",
                self.parameters[1] as f64,
                "it must be another than the first",
            );
        }
        if start.x.len() != n {
            let what = "the state of the special point";
            return Err(AnalyzeError::Length { what, found: start.x.len(), expected: n });
        }
        for (what, list) in [("the parameters", p), ("the state of the special point", start.x.as_slice())] {
            if let Some((index, &value)) = list.iter().enumerate().find(|(_, v)| !v.is_finite()) {
                return Err(AnalyzeError::NotFinite { what, index, value });
            }
        }
        for (k, value) in [start.p, p[self.parameters[1]]].into_iter().enumerate() {
            if !(self.low[k]..=self.high[k]).contains(&value) {
                return refuse("a parameter of the special point", value, "it must lie in the rectangle");
            }
        }
        let positive = [
            ("the largest step", self.largest_step),
            ("the smallest step", self.smallest_step),
            ("the tolerance", self.tolerance),
            ("the number of points", self.points as f64),
        ];
        match positive.into_iter().find(|(_, v)| !(*v > 0.0 && v.is_finite())) {
            Some((what, value)) => refuse(what, value, "it must be a positive number"),
            None => Ok(()),
        }
    }
}

/// A curve of bifurcations.
#[derive(Clone, Debug)]
pub struct ParameterCurve {
    /// Of which.
    pub kind: ParameterCurveKind,
    /// In order along the curve, the special points among them.
    pub points: Vec<CurvePoint>,
    /// In order along the curve.
    pub specials: Vec<CurveSpecial>,
    /// How it begins and how it ends.
    pub ends: [CurveEnd; 2],
    /// Sentences that the reader must hear.
    pub notes: Vec<String>,
}

/// What a curve consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterCurveKind {
    /// Folds of equilibria.
    Fold,
    /// Hopf points.
    Hopf,
}

/// A point of a curve.
#[derive(Clone, Debug)]
pub struct CurvePoint {
    /// Both parameters.
    pub p: [f64; 2],
    /// The equilibrium.
    pub x: Vec<f64>,
    /// Of a Hopf point, in radians per unit of time; 0 where the curve ends at a Bogdanov-Takens point.
    pub omega: Option<f64>,
}

/// A point at which the curve changes its kind.
#[derive(Clone, Debug)]
pub struct CurveSpecial {
    /// Its kind.
    pub kind: CurveSpecialKind,
    /// Both parameters.
    pub p: [f64; 2],
    /// An estimate of how wrong each is.
    pub error: [f64; 2],
    /// The equilibrium.
    pub x: Vec<f64>,
}

/// The kinds of points on such curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveSpecialKind {
    /// Two curves of folds end in a tip.
    Cusp,
    /// A double eigenvalue 0: here a Hopf curve ends on a fold curve.
    BogdanovTakens,
    /// The first Lyapunov coefficient vanishes (Bautin): here a curve of cycle folds begins.
    GeneralizedHopf,
}

impl CurveSpecialKind {
    /// Its name in the findings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cusp => "cusp",
            Self::BogdanovTakens => "bogdanov-takens",
            Self::GeneralizedHopf => "generalized hopf",
        }
    }
}

/// Why a curve ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CurveEnd {
    /// It left the rectangle.
    Border,
    /// It came back to where it began.
    Closed,
    /// A Hopf curve at this Bogdanov-Takens point of [`ParameterCurve::specials`].
    BogdanovTakens(usize),
    /// As many points as were allowed.
    Points,
    /// The corrector failed at the smallest step, with this residual.
    Failed {
        /// The norm of what should be 0.
        residual: f64,
    },
}
