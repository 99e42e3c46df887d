//! What each room must not know: the invariants of ARCHITECTURE.md that show in the words of the code.

use crate::finding::Finding;
use crate::house::{File, House};
use crate::manifest::dependencies;
use crate::source::{Token, tokens};

/// Words of neuroscience, which the rooms of mathematics do not know.
const NEURON_WORDS: [&str; 30] = [
    "axon",
    "axonal",
    "axons",
    "brain",
    "connectome",
    "connectomes",
    "cortex",
    "cortical",
    "dendrite",
    "dendrites",
    "dendritic",
    "excitatory",
    "inhibitory",
    "interneuron",
    "interneurons",
    "membrane",
    "neural",
    "neuron",
    "neuronal",
    "neurons",
    "postsynaptic",
    "presynaptic",
    "soma",
    "somatic",
    "spike",
    "spikes",
    "spiking",
    "synapse",
    "synapses",
    "synaptic",
];
const MATHEMATICS: [&str; 3] = ["dynamics", "equations", "linalg"];
const ALGEBRA: [&str; 2] = ["faer", "nalgebra"];
const SERDE: [&str; 6] = ["serde", "serde_json", "Serialize", "Deserialize", "toml", "schemars"];
/// The only library file that may touch the file system: the handle that a door gives to `model`.
const FOLDER: &str = "crates/nullcline/src/model/folder.rs";
const BINDINGS: [&str; 5] = ["pyo3", "pyclass", "pyfunction", "pymethods", "wasm_bindgen"];

/// Rooms that know what they must not.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &house.files {
        if file.path.ends_with("Cargo.toml") {
            found.extend(manifest(file));
        }
        if file.room().is_some_and(|room| MATHEMATICS.contains(&room)) {
            found.extend(neuron_words(file));
        }
        if let Some(source) = &file.rust {
            let code = tokens(&source.code);
            found.extend(algebra(file, &code));
            found.extend(serialization(file, &code));
            found.extend(bindings(file, &code));
        }
    }
    for (file, source) in house.library() {
        found.extend(world(file, &tokens(&source.library)));
    }
    found
}

fn manifest(file: &File) -> Vec<Finding> {
    let Some(room) = file.room() else { return Vec::new() };
    let mut found = Vec::new();
    for d in dependencies(&file.text) {
        if ALGEBRA.contains(&d.name.as_str()) && room != "linalg" {
            let what = format!("`{room}` depends on {}", d.name);
            let remedy = "only linalg names a linear-algebra library: give linalg the verb that is missing";
            found.push(Finding::new(&file.path, d.line, "linear algebra", what, remedy));
        }
        if d.name.starts_with("serde") && MATHEMATICS.contains(&room) {
            let what = format!("`{room}` depends on {}", d.name);
            let remedy = "results are plain data; nullcline's report and model serialize";
            found.push(Finding::new(&file.path, d.line, "serialization", what, remedy));
        }
    }
    for (k, line) in file.text.lines().enumerate() {
        let feature = line.split('=').next().unwrap_or_default().trim();
        if matches!(feature, "python" | "wasm") && file.is_manifest_of_a_library() {
            let what = format!("a feature `{feature}` in a library");
            found.push(Finding::new(&file.path, k + 1, "doors", what, "binding code lives in its door"));
        }
    }
    found
}

impl File {
    fn is_manifest_of_a_library(&self) -> bool {
        self.room().is_some_and(|room| !crate::house::DOORS.contains(&room))
    }
}

/// Words of neuroscience anywhere in a file: code, documentation, names of items.
fn neuron_words(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    for (k, line) in file.text.lines().enumerate() {
        if let Some(word) = words(line).into_iter().find(|w| NEURON_WORDS.contains(&w.as_str())) {
            let what = format!("`{word}` in a room of mathematics");
            let remedy = "say it in mathematics (unit, variable, lane), or move it to nullcline";
            found.push(Finding::new(&file.path, k + 1, "neuron words", what, remedy));
        }
    }
    found
}

/// The words of a line in lower case, `SpikeTrain` and `spike_train` taken apart.
fn words(line: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in line.chars() {
        if c.is_alphanumeric() {
            if !before.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
                found.push(String::new());
            }
            if let Some(word) = found.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    found
}

fn algebra(file: &File, code: &[Token]) -> Vec<Finding> {
    if file.path.starts_with("crates/linalg/") {
        return Vec::new();
    }
    let remedy = "only linalg names a linear-algebra library: give linalg the verb that is missing";
    naming(file, code, &ALGEBRA, "linear algebra", remedy)
}

fn serialization(file: &File, code: &[Token]) -> Vec<Finding> {
    let may = ["crates/nullcline/src/model", "crates/nullcline/src/report"];
    if !file.is_library() || may.iter().any(|m| file.path.starts_with(m)) {
        return Vec::new();
    }
    let remedy = "results are plain data; only nullcline's model and report serialize";
    naming(file, code, &SERDE, "serialization", remedy)
}

fn bindings(file: &File, code: &[Token]) -> Vec<Finding> {
    if ["python", "web"].iter().any(|door| file.room() == Some(door)) {
        return Vec::new();
    }
    let remedy = "binding code lives in its door";
    let mut found = naming(file, code, &BINDINGS, "doors", remedy);
    for pair in code.windows(2).filter(|w| w[0].text == "feature" && w[1].text == "=") {
        let token = &pair[0];
        let line = file.text.lines().nth(token.line - 1).unwrap_or_default();
        if ["\"python\"", "\"wasm\""].iter().any(|f| line.contains(f)) {
            found.push(Finding::new(&file.path, token.line, "doors", "code for one door".into(), remedy));
        }
    }
    found
}

/// Findings for each use of one of the names in the code.
fn naming(file: &File, code: &[Token], names: &[&str], rule: &'static str, remedy: &str) -> Vec<Finding> {
    let named = code.iter().filter(|t| names.contains(&t.text.as_str()));
    named
        .map(|t| Finding::new(&file.path, t.line, rule, format!("the code names `{}`", t.text), remedy))
        .collect()
}

/// What a library must not touch: the terminal, the clock, the file system, the process, the network, entropy.
fn world(file: &File, code: &[Token]) -> Vec<Finding> {
    let mut found = Vec::new();
    let text = |k: usize| code.get(k).map_or("", |t| t.text.as_str());
    for (k, token) in code.iter().enumerate() {
        let path = k > 0 && matches!(text(k - 1), "::" | "{" | ",") || text(k + 1) == "::";
        let what = match token.text.as_str() {
            "print" | "println" | "eprint" | "eprintln" if text(k + 1) == "!" => {
                ("printing", "prints by", "return it, or tell it through the progress callback")
            }
            "stdout" | "stderr" | "stdin" if path => {
                ("printing", "uses", "a door reads and writes the terminal")
            }
            "Instant" | "SystemTime" => ("clock", "reads", "a door passes times in"),
            "fs" | "File" | "OpenOptions" if path && file.path != FOLDER && file_system(code, k) => {
                ("file system", "touches", "take bytes, or a folder handle given by a door")
            }
            "env" | "net" | "process" if path && k > 1 && text(k - 2) == "std" => {
                ("world", "knows", "a door passes in what the library needs")
            }
            "rng" | "random" if k > 1 && text(k - 1) == "::" && text(k - 2) == "rand" => {
                ("seeds", "makes its own seed by", "take the seed as an argument")
            }
            "thread_rng" | "from_entropy" | "from_os_rng" | "OsRng" | "SysRng" | "getrandom" => {
                ("seeds", "makes its own seed by", "take the seed as an argument")
            }
            _ => continue,
        };
        let (rule, verb, remedy) = what;
        let what = format!("a library {verb} `{}`", token.text);
        found.push(Finding::new(&file.path, token.line, rule, what, remedy));
    }
    found
}

/// Whether `fs` is the one of `std`, and `File` that of `fs` (a library may name its own type `File`).
fn file_system(code: &[Token], k: usize) -> bool {
    let line = code[k].line;
    let on_line = |name: &str| code.iter().any(|t| t.line == line && t.text == name);
    match code[k].text.as_str() {
        "fs" => {
            k > 1 && (code[k - 2].text == "std" || on_line("std"))
                || code.get(k + 1).is_some_and(|t| t.text == "::")
        }
        "File" => code.get(k + 2).is_some_and(|t| matches!(t.text.as_str(), "open" | "create" | "options")),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&House::of(&[(path, text)])).into_iter().map(|f| f.rule).collect()
    }

    #[test]
    fn only_linalg_names_the_library() {
        assert_eq!(rules("crates/dynamics/src/a.rs", "use faer::Mat;"), ["linear algebra"]);
        assert_eq!(
            rules("crates/cli/Cargo.toml", "[dependencies]\nnalgebra.workspace = true"),
            ["linear algebra"]
        );
        assert!(rules("crates/linalg/src/a.rs", "use faer::Mat;").is_empty());
        assert!(rules("crates/dynamics/src/a.rs", "//! Not by faer.\n").is_empty());
    }

    #[test]
    fn only_model_and_report_serialize() {
        assert_eq!(rules("crates/dynamics/Cargo.toml", "[dependencies]\nserde = \"1\""), ["serialization"]);
        assert_eq!(rules("crates/linalg/src/a.rs", "#[derive(Serialize)]\nstruct A;"), ["serialization"]);
        assert_eq!(rules("crates/nullcline/src/network/a.rs", "use serde_json::Value;"), ["serialization"]);
        assert!(rules("crates/nullcline/src/report/findings.rs", "use serde::Serialize;").is_empty());
        assert!(rules("crates/nullcline/src/model/parse.rs", "use serde::Deserialize;").is_empty());
        assert!(rules("crates/cli/src/main.rs", "use serde_json::json;").is_empty());
    }

    #[test]
    fn libraries_do_not_touch_the_file_system() {
        for text in [
            "fn f() { std::fs::read(p) }",
            "use std::fs;\n",
            "use std::{fmt, fs};",
            "use std::fs::File;",
            "fn f() { File::open(p) }",
        ] {
            assert!(rules("crates/nullcline/src/model/data.rs", text).contains(&"file system"), "{text}");
            assert!(!rules(FOLDER, text).contains(&"file system"), "{text}");
        }
        assert!(rules("crates/dynamics/src/a.rs", "#[cfg(test)]\nmod tests { use std::fs; }").is_empty());
        assert!(rules("crates/dynamics/src/a.rs", "let fs = 1.0 / dt;").is_empty());
    }

    #[test]
    fn libraries_do_not_print_read_the_clock_or_make_seeds() {
        let path = "crates/dynamics/src/a.rs";
        assert_eq!(rules(path, "fn f() { println!() }"), ["printing"]);
        assert_eq!(rules(path, "fn f() { eprint!() }"), ["printing"]);
        assert_eq!(rules(path, "fn f() { std::io::stderr() }"), ["printing"]);
        assert_eq!(rules(path, "fn f() { Instant::now() }"), ["clock"]);
        assert_eq!(rules(path, "fn f() { std::time::SystemTime::now() }"), ["clock"]);
        assert_eq!(rules(path, "fn f() { std::env::var(a) }"), ["world"]);
        assert_eq!(rules(path, "fn f() { std::process::exit(1) }"), ["world"]);
        assert_eq!(rules(path, "fn f() { OsRng }"), ["seeds"]);
        assert_eq!(rules(path, "fn f() { rand::rng() }"), ["seeds"]);
        assert!(rules("crates/cli/src/main.rs", "fn f() { println!(); Instant::now() }").is_empty());
        assert!(rules(path, "/// ```\n/// println!()\n/// ```\nfn f() {}").is_empty());
    }

    #[test]
    fn mathematics_has_no_neuron_word() {
        for word in NEURON_WORDS {
            for text in [
                format!("// the {word}"),
                format!("fn {word}_count() {{}}"),
                format!("struct {}Train;", capital(word)),
            ] {
                for room in MATHEMATICS {
                    assert_eq!(rules(&format!("crates/{room}/src/a.rs"), &text), ["neuron words"], "{text}");
                }
                assert!(rules("crates/nullcline/src/network/a.rs", &text).is_empty());
            }
        }
        assert!(rules("crates/dynamics/src/a.rs", "// somatotopic, brainstorm").is_empty());
    }

    fn capital(word: &str) -> String {
        word[..1].to_uppercase() + &word[1..]
    }

    #[test]
    fn bindings_stay_in_their_door() {
        assert_eq!(rules("crates/dynamics/src/a.rs", "#[cfg(feature = \"python\")]\nfn f() {}"), ["doors"]);
        assert_eq!(rules("crates/nullcline/src/network/a.rs", "use pyo3::prelude;"), ["doors"]);
        assert_eq!(rules("crates/dynamics/Cargo.toml", "[features]\npython = []"), ["doors"]);
        assert!(
            rules("crates/python/src/lib.rs", "#[cfg(feature = \"python\")]\nuse pyo3::Python;").is_empty()
        );
    }
}
