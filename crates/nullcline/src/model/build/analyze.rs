//! `[analyze]`: what is asked about a model beside what every model is asked.

use super::context::Context;
use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean};
use crate::model::schema::AnalyzeText;
use crate::model::source::{AnalyzeSpec, LyapunovSpec, PoincareSpec, SensitivitySpec};
use std::ops::Range;

/// Reads `[analyze]`.
pub(super) fn analyze(context: &mut Context<'_>, text: &At<AnalyzeText>) -> Result<AnalyzeSpec, Problem> {
    let starts = match &text.starts {
        None => None,
        Some(k) => match usize::try_from(k.value) {
            Ok(k) if (1..=1_000_000).contains(&k) => Some(k),
            _ => {
                let problem = Problem::at(k.span.clone(), format!("`starts` is {}", k.value));
                return Err(problem.help("a number from 1 to 1 000 000"));
            }
        },
    };
    let plane = text.plane.as_ref().map(|p| [p[0].value.clone(), p[1].value.clone()]);
    let lyapunov = match text.lyapunov.as_ref().filter(|l| !l.off) {
        None => None,
        Some(l) => Some(LyapunovSpec {
            count: l.count.map(|k| whole(k, &l.span, "lyapunov")).transpose()?,
            time: l.time.as_ref().map(|t| context.positive_time(t, "time")).transpose()?,
            dt: l.dt.as_ref().map(|t| context.positive_time(t, "dt")).transpose()?,
        }),
    };
    let section = match &text.section {
        None => None,
        Some(s) => {
            let direction = s.direction.as_ref().map_or("up", |d| d.as_str());
            let (up, down) = match direction {
                "up" => (true, false),
                "down" => (false, true),
                "both" => (true, true),
                other => {
                    let span = s.direction.as_ref().map_or(s.span.clone(), |d| d.span.clone());
                    let problem = Problem::at(span, format!("`{other}` is no direction"));
                    let word = s.direction.as_ref();
                    let help = word.map(|word| did_you_mean(word, ["up", "down", "both"]));
                    return Err(problem.maybe_help(help));
                }
            };
            let (value, dimension) = context.quantity(&s.value.value)?;
            let time = s.time.as_ref().map(|t| context.positive_time(t, "time")).transpose()?;
            Some(PoincareSpec { variable: s.variable.value.clone(), value, dimension, up, down, time })
        }
    };
    let time_constant =
        text.time_constant.as_ref().map(|t| context.positive_time(t, "time_constant")).transpose()?;
    let sensitivity = match text.sensitivity.as_ref().filter(|s| !s.off) {
        Some(s) => {
            let place = |k: Option<f64>, what| k.map_or(Ok(1), |k| whole(k, &s.span, what));
            let (eigenvalue, point) =
                (place(s.eigenvalue, "eigenvalue")?, place(s.fixed_point, "fixed_point")?);
            Some(SensitivitySpec { eigenvalue: eigenvalue - 1, fixed_point: point - 1 })
        }
        None => time_constant.map(|_| SensitivitySpec { eigenvalue: 0, fixed_point: 0 }),
    };
    Ok(AnalyzeSpec {
        full: text.full.unwrap_or(false),
        plane,
        starts,
        fluctuations: text.fluctuations.unwrap_or(true),
        lyapunov,
        cycle: text.cycle.unwrap_or(false) || text.phase_response.is_some(),
        phase_response: text.phase_response.as_ref().map(|v| v.value.clone()),
        section,
        sensitivity,
        time_constant,
    })
}

/// A whole number from 1.
fn whole(x: f64, span: &Range<usize>, what: &str) -> Result<usize, Problem> {
    if x >= 1.0 && x.fract() == 0.0 && x <= 1e6 {
        return Ok(x as usize);
    }
    Err(Problem::at(span.clone(), format!("`{what}` is {x}")).help("a whole number from 1"))
}
