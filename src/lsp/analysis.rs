//! A checked program as an editor asks about it: the compiler's own result, with what is worked out of it when first asked.

use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};

use crate::catalog::Overrides;
use crate::check::Known;
use crate::compile::{self, Compiled, Options};
use crate::cost::{self, Estimate};
use crate::files::{self, Disk, Files, Overlay, Within};
use crate::names::{DeclarationId, Unit, UnitId};
use crate::report::Sink;
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::ast::{Decl, Item};
use crate::target;

use super::marks::{Mark, Marks, marks};

/// Unsaved texts by absolute path, over the disk.
pub type Buffers = std::collections::BTreeMap<Utf8PathBuf, String>;

/// Which program: a folder that is gone to, and what is named there, as in `cd FOLDER && servec check PATH`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Root {
    /// Absolute.
    pub folder: Utf8PathBuf,
    /// Relative to it: `.`, or a file.
    pub path: Utf8PathBuf,
}

/// One program at one state of its texts.
pub struct Analysis {
    pub root: Root,
    pub compiled: Compiled,
    options: Options,
    files: Box<dyn Files + Send + Sync>,
    known: OnceLock<Known>,
    marks: OnceLock<Marks>,
    costs: OnceLock<Vec<Estimate>>,
}

/// A place of a program that is asked about.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub analysis: &'a Analysis,
    pub unit: &'a Unit,
    pub id: UnitId,
    pub source: &'a SourceFile,
    pub offset: u32,
}

impl Root {
    /// The program of a folder.
    pub fn of_folder(folder: impl Into<Utf8PathBuf>) -> Self {
        Self { folder: folder.into(), path: Utf8PathBuf::from(".") }
    }
}

impl Analysis {
    /// What `servec check` finds in the same folder, with the buffers in place of what is saved.
    pub fn new(root: Root, options: &Options, buffers: Buffers) -> Self {
        let files = Within::new(root.folder.clone(), Overlay { texts: buffers, below: Disk });
        let compiled = compile::compile_with(&root.path, options, &files);
        Self {
            root,
            compiled,
            options: options.clone(),
            files: Box::new(files),
            known: OnceLock::new(),
            marks: OnceLock::new(),
            costs: OnceLock::new(),
        }
    }

    /// What is known of each declaration by itself.
    pub fn known(&self) -> &Known {
        self.known.get_or_init(|| compile::known(&self.compiled, &self.options, &*self.files))
    }

    pub fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| marks(&self.compiled.names))
    }

    /// What each stack costs; none while the program has errors.
    pub fn costs(&self) -> &[Estimate] {
        self.costs.get_or_init(|| {
            let prices = Overrides::default();
            let estimate = |stack: &crate::stack::Stack| {
                let catalog = target::catalog_of(&stack.target);
                cost::estimate(stack, catalog, &prices, &mut Sink::default())
            };
            self.compiled.stacks.iter().map(estimate).collect()
        })
    }

    /// How many resources a stack becomes; `None` where its target emits nothing yet, or the program has errors.
    pub fn emitted(&self, stack: &str) -> Option<usize> {
        let stack = self.compiled.stacks.iter().find(|s| *s.name == *stack)?;
        let emitter = target::find(&stack.target)?.emitter()?;
        let mut unheard = Sink::default();
        let dag = crate::graph::build(stack, &mut unheard)?;
        let fitted = crate::capability::fit(stack, &dag, self.compiled.tables.against(&stack.target)?, &mut unheard)?;
        Some(emitter.lower(&fitted).resources.len())
    }

    /// The files that the program was read from.
    pub fn files(&self) -> &dyn Files {
        &*self.files
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The file at an absolute path, if the program has it.
    pub fn unit_at(&self, path: &Utf8Path) -> Option<(UnitId, &Unit)> {
        self.compiled.names.units().find(|(_, unit)| !unit.std && self.absolute(&unit.path) == path)
    }

    /// A path of the program as an absolute one.
    pub fn absolute(&self, path: &Utf8Path) -> Utf8PathBuf {
        files::join(&self.root.folder, path.as_str())
    }

    /// A place in a file.
    pub fn at(&self, id: UnitId, offset: u32) -> Option<At<'_>> {
        let unit = self.compiled.names.unit(id)?;
        Some(At { analysis: self, unit, id, source: self.compiled.sources.get(unit.file)?, offset })
    }

    pub fn text(&self, span: Span) -> &str {
        self.compiled.sources.text(span)
    }

    /// A declaration with a body.
    pub fn decl(&self, id: DeclarationId) -> Option<&Decl> {
        match self.compiled.names.item(id)? {
            Item::Decl(decl) => Some(decl),
            Item::Use(_) | Item::Param(_) | Item::Let(_) | Item::Moved(_) | Item::Bad(_) => None,
        }
    }

    /// Which declaration a name of the sources declares.
    pub fn declared_at(&self, name: Span) -> Option<DeclarationId> {
        self.compiled.names.declarations().find(|(_, d)| d.name.span == name).map(|(id, _)| id)
    }

    pub fn unit_of(&self, file: FileId) -> Option<&Unit> {
        self.compiled.names.unit_of(file)
    }
}

impl<'a> At<'a> {
    /// The name here, and what it stands for.
    pub fn mark(&self) -> Option<&'a Mark> {
        self.analysis.marks().at(self.unit.file, self.offset)
    }

    pub fn text(&self) -> &'a str {
        &self.source.text
    }

    /// What a name of this file declares, if it has a body.
    pub fn decl(&self, name: &str) -> Option<&'a Decl> {
        self.analysis.decl(self.analysis.compiled.names.lookup(self.id, name)?)
    }
}

/// Shared between the thread that checks and the one that answers.
pub type Shared = Arc<Analysis>;
