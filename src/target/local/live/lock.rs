//! The stack's lock: held by the operating system for the process that took it, so that a crash releases it. The file's
//! text says who holds it, for the one who is refused.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::report::{Code, Diagnostic};
use crate::target::{Failure, Guard};

use super::fail::data_folder;
use super::places::{Places, make_folder, names, remove_if_empty};

/// Held until it is dropped.
pub struct Held {
    file: File,
    path: Utf8PathBuf,
    folder: Utf8PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Holder {
    pid: u32,
    user: String,
    since: Timestamp,
    command: String,
}

/// # Errors
/// When another process holds it, with who, since when, and how to release it.
pub fn take(places: &Places, command: &str) -> Result<Held, Failure> {
    let path = places.lock();
    let broke = |error: std::io::Error| data_folder("lock", &path, &error);
    loop {
        make_folder(places.folder())?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = match file {
            Ok(file) => file,
            // The one who held it removed the folder in between.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(broke(error)),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(refused(&mut file, &path)),
            Err(TryLockError::Error(error)) => return Err(broke(error)),
        }
        // The one who held it may have removed the file that was opened here: then another may lock a new one.
        if !is_at(&file, &path) {
            continue;
        }
        sign(&mut file, command).map_err(broke)?;
        return Ok(Held { file, path, folder: places.folder().to_owned() });
    }
}

fn is_at(file: &File, path: &Utf8Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(ours), Ok(theirs)) => ours.ino() == theirs.ino() && ours.dev() == theirs.dev(),
        _ => false,
    }
}

fn sign(file: &mut File, command: &str) -> std::io::Result<()> {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    let holder = Holder { pid: std::process::id(), user, since: Timestamp::now(), command: command.to_owned() };
    file.set_len(0)?;
    file.rewind()?;
    serde_json::to_writer(&mut *file, &holder)?;
    file.flush()
}

fn refused(file: &mut File, path: &Utf8Path) -> Failure {
    let mut text = String::new();
    let holder = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str::<Holder>(&text).ok());
    let stack = path.parent().and_then(Utf8Path::file_name).unwrap_or("this");
    let message = match &holder {
        Some(h) => format!(
            "stack `{stack}` is being changed by `servec {}` (process {}, user {}) since {}",
            h.command,
            h.pid,
            h.user,
            h.since.strftime("%Y-%m-%d %H:%M:%S UTC"),
        ),
        None => format!("stack `{stack}` is being changed by another process"),
    };
    let help = match &holder {
        Some(h) => format!("wait for it, or end it: `kill {}` releases the lock", h.pid),
        None => "wait for it: the lock is released when that process ends".to_owned(),
    };
    Box::new(Diagnostic::error(Code::StackLocked, message).help(help).note(format!("the lock is `{path}`")))
}

impl Guard for Held {}

impl Drop for Held {
    /// A folder that holds nothing but the lock is removed with it, so that `destroy` leaves nothing. What can't be removed
    /// does no harm: the lock itself goes with the file handle.
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        if names(&self.folder).is_ok_and(|left| left == ["lock"]) {
            let _ = std::fs::remove_file(&self.path);
            let _ = remove_if_empty(&self.folder);
            let _ = self.folder.parent().map(remove_if_empty);
        }
    }
}
