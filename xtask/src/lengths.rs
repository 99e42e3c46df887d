//! A file is one thought: at most 600 lines, or a written reason in `xtask/exemptions.txt`.
//!
//! A line of that list is `path: reason`; a `#` begins a comment. An exemption that nothing needs is an error too.

use crate::finding::Finding;
use crate::house::House;

const MOST: usize = 600;
const LIST: &str = "xtask/exemptions.txt";

/// Files that are too long, and exemptions that are wrong.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    let list = house.file(LIST).map_or("", |f| f.text.as_str());
    let mut exempt = Vec::new();
    for (k, line) in list.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
        let (path, reason) = line.split_once(':').unwrap_or((line, ""));
        let mut bad =
            |what: String, remedy: &str| found.push(Finding::new(LIST, k + 1, "lengths", what, remedy));
        if reason.split_whitespace().count() < 3 {
            bad(format!("the exemption of {path} gives no reason"), "write `path: reason` in words");
        }
        match house.file(path) {
            Some(file) if file.text.lines().count() > MOST => {}
            Some(_) => bad(format!("{path} no longer needs its exemption"), "remove the line"),
            None => bad(format!("{path} does not exist"), "remove the line"),
        }
        exempt.push(path);
    }
    for (file, _) in house.rust() {
        let lines = file.text.lines().count();
        if lines > MOST && !exempt.contains(&file.path.as_str()) {
            let what = format!("{lines} lines, {MOST} are the most");
            let remedy = "look for two nouns and split it, or write the reason to xtask/exemptions.txt";
            found.push(Finding::new(&file.path, MOST + 1, "lengths", what, remedy));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_601_lines_needs_a_reason() {
        let long = "x\n".repeat(601);
        let house = House::of(&[("a.rs", &long), ("b.rs", &"x\n".repeat(600))]);
        let found = check(&house);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "a.rs");
        assert_eq!(check(&House::of(&[("a.rs", &long), (LIST, "a.rs: one long table\n")])), []);
    }

    #[test]
    fn an_exemption_without_need_file_or_reason_is_found() {
        let house =
            House::of(&[("a.rs", "x\n"), (LIST, "# list\na.rs: one long table\nb.rs: one long table\n")]);
        assert_eq!(check(&house).len(), 2);
        let long = "x\n".repeat(601);
        assert_eq!(check(&House::of(&[("a.rs", &long), (LIST, "a.rs\n")])).len(), 1);
    }
}
