//! The equation of a model in words: each symbol, what it means, and its value at hand.

use crate::network::{
    Connections, Connectivity, Form, InputSignal, Network, PerUnit, Population, Rate, Transfer, Unit,
};
use crate::study::Equation;
use dynamics::field::{LinearSystem, Signal};
use linalg::Matrix;

/// The equation of dx/dt = A x + g, or of x(k+1) = A x(k) + g.
pub(super) fn of_linear(system: &LinearSystem, x0: &[f64], map: bool, unit: &str) -> Equation {
    let has_g = system.g.iter().any(|g| *g != 0.0);
    let has_drive = !system.drives.is_empty();
    let left = if map { "x(k+1)" } else { "dx/dt" };
    let x = if map { "x(k)" } else { "x" };
    let mut text = format!("{left} = A {x}");
    let n = system.dimension();
    let mut parts = vec![
        part("x", "the state", format!("{}, x(0) = {}", count(n, "variable"), list(x0))),
        part("A", "who moves whom: rows are targets, columns sources", matrix(&system.a)),
    ];
    if has_g {
        text.push_str(" + g");
        parts.push(part("g", "a constant push", list(&system.g)));
    }
    if has_drive {
        text.push_str(" + B u");
        let signals: Vec<String> = system.drives.iter().map(|d| signal(&d.signal, unit)).collect();
        parts.push(part("u", "input that changes with time, through B", signals.join("; ")));
    }
    Equation { text, parts, linear: true, map }
}

/// The equation of a bare matrix A.
pub(super) fn of_matrix(a: &Matrix, map: bool) -> Equation {
    let text = if map { "x(k+1) = A x(k)" } else { "dx/dt = A x" };
    let parts = vec![part("A", "who moves whom: rows are targets, columns sources", matrix(a))];
    Equation { text: text.to_owned(), parts, linear: true, map }
}

/// The equation of bare weights M with one time constant.
pub(super) fn of_weights(m: &Matrix, tau: f64, unit: &str) -> Equation {
    let parts = vec![
        part("tau", "how long a unit alone remembers", time(tau, unit)),
        part("M", "recurrent weights: rows are targets, columns sources", matrix(m)),
        part("A", "what is analyzed: (M - I)/tau", "dv/dt = A v".to_owned()),
    ];
    Equation { text: "tau dv/dt = -v + M v".to_owned(), parts, linear: true, map: false }
}

/// The equation of a network of rate units.
pub(super) fn of_network(
    network: &Network,
    connectivity: &Connectivity,
    linear: bool,
    unit: &str,
) -> Equation {
    let rates: Vec<&Rate> = network
        .populations
        .iter()
        .map(|p| match &p.unit {
            Unit::Rate(rate) => rate,
        })
        .collect();
    let current = rates.iter().any(|r| r.form == Form::Current);
    let has_input = !network.inputs.is_empty();
    let has_bias = connectivity.h.iter().any(|h| *h != 0.0);
    let (v, mut inside) = if current { ("x", String::from("M F(x)")) } else { ("v", String::from("M v")) };
    if linear {
        inside = format!("M {v}");
    }
    if has_input {
        inside.push_str(" + W u");
    }
    if has_bias {
        inside.push_str(" + h");
    }
    let text = match (linear, current) {
        (false, false) => format!("tau dv/dt = -v + F({inside})"),
        _ => format!("tau d{v}/dt = -{v} + {inside}"),
    };
    let mut parts = vec![part(
        v,
        if current { "the input currents of the units" } else { "the rates of the units" },
        sizes(network),
    )];
    let taus: Vec<String> = each(network, |p, r| format!("{}{}", label(network, p), per_unit(&r.tau, unit)));
    parts.push(part("tau", "how long a unit alone remembers", taus.join(", ")));
    if !linear {
        let transfers = each(network, |p, r| format!("{}{}", label(network, p), transfer(&r.transfer)));
        parts.push(part("F", "from input to rate", transfers.join(", ")));
    }
    parts.push(part(
        "M",
        "recurrent weights: rows are targets, columns sources",
        connections(&connectivity.m),
    ));
    if has_input {
        let inputs: Vec<String> = network
            .inputs
            .iter()
            .map(|input| {
                let channels: Vec<String> = input.channels.iter().map(|c| channel(c, unit)).collect();
                format!("{}: {}", input.name, channels.join("; "))
            })
            .collect();
        parts.push(part("W u", "inputs, through their weights", inputs.join(" | ")));
    }
    if has_bias {
        parts.push(part("h", "constant input", list(&connectivity.h)));
    }
    Equation { text, parts, linear, map: false }
}

pub(super) fn part(symbol: &str, meaning: &str, value: String) -> (String, String, String) {
    (symbol.to_owned(), meaning.to_owned(), value)
}

fn each(network: &Network, f: impl Fn(&Population, &Rate) -> String) -> Vec<String> {
    let mut seen: Vec<String> = network
        .populations
        .iter()
        .map(|p| match &p.unit {
            Unit::Rate(rate) => f(p, rate),
        })
        .collect();
    seen.dedup();
    seen
}

fn label(network: &Network, population: &Population) -> String {
    if network.populations.len() == 1 { String::new() } else { format!("{} ", population.name) }
}

fn sizes(network: &Network) -> String {
    let named: Vec<String> =
        network.populations.iter().map(|p| format!("{} in {}", count(p.n, "unit"), p.name)).collect();
    named.join(", ")
}

pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A number with five significant digits at most.
pub(super) fn number(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let magnitude = x.abs().log10().floor();
    if !(-4.0..6.0).contains(&magnitude) {
        return format!("{x:.3e}");
    }
    let text = format!("{x:.*}", (4.0 - magnitude).max(0.0) as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A span of time in a unit that suits its size.
fn time(t: f64, unit: &str) -> String {
    match unit {
        "s" if t != 0.0 && t.abs() < 1.0 => format!("{} ms", number(t * 1e3)),
        "" => number(t),
        _ => format!("{} {unit}", number(t)),
    }
}

fn list(v: &[f64]) -> String {
    match v {
        [x] => number(*x),
        v if v.len() <= 6 => format!("({})", v.iter().map(|x| number(*x)).collect::<Vec<_>>().join(", ")),
        v => {
            let (low, high) =
                v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
            format!("{} numbers from {} to {}", v.len(), number(low), number(high))
        }
    }
}

fn matrix(a: &Matrix) -> String {
    if a.rows() <= 4 && a.cols() <= 4 {
        let rows: Vec<String> = (0..a.rows())
            .map(|i| a.row(i).iter().map(|x| number(*x)).collect::<Vec<_>>().join(" "))
            .collect();
        return format!("[{}]", rows.join("; "));
    }
    let nonzero = a.as_slice().iter().filter(|x| **x != 0.0).count();
    format!(
        "{} x {}, {} % of the entries not 0",
        a.rows(),
        a.cols(),
        number(percent(nonzero, a.rows() * a.cols()))
    )
}

pub(super) fn connections(m: &Connections) -> String {
    match m {
        Connections::Dense(m) => matrix(m),
        Connections::Sparse(m) => {
            format!("{} x {}, {} connections", m.rows(), m.cols(), m.entries())
        }
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    (1e3 * part as f64 / whole.max(1) as f64).round() / 10.0
}

fn per_unit(value: &PerUnit, unit: &str) -> String {
    match value {
        PerUnit::Same(x) => time(*x, unit),
        PerUnit::Each(v) => {
            let (low, high) =
                v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
            if low == high {
                time(low, unit)
            } else {
                format!("from {} to {}", time(low, unit), time(high, unit))
            }
        }
        PerUnit::Formula(formula) => formula.source().to_owned(),
        PerUnit::Normal { mean, sd } => format!("normal, mean {}, sd {}", time(*mean, unit), time(*sd, unit)),
        PerUnit::Uniform { low, high } => {
            format!("uniform from {} to {}", time(*low, unit), time(*high, unit))
        }
    }
}

fn transfer(f: &Transfer) -> String {
    match f {
        Transfer::Linear => "F(x) = x".to_owned(),
        Transfer::ThresholdLinear { gain, threshold } => {
            format!("F(x) = {}max({}, 0)", factor(*gain), shifted(*threshold))
        }
        Transfer::Tanh { gain } => format!("F(x) = tanh({}x)", factor(*gain)),
        Transfer::Logistic { gain, threshold } => {
            format!("F(x) = 1/(1 + exp(-{}({})))", factor(*gain), shifted(*threshold))
        }
        Transfer::Softplus { gain } => format!("F(x) = ln(1 + exp({0}x))/{1}", factor(*gain), number(*gain)),
        Transfer::PowerLaw { gain, exponent } => {
            format!("F(x) = {}max(x, 0)^{}", factor(*gain), number(*exponent))
        }
    }
}

fn factor(gain: f64) -> String {
    if gain == 1.0 { String::new() } else { format!("{} ", number(gain)) }
}

fn shifted(threshold: f64) -> String {
    match threshold {
        0.0 => "x".to_owned(),
        t if t > 0.0 => format!("x - {}", number(t)),
        t => format!("x + {}", number(-t)),
    }
}

fn channel(channel: &InputSignal, unit: &str) -> String {
    match channel {
        InputSignal::Signal(s) => signal(s, unit),
        InputSignal::Noise { sigma, tau: Some(tau), independent } => format!(
            "noise of standard deviation {} and correlation time {}{}",
            number(*sigma),
            time(*tau, unit),
            if *independent { ", independent for each unit" } else { ", shared by all units" }
        ),
        InputSignal::Noise { sigma, tau: None, independent } => format!(
            "white noise of intensity {}{}",
            number(*sigma),
            if *independent { ", independent for each unit" } else { ", shared by all units" }
        ),
    }
}

pub(super) fn signal(signal: &Signal, unit: &str) -> String {
    let t = |x: f64| time(x, unit);
    match signal {
        Signal::Constant { value } => format!("constant {}", number(*value)),
        Signal::Step { onset, value } => format!("a step to {} at {}", number(*value), t(*onset)),
        Signal::Pulse { onset, width, amplitude } => {
            format!("a pulse of {} from {} to {}", number(*amplitude), t(*onset), t(onset + width))
        }
        Signal::Ramp { onset, slope, end } => {
            let until = end.map_or(String::new(), |end| format!(" until {}", t(end)));
            format!("a ramp of slope {} from {}{until}", number(*slope), t(*onset))
        }
        Signal::Sine { amplitude, frequency, .. } => {
            let hertz = if unit == "s" { " Hz" } else { "" };
            format!("a sine of amplitude {} and frequency {}{hertz}", number(*amplitude), number(*frequency))
        }
        Signal::Samples { times, .. } => format!("{} samples", times.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (x, text) in
            [(0.02, "0.02"), (1200.0, "1200"), (4.285714285714286, "4.2857"), (-0.0, "0"), (1e-9, "1.000e-9")]
        {
            assert_eq!(number(x), text);
        }
        assert_eq!(time(0.02, "s"), "20 ms");
    }

    #[test]
    fn a_linear_equation_names_only_the_parts_that_it_has() {
        let system = LinearSystem::new(Matrix::from_rows(&[[3.0, 1.0], [0.0, 3.0]]));
        let equation = of_linear(&system, &[0.0, 1.0], false, "");
        assert_eq!(equation.text, "dx/dt = A x");
        assert_eq!(equation.parts[1].2, "[3 1; 0 3]");
    }
}
