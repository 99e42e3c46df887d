//! The folder beside a model file: the only place that a model may read from.
//!
//! A door gives a [`Folder`]; nothing else in the libraries touches the file system. [`DiskFolder`] resolves symbolic
//! links before it compares, so that a link that points outside is outside.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// The largest data file that is read, in bytes.
pub const MAX_FILE: u64 = 4 << 30;

/// Where a model reads its data from.
pub trait Folder {
    /// The bytes of a file, by its path relative to the folder, with `/` between its parts.
    ///
    /// # Errors
    /// A path that leaves the folder, a file that is not there or cannot be read.
    fn read(&self, relative: &str) -> Result<Vec<u8>, FolderError>;
}

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderError {
    /// It lies outside the folder of the model.
    #[error("`{0}` lies outside the folder of the model")]
    Outside(String),
    /// There is no such file.
    #[error("there is no file `{0}`")]
    Missing(String),
    /// It is too large.
    #[error("`{0}` is larger than 4 GiB")]
    TooLarge(String),
    /// The system refused.
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(String, String),
    /// The model did not come from a file.
    #[error("`{0}` cannot be read: this model has no folder")]
    None(String),
}

impl FolderError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Outside(_) => "a model reads only from its own folder: copy the file beside the model",
            Self::Missing(_) => "paths are relative to the folder of the model file",
            Self::TooLarge(_) => "store the matrix as .npy, or as a list of edges",
            Self::Unreadable(..) => "check that it is a file and that you may read it",
            Self::None(_) => "write the numbers into the model, or save the model as a file beside its data",
        }
    }
}

/// Whether a path stays inside by its words alone.
fn is_inside(relative: &str) -> bool {
    let path = Path::new(relative);
    let plain = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    plain && !relative.is_empty() && !relative.contains(['\0', '\\'])
}

/// A folder on disk.
#[derive(Clone, Debug)]
pub struct DiskFolder {
    root: PathBuf,
}

impl DiskFolder {
    /// The folder at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { root: if path.as_os_str().is_empty() { PathBuf::from(".") } else { path } }
    }
}

impl Folder for DiskFolder {
    fn read(&self, relative: &str) -> Result<Vec<u8>, FolderError> {
        if !is_inside(relative) {
            return Err(FolderError::Outside(relative.to_owned()));
        }
        let unreadable = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => FolderError::Missing(relative.to_owned()),
            _ => FolderError::Unreadable(relative.to_owned(), e.to_string()),
        };
        let root = self.root.canonicalize().map_err(unreadable)?;
        let path = root.join(relative).canonicalize().map_err(unreadable)?;
        if !path.starts_with(&root) {
            return Err(FolderError::Outside(relative.to_owned()));
        }
        let about = std::fs::metadata(&path).map_err(unreadable)?;
        if !about.is_file() {
            return Err(FolderError::Unreadable(relative.to_owned(), "it is not a file".to_owned()));
        }
        if about.len() > MAX_FILE {
            return Err(FolderError::TooLarge(relative.to_owned()));
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }
}

/// Files held in memory, by their relative paths; empty for a model that is a text and no file.
#[derive(Clone, Debug, Default)]
pub struct MemoryFolder {
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Folder for MemoryFolder {
    fn read(&self, relative: &str) -> Result<Vec<u8>, FolderError> {
        if !is_inside(relative) {
            return Err(FolderError::Outside(relative.to_owned()));
        }
        let missing = || match self.files.is_empty() {
            true => FolderError::None(relative.to_owned()),
            false => FolderError::Missing(relative.to_owned()),
        };
        self.files.get(relative).cloned().ok_or_else(missing)
    }
}

/// A folder that keeps a copy of whatever is read from it.
pub(crate) struct Remembering<'a> {
    folder: &'a dyn Folder,
    read: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'a> Remembering<'a> {
    pub(crate) fn new(folder: &'a dyn Folder) -> Self {
        Self { folder, read: RefCell::default() }
    }

    /// What was read.
    pub(crate) fn into_memory(self) -> MemoryFolder {
        MemoryFolder { files: self.read.into_inner() }
    }
}

impl Folder for Remembering<'_> {
    fn read(&self, relative: &str) -> Result<Vec<u8>, FolderError> {
        let bytes = self.folder.read(relative)?;
        self.read.borrow_mut().insert(relative.to_owned(), bytes.clone());
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_folder_is_refused() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        std::fs::create_dir_all(inner.join("data")).unwrap();
        std::fs::write(outer.path().join("secret.csv"), "1").unwrap();
        std::fs::write(inner.join("data/a.csv"), "2").unwrap();
        let folder = DiskFolder::new(&inner);
        assert_eq!(folder.read("data/a.csv").unwrap(), b"2");
        assert_eq!(folder.read("./data/a.csv").unwrap(), b"2");
        for bad in ["../secret.csv", "data/../../secret.csv", "/etc/hostname", "", "..\\secret.csv"] {
            assert_eq!(folder.read(bad), Err(FolderError::Outside(bad.to_owned())), "{bad}");
        }
        assert!(matches!(folder.read("b.csv"), Err(FolderError::Missing(_))));
        assert!(matches!(folder.read("data"), Err(FolderError::Unreadable(..))));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_points_outside_is_outside() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(outer.path().join("secret.csv"), "1").unwrap();
        std::fs::write(inner.join("a.csv"), "2").unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret.csv"), inner.join("link.csv")).unwrap();
        std::os::unix::fs::symlink(outer.path(), inner.join("up")).unwrap();
        std::os::unix::fs::symlink(inner.join("a.csv"), inner.join("same.csv")).unwrap();
        let folder = DiskFolder::new(&inner);
        assert!(matches!(folder.read("link.csv"), Err(FolderError::Outside(_))));
        assert!(matches!(folder.read("up/secret.csv"), Err(FolderError::Outside(_))));
        assert_eq!(folder.read("same.csv").unwrap(), b"2");
    }
}
