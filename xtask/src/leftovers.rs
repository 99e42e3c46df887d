//! Nothing half done is left in the tree: no notes to oneself, no debugging, no test that is switched off.

use crate::finding::Finding;
use crate::house::House;
use crate::source::tokens;

/// Notes to oneself, written so that this file passes its own rule.
const NOTES: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
const MACROS: [&str; 3] = ["dbg", "todo", "unimplemented"];

/// Leftovers in code, comments and texts.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &house.files {
        let prose = file.rust.as_ref().map_or(file.text.as_str(), |s| s.comments.as_str());
        for (k, line) in prose.lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_alphanumeric());
            if let Some(note) = words.find(|w| NOTES.contains(w)) {
                let what = format!("`{note}` is left in the text");
                found.push(Finding::new(
                    &file.path,
                    k + 1,
                    "leftovers",
                    what,
                    "do it, or say why it is not done",
                ));
            }
        }
        let code = file.rust.as_ref().map_or_else(Vec::new, |s| tokens(&s.code));
        for w in code.windows(2) {
            if MACROS.contains(&w[0].text.as_str()) && w[1].text == "!" {
                let what = format!("`{}!` is left in the code", w[0].text);
                found.push(Finding::new(
                    &file.path,
                    w[0].line,
                    "leftovers",
                    what,
                    "finish it, or take it out",
                ));
            }
        }
        for w in code.windows(3) {
            if w[0].text == "#" && w[1].text == "[" && w[2].text == "ignore" {
                let what = "a test is switched off".to_owned();
                let remedy = "make it pass, or delete it with the reason in the commit";
                found.push(Finding::new(&file.path, w[0].line, "leftovers", what, remedy));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leftover_is_found() {
        for note in NOTES {
            assert_eq!(check(&House::of(&[("a.rs", &format!("// {note}: later"))])).len(), 1, "{note}");
            assert_eq!(check(&House::of(&[("a.md", &format!("- {note}"))])).len(), 1, "{note}");
        }
        for name in MACROS {
            assert_eq!(check(&House::of(&[("a.rs", &format!("fn f() {{ {name}!() }}"))])).len(), 1, "{name}");
        }
        for text in ["#[ignore]\nfn f() {}", "#[ ignore = \"slow\" ]\nfn f() {}"] {
            assert_eq!(check(&House::of(&[("a.rs", text)])).len(), 1, "{text}");
        }
    }

    #[test]
    fn strings_are_not_leftovers() {
        assert_eq!(check(&House::of(&[("a.rs", &format!("const A: &str = \"{} dbg!()\";", NOTES[0]))])), []);
    }
}
