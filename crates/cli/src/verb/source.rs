//! A model read from disk, with the overrides of the command line.

use crate::args::Options;
use crate::failure::Failure;
use crate::memory;
use nullcline::model::{DiskFolder, Model, Source};
use nullcline::network::bytes_needed;
use nullcline::walk::{Built, build};
use std::path::Path;

/// Reads and builds a model.
///
/// # Errors
/// Bad input; a network that needs more memory than there is.
pub fn open(path: &Path, options: &Options) -> Result<(Model, Built), Failure> {
    let text = read(path)?;
    let seed = options.seed.map(|seed| format!("seed={seed}"));
    let sets: Vec<String> = options.set.iter().cloned().chain(seed).collect();
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = DiskFolder::new(parent);
    let name = path.display().to_string();
    let model = Model::parse_with(&name, &text, &sets, &folder).map_err(miette::Report::new)?;
    if let Source::Network(network) = &model.system {
        memory::refuse_above(bytes_needed(network), options.max_memory.as_deref(), "this network")?;
    }
    let built = build(&model)
        .map_err(|error| Failure::input(format!("{}: {}", error.place, error.what), error.remedy))?;
    Ok((model, built))
}

/// The stem of a path, which names the default output folder.
pub fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "model".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        let remedy = if error.kind() == std::io::ErrorKind::NotFound {
            "`nullcline new NAME > model.toml` makes one from the gallery"
        } else {
            "give the path of a model file"
        };
        Failure::input(format!("`{shown}` cannot be read: {error}"), remedy)
    })?;
    String::from_utf8(bytes)
        .map_err(|_| Failure::input(format!("`{shown}` is not text"), "a model is a TOML file in UTF-8"))
}
