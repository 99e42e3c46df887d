//! A study told: findings for programs, a story in words, figures for a paper, a page for the browser.
//!
//! | told as | by | for |
//! | --- | --- | --- |
//! | JSON | [`findings`], [`analysis_json`] | other programs |
//! | sentences and tables | [`story`], [`plain_text`] | the terminal |
//! | SVG, PNG | [`figures`], [`png`](png()) | a paper |
//! | HTML | [`html`](html()) | the browser |
//!
//! Nothing here knows how a finding was made: a [`Study`](crate::study::Study) comes in, text goes out, and equal studies
//! give equal bytes.

mod caveats;
mod continuation;
mod figure;
mod findings;
mod happened;
mod html;
mod interactive;
mod linear;
mod modes;
mod nonlinear;
mod number;
mod numbers;
mod paragraph;
mod phase_plane;
mod phrase;
mod png;
mod readable;
mod recording;
mod rests;
mod story;
mod synapses;
mod trials;
mod verdict;
mod why;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use continuation::{continuation_json, continuation_story, diagram_csv};
pub use figure::{Figure, figures};
pub use findings::{analysis_json, findings};
pub use html::html;
pub use number::number;
pub use paragraph::{Paragraph, plain_text};
pub use png::{PngError, png};
pub use recording::trajectory_npz;
pub use story::story;
