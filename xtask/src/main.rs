//! House rules as a program, and the one entry to the whole test suite.
//!
//! | command | does |
//! |---|---|
//! | `cargo xtask tidy` | checks the invariants of ARCHITECTURE.md that a program can check |
//! | `cargo xtask test` | every test there is, in the order in which a failure is cheapest to learn |
//! | `cargo xtask fuzz` | hostile texts against the grammar and the evaluator, for a minute |
//! | `cargo xtask readme` | runs the blocks of README.md that are marked `run`, in a copy |
//! | `cargo xtask bench` | the benchmarks, and their peers where Python is found |
//!
//! It has no dependencies, so it compiles in seconds. Each rule is one file named by its noun, and its tests show
//! that the rule can fail.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod bench;
mod cycles;
mod docs;
mod finding;
mod floors;
mod fuzz;
mod gallery;
mod house;
mod leftovers;
mod lengths;
mod manifest;
mod modules;
mod names;
mod paths;
mod readme;
mod rooms;
mod shell;
mod source;
mod suite;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask VERB

  tidy                  check the house rules
  test [--keep-going]   run every test; stops at the first step that fails unless told to go on
  fuzz                  hostile texts against the grammar and the evaluator, for a minute
  readme [--write]      run the blocks of README.md that are marked `run`; write what they print to it
  bench [NAME]          run the benchmarks (those whose name contains NAME), with their peers if Python is there";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = house::root();
    let good = match words.as_slice() {
        ["tidy"] => tidy::report(&root),
        ["test"] => suite::run(&root, suite::Failure::Stops),
        ["test", "--keep-going"] => suite::run(&root, suite::Failure::IsCounted),
        ["fuzz"] => fuzz::pass(&root),
        ["readme"] => readme::report(&root, readme::Difference::Fails),
        ["readme", "--write"] => readme::report(&root, readme::Difference::IsWritten),
        ["bench"] => bench::run(&root, ""),
        ["bench", name] => bench::run(&root, name),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
