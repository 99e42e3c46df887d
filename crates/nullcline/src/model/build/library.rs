//! What a population gives to a unit of the library: parameters that the unit has, in their units.

use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean};
use crate::model::schema::{PerUnitText, PopulationText, Raw};
use crate::network::unit::{LibraryUnit, Symbol};
use equations::{Dimension, Value};

/// Refuses parameters that the unit does not have and no text of the population uses, and those of another dimension.
pub(super) fn check(
    unit: Option<&'static LibraryUnit>,
    text: &PopulationText,
    own: &[(String, Dimension, Value)],
    time: Option<Dimension>,
) -> Result<(), Problem> {
    time_constant(text, own)?;
    let Some(unit) = unit else {
        return match &text.set {
            None => Ok(()),
            Some(set) => {
                let problem =
                    Problem::at(set.span.clone(), "`set` chooses the constants of a unit of the library");
                Err(problem.help("name the unit too, as in unit = \"hodgkin_huxley\", or drop it"))
            }
        };
    };
    let symbols = || unit.parameters.iter().chain(unit.inputs);
    if let (Some(at), Some(Dimension::TIME), true) = (&text.unit, time, symbols().all(|s| s.unit == "1")) {
        let message = format!("the unit `{}` has no unit of time, and this run counts in seconds", unit.name);
        return Err(
            Problem::at(at.span.clone(), message).help("write the times without units: `t = [0, 200]`")
        );
    }
    for (name, value) in &text.parameters.0 {
        let Some((_, found, numbers)) = own.iter().find(|(known, ..)| *known == name.value) else { continue };
        match symbols().find(|symbol| symbol.name == name.value) {
            Some(symbol) => fits(unit, symbol, &value.span, *found, numbers)?,
            None if is_used(text, name) => {}
            None => {
                let message = format!("the unit `{}` has no parameter `{}`", unit.name, name.value);
                let known: Vec<&str> = symbols().map(|symbol| symbol.name).collect();
                return Err(Problem::at(name.span.clone(), message).help(did_you_mean(name, known)));
            }
        }
    }
    Ok(())
}

/// The key `tau` is a time constant.
fn time_constant(text: &PopulationText, own: &[(String, Dimension, Value)]) -> Result<(), Problem> {
    let Some((at, (_, found, value))) = text.tau.as_ref().zip(own.iter().find(|(name, ..)| name == "tau"))
    else {
        return Ok(());
    };
    if ![Dimension::TIME, Dimension::NONE].contains(found) {
        let message = format!("`tau` needs a time (s), and this is {}", found.with_article());
        let problem = Problem::at(at.span.clone(), message).label(found.to_string());
        return Err(problem.help("write a time such as \"20 ms\""));
    }
    let values = match value {
        Value::Number(x) => std::slice::from_ref(x),
        Value::PerUnit(list) => list.as_slice(),
        Value::Free(_) => &[],
    };
    match values.iter().find(|x| **x <= 0.0) {
        None => Ok(()),
        Some(x) => {
            let message = format!("`tau` is {}", if *x == 0.0 { "zero" } else { "negative" });
            Err(Problem::at(at.span.clone(), message).help("`tau` must be positive"))
        }
    }
}

fn fits(
    unit: &LibraryUnit,
    symbol: &Symbol,
    span: &std::ops::Range<usize>,
    found: Dimension,
    numbers: &Value,
) -> Result<(), Problem> {
    let wanted = equations::Unit::parse(symbol.unit).expect("the library's units are tested").dimension();
    if found == wanted || *numbers == Value::Number(0.0) && found == Dimension::NONE {
        return Ok(());
    }
    let message = format!(
        "`{}` of the unit `{}` is {}, and this value {}",
        symbol.name,
        unit.name,
        wanted.with_article(),
        found.with_article()
    );
    let problem = Problem::at(span.clone(), message).label(found.to_string());
    Err(problem.help(match symbol.unit {
        "1" => format!("`{}` is the {}: write a number without unit", symbol.name, symbol.meaning),
        usual => format!("`{}` is the {}, usually in {usual}", symbol.name, symbol.meaning),
    }))
}

/// Whether a text of the population has this name.
fn is_used(text: &PopulationText, name: &str) -> bool {
    let quantities = |table: &[(At<String>, At<PerUnitText>)]| -> Vec<String> {
        table.iter().flat_map(|(_, value)| texts(value)).collect()
    };
    let mut all: Vec<String> = text.eq.iter().map(|eq| eq.value.clone()).collect();
    all.extend(text.define.0.iter().map(|(_, value)| value.value.clone()));
    all.extend(quantities(&text.parameters.0));
    if let Some(init) = &text.init {
        all.extend(texts(init));
    }
    if let Some(spike) = &text.spike {
        all.push(spike.when.value.clone());
        all.extend(spike.reset.iter().map(|reset| reset.value.clone()));
        all.extend(spike.refractory.iter().filter_map(|time| written(&time.value)));
    }
    for (_, event) in &text.events.0 {
        all.push(event.when.value.clone());
        all.extend(event.reset.iter().map(|reset| reset.value.clone()));
    }
    all.iter().any(|text| super::word::uses(text, name))
}

fn written(raw: &Raw) -> Option<String> {
    match raw {
        Raw::Text(text) => Some(text.clone()),
        Raw::Number(_) => None,
    }
}

/// The strings of a value.
fn texts(value: &PerUnitText) -> Vec<String> {
    match value {
        PerUnitText::One(raw) => written(raw).into_iter().collect(),
        PerUnitText::Each(list) => list.iter().filter_map(|x| written(&x.value)).collect(),
        PerUnitText::Table(table) => table.0.iter().flat_map(|(_, value)| texts(value)).collect(),
    }
}
