//! What docs/equations.md shows is true: every model on it runs, and every name that it lists is there.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use equations::{Equations, Name, NameKind, Scope, Section};
use nullcline::dynamics::simulate::{Verdict, unwatched};
use nullcline::model::{MemoryFolder, Model};
use nullcline::network::unit::LIBRARY;
use nullcline::walk::{Options, build, examine};

fn page() -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    std::fs::read_to_string(folder.join("equations.md")).unwrap()
}

/// The blocks of a language, each with its line.
fn blocks(page: &str, language: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (k, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(opening), None) => {
                assert_eq!(opening, language, "line {}: every block is of this language", k + 1);
                open = Some((k + 2, String::new()));
            }
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    found
}

/// Words in backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_model_of_the_page_runs() {
    let page = page();
    let blocks = blocks(&page, "toml");
    assert!(blocks.len() >= 7, "{}", blocks.len());
    for (line, text) in blocks {
        let name = format!("equations.md, line {line}");
        let model = Model::parse(&name, &text, &MemoryFolder::default())
            .unwrap_or_else(|e| panic!("{name}: {:?}", miette::Report::new(e)));
        let built = build(&model).unwrap_or_else(|e| panic!("{name}: {e}"));
        let study = examine(&model, &built, Options { simulate: true, full: false }, &unwatched)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let verdict = study.simulation.map(|s| s.trajectory.verdict);
        let stopped = text.contains("stop = true");
        assert!(stopped || verdict == Some(Verdict::Completed), "{name}: {verdict:?}");
    }
}

#[test]
fn the_page_lists_every_unit_of_the_library_with_its_sets() {
    let page = page();
    let rows: Vec<Vec<&str>> =
        page.lines().filter(|l| l.starts_with("| `")).map(|row| code(row).collect()).collect();
    for unit in LIBRARY {
        let row = rows.iter().find(|row| row[0] == unit.name);
        let row = row.unwrap_or_else(|| panic!("`{}` is not on the page", unit.name));
        assert_eq!(row[1..], unit.set_names().collect::<Vec<_>>(), "{}", unit.name);
    }
}

/// Whether this is a definition of plain numbers that can be read.
fn is_read(text: &str) -> bool {
    let x = Name { name: "x".into(), dimension: None, kind: NameKind::Parameter { len: 1 } };
    let section = Section { name: "cell", texts: &[text], ..Section::default() };
    Equations::parse(&[section], &Scope { time: None, names: vec![x] }).is_ok()
}

#[test]
fn every_function_of_the_page_is_one() {
    let page = page();
    let line = page.lines().find(|l| l.starts_with("`exp expm1")).unwrap();
    let functions: Vec<&str> = code(line).next().unwrap().split(' ').collect();
    assert!(functions.len() >= 29, "{}", functions.len());
    for function in functions {
        let some = ["x", "x, x", "x, x, x"].iter().any(|a| is_read(&format!("y = {function}({a})")));
        assert!(some, "{function}");
        assert!(equations::reserved(function).is_some(), "{function}");
    }
}

#[test]
fn every_unit_of_the_page_is_read() {
    let page = page();
    let after = page.split("a unit is ").nth(1).unwrap();
    let units: Vec<&str> = code(after).take(6).collect();
    assert_eq!((units[0], units[5]), ("nS/mm^2", "mV ms^(-1/2)"));
    for unit in units {
        equations::Unit::parse(unit).unwrap();
        assert!(is_read(&format!("y = 5*x : {unit}")), "{unit}");
    }
    assert!(is_read("y = 5*uA/(cm^2*ms)") && !is_read("y = 5*uA/(cm^2 ms)"));
    assert!(is_read("y = 8.3*J/K") && is_read("y = (1 + x)*(1 s)") && !is_read("y = (1 + x)*s"));
}
