//! `new`, `schema`, `completions`, and how they fit together.

use super::terminal::{DECAY, PROGRAM, Said, Terminal};

#[test]
fn a_gallery_model_goes_from_new_to_run() {
    let terminal = Terminal::new();
    let text = terminal.succeeds(&["new", "tornado"]).out;
    terminal.file("tornado.toml", &text);
    terminal.succeeds(&["check", "tornado.toml", "--run"]);
    let story = terminal.succeeds(&["run", "tornado.toml"]).out;
    let told = story.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("One pair of modes grows by e every 28.6 time units while it turns clockwise"),
        "{told}"
    );
    assert!(told.contains("a tornado"), "{told}");
}

#[test]
fn the_gallery_is_listed_and_misspelled_names_are_answered() {
    let terminal = Terminal::new();
    let list = terminal.succeeds(&["new"]).out;
    for name in ["tornado", "jordan", "celegans", "wilson_cowan", "chaos"] {
        assert!(list.lines().any(|line| line.starts_with(name)), "{name}");
    }
    terminal.nullcline(&["new", "tornadoo"]).refuses(2, &["no model `tornadoo`", "did you mean `tornado`?"]);
    terminal.nullcline(&["new", "../x"]).refuses(2, &["no model"]);
}

#[test]
fn a_gallery_model_is_written_with_its_data() {
    let terminal = Terminal::new();
    terminal.succeeds(&["new", "celegans", "-o", "worm"]);
    terminal.succeeds(&["check", "worm/celegans.toml"]);
}

#[test]
fn completions_are_written_for_each_shell() {
    let terminal = Terminal::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = terminal.succeeds(&["completions", shell]).out;
        assert!(
            script.contains("nullcline") && script.contains("analyze") && script.contains("max-memory"),
            "{shell}"
        );
    }
    terminal.nullcline(&["completions", "dos"]).refuses(2, &["possible values"]);
}

#[test]
fn the_schema_knows_the_keys_of_a_model() {
    let schema = Terminal::new().succeeds(&["schema"]).json();
    for key in ["format", "linear", "populations", "run", "expect"] {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let terminal = Terminal::with_model(DECAY);
    let line = format!("'{PROGRAM}' new tornado | true; '{PROGRAM}' run model.toml | head -1");
    let said = Said::of(terminal.command("sh", &["-c", &line]).output().unwrap());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:#?}");
}
