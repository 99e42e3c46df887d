//! A number for each unit, and distributions.

use super::context::Context;
use crate::model::at::{At, Named};
use crate::model::error::{Problem, did_you_mean};
use crate::model::schema::{PerUnitText, Random, Raw, Scalar, WeightText};
use crate::network::{PerUnit, Weight};
use std::ops::Range;

/// What is asked of a number for each unit.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A number without unit.
    Number,
    /// A positive time.
    PositiveTime,
    /// A place: any unit.
    Place,
}

impl Kind {
    fn read(self, context: &mut Context<'_>, scalar: &Scalar, what: &str) -> Result<f64, Problem> {
        match self {
            Self::Number => context.number(scalar, what),
            Self::PositiveTime => context.positive_time(scalar, what),
            Self::Place => context.quantity(scalar).map(|(x, _)| x),
        }
    }
}

/// Lowers a number for each of n units; formulas may use i, n and the coordinates `names`.
pub(super) fn per_unit(
    context: &mut Context<'_>,
    text: &At<PerUnitText>,
    what: &str,
    kind: Kind,
    n: usize,
    names: &[&str],
) -> Result<PerUnit, Problem> {
    match &text.value {
        PerUnitText::One(raw) => {
            let scalar = At { span: text.span.clone(), value: raw.clone() };
            one(context, &scalar, what, kind, names)
        }
        PerUnitText::Each(list) if list.len() != n => {
            let message = format!("`{what}` has {} entries, and the population {n} units", list.len());
            Err(Problem::at(text.span.clone(), message).help("give one value, or one for each unit"))
        }
        PerUnitText::Each(list) => {
            let values: Result<Vec<f64>, Problem> =
                list.iter().map(|x| kind.read(context, x, what)).collect();
            Ok(PerUnit::Each(values?))
        }
        PerUnitText::Table(table) => match table.get("dist") {
            Some(_) => random(table, &text.span, what, &mut |scalar, key| kind.read(context, scalar, key)),
            None => state(context, table, &text.span, what, kind, names),
        },
    }
}

fn one(
    context: &mut Context<'_>,
    scalar: &Scalar,
    what: &str,
    kind: Kind,
    names: &[&str],
) -> Result<PerUnit, Problem> {
    let all: Vec<&str> = ["i", "n"].into_iter().chain(names.iter().copied()).collect();
    if let Raw::Text(source) = &scalar.value
        && equations::Formula::parse(source).is_ok_and(|f| all.iter().any(|name| f.uses(name)))
    {
        let text = At { span: scalar.span.clone(), value: source.clone() };
        let formula = match kind {
            Kind::PositiveTime => context.time_formula(&text, &all)?,
            _ => context.formula(&text, &all)?,
        };
        return Ok(PerUnit::Formula(formula));
    }
    if let Raw::Text(source) = &scalar.value
        && equations::Formula::parse(source).is_ok()
        && let Err(problem) = context.quantity(scalar)
    {
        // An unknown name in a formula: the units' own names are among those that are known.
        let text = At { span: scalar.span.clone(), value: source.clone() };
        return Err(context.formula(&text, &all).err().unwrap_or(problem));
    }
    Ok(PerUnit::Same(kind.read(context, scalar, what)?))
}

/// `{ v = 0.5 }`: the state by its name.
fn state(
    context: &mut Context<'_>,
    table: &Named<PerUnitText>,
    span: &Range<usize>,
    what: &str,
    kind: Kind,
    names: &[&str],
) -> Result<PerUnit, Problem> {
    let [(name, value)] = table.0.as_slice() else {
        let problem =
            Problem::at(span.clone(), format!("`{what}` is a number, a formula, a list or a distribution"));
        return Err(problem.help("write { dist = \"normal\", mean = 0, sd = 1 }"));
    };
    if what != "init" || !["v", "x"].contains(&name.as_str()) {
        let problem = Problem::at(name.span.clone(), format!("unknown key `{}`", name.value));
        return Err(problem.help(
            "write { dist = \"normal\", mean = 0, sd = 1 }; the state of a rate unit is `v` (or `x`)",
        ));
    }
    match &value.value {
        PerUnitText::One(raw) => {
            let scalar = At { span: value.span.clone(), value: raw.clone() };
            one(context, &scalar, what, kind, names)
        }
        _ => Err(Problem::at(value.span.clone(), "the state by its name is a number or a formula")
            .help("write the list or the distribution without the name: `init = [0, 1]`")),
    }
}

/// A constant of a distribution.
fn constant(value: &At<PerUnitText>, key: &str) -> Result<Scalar, Problem> {
    match &value.value {
        PerUnitText::One(raw) => Ok(At { span: value.span.clone(), value: raw.clone() }),
        _ => Err(Problem::at(value.span.clone(), format!("`{key}` of a distribution is one number"))),
    }
}

/// A distribution whose constants are read by `read`.
pub(super) fn random(
    table: &Named<PerUnitText>,
    span: &Range<usize>,
    what: &str,
    read: &mut dyn FnMut(&Scalar, &str) -> Result<f64, Problem>,
) -> Result<PerUnit, Problem> {
    let dist = table.get("dist").expect("the caller found it");
    let PerUnitText::One(Raw::Text(word)) = &dist.value else {
        return Err(Problem::at(dist.span.clone(), "`dist` is \"normal\" or \"uniform\""));
    };
    let keys: [&str; 2] = match word.as_str() {
        "normal" => ["mean", "sd"],
        "uniform" => ["low", "high"],
        _ => {
            let problem =
                Problem::at(dist.span.clone(), format!("`{word}` is not a distribution of `{what}`"));
            return Err(problem.help(did_you_mean(word, ["normal", "uniform"])));
        }
    };
    if let Some((key, _)) = table.0.iter().find(|(k, _)| k.value != "dist" && !keys.contains(&k.as_str())) {
        let problem = Problem::at(key.span.clone(), format!("a {word} distribution has no `{}`", key.value));
        return Err(problem.help(did_you_mean(key, keys)));
    }
    let mut numbers = [0.0; 2];
    for (slot, key) in numbers.iter_mut().zip(keys) {
        let Some(value) = table.get(key) else {
            let problem = Problem::at(span.clone(), format!("a {word} distribution needs `{key}`"));
            return Err(problem.help(format!("it has `{}` and `{}`", keys[0], keys[1])));
        };
        *slot = read(&constant(value, key)?, key)?;
    }
    let [a, b] = numbers;
    match word.as_str() {
        "normal" if b < 0.0 => Err(Problem::at(span.clone(), "`sd` is negative")),
        "normal" => Ok(PerUnit::Normal { mean: a, sd: b }),
        _ if b < a => Err(Problem::at(span.clone(), format!("`low` = {a} lies above `high` = {b}"))),
        _ => Ok(PerUnit::Uniform { low: a, high: b }),
    }
}

/// Lowers a weight or a distribution of weights.
pub(super) fn weight(context: &Context<'_>, text: &At<WeightText>) -> Result<Weight, Problem> {
    distribution(text, "w", &mut |scalar, key| context.number(scalar, key))
}

/// Lowers a number or a distribution whose numbers are read by `read`; cv is a bare number.
pub(super) fn distribution(
    text: &At<WeightText>,
    what: &str,
    read: &mut dyn FnMut(&Scalar, &str) -> Result<f64, Problem>,
) -> Result<Weight, Problem> {
    let random = match &text.value {
        WeightText::One(raw) => {
            let scalar = At { span: text.span.clone(), value: raw.clone() };
            return Ok(Weight::Same(read(&scalar, what)?));
        }
        WeightText::Random(random) => random,
    };
    let Random { dist, mean, sd, cv, low, high } = random.as_ref();
    let given = [("mean", mean), ("sd", sd), ("cv", cv), ("low", low), ("high", high)];
    let keys: [&str; 2] = match dist.as_str() {
        "normal" => ["mean", "sd"],
        "uniform" => ["low", "high"],
        "lognormal" => ["mean", "cv"],
        word => {
            let problem = Problem::at(dist.span.clone(), format!("`{word}` is not a distribution"));
            return Err(problem.help(did_you_mean(word, ["normal", "uniform", "lognormal"])));
        }
    };
    let word = &dist.value;
    if let Some((key, Some(value))) = given.iter().find(|(key, value)| value.is_some() && !keys.contains(key))
    {
        let problem = Problem::at(value.span.clone(), format!("a {word} distribution has no `{key}`"));
        return Err(problem.help(format!("it has `{}` and `{}`", keys[0], keys[1])));
    }
    let mut number = |key: &str| {
        let value = given.iter().find(|(k, _)| *k == key).and_then(|(_, v)| v.as_ref());
        let value = value.ok_or_else(|| {
            let problem = Problem::at(text.span.clone(), format!("a {word} distribution needs `{key}`"));
            problem.help(format!("it has `{}` and `{}`", keys[0], keys[1]))
        })?;
        read(value, key).map(|x| (x, value.span.clone()))
    };
    let ((a, at_a), (b, at_b)) = (number(keys[0])?, number(keys[1])?);
    match word.as_str() {
        "normal" if b < 0.0 => Err(Problem::at(at_b, "`sd` is negative")),
        "normal" => Ok(Weight::Normal { mean: a, sd: b }),
        "uniform" if b < a => Err(Problem::at(at_b, format!("`high` = {b} lies below `low` = {a}"))),
        "uniform" => Ok(Weight::Uniform { low: a, high: b }),
        _ if a <= 0.0 => Err(Problem::at(at_a, "the mean of a lognormal distribution is positive")
            .help("under Dale's law weights are magnitudes; `gain = -1` makes them negative elsewhere")),
        _ if b < 0.0 => Err(Problem::at(at_b, "`cv` is negative")),
        _ => Ok(Weight::Lognormal { mean: a, cv: b }),
    }
}
