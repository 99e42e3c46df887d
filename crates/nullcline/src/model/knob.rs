//! A knob: a number of a model that can be turned.
//!
//! | written as | is |
//! |---|---|
//! | `I` | a parameter of the model, or of the only population that has one of this name |
//! | `cell.gNa` | a parameter of a population |
//! | `connect.0.w`, `populations.E.tau` | a number of the file, by its path |
//!
//! A parameter of equations stays a symbol of them, so that they can be differentiated by it. Where other numbers of the
//! file rest on it, and for any other number, the model is read again for each value.

use super::source::{Model, Source};
use super::sweep::{Knob, Turn};
use equations::{Dimension, Quantity, Unit, Value};
use toml_edit::{DocumentMut, Item};

/// A name that no number of the model has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct KnobError {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Model {
    /// The number of this name.
    ///
    /// # Errors
    /// When there is none; the nearest name is told.
    pub fn knob(&self, name: &str) -> Result<Knob, KnobError> {
        let name = name.trim();
        let knob =
            |turn, value, dimension, unit| Knob { name: name.to_owned(), turn, value, dimension, unit };
        if let Some(k) = self.symbol(name)?
            && let Source::Equations(network) = &self.system
            && let Value::Number(value) = network.parameters[k]
        {
            let given = &network.equations.parameters[k];
            let dimension = given.dimension.unwrap_or(Dimension::NONE);
            let path = match given.section {
                None => format!("parameters.{}", given.name),
                Some(s) => format!("populations.{}.parameters.{}", network.populations[s].name, given.name),
            };
            let written = self.number_at(&path).map(|(_, _, unit)| unit);
            let unit = written.unwrap_or_else(|| (si(dimension), 1.0));
            let turn = if given.section.is_none() && !self.turns_alone(&path, k, value, dimension) {
                Turn::Path(path)
            } else {
                Turn::Symbol(k)
            };
            return Ok(knob(turn, value, dimension, unit));
        }
        for path in [format!("parameters.{name}"), name.to_owned()] {
            if let (Some(_), Some(why)) = (self.number_at(&path), no_part_of_the_dynamics(&path)) {
                return Err(KnobError {
                    what: format!("`{name}` {why}, and no number that the dynamics change with smoothly"),
                    remedy: super::error::did_you_mean(name, self.knob_names().iter().map(String::as_str)),
                });
            }
            if let Some((value, dimension, unit)) = self.number_at(&path) {
                return Ok(knob(Turn::Path(path), value, dimension, unit));
            }
        }
        let known = self.knob_names();
        if known.iter().any(|k| k == name) || self.symbol(name)?.is_some() {
            return Err(KnobError {
                what: format!("`{name}` is not one number: it is given for each unit, or by a formula"),
                remedy: "continue one number; a formula may hold a parameter of the model, `[parameters]`"
                    .into(),
            });
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Err(KnobError {
            what: format!("the model has no parameter `{name}`"),
            remedy: super::error::did_you_mean(name, known),
        })
    }

    /// The model with this knob at another value, in SI units.
    ///
    /// # Errors
    /// When the value is refused, as any other value of the file.
    pub fn turned(&self, knob: &Knob, value: f64) -> Result<Self, super::ModelError> {
        match (&knob.turn, &self.system) {
            (Turn::Symbol(k), Source::Equations(network)) => {
                let mut network = network.clone();
                network.parameters[*k] = Value::Number(value);
                Ok(Self { system: Source::Equations(network), ..self.clone() })
            }
            (Turn::Symbol(_), _) => Ok(self.clone()),
            (Turn::Path(path), _) => self.with(&format!("{path}={}", written(value, knob.dimension))),
        }
    }

    /// The parameter of the equations with this name: of the model, `population.name`, or of one population alone.
    fn symbol(&self, name: &str) -> Result<Option<usize>, KnobError> {
        let Source::Equations(network) = &self.system else { return Ok(None) };
        let all = &network.equations.parameters;
        let section = |k: usize| all[k].section.map(|s| network.populations[s].name.as_str());
        if let Some(k) = all.iter().position(|p| p.section.is_none() && p.name == name) {
            return Ok(Some(k));
        }
        let full = |k: &usize| section(*k).is_some_and(|s| format!("{s}.{}", all[*k].name) == name);
        if let Some(k) = (0..all.len()).find(full) {
            return Ok(Some(k));
        }
        let mut alike = (0..all.len()).filter(|&k| all[k].name == name);
        match (alike.next(), alike.next()) {
            (Some(a), Some(b)) => Err(KnobError {
                what: format!("`{name}` is a parameter of several populations"),
                remedy: format!(
                    "write `{}.{name}` or `{}.{name}`",
                    section(a).unwrap_or_default(),
                    section(b).unwrap_or_default()
                ),
            }),
            (found, _) => Ok(found),
        }
    }

    /// Whether no other number of the equations rests on parameter `k`.
    fn turns_alone(&self, path: &str, k: usize, value: f64, dimension: Dimension) -> bool {
        let Source::Equations(here) = &self.system else { return false };
        let other = if value == 0.0 { 1e-3 } else { 1.001 * value };
        let Ok(model) = self.with(&format!("{path}={}", written(other, dimension))) else { return true };
        let Source::Equations(there) = &model.system else { return false };
        let alike = |(i, (a, b)): (usize, (&Value, &Value))| i == k || a == b;
        here.parameters.iter().zip(&there.parameters).enumerate().all(alike)
            && here.matrices == there.matrices
            && here.inputs == there.inputs
    }

    /// The number at a path of the file: its value, what it measures, and the unit that it is written in.
    fn number_at(&self, path: &str) -> Option<(f64, Dimension, (String, f64))> {
        let document = self.text.parse::<DocumentMut>().ok()?;
        let mut item = document.as_item();
        for key in path.split('.') {
            item = match key.parse::<usize>() {
                Ok(k) => item.get(k).or_else(|| item.get(key))?,
                Err(_) => item.get(key)?,
            };
        }
        quantity(item)
    }

    /// Whatever can be turned by a short name, for messages.
    fn knob_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.parameters.iter().map(|p| p.name.clone()).collect();
        if let Source::Equations(network) = &self.system {
            let all = &network.equations.parameters;
            names.extend(all.iter().filter(|p| p.section.is_some()).map(|p| p.name.clone()));
        }
        if names.is_empty()
            && let Ok(document) = self.text.parse::<DocumentMut>()
        {
            paths(document.as_item(), "", &mut names);
        }
        names.sort();
        names.dedup();
        names
    }
}

/// What a number of the file is, if it is nothing that the vector field depends on, or depends on in steps.
fn no_part_of_the_dynamics(path: &str) -> Option<&'static str> {
    let mut keys = path.split('.');
    let first = keys.next()?;
    let rest: Vec<&str> = keys.collect();
    match (first, rest.as_slice()) {
        ("format" | "seed", _) => Some("belongs to the file"),
        ("run" | "analyze" | "expect" | "continue" | "trials", _) => Some("is a setting"),
        ("populations", [_, "n"]) => Some("counts units"),
        (_, [.., "x0"]) | ("populations", [_, "init", ..]) => Some("is an initial value"),
        _ => None,
    }
}

/// A value as the file writes it.
fn written(value: f64, dimension: Dimension) -> String {
    match dimension {
        Dimension::NONE => format!("{value:e}"),
        _ => format!("\"{value:e} {}\"", dimension.symbol()),
    }
}

fn si(dimension: Dimension) -> String {
    if dimension == Dimension::NONE { String::new() } else { dimension.symbol() }
}

fn quantity(item: &Item) -> Option<(f64, Dimension, (String, f64))> {
    if let Some(x) = item.as_float().or_else(|| item.as_integer().map(|k| k as f64)) {
        return Some((x, Dimension::NONE, (String::new(), 1.0)));
    }
    let text = item.as_str()?.trim();
    let quantity = Quantity::parse(text).ok()?;
    // What follows the longest part that is a number is its unit.
    let end =
        (0..=text.len()).rev().find(|&end| text.get(..end).is_some_and(|t| t.parse::<f64>().is_ok()))?;
    let symbol = text[end..].trim();
    let size = if symbol.is_empty() { 1.0 } else { Unit::parse(symbol).ok()?.factor() };
    Some((quantity.value, quantity.unit.dimension(), (symbol.to_owned(), size)))
}

/// The paths of all numbers of the populations, connections, inputs and of `[linear]`.
fn paths(item: &Item, path: &str, found: &mut Vec<String>) {
    let deeper = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    if let Some(table) = item.as_table_like() {
        let own = ["populations", "connect", "inputs", "linear", "parameters", "trained"];
        for (key, value) in table.iter().filter(|(key, _)| !path.is_empty() || own.contains(key)) {
            paths(value, &deeper(key), found);
        }
    } else if let Some(tables) = item.as_array_of_tables() {
        for (k, table) in tables.iter().enumerate() {
            for (key, value) in table.iter() {
                paths(value, &format!("{}.{key}", deeper(&k.to_string())), found);
            }
        }
    } else if quantity(item).is_some() {
        found.push(path.to_owned());
    }
}
