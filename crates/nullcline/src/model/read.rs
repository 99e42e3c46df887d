//! From the text of a file to a [`Model`], and from later errors back to the text.

use super::build;
use super::error::{ModelError, Problem};
use super::folder::Folder;
use super::set::apply_set;
use super::source::Model;
use crate::network::NetworkError;
use sha2::{Digest, Sha256};
use std::ops::Range;

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
        let sha256 = Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect();
        let mut edited = text.to_owned();
        for set in sets {
            edited = apply_set(&edited, set)?;
        }
        let model = build::model(&edited, folder).map_err(|p| ModelError::new(name, &edited, p))?;
        Ok(Self { file: name.to_owned(), text: edited, sha256, ..model })
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

    /// An error of a door that belongs to one line of `[expect]`, `[run]` or another span of the text.
    pub fn error_at(&self, span: Range<usize>, message: &str, help: Option<String>) -> ModelError {
        ModelError::new(&self.file, &self.text, Problem::at(span, message).maybe_help(help))
    }
}
