//! Colours by meaning: each token of a text with what it is.

use crate::names::DeclarationId;
use crate::syntax::ast::{DeclKind, Item};

use super::analysis::{Analysis, At};
use super::lex::{Kind, lex};
use super::marks::{Role, Symbol};
use super::{keywords, place};

macro_rules! kinds {
    ($($variant:ident $word:literal)*) => {
        /// What a token is, by the protocol's own names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Colour { $($variant),* }

        impl Colour {
            /// In the order of the numbers that are sent.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            pub fn word(self) -> &'static str {
                match self { $(Colour::$variant => $word),* }
            }
        }
    };
}

kinds! {
    Keyword "keyword" Comment "comment" Text "string" Number "number" Operator "operator" Class "class"
    Function "function" Variable "variable" Parameter "parameter" Property "property" Type "type"
    Namespace "namespace" Member "enumMember" Interface "interface" Dim "typeParameter"
}

pub const MODIFIERS: [&str; 3] = ["declaration", "readonly", "defaultLibrary"];

/// A token of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coloured {
    pub start: usize,
    pub end: usize,
    pub colour: Colour,
    /// Bits, by the order of [`MODIFIERS`].
    pub modifiers: u32,
}

/// All tokens from `from` to `to`, in order.
pub fn tokens(at: At, from: usize, to: usize) -> Vec<Coloured> {
    let mut out = Vec::new();
    let text = at.text();
    let (mut before, mut begins) = ("", true);
    // Open brackets, and how many `<` of types.
    let (mut open, mut angles) = (Vec::new(), 0_usize);
    let all = lex(text, 0);
    for (i, token) in all.iter().enumerate() {
        let next = all.get(i + 1).map_or("", |t| t.text);
        let coloured = match token.kind {
            Kind::Comment => Some((Colour::Comment, 0)),
            Kind::Text => Some((Colour::Text, 0)),
            Kind::Number => Some((Colour::Number, 0)),
            Kind::Sign => Some((Colour::Operator, 0)).filter(|_| !matches!(token.text, "." | ":")),
            Kind::Word => word(at, token.text, token.start, (begins, angles > 0), (before, next)),
            Kind::Newline | Kind::Open(_) | Kind::Close(_) | Kind::Comma => None,
        };
        match (token.kind, token.text) {
            (Kind::Open(bracket), _) => open.push(bracket),
            (Kind::Close(_), _) => drop(open.pop()),
            (Kind::Newline, _) => angles = 0,
            (_, "<") if crate::check::types::names().any(|name| name == before) => angles += 1,
            (_, ">") => angles = angles.saturating_sub(1),
            _ => {}
        }
        let in_braces = open.last().is_none_or(|bracket| *bracket == b'{') && angles == 0;
        begins = in_braces && matches!(token.kind, Kind::Newline | Kind::Comma | Kind::Open(b'{'));
        before = token.text;
        if token.start >= to {
            break;
        }
        if let Some((colour, modifiers)) = coloured.filter(|_| token.end > from) {
            out.push(Coloured { start: token.start, end: token.end, colour, modifiers });
        }
    }
    out
}

fn word(
    at: At,
    word: &str,
    start: usize,
    (begins, in_type): (bool, bool),
    (before, next): (&str, &str),
) -> Option<(Colour, u32)> {
    let mark = u32::try_from(start).ok().and_then(|start| {
        let marks = at.analysis.marks().of(at.unit.file);
        let found = marks.partition_point(|m| m.span.start < start);
        marks.get(found).filter(|m| m.span.start == start)
    });
    if let Some(mark) = mark {
        let declares = u32::from(matches!(mark.role, Role::Declare | Role::Alias));
        let (colour, more) = of_symbol(at.analysis, &mark.symbol);
        return Some((colour, declares | more));
    }
    let keyword =
        matches!(word, "if" | "then" | "else" | "for" | "in" | "with" | "as" | "on" | "from" | "true" | "false");
    let entry = begins && matches!(word, "input" | "output" | "deploy" | "param") && next != "=";
    if keyword || entry || (begins && keywords::declaration(word).is_some() && next != "=" && next != "{") {
        return Some((Colour::Keyword, 0));
    }
    match (begins, next) {
        (true, "=") => Some((Colour::Property, 0)),
        (true, _) => Some((Colour::Property, 0)),
        (false, "{") if before == "=" => Some((Colour::Member, 0)),
        _ if matches!(before, ":" | "<" | "|") && crate::check::types::names().any(|name| name == word) => {
            Some((Colour::Type, 0))
        }
        _ if in_type => Some((Colour::Member, 0)),
        _ if place::decl_kind(before).is_some() => Some((Colour::Variable, 1)),
        _ if crate::check::schema::construct(word).is_some() || crate::check::schema::is_word(word) => {
            Some((Colour::Member, 0))
        }
        _ => None,
    }
}

fn of_symbol(analysis: &Analysis, symbol: &Symbol) -> (Colour, u32) {
    match symbol {
        Symbol::Declaration(id) => (of_declaration(analysis, *id), library(analysis, *id)),
        Symbol::Value { .. } | Symbol::Item { .. } => (Colour::Variable, 0),
        Symbol::Port { .. } | Symbol::Param { .. } => (Colour::Parameter, 0),
        Symbol::Dim { .. } => (Colour::Dim, 0),
        Symbol::Target(_) | Symbol::Unit(_) => (Colour::Namespace, 0),
    }
}

fn library(analysis: &Analysis, id: DeclarationId) -> u32 {
    let names = &analysis.compiled.names;
    let std = names.get(id).and_then(|d| names.unit(d.unit)).is_some_and(|unit| unit.std);
    if std { 4 } else { 0 }
}

fn of_declaration(analysis: &Analysis, id: DeclarationId) -> Colour {
    match analysis.compiled.names.item(id) {
        Some(Item::Decl(decl)) => match decl.kind.value {
            DeclKind::Transform | DeclKind::Pipeline => Colour::Function,
            DeclKind::Model | DeclKind::Pool => Colour::Class,
            DeclKind::Endpoint | DeclKind::Job => Colour::Interface,
            DeclKind::Stack | DeclKind::Policy => Colour::Namespace,
        },
        Some(Item::Param(_)) => Colour::Parameter,
        Some(Item::Let(_) | Item::Use(_) | Item::Moved(_) | Item::Bad(_)) | None => Colour::Variable,
    }
}
