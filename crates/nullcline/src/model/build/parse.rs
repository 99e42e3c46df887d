//! TOML to the types of the schema, with its messages in our words.

use super::words;
use crate::model::error::Problem;
use crate::model::schema::File;
use std::ops::Range;

/// Larger texts are data, not a model.
const MAX_BYTES: usize = 64 << 20;

/// Reads the text.
pub(super) fn parse(text: &str) -> Result<File, Problem> {
    if text.len() > MAX_BYTES {
        let problem = Problem::at(0..0, "this model file is larger than 64 MiB");
        return Err(problem.help("put matrices into .npy or .csv files beside it"));
    }
    toml::from_str(text).map_err(|e| translate(&e, text))
}

fn translate(error: &toml::de::Error, text: &str) -> Problem {
    let span = error.span().unwrap_or(0..text.lines().next().map_or(0, str::len));
    let message = error.message().trim();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let key = key_before(text, span.start);
    if message.starts_with("unknown field") {
        let (key, known) = quoted.split_first().expect("serde quotes the field");
        let problem = Problem::at(span, format!("unknown key `{key}`")).label("not a key of this table");
        return match (words::elsewhere(key), equations::nearest(key, known.iter().copied())) {
            (Some(help), _) => problem.help(help),
            (None, Some(near)) => problem.help(format!("did you mean `{near}`?")),
            (None, None) => problem.help(format!("keys here are {}", list(known))),
        };
    }
    if message.starts_with("missing field") {
        let key = quoted.first().expect("serde quotes the field");
        return match *key {
            "format" => Problem::at(span.start..span.start, "`format` is missing")
                .help("a model file begins with `format = 1`"),
            key => Problem::at(span, format!("`{key}` is missing"))
                .label(format!("needs the key `{key}`"))
                .help(words::example(key).map_or_else(|| format!("add `{key} = …` here"), str::to_owned)),
        };
    }
    if message.starts_with("unknown variant") {
        let (word, known) = quoted.split_first().expect("serde quotes the variant");
        let problem = Problem::at(span, format!("`{word}` is not known here"));
        return match equations::nearest(word, known.iter().copied()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!("known here: {}", list(known))),
        };
    }
    for prefix in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((found, expected)) =
            message.strip_prefix(prefix).and_then(|m| m.split_once(", expected "))
        {
            return wrong_kind(span, key, found, expected);
        }
    }
    if message.starts_with("duplicate key") {
        return Problem::at(span, "this key stands twice in one table").help("keep one of them");
    }
    let first = message.lines().next().unwrap_or("this is not TOML");
    let line = text[..span.start].rfind('\n').map_or(0, |n| n + 1);
    let equation = text[line..].lines().next().is_some_and(|line| line.contains("/dt"));
    Problem::at(span, format!("this is not TOML: {first}")).help(if equation {
        "put equations in quotation marks, as in `eq = \"dx/dt = -x\"`; several lines stand between `\"\"\"` and `\"\"\"`"
    } else {
        "strings are quoted, also quantities such as \"20 ms\"; lists have square brackets"
    })
}

/// A value of another kind than the key needs.
fn wrong_kind(span: Range<usize>, key: Option<&str>, found: &str, expected: &str) -> Problem {
    let (what, remedy) = words::expected(expected);
    let message = match key {
        Some(key) => format!("`{key}` needs {what}"),
        None => format!("expected {what}"),
    };
    let own =
        key.and_then(|key| words::of_table(expected, key).or_else(|| words::example(key).map(str::to_owned)));
    Problem::at(span, message).label(format!("found {}", words::found(found))).help(own.unwrap_or(remedy))
}

/// The key whose value begins here.
fn key_before(text: &str, start: usize) -> Option<&str> {
    let before = text.get(..start)?.trim_end().strip_suffix('=')?.trim_end();
    let letter = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let key = &before[before.trim_end_matches(letter).len()..];
    (!key.is_empty()).then_some(key)
}

fn list(names: &[&str]) -> String {
    names.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
}
