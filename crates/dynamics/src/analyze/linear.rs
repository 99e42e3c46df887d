//! What is known of a linear system, as plain data.

use linalg::{Complex, Matrix};

/// Continuous or discrete time: nobody judges a flow by the unit circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeKind {
    /// dx/dt = A x + g, judged by the imaginary axis.
    Flow,
    /// x(k+1) = A x(k) + g, judged by the unit circle.
    Map,
}

/// The findings on dx/dt = A x + g, or on x(k+1) = A x(k) + g.
#[derive(Clone, Debug)]
pub struct LinearAnalysis {
    /// Flow or map.
    pub time: TimeKind,
    /// n.
    pub dimension: usize,
    /// By descending real part, then descending imaginary part.
    pub eigenvalues: Vec<Complex>,
    /// For each eigenvalue, a bound on its rounding error; 0 where it is exact.
    pub rounding: Vec<f64>,
    /// Whether the real part (map: |lambda| - 1) is 0 to rounding and counts as 0.
    pub to_rounding: Vec<bool>,
    /// -1/Re(lambda) (map: -1/ln|lambda| steps); `None` where that is infinite.
    pub time_constants: Vec<Option<f64>>,
    /// |Im(lambda)|/(2 pi) (map: |arg lambda|/(2 pi) per step).
    pub frequencies: Vec<f64>,
    /// Real modes and complex pairs; empty where the eigenvectors are no basis.
    pub modes: Vec<Mode>,
    /// The verdict on stability.
    pub stability: Stability,
    /// The planar type; `None` unless n = 2 (and time flows).
    pub planar: Option<Planar>,
    /// What the eigenvectors are worth.
    pub eigenvectors: Eigenvectors,
    /// Where the system rests.
    pub fixed_points: FixedPoints,
    /// How far the matrix is from normal, and what that does.
    pub non_normality: NonNormality,
    /// Quantities that were not computed because of their cost, by their name in the findings.
    pub skipped: Vec<String>,
}

/// A real mode, or the plane that a complex pair turns in.
#[derive(Clone, Debug)]
pub struct Mode {
    /// The eigenvalue (of a pair, the one with positive imaginary part).
    pub eigenvalue: Complex,
    /// Index of that eigenvalue in the list.
    pub index: usize,
    /// The unit eigenvector's real part u: for a real mode the direction itself.
    pub u: Vec<f64>,
    /// Its imaginary part w, for a pair: the state turns in span(u, w).
    pub w: Option<Vec<f64>>,
    /// Coefficient of the initial state on this mode, from a solve with the eigenvector basis (not from an inner product).
    pub coefficient: Option<Complex>,
    /// 1/|y^H x|: how strongly a perturbation of the matrix moves the eigenvalue.
    pub condition: f64,
}

/// Verdict on stability, with its margin.
#[derive(Clone, Debug)]
pub struct Stability {
    /// The verdict.
    pub verdict: StabilityVerdict,
    /// The largest real part.
    pub spectral_abscissa: f64,
    /// The largest modulus.
    pub spectral_radius: f64,
    /// min over omega of sigma_min(A - i omega I) (map: over the unit circle); 0 if only stable, `None` if unstable or skipped.
    pub distance_to_instability: Option<f64>,
    /// The same for real perturbations, where n = 2.
    pub real_distance: Option<f64>,
    /// Whether the verdict rests on an eigenvalue whose real part is 0 only to rounding.
    pub to_rounding: bool,
    /// The reason, in a sentence.
    pub reason: String,
}

/// The three verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StabilityVerdict {
    /// Every state returns.
    AsymptoticallyStable,
    /// Bounded, not attracting.
    Stable,
    /// Some state grows, be it only like a polynomial.
    Unstable,
}

/// The planar taxonomy.
#[derive(Clone, Debug)]
pub struct Planar {
    /// The type.
    pub kind: PlanarType,
    /// Its stability.
    pub stability: StabilityVerdict,
    /// Which way it turns.
    pub rotation: Option<Rotation>,
    /// a11 + a22.
    pub trace: f64,
    /// a11 a22 - a12 a21.
    pub determinant: f64,
    /// trace^2 - 4 determinant.
    pub discriminant: f64,
    /// 2-norm of the smallest real perturbation that changes the type.
    pub margin: f64,
    /// The open types that touch the nearest border.
    pub neighbors: Vec<PlanarType>,
    /// Whether the margin is below 4 eps ||A||.
    pub within_rounding: bool,
}

/// Every case of a planar linear flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanarType {
    /// det < 0.
    Saddle,
    /// Two real eigenvalues of one sign.
    Node,
    /// A complex pair with Re != 0.
    Spiral,
    /// An imaginary pair.
    Center,
    /// A multiple of the identity, not 0.
    ProperNode,
    /// A double eigenvalue with one eigenvector.
    ImproperNode,
    /// One eigenvalue 0, the other not.
    LineOfFixedPoints,
    /// Nilpotent, not 0: a line of fixed points, and linear growth along it.
    Shear,
    /// A = 0.
    PlaneOfFixedPoints,
}

/// Sense of rotation, with the first axis to the right and the second up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// From the second axis to the first.
    Clockwise,
    /// From the first axis to the second.
    Counterclockwise,
}

/// What the eigenvectors are worth as a basis.
#[derive(Clone, Debug)]
pub struct Eigenvectors {
    /// The verdict.
    pub verdict: EigenvectorVerdict,
    /// Condition number of the unit-norm basis; `None` when defective, where it is infinite.
    pub condition: Option<f64>,
    /// Unit-norm columns in the order of the eigenvalues; `None` when defective.
    pub vectors: Option<Matrix<Complex>>,
}

/// The four verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EigenvectorVerdict {
    /// A normal matrix: they can be chosen orthonormal, and are here.
    Orthonormal,
    /// A basis.
    Independent,
    /// A basis with a condition above 1e6.
    NearlyDefective,
    /// No basis.
    Defective,
}

/// The solutions of A v = -g (map: (A - I) v = -g).
#[derive(Clone, Debug)]
pub struct FixedPoints {
    /// Unique, none, or an affine set.
    pub verdict: FixedPointSet,
    /// Dimension of the kernel: of the continuous attractor, if the rest decays.
    pub dimension: usize,
    /// A fixed point (of an affine set the one nearest to the origin).
    pub point: Option<Vec<f64>>,
    /// Orthonormal basis of the kernel.
    pub directions: Vec<Vec<f64>>,
    /// Where there is none: the part of g outside the range, as the velocity that no state can cancel.
    pub drift: Option<Vec<f64>>,
    /// Norm of that drift.
    pub drift_rate: Option<f64>,
}

/// How many fixed points there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedPointSet {
    /// One.
    Unique,
    /// None: g lies outside the range of A.
    Empty,
    /// A line, a plane, …
    Affine,
}

/// Departure from normality and its consequences.
#[derive(Clone, Debug)]
pub struct NonNormality {
    /// Largest eigenvalue of (A + A^T)/2: the fastest growth of ||x|| at any state.
    pub numerical_abscissa: f64,
    /// Frobenius norm of the strictly upper part of the complex Schur form.
    pub henrici: f64,
    /// The supremum of ||exp(tA)|| (map: ||A^k||); `None` where infinite or skipped.
    pub max_amplification: Option<Amplification>,
    /// sup over Re z > 0 of Re(z) ||(zI - A)^-1||; `None` where infinite or skipped.
    pub kreiss: Option<f64>,
    /// The curve ||exp(tA)||: times and norms, for a figure; empty where skipped.
    pub curve: (Vec<f64>, Vec<f64>),
}

/// The supremum of ||exp(tA)|| over t >= 0.
#[derive(Clone, Debug)]
pub struct Amplification {
    /// The supremum.
    pub value: f64,
    /// When it is reached; `None` if only approached.
    pub time: Option<f64>,
    /// The unit initial state that is amplified most.
    pub initial: Vec<f64>,
    /// The state that it becomes at that time, divided by `value`.
    pub response: Vec<f64>,
}
