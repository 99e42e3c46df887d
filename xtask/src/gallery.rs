//! Every model of the gallery is a test: it has an `[expect]` block, and `check --run` passes on it.

use crate::finding::Finding;
use crate::house::{self, House};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Instant;

/// Models without expectations.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in house.files.iter().filter(|f| is_model(&f.path)) {
        let header = |line: &str| line.starts_with("[expect]") || line.starts_with("[expect.");
        if !file.text.lines().any(header) {
            let what = "the model has no [expect] block".to_owned();
            let remedy = "state what must come out, so that the model is a test";
            found.push(Finding::new(&file.path, 1, "gallery", what, remedy));
        }
    }
    found
}

/// A model that is wrong about itself, so that a program that passes everything does not pass.
const CONTROL: &str = "format = 1\nname = \"control\"\n[linear]\nA = [[-1]]\nx0 = [1]\n[run]\nt = [0, 1]\n\
                       [expect]\nfinal = { value = [2.0], rtol = 1e-8 }\n";

/// Runs `nullcline check --run` on each model, and prints what happened; whether all pass and the control fails.
pub fn pass(root: &Path) -> bool {
    let program = house::target(root).join("release/nullcline");
    let house = match House::read(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("the gallery cannot be read: {error}");
            return false;
        }
    };
    let control = std::env::temp_dir().join(format!("nullcline-control-{}.toml", std::process::id()));
    if let Err(error) = std::fs::write(&control, CONTROL) {
        eprintln!("{} cannot be written: {error}", control.display());
        return false;
    }
    let verdict = run(&program, root, &control.to_string_lossy());
    let _ = std::fs::remove_file(&control);
    if let Err(fault) = exits_with(&verdict, 1) {
        println!("   a control whose expectation is wrong must exit with 1: {fault}");
        return false;
    }
    let models = models(&house);
    let mut failed = 0;
    for model in &models {
        let begin = Instant::now();
        match exits_with(&run(&program, root, model), 0) {
            Ok(()) => println!("   {model} passed in {:.2} s", begin.elapsed().as_secs_f64()),
            Err(fault) => {
                failed += 1;
                println!("   {model} FAILED: {fault}");
            }
        }
    }
    println!("{} models, {failed} failed", models.len());
    failed == 0 && !models.is_empty()
}

fn run(program: &Path, root: &Path, model: &str) -> std::io::Result<Output> {
    Command::new(program).args(["check", "--run", model]).current_dir(root).output()
}

/// Whether a program ended with an exit code; otherwise what it said.
fn exits_with(output: &std::io::Result<Output>, code: i32) -> Result<(), String> {
    match output {
        Ok(output) if output.status.code() == Some(code) => Ok(()),
        Ok(output) => {
            let said = [&output.stdout, &output.stderr].map(|s| String::from_utf8_lossy(s).into_owned());
            Err(format!("{}\n{}", output.status, said.concat()))
        }
        Err(error) => Err(format!("the program does not start: {error}")),
    }
}

/// The models of the gallery.
fn models(house: &House) -> Vec<&str> {
    house.files.iter().map(|f| f.path.as_str()).filter(|p| is_model(p)).collect()
}

fn is_model(path: &str) -> bool {
    path.strip_prefix("models/").is_some_and(|name| name.ends_with(".toml") && !name.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_without_expectations_is_found() {
        for text in ["format = 1\n", "# [expect]\n", "note = \"[expect]\"\n"] {
            assert_eq!(check(&House::of(&[("models/a.toml", text)])).len(), 1, "{text}");
        }
        assert_eq!(check(&House::of(&[("models/a.toml", "format = 1\n[expect]\nx = 1\n")])), []);
    }

    #[test]
    fn only_the_asked_exit_code_passes() {
        let ended = |how: &str| Command::new("sh").args(["-c", how]).output();
        assert!(exits_with(&ended("exit 1"), 1).is_ok());
        assert!(exits_with(&ended("exit 0"), 1).is_err());
        assert!(exits_with(&ended("echo why; exit 2"), 0).is_err_and(|fault| fault.contains("why")));
        assert!(exits_with(&Command::new("no-such-program-anywhere").output(), 0).is_err());
    }

    #[test]
    fn data_beside_a_model_is_no_model() {
        let house = House::of(&[("models/worm/notes.toml", ""), ("models/worm.toml", "[expect]\n")]);
        assert_eq!(models(&house), ["models/worm.toml"]);
        assert_eq!(check(&house), []);
    }
}
