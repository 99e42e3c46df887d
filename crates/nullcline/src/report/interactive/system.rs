//! What the matrix says: its spectrum, its entries, and how far it amplifies.

use super::plot::{Interactive, axis, colors, image, rounded, whole};
use crate::report::figure::{LINES, blocks, reach};
use crate::report::phrase::{Clock, count, digits, short};
use crate::report::readable::is_mixed;
use crate::report::verdict;
use crate::study::{LinearAt, Study};
use dynamics::analyze::TimeKind;
use linalg::Matrix;
use serde_json::{Value, json};

/// The eigenvalues in the complex plane.
pub(super) fn spectrum(study: &Study) -> Option<Interactive> {
    let first = &study.linear.first()?.analysis;
    let map = first.time == TimeKind::Map;
    let mut data = Vec::new();
    for (k, at) in study.linear.iter().enumerate() {
        let a = &at.analysis;
        let color = |i: usize| {
            let rate = verdict::growth(a, i);
            if rate > 0.0 {
                LINES[1]
            } else if rate < 0.0 {
                LINES[0]
            } else {
                "#ffffff"
            }
        };
        let text = |i: usize| match a.time_constants[i] {
            Some(t) if t < 0.0 => format!("grows by e every {}", Clock::of(study).span(-t)),
            Some(t) => format!("decays by e every {}", Clock::of(study).span(t)),
            None => "neither grows nor decays".into(),
        };
        data.push(json!({
            "type": "scatter", "mode": "markers",
            "name": if study.linear.len() > 1 { format!("fixed point {}", k + 1) } else { "eigenvalues".into() },
            "x": rounded(a.eigenvalues.iter().map(|z| z.re)), "y": rounded(a.eigenvalues.iter().map(|z| z.im)),
            "text": (0..a.dimension).map(text).collect::<Vec<_>>(),
            "marker": {"size": if a.dimension > 60 { 5 } else { 9 }, "line": {"color": "#222", "width": 0.8},
                       "color": (0..a.dimension).map(color).collect::<Vec<_>>()},
        }));
    }
    let shade = "rgba(0, 114, 178, 0.09)";
    let shape = if map {
        json!({"type": "circle", "x0": -1, "x1": 1, "y0": -1, "y1": 1, "fillcolor": shade, "line": {"width": 1}, "layer": "below"})
    } else {
        json!({"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": "#222", "width": 1.2}, "layer": "below"})
    };
    let per = if Clock::of(study) == Clock::Seconds { " (1/s)" } else { "" };
    let (mut across, mut up) = (axis(&format!("Re λ{per}")), axis(&format!("Im λ{per}")));
    if map {
        across["range"] = json!([-1.3, 1.3]);
        up["scaleanchor"] = "x".into();
    }
    if !map {
        let re = || study.linear.iter().flat_map(|at| &at.analysis.eigenvalues).map(|z| z.re).chain([0.0]);
        let (low, high) = (re().fold(f64::INFINITY, f64::min), re().fold(f64::NEG_INFINITY, f64::max));
        let pad = if high > low { 0.1 * (high - low) } else { 1.0 };
        across["range"] = rounded([low - pad, high + pad]);
    }
    up["zeroline"] = true.into();
    up["zerolinecolor"] = "#ccc".into();
    let border = if map {
        "Inside the unit circle modes decay."
    } else {
        "Left of the vertical line (the imaginary axis) modes decay."
    };
    Some(Interactive {
        name: "spectrum",
        title: "Spectrum",
        caption: format!(
            "Eigenvalues in the complex plane: orange grow, blue decay, white do neither. {border}"
        ),
        wide: false,
        tall: false,
        data: whole(
            data,
            json!({"xaxis": across, "yaxis": up, "shapes": [shape], "showlegend": study.linear.len() > 1}),
        ),
    })
}

/// M of a network, else A of a linear system.
pub(super) fn matrix(study: &Study) -> Option<Interactive> {
    let is_whole = |at: &&LinearAt| at.point.is_none() && !is_mixed(study);
    let linear = || study.linear.first().filter(is_whole).map(|at| (&at.a, "A"));
    let (a, symbol): (&Matrix, _) = study.connectivity.as_ref().map(|m| (m, "M")).or_else(linear)?;
    if a.rows() == 0 || a.cols() == 0 {
        return None;
    }
    let shown = blocks(a, 250);
    let v = &shown.values;
    let z: Value =
        (0..v.rows()).map(|i| (0..v.cols()).map(|j| image(v[(i, j)])).collect::<Value>()).collect();
    let place = |n: usize, of: usize| rounded((0..n).map(|i| (i as f64 + 0.5) * of as f64 / n as f64 + 0.5));
    let data = json!({
        "type": "heatmap", "z": z, "x": place(v.cols(), a.cols()), "y": place(v.rows(), a.rows()), "zmin": -reach(v), "zmax": reach(v),
        "colorscale": colors(), "colorbar": {"title": {"text": symbol}, "thickness": 14},
        "hovertemplate": "target %{y}, source %{x}: %{z}<extra></extra>",
    });
    let (mut across, mut down) = (axis("source (column)"), axis("target (row)"));
    down["autorange"] = "reversed".into();
    down["scaleanchor"] = "x".into();
    for side in [&mut across, &mut down] {
        side["constrain"] = "domain".into();
        side["showgrid"] = false.into();
        if a.rows().max(a.cols()) <= 10 {
            side["dtick"] = 1.into();
        }
    }
    let coarse = if shown.size > 1.0 {
        format!(
            " Each cell is a block of about {0} x {0} entries and shows the largest of them.",
            digits(shown.size, 2)
        )
    } else {
        String::new()
    };
    let (rows, cols) = (count(a.rows(), "row"), count(a.cols(), "column"));
    Some(Interactive {
        name: "matrix",
        title: "Matrix",
        caption: format!("{symbol}, {rows} and {cols}: rows are targets, columns sources.{coarse}"),
        wide: false,
        tall: false,
        data: whole(vec![data], json!({"xaxis": across, "yaxis": down})),
    })
}

/// ||exp(tA)|| beside what the eigenvalues alone would say.
pub(super) fn amplification(study: &Study) -> Option<Interactive> {
    let a = &study.linear.first().filter(|_| study.equation.linear && !is_mixed(study))?.analysis;
    let (t, norm) = &a.non_normality.curve;
    if t.len() < 2 || t.len() != norm.len() {
        return None;
    }
    let map = a.time == TimeKind::Map;
    let rate = if map { a.stability.spectral_radius.ln() } else { a.stability.spectral_abscissa };
    let label = if map { "‖Aᵏ‖" } else { "‖exp(tA)‖" };
    let along = Clock::of(study).axis_of(t);
    let times = || rounded(t.iter().map(|t| t / along.size));
    let mut data = vec![
        json!({"type": "scatter", "mode": "lines", "name": label, "x": times(),
               "y": rounded(norm.iter().copied()), "line": {"color": LINES[0], "width": 2.5}}),
        json!({"type": "scatter", "mode": "lines", "name": "eigenvalues alone", "x": times(),
               "y": rounded(t.iter().map(|t| (rate * t).exp())), "line": {"color": "#222", "width": 1.3, "dash": "dash"}}),
    ];
    if let Some((value, time)) =
        a.non_normality.max_amplification.as_ref().and_then(|m| Some((m.value, m.time?)))
        && value > 1.0 + 1e-9
    {
        data.push(json!({"type": "scatter", "mode": "markers", "name": format!("peak {}", short(value)),
                         "x": rounded([time / along.size]), "y": rounded([value]), "marker": {"size": 10, "color": LINES[1]}}));
    }
    let most = norm.iter().copied().fold(0.0, f64::max);
    let least = norm.iter().copied().fold(f64::INFINITY, f64::min);
    let mut up = axis(label);
    if most > 100.0 * least {
        up["type"] = "log".into();
        up["exponentformat"] = "power".into();
        up["dtick"] = ((most / least).log10() / 6.0).ceil().clamp(1.0, 100.0).into();
    }
    Some(Interactive {
        name: "amplification",
        title: "Amplification",
        caption: "The largest factor by which any state can have grown at each time, beside what the eigenvalues alone \
                  would say."
            .into(),
        wide: false,
        tall: false,
        data: whole(data, json!({"xaxis": axis(along.label), "yaxis": up, "showlegend": true})),
    })
}
