//! The whole test suite, in the order in which a failure is cheapest to learn.

use crate::{fuzz, gallery, readme, shell, tidy};
use std::path::Path;
use std::time::Instant;

/// Real data that some tests read, beside the repository.
const RECORDINGS: &str = "../shared/data";

/// What a failing step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It ends the run.
    Stops,
    /// It is counted, and the next step begins.
    IsCounted,
}

/// A step: its name, and whether it passes.
type Step<'a> = (&'static str, Box<dyn Fn() -> bool + 'a>);

/// Runs every step; whether all passed.
pub fn run(root: &Path, failure: Failure) -> bool {
    let cargo = |arguments: &'static str| -> Box<dyn Fn() -> bool + '_> {
        Box::new(move || {
            let words: Vec<&str> = arguments.split(' ').collect();
            shell::passes(&mut shell::cargo(root, &words))
        })
    };
    let nextest = shell::works(&mut shell::cargo(root, &["nextest", "--version"]));
    let tests = if nextest {
        "nextest run --release --workspace --no-fail-fast --status-level fail"
    } else {
        "test --release --workspace --lib --bins --tests --no-fail-fast --quiet"
    };
    let steps: Vec<Step<'_>> = vec![
        ("format", cargo("fmt --all --check")),
        ("tidy", Box::new(|| tidy::report(root))),
        ("clippy", cargo("clippy --release --workspace --all-targets --quiet -- -D warnings")),
        ("tests", cargo(tests)),
        ("documentation tests", cargo("test --release --workspace --doc --no-fail-fast --quiet")),
        ("program", cargo("build --release --package nullcline-cli")),
        ("gallery", Box::new(|| gallery::pass(root))),
        ("fuzz", Box::new(|| fuzz::pass(root))),
        ("README", Box::new(|| readme::report(root, readme::Difference::Fails))),
    ];
    if !root.join(RECORDINGS).is_dir() {
        println!("{RECORDINGS} is absent: the tests on real connectomes and recordings are skipped\n");
    }
    execute(&steps, failure)
}

fn execute(steps: &[Step<'_>], failure: Failure) -> bool {
    let start = Instant::now();
    let (mut passed, mut failed) = (0, Vec::new());
    for (k, (name, step)) in steps.iter().enumerate() {
        println!("== {}/{} {name}", k + 1, steps.len());
        let begin = Instant::now();
        let good = step();
        let verdict = if good { "passed" } else { "FAILED" };
        println!("== {name} {verdict} in {:.1} s\n", begin.elapsed().as_secs_f64());
        if good {
            passed += 1;
        } else {
            failed.push(*name);
            if failure == Failure::Stops {
                break;
            }
        }
    }
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    let left = steps.len() - passed - failed.len();
    if left > 0 {
        println!("{left} steps were not run; cargo xtask test --keep-going runs them all");
    }
    println!("{} s in all", start.elapsed().as_secs());
    println!("{passed} passed, {} failed", failed.len());
    failed.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn the_first_failure_stops_unless_told_to_go_on() {
        let ran = Cell::new(0);
        let step = |good: bool| -> Box<dyn Fn() -> bool + '_> {
            let ran = &ran;
            Box::new(move || {
                ran.set(ran.get() + 1);
                good
            })
        };
        let steps: Vec<Step<'_>> = vec![("a", step(true)), ("b", step(false)), ("c", step(true))];
        assert!(!execute(&steps, Failure::Stops));
        assert_eq!(ran.get(), 2);
        assert!(!execute(&steps, Failure::IsCounted));
        assert_eq!(ran.get(), 5);
        assert!(execute(&steps[..1], Failure::Stops));
    }
}
