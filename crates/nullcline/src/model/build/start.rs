//! What equations give with their numbers: delays that are positive, and rates that are finite at the start.

use super::context::Context;
use crate::model::error::Problem;
use crate::model::schema::File;
use crate::network::EquationNetwork;
use equations::{Dimension, EquationError, Place, Value};

/// Refuses a run without a unit of time for equations that have one.
pub(super) fn time(context: &Context<'_>, file: &File, of_equations: Dimension) -> Result<(), Problem> {
    let Some(run) = file.run.as_ref().filter(|_| of_equations == Dimension::TIME) else { return Ok(()) };
    for t in run.t.iter() {
        let (value, dimension) = context.quantity(t)?;
        if dimension == Dimension::NONE && value != 0.0 {
            let message = "this time has no unit, and the equations count in seconds";
            let problem = Problem::at(t.span.clone(), message).label("no unit here");
            return Err(problem.help(format!("write \"{value} ms\" or \"{value} s\"")));
        }
    }
    Ok(())
}

/// The rates of more variables than this are looked at when the run begins: reading a model must not fill the memory.
const MOST: usize = 10_000_000;

/// Refuses delays that are not positive, and rates that are not finite at time `t`.
pub(super) fn check(network: &EquationNetwork, t: f64) -> Result<(), EquationError> {
    let equations = &network.equations;
    for (delay, by) in equations.delays.iter().zip(network.delays()) {
        if !(by > 0.0 && by.is_finite()) {
            let name = &equations.states[delay.state].name;
            let unit = if equations.time == Dimension::TIME { " s" } else { "" };
            let hint = format!("`{name}(t - delay)` needs a positive delay");
            return Err(error(format!("this delay is {by}{unit}"), &delay.place, hint));
        }
    }
    if network.dimension() > MOST {
        return Ok(());
    }
    let Some(rates) = network.first_rates(t) else { return Ok(()) };
    let Some(at) = rates.iter().position(|rate| !rate.is_finite()) else { return Ok(()) };
    let mut first = 0;
    for (k, state) in equations.states.iter().enumerate() {
        if at < first + state.len {
            let unit = if state.len > 1 { format!(" for unit {}", at - first) } else { String::new() };
            let what = if rates[at].is_nan() { "not a number (NaN)" } else { "infinite" };
            let message = format!("the rate of `{}` is {what} at the start{unit}", state.name);
            return Err(error(message, &state.place, remedy(network, k)));
        }
        first += state.len;
    }
    Ok(())
}

fn error(message: String, place: &Place, hint: String) -> EquationError {
    EquationError { message, place: place.clone(), labels: Vec::new(), hint: Some(hint), next: None }
}

/// The parameters of a state's equations that are zero are the first suspects.
fn remedy(network: &EquationNetwork, state: usize) -> String {
    let section = network.equations.states[state].section;
    let known = network.equations.parameters.iter().zip(&network.parameters);
    let here = known.filter(|(given, _)| given.section.is_none_or(|s| s == section));
    let zero = here.filter(|(_, value)| match value {
        Value::Number(x) => *x == 0.0,
        Value::PerUnit(list) => list.contains(&0.0),
        Value::Free(_) => false,
    });
    let text = &network.populations[section].text;
    let used = |word: &str| text.iter().any(|line| super::word::uses(line, word));
    let words: Vec<String> =
        zero.filter(|(given, _)| used(&given.name)).map(|(given, _)| format!("`{}`", given.name)).collect();
    match words.as_slice() {
        [] => "look for a division by zero, or a logarithm or a power of a negative number".to_owned(),
        [one] => format!("{one} is zero: an equation may divide by it"),
        _ => format!("{} are zero: an equation may divide by one of them", words.join(" and ")),
    }
}
