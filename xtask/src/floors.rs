//! Which crate may use which, and inside a crate which module may use which.

use crate::finding::Finding;
use crate::house::House;
use crate::manifest::dependencies;
use crate::modules::Modules;
use std::collections::BTreeSet;

/// What each crate may use of the house. A crate that is not listed has no floor yet.
const CRATES: [(&str, &[&str]); 8] = [
    ("equations", &[]),
    ("linalg", &[]),
    ("dynamics", &["linalg"]),
    ("nullcline", &["dynamics", "equations", "linalg"]),
    ("cli", &["nullcline", "dynamics", "linalg"]),
    ("python", &["nullcline", "dynamics", "linalg"]),
    ("web", &["nullcline", "dynamics", "linalg"]),
    ("xtask", &[]),
];

/// The modules at the top of a crate, lowest first: each may use those before it. Crates that are not listed have
/// only the rule against cycles.
const MODULES: [(&str, &[&str]); 2] = [
    ("dynamics", &["random", "field", "simulate", "analyze"]),
    ("nullcline", &["spiking", "network", "model", "gallery", "study", "report", "walk"]),
];

/// Broken floors, between crates and between the top modules of a crate.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = crates(house);
    for (room, order) in MODULES {
        found.extend(modules(house, room, order));
    }
    found
}

/// The source folder of every crate in the house.
pub fn source_folders(house: &House) -> BTreeSet<String> {
    let of = |path: &str| path.find("/src/").map(|k| path[..k + 5].to_owned());
    house.rust().filter_map(|(f, _)| of(&f.path)).collect()
}

fn crates(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    let houses: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    for file in house.files.iter().filter(|f| f.path.ends_with("/Cargo.toml")) {
        let folder = file.path.trim_end_matches("/Cargo.toml");
        let room = folder.trim_start_matches("crates/");
        let Some((_, allowed)) = CRATES.iter().find(|(name, _)| *name == room) else {
            if folder.starts_with("crates/") {
                let what = format!("crate `{room}` has no floor");
                found.push(Finding::new(
                    &file.path,
                    1,
                    "floors",
                    what,
                    "name what it may use in xtask/src/floors.rs",
                ));
            }
            continue;
        };
        for d in dependencies(&file.text) {
            if houses.contains(d.name.as_str()) && !allowed.contains(&d.name.as_str()) && d.name != room {
                let may = if allowed.is_empty() { "no other crate".to_owned() } else { allowed.join(", ") };
                let what = format!("`{room}` may not use `{}` (it may use {may})", d.name);
                let remedy = "move the code to the room that may know both";
                found.push(Finding::new(&file.path, d.line, "floors", what, remedy));
            }
        }
    }
    found
}

fn modules(house: &House, room: &str, order: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    let folder = format!("crates/{room}/src/");
    let place = |name: &str| order.iter().position(|o| *o == name);
    for (file, _) in house.library().filter(|(f, _)| f.path.starts_with(&folder)) {
        let name = file.path[folder.len()..].split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if place(name).is_none() && !matches!(name, "lib" | "main") {
            let what = format!("module `{name}` of `{room}` has no floor");
            found.push(Finding::new(&file.path, 1, "floors", what, "give it a place in xtask/src/floors.rs"));
        }
    }
    for import in Modules::read(house, &folder).imports() {
        if let (Some(from), Some(to)) = (import.from.first(), import.to.first())
            && let (Some(low), Some(high)) = (place(from), place(to))
            && low < high
        {
            let what = format!("`{from}` of `{room}` uses `{to}`, which lies above it");
            let remedy = format!("the order is {}: move what is shared down", order.join(" < "));
            found.push(Finding::new(&import.file, import.line, "floors", what, &remedy));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_may_not_look_up() {
        for (room, up) in [
            ("equations", "linalg"),
            ("linalg", "dynamics"),
            ("dynamics", "nullcline"),
            ("dynamics", "equations"),
            ("nullcline", "cli"),
            ("nullcline", "nullcline-cli"),
            ("xtask", "linalg"),
        ] {
            let path =
                if room == "xtask" { "xtask/Cargo.toml".into() } else { format!("crates/{room}/Cargo.toml") };
            let text = format!("[package]\nname = \"{room}\"\n[dev-dependencies]\n{up}.workspace = true\n");
            let found = check(&House::of(&[(&path, &text)]));
            assert_eq!(found.len(), 1, "{room} -> {up}: {found:?}");
            assert_eq!((found[0].rule, found[0].line), ("floors", 4));
        }
    }

    #[test]
    fn a_crate_may_look_down() {
        let text = "[dependencies]\nlinalg.workspace = true\nfaer = \"1\"\n";
        assert_eq!(check(&House::of(&[("crates/dynamics/Cargo.toml", text)])), []);
    }

    #[test]
    fn a_crate_or_module_without_a_floor_is_found() {
        let house = House::of(&[("crates/new/Cargo.toml", ""), ("crates/dynamics/src/attic.rs", "")]);
        let found = check(&house);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_module_may_not_look_up() {
        let house = House::of(&[
            ("crates/dynamics/src/lib.rs", "pub mod field;\npub mod simulate;"),
            ("crates/dynamics/src/field.rs", "use crate::simulate::Trajectory;"),
            ("crates/dynamics/src/simulate.rs", "pub struct Trajectory;"),
        ]);
        let found = check(&house);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains("`field` of `dynamics` uses `simulate`"), "{}", found[0]);
    }
}
