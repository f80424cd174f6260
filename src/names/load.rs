//! Which files a program is made of: those of its folder, and what they `use`, and so on.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::files::{self, Files};
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{FileId, SourceMap, Span};
use crate::stdlib;
use crate::syntax::{self, ast};

use super::{Unit, UnitId};

/// Reads and parses the roots and, from them, every file that is used.
pub(super) fn load(roots: &[Utf8PathBuf], files: &dyn Files, sources: &mut SourceMap, sink: &mut Sink) -> Vec<Unit> {
    let mut loader = Loader { files, sources, units: Vec::new(), by_path: BTreeMap::new() };
    for root in roots {
        // As a `use` would name it, so that one file is never two.
        let path = files::join(Utf8Path::new(""), root.as_str());
        match files.read(&path) {
            Ok(text) => {
                loader.add(&path, text, true, sink);
            }
            Err(error) => {
                let why = files::reason(&error);
                sink.push(Diagnostic::error(Code::FileUnreadable, format!("can't read `{root}`: {why}")));
            }
        }
    }
    let mut next = 0;
    while let Some(unit) = loader.units.get(next) {
        let uses: Vec<ast::Use> = uses(&unit.ast).cloned().collect();
        let resolved: Vec<Option<UnitId>> = uses.iter().map(|u| loader.follow(UnitId(next), u, sink)).collect();
        if let Some(unit) = loader.units.get_mut(next) {
            unit.uses = resolved;
        }
        next += 1;
    }
    loader.units
}

/// The `use` items of a file, in order.
pub(super) fn uses(file: &ast::File) -> impl Iterator<Item = &ast::Use> {
    file.items.iter().filter_map(|item| match item {
        ast::Item::Use(u) => Some(u),
        ast::Item::Param(_) | ast::Item::Let(_) | ast::Item::Decl(_) | ast::Item::Moved(_) | ast::Item::Bad(_) => None,
    })
}

/// The part of the standard library that declares a name.
pub(super) fn std_part_with(name: &str) -> Option<&'static str> {
    stdlib::names().find(|part| {
        let text = stdlib::text(&Utf8PathBuf::from(format!("{part}.serve"))).unwrap_or_default();
        let tree = syntax::parse(FileId(u32::MAX), text, &mut Sink::default());
        tree.items.iter().filter_map(super::scope::declared_name).any(|declared| *declared.value == *name)
    })
}

struct Loader<'a> {
    files: &'a dyn Files,
    sources: &'a mut SourceMap,
    units: Vec<Unit>,
    by_path: BTreeMap<Utf8PathBuf, UnitId>,
}

impl Loader<'_> {
    fn add(&mut self, path: &Utf8Path, text: String, root: bool, sink: &mut Sink) -> UnitId {
        let file: FileId = self.sources.add(path, text.clone());
        let ast = syntax::parse(file, &text, sink);
        let std = path.starts_with(stdlib::PREFIX);
        let id = UnitId(self.units.len());
        self.units.push(Unit { file, path: path.to_owned(), std, root, ast, uses: Vec::new() });
        self.by_path.insert(path.to_owned(), id);
        id
    }

    fn follow(&mut self, from: UnitId, item: &ast::Use, sink: &mut Sink) -> Option<UnitId> {
        match &item.from {
            ast::UsePath::Std(name) => self.std(&name.value, name.span, sink),
            ast::UsePath::File(path) => {
                let importer = self.units.get(from.0)?;
                let folder = importer.path.parent().unwrap_or(Utf8Path::new(""));
                let target = files::join(folder, &path.value);
                if let Some(id) = self.by_path.get(&target) {
                    return Some(*id);
                }
                match self.files.read(&target) {
                    Ok(text) => Some(self.add(&target, text, false, sink)),
                    Err(error) => {
                        let beside = target.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
                        let known = self.files.list(beside).unwrap_or_default();
                        let near =
                            nearest(target.file_name().unwrap_or(""), known.iter().filter_map(|p| p.file_name()));
                        let mut d = Diagnostic::error(Code::FileUnreadable, format!("can't read `{}`", path.value))
                            .label(path.span, files::reason(&error));
                        if let Some(near) = near {
                            d = d.help(format!("did you mean `./{near}`?"));
                        }
                        sink.push(d);
                        None
                    }
                }
            }
            ast::UsePath::Bad(_) => None,
        }
    }

    fn std(&mut self, name: &str, span: Span, sink: &mut Sink) -> Option<UnitId> {
        let path = Utf8PathBuf::from(format!("{name}.serve"));
        if let Some(id) = self.by_path.get(&path) {
            return Some(*id);
        }
        if let Some(text) = stdlib::text(&path) {
            return Some(self.add(&path, text.to_owned(), false, sink));
        }
        let mut d = Diagnostic::error(Code::UnknownStd, format!("the standard library has no `{name}`"))
            .label(span, "no such part");
        d = match nearest(name, stdlib::names()) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix("use the nearest name", span, near),
            None => d.help(format!("its parts are {}", crate::report::suggest::one_of(stdlib::names()))),
        };
        sink.push(d);
        None
    }
}
