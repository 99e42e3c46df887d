//! Ctrl-C in a long run: exit code 130 within seconds, and what was computed is kept whole.
#![cfg(unix)]

use super::terminal::{PROGRAM, Said, Terminal};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LONG: &str = r#"format = 1
[populations.E]
n = 200
unit = "rate"
tau = 1
transfer = "tanh"
init = 0.1
[[connect]]
from = "E"
to = "E"
g = 1.5
[run]
t = [0, 1e6]
"#;

fn start(terminal: &Terminal, args: &[&str]) -> Child {
    let mut command = terminal.command(PROGRAM, args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn press_ctrl_c(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Waits until the program works: its output folder is there.
fn wait_for(terminal: &Terminal, folder: &str) {
    let began = Instant::now();
    while !terminal.path(folder).is_dir() {
        assert!(began.elapsed() < Duration::from_secs(20), "the run does not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(300));
}

#[test]
fn a_long_run_stops_and_keeps_what_it_has() {
    for method in ["auto\"", "rk4\"\ndt = 0.1"] {
        let terminal =
            Terminal::with_model(&format!("{LONG}method = \"{method}\nrecord = {{ every = 100 }}\n"));
        let child = start(&terminal, &["run", "model.toml", "-o", "kept"]);
        wait_for(&terminal, "kept");
        press_ctrl_c(&child);
        let pressed = Instant::now();
        let said = Said::of(child.wait_with_output().unwrap());
        assert!(pressed.elapsed() < Duration::from_secs(20), "{method}: {:?}", pressed.elapsed());
        said.refuses(130, &["stopped by Ctrl-C at t =", "what was computed until then is whole"]);
        let found = terminal.read_json("kept/findings.json");
        assert_eq!(found["simulation"]["verdict"], "stopped", "{method}");
        assert!(found["simulation"]["duration"].as_f64().unwrap() < 1e6);
        let archive = terminal.read("kept/trajectory.npz");
        assert!(archive.starts_with(b"PK") && archive.windows(4).any(|w| w == b"PK\x05\x06"), "not whole");
        assert!(
            String::from_utf8(terminal.read("kept/report.html")).unwrap().trim_end().ends_with("</html>")
        );
        assert!(!terminal.files().iter().any(|f| f.contains(".tmp")), "{:?}", terminal.files());
    }
}

#[test]
fn a_step_beyond_the_limit_of_steps_is_refused_before_the_run() {
    let model =
        "format = 1\n[linear]\nA = [[-1]]\nx0 = [1]\n[run]\nt = [0, 1]\nmethod = \"euler\"\ndt = 1e-15\n";
    let terminal = Terminal::with_model(model);
    let said = terminal.nullcline(&["run", "model.toml", "-o", "kept"]);
    said.refuses(2, &["1.0e15 steps", "limit is 1e8", "take a larger `dt`"]);
}
