//! From a path to checked stacks, in one call: what every command starts with.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::amend;
use crate::capability::OwnTables;
use crate::catalog::{self, Catalog, Overrides};
use crate::check::{self, Given, TargetInfo};
use crate::cost;
use crate::files::{Disk, Files, Once};
use crate::names::{self, Names};
use crate::report::{Code, Diagnostic, Severity, Sink};
use crate::source::SourceMap;
use crate::stack::Stack;
use crate::target;

pub use crate::target::Tables;

/// What a command line says about parameters and stacks.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--set name=value`, as text; read by the parameter's type.
    pub set: BTreeMap<String, String>,
    /// `--vars FILE`: an environment file of `name=value` lines.
    pub vars: Option<Utf8PathBuf>,
    /// `--stack NAME`; empty for all.
    pub stacks: Vec<String>,
    /// `--capabilities FILE`: cells over those of the built-in tables.
    pub capabilities: Option<Utf8PathBuf>,
}

/// A program after every pass.
#[derive(Debug)]
pub struct Compiled {
    pub sources: SourceMap,
    pub names: Names,
    /// In source order. Empty when there is any error: an empty program must never look like one that wants nothing.
    pub stacks: Vec<Stack>,
    /// In one order: by file, offset, code.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether any diagnostic is an error.
    pub failed: bool,
    /// What the stacks were held against.
    pub tables: Tables,
}

/// Reads a program from disk and checks it. `path` is a folder or one file.
pub fn compile(path: &Utf8Path, options: &Options) -> Compiled {
    compile_with(path, options, &Disk)
}

/// The same over any files.
pub fn compile_with(path: &Utf8Path, options: &Options, files: &dyn Files) -> Compiled {
    compile_up_to(path, options, files, true)
}

/// The same without asking whether the stacks fit their targets: for what helps to make them fit.
pub fn compile_unfitted(path: &Utf8Path, options: &Options, files: &dyn Files) -> Compiled {
    compile_up_to(path, options, files, false)
}

/// What is known of each declaration of a compiled program by itself, also after mistakes: for editors.
pub fn known(compiled: &Compiled, options: &Options, files: &dyn Files) -> check::Known {
    let targets = targets();
    let texts = texts(options, files, &mut Sink::default());
    let (set, stacks) = (&options.set, &options.stacks[..]);
    let given = Given { files: &Once::new(files), targets: &targets, texts: &texts, set, stacks };
    check::known(&compiled.names, &given)
}

fn targets() -> Vec<TargetInfo> {
    target::ALL.iter().map(|t| TargetInfo { name: t.name(), settings: t.settings() }).collect()
}

fn compile_up_to(path: &Utf8Path, options: &Options, files: &dyn Files, fitted: bool) -> Compiled {
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let roots = roots(path, files, &mut sink);
    let names = names::resolve(&roots, files, &mut sources, &mut sink);
    check::secret::written(&names).into_iter().for_each(|span| sources.hide(span));
    let texts = texts(options, files, &mut sink);
    let targets = targets();
    let given = Given {
        files: &Once::new(files),
        targets: &targets,
        texts: &texts,
        set: &options.set,
        stacks: &options.stacks,
    };
    let stacks = check::check(&names, &given, &mut sink);
    let tables = tables(options, files, &mut sink);
    for stack in stacks.iter().filter(|_| fitted) {
        fit(stack, &tables, &mut sink);
    }
    let mut diagnostics = sink.into_sorted();
    amend::proposals(&names, &sources, &stacks, &mut diagnostics);
    let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
    Compiled { sources, names, stacks: if failed { Vec::new() } else { stacks }, diagnostics, failed, tables }
}

/// Whether the stack's target can express it; that is all `check` asks, so the proof is dropped.
fn fit(stack: &Stack, tables: &Tables, sink: &mut Sink) {
    let Some(against) = tables.against(&stack.target) else { return };
    let fits = crate::graph::build(stack, sink)
        .is_some_and(|dag| crate::capability::fit(stack, &dag, against, sink).is_some());
    if let Some(target) = target::find(&stack.target).filter(|_| fits) {
        target.hold(stack, sink);
    }
    if let Some(catalog) = target::catalog_of(&stack.target) {
        provide(stack, catalog, fits, sink);
    }
}

/// Whether the target has machines for the stack, within its budgets, and images: those of a stack that does not fit are not
/// asked for, since what serves it may be what must change.
fn provide(stack: &Stack, catalog: &Catalog, fits: bool, sink: &mut Sink) {
    let estimate = cost::estimate(stack, Some(catalog), &Overrides::default(), sink);
    cost::keep(&estimate, sink);
    if let Some(region) = estimate.region.as_ref().filter(|_| fits) {
        catalog::images_exist(stack, catalog.images(), region, sink);
    }
}

/// The tables, with the user's own file over them. A file that can't be used is an error, and the built-in ones remain.
pub fn tables(options: &Options, files: &dyn Files, sink: &mut Sink) -> Tables {
    let Some(path) = &options.capabilities else { return Tables::default() };
    let read = files.read(path).map_err(|error| crate::files::reason(&error));
    let own = read.and_then(|text| OwnTables::read(path.as_str(), &text));
    own.and_then(|own| Tables::with(&own)).unwrap_or_else(|why| {
        let message = format!("`{path}` is no table of capabilities: {why}");
        sink.push(Diagnostic::error(Code::BadTable, message).help("`servec explain E0619` shows one"));
        Tables::default()
    })
}

fn roots(path: &Utf8Path, files: &dyn Files, sink: &mut Sink) -> Vec<Utf8PathBuf> {
    if !files.is_folder(path) {
        return vec![path.to_owned()];
    }
    let found = files.list(path).unwrap_or_default();
    if found.is_empty() {
        sink.push(
            Diagnostic::error(Code::FileUnreadable, format!("there is no `.serve` file in `{path}`"))
                .help("`servec init` writes a first program"),
        );
    }
    found
}

/// `--vars` first, `--set` over it.
fn texts(options: &Options, files: &dyn Files, sink: &mut Sink) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    if let Some(path) = &options.vars {
        match files.read(path) {
            Err(error) => sink.push(Diagnostic::error(
                Code::FileUnreadable,
                format!("can't read `{path}`: {}", crate::files::reason(&error)),
            )),
            Ok(text) => {
                for (number, line) in text.lines().enumerate() {
                    let line = line.trim();
                    if line.is_empty() || line.starts_with('#') {
                        continue;
                    }
                    match line.split_once('=') {
                        Some((name, value)) => {
                            out.insert(name.trim().to_owned(), value.trim().to_owned());
                        }
                        // The line itself may hold a secret: only its number is shown.
                        None => sink.push(
                            Diagnostic::error(
                                Code::BadVars,
                                format!("line {} of `{path}` is not `name=value`", number + 1),
                            )
                            .help("one `name=value` a line; `#` starts a comment"),
                        ),
                    }
                }
            }
        }
    }
    out.extend(options.set.iter().map(|(k, v)| (k.clone(), v.clone())));
    out
}
