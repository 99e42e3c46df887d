//! The findings on a linear system, or on one linearization, as JSON.
//!
//! Keys in this order: `dimension`, `eigenvalues` (as `[re, im]`, by descending real part), `time_constants`,
//! `frequencies`, `stability`, `planar`, `eigenvectors`, `fixed_points`, `non_normality`, `to_rounding`, `modes`,
//! `skipped`. A linearization begins with its `fixed_point`.

use super::number::{number, numbers, optional};
use super::verdict;
use crate::study::LinearAt;
use dynamics::analyze::{FixedPoints, LinearAnalysis, Mode, NonNormality, Planar, Rotation};
use linalg::Complex;
use serde_json::{Map, Value, json};

/// Above this dimension the findings leave the vectors of the modes out, which would be n^2 numbers.
const MODES_WITH_VECTORS: usize = 100;

/// What was found about one linear system.
pub(super) fn linear_json(at: &LinearAt) -> Map<String, Value> {
    let a = &at.analysis;
    let undecided = at.point.is_some() && verdict::is_critical(a);
    let mut all = Map::new();
    if let Some(point) = &at.point {
        all.insert(
            "fixed_point".into(),
            json!({
                "x": numbers(&point.x),
                "residual": number(point.residual),
                "certified": point.certified,
                "verdict": point.verdict.name(),
                "type": point.kind.map(|kind| kind.name()),
                "unstable_dimension": point.unstable,
            }),
        );
    }
    all.insert("dimension".into(), a.dimension.into());
    all.insert("eigenvalues".into(), a.eigenvalues.iter().map(|&z| complex(z)).collect());
    all.insert("time_constants".into(), a.time_constants.iter().map(|&t| optional(t)).collect());
    all.insert("frequencies".into(), numbers(&a.frequencies));
    all.insert("stability".into(), stability_json(a, undecided));
    all.insert("planar".into(), a.planar.as_ref().map_or(Value::Null, |p| planar_json(p, undecided)));
    all.insert(
        "eigenvectors".into(),
        json!({
            "verdict": a.eigenvectors.verdict.name(),
            "condition": optional(a.eigenvectors.condition),
            "orthonormal": a.eigenvectors.verdict == dynamics::analyze::EigenvectorVerdict::Orthonormal,
        }),
    );
    all.insert("fixed_points".into(), fixed_points_json(&a.fixed_points));
    all.insert("non_normality".into(), non_normality_json(&a.non_normality));
    all.insert("to_rounding".into(), a.to_rounding.clone().into());
    let vectors = a.dimension <= MODES_WITH_VECTORS;
    all.insert("modes".into(), a.modes.iter().map(|m| mode_json(m, vectors)).collect());
    let mut skipped = a.skipped.clone();
    if !vectors && !a.modes.is_empty() {
        skipped.push("modes.u".into());
        skipped.push("modes.w".into());
    }
    all.insert("skipped".into(), skipped.into());
    all
}

fn complex(z: Complex) -> Value {
    json!([number(z.re), number(z.im)])
}

fn stability_json(a: &LinearAnalysis, undecided: bool) -> Value {
    let s = &a.stability;
    json!({
        "verdict": if undecided { verdict::UNDECIDED } else { s.verdict.name() },
        "spectral_abscissa": number(s.spectral_abscissa),
        "distance_to_instability": optional(s.distance_to_instability),
        "real_distance": optional(s.real_distance),
        "most_fragile_frequency": optional(s.most_fragile_frequency),
        "spectral_radius": number(s.spectral_radius),
        "to_rounding": s.to_rounding,
        "reason": s.reason,
    })
}

fn planar_json(p: &Planar, undecided: bool) -> Value {
    json!({
        "type": p.kind.name(),
        "stability": if undecided { verdict::UNDECIDED } else { p.stability.name() },
        "rotation": p.rotation.map(Rotation::name),
        "trace": number(p.trace),
        "determinant": number(p.determinant),
        "discriminant": number(p.discriminant),
        "margin": number(p.margin),
        "neighbors": p.neighbors.iter().map(|&k| k.name()).collect::<Vec<_>>(),
        "within_rounding": p.within_rounding,
    })
}

fn fixed_points_json(f: &FixedPoints) -> Value {
    json!({
        "verdict": f.verdict.name(),
        "dimension": f.dimension,
        "point": f.point.as_deref().map_or(Value::Null, numbers),
        "directions": f.directions.iter().map(|d| numbers(d)).collect::<Vec<_>>(),
        "drift": f.drift.as_deref().map_or(Value::Null, numbers),
        "drift_rate": optional(f.drift_rate),
        "to_rounding": f.to_rounding,
    })
}

fn non_normality_json(n: &NonNormality) -> Value {
    let amplification = n
        .max_amplification
        .as_ref()
        .map_or(Value::Null, |m| json!({"value": number(m.value), "time": optional(m.time)}));
    json!({
        "numerical_abscissa": number(n.numerical_abscissa),
        "henrici": number(n.henrici),
        "max_amplification": amplification,
        "kreiss": optional(n.kreiss),
    })
}

fn mode_json(m: &Mode, vectors: bool) -> Value {
    json!({
        "eigenvalue": complex(m.eigenvalue),
        "index": m.index,
        "u": if vectors { numbers(&m.u) } else { Value::Null },
        "w": m.w.as_deref().filter(|_| vectors).map_or(Value::Null, numbers),
        "coefficient": m.coefficient.map_or(Value::Null, complex),
        "condition": number(m.condition),
    })
}
