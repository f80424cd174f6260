//! Values by what must stand there: words of closed lists, forms, declarations of a kind, units, and metrics and machines that
//! the stack's target has.

use crate::capability::Support;
use crate::check::schema::{Block, Construct, Shape};
use crate::check::{Unit, units as units_of};
use crate::stack::metric::Metric;
use crate::stack::{Setting, Type};
use crate::syntax::ast::DeclKind;

use super::super::context::Context;
use super::super::place::{Expect, Inside, Place, place};
use super::super::show;
use super::super::stacks::deploying;
use super::{Asked, Offer, Sort, flow, names};

pub(super) fn offers(asked: Asked, here: &Context, around: Inside, field: &str, expect: Expect) -> Vec<Offer> {
    match expect {
        Expect::Flow => flow::values(asked, here),
        Expect::Any if matches!(around, Inside::Params) => {
            let mut all = names::param_values(asked, field);
            all.extend(names::constants(asked));
            all
        }
        Expect::Any => {
            let mut all = names::constants(asked);
            if flow::pipeline_of(asked, here).is_some() {
                all.extend(flow::values(asked, here));
            }
            all.extend(names::declared(asked, |_| true));
            all
        }
        Expect::Setting(setting) => of_setting(setting),
        Expect::Shape(shape) => {
            let mut all = of_shape(asked, shape);
            if !matches!(shape, Shape::Ref(_)) {
                all.extend(names::constants(asked).into_iter().map(|offer| offer.rank(6)));
                all.extend(names::std_constants(asked, shape));
            }
            all
        }
    }
}

fn of_setting(setting: &Setting) -> Vec<Offer> {
    match &setting.ty {
        // A setting's words are written bare.
        Type::Enum(words) => words.iter().map(|word| Offer::new(Sort::Word, &**word, setting.doc)).collect(),
        Type::Bool => booleans(),
        _ => vec![],
    }
}

fn booleans() -> Vec<Offer> {
    ["true", "false"].into_iter().map(|word| Offer::new(Sort::Word, word, "")).collect()
}

fn of_shape(asked: Asked, shape: &Shape) -> Vec<Offer> {
    match shape {
        Shape::Bool => booleans(),
        Shape::Words(words) => words.iter().map(|(word, doc)| Offer::new(Sort::Word, *word, *doc).rank(0)).collect(),
        Shape::Condition(words) => words
            .iter()
            .map(|(word, doc)| Offer::new(Sort::Word, *word, *doc).snippet(format!("{word} > $0")))
            .collect(),
        Shape::Construct(forms) => forms.iter().map(form).collect(),
        Shape::Ref(kinds) => {
            names::declared(asked, |kind| kinds.contains(&kind)).into_iter().map(|o| o.rank(0)).collect()
        }
        Shape::AnyOf(shapes) => shapes.iter().flat_map(|shape| of_shape(asked, shape)).collect(),
        Shape::Range => {
            vec![Offer::new(Sort::Value, "1..2", "replicas, at least and at most").snippet("${1:1}..${2:2}$0")]
        }
        Shape::List(inner) if matches!(inner, Shape::Ref(_) | Shape::Words(_)) => {
            vec![Offer::new(Sort::Value, "[…]", inner.words()).snippet("[$0]")]
        }
        Shape::Text => names::secrets(asked),
        Shape::Int
        | Shape::Float
        | Shape::String
        | Shape::Duration
        | Shape::Size
        | Shape::Percent
        | Shape::Share
        | Shape::Rate
        | Shape::Money
        | Shape::Uri(_)
        | Shape::Path
        | Shape::List(_)
        | Shape::Map(_)
        | Shape::Record(_)
        | Shape::Any => vec![],
    }
}

fn form(form: &Construct) -> Offer {
    let offer = Offer::new(Sort::Word, form.kind, form.doc).rank(0);
    match (form.args.is_empty(), form.schema) {
        (false, _) => offer.snippet(format!("{}(\"$0\")", form.kind)),
        (true, Some(_)) if !form.is_word() => offer.snippet(format!("{} {{ $0 }}", form.kind)),
        (true, _) => offer,
    }
}

/// Units for the number before the cursor, those of what must stand there.
pub(super) fn units(here: &Context, around: Inside) -> Vec<Offer> {
    let digits = here.prefix.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '%' | '/'));
    let unit = here.prefix.get(digits.len()..).unwrap_or("");
    let kinds = match place(here, around) {
        Place::Value { expect: Expect::Shape(shape), .. } => of_kind(shape),
        Place::Value { expect: Expect::Any | Expect::Flow | Expect::Setting(_), .. } => ALL.to_vec(),
        Place::Entry
        | Place::BlockName(_)
        | Place::Argument { .. }
        | Place::Named { .. }
        | Place::Member { .. }
        | Place::Type
        | Place::TypeArgument { .. }
        | Place::Dim
        | Place::Target
        | Place::Deployed
        | Place::UsePath
        | Place::UseName { .. }
        | Place::Moved
        | Place::Nothing => vec![],
    };
    let mut all = Vec::new();
    for (rank, name) in kinds.into_iter().flat_map(units_of).enumerate() {
        if !name.starts_with(unit) {
            continue;
        }
        let rank = u8::try_from(rank).unwrap_or(u8::MAX);
        all.push(Offer::new(Sort::Unit, format!("{digits}{name}"), "").rank(rank));
    }
    all
}

const ALL: [Unit; 5] = [Unit::Duration, Unit::Size, Unit::Percent, Unit::Rate, Unit::Money];

fn of_kind(shape: &Shape) -> Vec<Unit> {
    match shape {
        Shape::Duration => vec![Unit::Duration],
        Shape::Size => vec![Unit::Size],
        Shape::Percent | Shape::Share => vec![Unit::Percent],
        Shape::Rate => vec![Unit::Rate],
        Shape::Money => vec![Unit::Money],
        Shape::Condition(_) => vec![Unit::Percent, Unit::Duration],
        Shape::AnyOf(shapes) => shapes.iter().flat_map(of_kind).collect(),
        Shape::List(inner) | Shape::Map(inner) => of_kind(inner),
        Shape::Any => ALL.to_vec(),
        Shape::Bool
        | Shape::Int
        | Shape::Float
        | Shape::String
        | Shape::Uri(_)
        | Shape::Path
        | Shape::Words(_)
        | Shape::Construct(_)
        | Shape::Range
        | Shape::Record(_)
        | Shape::Ref(_)
        | Shape::Text => vec![],
    }
}

/// After `track`: metrics, those first that the targets of the stacks that deploy the endpoint have.
pub(super) fn block_names(asked: Asked, here: &Context, block: &Block) -> Vec<Offer> {
    if block.kind != "track" {
        return vec![];
    }
    let stacks = endpoint(here).map(|name| deploying(asked.names(), name)).unwrap_or_default();
    let mut all = Vec::new();
    for metric in Metric::ALL {
        let mut offer = Offer::new(Sort::Word, metric.word(), metric.doc());
        offer = offer.snippet(format!("{} {{ target = $0 }}", metric.word())).rank(1);
        for stack in &stacks {
            let Some(table) = asked.analysis.compiled.tables.get(stack.target) else { continue };
            let mode = here_mode(asked, here).unwrap_or(crate::stack::ModeKind::Realtime);
            let cell = table.under(mode, &stack.settings).and_then(|column| table.metric(*metric, column));
            let Some(cell) = cell else { continue };
            if matches!(cell.cell.support, Support::No | Support::Moot) {
                offer.rank = 7;
                offer.doc = format!("not on {}: {}", stack.target, cell.cell.because);
            } else if let Some(id) = &cell.id {
                offer.doc = format!("on {}: `{id}`", stack.target);
            }
        }
        all.push(offer);
    }
    all
}

/// The endpoint around the cursor.
pub fn endpoint<'a>(here: &Context<'a>) -> Option<&'a str> {
    let head = &here.frames.first()?.head;
    let is = head.first().is_some_and(|t| t.text == show::decl_word(DeclKind::Endpoint));
    head.get(1).filter(|_| is).map(|t| t.text)
}

/// The mode of the endpoint around the cursor, as it was last checked.
fn here_mode(asked: Asked, here: &Context) -> Option<crate::stack::ModeKind> {
    let name = endpoint(here)?;
    let found = asked.analysis.compiled.stacks.iter().flat_map(|stack| &stack.endpoints).find(|e| *e.name == *name);
    if let Some(endpoint) = found {
        return Some(endpoint.mode.value.kind());
    }
    let decl = asked.decl(name)?;
    super::super::stacks::mode_of(decl)
}
