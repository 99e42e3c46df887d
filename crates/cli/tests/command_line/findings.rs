//! `findings.json`: the keys that other programs rely on, and `--json` on every verb.

use super::terminal::{DECAY, Terminal};
use serde_json::{Value, json};

const NETWORK: &str = r#"format = 1
seed = 7
[populations.E]
n = 3
unit = "rate"
tau = "20 ms"
transfer = "tanh"
init = 0.1
[populations.readout]
n = 1
unit = "rate"
tau = "20 ms"
[[connect]]
from = "E"
to = ["E", "readout"]
w = 0.1
[run]
t = ["0 s", "0.1 s"]
"#;

#[test]
fn the_promised_keys_are_there() {
    let terminal = Terminal::with_model(DECAY);
    let found = terminal.json(&["run", "model.toml", "--seed", "5"]);
    let mut written = terminal.read_json("out/model/findings.json");
    assert!(found["nullcline"].is_string());
    assert_eq!((&found["model"]["name"], &found["model"]["seed"]), (&json!("model"), &json!(5)));
    assert_eq!(found["model"]["sha256"].as_str().unwrap().len(), 64);
    let run = &found["simulation"];
    for key in ["method", "steps", "rejected", "error_estimate", "verdict", "duration", "final", "seconds"] {
        assert!(run.get(key).is_some(), "{key}");
    }
    assert_eq!((&run["verdict"], &run["duration"]), (&json!("completed"), &json!(1.0)));
    assert!((run["final"]["x1"].as_f64().unwrap() - (-1.0_f64).exp()).abs() < 1e-12);
    assert!((run["final"]["x2"].as_f64().unwrap() - (-2.0_f64).exp()).abs() < 1e-12);
    assert!(
        run["seconds"]["build"].as_f64().unwrap() >= 0.0 && run["seconds"]["run"].as_f64().unwrap() > 0.0
    );
    assert_eq!(found["linear"]["planar"]["type"], "node");
    assert_eq!(found["expect"], json!([]));
    written["simulation"]["seconds"] = found["simulation"]["seconds"].clone();
    assert_eq!(written, found);
}

#[test]
fn the_state_at_the_end_is_told_by_name() {
    let found = Terminal::with_model(NETWORK).json(&["run", "model.toml"]);
    let last = &found["simulation"]["final"];
    assert_eq!(last["E"].as_array().unwrap().len(), 3);
    assert!(last["readout"].is_number());
    assert_eq!(last.as_object().unwrap().keys().collect::<Vec<_>>(), ["E", "readout"]);
    assert!(found["linear"].is_array(), "a nonlinear model has a list of fixed points");
}

#[test]
fn a_nonlinear_fixed_point_that_attracts_is_in_the_list() {
    let found = Terminal::with_model(NETWORK).json(&["analyze", "model.toml"]);
    assert!(found.get("simulation").is_none());
    assert_eq!(found["linear"][0]["stability"]["verdict"], "asymptotically stable");
}

#[test]
fn a_population_may_be_named_as_the_arrays_of_the_recording() {
    for name in ["t", "x", "ensemble", "final", "E1"] {
        let model = NETWORK
            .replace("\"E\"", &format!("\"{name}\""))
            .replace("populations.E", &format!("populations.{name}"));
        let found = Terminal::with_model(&model).json(&["run", "model.toml"]);
        assert!(found["simulation"]["final"][name].is_array(), "{name}");
    }
}

#[test]
fn overrides_change_the_model_and_not_its_hash() {
    let terminal = Terminal::with_model(DECAY);
    let plain = terminal.json(&["run", "model.toml"]);
    let found = terminal.json(&["run", "model.toml", "--set", "run.t=[0, 2]", "--set", "linear.A.0.0=-3"]);
    assert_eq!(found["simulation"]["duration"], 2.0);
    assert!((found["simulation"]["final"]["x1"].as_f64().unwrap() - (-6.0_f64).exp()).abs() < 1e-12);
    assert_eq!(found["model"]["sha256"], plain["model"]["sha256"]);
}

#[test]
fn every_verb_prints_json_and_nothing_else() {
    let terminal = Terminal::with_model(DECAY);
    for args in [
        &["new"][..],
        &["new", "tornado"],
        &["check", "model.toml"],
        &["check", "model.toml", "--run"],
        &["check", "model.toml", "model.toml"],
        &["run", "model.toml"],
        &["analyze", "model.toml"],
        &["analyze", "3 1; 0 3"],
        &["schema"],
    ] {
        assert_ne!(terminal.json(args), Value::Null, "{args:?}");
    }
    let written = terminal.json(&["new", "tornado", "-o", "folder"]);
    assert!(written.is_object(), "{written}");
}

#[test]
fn times_may_be_negative() {
    let found =
        Terminal::with_model(&DECAY.replace("t = [0, 1]", "t = [-2, -1]")).json(&["run", "model.toml"]);
    assert_eq!(found["simulation"]["duration"], 1.0);
}

#[test]
fn recording_less_often_than_the_run_is_long_keeps_both_ends() {
    let model = format!("{DECAY}record = {{ every = 5 }}\n");
    let found = Terminal::with_model(&model).json(&["run", "model.toml"]);
    assert!((found["simulation"]["final"]["x1"].as_f64().unwrap() - (-1.0_f64).exp()).abs() < 1e-12);
}
