//! `completions SHELL`: a script that completes verbs and options.

use crate::args::{Cli, Completions};
use crate::failure::Failure;
use crate::tell;
use clap::CommandFactory;

/// Prints the script.
///
/// # Errors
/// Never.
pub fn completions(arguments: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "nullcline", &mut script);
    tell::say(&String::from_utf8_lossy(&script));
    Ok(())
}
