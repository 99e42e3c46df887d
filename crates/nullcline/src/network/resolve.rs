//! The numbers of the units, from what was said about all of them.

use super::error::{NetworkError, NetworkErrorKind};
use super::{PerUnit, Population};
use dynamics::random::Stream;
use equations::Formula;

/// The units of a population, as far as their numbers depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many units.
    pub n: usize,
    /// Named coordinates of the units.
    pub coordinates: &'a [(String, Vec<f64>)],
}

impl Population {
    /// Its units and where they are.
    pub fn places(&self) -> Places<'_> {
        Places { name: &self.name, n: self.n, coordinates: &self.coordinates }
    }
}

impl PerUnit {
    /// One number for each unit of the population. `what` names the quantity in errors; unit i draws random numbers from
    /// step i of `stream`.
    ///
    /// # Errors
    /// A list of another length, a formula of unknown names, a value that is not finite.
    pub fn resolve(
        &self,
        what: &str,
        population: Places<'_>,
        seed: u64,
        stream: u64,
    ) -> Result<Vec<f64>, NetworkError> {
        let n = population.n;
        let place = format!("populations.{}.{what}", population.name);
        let draw = |f: &dyn Fn(&mut Stream) -> f64| {
            let root = Stream::new(seed, stream, 0);
            (0..n).map(|i| f(&mut root.at(i as u64))).collect()
        };
        let values: Vec<f64> = match self {
            Self::Same(value) => vec![*value; n],
            Self::Each(values) => {
                if values.len() != n {
                    return Err(NetworkError::new(
                        NetworkErrorKind::Shape,
                        place,
                        format!("{what} of `{}` has {} values, but n = {n}", population.name, values.len()),
                        format!("give {n} values, or one number for all"),
                    ));
                }
                values.clone()
            }
            Self::Formula(formula) => evaluate(formula, what, population)?,
            Self::Normal { mean, sd } => draw(&|s| mean + sd * s.normal()),
            Self::Uniform { low, high } => draw(&|s| low + (high - low) * s.uniform()),
        };
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            return Err(NetworkError::new(
                NetworkErrorKind::Value,
                place,
                format!("{what} of unit {i} of `{}` is {}", population.name, values[i]),
                "give finite numbers",
            ));
        }
        Ok(values)
    }
}

fn evaluate(formula: &Formula, what: &str, population: Places<'_>) -> Result<Vec<f64>, NetworkError> {
    let n = population.n;
    let index: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let count = [n as f64];
    let mut names = vec!["i", "n"];
    let mut columns: Vec<&[f64]> = vec![&index, &count];
    for (name, values) in population.coordinates {
        names.push(name);
        columns.push(values);
    }
    let place = format!("populations.{}.{what}", population.name);
    let bound = formula.bind(&names).map_err(|e| NetworkError::of_formula(&place, formula, &e))?;
    let mut values = vec![0.0; n];
    bound.eval_lanes(&columns, &mut values);
    Ok(values)
}

/// What is resolved for each unit; each draws from a random stream of its own.
#[derive(Clone, Copy)]
pub(super) enum Quantity {
    Tau,
    Bias,
    Init,
}

impl Quantity {
    /// The stream of this quantity in population k, apart from those of projections and simulations.
    pub(super) fn stream(self, k: usize) -> u64 {
        0x5000_0000_0000_0000 | (k as u64) << 8 | self as u64
    }
}
