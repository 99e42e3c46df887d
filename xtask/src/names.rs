//! Files and folders are named by a noun of the subject, never by the drawer that they were put in.

use crate::finding::Finding;
use crate::house::House;

const DRAWERS: [&str; 16] = [
    "common",
    "commons",
    "helper",
    "helpers",
    "misc",
    "miscellaneous",
    "prelude",
    "results",
    "shared",
    "stuff",
    "temp",
    "tmp",
    "todo",
    "types",
    "util",
    "utils",
];

/// Files and folders with a forbidden name.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &house.files {
        let parts =
            file.path.split('/').map(|p| p.split_once('.').map_or(p, |(stem, _)| stem).to_lowercase());
        if let Some(name) = parts.into_iter().find(|p| DRAWERS.contains(&p.as_str())) {
            let what = format!("`{name}` names a drawer, not a thing");
            let remedy = "put each piece beside its only caller, or name it by its noun";
            found.push(Finding::new(&file.path, 1, "names", what, remedy));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawer_is_found_as_file_and_as_folder() {
        for name in DRAWERS {
            for path in [format!("crates/x/src/{name}.rs"), format!("crates/x/tests/{name}/mod.rs")] {
                assert_eq!(check(&House::of(&[(&path, "")])).len(), 1, "{path}");
            }
        }
        assert_eq!(check(&House::of(&[("TODO.md", "")])).len(), 1);
    }

    #[test]
    fn nouns_pass() {
        assert_eq!(
            check(&House::of(&[("crates/x/src/utility_curve.rs", ""), ("crates/x/src/lu.rs", "")])),
            []
        );
    }
}
