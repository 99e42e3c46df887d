//! Hostile texts against the grammar and the evaluator, for a while.
//!
//! The targets are those of `cargo fuzz` in `fuzz/`; here they are built with the same instrumentation by the compiler that is
//! there, so that neither another compiler nor another tool is needed.

use crate::shell;
use std::path::Path;
use std::process::Command;

/// Each target and for how many seconds it runs.
const TARGETS: [(&str, u32); 2] = [("equations", 45), ("formula", 15)];
/// Coverage of edges in counters that the fuzzer reads.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Ccodegen-units=1 --cfg fuzzing";

/// Builds the targets and runs each from its corpus; whether none found anything.
pub fn pass(root: &Path) -> bool {
    let folder = root.join("fuzz");
    let Some(host) = host() else {
        println!("rustc does not say for which machine it compiles");
        return false;
    };
    let made = root.join("target/fuzz");
    let mut build = shell::cargo(&folder, &["build", "--release", "--quiet", "--locked", "--target", &host]);
    build.env("CARGO_TARGET_DIR", &made).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS);
    if !shell::passes(&mut build) {
        println!("the fuzzer needs a C++ compiler; on Debian: apt-get install g++");
        return false;
    }
    let programs = made.join(host).join("release");
    TARGETS.iter().all(|(target, seconds)| run(&folder, &programs, &made.join("found"), target, *seconds))
}

/// The machine that the compiler compiles for.
fn host() -> Option<String> {
    let output = Command::new("rustc").arg("-vV").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
}

fn run(folder: &Path, programs: &Path, found: &Path, target: &str, seconds: u32) -> bool {
    let found = found.join(target);
    if std::fs::create_dir_all(&found).is_err() {
        return false;
    }
    println!("{target}: {seconds} s");
    let mut fuzzer = Command::new(programs.join(target));
    let limits = [format!("-max_total_time={seconds}"), "-max_len=4096".into(), "-timeout=10".into()];
    fuzzer.current_dir(&found).args(limits).args(["-rss_limit_mb=2048", "-verbosity=0"]);
    fuzzer.arg(&found).arg(folder.join("corpus").join(target));
    shell::passes(&mut fuzzer)
}
