//! What a refusal offers: the nearest legal form, as an edit. Where it changes a mode or a setting, on which other answers
//! depend, it is tried first: what would only be refused for another reason is not offered.

mod mode;
mod narrow;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::schema::rollout_takes;
use crate::report::{Change, Diagnostic, Severity, Sink};
use crate::source::Span;
use crate::stack::{Endpoint, ModeKind, Stack, Value, ValueKind};

use super::demand::Subject;
use super::fit::{Against, hold};
use super::table::Way;
use super::{Feature, Support};
use mode::Switch;

/// What can be offered to one stack.
pub(super) struct Offers<'a> {
    pub stack: &'a Stack,
    pub against: &'a Against<'a>,
    /// Nothing is offered while an offer is tried.
    silent: bool,
    settings: RefCell<Tried<Arc<str>, bool>>,
    modes: RefCell<Tried<ModeKind, Option<Switch>>>,
}

/// What came of a setting or an endpoint, by its name, and what was tried for it.
type Tried<K, V> = BTreeMap<(Arc<str>, K), V>;

impl<'a> Offers<'a> {
    pub(super) fn to(stack: &'a Stack, against: &'a Against<'a>) -> Self {
        Self { stack, against, silent: false, settings: RefCell::default(), modes: RefCell::default() }
    }

    /// The first of a cell's ways that works: a setting keeps the most of what was meant, to leave something out the
    /// least.
    pub(super) fn way(
        &self,
        diagnostic: Diagnostic,
        way: &Way,
        spans: &[Span],
        (subject, mode): (&Subject, ModeKind),
    ) -> Diagnostic {
        if self.silent {
            return diagnostic;
        }
        let set = way.set.as_ref().and_then(|(name, value)| self.setting(name, value));
        let switched = || way.mode.and_then(|to| self.switched(subject, mode, to));
        let replaced = || way.replace.as_ref().map(|text| self.replaced(text, spans));
        let beside = |text: &Arc<str>| match spans {
            [span, ..] => Some((format!("add `{text}`"), vec![Change::Beside { of: *span, entry: text.to_string() }])),
            [] => None,
        };
        let instead = |text: &Arc<str>| {
            let change = |span: &Span| Change::Instead { of: *span, entry: text.to_string() };
            (format!("write `{text}` in place of {{}}"), spans.iter().map(change).collect())
        };
        let left_out = || {
            let then = way.out.as_ref()?;
            let title = if then.is_empty() { "leave {} out".to_owned() } else { format!("leave {{}} out: {then}") };
            Some((title, spans.iter().copied().map(Change::LeaveOut).collect()))
        };
        let nearest = set.or_else(switched).or_else(replaced);
        let nearest =
            nearest.or_else(|| way.entry.as_ref().map(instead)).or_else(|| way.beside.as_ref().and_then(beside));
        propose(diagnostic, nearest.or_else(left_out))
    }

    /// Another mode for what asks, where that is refused less.
    pub(super) fn other_mode(
        &self,
        diagnostic: Diagnostic,
        to: ModeKind,
        (subject, mode): (&Subject, ModeKind),
    ) -> Diagnostic {
        if self.silent { diagnostic } else { propose(diagnostic, self.switched(subject, mode, to)) }
    }

    /// How the stack can have an async endpoint in place of one of another mode, in words; `None` where it can't.
    pub(super) fn queue(&self, from: ModeKind) -> Option<String> {
        if matches!(from, ModeKind::Async | ModeKind::Batch) {
            return None;
        }
        let (stack, table, plain) = (self.stack, self.against.table, "`mode = async`");
        let cell = table.cell(Feature::Async, table.of(ModeKind::Async, stack)?)?;
        let with = |what: String| Some(format!("{plain} with {what} in the stack"));
        match (cell.support, &cell.way.set) {
            (Support::Yes | Support::Limited, _) => Some(plain.to_owned()),
            (Support::Preview, _) if stack.allow_preview => Some(plain.to_owned()),
            (Support::Preview, _) => with("`allow = [preview]`".to_owned()),
            (Support::Emulated, _) if stack.allow_emulation => Some(plain.to_owned()),
            (Support::Emulated, _) => with("`allow = [emulation]`".to_owned()),
            (Support::No, Some((name, value))) => with(format!("`{name} = {value}`")),
            (Support::No | Support::Moot, _) => None,
        }
    }

    /// The stack's leave for a preview or an emulation, written into its `allow`.
    pub(super) fn leave(&self, diagnostic: Diagnostic, word: &str) -> Diagnostic {
        let stack = self.stack;
        let words: Vec<&str> = [("preview", stack.allow_preview), ("emulation", stack.allow_emulation)]
            .into_iter()
            .filter_map(|(known, given)| (given || known == word).then_some(known))
            .collect();
        let list = format!("[{}]", words.join(", "));
        let change = match stack.allow {
            Some(span) => Change::write(span, list),
            None => Change::Add { to: stack.inside, entry: format!("allow = {list}") },
        };
        diagnostic.propose(format!("allow {word} in stack {}", stack.name), [change])
    }

    fn setting(&self, name: &Arc<str>, value: &Arc<str>) -> Option<Proposed> {
        let key = (name.clone(), value.clone());
        let known = self.settings.borrow().get(&key).copied();
        let works = known.unwrap_or_else(|| {
            let mut with = self.stack.clone();
            let word = Value::new(ValueKind::Word(value.clone()), self.stack.span);
            with.settings.insert(name.clone(), word);
            self.refused(&with) < self.refused(self.stack)
        });
        self.settings.borrow_mut().insert(key, works);
        if !works {
            return None;
        }
        let written = self.stack.settings.get(name).filter(|written| written.span.file == self.stack.inside.file);
        let change = match written.filter(|written| written.span != self.stack.span) {
            Some(written) => Change::write(written.span, &**value),
            None => Change::Add { to: self.stack.inside, entry: format!("{name} = {value}") },
        };
        Some((format!("write `{name} = {value}` in stack {}", self.stack.name), vec![change]))
    }

    /// Other text in place of what is refused. A rollout keeps what its new kind has too.
    fn replaced(&self, text: &Arc<str>, spans: &[Span]) -> Proposed {
        let rollouts = self.stack.endpoints.iter().filter_map(|endpoint| endpoint.rollout.as_ref());
        let rollout = rollouts.into_iter().find(|rollout| spans == [rollout.span]);
        let Some(rollout) = rollout.filter(|rollout| rollout.value.says_something()) else {
            return (format!("write `{text}`"), spans.iter().map(|span| Change::write(*span, &**text)).collect());
        };
        let kind = text.split_whitespace().next().unwrap_or(text);
        let first = rollout.value.first.as_ref().filter(|_| !rollout_takes(kind, "first"));
        let without = if first.is_some() { ", without `first`" } else { "" };
        let change = Change::Kind {
            of: rollout.span,
            kind: kind.to_owned(),
            without: first.iter().map(|first| first.span).collect(),
            whole: text.to_string(),
        };
        (format!("write `rollout = {kind}`{without}"), vec![change])
    }

    fn switched(&self, subject: &Subject, from: ModeKind, to: ModeKind) -> Option<Proposed> {
        let asking: Vec<&Endpoint> = narrow::asking(self.stack, subject, from).collect();
        let (mut changes, mut written, mut names) = (vec![], vec![], vec![]);
        for endpoint in &asking {
            let key = (endpoint.name.clone(), to);
            let known = self.modes.borrow().get(&key).cloned();
            let switch = known.unwrap_or_else(|| self.tried(endpoint, to));
            self.modes.borrow_mut().insert(key, switch.clone());
            let switch = switch?;
            changes.push(switch.change(endpoint));
            written.push(switch.words());
            names.push(format!("`{}`", endpoint.name));
        }
        let title = match (written.as_slice(), names.as_slice()) {
            ([], _) => return None,
            ([only], _) => only.clone(),
            (_, names) => format!("write `mode = {}` for the endpoints {}", to.word(), names.join(", ")),
        };
        Some((title, changes))
    }

    /// How an endpoint's mode would be written, if less of it were refused then.
    fn tried(&self, endpoint: &Endpoint, to: ModeKind) -> Option<Switch> {
        let switch = Switch::of(endpoint, to, self.stack, self.against.table)?;
        let before = self.refused(&narrow::to(self.stack, endpoint.clone()));
        let after = self.refused(&narrow::to(self.stack, Endpoint { mode: switch.mode.clone(), ..endpoint.clone() }));
        (after < before).then_some(switch)
    }

    /// How much of a stack is refused.
    fn refused(&self, stack: &Stack) -> usize {
        let (mut sink, mut notes) = (Sink::default(), vec![]);
        hold(&Offers { silent: true, ..Offers::to(stack, self.against) }, &mut notes, &mut sink);
        sink.as_slice().iter().filter(|d| d.severity == Severity::Error).count()
    }
}

/// A title, and what is changed.
type Proposed = (String, Vec<Change>);

fn propose(diagnostic: Diagnostic, proposed: Option<Proposed>) -> Diagnostic {
    match proposed {
        Some((title, changes)) => diagnostic.propose(title, changes),
        None => diagnostic,
    }
}
