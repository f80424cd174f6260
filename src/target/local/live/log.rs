//! An endpoint's log: what its processes write, the last start at the end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use crate::target::{Failure, Lines};

use super::fail::data_folder;

/// Beyond this many bytes a start begins a new file and keeps the old one beside it.
const LARGE: u64 = 8 << 20;
/// Of what a failed start said, this much is shown.
const SHOWN: usize = 12;
/// Read at once.
const CHUNK: u64 = 1 << 20;

pub fn path(endpoint: &Utf8Path) -> Utf8PathBuf {
    endpoint.join("log")
}

/// Where the next start's lines will begin.
pub fn begin(log: &Utf8Path) -> Result<u64, Failure> {
    let length = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
    if length <= LARGE {
        return Ok(length);
    }
    std::fs::rename(log, log.with_extension("1")).map_err(|error| data_folder("rename", log, &error))?;
    Ok(0)
}

/// The last lines after a place. Nothing where there is no log: there is nothing to tell then.
pub fn last_lines(log: &Utf8Path, from: u64) -> Vec<String> {
    let length = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
    let (text, _) = read(log, from.max(length.saturating_sub(CHUNK))).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.iter().skip(lines.len().saturating_sub(SHOWN)).map(|line| (*line).to_owned()).collect()
}

/// Gives lines as they come. Without `follow` it ends with the file.
///
/// # Errors
/// When the log can't be read.
pub async fn follow(log: &Utf8Path, follow: bool, to: Lines<'_>) -> Result<(), Failure> {
    let (mut place, mut rest) = (0, String::new());
    loop {
        let (text, next) = read(log, place).map_err(|error| data_folder("read", log, &error))?;
        // A start may have begun a new file.
        place = next;
        rest.push_str(&text);
        while let Some((line, after)) = rest.split_once('\n') {
            to(line);
            rest = after.to_owned();
        }
        if text.is_empty() && !follow {
            if !rest.is_empty() {
                to(&rest);
            }
            return Ok(());
        }
        if text.is_empty() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Up to a chunk of text from a place, and the place after it; from the start again if the file became shorter.
fn read(log: &Utf8Path, from: u64) -> io::Result<(String, u64)> {
    let mut file = File::open(log)?;
    let from = if file.metadata()?.len() < from { 0 } else { from };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = vec![];
    file.take(CHUNK).read_to_end(&mut bytes)?;
    let next = from + bytes.len() as u64;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), next))
}
