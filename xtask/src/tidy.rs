//! The house rules, all of them.

use crate::finding::Finding;
use crate::house::House;
use crate::{cycles, docs, floors, gallery, leftovers, lengths, names, paths, rooms};
use std::path::Path;

/// A rule of the house.
type Rule = fn(&House) -> Vec<Finding>;

const RULES: [Rule; 9] = [
    floors::check,
    cycles::check,
    rooms::check,
    names::check,
    docs::check,
    lengths::check,
    leftovers::check,
    paths::check,
    gallery::check,
];

/// Prints what is wrong; whether nothing is.
pub fn report(root: &Path) -> bool {
    let house = match House::read(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("the repository cannot be read: {error}");
            return false;
        }
    };
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&house)).collect();
    found.sort();
    found.dedup();
    for finding in &found {
        println!("{finding}");
    }
    println!("tidy: {} files, {} findings", house.files.len(), found.len());
    found.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_with_one_fault_for_each_rule_has_every_finding() {
        let house = House::of(&[
            ("crates/linalg/Cargo.toml", "[dependencies]\ncli.workspace = true\n"),
            ("crates/linalg/src/lib.rs", "//! The root of the crate.\nmod a;\nmod b;\n"),
            ("crates/linalg/src/a.rs", "//! One of two modules.\nuse crate::b::B;\npub struct A;"),
            ("crates/linalg/src/b.rs", "//! Two of two modules.\nuse crate::a::A;\npub struct B;"),
            ("crates/dynamics/src/field.rs", "//! A field that prints.\nfn f() { println!() }"),
            ("crates/dynamics/src/utils.rs", concat!("fn f() { to", "do!() }")),
            ("models/a.toml", concat!("file = \"/ho", "me/me/a.csv\"")),
            ("xtask/exemptions.txt", "gone.rs: it was long once\n"),
        ]);
        let found: std::collections::BTreeSet<&str> =
            RULES.iter().flat_map(|r| r(&house)).map(|f| f.rule).collect();
        let expected =
            ["cycles", "docs", "floors", "gallery", "leftovers", "lengths", "names", "paths", "printing"];
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }
}
