//! Names: which files a program has, what each declares, and what a name means in a file. Never fails: what can't be
//! found is reported and left out. It does not look into expressions.

mod load;
mod scope;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::files::Files;
use crate::report::Sink;
use crate::report::suggest::nearest;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast;

/// A file of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub usize);

/// A declaration of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeclarationId(pub u32);

/// One file: its tree, and which file each of its `use`s means.
#[derive(Debug)]
pub struct Unit {
    pub file: FileId,
    pub path: Utf8PathBuf,
    /// Of the standard library.
    pub std: bool,
    /// Of the program's own folder, not only used by it.
    pub root: bool,
    pub ast: ast::File,
    /// In the order of the file's `use`s.
    pub uses: Vec<Option<UnitId>>,
}

/// A declared name.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub name: ast::Name,
    pub unit: UnitId,
    /// Index into the unit's items.
    item: usize,
}

/// All names of a program.
#[derive(Debug, Default)]
pub struct Names {
    units: Vec<Unit>,
    declarations: Vec<Declaration>,
    scopes: Vec<BTreeMap<Arc<str>, DeclarationId>>,
}

/// Loads the files and works out every file's names.
pub fn resolve(roots: &[Utf8PathBuf], files: &dyn Files, sources: &mut SourceMap, sink: &mut Sink) -> Names {
    let units = load::load(roots, files, sources, sink);
    scope::build(units, sink)
}

impl Names {
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().map(|(i, u)| (UnitId(i), u))
    }

    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(id.0)
    }

    /// Every declaration, file by file, in source order.
    pub fn declarations(&self) -> impl Iterator<Item = (DeclarationId, &Declaration)> {
        self.declarations.iter().enumerate().map(|(i, d)| (DeclarationId(i as u32), d))
    }

    pub fn get(&self, id: DeclarationId) -> Option<&Declaration> {
        self.declarations.get(id.0 as usize)
    }

    /// The declaration's tree.
    pub fn item(&self, id: DeclarationId) -> Option<&ast::Item> {
        let declaration = self.get(id)?;
        self.units.get(declaration.unit.0)?.ast.items.get(declaration.item)
    }

    /// What a name means in a file.
    pub fn lookup(&self, unit: UnitId, name: &str) -> Option<DeclarationId> {
        self.scopes.get(unit.0)?.get(name).copied()
    }

    /// Every name that means something in a file.
    pub fn visible(&self, unit: UnitId) -> impl Iterator<Item = (&Arc<str>, DeclarationId)> {
        self.scopes.get(unit.0).into_iter().flatten().map(|(name, id)| (name, *id))
    }

    /// The visible name nearest to one that is not there.
    pub fn suggest(&self, unit: UnitId, name: &str) -> Option<Arc<str>> {
        nearest(name, self.visible(unit).map(|(n, _)| &**n)).map(Arc::from)
    }

    /// Where a declaration's name stands.
    pub fn span(&self, id: DeclarationId) -> Option<Span> {
        self.get(id).map(|d| d.name.span)
    }
}

/// The word for a declaration, as in "a model".
pub fn kind_word(item: &ast::Item) -> &'static str {
    match item {
        ast::Item::Use(_) => "use",
        ast::Item::Param(_) => "param",
        ast::Item::Let(_) => "let",
        ast::Item::Moved(_) => "moved",
        ast::Item::Bad(_) => "declaration",
        ast::Item::Decl(decl) => match decl.kind.value {
            ast::DeclKind::Model => "model",
            ast::DeclKind::Transform => "transform",
            ast::DeclKind::Pipeline => "pipeline",
            ast::DeclKind::Pool => "pool",
            ast::DeclKind::Endpoint => "endpoint",
            ast::DeclKind::Job => "job",
            ast::DeclKind::Stack => "stack",
            ast::DeclKind::Policy => "policy",
        },
    }
}
