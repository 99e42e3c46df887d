//! Spike rules and events.

use super::context::Context;
use crate::model::at::At;
use crate::model::error::{Problem, unknown};
use crate::model::schema::{PopulationText, Raw, Scalar};
use crate::network::unit::LibraryUnit;
use crate::network::{Rule, RuleKind};
use equations::{Dimension, EquationError, Equations, Value};

/// What a population brings to its rules.
pub(super) struct Owned<'a> {
    /// The library unit, which may have a spike rule.
    pub(super) unit: Option<&'static LibraryUnit>,
    /// Parameters by name, dimension and value.
    pub(super) values: &'a [(String, Dimension, Value)],
}

/// The rules of one population, the k-th section of the equations.
pub(super) fn rules(
    context: &mut Context<'_>,
    equations: &mut Equations,
    k: usize,
    text: &PopulationText,
    owned: &Owned<'_>,
) -> Result<Vec<Rule>, Problem> {
    let mut all = Vec::new();
    if let Some(spike) = &text.spike {
        let mut rule = rule(context, equations, k, &spike.when, spike.reset.as_ref())?;
        rule.refractory = match &spike.refractory {
            None => 0.0,
            Some(time) => refractory(context, time, owned)?,
        };
        rule.hold = match &spike.hold {
            None => held(equations, &rule),
            Some(words) => words.0.iter().map(|w| state(equations, k, w)).collect::<Result<_, _>>()?,
        };
        if rule.refractory > 0.0 && rule.hold.is_empty() {
            let problem = Problem::at(
                spike.span.clone(),
                "nothing says which states are held while a unit is refractory",
            );
            return Err(problem.help("add hold = [\"v\"]"));
        }
        all.push(rule);
    } else if let (Some(unit), Some(at)) = (owned.unit, &text.unit)
        && let Some(spike) = &unit.spike
    {
        let here = |value: &str| At { span: at.span.clone(), value: value.to_owned() };
        let mut rule = rule(context, equations, k, &here(spike.when), Some(&here(spike.reset)))?;
        if let Some(time) = spike.refractory {
            let scalar = At { span: at.span.clone(), value: Raw::Text(time.to_owned()) };
            rule.refractory = refractory(context, &scalar, owned)?;
        }
        rule.hold = spike.hold.iter().map(|w| state(equations, k, &here(w))).collect::<Result<_, _>>()?;
        all.push(rule);
    }
    for (name, event) in &text.events.0 {
        let mut rule = rule(context, equations, k, &event.when, event.reset.as_ref())?;
        rule.name = name.value.clone();
        rule.kind = RuleKind::Event;
        rule.stop = event.stop.unwrap_or(false);
        all.push(rule);
    }
    Ok(all)
}

/// A refractory time: a quantity, or the name of a parameter.
fn refractory(context: &mut Context<'_>, time: &Scalar, owned: &Owned<'_>) -> Result<f64, Problem> {
    let own = match &time.value {
        Raw::Text(word) => owned.values.iter().find(|(name, ..)| name == word),
        Raw::Number(_) => None,
    };
    let value = match own {
        None => context.time(time, "refractory")?,
        Some((_, dimension, Value::Number(x))) if [Dimension::TIME, Dimension::NONE].contains(dimension) => {
            *x
        }
        Some((_, _, Value::PerUnit(_))) => {
            let problem = Problem::at(time.span.clone(), "`refractory` differs from unit to unit");
            return Err(problem.help("give one time for the population"));
        }
        Some((name, dimension, _)) => {
            let message = format!("`{name}` is {}, and `refractory` a time", dimension.with_article());
            return Err(Problem::at(time.span.clone(), message).help("write a time such as \"2 ms\""));
        }
    };
    if value < 0.0 {
        let problem = Problem::at(time.span.clone(), "`refractory` is negative");
        return Err(problem.help("write a time from 0 on, such as \"2 ms\""));
    }
    Ok(value)
}

pub(super) fn rule(
    context: &Context<'_>,
    equations: &mut Equations,
    k: usize,
    when: &At<String>,
    reset: Option<&At<String>>,
) -> Result<Rule, Problem> {
    let guard = equations.condition(k, when).map_err(|e| problem(context, when, e))?;
    let set = match reset {
        Some(reset) => equations.assignments(k, reset).map_err(|e| problem(context, reset, e))?,
        None => Vec::new(),
    };
    Ok(Rule {
        population: k,
        name: "spike".to_owned(),
        kind: RuleKind::Spike,
        when: when.value.clone(),
        guard,
        answer: reset.map(|reset| reset.value.clone()),
        set,
        refractory: 0.0,
        hold: Vec::new(),
        stop: false,
    })
}

/// An error in a text that stands alone.
pub(super) fn problem(context: &Context<'_>, text: &At<String>, error: EquationError) -> Problem {
    let at = |span| context.inside(&text.span, text, span);
    let mut problem = Problem::at(at(&error.place.span), error.message).maybe_help(error.hint);
    for (place, label) in error.labels.iter().filter(|(place, _)| place.text.is_none()) {
        problem = problem.also(at(&place.span), label.clone());
    }
    problem
}

/// The states of the condition that the reset sets to something that does not depend on themselves.
fn held(equations: &Equations, rule: &Rule) -> Vec<usize> {
    let named = |k: &usize| equations.graph.uses_state(rule.guard, *k);
    let set = rule.set.iter().filter(|(k, node)| !equations.graph.uses_state(*node, *k));
    set.map(|(k, _)| *k).filter(named).collect()
}

fn state(equations: &Equations, section: usize, word: &At<String>) -> Result<usize, Problem> {
    let own = |s: &&equations::State| s.section == section;
    equations.states.iter().position(|s| s.section == section && s.name == word.value).ok_or_else(|| {
        let known: Vec<&str> = equations.states.iter().filter(own).map(|s| s.name.as_str()).collect();
        unknown("state", word, word.span.clone(), &known)
    })
}
