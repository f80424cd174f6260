//! Files as seen from a folder: paths are relative to it, whatever the process's own folder is, so that messages name files
//! as a command run in that folder would.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Contents, Files};

/// The files of `below`, with paths relative to a folder.
pub struct Within<F> {
    folder: Utf8PathBuf,
    below: F,
}

impl<F: Files> Within<F> {
    pub fn new(folder: impl Into<Utf8PathBuf>, below: F) -> Self {
        Self { folder: folder.into(), below }
    }

    fn full(&self, path: &Utf8Path) -> Utf8PathBuf {
        super::join(&self.folder, path.as_str())
    }
}

impl<F: Files> Files for Within<F> {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        self.below.read(&self.full(path))
    }

    fn list(&self, folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
        let found = self.below.list(&self.full(folder))?;
        Ok(found.iter().filter_map(|p| p.file_name()).map(|name| folder.join(name)).collect())
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        self.below.is_folder(&self.full(path))
    }

    fn digest(&self, path: &Utf8Path) -> io::Result<(u64, String)> {
        self.below.digest(&self.full(path))
    }

    fn open(&self, path: &Utf8Path) -> io::Result<Box<dyn Contents>> {
        self.below.open(&self.full(path))
    }
}
