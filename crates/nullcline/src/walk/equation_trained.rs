//! The equations of a trained network, with what each symbol is here.

use super::equation::{count, part, signal};
use crate::model::TrainedModel;
use crate::network::{Cell, Layer};
use crate::study::Equation;

/// Names of the gates, in the order of the rows of the weights.
fn gates(cell: Cell) -> &'static [&'static str] {
    match cell {
        Cell::Tanh | Cell::Relu => &[],
        Cell::Gru => &["r", "z", "n"],
        Cell::Lstm => &["i", "f", "g", "o"],
    }
}

/// The equations, and the sizes of all that stands in them.
pub(super) fn of_trained(model: &TrainedModel) -> Equation {
    let layers = &model.network.layers;
    let cell = layers.first().map_or(Cell::Tanh, |layer| layer.cell);
    let sum = |gate: &str| format!("W_i{gate} u(k) + b_i{gate} + W_h{gate} h(k) + b_h{gate}");
    let lines = match cell {
        Cell::Tanh => vec![format!("h(k+1) = tanh({})", "W_ih u(k) + b_ih + W_hh h(k) + b_hh")],
        Cell::Relu => vec![format!("h(k+1) = max({}, 0)", "W_ih u(k) + b_ih + W_hh h(k) + b_hh")],
        Cell::Gru => vec![
            "h(k+1) = (1 - z)*n + z*h(k)".to_owned(),
            format!("r = logistic({})", sum("r")),
            format!("z = logistic({})", sum("z")),
            "n = tanh(W_in u(k) + b_in + r*(W_hn h(k) + b_hn))".to_owned(),
        ],
        Cell::Lstm => vec![
            "h(k+1) = o*tanh(c(k+1))".to_owned(),
            "c(k+1) = f*c(k) + i*g".to_owned(),
            format!("i = logistic({})", sum("i")),
            format!("f = logistic({})", sum("f")),
            format!("g = tanh({})", sum("g")),
            format!("o = logistic({})", sum("o")),
        ],
    };
    let sizes: Vec<String> = layers.iter().map(|layer| count(layer.units(), "unit")).collect();
    let mut parts =
        vec![part("h", "the hidden state", format!("{}, {}", cell.name(), sizes.join(", then ")))];
    if cell == Cell::Lstm {
        parts.push(part("c", "the memory of each unit", "as many as h".to_owned()));
    }
    let shapes = |weights: &dyn Fn(&Layer) -> (usize, usize)| {
        let shape = |layer| {
            let (rows, cols) = weights(layer);
            format!("{rows} x {cols}")
        };
        let each: Vec<String> = layers.iter().map(shape).collect();
        let order = match gates(cell) {
            [] => String::new(),
            gates => format!(", rows gate by gate: {}", gates.join(", ")),
        };
        format!("{}{order}", each.join(", then "))
    };
    let hidden = shapes(&|layer| (layer.recurrent_weights.rows(), layer.recurrent_weights.cols()));
    let input = shapes(&|layer| (layer.input_weights.rows(), layer.input_weights.cols()));
    let vanilla = gates(cell).is_empty();
    let (w_h, w_i, b) = if vanilla { ("W_hh", "W_ih", "b_ih, b_hh") } else { ("W_h", "W_i", "b_i, b_h") };
    parts.push(part(w_h, "recurrent weights: rows are targets, columns sources", hidden));
    let above = if layers.len() > 1 { "; of a higher layer, of the one below" } else { "" };
    parts.push(part(w_i, &format!("weights of the input{above}"), input));
    parts.push(part(b, "biases", format!("from {}, like the weights", model.weights)));
    if !model.inputs.is_empty() {
        let mut signals: Vec<String> = model.inputs.iter().map(|s| signal(s, "")).collect();
        let channels = count(signals.len(), "channel");
        signals.dedup();
        parts.push(part("u", "the input at step k", format!("{channels}: {}", signals.join("; "))));
    }
    Equation { text: lines.join("\n"), parts, linear: false, map: true }
}
