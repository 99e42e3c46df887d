//! Interactive figures, as data for plotly.js: traces, phase portrait, 3-D trajectory, spectrum, matrix, ||exp(tA)||.
//!
//! Lines longer than 5000 points are thinned: each bin keeps its least and its largest value, so no extreme is lost, and
//! the caption says so. Numbers keep six significant digits, which is more than a screen shows.

use super::figure::{LINES, aspect_is_equal, blocks, stride, thin};
use super::phrase::{Clock, count, digits, short, variable};
use super::verdict;
use crate::study::{Portrait, Study};
use dynamics::analyze::TimeKind;
use linalg::Matrix;
use serde_json::{Value, json};

/// A line has no more points than this.
const POINTS: usize = 5000;
/// More variables than this become an image.
const LINES_AT_MOST: usize = 12;

/// A figure that answers to the mouse.
pub(super) struct Interactive {
    /// The name that it shares with the drawing of the same thing.
    pub(super) name: &'static str,
    /// Its title.
    pub(super) title: &'static str,
    /// What it shows.
    pub(super) caption: String,
    /// Whether it takes the whole width of the page.
    pub(super) wide: bool,
    /// `{"data": …, "layout": …}` for plotly.js.
    pub(super) data: String,
}

/// Every interactive figure that the study has the data for.
pub(super) fn interactive(study: &Study) -> Vec<Interactive> {
    [
        trajectory(study),
        traces(study),
        phase_portrait(study),
        spectrum(study),
        matrix(study),
        amplification(study),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn whole(data: Vec<Value>, layout: Value) -> String {
    let mut all = json!({
        "margin": {"l": 62, "r": 16, "t": 52, "b": 50},
        "font": {"family": "Helvetica, Arial, 'Liberation Sans', sans-serif", "size": 13, "color": "#1d2329"},
        "paper_bgcolor": "#fff", "plot_bgcolor": "#fff", "hovermode": "closest",
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0},
    });
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), layout) {
        all.extend(more);
    }
    json!({"data": data, "layout": all}).to_string()
}

fn axis(title: &str) -> Value {
    json!({"title": {"text": plain(title)}, "showline": true, "linecolor": "#222", "ticks": "outside", "zeroline": false,
           "gridcolor": "#eef1f4"})
}

/// plotly reads some markup in its texts; a model's names are shown as they are.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A number with six significant digits; `null` where it is not finite.
fn round(x: f64) -> Value {
    significant(x, 6)
}

fn significant(x: f64, digits: i32) -> Value {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { Value::from(0) } else { Value::Null };
    }
    let shift = digits - 1 - x.abs().log10().floor() as i32;
    let rounded = match shift {
        // Both factors are exact integers, so the quotient is the double nearest to the short decimal.
        0..=22 => (x * 10f64.powi(shift)).round() / 10f64.powi(shift),
        -22..0 => (x / 10f64.powi(-shift)).round() * 10f64.powi(-shift),
        _ => x,
    };
    Value::from(rounded)
}

fn rounded(x: impl IntoIterator<Item = f64>) -> Value {
    x.into_iter().map(round).collect()
}

fn traces(study: &Study) -> Option<Interactive> {
    let run = &study.simulation.as_ref()?.trajectory;
    let (n, steps) = (run.x.rows(), run.t.len());
    if n == 0 || steps < 2 {
        return None;
    }
    let time = axis(Clock::of(study).axis());
    if n > LINES_AT_MOST {
        let (rows, columns) = (stride(n, 300), stride(steps, 400));
        let z: Value =
            rows.iter().map(|&i| columns.iter().map(|&k| image(run.x[(i, k)])).collect::<Value>()).collect();
        let image = json!({
            "type": "heatmap", "z": z, "x": rounded(columns.iter().map(|&k| run.t[k])),
            "y": rows.iter().map(|i| i + 1).collect::<Vec<_>>(), "zmid": 0, "colorscale": colors(),
            "colorbar": {"title": {"text": "state"}, "thickness": 14},
        });
        let mut down = axis("variable");
        down["autorange"] = "reversed".into();
        let fewer = if rows.len() < n || columns.len() < steps {
            format!(" Shown are {} of {n} variables at {} of {steps} times.", rows.len(), columns.len())
        } else {
            String::new()
        };
        return Some(Interactive {
            name: "traces",
            title: "State over time",
            caption: format!("Each row is a variable, its color the state.{fewer}"),
            wide: true,
            data: whole(vec![image], json!({"xaxis": time, "yaxis": down})),
        });
    }
    let mut fewest = usize::MAX;
    let lines = (0..n)
        .map(|i| {
            let row = run.x.row(i);
            let kept = thin(&row, POINTS);
            fewest = fewest.min(kept.len());
            let dash = if i < LINES.len() { "solid" } else { "dash" };
            json!({
                "type": "scatter", "mode": "lines", "name": plain(&variable(study, i)),
                "x": rounded(kept.iter().map(|&k| run.t[k])), "y": rounded(kept.iter().map(|&k| row[k])),
                "line": {"color": LINES[i % LINES.len()], "width": 1.6, "dash": dash},
            })
        })
        .collect();
    let thinned = if fewest < steps {
        format!(" Of {steps} recorded times about {fewest} are drawn for each line, its extremes among them.")
    } else {
        String::new()
    };
    Some(Interactive {
        name: "traces",
        title: "State over time",
        caption: format!("Click a name to hide its line; drag to zoom, double-click to return.{thinned}"),
        wide: true,
        data: whole(lines, json!({"xaxis": time, "yaxis": axis("state"), "showlegend": true})),
    })
}

/// Three digits are enough for a color.
fn image(x: f64) -> Value {
    significant(x, 3)
}

fn colors() -> Value {
    json!([
        [0.0, "#053061"],
        [0.167, "#4393c3"],
        [0.333, "#d1e5f0"],
        [0.5, "#f7f7f7"],
        [0.667, "#fddbc7"],
        [0.833, "#d6604d"],
        [1.0, "#67001f"]
    ])
}

fn trajectory(study: &Study) -> Option<Interactive> {
    let run = &study.simulation.as_ref()?.trajectory;
    if run.x.rows() != 3 || run.t.len() < 2 {
        return None;
    }
    let kept = stride(run.t.len(), POINTS);
    let along = |i: usize| rounded(kept.iter().map(|&k| run.x[(i, k)]));
    let mut data = vec![json!({
        "type": "scatter3d", "mode": "lines", "name": "run", "showlegend": false,
        "x": along(0), "y": along(1), "z": along(2),
        "line": {"width": 4, "color": rounded(kept.iter().map(|&k| run.t[k])), "colorscale": "Viridis", "showscale": true,
                 "colorbar": {"title": {"text": plain(Clock::of(study).axis())}, "thickness": 14, "len": 0.7}},
    })];
    let largest =
        run.x.as_slice().iter().copied().filter(|v| v.is_finite()).fold(0.0, |m: f64, v| m.max(v.abs()));
    let basis: Vec<Vec<f64>> = match (&study.basis, study.linear.first().filter(|at| at.point.is_none())) {
        (Some(b), _) if b.rows() == 3 => (0..b.cols().min(3)).map(|j| b.column(j).to_vec()).collect(),
        (_, Some(at)) => {
            let modes = at.analysis.modes.iter();
            modes.flat_map(|m| std::iter::once(m.u.clone()).chain(m.w.clone())).take(3).collect()
        }
        _ => Vec::new(),
    };
    for (k, d) in basis.iter().enumerate().filter(|(_, d)| d.len() == 3) {
        let norm = d.iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm > 0.0 && norm.is_finite() {
            data.extend(arrow(d, 0.5 * largest / norm, LINES[[1, 2, 0][k % 3]], &format!("b{}", k + 1)));
        }
    }
    let name = |i: usize| json!({"title": {"text": plain(&variable(study, i))}});
    let told = if basis.is_empty() { "" } else { " Arrows are the basis (lengths adapted)." };
    let thinned = if kept.len() < run.t.len() {
        format!(" Of {} recorded states {} are drawn.", run.t.len(), kept.len())
    } else {
        String::new()
    };
    Some(Interactive {
        name: "trajectory_3d",
        title: "Trajectory in three dimensions",
        caption: format!("Colored by time; turn it with the mouse.{told}{thinned}"),
        wide: true,
        data: whole(
            data,
            json!({"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": true,
                   "scene": {"xaxis": name(0), "yaxis": name(1), "zaxis": name(2), "aspectmode": aspect(&run.x),
                             "camera": {"eye": {"x": 1.5, "y": -1.75, "z": 0.75}, "center": {"x": 0, "y": 0, "z": -0.05},
                                        "projection": {"type": "orthographic"}}}}),
        ),
    })
}

/// True lengths, unless one side of the box would vanish beside another.
fn aspect(x: &Matrix) -> &'static str {
    let sides: Vec<f64> = (0..3)
        .map(|i| {
            let row = x.row(i);
            let finite = || row.iter().copied().filter(|v| v.is_finite());
            finite().fold(f64::NEG_INFINITY, f64::max) - finite().fold(f64::INFINITY, f64::min)
        })
        .collect();
    let (least, most) =
        (sides.iter().copied().fold(f64::INFINITY, f64::min), sides.iter().copied().fold(0.0, f64::max));
    if least > most / 4.0 { "data" } else { "cube" }
}

/// A shaft and a cone from the origin.
fn arrow(d: &[f64], length: f64, color: &str, name: &str) -> [Value; 2] {
    let tip: Vec<f64> = d.iter().map(|v| v * length).collect();
    let cone: Vec<f64> = d.iter().map(|v| v * length * 0.18).collect();
    [
        json!({"type": "scatter3d", "mode": "lines", "name": name, "hoverinfo": "name", "line": {"width": 7, "color": color},
               "x": rounded([0.0, tip[0]]), "y": rounded([0.0, tip[1]]), "z": rounded([0.0, tip[2]])}),
        json!({"type": "cone", "anchor": "tip", "showscale": false, "hoverinfo": "skip", "sizemode": "raw", "sizeref": 1,
               "colorscale": [[0, color], [1, color]],
               "x": rounded([tip[0]]), "y": rounded([tip[1]]), "z": rounded([tip[2]]),
               "u": rounded([cone[0]]), "v": rounded([cone[1]]), "w": rounded([cone[2]])}),
    ]
}

fn phase_portrait(study: &Study) -> Option<Interactive> {
    let p = study.portrait.as_ref().filter(|p| p.x.len() > 1 && p.y.len() > 1)?;
    let mut data = vec![field(p)];
    for (k, curve) in p.curves.iter().enumerate() {
        let kept = stride(curve.cols(), 400);
        data.push(json!({
            "type": "scatter", "mode": "lines", "name": "other initial states", "legendgroup": "others",
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
    if let Some(run) = study.simulation.as_ref().map(|s| &s.trajectory) {
        let (i, j) = p.plane;
        if run.x.rows() > i.max(j) {
            let kept = stride(run.t.len(), POINTS);
            data.push(json!({
                "type": "scatter", "mode": "lines", "name": "this run", "line": {"color": LINES[0], "width": 2.5},
                "x": rounded(kept.iter().map(|&k| run.x[(i, k)])), "y": rounded(kept.iter().map(|&k| run.x[(j, k)])),
                "text": kept.iter().map(|&k| Clock::of(study).at(run.t[k])).collect::<Vec<_>>(),
            }));
        }
    }
    data.extend(points(study, p));
    let (mut across, mut up) = (axis(&variable(study, p.plane.0)), axis(&variable(study, p.plane.1)));
    across["range"] = rounded([x.0, x.1]);
    up["range"] = rounded([y.0, y.1]);
    if aspect_is_equal(p) {
        up["scaleanchor"] = "x".into();
    }
    Some(Interactive {
        name: "phase_portrait",
        title: "Phase portrait",
        caption:
            "Arrows show the direction of the vector field. A fixed point is filled if stable, open if not."
                .into(),
        wide: true,
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

fn spectrum(study: &Study) -> Option<Interactive> {
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
    let (mut across, mut up) = (axis("Re λ"), axis("Im λ"));
    if map {
        across["range"] = json!([-1.3, 1.3]);
        up["scaleanchor"] = "x".into();
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
        data: whole(
            data,
            json!({"xaxis": across, "yaxis": up, "shapes": [shape], "showlegend": study.linear.len() > 1}),
        ),
    })
}

fn matrix(study: &Study) -> Option<Interactive> {
    let linear = || study.linear.first().filter(|at| at.point.is_none()).map(|at| (&at.a, "A"));
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
        "type": "heatmap", "z": z, "x": place(v.cols(), a.cols()), "y": place(v.rows(), a.rows()), "zmid": 0,
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
        data: whole(vec![data], json!({"xaxis": across, "yaxis": down})),
    })
}

fn amplification(study: &Study) -> Option<Interactive> {
    let a = &study.linear.first().filter(|_| study.equation.linear)?.analysis;
    let (t, norm) = &a.non_normality.curve;
    if t.len() < 2 || t.len() != norm.len() {
        return None;
    }
    let map = a.time == TimeKind::Map;
    let rate = if map { a.stability.spectral_radius.ln() } else { a.stability.spectral_abscissa };
    let label = if map { "‖Aᵏ‖" } else { "‖exp(tA)‖" };
    let mut data = vec![
        json!({"type": "scatter", "mode": "lines", "name": label, "x": rounded(t.iter().copied()),
               "y": rounded(norm.iter().copied()), "line": {"color": LINES[0], "width": 2.5}}),
        json!({"type": "scatter", "mode": "lines", "name": "eigenvalues alone", "x": rounded(t.iter().copied()),
               "y": rounded(t.iter().map(|t| (rate * t).exp())), "line": {"color": "#222", "width": 1.3, "dash": "dash"}}),
    ];
    if let Some((value, time)) =
        a.non_normality.max_amplification.as_ref().and_then(|m| Some((m.value, m.time?)))
    {
        if value > 1.0 + 1e-9 {
            data.push(json!({"type": "scatter", "mode": "markers", "name": format!("peak {}", short(value)),
                             "x": rounded([time]), "y": rounded([value]), "marker": {"size": 10, "color": LINES[1]}}));
        }
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
        data: whole(data, json!({"xaxis": axis(Clock::of(study).axis()), "yaxis": up, "showlegend": true})),
    })
}
