//! Exit codes: 0 done, 1 an expectation failed, 2 bad input, 3 a numerical failure, 4 a resource limit.

use super::terminal::{DECAY, Terminal};

const GROWS: &str = "format = 1\n[linear]\nA = [[1, 0], [0, 700]]\nx0 = [1, 1]\n[run]\nt = [0, 10]\n";

#[test]
fn a_failed_expectation_is_1_for_check_and_reported_by_run() {
    let terminal =
        Terminal::with_model(&format!("{DECAY}[expect]\nfinal = [3, 4]\nstability.verdict = \"unstable\"\n"));
    let said = terminal.nullcline(&["check", "model.toml", "--run"]);
    assert_eq!(said.code, 1, "{said:#?}");
    assert!(said.out.contains("FAIL  final") && said.out.contains("measured"), "{said:#?}");
    let said = terminal.nullcline(&["check", "model.toml", "--run", "--json"]);
    assert_eq!((said.code, &said.json()["pass"]), (1, &false.into()));
    assert_eq!(terminal.succeeds(&["check", "model.toml"]).code, 0);
    let found = terminal.json(&["run", "model.toml"]);
    assert_eq!(found["expect"][0]["pass"], false);
    for key in ["expected", "measured", "pass"] {
        assert!(found["expect"][1].get(key).is_some(), "{key}");
    }
}

#[test]
fn a_path_that_leads_nowhere_fails_even_where_null_is_expected() {
    let terminal = Terminal::with_model(&format!("{DECAY}[expect]\nstability.verdct = \"null\"\n"));
    assert_eq!(terminal.nullcline(&["check", "model.toml", "--run"]).code, 1);
}

#[test]
fn a_diverging_run_is_3_names_what_when_and_why_and_keeps_what_it_has() {
    let terminal = Terminal::with_model(GROWS);
    let said = terminal.nullcline(&["run", "model.toml"]);
    said.refuses(3, &["diverged: `x2` reached", "at t = 1.", "Likely cause: unstable"]);
    assert!(said.out.contains("diverged"), "{said:#?}");
    let found = terminal.read_json("out/model/findings.json");
    assert_eq!(found["simulation"]["verdict"], "diverged");
    assert_eq!(found["simulation"]["ended"]["variable"], "x2");
    assert!(terminal.read("out/model/trajectory.npz").starts_with(b"PK"));
    let said = terminal.nullcline(&["run", "model.toml", "--json", "-o", "other"]);
    assert_eq!((said.code, &said.json()["simulation"]["verdict"]), (3, &"diverged".into()));
}

#[test]
fn what_diverges_is_told_in_its_unit() {
    let terminal = Terminal::with_model(
        "format = 1\n[populations.cell]\neq = \"dv/dt = v^2/(10 mV*ms)\"\ninit = { v = \"20 mV\" }\n[run]\nt = [\"0 s\", \"1 s\"]\n",
    );
    let said = terminal.nullcline(&["run", "model.toml"]);
    said.refuses(3, &["diverged: `v` reached", " V at t = 0.000", "Likely cause: blow-up in finite time"]);
}

#[test]
fn a_step_too_large_is_told_as_the_cause() {
    let stiff = DECAY.replace("[0, 1]", "[0, 1000]").replace("[0, -2]", "[0, -200]");
    let model = format!("{}method = \"euler\"\ndt = 0.1\n", stiff);
    let terminal = Terminal::with_model(&model);
    let said = terminal.nullcline(&["run", "model.toml"]);
    said.refuses(3, &["diverged: `x2`", "the step 0.1 is too large for the explicit method euler"]);
}

/// A population `cell` of two units with these lines.
fn cells(lines: &str) -> Terminal {
    Terminal::with_model(&format!("format = 1\n[populations.cell]\nn = 2\n{lines}\n[run]\nt = [0, 3]\n"))
}

#[test]
fn sliding_along_a_discontinuity_is_told_with_the_variable_and_its_unit() {
    let began = std::time::Instant::now();
    let said = cells("eq = \"dv/dt = -sign(v)\"\ninit = { v = [4, 1] }").nullcline(&["run", "model.toml"]);
    said.refuses(3, &["`v[1]` chatters at t = 1.0", "slides along a discontinuity", "tanh(v/width)"]);
    // A debug build on a busy machine; as a program it takes a tenth of a second.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn a_step_that_becomes_too_small_is_told_with_the_variable_and_the_cause() {
    let said = cells("eq = \"dv/dt = -1/v\"\ninit = { v = [4, 1] }").nullcline(&["run", "model.toml"]);
    said.refuses(3, &["for `v[1]`", "at t = 0.5", "Likely cause:"]);
}

#[test]
fn an_event_is_told_by_its_name() {
    let stays =
        cells("eq = \"dv/dt = 1\"\ninit = { v = [-9, 0] }\nspike = { when = \"v > 1\", reset = \"v = 2\" }");
    let said = stays.nullcline(&["run", "model.toml"]);
    said.refuses(3, &["the spike of cell[1] at t = 1", "left its own condition true"]);
    assert_eq!(
        stays.read_json("out/model/findings.json")["simulation"]["ended"]["name"],
        "the spike of cell[1]"
    );
}

#[test]
fn a_run_that_would_take_for_ever_is_refused_before_it_begins() {
    let delayed = "eq = \"dv/dt = -v(t - 1e-9)\"\ninit = { v = 1 }";
    let said = cells(delayed).nullcline(&["run", "model.toml"]);
    said.refuses(2, &["a delay of 1e-9 over a time of 3 asks for 3.0e9 steps"]);
    let tiny = DECAY.to_owned() + "method = \"rk4\"\ndt = 1e-300\n";
    let said = Terminal::with_model(&tiny).nullcline(&["run", "model.toml"]);
    said.refuses(2, &["a step of 1e-300", "take a larger `dt`"]);
}

#[test]
fn a_step_that_nothing_would_use_is_refused() {
    let said = Terminal::with_model(&format!("{DECAY}dt = 0.1\n")).nullcline(&["run", "model.toml"]);
    said.refuses(2, &["dt = 0.1", "exactly, at any step", "`rk4`"]);
    let model = "format = 1\n[populations.cell]\neq = \"dv/dt = -v^3\"\ninit = { v = 1 }\n[run]\nt = [0, 3]\ndt = 0.1\n";
    let said = Terminal::with_model(model).nullcline(&["run", "model.toml"]);
    said.refuses(2, &["dt = 0.1", "`rtol` and", "`rk4`"]);
}

#[test]
fn states_at_the_ends_of_the_range_do_not_panic() {
    for x0 in ["[1e308, 1e308]", "[1e-308, 5e-324]", "[1e200, -1e200]"] {
        let terminal = Terminal::with_model(&DECAY.replace("[1, 1]", x0));
        let said = terminal.nullcline(&["run", "model.toml"]);
        assert!([0, 3].contains(&said.code), "{x0}: {said:#?}");
    }
    for a in ["[[5e-324, 0], [0, -5e-324]]", "[[-1e300, 0], [0, -1e-300]]", "[[1e300, 0], [0, 1]]"] {
        let terminal = Terminal::with_model(&DECAY.replace("[[-1, 0], [0, -2]]", a));
        let said = terminal.nullcline(&["run", "model.toml"]);
        assert!([0, 3].contains(&said.code), "{a}: {said:#?}");
    }
}

#[test]
fn help_and_version_are_0() {
    let terminal = Terminal::new();
    for args in [&["--help"][..], &["--version"], &["run", "--help"], &["help", "analyze"]] {
        assert!(!terminal.succeeds(args).out.is_empty());
    }
    assert_eq!(terminal.nullcline(&[]).code, 2);
}
