//! The dependencies that a Cargo.toml names.

/// A dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The name it is used by.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
}

/// Every dependency of a manifest: plain, for tests, for build scripts, for a target.
pub fn dependencies(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut inside = false;
    for (k, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.split(']').next().unwrap_or_default();
            let mut parts = header.rsplitn(2, "dependencies");
            let (after, before) = (parts.next().unwrap_or_default(), parts.next());
            inside = before.is_some_and(|b| b != "workspace.") && after.is_empty();
            if before.is_some_and(|b| b != "workspace.")
                && let Some(name) = after.strip_prefix('.')
            {
                found.push(Dependency { name: bare(name), line: k + 1 });
            }
        } else if inside
            && !line.starts_with('#')
            && let Some((key, value)) = line.split_once('=')
        {
            let renamed = value.split_once("package").and_then(|(_, tail)| tail.split('"').nth(1));
            let name = renamed.unwrap_or_else(|| key.trim().split('.').next().unwrap_or_default());
            found.push(Dependency { name: bare(name), line: k + 1 });
        }
    }
    found
}

/// The name without quotes and without the prefix of our packages.
fn bare(name: &str) -> String {
    let name = name.trim().trim_matches(['"', '\'']);
    name.strip_prefix("nullcline-").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_dependency_is_seen() {
        let text = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n# c = \"1\"\n\
                    d = { package = \"nullcline-e\", path = \"e\" }\n[dev-dependencies]\nf = { version = \"1\" }\n\
                    [target.'cfg(unix)'.dependencies]\ng = \"1\"\n[dependencies.h]\nversion = \"1\"\n[lints]\nworkspace = true\n";
        let names: Vec<String> = dependencies(text).into_iter().map(|d| d.name).collect();
        assert_eq!(names, ["a", "b", "e", "f", "g", "h"]);
    }

    #[test]
    fn the_list_of_the_workspace_is_no_use() {
        assert!(dependencies("[workspace.dependencies]\nfaer = \"0.24\"\n").is_empty());
    }
}
