//! TOML to the types of the schema, with its messages in our words.

use crate::model::error::Problem;
use crate::model::schema::File;

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
    if message.starts_with("unknown field") {
        let (key, known) = quoted.split_first().expect("serde quotes the field");
        let problem = Problem::at(span, format!("unknown key `{key}`")).label("not a key of this table");
        return match (equations::nearest(key, known.iter().copied()), later(key)) {
            (_, Some(help)) => problem.help(help),
            (Some(near), None) => problem.help(format!("did you mean `{near}`?")),
            (None, None) => problem.help(format!("keys here are {}", list(known))),
        };
    }
    if message.starts_with("missing field") {
        let key = quoted.first().expect("serde quotes the field");
        return match *key {
            "format" => Problem::at(span.start..span.start, "`format` is missing")
                .help("a model file begins with `format = 1`"),
            key => Problem::at(span, format!("`{key}` is missing")).label(format!("needs the key `{key}`")),
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
    if let Some(rest) =
        message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))
    {
        let (found, expected) = rest.split_once(", expected ").unwrap_or((rest, "something else"));
        let expected = match expected {
            "i64" => "a whole number",
            "u64" | "usize" => "a whole number from 0 to 9223372036854775807",
            "a boolean" => "true or false",
            "a sequence" => "a list",
            other => other,
        };
        return Problem::at(span, format!("expected {expected}")).label(format!("found {found}"));
    }
    if message.starts_with("duplicate key") {
        return Problem::at(span, "this key stands twice in one table").help("keep one of them");
    }
    let first = message.lines().next().unwrap_or("this is not TOML");
    Problem::at(span, format!("this is not TOML: {first}"))
        .help("strings are quoted, lists have square brackets")
}

/// Keys of other versions and other tables, with what to do about them.
fn later(key: &str) -> Option<&'static str> {
    match key {
        "eq" | "define" | "readouts" | "spike" | "poisson" => Some(
            "equations and spikes come with a later version; this one declares units with `unit = \"rate\"`",
        ),
        "delay" | "plasticity" | "on_pre" => Some("delays and plasticity come with a later version"),
        _ => None,
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
}
