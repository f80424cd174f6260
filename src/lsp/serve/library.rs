//! The standard library's texts as files that an editor can open, in the user's cache.

use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use crate::stdlib;

/// Where they are put; only named here.
pub fn folder() -> Utf8PathBuf {
    let cache = std::env::var("XDG_CACHE_HOME").ok().filter(|path| !path.is_empty());
    let home = || std::env::var("HOME").ok().map(|home| format!("{home}/.cache"));
    let cache = Utf8PathBuf::from(cache.or_else(home).unwrap_or_else(|| std::env::temp_dir().to_string_lossy().into()));
    cache.join("servec").join(concat!("library-", env!("CARGO_PKG_VERSION")))
}

/// Puts them there, once a process; `None` where that can't be done.
pub fn written() -> Option<&'static Utf8Path> {
    static FOLDER: OnceLock<Option<Utf8PathBuf>> = OnceLock::new();
    let made = || {
        let folder = folder();
        write(&folder).ok().map(|()| folder)
    };
    FOLDER.get_or_init(made).as_deref()
}

fn write(folder: &Utf8Path) -> std::io::Result<()> {
    for name in stdlib::names() {
        let part = Utf8PathBuf::from(format!("{name}.serve"));
        let (path, text) = (folder.join(&part), stdlib::text(&part).unwrap_or_default());
        if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)?;
        // Written beside and moved in: another server may read it now.
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        file.persist(&path).map_err(|error| error.error)?;
    }
    Ok(())
}
