//! What needs more memory than there is gets refused with the forecast, exit code 4, before anything is written.

use super::terminal::{PROGRAM, Said, Terminal};

const LARGE: &str = r#"format = 1
[populations.E]
n = 20000
unit = "rate"
tau = 1
transfer = "tanh"
[[connect]]
from = "E"
to = "E"
g = 1.5
[run]
t = [0, 1]
"#;

fn is_refused(terminal: &Terminal, said: &Said, forecast: &str) {
    said.refuses(4, &["needs about", forecast, "Nothing was computed", "--max-memory"]);
    assert!(terminal.files().iter().all(|file| !file.starts_with("out")), "{:?}", terminal.files());
}

#[test]
fn a_network_too_large_is_refused_with_the_forecast() {
    let terminal = Terminal::with_model(LARGE);
    for verb in ["run", "check", "analyze"] {
        let said = terminal.nullcline(&[verb, "model.toml", "--max-memory", "500MB"]);
        is_refused(&terminal, &said, "GB, and 500 MB is --max-memory");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_limit_on_address_space_counts() {
    let terminal = Terminal::with_model(LARGE);
    let line = format!("ulimit -v 1000000; exec '{PROGRAM}' run model.toml");
    let said = Said::of(terminal.command("sh", &["-c", &line]).output().unwrap());
    is_refused(&terminal, &said, "GB, and 1.0 GB is free on this machine");
}

/// A matrix file of 2 GB that takes no room on the disk.
fn two_gigabytes(terminal: &Terminal, name: &str) {
    let mut header = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    header.extend(
        format!("{:<117}\n", "{'descr': '<f8', 'fortran_order': False, 'shape': (16000, 16000), }").bytes(),
    );
    terminal.file(name, header);
    let file = std::fs::OpenOptions::new().write(true).open(terminal.path(name)).unwrap();
    file.set_len(128 + 8 * 16_000 * 16_000).unwrap();
}

#[test]
fn a_matrix_file_too_large_is_refused_before_it_is_read() {
    let terminal =
        Terminal::with_model("format = 1\n[linear]\nA = { file = \"A.npy\" }\nx0 = [1]\n[run]\nt = [0, 1]\n");
    two_gigabytes(&terminal, "A.npy");
    for args in [["analyze", "A.npy"], ["check", "A.npy"], ["run", "model.toml"], ["analyze", "model.toml"]] {
        let args: Vec<&str> = args.into_iter().chain(["--max-memory", "1GB"]).collect();
        is_refused(&terminal, &terminal.nullcline(&args), "8.2 GB, and 1.0 GB is --max-memory");
    }
}

#[test]
fn a_recording_too_fine_is_refused() {
    let model = "format = 1\n[linear]\nA = [[-1]]\nx0 = [1]\n[run]\nt = [0, 1]\nrecord = { every = 1e-12 }\n";
    let terminal = Terminal::with_model(model);
    is_refused(&terminal, &terminal.nullcline(&["run", "model.toml"]), "record.every");
}
