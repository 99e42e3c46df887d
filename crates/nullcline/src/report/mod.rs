//! A study told: findings for programs, a story in words, figures for a paper, a page for the browser.
//!
//! | told as | by | for |
//! | --- | --- | --- |
//! | JSON | [`findings`], [`analysis_json`] | other programs |
//! | sentences and tables | [`story`], [`plain_text`] | the terminal |
//!
//! Nothing here knows how a finding was made: a [`Study`](crate::study::Study) comes in, text goes out, and equal studies
//! give equal bytes.

mod findings;
mod linear;
mod verdict;

pub use findings::{analysis_json, findings, number};
