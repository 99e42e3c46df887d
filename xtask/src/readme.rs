//! The blocks of README.md that are marked `run` are executed, so that what a stranger types is what was tested.
//!
//! A block is marked in its opening line: three backticks, then `sh run` or `console run`. In a `console` block lines
//! that begin with `$ ` are commands and the others are what they print: it is compared, where `…` in a line stands
//! for any text, and a line that is only `…` for any number of lines. In an `sh` block every line is a command.
//!
//! Commands run in an empty folder with a copy of `models/`; `cargo run --release -- ARGS` becomes `nullcline ARGS`,
//! with the program that was built. A block must end with exit code 0 at each command.

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

/// Runs every marked block and prints what happened; whether all is well.
pub fn report(root: &Path) -> bool {
    let text = match std::fs::read_to_string(root.join("README.md")) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("README.md: {error}");
            return false;
        }
    };
    let build = ["build", "--release", "--quiet", "--package", "nullcline-cli"];
    let steps = steps(&text);
    if steps.is_empty() {
        eprintln!("README.md: no block is marked `run`");
        return false;
    }
    if !shell::passes(&mut shell::cargo(root, &build)) {
        return false;
    }
    let room = match Room::new(root) {
        Ok(room) => room,
        Err(error) => {
            eprintln!("a folder to run README.md in: {error}");
            return false;
        }
    };
    let faults =
        steps.iter().filter_map(|step| room.run(step).err()).inspect(|fault| eprintln!("{fault}")).count();
    println!("README.md: {} commands, {faults} failed", steps.len());
    faults == 0
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

    fn run(&self, step: &Step) -> Result<(), String> {
        let place = format!("README.md:{}: `{}`", step.line, step.command);
        let output = Command::new("sh")
            .args(["-e", "-c", &installed(&step.command)])
            .current_dir(&self.folder)
            .env("PATH", &self.programs)
            .output()
            .map_err(|e| format!("{place}: sh does not start: {e}"))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{place}: {}\n{printed}{said}", output.status));
        }
        let printed: Vec<String> = printed.lines().map(str::to_owned).collect();
        match &step.output {
            Some(expected) if !expected.is_empty() && !matches(expected, &printed) => {
                Err(format!("{place}: prints something else than README.md shows:\n{}", printed.join("\n")))
            }
            _ => Ok(()),
        }
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
        let step = |command: &str, output: &str| Step {
            line: 1,
            command: command.into(),
            output: Some(lines(output)),
        };
        assert!(room.run(&step("echo a", "a")).is_ok());
        assert!(room.run(&step("echo a", "")).is_ok());
        assert!(room.run(&step("echo a", "b")).is_err());
        assert!(room.run(&step("exit 3", "")).is_err());
        std::mem::forget(room);
    }
}
