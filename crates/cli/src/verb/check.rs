//! `check MODEL`: parse, build, check; with `--run` also the `[expect]` block.

use super::{analyze, run, source};
use crate::args::{Check, Options};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::tell;
use nullcline::model::{Model, Source};
use nullcline::network::{Orientation, orientation_by_sign};
use nullcline::report::findings;
use nullcline::study::Study;
use nullcline::walk::{self, Built};
use serde_json::{Value, json};
use std::path::Path;

/// Checks each model; an expectation that fails is told after all were checked.
///
/// # Errors
/// Bad input at the first model that has it; a failed expectation; a run that diverged.
pub fn check(arguments: &Check, options: &Options) -> Result<(), Failure> {
    let mut told = Vec::new();
    let mut failure = None;
    for path in &arguments.models {
        let (told_here, result) = if is_matrix(path) {
            (check_matrix(path, options)?, Ok(()))
        } else {
            check_model(path, arguments.run, options)?
        };
        told.push(told_here);
        failure = failure.or(result.err());
    }
    if options.json {
        tell::say_json(&if told.len() == 1 { told.remove(0) } else { Value::Array(told) });
    }
    failure.map_or(Ok(()), Err)
}

fn is_matrix(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    ["csv", "npy", "npz", "safetensors", "mat"].contains(&extension.as_str())
}

fn check_matrix(path: &Path, options: &Options) -> Result<Value, Failure> {
    let a = analyze::read(&path.display().to_string(), None, options)?;
    let (rows, cols) = (a.rows(), a.cols());
    let (word, sentence) = match orientation_by_sign(&a) {
        Orientation::PostPre { .. } => {
            ("post, pre", "columns have one sign each and rows do not: rows are targets, columns sources")
        }
        Orientation::PrePost { .. } => {
            ("pre, post", "rows have one sign each and columns do not: rows are sources, columns targets")
        }
        Orientation::Neither { .. } => {
            ("mixed", "rows and columns both have mixed signs: Dale's law holds for neither side")
        }
        Orientation::Undecided => ("undecided", "the signs do not tell which side is the source"),
    };
    if !options.json {
        tell::say(&format!(
            "{}: {rows} x {cols}, all entries finite\n  orientation by the sign test: [{word}] ({sentence})",
            path.display()
        ));
    }
    Ok(
        json!({ "file": path.display().to_string(), "rows": rows, "columns": cols, "orientation": word, "reason": sentence }),
    )
}

fn check_model(
    path: &Path,
    with_run: bool,
    options: &Options,
) -> Result<(Value, Result<(), Failure>), Failure> {
    let (model, built) = source::open(path, options)?;
    let warnings = warnings(&model, &built);
    let n = built.system.dimension();
    let mut json = json!({ "model": model.name, "file": path.display().to_string(), "variables": n, "warnings": warnings });
    if !options.json {
        tell::say(&format!(
            "{}: {n} variable{}; parsed, built, shapes, units and signs agree",
            path.display(),
            if n == 1 { "" } else { "s" }
        ));
        for warning in &warnings {
            tell::say(&format!("  warning: {warning}"));
        }
    }
    if !with_run {
        return Ok((json, Ok(())));
    }
    source::refuse_long_recording(&model, &built, options)?;
    let bar = Bar::new(options.json);
    let depth = walk::Options { simulate: model.run.is_some(), full: false };
    let study = walk::examine(&model, &built, depth, &|fraction| bar.advance(fraction));
    bar.finish();
    let study = source::examined(&model, study)?;
    let passed = study.expect.iter().all(|outcome| outcome.pass);
    json["expect"] = findings(&study)["expect"].clone();
    json["pass"] = Value::from(passed);
    if !options.json {
        tell::say(&expectations(&study));
    }
    let result = run::outcome(&study).and(if passed { Ok(()) } else { Err(Failure::Expectation) });
    Ok((json, result))
}

fn expectations(study: &Study) -> String {
    if study.expect.is_empty() {
        return "  no [expect] block: nothing was tested".to_owned();
    }
    let line = |o: &nullcline::study::Outcome| match o.pass {
        true => format!("  pass  {}", o.path),
        false => format!("  FAIL  {}: expected {}, measured {}", o.path, o.words, o.measured),
    };
    study.expect.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What is allowed and yet likely wrong: a stated orientation that the signs contradict.
fn warnings(model: &Model, built: &Built) -> Vec<String> {
    let Source::Network(_) = &model.system else { return Vec::new() };
    let Some(m) = built.connectivity.as_ref().map(|c| c.m.to_dense()) else { return Vec::new() };
    match orientation_by_sign(&m) {
        Orientation::PrePost { .. } => vec![
            "the sign test says that the weights are transposed: rows have one sign each, columns do not; check `axes`".to_owned(),
        ],
        _ => Vec::new(),
    }
}
