//! Paths as `file:` addresses and back.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

/// The path of an address. One of another scheme (a text that was never saved) gets a place where no file is.
pub fn path(uri: &str) -> Utf8PathBuf {
    match uri.strip_prefix("file://") {
        Some(rest) => {
            let rest = rest.strip_prefix("localhost").unwrap_or(rest);
            let path = decoded(rest);
            // `file:///c:/x` of Windows.
            let bytes = path.as_bytes();
            let drive = bytes.first() == Some(&b'/')
                && bytes.get(1).is_some_and(u8::is_ascii_alphabetic)
                && bytes.get(2) == Some(&b':');
            Utf8PathBuf::from(if drive { path.get(1..).unwrap_or(&path).to_owned() } else { path })
        }
        None => {
            let plain: String = uri.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            Utf8PathBuf::from(format!("/.unsaved/{plain}/main.serve"))
        }
    }
}

/// The address of a path.
pub fn of(path: &Utf8Path) -> String {
    let mut out = String::from("file://");
    let text = path.as_str().replace('\\', "/");
    if !text.starts_with('/') {
        out.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' | b':' | b'@' => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing to a String has no way to fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|_| byte == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_each_others_inverse() {
        for plain in ["/a/b.serve", "/with space/ü.serve", "/50%/x#y?z.serve"] {
            assert_eq!(path(&of(Utf8Path::new(plain))), plain);
        }
        assert_eq!(path("file:///c%3A/x.serve"), "c:/x.serve");
        assert_eq!(path("untitled:Untitled-1"), "/.unsaved/untitled-Untitled-1/main.serve");
    }
}
