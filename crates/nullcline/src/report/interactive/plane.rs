//! The phase plane.

use super::plot::{Interactive, POINTS, axis, round, rounded, whole};
use crate::report::figure::{LINES, NULLCLINES, SEPARATRIX, aspect_is_equal, breaks, stride, with_breaks};
use crate::report::phrase::{Clock, quantity, short, variable};
use crate::report::verdict;
use crate::study::{Portrait, Study};
use dynamics::analyze::phase_plane::{Manifold, PhasePortrait};
use serde_json::{Value, json};

/// The phase plane, if the study holds its field.
pub(super) fn phase_portrait(study: &Study) -> Option<Interactive> {
    let p = study.portrait.as_ref().filter(|p| p.x.len() > 1 && p.y.len() > 1)?;
    let mut data = vec![field(p)];
    for (k, curve) in p.curves.iter().enumerate() {
        let kept = stride(curve.cols(), if p.phase.is_some() { 30 } else { 400 });
        data.push(json!({
            "type": "scatter", "mode": "lines", "name": if p.phase.is_some() { "flow" } else { "other initial states" }, "legendgroup": "others",
            "showlegend": k == 0, "hoverinfo": "skip", "line": {"color": "#8a8a8a", "width": 1},
            "x": rounded(kept.iter().map(|&k| curve[(0, k)])), "y": rounded(kept.iter().map(|&k| curve[(1, k)])),
        }));
    }
    let (x, y) = ((p.x[0], p.x[p.x.len() - 1]), (p.y[0], p.y[p.y.len() - 1]));
    let reach = 2.0 * (x.1 - x.0).max(y.1 - y.0);
    for (foot, d, lambda) in p.eigenvectors.iter().filter(|e| e.2.im == 0.0) {
        let norm = d[0].hypot(d[1]);
        let color = if lambda.re < 0.0 { LINES[5] } else { LINES[1] };
        let ends = |i: usize| rounded([-1.0, 1.0].map(|s| foot[i] + s * reach * d[i] / norm));
        data.push(json!({"type": "scatter", "mode": "lines", "name": format!("eigenvector, λ = {}", short(lambda.re)),
                         "x": ends(0), "y": ends(1), "line": {"color": color, "width": 2}}));
    }
    if let Some(phase) = &p.phase {
        data.extend(curves(study, p, phase));
    }
    if let Some(run) = study.simulation.as_ref().map(|s| &s.trajectory) {
        let (i, j) = p.plane;
        if run.x.rows() > i.max(j) {
            let (mut x, mut y, mut text) = (Vec::new(), Vec::new(), Vec::new());
            for (k, broken) in with_breaks(stride(run.t.len(), POINTS), &breaks(study, &[i, j])) {
                x.push(round(run.x[(i, k)]));
                y.push(round(run.x[(j, k)]));
                text.push(Clock::of(study).at(run.t[k]));
                if broken {
                    x.push(Value::Null);
                    y.push(Value::Null);
                    text.push(String::new());
                }
            }
            data.push(json!({
                "type": "scatter", "mode": "lines", "name": "this run", "line": {"color": LINES[0], "width": 2.5},
                "x": x, "y": y, "text": text,
            }));
        }
    }
    match &p.phase {
        Some(phase) => data.extend(fixed(phase)),
        None => data.extend(points(study, p)),
    }
    let (mut across, mut up) = (axis(&quantity(study, p.plane.0)), axis(&quantity(study, p.plane.1)));
    across["range"] = rounded([x.0, x.1]);
    up["range"] = rounded([y.0, y.1]);
    if aspect_is_equal(study, p) {
        up["scaleanchor"] = "x".into();
    }
    Some(Interactive {
        name: "phase_portrait",
        title: "Phase portrait",
        caption:
            "Arrows show the direction of the vector field. A fixed point is filled if stable, open if not."
                .into(),
        wide: true,
        tall: false,
        data: whole(data, json!({"xaxis": across, "yaxis": up, "showlegend": true})),
    })
}

/// Arrows of one length on the screen, as one broken line.
fn field(p: &Portrait) -> Value {
    let (nx, ny) = (stride(p.x.len(), 21), stride(p.y.len(), 21));
    let (sx, sy) = (p.x[p.x.len() - 1] - p.x[0], p.y[p.y.len() - 1] - p.y[0]);
    let length = 0.6 / nx.len().max(ny.len()) as f64;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for &i in &nx {
        for &j in &ny {
            let (dx, dy) = (p.dx[(i, j)] / sx, p.dy[(i, j)] / sy);
            let norm = dx.hypot(dy);
            if !(norm > 0.0 && norm.is_finite()) {
                continue;
            }
            let (ux, uy) = (dx / norm * length, dy / norm * length);
            let at = |along: f64, aside: f64| {
                (p.x[i] + sx * (along * ux - aside * uy), p.y[j] + sy * (along * uy + aside * ux))
            };
            for (a, b) in [at(-0.5, 0.0), at(0.5, 0.0), at(0.15, 0.18), at(0.5, 0.0), at(0.15, -0.18)] {
                x.push(round(a));
                y.push(round(b));
            }
            x.push(Value::Null);
            y.push(Value::Null);
        }
    }
    json!({"type": "scatter", "mode": "lines", "name": "vector field", "hoverinfo": "skip", "x": x, "y": y,
           "line": {"color": "#b5b5b5", "width": 1}})
}

/// Nullclines, separatrices and cycles.
fn curves(study: &Study, p: &Portrait, phase: &PhasePortrait) -> Vec<Value> {
    let line = |points: &[[f64; 2]], name: String, color: &str, dash: &str, width: f64, first: bool| {
        let kept = stride(points.len(), 300);
        json!({
            "type": "scatter", "mode": "lines", "name": name.clone(), "legendgroup": name, "showlegend": first,
            "line": {"color": color, "width": width, "dash": dash},
            "x": rounded(kept.iter().map(|&k| points[k][0])), "y": rounded(kept.iter().map(|&k| points[k][1])),
        })
    };
    let mut data = Vec::new();
    for (n, (axis, color)) in phase.nullclines.iter().zip([p.plane.0, p.plane.1].into_iter().zip(NULLCLINES))
    {
        for (k, piece) in n.pieces.iter().enumerate() {
            let name = format!("d{}/dt = 0", variable(study, axis));
            data.push(line(&piece.points, name, color, "solid", 2.0, k == 0));
        }
    }
    for manifold in [Manifold::Stable, Manifold::Unstable] {
        let dash = if manifold == Manifold::Stable { "solid" } else { "dot" };
        let all = phase.separatrices.iter().filter(|s| s.manifold == manifold);
        for (k, s) in all.enumerate() {
            let name = format!("{} manifold", manifold.name());
            data.push(line(&s.points, name, SEPARATRIX, dash, 1.5, k == 0));
        }
    }
    for c in &phase.cycles {
        let (name, dash) =
            if c.is_stable == Some(true) { ("stable cycle", "solid") } else { ("unstable cycle", "dash") };
        data.push(line(&c.points, name.into(), "#222", dash, 2.5, true));
    }
    data
}

/// Fixed points: filled if stable, gray if a saddle or undecided, open if unstable.
fn fixed(phase: &PhasePortrait) -> Vec<Value> {
    let marker = |p: &dynamics::analyze::phase_plane::PlaneFixedPoint| {
        let (fill, stability) = match p.is_stable {
            Some(true) => ("#000", "stable"),
            Some(false) => ("#fff", "unstable"),
            None => ("#bbb", "undecided by linearization"),
        };
        json!({"type": "scatter", "mode": "markers", "name": format!("{} ({stability})", p.kind.name()),
               "x": rounded([p.x[0]]), "y": rounded([p.x[1]]),
               "marker": {"size": 11, "color": fill, "line": {"color": "#000", "width": 2}}})
    };
    phase.fixed_points.iter().map(marker).collect()
}

fn points(study: &Study, p: &Portrait) -> Vec<Value> {
    let mut data = Vec::new();
    for at in &study.linear {
        let a = &at.analysis;
        let Some(x) = at.point.as_ref().map(|p| &p.x).or(a.fixed_points.point.as_ref()) else { continue };
        let (Some(&u), Some(&v)) = (x.get(p.plane.0), x.get(p.plane.1)) else { continue };
        let undecided = at.point.is_some() && verdict::is_critical(a);
        let stability = if undecided { verdict::UNDECIDED } else { a.stability.verdict.name() };
        let fill = match stability {
            "asymptotically stable" => "#000",
            "unstable" => "#fff",
            _ => "#bbb",
        };
        data.push(json!({"type": "scatter", "mode": "markers", "name": format!("fixed point ({stability})"),
                         "x": rounded([u]), "y": rounded([v]),
                         "marker": {"size": 11, "color": fill, "line": {"color": "#000", "width": 2}}}));
    }
    data
}
