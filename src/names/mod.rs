//! Names: which files a program has, what each declares, and what a name means in a file. Never fails: what can't be
//! found is reported and left out. It does not look into expressions.

mod load;
mod scope;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

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
    /// Hashed: a large program looks a hundred thousand names up, and only near misses go through them all.
    scopes: Vec<HashMap<Arc<str>, DeclarationId>>,
    /// Of each file, the names that its `use`s should have brought in and could not, and the words of what could not be read:
    /// reported there, so not again.
    lost: Vec<BTreeSet<Arc<str>>>,
}

/// Loads the files and works out every file's names.
pub fn resolve(roots: &[Utf8PathBuf], files: &dyn Files, sources: &mut SourceMap, sink: &mut Sink) -> Names {
    let units = load::load(roots, files, sources, sink);
    scope::build(units, sources, sink)
}

impl Names {
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().map(|(i, u)| (UnitId(i), u))
    }

    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(id.0)
    }

    /// The file of the program that is this one of the sources.
    pub fn unit_of(&self, file: FileId) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.file == file)
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

    /// Every name that means something in a file, in no order.
    pub fn visible(&self, unit: UnitId) -> impl Iterator<Item = (&Arc<str>, DeclarationId)> {
        self.scopes.get(unit.0).into_iter().flatten().map(|(name, id)| (name, *id))
    }

    /// Whether a name may mean nothing only since its `use`, or what would declare it, went wrong, which is reported.
    pub fn is_lost(&self, unit: UnitId, name: &str) -> bool {
        self.lost.get(unit.0).is_some_and(|lost| lost.contains(name))
    }

    /// What to write so that a name of another file, or of the standard library, means something in this one.
    pub fn way_to(&self, unit: UnitId, name: &str) -> Option<String> {
        let home = self.units.get(unit.0)?.path.parent().unwrap_or(Utf8Path::new(""));
        let declared = self.declarations.iter().filter(|d| *d.name.value == *name && d.unit != unit);
        let mut own = declared.filter_map(|d| self.units.get(d.unit.0)).filter(|u| !u.std);
        if let Some(path) = own.find_map(|u| u.path.strip_prefix(home).ok()) {
            return Some(format!("use \"./{path}\".{{{name}}}"));
        }
        load::std_part_with(name).map(|part| format!("use {part}.{{{name}}}"))
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
