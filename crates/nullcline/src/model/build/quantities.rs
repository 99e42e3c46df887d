//! Quantities for the units of a population with equations: one for all, one each, a formula, a distribution.
//!
//! A formula is read by the grammar of the equations, so `"(5 + 0.1*i)*nA"` has its unit. It may use i (from 0), n, the
//! coordinates, the parameters of the model and those of the population that stand above it.

use super::context::Context;
use super::per_unit::random;
use crate::model::at::At;
use crate::model::error::Problem;
use crate::model::schema::{PerUnitText, Raw, Scalar};
use crate::network::Places;
use equations::{
    Binding, Dimension, Equations, Kernel, Name, NameKind, Scope, Scratch, Section, Sources, Value,
};

/// Whose quantities are read, and what their formulas may use.
pub(super) struct Owner<'a> {
    /// The units.
    pub(super) places: Places<'a>,
    /// Parameters of the population that are known already.
    pub(super) known: &'a [(String, Dimension, Value)],
    /// Where random numbers come from.
    pub(super) stream: u64,
}

/// Reads a quantity for each unit; `what` names it in errors.
pub(super) fn quantities(
    context: &mut Context<'_>,
    text: &At<PerUnitText>,
    what: &str,
    owner: &Owner<'_>,
) -> Result<(Value, Dimension), Problem> {
    match &text.value {
        PerUnitText::One(raw) => {
            let scalar = At { span: text.span.clone(), value: raw.clone() };
            one(context, &scalar, owner)
        }
        PerUnitText::Each(list) if list.len() != owner.places.n => {
            let message =
                format!("`{what}` has {} entries, and the population {} units", list.len(), owner.places.n);
            Err(Problem::at(text.span.clone(), message).help("give one value, or one for each unit"))
        }
        PerUnitText::Each(list) => {
            let mut alike = Alike::default();
            let values: Result<Vec<f64>, Problem> =
                list.iter().map(|x| alike.read(context, x, what)).collect();
            Ok((Value::PerUnit(values?), alike.dimension()))
        }
        PerUnitText::Table(table) if table.get("dist").is_some() => {
            let mut alike = Alike::default();
            let drawn = random(table, &text.span, what, &mut |scalar, key| alike.read(context, scalar, key))?;
            let drawn = drawn.resolve(what, owner.places, context.seed, owner.stream);
            let drawn = drawn.map_err(|e| Problem::at(text.span.clone(), e.what).help(e.remedy))?;
            Ok((Value::PerUnit(drawn), alike.dimension()))
        }
        PerUnitText::Table(_) => {
            let problem = Problem::at(
                text.span.clone(),
                format!("`{what}` is a quantity, a formula, a list or a distribution"),
            );
            Err(problem.help("write { dist = \"normal\", mean = \"0 mV\", sd = \"1 mV\" }"))
        }
    }
}

/// Quantities of one dimension; 0 without a unit goes with any.
#[derive(Default)]
pub(super) struct Alike(Option<Dimension>);

impl Alike {
    pub(super) fn read(
        &mut self,
        context: &Context<'_>,
        scalar: &Scalar,
        what: &str,
    ) -> Result<f64, Problem> {
        let (value, found) = context.quantity(scalar)?;
        match self.0 {
            Some(known) if known != found && (value != 0.0 || found != Dimension::NONE) => {
                let message = format!(
                    "this value of `{what}` is {}, and another one {}",
                    found.with_article(),
                    known.with_article()
                );
                Err(Problem::at(scalar.span.clone(), message).help("give all of them the same unit"))
            }
            Some(_) => Ok(value),
            None => {
                if value != 0.0 || found != Dimension::NONE {
                    self.0 = Some(found);
                }
                Ok(value)
            }
        }
    }

    pub(super) fn dimension(&self) -> Dimension {
        self.0.unwrap_or(Dimension::NONE)
    }
}

fn one(context: &Context<'_>, scalar: &Scalar, owner: &Owner<'_>) -> Result<(Value, Dimension), Problem> {
    let plain = context.quantity(scalar);
    let Raw::Text(source) = &scalar.value else {
        return plain.map(|(x, dimension)| (Value::Number(x), dimension));
    };
    match plain {
        Ok((x, dimension)) => Ok((Value::Number(x), dimension)),
        // A number with a unit that is wrong is told as such; anything else may be a formula.
        Err(problem)
            if equations::Quantity::parse(source).is_err_and(|e| e.span.start > 0) && !is_formula(source) =>
        {
            Err(problem)
        }
        Err(_) => formula(context, &At { span: scalar.span.clone(), value: source.clone() }, owner),
    }
}

/// Whether a text is more than a number and a word.
fn is_formula(source: &str) -> bool {
    source.contains(['(', '+', '*', '^', '/']) || source.chars().skip(1).any(|c| c == '-')
}

/// Evaluates a formula for each unit.
fn formula(
    context: &Context<'_>,
    text: &At<String>,
    owner: &Owner<'_>,
) -> Result<(Value, Dimension), Problem> {
    const LEFT: &str = "value = ";
    let n = owner.places.n;
    let mut names = vec![];
    let mut values = vec![];
    let mut add = |name: &str, dimension: Dimension, value: Value| {
        let kind = NameKind::Parameter { len: value.length() };
        names.push(Name { name: name.to_owned(), dimension: Some(dimension), kind });
        values.push(value);
    };
    for (name, value, dimension) in context.measured() {
        add(name, dimension, Value::Number(value));
    }
    for (name, dimension, value) in owner.known {
        add(name, *dimension, value.clone());
    }
    for (name, list) in owner.places.coordinates {
        add(name, Dimension::NONE, Value::PerUnit(list.clone()));
    }
    add("i", Dimension::NONE, Value::PerUnit((0..n).map(|i| i as f64).collect()));
    add("n", Dimension::NONE, Value::Number(n as f64));
    let known: Vec<String> = names.iter().map(|name| format!("`{}`", name.name)).collect();
    let source = format!("{LEFT}{}", text.value);
    let texts = [source.as_str()];
    let section = Section { name: owner.places.name, length: Some(n), texts: &texts, hints: &[], names: &[] };
    let equations = Equations::parse(&[section], &Scope { time: None, names });
    let equations = equations.map_err(|e| {
        let part = e.place.span.start.saturating_sub(LEFT.len())..e.place.span.end.saturating_sub(LEFT.len());
        let problem = Problem::at(context.inside(&text.span, text, &part), e.message);
        match e.hint {
            // A value has no equation of its own that could define a name.
            Some(hint) if hint.contains("/dt = …") => {
                let unit = hint
                    .rsplit_once("; if the unit")
                    .map_or(String::new(), |u| format!("; if the unit{}", u.1));
                problem.help(format!("known here: {}, and the units of SI{unit}", known.join(", ")))
            }
            hint => problem.maybe_help(hint),
        }
    })?;
    let definition = equations.definitions.first().expect("the text is one definition");
    let kernel = Kernel::new(
        &equations.graph,
        &Binding { parameters: values, ..Binding::default() },
        &[definition.node],
    );
    let mut found = vec![0.0; equations.graph.length(definition.node)];
    kernel.eval(&Sources { t: &[0.0], ..Sources::default() }, 1, &mut found, &mut Scratch::default());
    if let Some(i) = found.iter().position(|x| !x.is_finite()) {
        let message = format!("this formula is {} for unit {i}", found[i]);
        return Err(Problem::at(text.span.clone(), message)
            .help("look for a division by zero, or a logarithm or a power of a negative number"));
    }
    let value = if found.len() == 1 { Value::Number(found[0]) } else { Value::PerUnit(found) };
    Ok((value, definition.dimension))
}
