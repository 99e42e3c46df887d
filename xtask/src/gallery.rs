//! Every model of the gallery is a test: it has an `[expect]` block, and `check --run` passes on it.

use crate::finding::Finding;
use crate::house::House;

/// Models without expectations.
pub fn check(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in house.files.iter().filter(|f| is_model(&f.path)) {
        let header = |line: &str| line.starts_with("[expect]") || line.starts_with("[expect.");
        if !file.text.lines().any(header) {
            let what = "the model has no [expect] block".to_owned();
            let remedy = "state what must come out, so that the model is a test";
            found.push(Finding::new(&file.path, 1, "gallery", what, remedy));
        }
    }
    found
}

/// The models of the gallery.
pub fn models(house: &House) -> Vec<&str> {
    house.files.iter().map(|f| f.path.as_str()).filter(|p| is_model(p)).collect()
}

fn is_model(path: &str) -> bool {
    path.strip_prefix("models/").is_some_and(|name| name.ends_with(".toml") && !name.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_without_expectations_is_found() {
        for text in ["format = 1\n", "# [expect]\n", "note = \"[expect]\"\n"] {
            assert_eq!(check(&House::of(&[("models/a.toml", text)])).len(), 1, "{text}");
        }
        assert_eq!(check(&House::of(&[("models/a.toml", "format = 1\n[expect]\nx = 1\n")])), []);
    }

    #[test]
    fn data_beside_a_model_is_no_model() {
        let house = House::of(&[("models/worm/notes.toml", ""), ("models/worm.toml", "[expect]\n")]);
        assert_eq!(models(&house), ["models/worm.toml"]);
        assert_eq!(check(&house), []);
    }
}
