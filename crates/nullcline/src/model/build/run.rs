//! `[run]`: from keys to the settings of a simulation.

use super::context::Context;
use super::matrix::rows;
use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean};
use crate::model::schema::RunText;
use crate::model::source::{EnsembleSpec, RunSpec};
use crate::network::EquationNetwork;
use dynamics::field::Interpretation;
use dynamics::simulate::Method;

/// Reads `[run]`.
pub(super) fn run(
    context: &mut Context<'_>,
    run: &At<RunText>,
    dimension: Option<usize>,
) -> Result<RunSpec, Problem> {
    let [start, end] = run.t.as_slice() else {
        let message = format!("`t` has {} entries: it is the start and the end", run.t.len());
        return Err(Problem::at(run.t.span.clone(), message).help("write `t = [0, 30]`"));
    };
    let t = (context.time(start, "t")?, context.time(end, "t")?);
    if t.1 <= t.0 {
        let what = if t.1 < t.0 { "before" } else { "where" };
        let problem = Problem::at(run.t.span.clone(), format!("this run ends {what} it starts"));
        return Err(problem
            .label(format!("from {} to {}", t.0, t.1))
            .help("write the start, then the end: `t = [0, 30]`"));
    }
    let method = match &run.method {
        None => "auto".to_owned(),
        Some(m) if Method::NAMES.contains(&m.as_str()) => m.value.clone(),
        Some(m) => {
            let problem = Problem::at(m.span.clone(), format!("there is no method `{}`", m.value));
            return Err(problem.help(did_you_mean(m, Method::NAMES)));
        }
    };
    let rtol = run.rtol.as_ref().map(|x| context.positive(x, "rtol")).transpose()?;
    let atol = run.atol.as_ref().map(|x| context.positive(x, "atol")).transpose()?;
    let dt = run.dt.as_ref().map(|x| context.positive_time(x, "dt")).transpose()?;
    let every = run.record.as_ref().and_then(|r| r.every.as_ref());
    let every = every.map(|x| context.positive_time(x, "every")).transpose()?;
    let ensemble = run.ensemble.as_ref().map(|e| ensemble(context, e, dimension)).transpose()?;
    let error_estimate = run.error_estimate.unwrap_or(true);
    let interpretation = match &run.interpretation {
        None => None,
        Some(word) => Some(match word.as_str() {
            "ito" => Interpretation::Ito,
            "stratonovich" => Interpretation::Stratonovich,
            other => {
                let problem =
                    Problem::at(word.span.clone(), format!("`{other}` is no interpretation of noise"));
                return Err(problem.help(did_you_mean(other, ["ito", "stratonovich"])));
            }
        }),
    };
    Ok(RunSpec { t, method, rtol, atol, dt, every, interpretation, ensemble, error_estimate })
}

/// Refuses a step for a method that has none of its own.
pub(super) fn takes_a_step(run: &RunText) -> Result<(), Problem> {
    let (Some(name), Some(dt)) = (&run.method, &run.dt) else { return Ok(()) };
    let Some(method) = Method::from_name(name).filter(|m| *m == Method::Expm || m.is_adaptive()) else {
        return Ok(());
    };
    let name = &name.value;
    let why =
        if method == Method::Expm { "is exact at any step" } else { "chooses its steps by the tolerance" };
    let problem =
        Problem::at(dt.span.clone(), format!("the method `{name}` {why}, so `dt` would do nothing"));
    let fixed = "name a method of fixed step: `rk4`, `heun`, `euler`, `exponential_euler`";
    Err(problem.help(match method {
        Method::Expm => format!("leave `dt` out, or {fixed}"),
        _ => format!("give `rtol` and `atol` instead, or {fixed}"),
    }))
}

/// Refuses a method without noise for equations with noise.
pub(super) fn knows_noise(run: &RunText, network: &EquationNetwork) -> Result<(), Problem> {
    const NOISY: [&str; 5] = ["auto", "expm", "euler_maruyama", "heun", "milstein"];
    match &run.method {
        Some(method) if !network.equations.noises.is_empty() && !NOISY.contains(&method.as_str()) => {
            let message = format!("the method `{}` does not know noise", method.value);
            let problem = Problem::at(method.span.clone(), message);
            Err(problem.help("take `auto`, `milstein`, `heun` or `euler_maruyama`"))
        }
        _ => Ok(()),
    }
}

fn ensemble(
    context: &Context<'_>,
    text: &At<crate::model::schema::EnsembleText>,
    dimension: Option<usize>,
) -> Result<EnsembleSpec, Problem> {
    match (&text.n, &text.spread, &text.x0) {
        (Some(n), Some(spread), None) => {
            let size = context.number(spread, "spread")?;
            if size < 0.0 {
                return Err(Problem::at(spread.span.clone(), "`spread` is negative"));
            }
            match usize::try_from(n.value) {
                Ok(n) if n > 0 => Ok(EnsembleSpec::Spread { n, spread: size }),
                _ => Err(Problem::at(n.span.clone(), format!("an ensemble of {} states", n.value))
                    .help("at least 1")),
            }
        }
        (None, None, Some(list)) => {
            let states = rows(context, list, &list.span, "x0")?;
            if let Some(n) = dimension.filter(|n| *n != states.cols()) {
                let message =
                    format!("these states have {} entries, and the system has {n} variables", states.cols());
                return Err(Problem::at(list.span.clone(), message).help("one state a row"));
            }
            Ok(EnsembleSpec::States(states.transpose()))
        }
        _ => {
            let problem = Problem::at(
                text.span.clone(),
                "an ensemble is a number of states with their spread, or a list",
            );
            Err(problem.help("write `{ n = 20, spread = 0.1 }` or `{ x0 = [[1, 0], [0, 1]] }`"))
        }
    }
}
