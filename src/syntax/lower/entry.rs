//! What stands between braces.

use super::Lower;
use crate::report::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast::*;
use crate::syntax::grammar::{Node, Rule, end, start};
use crate::syntax::recover::token::{is_name, token};
use crate::syntax::recover::{Problem, Question, lone_closer, separators, unclosed_brace};

impl Lower<'_> {
    pub fn block(&mut self, node: Node<'_>) -> Block {
        let span = self.span(&node);
        let mut entries = vec![];
        let from = start(&node);
        let nodes: Vec<Node<'_>> = node.into_inner().collect();
        let closers = lone_closers(&nodes);
        // What the next line may be the rest of, where what stands before it is known to be broken.
        let mut open: Option<Open> = None;
        let mut nodes = nodes.into_iter().zip(closers).peekable();
        while let Some((node, closer)) = nodes.next() {
            match node.as_rule() {
                Rule::open_brace | Rule::close_brace | Rule::nl | Rule::comma => {}
                Rule::missing_brace => self.unclosed_block(from, start(&node)),
                Rule::bad_line | Rule::bad_inline => {
                    let part = is_part(node.as_str(), open.unwrap_or(Open::List));
                    if let Some(closer) = closer {
                        if open.is_none() {
                            self.say_closes_nothing(start(&node), closer);
                        }
                        entries.push(self.rest_of_an_entry(start(&node), closer + 1));
                        while nodes.next_if(|(node, _)| start(node) < closer).is_some() {}
                    } else if open.is_some() && part {
                        entries.push(self.rest_of_an_entry(start(&node), node.as_span().end() as u32));
                    } else {
                        entries.push(self.bad_entry(&node));
                    }
                    // A comma ends a part of a line, and is not read as part of it.
                    let goes_on = node.as_rule() == Rule::bad_inline || node.as_str().trim_end().ends_with(',');
                    open = match closer {
                        Some(_) => None,
                        None if part => open.or(Some(Open::List)).filter(|_| goes_on),
                        None => Open::after(node.as_str()),
                    };
                }
                _ => {
                    let is_bad = |node: &Node<'_>| matches!(node.as_rule(), Rule::bad_line | Rule::bad_inline);
                    let tail = nodes.next_if(|(node, _)| is_bad(node)).map(|(node, _)| node);
                    open = match &tail {
                        Some(tail) => Open::after(tail.as_str()),
                        None if node.as_str().trim_end().ends_with('=') => Some(Open::List),
                        None => None,
                    };
                    entries.push(self.entry(node, tail));
                }
            }
        }
        Block { entries, span }
    }

    fn unclosed_block(&mut self, from: u32, noticed: u32) {
        let text = self.text.get(from as usize..noticed as usize).unwrap_or("");
        let line = self.text.get(..from as usize).unwrap_or("");
        let line = line.get(line.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or("");
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let opener = from + unclosed_brace(text, indent) as u32;
        let noticed = from + text.trim_end().len() as u32;
        self.say_unclosed('{', opener, noticed, self.range(from, noticed));
    }

    fn entry(&mut self, node: Node<'_>, tail: Option<Node<'_>>) -> Entry {
        let from = start(&node);
        let upto = tail.as_ref().map_or(end(&node), |t| t.as_span().end() as u32);
        let broken = tail.is_some();
        let complete = self.is_complete(&node);
        let known = self.problems.len();
        let entry = match node.as_rule() {
            Rule::field => Entry::Field(self.field(node, broken)),
            Rule::nested => Entry::Nested(self.nested(node)),
            Rule::port => Entry::Port(self.port(node, broken)),
            Rule::param => Entry::Param(self.param(node, broken)),
            _ => Entry::Deploy(self.deploy(node)),
        };
        // A bracket left open inside explains what follows it.
        let explained = self.problems.len() > known && !complete;
        if (broken || !complete) && !explained {
            self.say_about(Question::Entry, from, upto);
        }
        entry
    }

    /// A value on a line of its own, or an element of a list whose bracket is lost: what went wrong is said where it began.
    fn rest_of_an_entry(&mut self, from: u32, to: u32) -> Entry {
        let span = self.slice(from, to).all();
        self.silence(span);
        Entry::Bad(span)
    }

    /// Lines that are no statements, and then a closer: they are the inside of brackets whose opener is lost.
    fn say_closes_nothing(&mut self, from: u32, closer: u32) {
        let at = self.slice(closer, closer + 1);
        let opener = if at.text == ")" { '(' } else { '[' };
        let diagnostic = Diagnostic::error(Code::Unexpected, format!("this `{}` closes nothing", at.text))
            .label(at.all(), format!("no `{opener}` is open here"))
            .label(self.range(from, from), "what it closes seems to begin before this")
            .help(format!("a `{opener}` is missing above, or this is one too many"));
        self.problems.push(Problem::new(diagnostic, at.all()).noticed_at(self.base + from));
    }

    /// A statement that is none; where it plainly is a field whose `=` is wrong, the field's name is kept.
    fn bad_entry(&mut self, node: &Node<'_>) -> Entry {
        let (from, to) = (start(node), node.as_span().end() as u32);
        self.say_about(Question::Entry, from, to);
        let slice = self.slice(from, to);
        let word = token(slice.text);
        let rest = slice.text.get(word.len()..).unwrap_or("").trim_start();
        let value = rest.starts_with(|c: char| c.is_ascii_digit() || ":=\"[".contains(c));
        let field = is_name(word) && value && !matches!(word, "input" | "output" | "param" | "deploy");
        if !field {
            return Entry::Bad(slice.all());
        }
        let name = Spanned::new(word.into(), slice.span(0, word.len()));
        let value = self.bad(slice.span(word.len(), slice.text.len()));
        Entry::Field(Field { doc: self.doc(from), name, value, span: slice.all() })
    }

    fn field(&mut self, node: Node<'_>, broken: bool) -> Field {
        let doc = self.doc(start(&node));
        let span = self.span(&node);
        let mut name = Spanned::new("".into(), span);
        let mut value = self.bad(span.end_point());
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = self.name(&part),
                Rule::expr if !broken => value = self.expr(part),
                // Read for what is to be said of its blocks; the value as a whole is not to be trusted.
                Rule::expr => value = self.bad(self.span(&part)),
                _ => {}
            }
        }
        Field { doc, name, value, span }
    }

    fn nested(&mut self, node: Node<'_>) -> Nested {
        let doc = self.doc(start(&node));
        let span = self.span(&node);
        let mut names = vec![];
        let mut body = Block { entries: vec![], span: span.end_point() };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => names.push(self.name(&part)),
                Rule::block => body = self.block(part),
                _ => {}
            }
        }
        let mut names = names.into_iter();
        let kind = names.next().unwrap_or_else(|| Spanned::new("".into(), span));
        Nested { doc, kind, name: names.next(), body, span }
    }

    fn port(&mut self, node: Node<'_>, broken: bool) -> Port {
        let doc = self.doc(start(&node));
        let span = self.span(&node);
        let mut port = Port {
            doc,
            direction: Direction::Input,
            name: Spanned::new("".into(), span),
            ty: None,
            from: None,
            value: None,
            span,
        };
        for part in node.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::direction if part.as_str() == "output" => port.direction = Direction::Output,
                Rule::name => port.name = self.name(&part),
                Rule::colon => port.ty = Some(TypeExpr { kind: TypeExprKind::Bad, span: at.end_point() }),
                Rule::type_expr if !broken => port.ty = Some(self.type_expr(part)),
                Rule::string => port.from = self.plain_string(part),
                Rule::eq => port.value = Some(self.bad(at.end_point())),
                Rule::expr if !broken => port.value = Some(self.expr(part)),
                _ => {}
            }
        }
        if broken && port.ty.is_none() {
            port.ty = Some(TypeExpr { kind: TypeExprKind::Bad, span: span.end_point() });
        }
        self.check_input(&port);
        port
    }

    fn check_input(&mut self, port: &Port) {
        let Some(value) = port.value.as_ref().filter(|_| port.direction == Direction::Input) else { return };
        let at: Span = value.span;
        let message = format!("input `{}` can't be given a value", port.name.value);
        let diagnostic = Diagnostic::error(Code::Unexpected, message)
            .label(at, "an input's value comes with each call")
            .help(format!("its type follows `:`, as in `input {}: json`", port.name.value));
        self.say(diagnostic, at);
    }

    fn deploy(&mut self, node: Node<'_>) -> Deploy {
        let doc = self.doc(start(&node));
        let span = self.span(&node);
        let mut names = vec![];
        let mut body = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => names.push(self.name(&part)),
                Rule::block => body = Some(self.block(part)),
                _ => {}
            }
        }
        Deploy { doc, names, body, span }
    }
}

/// For each node of a block: where the closer without an opener stands that ends the run of bad parts it is in. A statement
/// with a bad rest is a bad part.
fn lone_closers(nodes: &[Node<'_>]) -> Vec<Option<u32>> {
    let mut next = None;
    let mut has_bad_rest = false;
    let mut found: Vec<Option<u32>> = nodes
        .iter()
        .rev()
        .map(|node| {
            let rule = node.as_rule();
            match rule {
                Rule::bad_line | Rule::bad_inline => {
                    next = lone_closer(node.as_str()).map(|at| start(node) + at as u32).or(next);
                }
                Rule::nl | Rule::comma => {}
                _ if has_bad_rest => {}
                _ => next = None,
            }
            has_bad_rest = matches!(rule, Rule::bad_line | Rule::bad_inline);
            next
        })
        .collect();
    found.reverse();
    found
}

/// What a line that went wrong may have left open.
#[derive(Clone, Copy)]
enum Open {
    /// A value, or the elements of a list.
    List,
    /// The arguments of a call, which have names.
    Arguments,
}

impl Open {
    fn after(line: &str) -> Option<Self> {
        match line.trim_end().chars().next_back() {
            Some('(') => Some(Self::Arguments),
            Some(',' | '=' | '[') => Some(Self::List),
            Some(_) | None => None,
        }
    }
}

/// Whether a line that is no statement reads like a part of what was left open, rather than like a statement gone wrong.
fn is_part(line: &str, open: Open) -> bool {
    let next = line.get(token(line).len()..).unwrap_or("").trim_start();
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
    let statement: &[char] = match open {
        Open::List => &['=', ':'],
        Open::Arguments => &['='],
    };
    !separators(line).contains(statement) && !next.starts_with(word)
}
