//! The benchmarks, and their peers where Python is found.
//!
//! Benchmarks are the `[[bench]]` targets of the workspace. A peer is a Python program `benches/**/peer*.py`; it runs
//! with `NULLCLINE_PYTHON`, or else with `python3` if that has NumPy and SciPy. One thread each, as ratios are told.

use crate::house::House;
use crate::shell;
use std::path::Path;
use std::process::Command;

/// Runs the benchmarks whose name contains the given text, then their peers; whether all ended well.
pub fn run(root: &Path, name: &str) -> bool {
    let pattern = format!("*{name}*");
    let mut good = shell::passes(&mut shell::cargo(root, &["bench", "--workspace", "--bench", &pattern]));
    let Some(python) = python() else {
        println!("no Python with NumPy and SciPy: the peers are left out (set NULLCLINE_PYTHON to name one)");
        return good;
    };
    let house = match House::read(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("the peers cannot be read: {error}");
            return false;
        }
    };
    for peer in peers(&house, name) {
        println!("== {peer}");
        let mut command = Command::new(&python);
        command.arg(peer).current_dir(root);
        for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(variable, "1");
        }
        good &= shell::passes(&mut command);
    }
    good
}

fn peers<'a>(house: &'a House, name: &str) -> Vec<&'a str> {
    let is_peer = |p: &&str| {
        let file = p.rsplit('/').next().unwrap_or_default();
        p.contains("benches/") && file.starts_with("peer") && file.ends_with(".py") && p.contains(name)
    };
    house.files.iter().map(|f| f.path.as_str()).filter(is_peer).collect()
}

fn python() -> Option<String> {
    let candidates = [std::env::var("NULLCLINE_PYTHON").ok(), Some("python3".to_owned())];
    let has_peers = |p: &String| shell::works(Command::new(p).args(["-c", "import numpy, scipy"]));
    candidates.into_iter().flatten().find(has_peers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_found_by_name() {
        let house = House::of(&[
            ("benches/eig/peer.py", ""),
            ("benches/expm/peer_scipy.py", ""),
            ("benches/plot.py", ""),
        ]);
        assert_eq!(peers(&house, ""), ["benches/eig/peer.py", "benches/expm/peer_scipy.py"]);
        assert_eq!(peers(&house, "eig"), ["benches/eig/peer.py"]);
    }
}
