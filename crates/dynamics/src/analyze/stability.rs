//! Stability of dx/dt = A x, or of x(k+1) = A x(k), with all three verdicts.
//!
//! | verdict | flow | map |
//! |---|---|---|
//! | asymptotically stable | every Re lambda < 0 | every abs(lambda) < 1 |
//! | stable | Re lambda <= 0, those with Re = 0 semisimple | abs(lambda) <= 1, those on the circle semisimple |
//! | unstable | otherwise | otherwise |
//!
//! "Not diverging exactly if Re lambda <= 0" is false: [0 1; 0 0] has 0 twice and its state grows like t. An eigenvalue is
//! semisimple if it has as many independent eigenvectors as its multiplicity. A real part below the bound on its
//! rounding error counts as 0; the zero eigenvalue is first looked for exactly, on the doubles given.
//!
//! Cost: the spectrum; where eigenvalues lie on the border one singular value decomposition for each of them.

use super::modular::Modular;
use super::planar::Planar;
use super::spectrum::Spectrum;
use super::time::TimeKind;
use super::verdict::StabilityVerdict;
use linalg::{Complex, Matrix};

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
    /// The frequency omega (map: the angle) at which that minimum lies, where it was computed.
    pub most_fragile_frequency: Option<f64>,
    /// The same for real perturbations, where n = 2 and time flows.
    pub real_distance: Option<f64>,
    /// Whether the verdict rests on an eigenvalue whose real part is 0 only to rounding.
    pub to_rounding: bool,
    /// The reason, in a sentence.
    pub reason: String,
}

/// Verdict, whether it holds only to rounding, and the reason.
pub(super) type Judgement = (StabilityVerdict, bool, String);

/// Judges by the spectrum; `exact` is the matrix without rounding where that is affordable, `unit` what its
/// rates were divided by.
pub(super) fn judge(
    a: &Matrix,
    time: TimeKind,
    spectrum: &Spectrum,
    planar: Option<&Planar>,
    exact: Option<&Modular>,
    unit: f64,
) -> Judgement {
    use StabilityVerdict::{AsymptoticallyStable, Stable, Unstable};
    let (name, border) = match time {
        TimeKind::Flow => ("real part", 0.0),
        TimeKind::Map => ("modulus", 1.0),
    };
    let top = spectrum.growth.iter().copied().fold(f64::NEG_INFINITY, f64::max) + border;
    let top = written(Complex::new(top * unit, 0.0));
    if let (Some(p), TimeKind::Flow) = (planar, time) {
        return (p.stability, false, planar_reason(p, &top));
    }
    let grows = (0..spectrum.values.len()).find(|&i| spectrum.growth[i] > 0.0 && !spectrum.on_border(i));
    if let Some(i) = grows {
        let factor = written(Complex::new((spectrum.growth[i] + border) * unit, 0.0));
        return (Unstable, false, format!("an eigenvalue has the {name} {factor}, above {border}"));
    }
    let marginal: Vec<usize> = (0..spectrum.values.len()).filter(|&i| spectrum.on_border(i)).collect();
    if marginal.is_empty() {
        let reason = format!("every eigenvalue has a {name} below {border}; the largest is {top}");
        return (AsymptoticallyStable, false, reason);
    }
    let to_rounding = marginal.iter().any(|&i| spectrum.to_rounding[i]);
    let word = if to_rounding { " to rounding" } else { "" };
    for cluster in clusters(spectrum, &marginal) {
        let center = centroid(spectrum, &cluster, time);
        let missing = cluster.len() - geometric_multiplicity(a, center, &cluster, spectrum, exact);
        if cluster.len() > 1 && missing > 0 {
            let reason = format!(
                "the eigenvalue {} has the {name} {border}{word} and multiplicity {}, but only {} independent \
                 eigenvectors: growth like a power of time",
                written(center * unit),
                cluster.len(),
                cluster.len() - missing
            );
            return (Unstable, to_rounding, reason);
        }
    }
    let count = marginal.len();
    let reason = if count == 1 {
        format!(
            "one eigenvalue has the {name} {border}{word}, no other a larger one: bounded, not attracting"
        )
    } else {
        format!(
            "{count} eigenvalues have the {name} {border}{word}, no other a larger one, and none of them lacks an \
             eigenvector: bounded, not attracting"
        )
    };
    (Stable, to_rounding, reason)
}

fn planar_reason(p: &Planar, top: &str) -> String {
    use super::planar::PlanarType as T;
    match (p.kind, p.stability) {
        (T::Shear, _) => "the eigenvalue 0 is double with one eigenvector: states grow like t".into(),
        (T::Center, _) => "the eigenvalues are imaginary: every state turns on a closed curve".into(),
        (T::PlaneOfFixedPoints, _) => "A is 0: every state rests".into(),
        (_, StabilityVerdict::Stable) => {
            "one eigenvalue is 0, the other negative: bounded, not attracting".to_string()
        }
        (_, StabilityVerdict::Unstable) => format!("an eigenvalue has the real part {top}, above 0"),
        _ => format!("every eigenvalue has a real part below 0; the largest is {top}"),
    }
}

fn written(z: Complex) -> String {
    let real = |x: f64| {
        if x == 0.0 || (1e-3..1e6).contains(&x.abs()) {
            format!("{}", (x * 1e6).round() / 1e6)
        } else {
            format!("{x:.3e}")
        }
    };
    if z.im == 0.0 { real(z.re) } else { format!("{} + {} i", real(z.re), real(z.im)) }
}

/// Groups of eigenvalues that cannot be told apart within their rounding bounds.
pub(super) fn clusters(spectrum: &Spectrum, among: &[usize]) -> Vec<Vec<usize>> {
    let mut open: Vec<usize> = among.to_vec();
    let mut found = Vec::new();
    while let Some(first) = open.pop() {
        let mut cluster = vec![first];
        let mut k = 0;
        while k < cluster.len() {
            let (i, reach) = (cluster[k], spectrum.rounding[cluster[k]]);
            let (near, far): (Vec<usize>, Vec<usize>) = open.iter().partition(|&&j| {
                let gap = (spectrum.values[i] - spectrum.values[j]).norm();
                gap <= 2.0 * (reach + spectrum.rounding[j])
            });
            cluster.extend(near);
            open = far;
            k += 1;
        }
        cluster.sort_unstable();
        found.push(cluster);
    }
    found
}

/// The mean of a cluster (it is far better determined than its members), put on the border of stability.
fn centroid(spectrum: &Spectrum, cluster: &[usize], time: TimeKind) -> Complex {
    let mean = cluster.iter().map(|&i| spectrum.values[i]).sum::<Complex>() / cluster.len() as f64;
    let reach = cluster.iter().map(|&i| spectrum.rounding[i]).fold(0.0, f64::max);
    match time {
        TimeKind::Flow if mean.im.abs() <= reach => Complex::new(0.0, 0.0),
        TimeKind::Flow => Complex::new(0.0, mean.im),
        TimeKind::Map if mean.im.abs() <= reach => Complex::new(mean.re.signum(), 0.0),
        TimeKind::Map => mean / mean.norm(),
    }
}

/// How many independent eigenvectors belong to the cluster around `center`.
fn geometric_multiplicity(
    a: &Matrix,
    center: Complex,
    cluster: &[usize],
    spectrum: &Spectrum,
    exact: Option<&Modular>,
) -> usize {
    if cluster.len() == 1 {
        return 1;
    }
    let at_zero =
        exact.filter(|m| center == Complex::new(0.0, 0.0) && m.zero_multiplicity() == cluster.len());
    if let Some(m) = at_zero {
        return a.rows() - m.rank();
    }
    let n = a.rows();
    let shifted = Matrix::from_fn(n, n, |i, j| {
        Complex::new(a[(i, j)], 0.0) - if i == j { center } else { Complex::new(0.0, 0.0) }
    });
    let s = linalg::singular_values_complex(&shifted);
    let tolerance = 4.0 * n as f64 * f64::EPSILON * spectrum.scale;
    s.iter().filter(|&&x| x <= tolerance).count().min(cluster.len())
}
