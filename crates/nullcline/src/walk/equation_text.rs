//! The equations of a model as they are written, with what each of their symbols is here.

use super::equation::{connections, count, number, part, signal};
use super::read_in::read_in;
use crate::network::{EquationNetwork, Rule, SpikeConnection, Structure};
use crate::study::{Equation, ReadIn};
use equations::{Dimension, Given, Value};

/// The equations of a network of populations with equations.
pub(super) fn of_equations(network: &EquationNetwork, linear: bool, unit: &str) -> Equation {
    let mut lines = Vec::new();
    for population in &network.populations {
        if network.populations.len() > 1 {
            lines.push(format!("# {}, {}", population.name, count(population.n, "unit")));
        }
        lines.extend(population.text.iter().cloned());
    }
    for rule in &network.rules {
        lines.push(answer(network, rule));
    }
    lines.extend(network.connections.iter().map(|c| joined(network, c)));
    for drive in &network.poisson {
        let state = network.state_name(drive.state);
        let (to, per) = (&network.populations[drive.to].name, if unit == "s" { " Hz" } else { "" });
        lines.push(format!(
            "{} to {to}: Poisson spikes at {}{per}, {state} += {}",
            drive.name,
            number(drive.rate),
            number(drive.weight)
        ));
    }
    let equations = &network.equations;
    let mut parts = Vec::new();
    for (k, state) in equations.states.iter().enumerate() {
        let what = if state.dimension == Dimension::NONE {
            "a number".to_owned()
        } else {
            state.dimension.to_string()
        };
        let many = if state.len == 1 { String::new() } else { format!(", {}", count(state.len, "unit")) };
        parts.push(part(&network.state_name(k), "a state", format!("{what}{many}")));
    }
    for (given, value) in equations.parameters.iter().zip(&network.parameters) {
        if lines.iter().any(|line| has_word(line, &given.name)) {
            parts.push(part(&given.name, "a parameter", shown(value, dimension(given))));
        }
    }
    for (given, signals) in equations.inputs.iter().zip(&network.inputs) {
        let channels: Vec<String> = signals.iter().map(|s| signal(s, unit)).collect();
        let what = format!("{}{}", channels.join("; "), in_si(dimension(given)));
        parts.push(part(&given.name, "an input, a function of time", what));
    }
    for (given, matrix) in equations.matrices.iter().zip(&network.matrices) {
        parts.push(part(&given.name, "weights: rows are targets, columns sources", connections(matrix)));
    }
    Equation { text: lines.join("\n"), parts, linear, map: false }
}

fn dimension(given: &Given) -> Dimension {
    given.dimension.unwrap_or(Dimension::NONE)
}

/// Connections by spikes as a line of text.
fn joined(network: &EquationNetwork, connection: &SpikeConnection) -> String {
    let name = |k: usize| &network.populations[k].name;
    let (from, to) = (name(connection.projection.from), name(connection.projection.to));
    let how = match &connection.projection.structure {
        Structure::Probability { p, .. } => format!("each pair with probability {}", number(*p)),
        Structure::FixedInDegree { k, .. } => format!("{k} sources for each target"),
        Structure::AllToAll { .. } => "all to all".to_owned(),
        Structure::OneToOne { .. } => "one to one".to_owned(),
        _ => "by given weights".to_owned(),
    };
    format!("{from} -> {to}: {how}; a spike does {}", connection.on_pre)
}

/// Whether a text has this word.
fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word)
}

/// A rule as a line of text.
fn answer(network: &EquationNetwork, rule: &Rule) -> String {
    let mut line = format!("{}: when {}", rule.name, rule.when);
    if rule.stop {
        line += ", stop";
    }
    if let Some(set) = &rule.answer {
        line += &format!(", {set}");
    }
    if rule.refractory > 0.0 {
        let held: Vec<&str> = rule.hold.iter().map(|&k| network.equations.states[k].name.as_str()).collect();
        line += &format!(
            ", then {} rests for {}",
            held.join(", "),
            quantity(rule.refractory, network.equations.time)
        );
    }
    line
}

fn shown(value: &Value, dimension: Dimension) -> String {
    match value {
        Value::Number(x) => quantity(*x, dimension),
        Value::PerUnit(list) => {
            let (low, high) =
                list.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
            if low == high {
                return quantity(low, dimension);
            }
            format!("from {} to {}, one for each unit", quantity(low, dimension), quantity(high, dimension))
        }
        Value::Free(_) => "free".to_owned(),
    }
}

/// A number in the unit that people read it in.
fn quantity(x: f64, dimension: Dimension) -> String {
    let ReadIn { symbol, size } = read_in(dimension, x.abs());
    let number = number(x / size);
    if symbol.is_empty() { number } else { format!("{number} {symbol}") }
}

fn in_si(dimension: Dimension) -> String {
    if dimension == Dimension::NONE { String::new() } else { format!(" (in {})", dimension.symbol()) }
}
