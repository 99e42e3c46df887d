//! Bad input: exit code 2, a message that says what, where, why and what to do, and nothing written.

use super::terminal::{DECAY, Terminal};

/// A rate network in one line each, to be spoiled.
const NETWORK: &str = r#"format = 1
[populations.E]
n = 4
unit = "rate"
tau = "20 ms"
transfer = "tanh"
[[connect]]
from = "E"
to = "E"
w = 1
[run]
t = ["0 s", "0.1 s"]
"#;

/// A cell in equations, to be spoiled.
const CELL: &str = r#"format = 1
[populations.cell]
tau = "20 ms"
eq = "tau*dv/dt = E - v : volt"
parameters = { E = "5 mV" }
init = { v = "0 mV" }
[run]
t = ["0 s", "0.1 s"]
"#;

/// Runs the model with one text replaced by another; it must be refused with these words at this place.
fn refused(model: &str, from: &str, to: &str, place: &str, words: &[&str]) {
    assert!(model.contains(from), "`{from}` is not in the model");
    let terminal = Terminal::with_model(&model.replacen(from, to, 1));
    for args in [&["run", "model.toml"][..], &["check", "model.toml"], &["analyze", "model.toml", "--json"]] {
        let said = terminal.nullcline(args);
        said.refuses(2, words);
        assert!(said.err.contains(&format!("[model.toml:{place}]")), "not at {place}: {said:#?}");
        assert!(said.err.contains(['─', '▲']), "no caret: {said:#?}");
        assert_eq!(said.out, "", "{to}");
        assert_eq!(terminal.files(), ["model.toml"], "{to}");
    }
}

#[test]
fn a_matrix_that_is_no_matrix_is_refused_at_its_line() {
    let a = "A = [[-1, 0], [0, -2]]";
    let help = "help: row i holds what drives variable i";
    refused(DECAY, a, "A = [[1, 2]]", "3:5", &["`A` is 1 x 2, and must be square", help]);
    refused(DECAY, a, "A = []", "3:5", &["`A` is empty", "help: write rows such as [[0, 1], [-1, 0]]"]);
    refused(DECAY, a, "A = [[1, 2], [3]]", "3:14", &["`A` is ragged: row 2 has", "same length"]);
    refused(DECAY, a, "A = [[1, nan], [0, 1]]", "3:10", &["not a number (NaN)", "write a finite number"]);
    refused(DECAY, a, "A = [[1, inf], [0, 1]]", "3:10", &["infinite", "write a finite number"]);
    refused(DECAY, a, "A = \"1 2; 3\"", "3:5", &["ragged"]);
    refused(DECAY, a, "A = 3", "3:5", &["`A` needs a matrix such as [[0, 1], [-1, 0]]"]);
}

#[test]
fn a_matrix_of_connections_without_axes_is_refused() {
    let matrix = "[matrices.W]\nvalue = [[1]]\n[run]";
    refused(
        NETWORK,
        "[run]",
        matrix,
        "11:1",
        &["does not state its orientation", "axes = [\"post\", \"pre\"]"],
    );
}

#[test]
fn an_unknown_key_is_answered_with_the_nearest_known_one() {
    refused(DECAY, "x0", "xo", "4:1", &["unknown key `xo`", "did you mean `x0`?"]);
    refused(DECAY, "[run]", "[rnu]", "5:2", &["unknown key `rnu`", "did you mean `run`?"]);
    refused(NETWORK, "transfer = \"tanh\"", "transfer = \"tahn\"", "6:12", &["did you mean `tanh`?"]);
    refused(NETWORK, "from = \"E\"", "from = \"e\"", "8:8", &["no population `e`", "`E`"]);
    let method = "[run]\nmethod = \"rk45\"";
    refused(DECAY, "[run]", method, "6:10", &["no method `rk45`", "did you mean `rk4`?"]);
}

#[test]
fn a_wrong_unit_is_told_with_what_it_is() {
    let words =
        ["`tau` needs a time (s), and \"20 mV\" is a voltage (V)", "help: write a time such as \"20 ms\""];
    refused(NETWORK, "\"20 ms\"", "\"20 mV\"", "5:7", &words);
    refused(NETWORK, "\"20 ms\"", "20", "5:7", &["this time has no unit, and others of the model have one"]);
}

#[test]
fn a_bad_equation_is_refused_at_its_line() {
    let words = ["`F` is not known here", "help: give it an equation, `dF/dt = …` or `F = …`"];
    refused(CELL, "= E - v", "= F - v", "4:19", &words);
    // Every line that is wrong is told.
    let both = ["`FF` is not known here", "there is no function `exq`", "help: did you mean `exp`?"];
    refused(CELL, "= E - v : volt", "= FF - v\\nx = exq(3)", "4:6", &both);
    let units =
        ["`-` needs equal units, not a current (A) and a voltage (V)", "help: multiply the voltage (V)"];
    refused(CELL, "\"5 mV\"", "\"5 nA\"", "4:23", &units);
    refused(CELL, "E - v : volt", "(E - v", "4:19", &["this bracket is never closed", "help: write `)`"]);
    refused(
        &CELL.replace("E - v", "E - v + 2*mV*sqrt(tau)*xi"),
        "[run]",
        "[run]\nmethod = \"rk4\"",
        "8:10",
        &["the method `rk4` does not know noise", "help: take `auto`, `milstein`"],
    );
}

#[test]
fn a_time_constant_that_is_not_positive_is_refused() {
    refused(NETWORK, "\"20 ms\"", "\"0 ms\"", "5:7", &["`tau` is zero", "must be positive"]);
    refused(NETWORK, "\"20 ms\"", "\"-20 ms\"", "5:7", &["`tau` is negative", "must be positive"]);
    refused(NETWORK, "\"20 ms\"", "[\"1 ms\", \"2 ms\"]", "5:7", &["2 entries", "population 4 units"]);
}

#[test]
fn a_state_of_wrong_length_is_refused() {
    let words = ["`x0` has 3 entries, and A is 2 x 2", "give one entry for each of the 2 variables"];
    refused(DECAY, "x0 = [1, 1]", "x0 = [1, 2, 3]", "4:6", &words);
    refused(NETWORK, "transfer", "init = [1, 2]\ntransfer", "6:8", &["`init` has 2 entries"]);
}

#[test]
fn a_run_that_ends_before_it_begins_is_refused() {
    refused(DECAY, "t = [0, 1]", "t = [1, 0]", "6:5", &["ends before it starts", "from 1 to 0"]);
    refused(DECAY, "t = [0, 1]", "t = [1, 1]", "6:5", &["ends where it starts"]);
}

#[test]
fn mixed_signs_in_a_column_break_dales_law() {
    let signed = NETWORK.replace("n = 4", "n = 2\nsign = \"+\"").replace("w = 1", "matrix = \"W\"");
    let matrix = "[matrices.W]\nvalue = [[1, 1], [-1, 1]]\naxes = [\"post\", \"pre\"]\n[run]";
    refused(
        &signed,
        "[run]",
        matrix,
        "11:10",
        &["excitatory unit E[0] has outgoing weights of both signs", "help: give `E` one sign"],
    );
}

#[test]
fn a_path_that_leaves_the_folder_is_refused() {
    let a = "A = [[-1, 0], [0, -2]]";
    for path in ["../secret.csv", "/etc/hostname", "data/../../secret.csv"] {
        let to = format!("A = {{ file = \"{path}\" }}");
        refused(
            DECAY,
            a,
            &to,
            "3:14",
            &["lies outside the folder of the model", "copy the file beside the model"],
        );
    }
    refused(
        DECAY,
        a,
        "A = { file = \"nix.csv\" }",
        "3:14",
        &["there is no file `nix.csv`", "relative to the folder"],
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let outside = Terminal::new();
    outside.file("secret.csv", "1");
    let terminal =
        Terminal::with_model("format = 1\n[linear]\nA = { file = \"a.csv\" }\nx0 = [1]\n[run]\nt = [0, 1]\n");
    std::os::unix::fs::symlink(outside.path("secret.csv"), terminal.path("a.csv")).unwrap();
    terminal.nullcline(&["run", "model.toml"]).refuses(2, &["`a.csv` lies outside the folder of the model"]);
}

#[test]
fn what_is_missing_binary_or_a_folder_is_no_model() {
    let terminal = Terminal::new();
    terminal.file("binary.toml", [0xff, 0xfe, 0, 1]);
    terminal.file("empty.toml", "");
    terminal.file("folder.toml/x", "");
    for verb in ["run", "check", "analyze"] {
        terminal
            .nullcline(&[verb, "nofile.toml"])
            .refuses(2, &["`nofile.toml` cannot be read", "nullcline new NAME"]);
        terminal.nullcline(&[verb, "binary.toml"]).refuses(2, &["is not text", "a TOML file in UTF-8"]);
        terminal
            .nullcline(&[verb, "empty.toml"])
            .refuses(2, &["`format` is missing", "begins with `format = 1`"]);
        terminal.nullcline(&[verb, "folder.toml"]).refuses(2, &["`folder.toml` cannot be read"]);
    }
    assert_eq!(terminal.files().len(), 3);
}

#[test]
fn a_method_that_does_not_fit_is_shown_at_its_line() {
    let run = |model: &str, place: &str, words: &[&str]| {
        let terminal = Terminal::with_model(model);
        let said = terminal.nullcline(&["run", "model.toml"]);
        said.refuses(2, words);
        assert!(said.err.contains(&format!("[model.toml:{place}]")), "{said:#?}");
        assert_eq!(terminal.files(), ["model.toml"]);
    };
    let with = |model: &str, method: &str| model.replace("[run]", &format!("[run]\nmethod = \"{method}\""));
    run(&with(NETWORK, "expm"), "12:10", &["`expm` propagates linear systems only", "help: take `auto`"]);
    run(&with(DECAY, "euler_maruyama"), "6:10", &["is for systems with noise", "help: take `auto`"]);
    let noisy =
        NETWORK.replace("[run]", "[inputs.u]\nto = \"E\"\nnoise = { sigma = 1, tau = \"5 ms\" }\n[run]");
    run(&with(&noisy, "dopri5"), "15:10", &["`dopri5` does not know noise", "euler_maruyama"]);
}

#[test]
fn overrides_that_lead_nowhere_are_refused() {
    let terminal = Terminal::with_model(DECAY);
    for (set, words) in [
        ("rn.t=[0,1]", "unknown key `rn`"),
        ("run.tt=3", "unknown key `tt`"),
        ("run.t", "`--set` needs a path and a value"),
        ("run.t=[0,", "this value is not TOML"),
        ("linear.A.7.0=2", "2 elements"),
        ("seed=-1", "a whole number from 0"),
        ("=3", "an empty part"),
    ] {
        terminal.nullcline(&["run", "model.toml", "--set", set]).refuses(2, &[words]);
    }
    terminal.nullcline(&["analyze", "3 1; 0 3", "--set", "a=3"]).refuses(2, &["is for a model file"]);
    assert_eq!(terminal.files(), ["model.toml"]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let terminal = Terminal::with_model(DECAY);
    for (args, words) in [
        (&["--threads", "0"][..], "a whole number from 1"),
        (&["--threads", "1000000"], "a whole number from 1"),
        (&["--seed", "-1"], "a whole number from 0"),
        (&["--max-memory", "many"], "`many` is no size"),
        (&["--nonsense"], "--nonsense"),
    ] {
        let args: Vec<&str> = ["run", "model.toml"].iter().chain(args).copied().collect();
        terminal.nullcline(&args).refuses(2, &[words]);
    }
    terminal.nullcline(&["rnu", "model.toml"]).refuses(2, &["unrecognized subcommand 'rnu'"]);
    assert_eq!(terminal.files(), ["model.toml"]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_do_no_harm() {
    for text in [DECAY.replace('\n', "\r\n"), format!("\u{feff}{DECAY}")] {
        Terminal::with_model(&text).succeeds(&["check", "model.toml", "--run"]);
    }
}
