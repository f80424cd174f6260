//! Every name of a program with what it stands for: what navigation, renaming and colours are made of. Names that mean nothing
//! have no mark.

mod walk;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::names::{DeclarationId, Names, UnitId};
use crate::source::{FileId, Span};
use crate::syntax::ast::{DeclKind, Direction, Entry, Item};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symbol {
    Declaration(DeclarationId),
    /// An input, a binding or an output of a pipeline.
    Value {
        of: DeclarationId,
        name: Arc<str>,
    },
    /// An input or output of a model, a transform, or a pool's members.
    Port {
        of: DeclarationId,
        name: Arc<str>,
    },
    /// A transform's own parameter.
    Param {
        of: DeclarationId,
        name: Arc<str>,
    },
    /// A symbol in tensor types of one declaration.
    Dim {
        of: DeclarationId,
        name: Arc<str>,
    },
    /// What a list comprehension binds, by where it does.
    Item {
        at: Span,
        name: Arc<str>,
    },
    Target(Arc<str>),
    /// The file that a `use` names.
    Unit(UnitId),
}

/// How a name stands for its symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Declare,
    Use,
    /// After `as`: a name of this file alone.
    Alias,
    /// By such a name.
    ByAlias,
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub span: Span,
    pub role: Role,
    pub symbol: Symbol,
}

/// All marks of a program.
#[derive(Debug, Default)]
pub struct Marks {
    /// By file; in the order of offsets.
    by_file: BTreeMap<FileId, Vec<Mark>>,
}

/// Finds all marks.
pub fn marks(names: &Names) -> Marks {
    let index = Index::new(names);
    let mut by_file: BTreeMap<FileId, Vec<Mark>> = BTreeMap::new();
    for (id, unit) in names.units() {
        let mut found = walk::unit(id, unit, &index);
        found.sort();
        found.dedup();
        by_file.insert(unit.file, found);
    }
    Marks { by_file }
}

impl Marks {
    pub fn of(&self, file: FileId) -> &[Mark] {
        self.by_file.get(&file).map_or(&[], Vec::as_slice)
    }

    /// The mark that an offset is in or at the end of; of two that touch, the one that starts there.
    pub fn at(&self, file: FileId, offset: u32) -> Option<&Mark> {
        let all = self.of(file);
        let after = all.partition_point(|mark| mark.span.start <= offset);
        all.get(..after)?.iter().rev().take(8).find(|mark| offset <= mark.span.end)
    }

    /// Every mark of a symbol, file by file.
    pub fn all<'m>(&'m self, symbol: &'m Symbol) -> impl Iterator<Item = &'m Mark> {
        self.by_file.values().flatten().filter(move |mark| mark.symbol == *symbol)
    }
}

/// What the walk looks names up in.
pub(super) struct Index<'a> {
    pub names: &'a Names,
    by_span: HashMap<Span, DeclarationId>,
    /// A parameter of one name is one parameter, wherever it is declared: the first.
    params: BTreeMap<Arc<str>, DeclarationId>,
}

impl<'a> Index<'a> {
    fn new(names: &'a Names) -> Self {
        let by_span = names.declarations().map(|(id, d)| (d.name.span, id)).collect();
        let mut params = BTreeMap::new();
        for (id, declaration) in names.declarations() {
            if matches!(names.item(id), Some(Item::Param(_))) {
                params.entry(declaration.name.value.clone()).or_insert(id);
            }
        }
        Self { names, by_span, params }
    }

    pub fn declared(&self, span: Span) -> Option<DeclarationId> {
        self.by_span.get(&span).map(|id| self.one(*id))
    }

    pub fn lookup(&self, unit: UnitId, name: &str) -> Option<DeclarationId> {
        self.names.lookup(unit, name).map(|id| self.one(id))
    }

    pub fn param(&self, name: &str) -> Option<DeclarationId> {
        self.params.get(name).copied()
    }

    fn one(&self, id: DeclarationId) -> DeclarationId {
        let is_param = matches!(self.names.item(id), Some(Item::Param(_)));
        let first = self.names.get(id).filter(|_| is_param).and_then(|d| self.params.get(&d.name.value));
        first.copied().unwrap_or(id)
    }

    /// The input, output or parameter of this name of a model or a transform.
    pub fn port(&self, of: DeclarationId, name: &str, inputs: bool) -> Option<Symbol> {
        let Some(Item::Decl(decl)) = self.names.item(of) else { return None };
        if !matches!(decl.kind.value, DeclKind::Model | DeclKind::Transform) {
            return None;
        }
        decl.body.entries.iter().find_map(|entry| match entry {
            Entry::Port(port) if *port.name.value == *name && (port.direction == Direction::Input) == inputs => {
                Some(Symbol::Port { of, name: name.into() })
            }
            Entry::Param(param) if inputs && *param.name.value == *name => {
                Some(Symbol::Param { of, name: name.into() })
            }
            Entry::Port(_)
            | Entry::Param(_)
            | Entry::Field(_)
            | Entry::Nested(_)
            | Entry::Deploy(_)
            | Entry::Bad(_) => None,
        })
    }
}
