//! Where everything of a stack lies. The one place that knows the layout.
//!
//! ```text
//! .servec/<stack>/lock
//! .servec/<stack>/artifacts/<sha256>/<file>
//! .servec/<stack>/endpoints/<endpoint>/record.json   which process, which port
//! .servec/<stack>/endpoints/<endpoint>/spec.json     what it serves
//! .servec/<stack>/endpoints/<endpoint>/next.json     what is tried beside it during an update
//! .servec/<stack>/endpoints/<endpoint>/log
//! ```

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::resource::Address;
use crate::target::Failure;

use super::fail::data_folder;

/// Paths below one stack's folder.
#[derive(Debug, Clone)]
pub struct Places {
    folder: Utf8PathBuf,
}

impl Places {
    pub fn new(folder: Utf8PathBuf) -> Self {
        Self { folder }
    }

    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }

    pub fn lock(&self) -> Utf8PathBuf {
        self.folder.join("lock")
    }

    pub fn artifacts(&self) -> Utf8PathBuf {
        self.folder.join("artifacts")
    }

    pub fn endpoints(&self) -> Utf8PathBuf {
        self.folder.join("endpoints")
    }

    /// The folder of what an address names: `endpoint.search` is `endpoints/search`.
    pub fn endpoint(&self, address: &Address) -> Utf8PathBuf {
        let name = address.as_str().split_once('.').map_or(address.as_str(), |(_, name)| name);
        self.endpoints().join(name)
    }
}

/// Names in a folder, sorted; none when it is not there.
pub fn names(folder: &Utf8Path) -> Result<Vec<String>, Failure> {
    let entries = match folder.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(data_folder("read", folder, &error)),
    };
    let names: io::Result<Vec<String>> = entries.map(|entry| Ok(entry?.file_name().to_owned())).collect();
    let mut names = names.map_err(|error| data_folder("read", folder, &error))?;
    names.sort();
    Ok(names)
}

pub fn make_folder(folder: &Utf8Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| data_folder("make", folder, &error))
}

/// Removes a folder if nothing is in it. What is not there is removed already.
pub fn remove_if_empty(folder: &Utf8Path) -> Result<(), Failure> {
    match std::fs::remove_dir(folder) {
        Ok(()) => Ok(()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) => Ok(()),
        Err(error) => Err(data_folder("remove", folder, &error)),
    }
}

/// What is not there is removed already.
pub fn remove_file(path: &Utf8Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(data_folder("remove", path, &error)),
    }
}

pub fn remove_all(folder: &Utf8Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(data_folder("remove", folder, &error)),
    }
}

/// A JSON file; none when it is not there.
pub fn read_json<T: DeserializeOwned>(path: &Utf8Path) -> Result<Option<T>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(data_folder("read", path, &error)),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| data_folder("read", path, &io::Error::other(error)))
}

/// Written beside its place and moved in: no reader sees half of it, and a crash leaves the old one.
pub fn write_json<T: Serialize>(path: &Utf8Path, value: &T) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Utf8Path::new(".")))?;
        serde_json::to_writer_pretty(&mut file, value)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| data_folder("write", path, &error))
}
