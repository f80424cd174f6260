//! From pest's nodes and the comments to lines and groups.

#![allow(clippy::wildcard_enum_match_arm, reason = "most rules are laid out alike")]

use super::doc::{Group, Line, Piece};
use crate::syntax::grammar::{Node, Rule, end, start};

/// The lines of a file.
pub(super) fn file(text: &str, comments: &[(u32, u32)], root: Node<'_>) -> Vec<Line> {
    let mut builder = Builder { text, comments, at: 0, glue: false };
    let mut lines = vec![];
    for node in root.into_inner() {
        let gap = builder.gap(start(&node));
        place(gap.comments, &mut lines, None);
        if node.as_rule() != Rule::EOI {
            lines.push(builder.line(node, gap.blank));
        }
    }
    lines
}

struct Builder<'a> {
    text: &'a str,
    /// Those not yet placed.
    comments: &'a [(u32, u32)],
    /// Where the last placed thing ended.
    at: u32,
    /// The next token follows the last without a blank.
    glue: bool,
}

/// What stands between two tokens.
struct Gap {
    comments: Vec<Comment>,
    /// A blank line right before the second token.
    blank: bool,
    broken: bool,
}

struct Comment {
    text: String,
    own_line: bool,
    blank_before: bool,
}

/// Puts comments behind the last line or below it; where there is none yet, behind the opener.
fn place(comments: Vec<Comment>, lines: &mut Vec<Line>, mut opener: Option<&mut Option<String>>) {
    for comment in comments {
        let after_comment = lines.last().is_some_and(|line| line.rule == Rule::COMMENT);
        let last = lines.last_mut().map(|line| &mut line.comment).or(opener.as_deref_mut()).filter(|_| !after_comment);
        match last {
            Some(slot) if !comment.own_line && slot.is_none() => *slot = Some(comment.text),
            _ => lines.push(Line::comment(comment.text, comment.blank_before)),
        }
    }
}

impl<'a> Builder<'a> {
    fn between(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// Goes on to a token, past the comments before it.
    fn gap(&mut self, to: u32) -> Gap {
        let mut gap = Gap { comments: vec![], blank: false, broken: false };
        while let Some(((start, end), rest)) = self.comments.split_first().filter(|((start, _), _)| *start < to) {
            let breaks = self.between(self.at, *start).matches('\n').count();
            let text = self.between(*start, *end).to_owned();
            let own_line = breaks > 0 || self.at == 0;
            gap.comments.push(Comment { text, own_line, blank_before: breaks > 1 });
            gap.broken = true;
            self.comments = rest;
            self.at = *end;
        }
        let breaks = self.between(self.at, to).matches('\n').count();
        gap.blank = breaks > 1;
        gap.broken |= breaks > 0;
        self.at = to;
        gap
    }

    /// A line of a node that starts where the builder is.
    fn line(&mut self, node: Node<'a>, blank_before: bool) -> Line {
        let mut line = Line::new(node.as_rule());
        line.blank_before = blank_before;
        self.glue = true;
        self.node(node, &mut line.pieces);
        line
    }

    fn node(&mut self, node: Node<'a>, pieces: &mut Vec<Piece>) {
        match node.as_rule() {
            Rule::nl | Rule::EOI => {}
            Rule::block => self.group(node, ["{", "}"], true, pieces),
            Rule::type_record => self.group(node, ["{", "}"], true, pieces),
            Rule::use_names => self.group(node, ["{", "}"], false, pieces),
            Rule::args | Rule::paren => self.group(node, ["(", ")"], false, pieces),
            Rule::list | Rule::dims => self.group(node, ["[", "]"], false, pieces),
            Rule::type_args => self.group(node, ["<", ">"], false, pieces),
            Rule::string | Rule::number => self.token(node, pieces),
            _ if node.clone().into_inner().next().is_none() => self.token(node, pieces),
            _ => node.into_inner().for_each(|inner| self.node(inner, pieces)),
        }
    }

    fn token(&mut self, node: Node<'a>, pieces: &mut Vec<Piece>) {
        let gap = self.gap(start(&node));
        if gap.broken && !pieces.is_empty() {
            pieces.push(Piece::Break(gap.comments.into_iter().map(|c| c.text).collect()));
            self.glue = true;
        }
        let rule = node.as_rule();
        let tight = matches!(rule, Rule::comma | Rule::colon | Rule::dot | Rule::range_op);
        let text = node.as_str().trim_end().to_owned();
        self.at = start(&node) + text.len() as u32;
        pieces.push(Piece::Text { text, space: !tight && !self.glue });
        self.glue = matches!(rule, Rule::dot | Rule::range_op | Rule::prefix);
    }

    fn group(&mut self, node: Node<'a>, [open, close]: [&'static str; 2], inner: bool, pieces: &mut Vec<Piece>) {
        let gap = self.gap(start(&node));
        if gap.broken && !pieces.is_empty() {
            pieces.push(Piece::Break(gap.comments.into_iter().map(|c| c.text).collect()));
            self.glue = true;
        }
        let tight = matches!(node.as_rule(), Rule::args | Rule::dims | Rule::type_args | Rule::use_names);
        let space = !tight && !self.glue;
        let statements = inner;
        let mut group = Group { open, close, space, inner, statements, broken: false, comment: None, lines: vec![] };
        self.at = start(&node) + 1;
        let close_at = end(&node) - 1;
        for part in node.into_inner() {
            if matches!(part.as_rule(), Rule::nl) || opens_or_closes(part.as_rule()) {
                continue;
            }
            let gap = self.gap(start(&part));
            group.broken |= gap.broken;
            place(gap.comments, &mut group.lines, Some(&mut group.comment));
            if part.as_rule() == Rule::comma {
                self.at = start(&part) + 1;
                continue;
            }
            let blank = gap.blank && !group.lines.is_empty();
            let line = self.line(part, blank);
            group.lines.push(line);
        }
        let gap = self.gap(close_at);
        group.broken |= gap.broken;
        place(gap.comments, &mut group.lines, Some(&mut group.comment));
        self.at = close_at + 1;
        if let Some(first) = group.lines.first_mut() {
            first.blank_before = false;
        }
        self.glue = false;
        pieces.push(Piece::Group(group));
    }
}

fn opens_or_closes(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::open_brace
            | Rule::close_brace
            | Rule::open_paren
            | Rule::close_paren
            | Rule::open_square
            | Rule::close_square
            | Rule::open_angle
            | Rule::close_angle
    )
}
