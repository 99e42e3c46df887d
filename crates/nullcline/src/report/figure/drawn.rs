//! A figure that is done: a drawing with its name, its title and what it shows.

use super::canvas::Canvas;

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

impl Figure {
    /// The figure that a canvas holds.
    pub(super) fn new(name: &str, title: &str, caption: String, canvas: Canvas) -> Self {
        Self { name: name.into(), title: title.into(), caption, svg: canvas.finish(name, title) }
    }
}
