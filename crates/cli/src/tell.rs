//! Where words go: findings and stories to standard output, complaints to standard error.

use std::io::Write;

/// Prints text on standard output; a reader that went away (`| head`) ends the program quietly.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    if write!(out, "{text}{newline}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Prints JSON on standard output.
pub fn say_json(value: &serde_json::Value) {
    say(&format!("{value:#}"));
}

/// Prints a complaint on standard error.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

/// Columns of the terminal that a paragraph is set in: comfortable to read, at most 100.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse::<usize>().ok());
    columns.unwrap_or(100).clamp(60, 100)
}
