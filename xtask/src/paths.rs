//! No text names a path of one machine.

use crate::finding::Finding;
use crate::house::House;

/// Beginnings of such paths, written so that this file passes its own rule.
const BEGINNINGS: [&str; 7] = [
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "work/"),
    concat!("/", "Users/"),
    concat!("/", "tmp/"),
    concat!("/", "mnt/"),
    concat!("C:", "\\"),
];

/// Paths of one machine.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &house.files {
        for (k, line) in file.text.lines().enumerate() {
            if let Some(beginning) = BEGINNINGS.iter().find(|b| begins(line, b)) {
                let what = format!("the path `{beginning}…` exists on one machine only");
                let remedy = "use a path relative to the repository, or std::env::temp_dir()";
                found.push(Finding::new(&file.path, k + 1, "paths", what, remedy));
            }
        }
    }
    found
}

/// Whether the line has the text where a path begins, so not inside a longer path or an address.
fn begins(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(k, _)| {
        let before = line[..k].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '/' | '_' | '-' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_found() {
        for beginning in BEGINNINGS {
            for text in
                [format!("let a = \"{beginning}x\";"), format!("see {beginning}x"), format!("{beginning}x")]
            {
                assert_eq!(check(&House::of(&[("a.md", &text)])).len(), 1, "{text}");
            }
        }
    }

    #[test]
    fn addresses_and_relative_paths_pass() {
        let text = format!("https://example.org{}x and ..{}y", BEGINNINGS[0], BEGINNINGS[2]);
        assert_eq!(check(&House::of(&[("a.md", &text)])), []);
    }
}
