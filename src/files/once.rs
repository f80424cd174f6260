//! Files whose hashes are worked out once: a large model that many declarations name is read through one time, not as
//! often as it is named. Lives as long as one compile, so that what changes on disk is seen by the next.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Contents, Files};

/// The same files, with the size and SHA-256 of each remembered.
pub struct Once<'a> {
    files: &'a dyn Files,
    digests: RefCell<HashMap<Utf8PathBuf, (u64, String)>>,
}

impl<'a> Once<'a> {
    pub fn new(files: &'a dyn Files) -> Self {
        Self { files, digests: RefCell::default() }
    }
}

impl Files for Once<'_> {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        self.files.read(path)
    }

    fn list(&self, folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
        self.files.list(folder)
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        self.files.is_folder(path)
    }

    fn digest(&self, path: &Utf8Path) -> io::Result<(u64, String)> {
        if let Some(known) = self.digests.borrow().get(path) {
            return Ok(known.clone());
        }
        // What can't be read costs nothing to ask for again.
        let found = self.files.digest(path)?;
        self.digests.borrow_mut().insert(path.to_owned(), found.clone());
        Ok(found)
    }

    fn open(&self, path: &Utf8Path) -> io::Result<Box<dyn Contents>> {
        self.files.open(path)
    }
}
