//! A model read from disk, with the overrides of the command line.

use crate::args::Options;
use crate::failure::Failure;
use crate::memory;
use nullcline::model::{DiskFolder, Folder, FolderError, Model, Source};
use nullcline::network::{bytes_needed, bytes_needed_by_equations};
use nullcline::walk::{Built, ExamineError, build, bytes_recorded};
use std::cell::RefCell;
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
    let folder =
        Guarded { folder: DiskFolder::new(parent), root: parent, options, refused: RefCell::new(None) };
    let name = path.display().to_string();
    let parsed = Model::parse_with(&name, &text, &sets, &folder);
    if let Some(refused) = folder.refused.take() {
        return Err(refused);
    }
    let mut model = parsed.map_err(miette::Report::new)?;
    if model.name.is_empty() {
        model.name = stem(path);
    }
    let needed = match &model.system {
        Source::Network(network) => bytes_needed(network),
        Source::Equations(network) => bytes_needed_by_equations(network),
        Source::Linear(_) | Source::Trained(_) => 0,
    };
    memory::refuse_above(needed, options.max_memory.as_deref(), "this network")?;
    let built = build(&model).map_err(|error| miette::Report::new(model.locate(&error)))?;
    Ok((model, built))
}

/// Why a model could not be examined: a simulation that was refused is shown at `[run]`.
pub fn examined<T>(model: &Model, result: Result<T, ExamineError>) -> Result<T, Failure> {
    result.map_err(|error| match error {
        ExamineError::Simulate(error) => miette::Report::new(model.error_in_run(&error.to_string())).into(),
        ExamineError::Network(error) => miette::Report::new(model.locate(&error)).into(),
        ExamineError::Refused { what, remedy } => Failure::input(what, remedy),
        ExamineError::Analyze(error) => Failure::input(error, "see the matrices of the model"),
    })
}

/// Refuses a recording that needs more memory than there is.
///
/// # Errors
/// [`Failure::Limit`] with the forecast.
pub fn refuse_long_recording(model: &Model, built: &Built, options: &Options) -> Result<(), Failure> {
    memory::refuse_above(
        bytes_recorded(model, built),
        options.max_memory.as_deref(),
        "the recording of this run (`[run] t`, `record.every`, `ensemble`)",
    )
}

/// The folder of a model, from which no file is read that memory cannot hold.
struct Guarded<'a> {
    folder: DiskFolder,
    root: &'a Path,
    options: &'a Options,
    refused: RefCell<Option<Failure>>,
}

impl Folder for Guarded<'_> {
    fn read(&self, relative: &str) -> Result<Vec<u8>, FolderError> {
        let size = std::fs::metadata(self.root.join(relative)).map_or(0, |file| file.len());
        // The bytes, and the numbers made of them.
        let needed = size.saturating_mul(4);
        let what = format!("the data file `{relative}`");
        if let Err(refused) = memory::refuse_above(needed, self.options.max_memory.as_deref(), &what) {
            self.refused.replace(Some(refused));
            return Err(FolderError::TooLarge(relative.to_owned()));
        }
        self.folder.read(relative)
    }
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
