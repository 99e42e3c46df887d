//! The blocks of README.md that are marked `run` are executed, so that what a stranger types is what was tested.
//!
//! A block is marked in its opening line: three backticks, then `sh run` or `console run`. In a `console` block lines
//! that begin with `$ ` are commands and the others are what they print: it is compared, where `…` in a line stands
//! for any text, and a line that is only `…` for any number of lines. In an `sh` block every line is a command.
//!
//! Commands run in an empty folder with a copy of `models/`; `cargo run --release -- ARGS` becomes `nullcline ARGS`,
//! with the program that was built. Every command must exit with 0. `cargo xtask readme --write` puts what is printed
//! where the text shows something else.

use crate::{house, shell};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command of a block, and what it should print, if the block says so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    command: String,
    output: Option<Vec<String>>,
}

/// What to do where README.md shows something else than is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is a fault.
    Fails,
    /// README.md gets what was printed.
    IsWritten,
}

/// Runs every marked block and prints what happened; whether all is well.
pub fn report(root: &Path, difference: Difference) -> bool {
    match run(root, difference) {
        Ok(good) => good,
        Err(error) => {
            eprintln!("README.md: {error}");
            false
        }
    }
}

fn run(root: &Path, difference: Difference) -> std::io::Result<bool> {
    let mut text = std::fs::read_to_string(root.join("README.md"))?;
    let steps = steps(&text);
    if steps.is_empty() {
        return Err(std::io::Error::other("no block is marked `run`"));
    }
    let build = ["build", "--release", "--quiet", "--package", "nullcline-cli"];
    if !shell::passes(&mut shell::cargo(root, &build)) {
        return Ok(false);
    }
    let room = Room::new(root)?;
    let mut faults = 0;
    let mut printed = Vec::new();
    for step in &steps {
        match room.run(step) {
            Ok(lines) if step.shows(&lines) => {}
            Ok(lines) if difference == Difference::IsWritten => printed.push((step, lines)),
            Ok(lines) => {
                faults += 1;
                eprintln!("{}: prints something else than is shown:\n{}", step.place(), lines.join("\n"));
            }
            Err(fault) => {
                faults += 1;
                eprintln!("{}: {fault}", step.place());
            }
        }
    }
    if !printed.is_empty() {
        text = written(&text, &printed);
        std::fs::write(root.join("README.md"), text)?;
    }
    println!("README.md: {} commands, {faults} failed, {} outputs written", steps.len(), printed.len());
    Ok(faults == 0)
}

/// The text with what was printed below the commands of these steps.
fn written(text: &str, printed: &[(&Step, Vec<String>)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (step, output) in printed.iter().rev() {
        let shown = step.output.as_ref().map_or(0, Vec::len);
        lines.splice(step.line..step.line + shown, output.iter().cloned());
    }
    lines.join("\n") + "\n"
}

impl Step {
    /// Whether the text shows these lines, or nothing.
    fn shows(&self, printed: &[String]) -> bool {
        self.output.as_ref().is_none_or(|shown| shown.is_empty() || matches(shown, printed))
    }

    fn place(&self) -> String {
        format!("README.md:{}: `{}`", self.line, self.command)
    }
}

/// The commands of the marked blocks.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut block: Option<(bool, bool)> = None;
    for (k, line) in text.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (block, fence) {
            (None, Some(mark)) => {
                let words: Vec<&str> = mark.split_whitespace().collect();
                let console = words.first() == Some(&"console");
                block = Some((matches!(words.as_slice(), ["sh" | "console", "run"]), console));
            }
            (Some(_), Some(_)) => block = None,
            (Some((true, true)), None) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { line: k + 1, command: command.to_owned(), output: Some(Vec::new()) });
                }
                (None, Some(Step { output: Some(output), .. })) => output.push(line.to_owned()),
                (None, _) => {}
            },
            (Some((true, false)), None) if !line.trim().is_empty() && !line.starts_with('#') => {
                steps.push(Step { line: k + 1, command: line.to_owned(), output: None });
            }
            _ => {}
        }
    }
    steps
}

/// The command with the built program in place of cargo.
fn installed(command: &str) -> String {
    command.replace("cargo run --release -- ", "nullcline ")
}

/// Whether printed lines are those expected, `…` standing for anything.
fn matches(expected: &[String], printed: &[String]) -> bool {
    match (expected, printed) {
        ([], []) => true,
        ([first, rest @ ..], _) if first.trim() == "…" => {
            (0..=printed.len()).any(|k| matches(rest, &printed[k..]))
        }
        ([first, rest @ ..], [line, tail @ ..]) => {
            line_matches(first.trim_end(), line.trim_end()) && matches(rest, tail)
        }
        _ => false,
    }
}

fn line_matches(expected: &str, line: &str) -> bool {
    let mut parts = expected.split('…');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(k) = rest.find(part) else { return false };
        rest = &rest[k + part.len()..];
    }
    rest.ends_with(last)
}

/// A folder with the models, removed at the end.
struct Room {
    folder: PathBuf,
    programs: std::ffi::OsString,
}

impl Room {
    fn new(root: &Path) -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("nullcline-readme-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        copy(&root.join("models"), &folder.join("models"))?;
        let mut programs = house::target(root).join("release").into_os_string();
        if let Some(path) = std::env::var_os("PATH") {
            programs.push(":");
            programs.push(path);
        }
        Ok(Self { folder, programs })
    }

    /// What a command prints, if it exits with 0.
    fn run(&self, step: &Step) -> Result<Vec<String>, String> {
        let output = Command::new("sh")
            .args(["-e", "-c", &installed(&step.command)])
            .current_dir(&self.folder)
            .env("PATH", &self.programs)
            .output()
            .map_err(|e| format!("sh does not start: {e}"))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}\n{printed}{said}", output.status));
        }
        Ok(printed.lines().map(str::to_owned).collect())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn only_marked_blocks_are_steps() {
        let text = "```sh\na\n```\n```sh run\n# why\nb\n```\n```console run\n$ c\nout\nput\n$ d\n```\n```rust\ne\n```\n";
        let found = steps(text);
        let commands: Vec<&str> = found.iter().map(|s| s.command.as_str()).collect();
        assert_eq!(commands, ["b", "c", "d"]);
        assert_eq!(found[0], Step { line: 6, command: "b".into(), output: None });
        assert_eq!(found[1].output, Some(lines("out\nput")));
    }

    #[test]
    fn cargo_run_becomes_the_built_program() {
        assert_eq!(installed("cargo run --release -- run a.toml | head"), "nullcline run a.toml | head");
    }

    #[test]
    fn an_ellipsis_stands_for_anything_and_nothing_else_does() {
        assert!(matches(&lines("a … c\n…\nz"), &lines("a bb c\nd\ne\nz")));
        assert!(matches(&lines("took … s"), &lines("took 0.13 s")));
        assert!(!matches(&lines("a"), &lines("b")));
        assert!(!matches(&lines("a"), &lines("a\nb")));
        assert!(!matches(&lines("a … c"), &lines("a bb d")));
        assert!(!matches(&lines("a\nb"), &lines("a")));
    }

    #[test]
    fn a_command_that_fails_or_prints_something_else_is_a_fault() {
        let room =
            Room { folder: std::env::temp_dir(), programs: std::env::var_os("PATH").unwrap_or_default() };
        let passes = |command: &str, output: &str| {
            let step = Step { line: 1, command: command.into(), output: Some(lines(output)) };
            room.run(&step).is_ok_and(|printed| step.shows(&printed))
        };
        assert!(passes("echo a", "a"));
        assert!(passes("echo a", ""));
        assert!(!passes("echo a", "b"));
        assert!(!passes("exit 3", ""));
        std::mem::forget(room);
    }

    #[test]
    fn what_was_printed_is_written_below_its_command() {
        let text = "```console run\n$ a\nold\nold\n$ b\n…\n```\nend\n";
        let found = steps(text);
        let printed = [(&found[0], lines("new")), (&found[1], lines("1\n2"))];
        assert_eq!(written(text, &printed), "```console run\n$ a\nnew\n$ b\n1\n2\n```\nend\n");
    }
}
