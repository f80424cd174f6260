//! The client's folders on disk: programs in them that use a file, though none of their texts is open.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::InitializeParams;

use crate::lsp::Root;

use super::programs::home;
use super::uri;

/// Folders deeper than that, and what lies past so many entries, are not looked at.
const DEEPEST: usize = 10;
const MOST: usize = 50_000;
/// Folders that hold what others made.
const SKIPPED: [&str; 3] = ["node_modules", "target", "dist"];

/// The folders that a client has open.
#[allow(deprecated, reason = "older clients name one folder alone")]
pub fn folders(params: &InitializeParams) -> Vec<Utf8PathBuf> {
    let many = params.workspace_folders.as_ref().filter(|all| !all.is_empty());
    match many {
        Some(all) => all.iter().map(|folder| uri::path(folder.uri.as_str())).collect(),
        None => params.root_uri.iter().map(|root| uri::path(root.as_str())).collect(),
    }
}

/// Programs other than the file's own whose texts say its name in a `use`.
pub fn users(folders: &[Utf8PathBuf], path: &Utf8Path) -> BTreeSet<Root> {
    let Some(name) = path.file_name() else { return BTreeSet::new() };
    let own = home(path);
    let mut out = BTreeSet::new();
    for file in sources(folders) {
        let root = home(&file);
        if root == own || out.contains(&root) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let uses = |line: &str| line.starts_with("use ") && line.contains(&format!("{name}\""));
        if text.lines().any(uses) {
            out.insert(root);
        }
    }
    out
}

/// The sources below some folders.
fn sources(folders: &[Utf8PathBuf]) -> Vec<Utf8PathBuf> {
    let mut out = Vec::new();
    let mut left: Vec<(Utf8PathBuf, usize)> = folders.iter().map(|folder| (folder.clone(), 0)).collect();
    let mut seen = 0;
    while let Some((folder, depth)) = left.pop() {
        let Ok(entries) = folder.read_dir_utf8() else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST {
                return out;
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let skipped = entry.file_name().starts_with('.') || SKIPPED.contains(&entry.file_name());
            if is_folder && !skipped && depth < DEEPEST {
                left.push((entry.into_path(), depth + 1));
            } else if !is_folder && entry.path().extension() == Some("serve") {
                out.push(entry.into_path());
            }
        }
    }
    out
}
