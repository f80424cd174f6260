//! One cell as it is to be understood: a part of what is refused says nothing, and none says more than what it is part of.

use std::sync::Arc;

use crate::stack::endpoint::ModeKind;
use crate::stack::metric::Metric;

use super::super::{Bound, Cell, Column, ColumnId, Feature, Limit, Support, Table};
use super::{Entry, Key};

/// A column of a table, for one of its modes or for all.
#[derive(Debug, Clone, Copy)]
pub struct Place<'t> {
    pub table: &'t Table,
    pub id: ColumnId,
    pub column: &'t Column,
    pub mode: Option<ModeKind>,
}

impl<'t> Place<'t> {
    pub fn new(table: &'t Table, id: ColumnId, mode: Option<ModeKind>) -> Option<Self> {
        Some(Self { table, id, column: table.column(id)?, mode })
    }

    /// What it says of a row.
    pub fn entry(&self, key: Key) -> Entry {
        match key {
            Key::Feature(feature) => match self.table.cell(feature, self.id) {
                Some(cell) => of_cell(cell, None, self.support(feature, cell)),
                None => Entry::none(),
            },
            Key::Metric(metric) => match self.table.metric(metric, self.id) {
                Some(known) => {
                    let followed = self.any(&[Feature::ScaleTrack, Feature::ScaleStep]) && self.serves();
                    of_cell(&known.cell, known.id.clone(), followed.then_some(own(known.cell.support)))
                }
                None => Entry::none(),
            },
            Key::Limit(limit) => match self.table.bound(limit, self.id) {
                Some(bound) => of_bound(bound, self.bounds(limit).then_some(Support::Yes)),
                None => Entry::none(),
            },
        }
    }

    fn support(&self, feature: Feature, cell: &Cell) -> Option<Support> {
        if let Some(mode) = ModeKind::ALL.into_iter().find(|mode| Feature::of_mode(*mode) == feature) {
            return self.has(mode).then_some(own(cell.support));
        }
        let own_mode = feature.only_in().is_none_or(|mode| self.has(mode) && self.answers(mode));
        if !self.serves() || !own_mode || !feature.part_of().all(|wholes| self.any(wholes)) {
            return None;
        }
        Some(own(cell.support).max(self.most(feature)))
    }

    fn bounds(&self, limit: Limit) -> bool {
        let own_mode = limit.only_in().is_none_or(|mode| self.has(mode) && self.answers(mode));
        self.serves() && own_mode && self.any(limit.part_of())
    }

    /// Whether the column is one of this mode, and this mode is meant.
    fn has(&self, mode: ModeKind) -> bool {
        self.column.modes.contains(&mode) && self.mode.is_none_or(|meant| meant == mode)
    }

    fn answers(&self, mode: ModeKind) -> bool {
        self.of(Feature::of_mode(mode)) != Support::No
    }

    /// Whether any of its modes is not refused.
    pub fn serves(&self) -> bool {
        ModeKind::ALL.into_iter().any(|mode| self.has(mode) && self.answers(mode))
    }

    fn any(&self, wholes: &[Feature]) -> bool {
        wholes.is_empty() || wholes.iter().any(|whole| self.of(*whole) != Support::No)
    }

    /// The best that what it is a part of gets, and for what follows a metric, that metrics get.
    fn most(&self, feature: Feature) -> Support {
        let best = |wholes: &[Feature]| wholes.iter().map(|whole| self.of(*whole).max(self.most(*whole))).min();
        let whole = feature.part_of().filter_map(best).max().unwrap_or(Support::Yes);
        if !matches!(feature, Feature::ScaleTrack | Feature::ScaleStep) {
            return whole;
        }
        let metrics = Metric::ALL.iter().filter_map(|metric| self.table.metric(*metric, self.id));
        metrics.map(|metric| own(metric.cell.support)).min().map_or(whole, |best| whole.max(best))
    }

    fn of(&self, feature: Feature) -> Support {
        self.table.cell(feature, self.id).map_or(Support::No, |cell| own(cell.support))
    }
}

/// What a moot cell leaves to say: what it is a part of says it.
fn own(support: Support) -> Support {
    if support == Support::Moot { Support::Yes } else { support }
}

impl Entry {
    pub(super) fn none() -> Self {
        let empty: Arc<str> = Arc::default();
        Self { support: None, bound: None, id: None, because: empty.clone(), instead: empty, source: None }
    }
}

fn of_cell(cell: &Cell, id: Option<Arc<str>>, support: Option<Support>) -> Entry {
    let (because, instead) = (cell.because.clone(), cell.instead.clone());
    Entry { support, bound: None, id, because, instead, source: Some(cell.source.clone()) }
}

fn of_bound(bound: &Bound, support: Option<Support>) -> Entry {
    let (because, source) = (bound.because.clone(), Some(bound.source.clone()));
    Entry { support, bound: Some(bound.clone()), id: None, because, instead: Arc::default(), source }
}
