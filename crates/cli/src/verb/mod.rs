//! One file for each verb.

pub mod analyze;
pub mod check;
pub mod completions;
pub mod continuation;
pub mod new;
pub mod run;
pub mod schema;
mod source;
mod write;
