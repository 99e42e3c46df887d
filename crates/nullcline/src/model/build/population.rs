//! `[populations]` to populations.

use super::context::Context;
use super::matrices::{Body, Entry, find};
use super::per_unit::{Kind, per_unit};
use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean, unknown};
use crate::model::schema::{Connect, FormWord, PerUnitText, PopulationText, Raw, SignWord, TransferText};
use crate::model::source::Labels;
use crate::network::{Form, PerUnit, Population, Rate, Sign, Transfer, Unit};

/// Coordinates are made for at most this many units.
const MAX_PLACES: usize = 10_000_000;

const KINDS: [&str; 6] = ["linear", "relu", "tanh", "logistic", "softplus", "power_law"];

/// Populations, and names of their units where the data give them.
pub(super) fn populations(
    context: &mut Context<'_>,
    table: &Named<PopulationText>,
    connect: &[At<Connect>],
    matrices: &[Entry],
) -> Result<(Vec<Population>, Labels), Problem> {
    let (mut all, mut labels) = (Vec::new(), Vec::new());
    for (name, text) in &table.0 {
        let n = size(context, name, text, connect, matrices)?;
        all.push(one(context, name, text, n)?);
        if let Some(names) = node_names(name, text, connect, matrices, n) {
            labels.push((name.value.clone(), names));
        }
    }
    Ok((all, labels))
}

/// The index of a population.
pub(super) fn index(populations: &[Population], name: &At<String>) -> Result<usize, Problem> {
    populations.iter().position(|p| p.name == name.value).ok_or_else(|| {
        let known: Vec<&str> = populations.iter().map(|p| p.name.as_str()).collect();
        unknown("population", name, name.span.clone(), &known)
    })
}

fn one(
    context: &mut Context<'_>,
    name: &At<String>,
    text: &At<PopulationText>,
    n: usize,
) -> Result<Population, Problem> {
    match &text.unit {
        Some(unit) if unit.value == "rate" => {}
        Some(unit) => {
            let problem = Problem::at(unit.span.clone(), format!("there is no unit `{}`", unit.value));
            return Err(problem.help("this version knows `unit = \"rate\"`"));
        }
        None => {
            let problem = Problem::at(
                name.span.clone(),
                format!("population `{}` does not say what its units are", name.value),
            );
            return Err(problem.help("add `unit = \"rate\"`"));
        }
    }
    let coordinates = coordinates(context, text, n)?;
    let names: Vec<&str> = coordinates.iter().map(|(k, _)| k.as_str()).collect();
    let Some(tau) = &text.tau else {
        let problem =
            Problem::at(name.span.clone(), format!("population `{}` has no time constant", name.value));
        return Err(problem.help("add `tau = \"20 ms\"`, or `tau = 1` in a model without units"));
    };
    let tau = per_unit(context, tau, "tau", Kind::PositiveTime, n, &names)?;
    let optional = |context: &mut Context<'_>, text: &Option<At<PerUnitText>>, what: &str| match text {
        Some(text) => per_unit(context, text, what, Kind::Number, n, &names),
        None => Ok(PerUnit::Same(0.0)),
    };
    let bias = optional(context, &text.h, "h")?;
    let init = optional(context, &text.init, "init")?;
    let leak = text.leak.as_ref().map_or(Ok(1.0), |l| context.number(l, "leak"))?;
    let transfer = text.transfer.as_ref().map_or(Ok(Transfer::Linear), |t| transfer(context, t))?;
    let form = match text.form {
        None | Some(FormWord::Rate) => Form::Rate,
        Some(FormWord::Current) => Form::Current,
    };
    let sign = text.sign.map(|s| match s {
        SignWord::Plus => Sign::Excitatory,
        SignWord::Minus => Sign::Inhibitory,
    });
    let unit = Unit::Rate(Rate { form, tau, transfer, bias, leak });
    Ok(Population { name: name.value.clone(), n, sign, unit, init, coordinates })
}

/// The number of units: said, or told by a list or a matrix.
fn size(
    context: &Context<'_>,
    name: &At<String>,
    text: &PopulationText,
    connect: &[At<Connect>],
    matrices: &[Entry],
) -> Result<usize, Problem> {
    if let Some(n) = &text.n {
        if let Raw::Text(word) = &n.value
            && !context.values().iter().any(|(k, _)| k == word)
            && word.parse::<f64>().is_err()
        {
            let entry = find(matrices, word, &n.span)?;
            return entry.shape().map(|(rows, _)| rows).ok_or_else(|| {
                let problem =
                    Problem::at(n.span.clone(), format!("`{word}` is a rule, whose size comes from n"));
                problem.help("give n as a number")
            });
        }
        return context.count(n);
    }
    let lists =
        [&text.tau, &text.h, &text.init].into_iter().flatten().chain(text.coords.0.iter().map(|(_, c)| c));
    for list in lists {
        if let PerUnitText::Each(list) = &list.value {
            return Ok(list.len());
        }
    }
    for connect in connect {
        let Some(entry) = connect.matrix.as_ref().and_then(|m| matrices.iter().find(|e| e.name == m.value))
        else {
            continue;
        };
        let Some((rows, cols)) = entry.shape() else { continue };
        if connect.to.0.iter().any(|t| t.value == name.value) {
            return Ok(rows);
        }
        if connect.from.0.iter().any(|f| f.value == name.value) {
            return Ok(cols);
        }
    }
    let problem = Problem::at(name.span.clone(), format!("nothing says how many units `{}` has", name.value));
    Err(problem.help("add `n = 100`"))
}

/// The names of the nodes of a list of edges that connects the population with itself, or gives its n.
fn node_names(
    name: &At<String>,
    text: &PopulationText,
    connect: &[At<Connect>],
    matrices: &[Entry],
    n: usize,
) -> Option<Vec<String>> {
    let counted = text.n.as_ref().and_then(|n| match &n.value {
        Raw::Text(word) => Some(word.as_str()),
        Raw::Number(_) => None,
    });
    let to = |c: &&At<Connect>| c.to.0.iter().any(|t| t.value == name.value);
    let connected = connect.iter().filter(to).filter_map(|c| c.matrix.as_ref().map(|m| m.as_str()));
    counted.into_iter().chain(connected).find_map(|wanted| {
        let entry = matrices.iter().find(|e| e.name == wanted)?;
        match &entry.body {
            Body::Edges(_, nodes) if nodes.len() == n => Some(nodes.clone()),
            _ => None,
        }
    })
}

pub(super) fn coordinates(
    context: &mut Context<'_>,
    text: &PopulationText,
    n: usize,
) -> Result<Vec<(String, Vec<f64>)>, Problem> {
    let mut all = Vec::new();
    for (name, value) in &text.coords.0 {
        let word = equations::Formula::parse(name).is_ok_and(|f| f.variables() == [name.value.clone()]);
        if !word || ["i", "j", "n", "m", "d"].contains(&name.as_str()) {
            let problem =
                Problem::at(name.span.clone(), format!("`{}` cannot name a coordinate", name.value));
            return Err(problem.help("a name holds letters, digits and `_`; i, j, n, m and d are taken"));
        }
        if n > MAX_PLACES {
            let problem = Problem::at(name.span.clone(), format!("coordinates of {n} units do not fit"));
            return Err(problem.help("at most ten million units can have coordinates"));
        }
        let values = match per_unit(context, value, name, Kind::Place, n, &[])? {
            PerUnit::Same(x) => vec![x; n],
            PerUnit::Each(values) => values,
            PerUnit::Formula(formula) => {
                let bound = formula.bind(&["i", "n"]).expect("the formula was bound to these names");
                (0..n).map(|i| bound.eval(&[i as f64, n as f64])).collect()
            }
            PerUnit::Normal { .. } | PerUnit::Uniform { .. } => {
                let problem =
                    Problem::at(value.span.clone(), "a coordinate is a formula or a list, not random");
                return Err(problem.help("write coords = { theta = \"2*pi*i/n\" }"));
            }
        };
        if let Some(i) = values.iter().position(|x| !x.is_finite()) {
            let message = format!("coordinate `{}` of unit {i} is {}", name.value, values[i]);
            return Err(Problem::at(value.span.clone(), message));
        }
        all.push((name.value.clone(), values));
    }
    Ok(all)
}

fn transfer(context: &Context<'_>, text: &At<TransferText>) -> Result<Transfer, Problem> {
    let allowed: &[&str] = match text.word.as_str() {
        "linear" => &[],
        "relu" | "threshold_linear" | "logistic" | "sigmoid" => &["gain", "threshold"],
        "tanh" | "softplus" => &["gain"],
        "power_law" => &["gain", "exponent"],
        word => {
            let span = text.kind.as_ref().map_or(&text.span, |k| &k.span).clone();
            let problem = Problem::at(span, format!("there is no transfer function `{word}`"));
            return Err(problem.help(did_you_mean(word, KINDS)));
        }
    };
    let given = [("gain", &text.gain), ("threshold", &text.threshold), ("exponent", &text.exponent)];
    for (key, value) in given {
        if let (Some(value), false) = (value, allowed.contains(&key)) {
            let problem = Problem::at(value.span.clone(), format!("`{}` has no `{key}`", text.word));
            return Err(match allowed {
                [] => problem.help("use the `gain` of a connection, or another transfer function"),
                _ => problem.help(did_you_mean(key, allowed.iter().copied())),
            });
        }
    }
    let gain = text.gain.as_ref().map_or(Ok(1.0), |g| context.positive(g, "gain"))?;
    let threshold = text.threshold.as_ref().map_or(Ok(0.0), |t| context.number(t, "threshold"))?;
    let exponent = text.exponent.as_ref().map_or(Ok(2.0), |e| context.positive(e, "exponent"))?;
    Ok(match text.word.as_str() {
        "linear" => Transfer::Linear,
        "relu" | "threshold_linear" => Transfer::ThresholdLinear { gain, threshold },
        "tanh" => Transfer::Tanh { gain },
        "logistic" | "sigmoid" => Transfer::Logistic { gain, threshold },
        "softplus" => Transfer::Softplus { gain },
        _ => Transfer::PowerLaw { gain, exponent },
    })
}
