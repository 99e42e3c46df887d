//! Words in a text of equations.

/// Whether a text has this word.
pub(super) fn uses(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word)
}
