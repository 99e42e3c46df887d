//! The state over time, and in three dimensions.

use super::plot::{Interactive, POINTS, axis, colors, image, plain, rounded, whole};
use crate::report::figure::{LINES, stride, thin};
use crate::report::phrase::{Clock, variable};
use crate::study::Study;
use linalg::Matrix;
use serde_json::{Value, json};

/// More variables than this become an image.
const LINES_AT_MOST: usize = 12;

/// The state over time.
pub(super) fn traces(study: &Study) -> Option<Interactive> {
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

/// The run of a system of three variables.
pub(super) fn trajectory(study: &Study) -> Option<Interactive> {
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
