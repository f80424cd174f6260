//! Formats of images and sounds: told apart by their first bytes, and by content type.

/// The format that the first bytes tell, by the language's name.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    const HEADS: [(&[u8], &str); 9] = [
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF8", "gif"),
        (b"BM", "bmp"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"fLaC", "flac"),
        (b"OggS", "ogg"),
        (b"ID3", "mp3"),
    ];
    if bytes.starts_with(b"RIFF") {
        return match bytes.get(8..12) {
            Some(b"WAVE") => Some("wav"),
            Some(b"WEBP") => Some("webp"),
            _ => None,
        };
    }
    HEADS.iter().find(|(head, _)| bytes.starts_with(head)).map(|(_, name)| *name)
}

/// Two names of one format, such as `jpg` and `jpeg`.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    fn plain(name: &str) -> String {
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix("x-").unwrap_or(&name);
        match name {
            "jpg" | "pjpeg" => "jpeg".to_owned(),
            "wave" | "vnd.wave" => "wav".to_owned(),
            "mpeg" => "mp3".to_owned(),
            other => other.to_owned(),
        }
    }
    plain(a) == plain(b)
}

/// The content type to answer bytes with.
#[must_use]
pub fn content_type(bytes: &[u8]) -> String {
    match sniff(bytes) {
        Some(format @ ("wav" | "flac" | "ogg")) => format!("audio/{format}"),
        Some("mp3") => "audio/mpeg".to_owned(),
        Some(format) => format!("image/{format}"),
        None => "application/octet-stream".to_owned(),
    }
}
