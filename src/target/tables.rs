//! The capability tables of all targets, with a user's own cells over them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::capability::{Against, OwnTables, Table};
use crate::report::suggest::one_of;

/// A table for every target, by name.
#[derive(Debug, Clone)]
pub struct Tables(BTreeMap<&'static str, Cow<'static, Table>>);

impl Default for Tables {
    /// As compiled in.
    fn default() -> Self {
        Self(super::ALL.iter().map(|target| (target.name(), Cow::Borrowed(target.table()))).collect())
    }
}

impl Tables {
    /// With a user's own file over them.
    ///
    /// # Errors
    /// In words, when the file names what no target has, or leaves out what a cell needs.
    pub fn with(own: &OwnTables) -> Result<Self, String> {
        let mut tables = Self::default();
        if let Some(unknown) = own.targets().find(|name| !tables.0.contains_key(name)) {
            let known = one_of(tables.0.keys().copied());
            return Err(format!("there is no target `{unknown}`: the targets are {known}"));
        }
        for (name, table) in &mut tables.0 {
            let next = own.over(name, table).map_err(|why| format!("`{name}`: {why}"))?;
            *table = Cow::Owned(next);
        }
        Ok(tables)
    }

    /// Every table, in the order of the one list of targets.
    pub fn all(&self) -> Vec<(&'static str, &Table)> {
        super::ALL.iter().filter_map(|target| Some((target.name(), self.get(target.name())?))).collect()
    }

    /// A target's table; `None` for a name that is no target's.
    pub fn get(&self, target: &str) -> Option<&Table> {
        self.0.get(target).map(AsRef::as_ref)
    }

    /// What a stack on a target is held against.
    pub fn against(&self, target: &str) -> Option<Against<'_>> {
        let others = self.0.iter().filter(|(name, _)| **name != target);
        let others = others.map(|(name, table)| (*name, table.as_ref())).collect();
        Some(Against { table: self.get(target)?, others })
    }
}
