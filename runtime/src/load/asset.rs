//! Files that travel with a spec: found, read whole, and compared with the hash that the compiler wrote.

use std::path::Path;
use std::sync::Arc;

use serve_spec::Asset;
use sha2::{Digest, Sha256};

/// Reads an asset.
///
/// # Errors
/// When it is missing, or is not the file that was compiled against.
pub fn read(asset: &Asset, folder: &Path) -> Result<Arc<[u8]>, String> {
    let path = folder.join(&asset.path);
    let bytes = std::fs::read(&path).map_err(|error| format!("asset {}: {error}", path.display()))?;
    let found = hex(&Sha256::digest(&bytes));
    if found != asset.sha256 {
        return Err(format!("asset {}: its SHA-256 is {found}, the spec says {}", path.display(), asset.sha256));
    }
    Ok(Arc::from(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
