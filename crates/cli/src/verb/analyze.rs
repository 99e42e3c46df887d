//! `analyze MODEL` or `analyze MATRIX`: analysis without simulation.

use super::{source, write};
use crate::args::{Analyze, Options};
use crate::failure::Failure;
use crate::folder::OutFolder;
use crate::memory;
use crate::progress::Bar;
use crate::tell;
use linalg::Matrix;
use nullcline::equations::Quantity;
use nullcline::model::{MatrixError, matrix_literal, read_matrix_variable};
use nullcline::report::{analysis_json, findings, plain_text, story};
use nullcline::study::Study;
use nullcline::walk::{self, Reading};
use std::path::Path;

/// Analyzes a model or a matrix and tells what was found.
///
/// # Errors
/// Bad input; a matrix that needs more memory than there is.
pub fn analyze(arguments: &Analyze, options: &Options) -> Result<(), Failure> {
    let subject = arguments.subject.trim();
    let is_model = Path::new(subject).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let study = if is_model { of_model(arguments, options)? } else { of_matrix(arguments, options)? };
    if let Some(out) = &options.out {
        write::write(&study, &OutFolder::open(out)?, arguments.png)?;
    }
    if options.json {
        tell::say_json(&if is_model { findings(&study) } else { analysis_json(&study) });
    } else {
        tell::say(&plain_text(&story(&study), tell::width()));
    }
    Ok(())
}

fn of_model(arguments: &Analyze, options: &Options) -> Result<Study, Failure> {
    if arguments.tau.is_some() || arguments.map || arguments.variable.is_some() {
        return Err(Failure::input(
            "--tau, --map and --variable are for a bare matrix; a model says in its file what it is",
            "leave them away",
        ));
    }
    let (model, built) = source::open(Path::new(arguments.subject.trim()), options)?;
    let bar = Bar::new(options.json);
    let depth = walk::Options { simulate: false, full: arguments.full };
    let study = walk::examine(&model, &built, depth, &|fraction| bar.advance(fraction));
    bar.finish();
    source::examined(&model, study)
}

fn of_matrix(arguments: &Analyze, options: &Options) -> Result<Study, Failure> {
    if let Some(set) = options.set.first() {
        return Err(Failure::input(
            format!("`--set {set}` is for a model file, and this is a bare matrix"),
            "leave it away, or write a model with `[linear]`",
        ));
    }
    let subject = arguments.subject.trim();
    let m = read(subject, arguments.variable.as_deref(), options)?;
    if !m.is_square() {
        return Err(Failure::input(
            format!("the matrix is {} x {}, not square", m.rows(), m.cols()),
            "dx/dt = A x needs one row and one column for each variable",
        ));
    }
    let (reading, unit) = match &arguments.tau {
        Some(text) => {
            let (tau, unit) = time_constant(text)?;
            (Reading::Weights { tau }, unit)
        }
        None if arguments.map => (Reading::Map, ""),
        None => (Reading::Flow, ""),
    };
    let name =
        if Path::new(subject).is_file() { source::stem(Path::new(subject)) } else { subject.to_owned() };
    walk::examine_matrix(&name, &m, reading, unit, arguments.full)
        .map_err(|error| Failure::input(error, "check the entries of the matrix"))
}

/// tau as a number (the model's own unit of time) or as a quantity (seconds).
fn time_constant(text: &str) -> Result<(f64, &'static str), Failure> {
    let text = text.trim();
    let bad = |what: String| {
        Failure::input(what, "write for instance --tau 20ms, or a bare number in your own unit")
    };
    let (value, unit) = match text.parse::<f64>() {
        Ok(value) => (value, ""),
        Err(_) => {
            let quantity = Quantity::parse(text).map_err(|error| bad(error.to_string()))?;
            if !quantity.unit.is_time() {
                return Err(bad(format!("--tau {text} is no time")));
            }
            (quantity.value, "s")
        }
    };
    if value > 0.0 && value.is_finite() {
        return Ok((value, unit));
    }
    Err(bad(format!("--tau {text} is not positive")))
}

/// Reads a matrix from a file, or from the text itself.
///
/// # Errors
/// When it is neither, or larger than the memory allows.
pub fn read(subject: &str, variable: Option<&str>, options: &Options) -> Result<Matrix, Failure> {
    let path = Path::new(subject);
    let bytes = match std::fs::metadata(path) {
        Ok(data) if data.is_file() => {
            memory::refuse_above(data.len().saturating_mul(4), options.max_memory.as_deref(), "this matrix")?;
            std::fs::read(path).map_err(|error| {
                Failure::input(format!("`{subject}` cannot be read: {error}"), "check its permissions")
            })?
        }
        Ok(data) if data.is_dir() => {
            return Err(Failure::input(format!("`{subject}` is a folder"), "give a file in it"));
        }
        _ if looks_like_a_path(subject) => {
            return Err(Failure::input(
                format!("there is no file `{subject}`"),
                "give a .toml, .csv, .npy, .npz or .mat file, or a matrix such as \"3 1; 0 3\"",
            ));
        }
        _ => {
            let standard = "rows are separated by `;`, entries by blanks or commas";
            return matrix_literal(subject).map_err(|error| bad_matrix(&error, standard));
        }
    };
    let standard = match path.extension().and_then(|e| e.to_str()).unwrap_or("") {
        "npy" | "npz" | "safetensors" | "mat" => "save it again, as a matrix of real numbers",
        _ => "rows are separated by line ends, entries by blanks or commas",
    };
    read_matrix_variable(subject, &bytes, variable).map_err(|error| bad_matrix(&error, standard))
}

fn bad_matrix(error: &MatrixError, standard: &str) -> Failure {
    // The hint of a model file names its key; here it is an option.
    let hint = error.hint.as_ref().map(|hint| hint.replace("variable = ", "--variable "));
    Failure::input(error, hint.unwrap_or_else(|| standard.to_owned()))
}

fn looks_like_a_path(subject: &str) -> bool {
    !subject.contains(';') && subject.chars().any(|c| c.is_alphabetic() && c != 'e' && c != 'E')
}
