//! What earlier runs of `try` left behind when nobody let them take it down: killed, or cut off with their machine's
//! power. Each run holds a lock in its folder for as long as it lives, so a folder whose lock is free has lost its owner.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::apply::{Interrupt, walk};
use crate::plan;
use crate::plan::Subject;
use crate::resource::Address;
use crate::target::{Failure, Place, Progress};

use super::output::Context;
use super::session;

/// How the folders of runs begin.
pub const PREFIX: &str = "servec-try-";

/// In each folder, locked while its run lives.
const ALIVE: &str = "alive";
/// Before it is locked. A folder without an `alive` is one that is being made.
const BORN: &str = "born";

/// Marks a folder as that of a run that lives, until what is returned is dropped.
///
/// # Errors
/// As the file system says.
pub fn claim(folder: &Utf8Path) -> std::io::Result<File> {
    let file = File::create(folder.join(BORN))?;
    file.lock()?;
    std::fs::rename(folder.join(BORN), folder.join(ALIVE))?;
    Ok(file)
}

/// Ends the processes of runs that are gone, and removes their folders. What can't be cleared is no reason not to try: it
/// is told to who asks for more.
pub async fn clear(ctx: &Context, target: &str) {
    for folder in folders() {
        let Some(claim) = orphaned(&folder) else { continue };
        match take_down(target, &folder).await {
            Ok(()) => match std::fs::remove_dir_all(&folder) {
                Ok(()) => ctx.say("cleared what a `try` left that was ended by force"),
                Err(error) => ctx.detail(&format!("`{folder}` can't be removed: {error}")),
            },
            Err(failure) => ctx.detail(&format!("`{folder}` can't be cleared: {}", failure.message)),
        }
        drop(claim);
    }
}

/// The folders of runs of this user, sorted.
fn folders() -> Vec<Utf8PathBuf> {
    let Ok(parent) = Utf8PathBuf::from_path_buf(std::env::temp_dir()) else { return vec![] };
    let entries = parent.read_dir_utf8().into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        entry.file_name().starts_with(PREFIX)
            && entry.path().symlink_metadata().is_ok_and(|found: Metadata| found.is_dir() && found.uid() == user())
    });
    let mut found: Vec<Utf8PathBuf> = ours.map(camino::Utf8DirEntry::into_path).collect();
    found.sort();
    found
}

fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

/// The folder's lock, if its run is gone: held by this one now, so that no other clears the same.
fn orphaned(folder: &Utf8Path) -> Option<File> {
    let file = File::options().write(true).open(folder.join(ALIVE)).ok()?;
    file.try_lock().is_ok().then_some(file)
}

struct Silent;

impl Progress for Silent {
    fn say(&self, _: &Address, _: &str) {}
}

/// Takes down every stack that lies in the folder.
async fn take_down(target: &str, folder: &Utf8Path) -> Result<(), Failure> {
    let rules = session::emitter(session::find(target)?)?.rules();
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten().filter(|entry| entry.path().is_dir()) {
        let place = Place {
            data: folder.to_owned(),
            stack: entry.file_name().to_owned(),
            settings: BTreeMap::new(),
            command: "try".to_owned(),
        };
        let live = session::find(target)?.connect(&place)?;
        let subject = Subject { target: target.into(), stack: entry.file_name().into(), protect: false };
        let plan = plan::destroy(&subject, &live.observe().await?, rules);
        let outcome = walk(&plan, live.as_ref(), &Silent, &Interrupt::new()).await;
        if let Some(failure) = outcome.diagnostics().first() {
            return Err(Box::new((*failure).clone()));
        }
    }
    Ok(())
}
