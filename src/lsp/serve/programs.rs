//! Which programs are open, how fresh each is, and what was published of it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::Diagnostic;

use crate::lsp::Root;
use crate::lsp::analysis::Shared;

/// One program.
#[derive(Default)]
pub struct Program {
    /// Counts changes of its texts.
    pub generation: u64,
    /// The last state that was checked, and of which generation.
    pub last: Option<(u64, Shared)>,
    /// The last one of which what completion asks is worked out, so that it waits for nothing.
    pub warm: Option<Shared>,
    /// The last check ended in a panic, at this generation.
    pub panicked: Option<u64>,
    /// What it says of each file.
    pub found: BTreeMap<Utf8PathBuf, Vec<Diagnostic>>,
}

/// All programs that have an open text.
#[derive(Default)]
pub struct Programs(BTreeMap<Root, Program>);

impl Program {
    pub fn is_fresh(&self) -> bool {
        self.last.as_ref().is_some_and(|(of, _)| *of == self.generation)
    }

    /// Whether its newest state was checked, or can't be.
    pub fn is_done(&self) -> bool {
        self.is_fresh() || self.panicked == Some(self.generation)
    }

    /// A state that has a file, be it a moment old.
    pub fn any(&self, path: &Utf8Path) -> Option<&Shared> {
        let last = self.last.as_ref().map(|(_, analysis)| analysis);
        let has = |analysis: &&Shared| analysis.unit_at(path).is_some();
        self.warm.as_ref().filter(has).or(last.filter(has))
    }

    pub fn newest(&self) -> Option<&Shared> {
        self.last.as_ref().filter(|_| self.is_fresh()).map(|(_, analysis)| analysis)
    }
}

impl Programs {
    pub fn get(&self, root: &Root) -> Option<&Program> {
        self.0.get(root)
    }

    pub fn get_mut(&mut self, root: &Root) -> Option<&mut Program> {
        self.0.get_mut(root)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Root, &Program)> {
        self.0.iter()
    }

    /// The programs that have a file, or would have it, with their texts counted as changed.
    pub fn touch(&mut self, path: &Utf8Path) -> Vec<Root> {
        let home = home(path);
        self.0.entry(home.clone()).or_default();
        let mut touched = Vec::new();
        for (root, program) in &mut self.0 {
            let has = program.last.as_ref().is_some_and(|(_, analysis)| reads(analysis, path));
            if *root == home || has {
                program.generation += 1;
                touched.push(root.clone());
            }
        }
        touched
    }

    /// All programs, counted as changed: something on disk did.
    pub fn touch_all(&mut self) -> Vec<Root> {
        self.0.values_mut().for_each(|program| program.generation += 1);
        self.0.keys().cloned().collect()
    }

    /// Forgets the programs whose folders have no open text; what they had published comes back.
    pub fn forget(&mut self, open: &BTreeSet<Root>) -> Vec<Utf8PathBuf> {
        let gone: Vec<Root> = self.0.keys().filter(|root| !open.contains(*root)).cloned().collect();
        let programs = gone.iter().filter_map(|root| self.0.remove(root));
        programs.flat_map(|program| program.found.into_keys()).collect()
    }

    /// What all programs say of a file: a mistake that two find is one.
    pub fn found(&self, path: &Utf8Path) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = Vec::new();
        for found in self.0.values().filter_map(|program| program.found.get(path)) {
            for diagnostic in found {
                let same = |o: &Diagnostic| {
                    (o.range, &o.code, &o.message) == (diagnostic.range, &diagnostic.code, &diagnostic.message)
                };
                if !out.iter().any(same) {
                    out.push(diagnostic.clone());
                }
            }
        }
        out
    }
}

/// The program of a text: that of its folder, as `servec check` takes it.
pub fn home(path: &Utf8Path) -> Root {
    Root::of_folder(path.parent().unwrap_or(Utf8Path::new("/")))
}

/// Whether a program reads a file, or looked for it: a text that is made may be one that a `use` could not find.
fn reads(analysis: &Shared, path: &Utf8Path) -> bool {
    let has = analysis.unit_at(path).is_some();
    let lost = || analysis.compiled.names.units().any(|(_, unit)| unit.uses.iter().any(Option::is_none) && !unit.std);
    has || lost()
}
