//! Every Rust file begins with a `//!` documentation of at least one sentence.

use crate::finding::Finding;
use crate::house::House;

/// Files without module documentation.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for (file, _) in house.rust() {
        if !begins_with_a_sentence(&file.text) {
            let what = "the file does not begin with a `//!` sentence".to_owned();
            let remedy = "say in its first line what the file is about";
            found.push(Finding::new(&file.path, 1, "docs", what, remedy));
        }
    }
    found
}

/// Whether the first paragraph of module documentation that is no heading is a sentence: three words, and an end.
fn begins_with_a_sentence(text: &str) -> bool {
    let lines = text.lines().map_while(|l| l.strip_prefix("//!")).map(str::trim);
    let paragraph: Vec<&str> =
        lines.skip_while(|l| l.is_empty() || l.starts_with('#')).take_while(|l| !l.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    paragraph.split_whitespace().count() >= 3 && paragraph.contains(['.', ':', '?', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_sentence_is_found() {
        for text in [
            "",
            "fn f() {}",
            "// A plain comment is no doc.",
            "//! placeholder",
            "//! # A heading only.\n",
            "\n//! Too late it comes.",
        ] {
            assert_eq!(check(&House::of(&[("a.rs", text)])).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn a_sentence_passes() {
        for text in
            ["//! What a file is about.\n", "//! # Heading\n//!\n//! It may go\n//! over two lines.\n"]
        {
            assert_eq!(check(&House::of(&[("a.rs", text)])), [], "{text:?}");
        }
    }
}
