//! Programs that the suite starts.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// A cargo command in the root, without the variables that cargo gave to this program: a build script that reads one
/// would run again otherwise.
pub fn cargo<S: AsRef<OsStr>>(root: &Path, arguments: &[S]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|p| name.starts_with(p))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a program starts and ends well, in silence.
pub fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|o| o.status.success())
}

/// Runs a program with its output on the terminal; whether it ended well.
pub fn passes(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("{} does not start: {error}", command.get_program().to_string_lossy());
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_or_is_missing_does_not_pass() {
        assert!(!passes(&mut Command::new("no-such-program-anywhere")));
        assert!(!works(&mut Command::new("false")));
        assert!(works(&mut Command::new("true")));
    }
}
