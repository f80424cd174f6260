//! A file's declarations.

use super::Lower;
use crate::report::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast::*;
use crate::syntax::grammar::{Node, Rule, end, start};
use crate::syntax::recover::wording::{DECLARATIONS, unknown_declaration};
use crate::syntax::recover::{Question, nearest};

/// What came before, for telling a new mistake from the rest of an old one.
#[derive(Default)]
struct Before {
    end: Option<u32>,
    /// Its body is missing or it held a mistake, so that what follows may be the rest of it.
    broken: bool,
}

impl Lower<'_> {
    pub fn file(&mut self, node: Node<'_>) -> Vec<Item> {
        let mut items = vec![];
        let mut before = Before::default();
        let mut nodes = node.into_inner().filter(|n| n.as_rule() != Rule::EOI).peekable();
        while let Some(node) = nodes.next() {
            let (from, to) = (start(&node), end(&node));
            if before.end.is_some_and(|end| !self.has_newline(end, from)) {
                let at = self.range(from, from);
                let word = node.as_str().split_whitespace().next().unwrap_or("").to_owned();
                let message = format!("expected a line break before `{word}`");
                self.say(
                    Diagnostic::error(Code::Unexpected, message).label(at, "a declaration starts on a line of its own"),
                    at,
                );
            }
            if node.as_rule() == Rule::bad_rest {
                items.push(self.bad_item(&node, &before));
                before = Before { end: Some(to), broken: true };
                continue;
            }
            let tail = nodes.next_if(|next| next.as_rule() == Rule::bad_rest && !self.has_newline(to, start(next)));
            let known = self.problems.len();
            let upto = tail.as_ref().map_or(to, |tail| tail.as_span().end() as u32);
            let item = self.item(node, tail.is_some(), upto, &before);
            items.push(item);
            // What is left of a line may declare names too.
            items.extend(tail.map(|tail| Item::Bad(self.span(&tail))));
            before = Before { end: Some(upto), broken: self.problems.len() > known || self.has_problem(from, upto) };
        }
        items
    }

    /// Whether something was said between two offsets already.
    fn has_problem(&self, from: u32, to: u32) -> bool {
        let all = self.range(from, to);
        self.problems.iter().any(|p| all.contains(p.silence))
    }

    fn item(&mut self, node: Node<'_>, tail: bool, upto: u32, before: &Before) -> Item {
        let from = start(&node);
        let rule = node.as_rule();
        let complete = self.is_complete(&node);
        let span = self.span(&node);
        let item = match rule {
            Rule::use_item => Item::Use(self.use_item(node)),
            Rule::param => Item::Param(self.param(node, tail)),
            Rule::let_item => Item::Let(self.let_item(node, tail)),
            Rule::moved => self.moved(node),
            Rule::decl => Item::Decl(self.decl(node)),
            _ => return self.unknown_decl(node, before),
        };
        if tail || !complete {
            self.say_about(Question::Item, from, upto);
        }
        match item {
            Item::Bad(_) => Item::Bad(Span { end: span.end.max(self.base + upto), ..span }),
            good => good,
        }
    }

    fn bad_item(&mut self, node: &Node<'_>, before: &Before) -> Item {
        let slice = self.slice(start(node), node.as_span().end() as u32);
        let rest_of_it = before.broken && lone_closer(slice.text);
        if !rest_of_it {
            self.say_about(Question::Item, start(node), node.as_span().end() as u32);
        } else {
            self.silence(slice.all());
        }
        Item::Bad(slice.all())
    }

    fn use_item(&mut self, node: Node<'_>) -> Use {
        let span = self.span(&node);
        let mut from = UsePath::Bad(span.end_point());
        let mut names = vec![];
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::std_path => from = UsePath::Std(self.name(&part)),
                Rule::string => {
                    let at = self.span(&part);
                    from = self.plain_string(part).map_or(UsePath::Bad(at), UsePath::File);
                }
                Rule::use_names => {
                    let open = start(&part);
                    let lost = part.clone().into_inner().find(|p| p.as_rule() == Rule::bad_names);
                    if let Some(lost) = lost.filter(|l| l.as_str().trim().is_empty()) {
                        self.say_unclosed('{', open, self.slice(open, start(&lost)).all().end - self.base, span);
                    }
                    names = self.use_names(part);
                }
                _ => {}
            }
        }
        Use { from, names, span }
    }

    fn use_names(&mut self, node: Node<'_>) -> Vec<UseName> {
        let mut names = vec![];
        for part in node.into_inner().filter(|p| p.as_rule() == Rule::use_name) {
            let mut words = part.into_inner().filter(|w| w.as_rule() == Rule::name).map(|w| self.name(&w));
            if let Some(name) = words.next() {
                names.push(UseName { name, alias: words.next() });
            }
        }
        names
    }

    fn let_item(&mut self, node: Node<'_>, broken: bool) -> Let {
        let span = self.span(&node);
        let doc = self.doc(start(&node));
        let mut name = Spanned::new("".into(), span.end_point());
        let mut ty = None;
        let mut value = self.bad(span.end_point());
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = self.name(&part),
                Rule::type_expr => ty = Some(self.type_expr(part)),
                Rule::expr if !broken => value = self.expr(part),
                _ => {}
            }
        }
        Let { doc, name, ty, value, span }
    }

    /// A parameter of the program, or of a transform.
    pub fn param(&mut self, node: Node<'_>, broken: bool) -> Param {
        let span = self.span(&node);
        let doc = self.doc(start(&node));
        let mut name = Spanned::new("".into(), span.end_point());
        let mut ty = TypeExpr { kind: TypeExprKind::Bad, span: span.end_point() };
        let mut default = None;
        let mut body = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = self.name(&part),
                Rule::type_expr => ty = self.type_expr(part),
                Rule::eq => default = Some(self.bad(self.span(&part).end_point())),
                Rule::expr if !broken => default = Some(self.expr(part)),
                Rule::block => body = Some(self.block(part)),
                _ => {}
            }
        }
        Param { doc, name, ty, default, body, span }
    }

    fn moved(&mut self, node: Node<'_>) -> Item {
        let span = self.span(&node);
        let doc = self.doc(start(&node));
        let mut names = node.into_inner().filter(|p| p.as_rule() == Rule::name).map(|p| self.name(&p));
        match (names.next(), names.next()) {
            (Some(from), Some(to)) => Item::Moved(Moved { doc, from, to, span }),
            _ => Item::Bad(span),
        }
    }

    fn decl(&mut self, node: Node<'_>) -> Decl {
        let span = self.span(&node);
        let doc = self.doc(start(&node));
        let mut kind = Spanned::new(DeclKind::Model, span);
        let mut names = vec![];
        let mut body = Block { entries: vec![], span: span.end_point() };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::decl_kind => kind = Spanned::new(decl_kind(part.as_str()), self.span(&part)),
                Rule::name => names.push(self.name(&part)),
                Rule::block => body = self.block(part),
                Rule::late_block => body = self.late_block(part),
                _ => {}
            }
        }
        let mut names = names.into_iter();
        let name = names.next().unwrap_or_else(|| Spanned::new("".into(), span.end_point()));
        let target = names.next();
        self.check_target(&kind, &name, target.as_ref());
        Decl { doc, kind, name, target, body, span }
    }

    /// `on` belongs to stacks, and only to them.
    fn check_target(&mut self, kind: &Spanned<DeclKind>, name: &Name, target: Option<&Name>) {
        let stack = kind.value == DeclKind::Stack;
        match target {
            Some(target) if !stack => {
                let diagnostic =
                    Diagnostic::error(Code::Unexpected, format!("only a stack has a target: `{}` is none", name.value))
                        .label(target.span, "a target after `on`")
                        .help("say the target where a stack deploys it: `stack dev on local { deploy … }`");
                self.say(diagnostic, target.span);
            }
            None if stack => {
                let at = name.span.end_point();
                let diagnostic = Diagnostic::error(Code::Unexpected, format!("stack `{}` names no target", name.value))
                    .label(at, "expected `on` and a target")
                    .help("say where it runs, as in `stack dev on local`");
                self.say(diagnostic, at);
            }
            Some(_) | None => {}
        }
    }

    fn late_block(&mut self, node: Node<'_>) -> Block {
        let mut body = Block { entries: vec![], span: self.span(&node) };
        for part in node.into_inner().filter(|p| p.as_rule() == Rule::block) {
            let at = self.range(start(&part), start(&part) + 1);
            self.say(
                Diagnostic::error(Code::Unexpected, "`{` belongs at the end of the line above")
                    .label(at, "a statement ends with its line"),
                at,
            );
            body = self.block(part);
        }
        body
    }

    /// `modle x { … }`: read as what it nearly says.
    fn unknown_decl(&mut self, node: Node<'_>, before: &Before) -> Item {
        let (from, to) = (start(&node), end(&node));
        let slice = self.slice(from, to);
        let parts: Vec<Node<'_>> = node.into_inner().collect();
        let mut names = parts.iter().filter(|p| p.as_rule() == Rule::name).map(|p| self.name(p));
        let (Some(word), Some(name)) = (names.next(), names.next()) else { return Item::Bad(slice.all()) };
        let target = names.next();
        let first_column = from == 0 || self.has_newline(from - 1, from);
        if first_column || !before.broken {
            self.say(unknown_declaration(slice, &word.value), word.span);
        }
        let kind = nearest(&word.value, DECLARATIONS).and_then(|near| KINDS.iter().find(|(text, _)| *text == near));
        let body = parts.into_iter().find(|p| p.as_rule() == Rule::block);
        match (kind, body) {
            (Some((_, kind)), Some(body)) => Item::Decl(Decl {
                doc: self.doc(from),
                kind: Spanned::new(*kind, word.span),
                name,
                target,
                body: self.block(body),
                span: slice.all(),
            }),
            _ => {
                self.silence(slice.all());
                Item::Bad(slice.all())
            }
        }
    }

    /// Whether every token that asks for a part got it, and the parts that must be are there.
    pub fn is_complete(&self, node: &Node<'_>) -> bool {
        let parts: Vec<Rule> = node.clone().into_inner().map(|p| p.as_rule()).filter(|r| *r != Rule::nl).collect();
        let has = |rule: Rule| parts.contains(&rule);
        let followed = parts.iter().zip(parts.iter().skip(1).map(Some).chain([None])).all(|(part, next)| match part {
            Rule::colon => next == Some(&Rule::type_expr),
            Rule::eq => next == Some(&Rule::expr),
            Rule::kw_from => next == Some(&Rule::string),
            Rule::kw_on | Rule::arrow => next == Some(&Rule::name),
            _ => true,
        });
        followed
            && match node.as_rule() {
                Rule::use_item => {
                    let closed = node.clone().into_inner().filter(|p| p.as_rule() == Rule::use_names);
                    let parts: Vec<Rule> = closed.flat_map(|p| p.into_inner()).map(|p| p.as_rule()).collect();
                    parts.contains(&Rule::close_brace) && parts.contains(&Rule::use_name)
                }
                Rule::let_item | Rule::field => has(Rule::eq),
                Rule::moved => has(Rule::arrow),
                Rule::param => has(Rule::colon),
                Rule::decl => has(Rule::block) || has(Rule::late_block),
                _ => true,
            }
    }
}

const KINDS: &[(&str, DeclKind)] = &[
    ("model", DeclKind::Model),
    ("transform", DeclKind::Transform),
    ("pipeline", DeclKind::Pipeline),
    ("pool", DeclKind::Pool),
    ("endpoint", DeclKind::Endpoint),
    ("job", DeclKind::Job),
    ("stack", DeclKind::Stack),
    ("policy", DeclKind::Policy),
];

fn decl_kind(word: &str) -> DeclKind {
    KINDS.iter().find(|(text, _)| *text == word).map_or(DeclKind::Policy, |(_, kind)| *kind)
}

/// Whether a text closes more braces than it opens; strings and comments are not told apart, it is only a hint.
fn lone_closer(text: &str) -> bool {
    text.matches('}').count() > text.matches('{').count()
}
