//! `analyze MATRIX --json`: literals and files of each kind, as A, as M with `--tau`, and as a map.

use super::terminal::Terminal;
use serde_json::{Value, json};

const JORDAN: [(&str, &[u8]); 6] = [
    ("jordan.csv", b"3,1\n0,3\n"),
    ("windows.csv", b"\xef\xbb\xbf3,1\r\n0,3\r\n"),
    ("labels.csv", b",a,b\na,3,1\nb,0,3\n"),
    ("jordan.npy", include_bytes!("data/jordan.npy")),
    ("jordan.npz", include_bytes!("data/jordan.npz")),
    ("jordan.mat", include_bytes!("data/jordan.mat")),
];

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_jordan_matrix_has_the_promised_findings() {
    let found = Terminal::new().json(&["analyze", "3 1; 0 3"]);
    assert_eq!(found["dimension"], 2);
    assert_eq!(found["eigenvalues"], json!([[3.0, 0.0], [3.0, 0.0]]));
    assert_eq!(found["frequencies"], json!([0.0, 0.0]));
    assert_eq!(found["time_constants"], json!([-1.0 / 3.0, -1.0 / 3.0]));
    assert_eq!(found["stability"]["verdict"], "unstable");
    assert_eq!(found["stability"]["spectral_abscissa"], 3.0);
    assert_eq!(found["stability"]["distance_to_instability"], Value::Null);
    let planar = &found["planar"];
    for (key, value) in [
        ("type", json!("improper node")),
        ("stability", json!("unstable")),
        ("rotation", Value::Null),
        ("trace", json!(6.0)),
        ("determinant", json!(9.0)),
        ("discriminant", json!(0.0)),
        ("margin", json!(0.0)),
        ("neighbors", json!(["node", "spiral"])),
    ] {
        assert_eq!(planar[key], value, "{key}");
    }
    for (key, value) in
        [("verdict", json!("defective")), ("condition", Value::Null), ("orthonormal", json!(false))]
    {
        assert_eq!(found["eigenvectors"][key], value, "{key}");
    }
    let fixed = &found["fixed_points"];
    for (key, value) in [
        ("verdict", json!("unique")),
        ("dimension", json!(0)),
        ("point", json!([0.0, 0.0])),
        ("directions", json!([])),
    ] {
        assert_eq!(fixed[key], value, "{key}");
    }
    let non_normality = &found["non_normality"];
    assert!((non_normality["numerical_abscissa"].as_f64().unwrap() - 3.5).abs() < 1e-14);
    assert!((non_normality["henrici"].as_f64().unwrap() - 1.0).abs() < 1e-14);
    assert_eq!((&non_normality["max_amplification"], &non_normality["kreiss"]), (&Value::Null, &Value::Null));
    assert!(keys(&found).contains(&"skipped"));
}

#[test]
fn each_kind_of_file_says_what_the_literal_says() {
    let terminal = Terminal::new();
    let expected = terminal.json(&["analyze", "3 1; 0 3"]);
    for literal in ["3, 1; 0, 3", "[3 1; 0 3]", "[[3, 1], [0, 3]]", "3 1\n0 3"] {
        assert_eq!(terminal.json(&["analyze", literal]), expected, "{literal}");
    }
    for (name, bytes) in JORDAN {
        terminal.file(name, bytes);
        assert_eq!(terminal.json(&["analyze", name]), expected, "{name}");
    }
}

#[test]
fn a_literal_may_begin_with_a_minus_sign() {
    let found = Terminal::new().json(&["analyze", "-1 5; 0 -2"]);
    assert_eq!(found["eigenvalues"], json!([[-1.0, 0.0], [-2.0, 0.0]]));
    assert_eq!(found["time_constants"], json!([1.0, 0.5]));
    assert_eq!(Terminal::new().json(&["analyze", "-4"])["eigenvalues"], json!([[-4.0, 0.0]]));
}

#[test]
fn tau_with_a_unit_is_told_in_seconds() {
    let terminal = Terminal::new();
    let close = |found: &Value, expected: f64| {
        let value = found.as_f64().unwrap();
        assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{value} is not {expected}");
    };
    // M = 0.5: A = (0.5 - 1)/20 ms = -25/s.
    for tau in ["20ms", "20 ms", "0.02 s", "0.02"] {
        let found = terminal.json(&["analyze", "0.5", "--tau", tau]);
        close(&found["eigenvalues"][0][0], -25.0);
        close(&found["time_constants"][0], 0.04);
    }
    let words = terminal.succeeds(&["analyze", "0.5", "--tau", "20ms"]).out;
    assert!(words.contains("ms"), "{words}");
}

#[test]
fn a_map_is_judged_by_the_unit_circle() {
    let terminal = Terminal::new();
    assert_eq!(terminal.json(&["analyze", "0.5", "--map"])["stability"]["verdict"], "asymptotically stable");
    assert_eq!(terminal.json(&["analyze", "0.5"])["stability"]["verdict"], "unstable");
    assert_eq!(terminal.json(&["analyze", "-1.5", "--map"])["stability"]["verdict"], "unstable");
}

#[test]
fn the_output_says_what_rows_and_columns_are() {
    let words = Terminal::new().succeeds(&["analyze", "3 1; 0 3"]).out;
    assert!(words.contains("rows are targets, columns sources"), "{words}");
}

#[test]
fn one_of_several_arrays_is_chosen_by_its_name() {
    let terminal = Terminal::new();
    terminal.file("two.npz", include_bytes!("data/two.npz"));
    terminal.nullcline(&["analyze", "two.npz"]).refuses(2, &["`A`, `B`", "--variable \"A\""]);
    assert_eq!(
        terminal.json(&["analyze", "two.npz", "--variable", "B"])["eigenvalues"][1],
        json!([-1.0, 0.0])
    );
    terminal.nullcline(&["analyze", "two.npz", "--variable", "C"]).refuses(2, &["no array `C`"]);
}

#[test]
fn what_is_no_matrix_is_refused() {
    let terminal = Terminal::new();
    terminal.file("empty.csv", "");
    terminal.file("ragged.csv", "1,2\n3\n");
    terminal.file("word.csv", "1,2\n3,x\n");
    terminal.file("gap.csv", "1,2\n3,\n");
    terminal.file("nan.csv", "1,nan\n3,4\n");
    terminal.file("junk.npy", "junk");
    terminal.file("junk.npz", "junk");
    terminal.file("junk.mat", "junk");
    terminal.file("cut.npy", &include_bytes!("data/jordan.npy")[..140]);
    terminal.file("folder.csv/x", "");
    let before = terminal.files();
    for (subject, words) in [
        ("", "the matrix is empty"),
        (" ", "the matrix is empty"),
        ("1 2; 3", "ragged"),
        ("1 2 3; 4 5 6", "2 x 3, not square"),
        ("1 nan; 0 1", "NaN"),
        ("1 inf; 0 1", "infinite: row 1, column 2"),
        ("1e400", "infinite"),
        ("1+2i 0; 0 1", "`1+2i`"),
        ("nofile.csv", "there is no file `nofile.csv`"),
        ("nofile", "there is no file `nofile`"),
        (".", "`.` is a folder"),
        ("folder.csv", "`folder.csv` is a folder"),
        ("empty.csv", "is empty"),
        ("ragged.csv", "ragged: row 2 has 1"),
        ("word.csv", "`x` in `word.csv` is not a number: row 2, column 2"),
        ("gap.csv", "`gap.csv` has an empty entry: row 2, column 2"),
        ("nan.csv", "row 1, column 2"),
        ("junk.npy", "not a .npy file"),
        ("junk.npz", "not a .npz file"),
        ("junk.mat", "not a .mat file"),
        ("cut.npy", "cut off"),
        ("1e308 1e308; 1e308 1e308", "beyond double precision"),
    ] {
        let said = terminal.nullcline(&["analyze", subject, "--json", "-o", "out"]);
        said.refuses(2, &[words, "help:"]);
        assert_eq!(said.out, "", "{subject}");
    }
    for tau in ["0", "-5ms", "20mV", "nan", "soon"] {
        terminal
            .nullcline(&["analyze", "1", "--tau", tau])
            .refuses(2, &["help: write for instance --tau 20ms"]);
    }
    terminal.nullcline(&["analyze", "1", "--tau", "1", "--map"]).refuses(2, &["--tau", "--map"]);
    assert_eq!(terminal.files(), before);
}

#[test]
fn numbers_at_the_ends_of_the_range_are_told_without_panic() {
    let terminal = Terminal::new();
    for subject in
        ["5e-324", "1e300 0; 0 1e300", "1e-300 1; 0 1e-300", "5e-324 0; 0 -5e-324", "0", "0 0; 0 0"]
    {
        let found = terminal.json(&["analyze", subject, "-o", "out"]);
        assert!(found["dimension"].as_u64().unwrap() > 0, "{subject}");
    }
}

#[test]
fn the_sign_test_finds_the_orientation() {
    let terminal = Terminal::new();
    terminal.file("columns.csv", "1,-2,3\n2,-1,1\n1,-3,2\n");
    terminal.file("rows.csv", "1,2,1\n-2,-1,-3\n3,1,2\n");
    assert_eq!(terminal.json(&["check", "columns.csv"])["orientation"], "post, pre");
    assert_eq!(terminal.json(&["check", "rows.csv"])["orientation"], "pre, post");
}
