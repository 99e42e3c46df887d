//! The files of the repository, read once, and what each is.

use crate::source::Source;
use std::path::{Path, PathBuf};

/// The files that the rules look at.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// Sorted by path.
    pub files: Vec<File>,
}

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Its text; empty for files that are no text of ours (data, figures).
    pub text: String,
    /// Its views, if it is Rust.
    pub rust: Option<Source>,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().expect("xtask/ lies in the root").to_owned()
}

/// Where cargo builds.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

impl House {
    /// Reads the repository.
    ///
    /// # Errors
    /// When a folder or a file cannot be read.
    pub fn read(root: &Path) -> std::io::Result<Self> {
        let mut house = Self::default();
        house.walk(root, "")?;
        house.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(house)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let is_hidden =
                name.starts_with('.') && !matches!(name.as_str(), ".ci" | ".cargo" | ".gitignore");
            let is_output = matches!(name.as_str(), "target" | "out" | "__pycache__" | "node_modules");
            if is_hidden || is_output {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.walk(&entry.path(), &format!("{path}/"))?;
            } else if is_text(&name) {
                let bytes = std::fs::read(entry.path())?;
                self.files.push(File::new(&path, String::from_utf8_lossy(&bytes).into_owned()));
            } else {
                self.files.push(File::new(&path, String::new()));
            }
        }
        Ok(())
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|f| f.path == path)
    }

    /// Rust files with their views.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files.iter().filter_map(|f| f.rust.as_ref().map(|s| (f, s)))
    }

    /// Rust files of the crates that are libraries, without their tests: where nothing may print, or read files.
    pub fn library(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.rust().filter(|(f, _)| f.is_library() && !self.is_test(f))
    }

    /// Whether a file is a module declared under `#[cfg(test)]`.
    pub fn is_test(&self, file: &File) -> bool {
        self.rust().any(|(parent, source)| {
            let folder = match parent.path.rsplit_once('/') {
                Some((folder, "lib.rs" | "main.rs" | "mod.rs")) => folder.to_owned(),
                _ => parent.path.trim_end_matches(".rs").to_owned(),
            };
            source.test_modules.iter().any(|m| {
                file.path == format!("{folder}/{m}.rs") || file.path.starts_with(&format!("{folder}/{m}/"))
            })
        })
    }

    /// A house of the given files.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File::new(path, (*text).to_owned())).collect() }
    }
}

impl File {
    fn new(path: &str, text: String) -> Self {
        let rust = path.ends_with(".rs").then(|| Source::new(&text));
        Self { path: path.to_owned(), text, rust }
    }

    /// The folder name of the crate that the file belongs to (`linalg` of `crates/linalg/src/lib.rs`).
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether it is source of a crate that is no door.
    pub fn is_library(&self) -> bool {
        let source = |room: &str| self.path.starts_with(&format!("crates/{room}/src/"));
        self.room().is_some_and(|room| !DOORS.contains(&room) && source(room))
    }
}

/// Crates that translate and render, and compute nothing.
pub const DOORS: [&str; 3] = ["cli", "python", "web"];

fn is_text(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, e)| e);
    matches!(
        extension,
        Some("rs" | "toml" | "md" | "txt" | "py" | "sh" | "yml" | "yaml" | "html" | "js" | "css")
    ) || matches!(name, "run" | ".gitignore")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_and_tests_are_no_library() {
        let house = House::of(&[
            ("crates/cli/src/main.rs", ""),
            ("crates/linalg/src/lib.rs", "#[cfg(test)]\nmod oracle;\nmod lu;"),
            ("crates/linalg/src/lu.rs", ""),
            ("crates/linalg/src/oracle.rs", ""),
            ("crates/linalg/tests/lu.rs", ""),
            ("xtask/src/main.rs", ""),
        ]);
        let paths: Vec<&str> = house.library().map(|(f, _)| f.path.as_str()).collect();
        assert_eq!(paths, ["crates/linalg/src/lib.rs", "crates/linalg/src/lu.rs"]);
    }

    #[test]
    fn this_repository_is_read() {
        let house = House::read(&root()).expect("the repository can be read");
        assert!(house.file("xtask/src/house.rs").is_some());
        assert!(house.files.iter().all(|f| !f.path.starts_with("target/")));
    }
}
