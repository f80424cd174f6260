//! Files that commands name and write.

use std::io::{self, Write as _};

use camino::Utf8Path;

use crate::report::{Code, Diagnostic, suggest};

/// Whether something is at this path.
///
/// # Errors
/// A diagnostic that names what is near.
pub fn exists(path: &Utf8Path) -> Result<(), Box<Diagnostic>> {
    let message = match path.metadata() {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => format!("there is no file or folder `{path}`"),
        Err(error) => format!("`{path}` can't be opened: {error}"),
    };
    Err(Box::new(match near(path) {
        Some(near) => Diagnostic::error(Code::NoSuchPath, message).help(format!("did you mean `{near}`?")),
        None => {
            Diagnostic::error(Code::NoSuchPath, message).help("a program is a folder of `.serve` files, or one file")
        }
    }))
}

fn near(path: &Utf8Path) -> Option<String> {
    let folder = path.parent().filter(|p| !p.as_str().is_empty());
    let entries = folder.unwrap_or(Utf8Path::new(".")).read_dir_utf8().ok()?;
    let mut names: Vec<String> = entries.filter_map(|e| Some(e.ok()?.file_name().to_owned())).collect();
    names.sort();
    let near = suggest::nearest(path.file_name()?, names.iter().map(String::as_str))?;
    Some(folder.map_or(near.to_owned(), |folder| folder.join(near).into_string()))
}

/// Writes a file beside its place and moves it in, so that no reader sees half of it and a failure changes nothing.
///
/// # Errors
/// A diagnostic that names the file and says what the system said.
pub fn write(path: &Utf8Path, contents: &[u8]) -> Result<(), Box<Diagnostic>> {
    replace(path, contents)
        .map_err(|error| Box::new(Diagnostic::error(Code::Unwritable, format!("`{path}` can't be written: {error}"))))
}

fn replace(path: &Utf8Path, contents: &[u8]) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let target = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    match std::fs::metadata(&target) {
        Ok(before) => file.as_file().set_permissions(before.permissions())?,
        Err(_) => readable(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

/// Temporary files are for their owner alone; sources are not.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
