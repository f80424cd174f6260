//! Files that travel with a spec: found, read whole, and compared with the hash that the compiler wrote.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serve_spec::Asset;
use sha2::{Digest, Sha256};

/// Reads an asset. One of no known hash was fetched from elsewhere: its path may be a folder, and then its one ONNX file
/// is meant.
///
/// # Errors
/// When it is missing, or is not the file that was compiled against.
pub fn read(asset: &Asset, folder: &Path) -> Result<Arc<[u8]>, String> {
    let mut path = folder.join(&asset.path);
    if asset.sha256.is_empty() && path.is_dir() {
        path = only_model(&path)?;
    }
    let bytes = std::fs::read(&path).map_err(|error| format!("asset {}: {error}", path.display()))?;
    if asset.sha256.is_empty() {
        return Ok(Arc::from(bytes));
    }
    let found = hex(&Sha256::digest(&bytes));
    if found != asset.sha256 {
        return Err(format!("asset {}: its SHA-256 is {found}, the spec says {}", path.display(), asset.sha256));
    }
    Ok(Arc::from(bytes))
}

/// The one ONNX file of a folder.
fn only_model(folder: &Path) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("asset {}: {error}", folder.display()))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut models: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "onnx")).collect();
    models.sort();
    match models.as_slice() {
        [model] => Ok(model.clone()),
        models => Err(format!("asset {}: {} files end in .onnx, there must be one", folder.display(), models.len())),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_fetched_from_elsewhere_has_no_hash_and_may_be_a_folder() {
        let folder = std::env::temp_dir().join(format!("servec-asset-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("m.onnx"), b"model").unwrap();
        let asset = |path: &str, sha256: &str| Asset { path: path.to_owned(), sha256: sha256.to_owned(), bytes: 0 };
        assert_eq!(&*read(&asset("m.onnx", ""), &folder).unwrap(), b"model");
        assert_eq!(&*read(&asset(".", ""), &folder).unwrap(), b"model");
        assert!(read(&asset("m.onnx", "00"), &folder).unwrap_err().contains("SHA-256"));
        std::fs::write(folder.join("n.onnx"), b"another").unwrap();
        assert!(read(&asset(".", ""), &folder).unwrap_err().contains("2 files"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
