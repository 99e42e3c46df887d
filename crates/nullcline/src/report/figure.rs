//! The figures of a study.

use crate::study::Study;

/// A figure, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its file name without the extension.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it shows, in sentences.
    pub caption: String,
    /// The drawing: a whole SVG document.
    pub svg: String,
}

/// Every figure that the study has the data for.
pub fn figures(_study: &Study) -> Vec<Figure> {
    Vec::new()
}
