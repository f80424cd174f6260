//! Offsets as the protocol's positions, in the encoding that was agreed on.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::source::{LineColumn, SourceFile, Span};

/// How columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

impl Encoding {
    /// UTF-8, which costs nothing, where the client can; else what every client can.
    pub fn agreed(offered: Option<&[PositionEncodingKind]>) -> Self {
        let can = offered.is_some_and(|all| all.contains(&PositionEncodingKind::UTF8));
        if can { Encoding::Utf8 } else { Encoding::Utf16 }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    pub fn position(self, source: &SourceFile, offset: u32) -> Position {
        let at = match self {
            Encoding::Utf8 => source.line_column(offset),
            Encoding::Utf16 => source.line_column_utf16(offset),
        };
        Position::new(at.line, at.column)
    }

    pub fn offset(self, source: &SourceFile, at: Position) -> u32 {
        let at = LineColumn { line: at.line, column: at.character };
        match self {
            Encoding::Utf8 => source.offset(at),
            Encoding::Utf16 => source.offset_utf16(at),
        }
    }

    pub fn range(self, source: &SourceFile, span: Span) -> Range {
        self.bytes(source, span.start, span.end)
    }

    pub fn bytes(self, source: &SourceFile, start: u32, end: u32) -> Range {
        Range::new(self.position(source, start), self.position(source, end.max(start)))
    }

    /// The length of a text in this encoding.
    pub fn length(self, text: &str) -> u32 {
        match self {
            Encoding::Utf8 => text.len() as u32,
            Encoding::Utf16 => text.encode_utf16().count() as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn positions_go_there_and_back_in_both_encodings() {
        let source = SourceFile::new("a.serve".into(), Arc::from("let a = \"ü€😀\"\r\nlet b = 1\n"));
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (offset, _) in source.text.char_indices().filter(|(_, c)| !matches!(c, '\r' | '\n')) {
                let at = encoding.position(&source, offset as u32);
                assert_eq!(encoding.offset(&source, at), offset as u32, "{encoding:?} {at:?}");
            }
        }
        let far = Position::new(0, 999);
        assert_eq!(Encoding::Utf16.offset(&source, far), source.text.find('\r').map_or(0, |at| at as u32));
        assert_eq!(Encoding::Utf8.offset(&source, Position::new(9, 9)), source.text.len() as u32);
    }
}
