//! `new NAME`: a gallery model, to start from.

use crate::args::{New, Options};
use crate::failure::Failure;
use crate::folder::OutFolder;
use crate::tell;
use nullcline::gallery::{self, Entry};
use serde_json::json;

/// Prints a gallery model, or writes it with its data into `-o DIR`; without a name, lists them all.
///
/// # Errors
/// When there is none of that name, or the folder cannot be written to.
pub fn new(arguments: &New, options: &Options) -> Result<(), Failure> {
    let Some(name) = &arguments.name else {
        list(options);
        return Ok(());
    };
    let entry = gallery::find(name).ok_or_else(|| unknown(name))?;
    if let Some(out) = &options.out {
        let folder = OutFolder::open(out)?;
        folder.write(&format!("{name}.toml"), entry.text.as_bytes())?;
        for (path, bytes) in entry.data {
            folder.write(path, bytes)?;
        }
        let written = out.join(format!("{name}.toml")).display().to_string();
        if options.json {
            tell::say_json(&json!({ "name": name, "file": written }));
        } else {
            tell::say(&format!("wrote {written}"));
        }
        return Ok(());
    }
    if options.json {
        tell::say_json(&json!({ "name": name, "text": entry.text }));
    } else {
        tell::say(entry.text);
        if !entry.data.is_empty() {
            tell::complain(&format!(
                "note: this model reads data beside it; `nullcline new {name} -o DIR` writes both"
            ));
        }
    }
    Ok(())
}

fn list(options: &Options) {
    let described = |entry: &Entry| (entry.name, gallery::description(entry));
    if options.json {
        let all: Vec<_> = gallery::ENTRIES.iter().map(described).collect();
        let all: Vec<_> =
            all.iter().map(|(name, text)| json!({ "name": name, "description": text })).collect();
        tell::say_json(&json!(all));
        return;
    }
    let width = gallery::ENTRIES.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for (name, text) in gallery::ENTRIES.iter().map(described) {
        tell::say(&format!("{name:width$}  {text}"));
    }
}

fn unknown(name: &str) -> Failure {
    let nearest = nullcline::equations::nearest(name, gallery::ENTRIES.iter().map(|entry| entry.name));
    let remedy = match nearest {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`nullcline new` lists them".to_owned(),
    };
    Failure::input(format!("the gallery has no model `{name}`"), remedy)
}
