//! What is known of a linear system dx/dt = A x + g, or x(k+1) = A x(k) + g: everything, in one call.
//!
//! | part | file |
//! |---|---|
//! | eigenvalues, time constants, frequencies, modes | spectrum, modes |
//! | stability and its distance | stability, distance |
//! | the planar type | planar |
//! | what the eigenvectors are worth | eigenvectors |
//! | where it rests | fixed points |
//! | transient growth | non-normality, amplification, Kreiss constant |
//!
//! Cost: O(n^3) with the constant of an eigenvalue decomposition; the distance to instability, the maximal amplification and
//! the Kreiss constant cost many times that and are skipped above n = 200 unless asked for.
//!
//! ```
//! use dynamics::analyze::{EigenvectorVerdict, LinearOptions, StabilityVerdict, TimeKind, linear};
//! use linalg::Matrix;
//! let a = Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]);
//! let found = linear(&a, &[0.0, 0.0], TimeKind::Flow, &LinearOptions::default()).unwrap();
//! assert_eq!(found.eigenvectors.verdict, EigenvectorVerdict::Defective);
//! assert_eq!(found.stability.verdict, StabilityVerdict::Unstable);
//! assert_eq!(found.non_normality.numerical_abscissa, 3.5);
//! assert_eq!(found.non_normality.henrici, 1.0);
//! ```

use super::amplification::{amplification, curve, map_amplification, map_curve};
use super::distance::distance_to_instability;
use super::eigenvectors::{EigenvectorVerdict, Eigenvectors, eigenvectors};
use super::fixed_points::{FixedPoints, fixed_points};
use super::kreiss::kreiss;
use super::modes::{Mode, modes};
use super::modular::Modular;
use super::non_normal::{NonNormality, departure, numerical_abscissa};
use super::planar::{ExactPlanar, Planar, planar_shifted};
use super::resolvent::Resolvent;
use super::spectrum::Spectrum;
use super::stability::{Stability, judge};
use super::time::TimeKind;
use super::verdict::StabilityVerdict;
use linalg::{Complex, LinalgError, Matrix};

/// Up to this dimension the expensive quantities are computed without being asked for.
pub const FULL_DIMENSION: usize = 200;

/// What to analyze beyond the default.
#[derive(Clone, Debug, Default)]
pub struct LinearOptions {
    /// Compute the expensive quantities at any dimension.
    pub full: bool,
    /// An initial state, whose coefficients on the modes are wanted.
    pub initial: Option<Vec<f64>>,
    /// What A was computed from, so that its rounding decides nothing.
    pub origin: Option<Origin>,
}

/// A = (M - shift I)/tau with the exact M: of a network tau dx/dt = -x + M x the shift is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// M.
    pub m: Matrix,
    /// What was taken from its diagonal.
    pub shift: f64,
    /// The one time constant of all units.
    pub tau: f64,
}

/// Why a system could not be analyzed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnalyzeError {
    /// The matrix has no rows.
    #[error("the matrix is empty; a linear system needs at least one variable")]
    Empty,
    /// A vector does not fit the matrix.
    #[error("{what} has {found} entries, but the system has {expected} variables")]
    Length {
        /// Which vector.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that fits.
        expected: usize,
    },
    /// An entry of a vector is NaN or infinite.
    #[error("entry {index} of {what} is {value}; every entry must be a finite number")]
    NotFinite {
        /// Which vector.
        what: &'static str,
        /// Index, from 0.
        index: usize,
        /// The entry.
        value: f64,
    },
    /// An eigenvalue is larger than the largest double.
    #[error(
        "entries of size {size:e} give eigenvalues beyond double precision; measure time in a smaller unit"
    )]
    Overflow {
        /// The largest entry.
        size: f64,
    },
    /// A parameter that does not exist.
    #[error("there is no parameter {index}: the system has {count}, counted from 0")]
    Parameter {
        /// The index asked for.
        index: usize,
        /// The number of parameters.
        count: usize,
    },
    /// An interval of length 0.
    #[error("the interval begins and ends at {at}; continuation needs two different values")]
    Interval {
        /// The value.
        at: f64,
    },
    /// A setting that makes no sense.
    #[error("{what} is {value}; {remedy}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What it should be.
        remedy: &'static str,
    },
    /// The matrix was refused, or an iteration on it did not converge.
    #[error(transparent)]
    Linalg(#[from] LinalgError),
    /// A right-hand side could not be evaluated.
    #[error(transparent)]
    Eval(#[from] crate::field::EvalError),
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
    /// Real modes and complex pairs; empty where the eigenvectors are no basis to be trusted.
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

/// Everything about dx/dt = A x + g, or x(k+1) = A x(k) + g.
///
/// # Errors
/// If A is empty, not square or not finite, a vector does not fit it, or the eigenvalue iteration does not converge.
pub fn linear(
    a: &Matrix,
    g: &[f64],
    time: TimeKind,
    options: &LinearOptions,
) -> Result<LinearAnalysis, AnalyzeError> {
    check(a, g, options.initial.as_deref())?;
    let size = a.norm_max();
    if time == TimeKind::Map || (1e-100..1e100).contains(&size) || size == 0.0 {
        return analyze(a, g, time, options, 1.0);
    }
    // Rates that far from 1 would overflow when squared: they are analyzed in another unit of time.
    let unit = 2.0_f64.powi(size.log2().round().clamp(-1000.0, 1000.0) as i32);
    let origin = options.origin.clone().unwrap_or(Origin { m: a.clone(), shift: 0.0, tau: 1.0 });
    let planar = (a.rows() == 2).then(|| planar_shifted(&origin.m, origin.shift, origin.tau));
    let inner = Origin { tau: origin.tau * unit, ..origin };
    let options = LinearOptions { origin: Some(inner), ..options.clone() };
    let mut found = analyze(&a.map(|x| x / unit), &vec![0.0; a.rows()], time, &options, unit)?;
    found.rescale(unit);
    if !found.stability.spectral_radius.is_finite() {
        return Err(AnalyzeError::Overflow { size });
    }
    found.planar = planar;
    let exact = (a.rows() <= 64).then(|| Modular::new(a, 0.0));
    found.fixed_points = fixed_points(a, g, exact.as_ref())?;
    Ok(found)
}

impl LinearAnalysis {
    /// From the findings on A/unit to those on A.
    fn rescale(&mut self, unit: f64) {
        self.eigenvalues.iter_mut().for_each(|z| *z *= unit);
        self.rounding.iter_mut().for_each(|r| *r *= unit);
        self.time_constants.iter_mut().for_each(|t| *t = t.map(|t| t / unit).filter(|t| t.is_finite()));
        self.frequencies.iter_mut().for_each(|f| *f *= unit);
        self.modes.iter_mut().for_each(|m| m.eigenvalue *= unit);
        let s = &mut self.stability;
        s.spectral_abscissa *= unit;
        s.spectral_radius *= unit;
        for d in [&mut s.distance_to_instability, &mut s.most_fragile_frequency, &mut s.real_distance] {
            *d = d.map(|x| x * unit);
        }
        let q = &mut self.non_normality;
        q.numerical_abscissa *= unit;
        q.henrici *= unit;
        if let Some(a) = &mut q.max_amplification {
            a.time = a.time.map(|t| t / unit);
        }
        q.curve.0.iter_mut().for_each(|t| *t /= unit);
    }
}

/// The findings, for rates of moderate size; `unit` is what they were divided by.
fn analyze(
    a: &Matrix,
    g: &[f64],
    time: TimeKind,
    options: &LinearOptions,
    unit: f64,
) -> Result<LinearAnalysis, AnalyzeError> {
    let n = a.rows();
    let (m, shift, tau) = options.origin.as_ref().map_or((a, 0.0, 1.0), |o| (&o.m, o.shift, o.tau));
    let exact_planar = (n == 2).then(|| ExactPlanar::new(m, shift, tau));
    let exact = (n <= 300).then(|| Modular::new(m, shift));
    let planar = (n == 2 && time == TimeKind::Flow).then(|| planar_shifted(m, shift, tau));
    let mut spectrum = Spectrum::new(a, time, exact_planar.as_ref())?;
    let defective = exact_planar.as_ref().map(ExactPlanar::is_defective);
    let basis = eigenvectors(a, &mut spectrum, defective, exact.as_ref())?;
    let (verdict, to_rounding, reason) = judge(a, time, &spectrum, planar.as_ref(), exact.as_ref(), unit);

    let fixed_points = match time {
        TimeKind::Flow => fixed_points(a, g, exact.as_ref())?,
        TimeKind::Map => {
            let identity = Matrix::identity(n);
            let exact = (n <= 64).then(|| Modular::new(a, 1.0));
            fixed_points(&(a - &identity), g, exact.as_ref())?
        }
    };
    let mut stability = Stability {
        verdict,
        spectral_abscissa: spectrum.values.iter().map(|z| z.re).fold(f64::NEG_INFINITY, f64::max),
        spectral_radius: spectrum.values.iter().map(|z| z.norm()).fold(0.0, f64::max),
        distance_to_instability: (verdict == StabilityVerdict::Stable).then_some(0.0),
        most_fragile_frequency: None,
        real_distance: planar.as_ref().and_then(|_| real_distance(a, verdict)),
        to_rounding,
        reason,
    };
    let normal = basis.verdict == EigenvectorVerdict::Orthonormal;
    let mut non_normality = NonNormality {
        numerical_abscissa: numerical_abscissa(a),
        henrici: departure(a, &spectrum, normal)?,
        max_amplification: None,
        kreiss: None,
        curve: (Vec::new(), Vec::new()),
    };
    let mut skipped = Vec::new();
    let bounded = verdict != StabilityVerdict::Unstable;
    let asymptotic = verdict == StabilityVerdict::AsymptoticallyStable;
    if n <= FULL_DIMENSION || options.full {
        if bounded {
            let resolvent = Resolvent::new(a)?;
            if asymptotic {
                let (distance, at) = distance_to_instability(a, time, &spectrum.values, &resolvent)?;
                stability.distance_to_instability = Some(distance);
                stability.most_fragile_frequency = Some(at);
            }
            non_normality.max_amplification = Some(match time {
                TimeKind::Flow => amplification(a, &spectrum, verdict),
                TimeKind::Map => map_amplification(a, &spectrum, asymptotic),
            });
            non_normality.kreiss = Some(if normal { 1.0 } else { kreiss(&spectrum, time, resolvent) });
        }
        let peak = non_normality.max_amplification.as_ref();
        non_normality.curve = match time {
            TimeKind::Flow => curve(a, &spectrum, peak, stability.spectral_abscissa),
            TimeKind::Map => map_curve(a),
        };
    } else {
        if asymptotic {
            skipped.push("distance_to_instability".into());
        }
        skipped.extend(["max_amplification".into(), "kreiss".into()]);
    }
    Ok(LinearAnalysis {
        time,
        dimension: n,
        to_rounding: spectrum.to_rounding.clone(),
        time_constants: (0..n).map(|i| spectrum.time_constant(i, time)).collect(),
        frequencies: (0..n).map(|i| spectrum.frequency(i, time)).collect(),
        modes: modes(&spectrum, &basis, options.initial.as_deref())?,
        stability,
        planar,
        eigenvectors: basis,
        fixed_points,
        non_normality,
        skipped,
        eigenvalues: spectrum.values,
        rounding: spectrum.rounding,
    })
}

/// min(sigma_min(A), |tr A|/2) for a 2 x 2 flow: the nearest real matrix with a zero or imaginary eigenvalue.
fn real_distance(a: &Matrix, verdict: StabilityVerdict) -> Option<f64> {
    match verdict {
        StabilityVerdict::Unstable => None,
        StabilityVerdict::Stable => Some(0.0),
        StabilityVerdict::AsymptoticallyStable => {
            let low = linalg::singular_values(a).last().copied().unwrap_or(0.0);
            Some(low.min(0.5 * a.trace().abs()))
        }
    }
}

fn check(a: &Matrix, g: &[f64], initial: Option<&[f64]>) -> Result<(), AnalyzeError> {
    if a.rows() == 0 && a.cols() == 0 {
        return Err(AnalyzeError::Empty);
    }
    if !a.is_square() {
        return Err(LinalgError::NotSquare { rows: a.rows(), cols: a.cols() }.into());
    }
    for (j, column) in (0..a.cols()).map(|j| (j, a.column(j))) {
        if let Some(i) = column.iter().position(|x| !x.is_finite()) {
            return Err(LinalgError::NotFinite { row: i, column: j, value: column[i] }.into());
        }
    }
    for (what, x) in [("g", Some(g)), ("the initial state", initial)] {
        let Some(x) = x else { continue };
        if x.len() != a.rows() {
            return Err(AnalyzeError::Length { what, found: x.len(), expected: a.rows() });
        }
        if let Some(index) = x.iter().position(|v| !v.is_finite()) {
            return Err(AnalyzeError::NotFinite { what, index, value: x[index] });
        }
    }
    Ok(())
}
