//! Reading the program's files: from disk, or from memory (editors' unsaved buffers, tests).

mod once;
mod within;

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

pub use once::Once;
pub use within::Within;

/// Where texts and artifacts come from.
pub trait Files {
    /// # Errors
    /// As the file system says; text that is not UTF-8 is `InvalidData`.
    fn read(&self, path: &Utf8Path) -> io::Result<String>;

    /// The `.serve` files directly in a folder, sorted.
    ///
    /// # Errors
    /// As the file system says.
    fn list(&self, folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>>;

    fn is_folder(&self, path: &Utf8Path) -> bool;

    /// Size in bytes and SHA-256, lower-case hex, of any file, without holding it in memory.
    ///
    /// # Errors
    /// As the file system says.
    fn digest(&self, path: &Utf8Path) -> io::Result<(u64, String)>;

    /// Any file, to be read in parts.
    ///
    /// # Errors
    /// As the file system says.
    fn open(&self, path: &Utf8Path) -> io::Result<Box<dyn Contents>>;
}

/// A file that can be read in parts.
pub trait Contents: Read + Seek {}

impl<T: Read + Seek> Contents for T {}

/// The file system.
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn list(&self, folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
        let mut found = Vec::new();
        for entry in folder.read_dir_utf8()? {
            let entry = entry?;
            if entry.path().extension() == Some("serve") && entry.path().is_file() {
                found.push(entry.into_path());
            }
        }
        found.sort();
        Ok(found)
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        path.is_dir()
    }

    fn digest(&self, path: &Utf8Path) -> io::Result<(u64, String)> {
        let mut file = std::fs::File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0;
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            hash.update(buffer.get(..n).unwrap_or_default());
            bytes += n as u64;
        }
        Ok((bytes, hex(&hash.finalize())))
    }

    fn open(&self, path: &Utf8Path) -> io::Result<Box<dyn Contents>> {
        Ok(Box::new(std::fs::File::open(path)?))
    }
}

/// Texts in memory over a file system below: an editor's buffers, or a test's files over nothing.
pub struct Overlay<F> {
    pub texts: BTreeMap<Utf8PathBuf, String>,
    pub below: F,
}

/// No files at all.
pub struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &Utf8Path) -> io::Result<String> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
        Ok(vec![])
    }

    fn is_folder(&self, _: &Utf8Path) -> bool {
        false
    }

    fn digest(&self, _: &Utf8Path) -> io::Result<(u64, String)> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn open(&self, _: &Utf8Path) -> io::Result<Box<dyn Contents>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

impl<F: Files> Files for Overlay<F> {
    fn read(&self, path: &Utf8Path) -> io::Result<String> {
        self.texts.get(path).map_or_else(|| self.below.read(path), |text| Ok(text.clone()))
    }

    fn list(&self, folder: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
        let mut found = self.below.list(folder).unwrap_or_default();
        let own = self.texts.keys().filter(|p| p.parent() == Some(folder) && p.extension() == Some("serve"));
        found.extend(own.cloned());
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        self.below.is_folder(path) || self.texts.keys().any(|p| p.parent() == Some(path))
    }

    fn digest(&self, path: &Utf8Path) -> io::Result<(u64, String)> {
        match self.texts.get(path) {
            Some(text) => Ok((text.len() as u64, hex(&Sha256::digest(text.as_bytes())))),
            None => self.below.digest(path),
        }
    }

    fn open(&self, path: &Utf8Path) -> io::Result<Box<dyn Contents>> {
        match self.texts.get(path) {
            Some(text) => Ok(Box::new(Cursor::new(text.clone().into_bytes()))),
            None => self.below.open(path),
        }
    }
}

/// Why something can't be read, in the same words on every system.
pub fn reason(error: &io::Error) -> String {
    let known = [
        (io::ErrorKind::NotFound, "there is no such file"),
        (io::ErrorKind::PermissionDenied, "this may not be read"),
        (io::ErrorKind::IsADirectory, "this is a folder"),
        (io::ErrorKind::InvalidData, "this is not UTF-8 text"),
    ];
    let words = known.into_iter().find(|(kind, _)| *kind == error.kind());
    words.map_or_else(|| error.to_string(), |(_, words)| words.to_owned())
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// `folder` and `relative` as one path, with `.` and `..` worked out in text.
pub fn join(folder: &Utf8Path, relative: &str) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in folder.join(relative).components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => match out.components().next_back() {
                Some(Utf8Component::Normal(_)) => {
                    out.pop();
                }
                _ => out.push(".."),
            },
            Utf8Component::Prefix(_) | Utf8Component::RootDir | Utf8Component::Normal(_) => out.push(part),
        }
    }
    out
}
