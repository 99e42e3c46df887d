//! A terminal for the tests: a folder of its own, the program, and what it said.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_nullcline");

/// A small model that runs at once.
pub const DECAY: &str = "format = 1\n[linear]\nA = [[-1, 0], [0, -2]]\nx0 = [1, 1]\n[run]\nt = [0, 1]\n";

/// A folder in which commands are typed.
pub struct Terminal {
    folder: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Terminal {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with `model.toml` in it.
    pub fn with_model(text: &str) -> Self {
        let terminal = Self::new();
        terminal.file("model.toml", text);
        terminal
    }

    /// Puts a file into the folder.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Where a file of this name is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The bytes of a file.
    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A JSON file.
    pub fn read_json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    /// Every file below the folder, by its relative path, in order.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(self.folder.path(), self.folder.path(), &mut found);
        found.sort();
        found
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("NO_COLOR", "1").env_remove("COLUMNS");
        command
    }

    /// Types `nullcline …`.
    pub fn nullcline(&self, args: &[&str]) -> Said {
        Said::of(self.command(PROGRAM, args).output().unwrap())
    }

    /// Types `nullcline …`, which must succeed.
    pub fn succeeds(&self, args: &[&str]) -> Said {
        let said = self.nullcline(args);
        assert_eq!(said.code, 0, "{args:?}: {said:#?}");
        said
    }

    /// Types `nullcline … --json`, which must succeed and say nothing but JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let said = self.succeeds(&args);
        assert_eq!(said.err, "", "{args:?}");
        said.json()
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

impl Said {
    /// What a process said before it ended.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Standard error on one line, without the marks that a long message is wrapped with.
    pub fn complaint(&self) -> String {
        let words = self.err.lines().map(|line| line.trim_start_matches([' ', '│', '×']));
        words.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Asserts the exit code, and that standard error says all of these.
    pub fn refuses(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:#?}");
        let complaint = self.complaint();
        for word in words {
            assert!(complaint.contains(word), "`{word}` is not said: {self:#?}");
        }
        assert!(!complaint.contains("panicked"), "{self:#?}");
    }
}
