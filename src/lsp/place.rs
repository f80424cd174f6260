//! What may stand where a cursor is, by the schemas that the checker reads: the meaning of a [`Context`].

use crate::check::schema::{self, Block, PARAM, SCALE_POLICIES, Schema, Shape};
use crate::stack::Setting;
use crate::syntax::ast::DeclKind;
use crate::target;

use super::context::{Context, Frame};
use super::lex::{Kind, Token};

/// What takes the place of a pipeline's callee.
pub static CALLEE: Shape = Shape::Ref(&[DeclKind::Model, DeclKind::Transform]);

/// The block or bracket around a cursor.
#[derive(Debug, Clone, Copy)]
pub enum Inside<'a> {
    Top,
    /// A declaration's own braces.
    Decl {
        kind: DeclKind,
        target: Option<&'a str>,
    },
    Schema(&'static Schema),
    /// `deploy NAME { … }`, with what NAME is.
    Deploy {
        kind: Option<DeclKind>,
    },
    /// `NAME with { … }`
    Changes {
        name: &'a str,
        kind: Option<DeclKind>,
    },
    /// A stack's `with`.
    Params,
    /// Any keys, with values of one shape.
    Keys(&'static Shape),
    /// A list, or parentheses, with values of one sort.
    Items(Expect),
    /// The arguments of a call.
    Args(&'a str),
    /// `use PATH.{ … }`
    Use(&'a str),
    /// `tensor<…>[ … ]`
    Dims,
    Unknown,
}

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Expect {
    Shape(&'static Shape),
    /// A target's own setting.
    Setting(&'static Setting),
    /// A value of a pipeline: a call, or a name.
    Flow,
    Any,
}

/// What may stand at the cursor.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// A declaration or an entry begins.
    Entry,
    /// A block's own name, as in `track |`.
    BlockName(&'static Block),
    Value {
        field: &'a str,
        expect: Expect,
    },
    /// An argument: its name, or a value.
    Argument {
        callee: &'a str,
    },
    /// The value of a named argument.
    Named {
        callee: &'a str,
        name: &'a str,
    },
    /// Behind a dot.
    Member {
        base: &'a str,
    },
    Type,
    /// Between `<` and `>`.
    TypeArgument {
        of: &'a str,
    },
    Dim,
    /// After `on`.
    Target,
    /// What is deployed.
    Deployed,
    UsePath,
    UseName {
        from: &'a str,
    },
    Moved,
    Nothing,
}

/// What a name is declared as, in the file at hand.
pub type KindOf<'k> = &'k dyn Fn(&str) -> Option<DeclKind>;

/// The innermost block around the cursor.
pub fn inside<'a>(context: &Context<'a>, kind_of: KindOf) -> Inside<'a> {
    context.frames.iter().fold(Inside::Top, |inside, frame| step(inside, frame, kind_of))
}

/// What may stand at the cursor, inside of what [`inside`] found.
pub fn place<'a>(context: &Context<'a>, inside: Inside<'a>) -> Place<'a> {
    let statement = &context.statement[..];
    let last = statement.last();
    if let [.., base, dot] = statement
        && dot.text == "."
        && statement.first().is_none_or(|t| t.text != "use")
    {
        return Place::Member { base: base.text };
    }
    match inside {
        Inside::Use(from) if !statement.iter().any(|t| t.text == "as") => return Place::UseName { from },
        Inside::Use(_) | Inside::Unknown => return Place::Nothing,
        Inside::Dims => return Place::Dim,
        Inside::Args(callee) => return argument(callee, statement),
        Inside::Items(expect) if goes_on(last) => return Place::Value { field: "", expect },
        Inside::Items(_) => return Place::Nothing,
        Inside::Top => {
            if let Some(found) = at_top(statement) {
                return found;
            }
        }
        Inside::Decl { .. }
        | Inside::Schema(_)
        | Inside::Deploy { .. }
        | Inside::Changes { .. }
        | Inside::Params
        | Inside::Keys(_) => {}
    }
    in_block(inside, statement)
}

fn in_block<'a>(inside: Inside<'a>, statement: &[Token<'a>]) -> Place<'a> {
    let Some(first) = statement.first() else { return Place::Entry };
    if first.text == "deploy" && !statement.iter().any(|t| t.text == "=") {
        return Place::Deployed;
    }
    if let Some(at) = statement.iter().position(|t| t.text == "=") {
        let field = at.checked_sub(1).and_then(|i| statement.get(i)).map_or("", |t| t.text);
        let field = if statement.iter().take(at).any(|t| t.text == ":") { "" } else { field };
        return match goes_on(statement.last()) {
            true => Place::Value { field, expect: expect(inside, field) },
            false => Place::Nothing,
        };
    }
    if statement.iter().any(|t| t.text == ":") {
        return in_type(statement);
    }
    match statement {
        [kind] => match block(inside, kind.text) {
            Some(block) if block.named => Place::BlockName(block),
            Some(_) | None => Place::Nothing,
        },
        _ => Place::Nothing,
    }
}

fn in_type<'a>(statement: &[Token<'a>]) -> Place<'a> {
    let Some(last) = statement.last() else { return Place::Nothing };
    let open = statement.iter().rposition(|t| t.text == "<");
    let shut = statement.iter().rposition(|t| t.text == ">");
    match open.filter(|open| shut.is_none_or(|shut| shut < *open)) {
        Some(at) => {
            let of = at.checked_sub(1).and_then(|i| statement.get(i)).map_or("", |t| t.text);
            Place::TypeArgument { of }
        }
        None if matches!(last.text, ":" | "|") => Place::Type,
        None => Place::Nothing,
    }
}

fn at_top<'a>(statement: &[Token<'a>]) -> Option<Place<'a>> {
    let first = statement.first()?;
    match first.text {
        "use" if statement.len() == 1 || statement.last().is_some_and(|t| t.text == "/") => Some(Place::UsePath),
        "use" => Some(Place::Nothing),
        "moved" => Some(Place::Moved),
        "stack" if statement.last().is_some_and(|t| t.text == "on") => Some(Place::Target),
        word if decl_kind(word).is_some() && !statement.iter().any(|t| t.text == "=") => Some(Place::Nothing),
        _ => None,
    }
}

fn argument<'a>(callee: &'a str, statement: &[Token<'a>]) -> Place<'a> {
    match statement {
        [] => Place::Argument { callee },
        [name, colon, ..] if colon.text == ":" && goes_on(statement.last()) => Place::Named { callee, name: name.text },
        _ if goes_on(statement.last()) => Place::Value { field: "", expect: Expect::Any },
        _ => Place::Nothing,
    }
}

/// Whether a value may follow: nothing, a sign, or a word that asks for one.
fn goes_on(last: Option<&Token>) -> bool {
    last.is_none_or(|t| t.kind == Kind::Sign || matches!(t.text, "if" | "then" | "else" | "in"))
}

fn step<'a>(inside: Inside<'a>, frame: &Frame<'a>, kind_of: KindOf) -> Inside<'a> {
    let head = &frame.head[..];
    let first = head.first().map_or("", |t| t.text);
    let word = head.last().filter(|t| t.kind == Kind::Word).map(|t| t.text);
    match frame.open {
        b'(' => match word {
            Some(callee) => Inside::Args(callee),
            None => Inside::Items(value(inside, head).1),
        },
        b'[' if is_type(head) => Inside::Dims,
        b'[' => match value(inside, head).1 {
            Expect::Shape(Shape::List(inner)) => Inside::Items(Expect::Shape(inner)),
            Expect::Flow => Inside::Items(Expect::Flow),
            Expect::Shape(_) | Expect::Setting(_) | Expect::Any => Inside::Items(Expect::Any),
        },
        b'$' => Inside::Items(Expect::Any),
        _ if first == "use" => Inside::Use(head.get(1).map_or("", |t| use_path(head, t))),
        _ => match inside {
            Inside::Top => match (decl_kind(first), first) {
                (Some(kind), _) => {
                    let after_on = head.iter().position(|t| t.text == "on").and_then(|i| head.get(i + 1));
                    Inside::Decl { kind, target: after_on.map(|t| t.text) }
                }
                (None, "param") if !head.iter().any(|t| t.text == "=") => Inside::Schema(&PARAM),
                _ => braces(inside, head, kind_of),
            },
            _ => braces(inside, head, kind_of),
        },
    }
}

/// `use` and then `std`, `/`, `images`, `.`: one token cannot hold it, so its last part stands for it.
fn use_path<'a>(head: &[Token<'a>], first: &Token<'a>) -> &'a str {
    if first.kind == Kind::Text {
        return first.text;
    }
    head.iter().rev().find(|t| t.kind == Kind::Word).map_or("", |t| t.text)
}

fn braces<'a>(inside: Inside<'a>, head: &[Token<'a>], kind_of: KindOf) -> Inside<'a> {
    match head {
        [deploy, .., name] if deploy.text == "deploy" => {
            return Inside::Deploy { kind: kind_of(name.text) };
        }
        [.., base, with] if with.text == "with" => {
            return Inside::Changes { name: base.text, kind: kind_of(base.text) };
        }
        [.., end] if end.kind == Kind::Number => return Inside::Schema(&SCALE_POLICIES),
        _ => {}
    }
    let is_value = head.iter().any(|t| t.text == "=") || matches!(inside, Inside::Items(_) | Inside::Args(_));
    let (field, expect) = value(inside, head);
    let last = head.last().filter(|t| t.kind == Kind::Word && !(is_value && t.text == field));
    match last {
        Some(kind) if is_value => {
            let known = match expect {
                Expect::Shape(shape) => shape.construct(kind.text),
                Expect::Setting(_) | Expect::Flow | Expect::Any => None,
            };
            let form = known.or_else(|| schema::construct(kind.text)).and_then(|form| form.schema);
            form.map_or(Inside::Unknown, Inside::Schema)
        }
        _ if is_value => record(inside, field, expect),
        _ => match head.first() {
            Some(kind) if kind.text == "with" && is_stack(inside) => Inside::Params,
            Some(kind) => block(inside, kind.text).map_or(Inside::Unknown, |block| Inside::Schema(block.schema)),
            None => Inside::Unknown,
        },
    }
}

fn record<'a>(inside: Inside<'a>, field: &str, expect: Expect) -> Inside<'a> {
    match expect {
        Expect::Shape(Shape::Record(schema)) => Inside::Schema(schema),
        Expect::Shape(Shape::Map(inner)) => Inside::Keys(inner),
        Expect::Shape(_) | Expect::Setting(_) | Expect::Flow | Expect::Any => {
            block(inside, field).map_or(Inside::Unknown, |block| Inside::Schema(block.schema))
        }
    }
}

/// The field that a statement gives a value to, and what that must be.
fn value<'a>(inside: Inside<'a>, head: &[Token<'a>]) -> (&'a str, Expect) {
    if let Inside::Items(expect) = inside {
        return ("", expect);
    }
    let at = head.iter().position(|t| t.text == "=");
    let field = at.and_then(|at| head.get(at.checked_sub(1)?)).map_or("", |t| t.text);
    (field, expect(inside, field))
}

/// The schema of a block, if it has one.
pub fn schema_of(inside: Inside) -> Option<&'static Schema> {
    match inside {
        Inside::Decl { kind, .. } => schema::of(kind),
        Inside::Schema(schema) => Some(schema),
        Inside::Deploy { kind, .. } | Inside::Changes { kind, .. } => kind.and_then(schema::of),
        Inside::Top
        | Inside::Params
        | Inside::Keys(_)
        | Inside::Items(_)
        | Inside::Args(_)
        | Inside::Use(_)
        | Inside::Dims
        | Inside::Unknown => None,
    }
}

/// The settings of a stack's target.
pub fn settings(inside: Inside) -> &'static [Setting] {
    match inside {
        Inside::Decl { kind: DeclKind::Stack, target: Some(name), .. } => {
            target::find(name).map_or(&[], |target| target.settings())
        }
        _ => &[],
    }
}

pub fn expect(inside: Inside, field: &str) -> Expect {
    if let Inside::Keys(shape) = inside {
        return Expect::Shape(shape);
    }
    if let Inside::Decl { kind: DeclKind::Pipeline, .. } = inside {
        return Expect::Flow;
    }
    if let Inside::Changes { kind: Some(DeclKind::Pipeline), .. } = inside {
        return Expect::Shape(&CALLEE);
    }
    if let Some(field) = schema_of(inside).and_then(|schema| schema.field(field)) {
        return Expect::Shape(&field.shape);
    }
    settings(inside).iter().find(|s| s.name == field).map_or(Expect::Any, Expect::Setting)
}

/// A block that may stand in another.
pub fn block(inside: Inside, kind: &str) -> Option<&'static Block> {
    schema_of(inside).and_then(|schema| schema.block(kind))
}

fn is_stack(inside: Inside) -> bool {
    matches!(inside, Inside::Decl { kind: DeclKind::Stack, .. })
}

/// Whether a statement's end is a type: after a `:`, and no value yet.
fn is_type(head: &[Token]) -> bool {
    let colon = head.iter().position(|t| t.text == ":");
    colon.is_some()
        && !head.iter().any(|t| t.text == "=")
        && head.last().is_some_and(|t| matches!(t.text, ">" | "tensor"))
}

/// A declaration's keyword.
pub fn decl_kind(word: &str) -> Option<DeclKind> {
    const ALL: [DeclKind; 8] = [
        DeclKind::Model,
        DeclKind::Transform,
        DeclKind::Pipeline,
        DeclKind::Pool,
        DeclKind::Endpoint,
        DeclKind::Job,
        DeclKind::Stack,
        DeclKind::Policy,
    ];
    ALL.into_iter().find(|kind| schema::decl_word(*kind) == word)
}
