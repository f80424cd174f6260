//! Files by content: copied once, checked while they are copied, never in memory as a whole.

use std::fs::File;
use std::io::{self, Read, Write};

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use crate::report::{Code, Diagnostic};
use crate::resource::Address;
use crate::target::{Failure, Progress};

use super::super::super::spec::Copied;
use super::fail::data_folder;
use super::places::{Places, make_folder, names, remove_file, remove_if_empty};

/// Read and written at once.
const CHUNK: usize = 1 << 20;

/// Copies a file in, unless it is there.
///
/// # Errors
/// When the source is gone or holds something else than was compiled, or the folder can't be written.
pub async fn put(places: &Places, copied: Copied, address: &Address, progress: &dyn Progress) -> Result<(), Failure> {
    if holds(places, &copied) {
        return Ok(());
    }
    progress.say(address, &format!("copying {}", size(copied.bytes)));
    let places = places.clone();
    let done = tokio::task::spawn_blocking(move || copy(&places, &copied)).await;
    done.unwrap_or_else(|error| {
        Err(Box::new(Diagnostic::error(Code::DataFolder, format!("copying a file broke off: {error}"))))
    })
}

/// Whether the file is there. Its name is its hash, which was checked before it got that name; its size is checked here,
/// its content again by the process that loads it.
pub fn holds(places: &Places, copied: &Copied) -> bool {
    let found = std::fs::metadata(places.folder().join(copied.place()));
    found.is_ok_and(|metadata| metadata.is_file() && metadata.len() == copied.bytes)
}

/// Removes a file, and the folder of its content with the last name.
pub fn remove(places: &Places, copied: &Copied) -> Result<(), Failure> {
    let path = places.folder().join(copied.place());
    remove_file(&path)?;
    path.parent().map_or(Ok(()), remove_if_empty)?;
    remove_if_empty(&places.artifacts())
}

/// Everything that is there, by content and name.
pub fn all(places: &Places) -> Result<Vec<Copied>, Failure> {
    let mut found = vec![];
    for sha256 in names(&places.artifacts())?.into_iter().filter(|name| is_hash(name)) {
        let folder = places.artifacts().join(&sha256);
        for file in names(&folder)? {
            let path = folder.join(&file);
            let bytes = std::fs::metadata(&path).map_err(|error| data_folder("read", &path, &error))?.len();
            found.push(Copied { file, sha256: sha256.clone(), bytes, source: None });
        }
    }
    Ok(found)
}

/// Removes what copies that broke off left over.
pub fn sweep(places: &Places) -> Result<(), Failure> {
    for name in names(&places.artifacts())? {
        let path = places.artifacts().join(&name);
        if is_hash(&name) { remove_if_empty(&path)? } else { remove_file(&path)? }
    }
    remove_if_empty(&places.artifacts())
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn copy(places: &Places, copied: &Copied) -> Result<(), Failure> {
    let source = copied.source.clone().unwrap_or_else(|| Utf8PathBuf::from(&copied.file));
    let mut from = File::open(&source).map_err(|error| {
        let message = format!("`{source}` can't be read: {error}");
        Box::new(Diagnostic::error(Code::ArtifactChanged, message).help(AGAIN))
    })?;
    let folder = places.artifacts().join(&copied.sha256);
    make_folder(&folder)?;
    let target = folder.join(&copied.file);
    let broke = |error: io::Error| data_folder("write", &target, &error);
    let mut to = tempfile::NamedTempFile::new_in(places.artifacts()).map_err(broke)?;
    let found = pour(&mut from, to.as_file_mut()).map_err(broke)?;
    if found != copied.sha256 {
        drop(to);
        remove_if_empty(&folder)?;
        remove_if_empty(&places.artifacts())?;
        return Err(changed(&source, copied, &found));
    }
    to.as_file().sync_all().map_err(broke)?;
    to.persist(&target).map_err(|error| broke(error.error))?;
    Ok(())
}

/// The hash of what was copied.
fn pour(from: &mut File, to: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = from.read(&mut chunk)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        to.write_all(part)?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

const AGAIN: &str = "run `servec plan` again: it reads the file that is there now";

fn changed(source: &Utf8Path, copied: &Copied, found: &str) -> Failure {
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    let message = format!("`{source}` is not the file that was compiled");
    let note = format!("its SHA-256 is {}…, it was {}…", short(found), short(&copied.sha256));
    Box::new(Diagnostic::error(Code::ArtifactChanged, message).help(AGAIN).note(note))
}

/// For people: `3.1 MiB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}
