//! What a continuation finds: branches, and the bifurcations on them. Plain data.

use linalg::Complex;

/// Branches of equilibria and of cycles over one parameter, and the special points on them.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    /// In the order in which they were found.
    pub branches: Vec<Branch>,
    /// Inside the interval, by descending kind of branch (equilibria first) and then along each branch; each once.
    pub specials: Vec<Special>,
    /// Those met outside the interval, within the margin.
    pub outside: Vec<Special>,
    /// Sentences that the reader must hear: what was not followed, and why.
    pub notes: Vec<String>,
}

/// A curve of equilibria or of cycles.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Which of the two.
    pub kind: BranchKind,
    /// Its points, in order along the curve.
    pub points: Vec<BranchPoint>,
    /// How it begins and how it ends.
    pub ends: [BranchEnd; 2],
}

/// What a branch consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchKind {
    /// Equilibria.
    Equilibrium,
    /// Limit cycles.
    Cycle,
}

/// A point of a branch.
#[derive(Clone, Debug)]
pub struct BranchPoint {
    /// The parameter.
    pub p: f64,
    /// The equilibrium, or the state of the cycle at phase 0.
    pub x: Vec<f64>,
    /// Period of a cycle.
    pub period: Option<f64>,
    /// The smallest value of each variable along a cycle; empty for an equilibrium.
    pub low: Vec<f64>,
    /// The largest.
    pub high: Vec<f64>,
    /// Eigenvalues of the equilibrium, or Floquet multipliers of the cycle without the trivial one.
    pub spectrum: Vec<Complex>,
    /// Eigenvalues with a positive real part, or multipliers outside the unit circle.
    pub unstable: usize,
    /// `None` where the spectrum touches the border to rounding.
    pub is_stable: Option<bool>,
}

/// Why a branch ends.
#[derive(Clone, Debug, PartialEq)]
pub enum BranchEnd {
    /// It left the margin around the interval.
    Interval,
    /// It left the box that was allowed: the variable and its value there.
    Box {
        /// Index of the variable.
        variable: usize,
        /// Its value where it left.
        value: f64,
    },
    /// It came back to where it began.
    Closed,
    /// It begins, or ends, at this special point of [`Diagram::specials`].
    Special(usize),
    /// It begins, or ends, at this special point of [`Diagram::outside`].
    Outside(usize),
    /// A cycle whose period grows without a bound as the parameter tends to this value.
    GrowingPeriod {
        /// The limit.
        p: f64,
    },
    /// As many points as were allowed.
    Points,
    /// The corrector failed at the smallest step, with this residual.
    Failed {
        /// The norm of what should be 0.
        residual: f64,
    },
}

/// A bifurcation.
#[derive(Clone, Debug)]
pub struct Special {
    /// Its kind.
    pub kind: SpecialKind,
    /// Index of a branch that it lies on.
    pub branch: usize,
    /// The parameter.
    pub p: f64,
    /// An estimate of how wrong `p` is.
    pub error: f64,
    /// The state (of a cycle at phase 0).
    pub x: Vec<f64>,
    /// The period: of the cycle, or of the cycles born at a Hopf point.
    pub period: Option<f64>,
    /// Of a Hopf point, a period doubling or a torus: the type of what is born.
    pub criticality: Option<Criticality>,
    /// The normal-form coefficient: the first Lyapunov coefficient of a Hopf point, the quadratic one of a fold.
    pub coefficient: Option<f64>,
}

/// The kinds of bifurcations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpecialKind {
    /// An equilibrium turns back.
    Fold,
    /// A cycle is born from an equilibrium.
    Hopf,
    /// Two branches of equilibria cross.
    BranchPoint,
    /// A cycle turns back.
    CycleFold,
    /// A cycle of twice the period is born.
    PeriodDoubling,
    /// A torus is born from a cycle (Neimark and Sacker).
    Torus,
    /// Two branches of cycles cross.
    CycleBranchPoint,
    /// A cycle ends on a saddle, its period growing like -log |p - p*|.
    Homoclinic,
    /// A cycle ends on a saddle-node, its period growing like |p - p*|^(-1/2).
    Snic,
}

impl SpecialKind {
    /// Its name in the findings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fold => "fold",
            Self::Hopf => "hopf",
            Self::BranchPoint => "branch point",
            Self::CycleFold => "cycle fold",
            Self::PeriodDoubling => "period doubling",
            Self::Torus => "torus",
            Self::CycleBranchPoint => "cycle branch point",
            Self::Homoclinic => "homoclinic",
            Self::Snic => "saddle-node on a cycle",
        }
    }
}

/// What is born at a bifurcation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criticality {
    /// It attracts, beyond the point where the old state loses stability.
    Supercritical,
    /// It repels, before that point.
    Subcritical,
}

impl Criticality {
    /// Its name in the findings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supercritical => "supercritical",
            Self::Subcritical => "subcritical",
        }
    }
}
