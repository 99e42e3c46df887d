//! The benchmarks, which are the `[[bench]]` targets of the workspace.
//!
//! Each runs its peer, a Python program in `benches/peers/`, in turn with its own work. The Python is the one that
//! `NULLCLINE_PYTHON` names, or else `python3`; without NumPy and SciPy the peers are left out.

use crate::shell;
use std::path::Path;
use std::process::Command;

/// Runs the benchmarks whose name contains the given text; whether all ended well.
pub fn run(root: &Path, name: &str) -> bool {
    let pattern = format!("*{name}*");
    let mut bench = shell::cargo(root, &["bench", "--workspace", "--bench", &pattern]);
    match python() {
        Some(python) => bench.env("NULLCLINE_PYTHON", python),
        None => {
            println!(
                "no Python with NumPy and SciPy: the peers are left out (set NULLCLINE_PYTHON to name one)"
            );
            &mut bench
        }
    };
    shell::passes(&mut bench)
}

fn python() -> Option<String> {
    let candidates = [std::env::var("NULLCLINE_PYTHON").ok(), Some("python3".to_owned())];
    let has_peers = |p: &String| shell::works(Command::new(p).args(["-c", "import numpy, scipy"]));
    candidates.into_iter().flatten().find(has_peers)
}
