//! The state over time, and in three dimensions.

use super::plot::{Interactive, POINTS, axis, colors, image, plain, round, rounded, whole};
use crate::report::figure::{LINES, Panel, breaks, jumps, moments, panels, stride, thin, with_breaks};
use crate::report::phrase::{Clock, quantity, variable};
use crate::report::readable::is_mixed;
use crate::study::Study;
use linalg::Matrix;
use serde_json::{Value, json};

/// Points in the picture between two panels, as a part of its height.
const GAP: f64 = 0.05;

/// The state over time: a panel for each unit.
pub(super) fn traces(study: &Study) -> Option<Interactive> {
    let run = &study.simulation.as_ref()?.trajectory;
    if run.x.rows() == 0 || run.t.len() < 2 {
        return None;
    }
    let panels = panels(study, &run.x);
    let time = Clock::of(study).axis_of(&run.t);
    let mut layout = json!({"xaxis": axis(time.label), "showlegend": panels.iter().any(|p| !p.image)});
    layout["xaxis"]["anchor"] = format!("y{}", number(panels.len() - 1)).into();
    let mut data = Vec::new();
    let mut told: Vec<String> = Vec::new();
    let top = spikes(study, time.size, panels.len(), &mut data, &mut layout);
    let height = (top + GAP) / panels.len() as f64;
    let moments = moments(study);
    let mut colored = 0;
    for (k, panel) in panels.iter().enumerate() {
        let high = top - k as f64 * height;
        let low = (high - height + GAP).max(0.0);
        let mut up = axis(&panel.label(study, panels.len() == 1));
        up["domain"] = rounded([low, high]);
        if panel.image {
            up["title"]["text"] = "variable".into();
            up["autorange"] = "reversed".into();
            data.push(heatmap(study, panel, time.size, k, (low, high), &mut told));
        } else {
            data.extend(lines(study, panel, time.size, (k, colored), &moments, &mut told));
            colored += panel.variables.len();
        }
        layout[format!("yaxis{}", number(k))] = up;
    }
    if panels.iter().any(|p| !p.image) {
        told.insert(0, "Click a name to hide its line; drag to zoom, double-click to return.".into());
    }
    Some(Interactive {
        name: "traces",
        title: "State over time",
        caption: told.join(" "),
        wide: true,
        tall: panels.len() > 2,
        data: whole(data, layout),
    })
}

/// plotly counts its axes from 1, and does not write the 1.
fn number(k: usize) -> String {
    if k == 0 { String::new() } else { (k + 1).to_string() }
}

/// The spikes of single units as marks above the panels; how high these may reach.
fn spikes(study: &Study, size: f64, panels: usize, data: &mut Vec<Value>, layout: &mut Value) -> f64 {
    let single = study.spikes.iter().filter(|s| s.n == 1 && !s.times.is_empty()).take(6);
    let mut rows = 0;
    for (row, spikes) in single.enumerate() {
        rows = row + 1;
        data.push(json!({
            "type": "scatter", "mode": "markers", "name": plain(&format!("spikes of {}", spikes.population)),
            "x": rounded(spikes.times.iter().take(POINTS).map(|(t, _)| t / size)),
            "y": spikes.times.iter().take(POINTS).map(|_| row).collect::<Vec<_>>(),
            "yaxis": format!("y{}", number(panels)),
            "marker": {"symbol": "line-ns-open", "size": 9, "color": "#222"},
        }));
    }
    if rows == 0 {
        return 1.0;
    }
    let low = 1.0 - 0.05 * rows as f64;
    layout[format!("yaxis{}", number(panels))] = json!({"domain": rounded([low, 1.0]), "visible": false, "range": rounded([rows as f64 - 0.4, -0.6]), "fixedrange": true});
    low - 0.01
}

fn lines(
    study: &Study,
    panel: &Panel,
    size: f64,
    (k, colored): (usize, usize),
    moments: &[f64],
    told: &mut Vec<String>,
) -> Vec<Value> {
    let Some(run) = study.simulation.as_ref().map(|s| &s.trajectory) else { return Vec::new() };
    let mut fewest = usize::MAX;
    let line = |(c, &i): (usize, &usize)| {
        let row = run.x.row(i);
        let jumps = jumps(&run.t, &row, moments);
        let kept = thin(&row, POINTS);
        fewest = fewest.min(kept.len());
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for (m, &at) in kept.iter().enumerate() {
            x.push(round(run.t[at] / size));
            y.push(round(row[at]));
            let next = kept.get(m + 1).copied().unwrap_or(at);
            let first = jumps.partition_point(|(j, _)| *j < at);
            // A point without a value breaks the line where the state jumps.
            if let Some((_, moment)) = jumps.get(first).filter(|(j, _)| *j < next) {
                x.push(round(moment / size));
                y.push(Value::Null);
            }
        }
        let c = colored + c;
        let dash = if c < LINES.len() { "solid" } else { "dash" };
        json!({
            "type": "scatter", "mode": "lines", "name": plain(&variable(study, i)), "x": x, "y": y,
            "yaxis": format!("y{}", number(k)),
            "line": {"color": LINES[c % LINES.len()], "width": 1.6, "dash": dash},
        })
    };
    let lines = panel.variables.iter().enumerate().map(line).collect();
    if fewest < run.t.len() && k == 0 {
        told.push(format!(
            "Of {} recorded times about {fewest} are drawn for each line, its extremes among them.",
            run.t.len()
        ));
    }
    lines
}

fn heatmap(
    study: &Study,
    panel: &Panel,
    size: f64,
    k: usize,
    (low, high): (f64, f64),
    told: &mut Vec<String>,
) -> Value {
    let Some(run) = study.simulation.as_ref().map(|s| &s.trajectory) else { return Value::Null };
    let (n, steps) = (panel.variables.len(), run.t.len());
    let (rows, columns) = (stride(n, 300), stride(steps, 400));
    let z: Value = rows
        .iter()
        .map(|&i| columns.iter().map(|&k| image(run.x[(panel.variables[i], k)])).collect::<Value>())
        .collect();
    let mut map = json!({
        "type": "heatmap", "z": z, "x": rounded(columns.iter().map(|&k| run.t[k] / size)),
        "y": rows.iter().map(|i| i + 1).collect::<Vec<_>>(), "yaxis": format!("y{}", number(k)),
        "colorbar": {"title": {"text": plain(&panel.label(study, false))}, "thickness": 14,
                     "len": high - low, "y": (low + high) / 2.0},
    });
    if panel.unit.is_empty() {
        map["zmid"] = 0.into();
        map["colorscale"] = colors();
    } else {
        map["colorscale"] = "Viridis".into();
    }
    let fewer = if rows.len() < n || columns.len() < steps {
        format!(" Shown are {} of {n} variables at {} of {steps} times.", rows.len(), columns.len())
    } else {
        String::new()
    };
    let parts = panel.parts(study);
    let parts: Vec<String> =
        parts.iter().take(6).map(|(name, from, to)| format!("{name} ({from} to {to})")).collect();
    told.push(format!("Each row is a variable, its color the state: {}.{fewer}", parts.join(", ")));
    map
}

/// The run of a system of three variables.
pub(super) fn trajectory(study: &Study) -> Option<Interactive> {
    let run = &study.simulation.as_ref()?.trajectory;
    if run.x.rows() != 3 || run.t.len() < 2 {
        return None;
    }
    let kept = stride(run.t.len(), POINTS);
    let time = Clock::of(study).axis_of(&run.t);
    let shown = with_breaks(kept.clone(), &breaks(study, &[0, 1, 2]));
    let along = |i: usize| -> Value {
        let states = shown.iter().flat_map(|&(k, broken)| {
            std::iter::once(round(run.x[(i, k)])).chain(broken.then_some(Value::Null))
        });
        states.collect()
    };
    let times = shown
        .iter()
        .flat_map(|&(k, broken)| std::iter::repeat_n(run.t[k] / time.size, if broken { 2 } else { 1 }));
    let mut data = vec![json!({
        "type": "scatter3d", "mode": "lines", "name": "run", "showlegend": false,
        "x": along(0), "y": along(1), "z": along(2),
        "line": {"width": 4, "color": rounded(times), "colorscale": "Viridis", "showscale": true,
                 "colorbar": {"title": {"text": plain(time.label)}, "thickness": 14, "len": 0.7}},
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
    let name = |i: usize| json!({"title": {"text": plain(&quantity(study, i))}});
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
        tall: false,
        data: whole(
            data,
            json!({"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": true,
                   "scene": {"xaxis": name(0), "yaxis": name(1), "zaxis": name(2), "aspectmode": if is_mixed(study) { "cube" } else { aspect(&run.x) },
                             "camera": {"eye": {"x": 1.3, "y": -1.5, "z": 0.65}, "center": {"x": 0, "y": 0, "z": -0.05},
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
