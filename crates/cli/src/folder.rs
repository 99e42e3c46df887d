//! The folder that a verb writes to: each file first under a temporary name, then renamed, so that none is ever half
//! written.

use crate::failure::Failure;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder that exists and can be written to.
pub struct OutFolder {
    path: PathBuf,
}

impl OutFolder {
    /// Makes the folder and tries that it can be written to, before any work is done.
    ///
    /// # Errors
    /// When it cannot.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let fail = |error: std::io::Error| {
            Failure::input(
                format!("the output folder `{}` cannot be written to: {error}", path.display()),
                "choose another one with -o DIR",
            )
        };
        std::fs::create_dir_all(path).map_err(fail)?;
        tempfile::NamedTempFile::new_in(path).map_err(fail)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Writes one file, whole or not at all; `name` may lie in a subfolder.
    ///
    /// # Errors
    /// When the disk is full or the folder went away.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let target = self.path.join(name);
        let parent = target.parent().unwrap_or(&self.path);
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(parent)?;
            let mut file = tempfile::NamedTempFile::new_in(parent)?;
            file.write_all(bytes)?;
            set_ordinary_permissions(file.as_file())?;
            file.persist(&target).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| {
            Failure::input(
                format!("`{}` could not be written: {error}", target.display()),
                "make room, or choose another folder with -o DIR",
            )
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A temporary file is private to its owner; a result is an ordinary file.
fn set_ordinary_permissions(file: &std::fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_and_leaves_no_temporary_behind() {
        let folder = tempfile::tempdir().unwrap();
        let out = OutFolder::open(&folder.path().join("a/b")).unwrap();
        out.write("figures/x.svg", b"<svg/>").unwrap();
        out.write("figures/x.svg", b"<svg></svg>").unwrap();
        assert_eq!(std::fs::read(out.path().join("figures/x.svg")).unwrap(), b"<svg></svg>");
        assert_eq!(std::fs::read_dir(out.path().join("figures")).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_below_a_file_is_refused_with_a_remedy() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let failure = OutFolder::open(&file.path().join("x")).err().unwrap();
        assert!(failure.message().unwrap().contains("-o DIR"));
    }
}
