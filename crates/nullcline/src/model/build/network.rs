//! Populations, connections and inputs to a network.

use super::connect::projections;
use super::context::Context;
use super::input::{Signals, Values, signals};
use super::matrices::{Axes, Body, Entry, find, matrices};
use super::matrix::rows;
use super::population::{index, populations};
use crate::model::at::At;
use crate::model::error::Problem;
use crate::model::schema::{File, InputText, WeightsText};
use crate::model::source::{Labels, Places};
use crate::network::{Input, InputWeights, Network, Population};
use linalg::Matrix;

/// A network, and names of units where the data give them.
pub(super) type Labelled = (Network, Labels);

/// Reads a network; the places of its parts are kept for errors that are found later.
pub(super) fn network(
    context: &mut Context<'_>,
    file: &File,
    places: &mut Places,
) -> Result<Labelled, Problem> {
    let matrices = matrices(context, &file.matrices)?;
    let (populations, labels) = populations(context, &file.populations, &file.connect, &matrices)?;
    for (name, _) in &file.populations.0 {
        places.0.push((format!("populations.{}", name.value), name.span.clone()));
    }
    let projections = projections(context, &file.connect, &populations, &matrices, places)?;
    let mut inputs = Vec::new();
    for (name, text) in &file.inputs.0 {
        inputs.push(input(context, name, text, &populations, &matrices)?);
        places.0.push((format!("inputs.{}", name.value), name.span.clone()));
    }
    Ok((Network { populations, projections, inputs, seed: context.seed }, labels))
}

fn input(
    context: &mut Context<'_>,
    name: &At<String>,
    text: &At<InputText>,
    populations: &[Population],
    matrices: &[Entry],
) -> Result<Input, Problem> {
    let Signals { channels, .. } = signals(context, name, text, Values::Bare)?;
    let targets = match &text.to {
        Some(words) => words.0.iter().map(|w| index(populations, w)).collect::<Result<Vec<_>, _>>()?,
        None if populations.len() == 1 => vec![0],
        None => {
            let problem =
                Problem::at(name.span.clone(), format!("input `{}` does not say where it goes", name.value));
            return Err(problem.help("add `to = [...]` with the names of populations"));
        }
    };
    let Some(weights) = &text.weights else {
        let to = targets.into_iter().map(|k| (k, InputWeights::Uniform)).collect();
        return Ok(Input { name: name.value.clone(), channels, to });
    };
    let w = matrix_of(context, weights, &targets, populations, matrices, channels.len())?;
    let total: usize = targets.iter().map(|&k| populations[k].n).sum();
    let shared = targets.iter().all(|&k| populations[k].n == w.rows());
    if w.cols() != channels.len() || !(shared || w.rows() == total) {
        let message = format!(
            "`weights` is {} x {}, and {total} units have {} channels",
            w.rows(),
            w.cols(),
            channels.len()
        );
        return Err(
            Problem::at(weights.span.clone(), message).help("a row for each unit, a column for each channel")
        );
    }
    let mut to = Vec::new();
    let mut first = 0;
    for k in targets {
        let n = populations[k].n;
        to.push((k, InputWeights::Matrix(Matrix::from_fn(n, w.cols(), |i, j| w[(first + i, j)]))));
        first += if shared { 0 } else { n };
    }
    Ok(Input { name: name.value.clone(), channels, to })
}

fn matrix_of(
    context: &Context<'_>,
    weights: &At<WeightsText>,
    targets: &[usize],
    populations: &[Population],
    matrices: &[Entry],
    channels: usize,
) -> Result<Matrix, Problem> {
    match &weights.value {
        WeightsText::Rows(list) => rows(context, list, &weights.span, "weights"),
        WeightsText::Each(list) => {
            let column: Result<Vec<f64>, Problem> =
                list.iter().map(|x| context.number(x, "weights")).collect();
            Ok(Matrix::from_columns(list.len(), 1, column?))
        }
        WeightsText::Name(name) => {
            let entry = find(matrices, name, &weights.span)?;
            if entry.axes != Axes::PostInput {
                let problem =
                    Problem::at(weights.span.clone(), format!("`{name}` connects populations, not an input"));
                let problem = problem.also(entry.span.clone(), "its axes are post and pre");
                return Err(problem.help("give it axes = [\"post\", \"input\"]"));
            }
            match &entry.body {
                Body::Dense(m) => Ok(m.clone()),
                Body::Edges(..) => unreachable!("a list of edges connects populations"),
                Body::Rule(rule) => {
                    let n: usize = targets.iter().map(|&k| populations[k].n).sum();
                    let formula = equations::Formula::parse(rule)
                        .map_err(|e| context.formula_problem(&rule.span, rule, e))?;
                    let mut values = context.values();
                    values.extend([("n", n as f64), ("m", channels as f64)]);
                    let formula = formula.substitute(&values);
                    let bound = formula
                        .bind(&["i", "j"])
                        .map_err(|e| context.formula_problem(&rule.span, rule, e))?;
                    Ok(Matrix::from_fn(n, channels, |i, j| bound.eval(&[i as f64, j as f64])))
                }
            }
        }
    }
}
