//! From the text of a file to a [`Model`], and from later errors back to the text.

use super::build;
use super::continuation::continued;
use super::error::{ModelError, Problem};
use super::folder::{Folder, Remembering};
use super::set::apply_set;
use super::source::Model;
use crate::network::NetworkError;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::Arc;

/// The `description` of a model file, without reading the rest of it.
pub fn description(text: &str) -> Option<String> {
    text.parse::<toml::Table>().ok()?.get("description")?.as_str().map(str::to_owned)
}

impl Model {
    /// Reads a model; `name` is the name of its file, for messages.
    ///
    /// # Errors
    /// Whatever is wrong with the file or the data that it names, with its place and a remedy.
    pub fn parse(name: &str, text: &str, folder: &dyn Folder) -> Result<Self, ModelError> {
        Self::parse_with(name, text, &[], folder)
    }

    /// The same after overriding values, each `a.b=VALUE`.
    ///
    /// # Errors
    /// As [`Model::parse`], and an override that cannot be applied.
    pub fn parse_with(
        name: &str,
        text: &str,
        sets: &[String],
        folder: &dyn Folder,
    ) -> Result<Self, ModelError> {
        let model = Self::without_continuation(name, text, sets, folder)?;
        match continued(&model) {
            Ok(continuation) => Ok(Self { continuation, ..model }),
            Err(problem) => Err(ModelError::new(name, &model.text, problem)),
        }
    }

    /// The model before `[continue]` is held against it.
    fn without_continuation(
        name: &str,
        text: &str,
        sets: &[String],
        folder: &dyn Folder,
    ) -> Result<Self, ModelError> {
        let sha256 = Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect();
        let mut edited = text.to_owned();
        for set in sets {
            edited = apply_set(&edited, set)?;
        }
        let folder = Remembering::new(folder);
        let model = build::model(&edited, &folder).map_err(|p| ModelError::new(name, &edited, p))?;
        let data = Arc::new(folder.into_memory());
        Ok(Self { file: name.to_owned(), text: edited, sha256, data, ..model })
    }

    /// The same model with a value overridden, `a.b=VALUE`; its data are not read again.
    ///
    /// # Errors
    /// As [`Model::parse_with`].
    pub fn with(&self, set: &str) -> Result<Self, ModelError> {
        let sets = [set.to_owned()];
        let model = Self::without_continuation(&self.file, &self.text, &sets, self.data.as_ref())?;
        let (sha256, name) = (self.sha256.clone(), self.name.clone());
        Ok(Self { sha256, name, continuation: self.continuation.clone(), ..model })
    }

    /// An error of the network, at the part of the text that it is about.
    pub fn locate(&self, error: &NetworkError) -> ModelError {
        let known = |list: &[(String, Range<usize>)]| {
            let of = |name: &str| error.place == name || error.place.starts_with(&format!("{name}."));
            list.iter().find(|(name, _)| of(name)).map(|(_, span)| span.clone())
        };
        let span = known(&self.places.0).unwrap_or(0..0);
        ModelError::new(&self.file, &self.text, Problem::at(span, &error.what).help(&error.remedy))
    }

    /// An error of the simulation, at the method of `[run]`; a remedy that follows a `;` becomes the help.
    pub fn error_in_run(&self, message: &str) -> ModelError {
        let span =
            self.places.0.iter().find(|(name, _)| name == "run").map_or(0..0, |(_, span)| span.clone());
        match message.split_once("; ") {
            Some((what, remedy)) => self.error_at(span, what, Some(remedy.to_owned())),
            None => self.error_at(span, message, None),
        }
    }

    /// An error of a door that belongs to one line of `[expect]`, `[run]` or another span of the text.
    pub fn error_at(&self, span: Range<usize>, message: &str, help: Option<String>) -> ModelError {
        ModelError::new(&self.file, &self.text, Problem::at(span, message).maybe_help(help))
    }
}
