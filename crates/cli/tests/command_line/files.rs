//! What is written, and where: whole files, no temporary ones, the default folder, and folders that cannot be used.

use super::terminal::{DECAY, Terminal};

#[test]
fn run_writes_the_promised_files_into_out_stem() {
    let terminal = Terminal::with_model(DECAY);
    terminal.file("sub/my decay.toml", DECAY);
    terminal.succeeds(&["run", "sub/my decay.toml"]);
    let files = terminal.files();
    for name in ["report.html", "findings.json", "trajectory.npz"] {
        assert!(files.contains(&format!("out/my decay/{name}")), "{name}: {files:?}");
    }
    assert!(files.iter().any(|f| f.starts_with("out/my decay/figures/") && f.ends_with(".svg")), "{files:?}");
    assert!(!files.iter().any(|f| f.contains("tmp")), "{files:?}");
    assert_eq!(terminal.read_json("out/my decay/findings.json")["model"]["name"], "my decay");
}

#[test]
fn the_folder_is_chosen_with_o_also_the_model_s_own() {
    let terminal = Terminal::with_model(DECAY);
    terminal.succeeds(&["run", "model.toml", "-o", "a/b/c", "--png"]);
    assert!(terminal.files().iter().any(|f| f.starts_with("a/b/c/figures/") && f.ends_with(".png")));
    terminal.succeeds(&["run", "model.toml", "-o", "."]);
    assert_eq!(terminal.read("model.toml"), DECAY.as_bytes());
    assert!(terminal.files().contains(&"report.html".to_owned()));
    assert!(!terminal.files().iter().any(|f| f.starts_with("out")));
}

#[test]
fn analyze_writes_only_where_it_is_asked_to() {
    let terminal = Terminal::with_model(DECAY);
    terminal.succeeds(&["analyze", "model.toml"]);
    assert_eq!(terminal.files(), ["model.toml"]);
    terminal.succeeds(&["analyze", "3 1; 0 3", "-o", "here"]);
    assert!(terminal.files().contains(&"here/report.html".to_owned()));
    assert!(!terminal.files().contains(&"here/trajectory.npz".to_owned()));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused_before_the_work() {
    // A file in the way stops every user, the superuser too.
    let terminal = Terminal::with_model(DECAY);
    terminal.file("way", "in the");
    for out in ["way", "way/below"] {
        let said = terminal.nullcline(&["run", "model.toml", "-o", out]);
        said.refuses(
            2,
            &[&format!("the output folder `{out}` cannot be written to"), "choose another one with -o DIR"],
        );
        assert_eq!(said.out, "");
    }
    assert_eq!(terminal.files(), ["model.toml", "way"]);
    terminal.file("out", "a file");
    terminal.nullcline(&["run", "model.toml"]).refuses(2, &["-o DIR"]);
}

#[test]
fn a_second_run_replaces_the_first() {
    let terminal = Terminal::with_model(DECAY);
    terminal.succeeds(&["run", "model.toml"]);
    let first = terminal.files();
    terminal.succeeds(&["run", "model.toml", "--set", "linear.x0=[5,5]"]);
    assert_eq!(terminal.files(), first);
    let found = terminal.read_json("out/model/findings.json");
    assert!(found["simulation"]["final"]["x1"].as_f64().unwrap() > 1.8);
}

#[test]
fn a_name_is_text_and_no_path_and_no_markup() {
    let named = |name: &str| DECAY.replace("format = 1", &format!("format = 1\nname = '{name}'"));
    let terminal = Terminal::with_model(&named("<script>alert(1)</script>"));
    terminal.succeeds(&["run", "model.toml"]);
    assert!(!String::from_utf8(terminal.read("out/model/report.html")).unwrap().contains("<script>alert(1)"));
    terminal.file("model.toml", named("../../evil/<b>"));
    terminal.succeeds(&["run", "model.toml"]);
    assert!(terminal.files().iter().all(|f| f == "model.toml" || f.starts_with("out/model/")));
}
