//! Completion: what may stand at the cursor, the likeliest first. Works on the text as it is being typed; names come from the
//! last analysis, which may be a moment older.

mod entries;
mod flow;
mod names;
mod texts;
mod values;

use crate::names::{Names, UnitId};
use crate::syntax::ast::Decl;

use super::analysis::Analysis;
use super::context::{Context, Within, context};
use super::keywords;
use super::place::{Inside, Place, inside, place};

/// What sort of thing is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Keyword,
    Field,
    Word,
    Value,
    Function,
    Type,
    Unit,
    File,
    Declaration,
}

/// One offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub label: String,
    pub sort: Sort,
    pub detail: String,
    pub doc: String,
    /// What is written in place of the word, in the notation of snippets if `snippet`.
    pub insert: String,
    pub snippet: bool,
    /// Lower stands first.
    pub rank: u8,
    /// A `use` that is written as well.
    pub add: Option<Added>,
}

/// A text that is put in elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    pub at: usize,
    pub text: String,
}

/// All offers, and the range of bytes that one of them replaces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offers {
    pub replace: (usize, usize),
    pub all: Vec<Offer>,
}

impl Offer {
    pub fn new(sort: Sort, label: impl Into<String>, detail: impl Into<String>) -> Self {
        let label = label.into();
        Self {
            insert: label.clone(),
            label,
            sort,
            detail: detail.into(),
            doc: String::new(),
            snippet: false,
            rank: 5,
            add: None,
        }
    }

    pub fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    pub fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    pub fn insert(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self
    }

    pub fn snippet(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self.snippet = true;
        self
    }
}

/// Where something is completed: a text as it is now, and the program as it was last checked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub analysis: &'a Analysis,
    pub unit: UnitId,
    pub text: &'a str,
    pub offset: usize,
}

impl<'a> Asked<'a> {
    pub fn names(&self) -> &'a Names {
        &self.analysis.compiled.names
    }

    pub fn decl(&self, name: &str) -> Option<&'a Decl> {
        self.analysis.decl(self.names().lookup(self.unit, name)?)
    }
}

/// What may stand at the cursor, in order.
pub fn complete(asked: Asked) -> Offers {
    let here = context(asked.text, asked.offset);
    let kind_of = |name: &str| asked.decl(name).map(|d| d.kind.value);
    let around = inside(&here, &kind_of);
    let mut all = match here.within {
        Within::Comment => vec![],
        Within::Text => texts::offers(asked, &here, around),
        Within::Number => values::units(&here, around),
        Within::Code => code(asked, &here, around),
    };
    all.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    all.dedup_by(|a, b| (&a.label, a.sort, &a.detail) == (&b.label, b.sort, &b.detail));
    Offers { replace: here.word, all }
}

fn code(asked: Asked, here: &Context, around: Inside) -> Vec<Offer> {
    match place(here, around) {
        Place::Entry => entries::offers(asked, here, around),
        Place::BlockName(block) => values::block_names(asked, here, block),
        Place::Value { field, expect } => values::offers(asked, here, around, field, expect),
        Place::Argument { callee } => {
            let mut all = flow::arguments(asked, here, callee);
            all.extend(flow::values(asked, here));
            all
        }
        Place::Named { callee, name } => flow::named(asked, here, callee, name),
        Place::Member { base } => flow::members(asked, here, base),
        Place::Type => types(),
        Place::TypeArgument { of } => crate::check::types::arguments(of)
            .into_iter()
            .map(|word| Offer::new(Sort::Type, word, format!("of {of}")))
            .collect(),
        Place::Dim => flow::dims(asked, here),
        Place::Target => names::targets(),
        Place::Deployed => names::deployable(asked, here),
        Place::UsePath => texts::parts(here),
        Place::UseName { from } => names::exported(asked, here, from),
        Place::Moved => names::movable(asked),
        Place::Nothing => vec![],
    }
}

fn types() -> Vec<Offer> {
    let offer = |name: &str| {
        let known = keywords::TYPES.iter().find(|(word, ..)| *word == name);
        let (snippet, about) = known.map_or((name, "a declaration"), |(_, snippet, about)| (*snippet, *about));
        Offer::new(Sort::Type, name, about).snippet(snippet)
    };
    crate::check::types::names().map(offer).collect()
}
