//! What is laid out: lines of pieces, some of them groups of lines again.

use crate::syntax::grammar::Rule;

/// A statement, a list's element, a declaration, or a comment that has its line to itself.
#[derive(Debug)]
pub(super) struct Line {
    /// What the grammar calls it; comments are `Rule::COMMENT`.
    pub rule: Rule,
    pub blank_before: bool,
    pub pieces: Vec<Piece>,
    /// At the end of its last line.
    pub comment: Option<String>,
    /// Blanks to add before a piece, by its index.
    pub pads: Vec<(usize, usize)>,
}

#[derive(Debug)]
pub(super) enum Piece {
    Text {
        text: String,
        space: bool,
    },
    Group(Group),
    /// A line break where the author made one and the grammar allows it; what follows is indented further.
    Break(Vec<String>),
}

#[derive(Debug)]
pub(super) struct Group {
    pub open: &'static str,
    pub close: &'static str,
    /// A blank before the opener.
    pub space: bool,
    /// Blanks inside the brackets when on one line.
    pub inner: bool,
    /// Over lines, no comma ends an element.
    pub statements: bool,
    pub broken: bool,
    /// After the opener, on its line.
    pub comment: Option<String>,
    pub lines: Vec<Line>,
}

impl Line {
    pub fn new(rule: Rule) -> Self {
        Self { rule, blank_before: false, pieces: vec![], comment: None, pads: vec![] }
    }

    pub fn comment(text: String, blank_before: bool) -> Self {
        let pieces = vec![Piece::Text { text, space: false }];
        Self { rule: Rule::COMMENT, blank_before, pieces, comment: None, pads: vec![] }
    }

    /// Whether it takes one line as it stands.
    pub fn is_flat(&self) -> bool {
        self.pieces.iter().all(Piece::is_flat)
    }

    /// Characters of the first so many pieces, on one line, with padding.
    pub fn width(&self, pieces: usize) -> usize {
        let mut out = String::new();
        self.write(pieces, &mut out);
        out.chars().count()
    }

    /// The first so many pieces on one line.
    pub fn write(&self, pieces: usize, out: &mut String) {
        for (index, piece) in self.pieces.iter().enumerate().take(pieces) {
            self.pad(index, out);
            piece.write(index == 0, out);
        }
    }

    pub fn pad(&self, index: usize, out: &mut String) {
        let blanks = self.pads.iter().filter(|(at, _)| *at == index).map(|(_, n)| *n).sum();
        out.extend(std::iter::repeat_n(' ', blanks));
    }
}

impl Piece {
    pub fn is_flat(&self) -> bool {
        match self {
            Piece::Text { .. } => true,
            Piece::Group(group) => group.is_flat(),
            Piece::Break(_) => false,
        }
    }

    pub fn write(&self, first: bool, out: &mut String) {
        match self {
            Piece::Text { text, space } => {
                if *space && !first {
                    out.push(' ');
                }
                out.push_str(text);
            }
            Piece::Group(group) => group.write(first, out),
            Piece::Break(_) => out.push(' '),
        }
    }
}

impl Group {
    pub fn is_flat(&self) -> bool {
        !self.broken && self.lines.iter().all(Line::is_flat)
    }

    fn write(&self, first: bool, out: &mut String) {
        if self.space && !first {
            out.push(' ');
        }
        out.push_str(self.open);
        let blank = if self.inner && !self.lines.is_empty() { " " } else { "" };
        out.push_str(blank);
        for (index, line) in self.lines.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            line.write(usize::MAX, out);
        }
        out.push_str(blank);
        out.push_str(self.close);
    }
}
