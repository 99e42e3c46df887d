//! `[trials]`: many runs until something happens.

use super::context::Context;
use super::rules::rule;
use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean, unknown};
use crate::model::schema::TrialsText;
use crate::model::source::{RunSpec, TrialsSpec};
use crate::network::{EquationNetwork, RuleKind};
use dynamics::simulate::Crossings;

/// Reads `[trials]` for a model with equations.
pub(super) fn trials(
    context: &mut Context<'_>,
    text: &At<TrialsText>,
    network: &mut EquationNetwork,
    run: Option<&RunSpec>,
) -> Result<TrialsSpec, Problem> {
    let Some(run) = run else {
        let problem = Problem::at(text.span.clone(), "trials need a `[run]` that says how long one may last");
        return Err(problem.help("add `[run]` with `t` and `dt`"));
    };
    let count = match usize::try_from(text.count.value) {
        Ok(count) if (1..=10_000_000).contains(&count) => count,
        _ => {
            let problem = Problem::at(text.count.span.clone(), format!("`count` is {}", text.count.value));
            return Err(problem.help("a number of runs from 1 to 10 000 000"));
        }
    };
    let over = match text.over.0.as_slice() {
        [] => None,
        [(name, list)] => Some((name.value.clone(), values(context, name, list)?)),
        [_, (second, _), ..] => {
            let problem = Problem::at(second.span.clone(), "trials vary one parameter");
            return Err(problem.help("keep one of them, and set the other with --set"));
        }
    };
    if text.stop.0.is_empty() {
        let problem = Problem::at(text.span.clone(), "nothing says when a trial ends");
        return Err(problem.help("add stop = { left = \"r1 > 15 Hz\", right = \"r2 > 15 Hz\" }"));
    }
    let mut stops = Vec::new();
    for (name, when) in &text.stop.0 {
        let mut stop = rule(context, &mut network.equations, 0, when, None)?;
        stop.name = name.value.clone();
        stop.kind = RuleKind::Event;
        stop.stop = true;
        stops.push(stop);
    }
    let from = text.from.as_ref().map_or(Ok(run.t.0), |from| context.time(from, "from"))?;
    if !(run.t.0..run.t.1).contains(&from) {
        let span = text.from.as_ref().map_or(text.span.clone(), |from| from.span.clone());
        let message = format!("`from` lies outside the run, which goes from {} to {}", run.t.0, run.t.1);
        return Err(
            Problem::at(span, message).help("write a time from the start of the run on, and before its end")
        );
    }
    let crossings = match &text.watch {
        None => Crossings::Between,
        Some(word) => match word.as_str() {
            "between" => Crossings::Between,
            "steps" => Crossings::AtSteps,
            other => {
                let problem = Problem::at(word.span.clone(), format!("`watch` is `{other}`"));
                return Err(problem.help(did_you_mean(other, ["between", "steps"])));
            }
        },
    };
    Ok(TrialsSpec { count, over, stops, from, crossings })
}

/// The values of the parameter that is varied; they measure what the parameter measures.
fn values(
    context: &Context<'_>,
    name: &At<String>,
    list: &At<Vec<crate::model::schema::Scalar>>,
) -> Result<Vec<f64>, Problem> {
    let Some((_, _, dimension)) = context.measured().find(|(known, ..)| *known == name.value) else {
        let known: Vec<&str> = context.measured().map(|(known, ..)| known).collect();
        return Err(unknown("parameter", name, name.span.clone(), &known));
    };
    let read = |scalar: &crate::model::schema::Scalar| {
        let (value, found) = context.quantity(scalar)?;
        if found != dimension && value != 0.0 {
            let message = format!(
                "`{}` is {}, and this value {}",
                name.value,
                dimension.with_article(),
                found.with_article()
            );
            return Err(Problem::at(scalar.span.clone(), message).help("give it the unit of the parameter"));
        }
        Ok(value)
    };
    list.iter().map(read).collect()
}
