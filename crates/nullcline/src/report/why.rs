//! Why a linear system does what it does, in sentences.
//!
//! Every sentence carries the numbers at hand: how fast each mode grows or decays and turns, what the verdict on
//! stability rests on, where the system rests, and how much of all this survives a small change of the matrix.

use super::modes::{eigenvalue_table, kin, modes};
use super::phrase::{Clock, count, list, reason, short};
use super::readable::is_mixed;
use super::{Paragraph, nonlinear, verdict};
use crate::study::{LinearAt, Study};
use dynamics::analyze::{EigenvectorVerdict, FixedPointSet, LinearAnalysis, StabilityVerdict, TimeKind};

/// All paragraphs on one linear system, or on the linearization at fixed point `k`.
pub(super) fn paragraphs(study: &Study, at: &LinearAt, k: usize) -> Vec<Paragraph> {
    let a = &at.analysis;
    let clock = Clock::of(study);
    let mixed = is_mixed(study);
    let behavior = modes(study, a, clock);
    let behavior = match at.point {
        Some(_) => format!("{} {behavior}", nonlinear::heading(study, k)),
        None => behavior,
    };
    let mut out = vec![Paragraph::Text(behavior), eigenvalue_table(a, clock)];
    let mut text = stability(at, mixed);
    if let Some(planar) = planar(a, mixed) {
        text.push(' ');
        text.push_str(&planar);
    }
    out.push(Paragraph::Text(text));
    if at.point.is_none() {
        out.push(Paragraph::Text(fixed_points(at, study, clock)));
    }
    // Beside other fixed points the shape of each spectrum says enough; the rest is in the findings.
    if !mixed && a.dimension > 1 && (at.point.is_none() || study.linear.len() <= 2) {
        out.push(Paragraph::Text(eigenvectors(a)));
        out.push(Paragraph::Text(non_normality(a, clock)));
    }
    if !a.skipped.is_empty() {
        out.push(Paragraph::Text(format!(
            "Not computed at this size: {} (ask for them with --full).",
            list(&a.skipped, "and")
        )));
    }
    out
}

fn stability(at: &LinearAt, mixed: bool) -> String {
    let a = &at.analysis;
    let s = &a.stability;
    if at.point.is_some() && verdict::is_critical(a) {
        return "The linearization does not decide its stability: the largest real part is 0, so the terms that it \
                leaves out do."
            .into();
    }
    let mut text = format!("It is {}: {}", s.verdict.name(), reason(&s.reason));
    if s.to_rounding {
        text +=
            " This rests on a real part that is 0 to rounding: the last digits of the matrix could tip it.";
    }
    if let (StabilityVerdict::AsymptoticallyStable, Some(d), false) =
        (s.verdict, s.distance_to_instability, mixed)
    {
        text +=
            &format!(" A change of the matrix smaller than {} (2-norm) cannot make it unstable", short(d));
        if let Some(real) = s.real_distance.filter(|r| *r > d * 1.001) {
            text += &format!("; a real one must even have a norm of {}", short(real));
        }
        text.push('.');
    }
    if s.verdict == StabilityVerdict::Unstable && (0..a.dimension).all(|i| verdict::growth(a, i) <= 0.0) {
        text += " No eigenvalue lies on the unstable side, and yet some states grow without bound, like a power of \
                 time: \"not positive\" is enough for boundedness only if every eigenvalue on the border has as many \
                 eigenvectors as its multiplicity.";
    }
    if a.time == TimeKind::Map {
        let radius = short(s.spectral_radius);
        text += &format!(" The largest |lambda| is {radius}; a map is judged by the unit circle.");
    }
    text
}

fn planar(a: &LinearAnalysis, mixed: bool) -> Option<String> {
    let p = a.planar.as_ref()?;
    let signs = format!(
        "Trace {}, determinant {} and discriminant {} make it {}",
        short(p.trace),
        short(p.determinant),
        short(p.discriminant),
        article(p.kind.name())
    );
    let turning = p.rotation.map_or(String::new(), |r| format!(" that turns {}", r.name()));
    let neighbors: Vec<String> = p.neighbors.iter().map(|&k| article(k.name())).collect();
    let neighbors = list(&neighbors, "or");
    Some(if p.margin > 0.0 && mixed {
        format!("{signs}{turning}.")
    } else if p.margin == 0.0 {
        format!(
            "{signs}{turning}. This type lies on a border (margin 0): an arbitrarily small change of the matrix makes \
             it {neighbors}."
        )
    } else {
        let rounding = if p.within_rounding { ", which is within rounding" } else { "" };
        format!(
            "{signs}{turning}. The smallest real change of the matrix that makes it another type has norm {}{rounding}; \
             beyond lies {neighbors}.",
            short(p.margin)
        )
    })
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

fn fixed_points(at: &LinearAt, study: &Study, clock: Clock) -> String {
    let f = &at.analysis.fixed_points;
    match f.verdict {
        FixedPointSet::Unique => {
            let point = f.point.as_deref().map_or(String::new(), |x| format!(": {}", state(x, study)));
            format!("There is exactly one fixed point{point}.")
        }
        FixedPointSet::Affine => {
            let what = match f.dimension {
                1 => "line".to_string(),
                2 => "plane".to_string(),
                k => format!("space of {k} dimensions"),
            };
            let point = f.point.as_deref().map_or(String::new(), |x| format!(" through {}", state(x, study)));
            let direction = match f.directions.as_slice() {
                [d] if d.len() <= 12 => format!(", along {}", vector(d)),
                _ => String::new(),
            };
            let holds = if at.analysis.stability.verdict == StabilityVerdict::Stable {
                format!(
                    " It is a continuous attractor of dimension {}: the state remembers where on it it was put.",
                    f.dimension
                )
            } else {
                " It is not an attractor, because the system is unstable.".to_string()
            };
            format!("The fixed points fill a {what}{point}{direction}.{holds}")
        }
        FixedPointSet::Empty => {
            let rate =
                f.drift_rate.map_or(String::new(), |r| format!(" at the rate {}{}", short(r), clock.per()));
            let along = f
                .drift
                .as_deref()
                .filter(|d| d.len() <= 12)
                .map_or(String::new(), |d| format!(" along {}", vector(d)));
            let differences = match at.analysis.stability.verdict {
                StabilityVerdict::Stable => {
                    " The verdict \"stable\" is on differences: those between two states stay bounded while both drift."
                }
                _ => "",
            };
            format!(
                "There is no fixed point: the matrix is singular and the constant drive g has a part outside its range, \
                 which no state can cancel. The state drifts{rate}{along}.{differences}"
            )
        }
    }
}

/// A vector in parentheses; what is 0 to rounding is written as 0.
pub(super) fn vector(x: &[f64]) -> String {
    let most = x.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let entry = |v: &f64| if v.abs() < 1e-13 * most { "0".into() } else { short(*v) };
    format!("({})", x.iter().map(entry).collect::<Vec<_>>().join(", "))
}

fn state(x: &[f64], study: &Study) -> String {
    let told = super::phrase::state(study, x);
    if !told.is_empty() {
        return told;
    }
    if is_mixed(study) {
        return "the state in the findings".into();
    }
    let norm = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    format!("a state of norm {}", short(norm))
}

fn eigenvectors(a: &LinearAnalysis) -> String {
    let condition = a.eigenvectors.condition.map_or(String::new(), short);
    match a.eigenvectors.verdict {
        EigenvectorVerdict::Orthonormal => {
            "Its eigenvectors can be chosen orthonormal, and here they are: the modes neither mix nor amplify one another."
                .into()
        }
        EigenvectorVerdict::Independent => format!(
            "Its {} are independent, with condition number {condition}: the modes are decoupled, which is not to say \
             that they are orthogonal.",
            count(a.dimension, "eigenvector")
        ),
        EigenvectorVerdict::NearlyDefective => format!(
            "Its eigenvectors are nearly dependent (condition number {condition}): nothing here was computed through \
             them."
        ),
        EigenvectorVerdict::Defective => {
            let which = match kin(a).as_slice() {
                [one] if !one.pair => format!(
                    "Its eigenvalue {} comes {} times, with fewer eigenvectors",
                    short(a.eigenvalues[0].re),
                    one.count
                ),
                _ => "Some eigenvalue has fewer eigenvectors than its multiplicity".into(),
            };
            format!(
                "{which}: the matrix is defective and has no basis of eigenvectors. Their condition number is infinite; \
                 a finite one, or an inverse of the eigenvectors, would be an accident of rounding, so nothing here was \
                 computed through them. Such a mode brings terms like t exp(lambda t)."
            )
        }
    }
}

fn non_normality(a: &LinearAnalysis, clock: Clock) -> String {
    let n = &a.non_normality;
    if a.eigenvectors.verdict == EigenvectorVerdict::Orthonormal {
        return "The matrix is normal: the eigenvalues alone tell how large a state can become.".into();
    }
    let growth = if a.time == TimeKind::Flow && n.numerical_abscissa <= 0.0 {
        "but not enough for any state to grow"
    } else if a.stability.verdict == StabilityVerdict::Unstable {
        "so some states grow faster than any mode for a while"
    } else {
        "so some states can grow for a while although no mode does"
    };
    let mut text = format!("The matrix is not normal (Henrici's departure {}), {growth}.", short(n.henrici));
    if a.time == TimeKind::Flow {
        text += &format!(
            " The fastest growth of ||x|| at any instant is {}{} (numerical abscissa), against {} in the long run.",
            short(n.numerical_abscissa),
            clock.per(),
            short(a.stability.spectral_abscissa)
        );
    }
    if let Some(m) = &n.max_amplification {
        let when =
            m.time.map_or("approached but never reached".to_string(), |t| format!("at {}", clock.at(t)));
        text += &format!(" At most, a state is amplified {} times ({when})", short(m.value));
        if m.initial.len() <= 6 {
            text += &format!(", namely the one that starts along {}", vector(&m.initial));
        }
        text.push('.');
    }
    if let Some(k) = n.kreiss {
        text += &format!(" Its Kreiss constant is {}.", short(k));
    }
    text
}
