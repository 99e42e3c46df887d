//! Equal runs give equal bytes, for any number of threads; another seed gives others.

use super::terminal::Terminal;
use serde_json::Value;

const RANDOM: &str = r#"format = 1
seed = 3
[populations.E]
n = 80
unit = "rate"
tau = 1
transfer = "tanh"
init = { dist = "normal", mean = 0, sd = 1 }
[[connect]]
from = "E"
to = "E"
g = 1.5
[inputs.u]
to = "E"
noise = { sigma = 0.1, tau = 2, independent = true }
[run]
t = [0, 10]
"#;

fn run(terminal: &Terminal, out: &str, more: &[&str]) -> (Vec<u8>, Value) {
    let args: Vec<&str> = ["run", "model.toml", "-o", out].iter().chain(more).copied().collect();
    terminal.succeeds(&args);
    let mut findings = terminal.read_json(&format!("{out}/findings.json"));
    findings["simulation"]["seconds"] = Value::Null;
    (terminal.read(&format!("{out}/trajectory.npz")), findings)
}

#[test]
fn equal_runs_give_equal_bytes_for_any_number_of_threads() {
    let deterministic =
        RANDOM.lines().filter(|line| !line.starts_with("noise")).collect::<Vec<_>>().join("\n");
    let deterministic = deterministic.replace("[inputs.u]\nto = \"E\"\n", "");
    let ensemble = format!("{deterministic}\nensemble = {{ n = 5, spread = 0.1 }}\n");
    for model in [RANDOM, &ensemble] {
        let terminal = Terminal::with_model(model);
        let first = run(&terminal, "a", &["--threads", "1"]);
        // The clock stays out of the archive: its files are dated 1980-01-01, 0:00.
        assert_eq!(first.0[10..14], [0, 0, 0x21, 0]);
        for (out, threads) in [("b", "1"), ("c", "2"), ("d", "7")] {
            assert!(run(&terminal, out, &["--threads", threads]) == first, "{threads} threads differ");
        }
        for figure in terminal.files().iter().filter(|f| f.starts_with("a/figures")) {
            assert_eq!(terminal.read(figure), terminal.read(&figure.replacen('a', "c", 1)), "{figure}");
        }
    }
}

#[test]
fn the_seed_decides() {
    let terminal = Terminal::with_model(RANDOM);
    let (plain, _) = run(&terminal, "a", &[]);
    let (other, findings) = run(&terminal, "b", &["--seed", "4"]);
    let (same, _) = run(&terminal, "c", &["--seed", "3"]);
    assert!(plain != other && plain == same);
    assert_eq!(findings["model"]["seed"], 4);
}
