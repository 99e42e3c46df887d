//! The `[expect]` block held against the findings.

use crate::model::Expect;
use crate::report::findings;
use crate::study::{Outcome, Study};

/// Tests every expectation.
pub(super) fn test(expectations: &[Expect], study: &Study) -> Vec<Outcome> {
    if expectations.is_empty() {
        return Vec::new();
    }
    let findings = findings(study);
    let run = study.simulation.as_ref().map(|simulation| &simulation.trajectory);
    let last = run.and_then(|run| Some(run.x.column(run.t.len().checked_sub(1)?))).unwrap_or(&[]);
    let outcome = |expect: &Expect| {
        let tested = expect.test(&findings, last);
        Outcome {
            path: expect.path.clone(),
            expected: expect.expectation.to_json().to_string(),
            words: expect.expectation.describe(),
            measured: tested.measured,
            pass: tested.pass,
        }
    };
    expectations.iter().map(outcome).collect()
}
