//! The `[expect]` block held against the findings.
//!
//! A path is looked up from the root of the findings, then below `simulation`, then below `linear`; `final` given as a
//! list is the whole final state in the order of the model. A number in a path is an index into a list.

use crate::model::{Expect, Expectation};
use crate::report::findings;
use crate::study::{Outcome, Study};
use serde_json::Value;

/// Tests every expectation.
pub(super) fn test(expectations: &[Expect], study: &Study) -> Vec<Outcome> {
    if expectations.is_empty() {
        return Vec::new();
    }
    let findings = findings(study);
    let outcome = |expect: &Expect| {
        let measured = look_up(
            &findings,
            &expect.path,
            matches!(expect.expectation.value, Some(Value::Array(_))),
            study,
        );
        let measured = measured.unwrap_or(Value::Null);
        Outcome {
            path: expect.path.clone(),
            expected: describe(&expect.expectation),
            pass: expect.expectation.accepts(&measured),
            measured: measured.to_string(),
        }
    };
    expectations.iter().map(outcome).collect()
}

fn look_up(findings: &Value, path: &str, list: bool, study: &Study) -> Option<Value> {
    if path == "final" && list {
        let run = &study.simulation.as_ref()?.trajectory;
        let last = run.t.len().checked_sub(1)?;
        return Some(run.x.column(last).iter().map(|x| Value::from(*x)).collect());
    }
    let roots = [Some(findings), findings.get("simulation"), findings.get("linear")];
    roots.into_iter().flatten().find_map(|root| follow(root, path)).cloned()
}

fn follow<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(root, |value, key| match value {
        Value::Array(list) => list.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    })
}

/// An expectation in words.
fn describe(expectation: &Expectation) -> String {
    let mut words = Vec::new();
    if let Some(value) = &expectation.value {
        let tolerance = match (expectation.rtol, expectation.atol) {
            (rtol, 0.0) => format!("rtol {rtol:e}"),
            (rtol, atol) => format!("rtol {rtol:e}, atol {atol:e}"),
        };
        let exact = matches!(value, Value::String(_) | Value::Bool(_) | Value::Null);
        words.push(if exact { value.to_string() } else { format!("{value} ({tolerance})") });
    }
    words.extend(expectation.min.map(|min| format!("at least {min}")));
    words.extend(expectation.max.map(|max| format!("at most {max}")));
    words.join(", ")
}
