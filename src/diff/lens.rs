//! The rules of one kind, parsed: what every comparison looks through. Answers questions about paths.

use std::collections::BTreeMap;

use serde_json::Value;

use super::canonical::{canonical, sha256};
use super::compare::compare;
use super::path::Pattern;
use super::quantity;
use super::rules::{KindRules, Notice, Rules};

/// All lenses of one target.
#[derive(Debug, Default)]
pub struct Lenses {
    kinds: BTreeMap<String, Lens>,
    plain: Lens,
}

impl Lenses {
    pub fn new(rules: &Rules) -> Self {
        let kinds = rules.kinds.iter().map(|(kind, rules)| (kind.clone(), Lens::new(rules))).collect();
        Self { kinds, plain: Lens::default() }
    }

    /// A kind without rules is compared field by field.
    pub fn of(&self, kind: &str) -> &Lens {
        self.kinds.get(kind).unwrap_or(&self.plain)
    }
}

/// The rules of one kind.
#[derive(Debug, Default)]
pub struct Lens {
    pub(super) immutable: Vec<Pattern>,
    pub(super) computed: Vec<Pattern>,
    pub(super) unordered: Vec<Pattern>,
    pub(super) quantities: Vec<Pattern>,
    pub(super) sensitive: Vec<Pattern>,
    pub(super) defaulted: Vec<(Pattern, Value)>,
    pub(super) notice: Vec<(Pattern, Notice)>,
}

impl Lens {
    fn new(rules: &KindRules) -> Self {
        let parse = |paths: &[String]| paths.iter().map(|path| Pattern::parse(path)).collect();
        Self {
            immutable: parse(&rules.immutable),
            computed: parse(&rules.computed),
            unordered: parse(&rules.unordered),
            quantities: parse(&rules.quantities),
            sensitive: parse(&rules.sensitive),
            defaulted: rules.defaulted.iter().map(|(path, value)| (Pattern::parse(path), value.clone())).collect(),
            notice: rules.notice.iter().map(|(path, notice)| (Pattern::parse(path), *notice)).collect(),
        }
    }

    pub(super) fn is_computed(&self, path: &[String]) -> bool {
        self.computed.iter().any(|p| p.covers(path))
    }

    pub(super) fn is_set(&self, path: &[String]) -> bool {
        self.unordered.iter().any(|p| p.is(path))
    }

    pub(super) fn is_quantity(&self, path: &[String]) -> bool {
        self.quantities.iter().any(|p| p.is(path))
    }

    pub(super) fn is_sensitive(&self, path: &[String]) -> bool {
        self.sensitive.iter().any(|p| p.covers(path))
    }

    pub(super) fn default_at(&self, path: &[String]) -> Option<&Value> {
        self.defaulted.iter().find(|(p, _)| p.is(path)).map(|(_, value)| value)
    }

    /// The rule by which a change makes a new object, as written.
    pub(super) fn forces(&self, path: &[String], before: Option<&Value>, after: Option<&Value>) -> Option<&str> {
        let hit = |p: &&Pattern| p.covers(path) || p.below(path).is_some_and(|rest| differs(before, after, rest));
        self.immutable.iter().find(hit).map(|p| p.text.as_str())
    }

    /// What the rules say of a change here, by the nearest path; none if they say nothing.
    pub(super) fn noticed(&self, path: &[String], before: Option<&Value>, after: Option<&Value>) -> Option<Noticed> {
        let below = self.notice.iter().filter(|(p, _)| p.below(path).is_some_and(|rest| differs(before, after, rest)));
        let below = below.map(|(_, notice)| *notice).max();
        let above = self.notice.iter().filter(|(p, _)| p.covers(path)).max_by_key(|(p, _)| p.steps.len());
        match (below, above) {
            (Some(notice), _) => Some(Noticed { notice, by_name: true }),
            (None, Some((p, notice))) => Some(Noticed { notice: *notice, by_name: !p.steps.is_empty() }),
            (None, None) => None,
        }
    }

    /// The value with everything sensitive as a hash. `path` is where the value stands.
    pub(super) fn redact(&self, value: &Value, path: &mut Vec<String>) -> Value {
        if self.sensitive.is_empty() || value.is_null() {
            return value.clone();
        }
        if self.is_sensitive(path) {
            let hash = sha256(&canonical(value));
            return format!("sensitive sha256:{}", hash.get(..12).unwrap_or(&hash)).into();
        }
        each(value, path, &mut |item, path| Some(self.redact(item, path)))
    }

    /// The value as a fingerprint sees it: without what the platform computes, sets in one order.
    pub fn normal(&self, value: &Value) -> Value {
        self.normal_at(value, &mut vec![])
    }

    fn normal_at(&self, value: &Value, path: &mut Vec<String>) -> Value {
        let mut keep =
            |item: &Value, path: &mut Vec<String>| (!self.is_computed(path)).then(|| self.normal_at(item, path));
        let mut value = each(value, path, &mut keep);
        if self.is_quantity(path) {
            value = quantity::normal(&value);
        }
        if let (Value::Array(items), true) = (&mut value, self.is_set(path)) {
            items.sort_by_cached_key(canonical);
        }
        value
    }
}

type Visit<'a> = &'a mut dyn FnMut(&Value, &mut Vec<String>) -> Option<Value>;

/// The value with each item of it replaced, or left out.
fn each(value: &Value, path: &mut Vec<String>, visit: Visit<'_>) -> Value {
    let mut at = |step: String, item: &Value| {
        path.push(step);
        let item = visit(item, path);
        path.pop();
        item
    };
    match value {
        Value::Object(fields) => {
            fields.iter().filter_map(|(key, item)| Some((key.clone(), at(key.clone(), item)?))).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().filter_map(|(i, item)| at(i.to_string(), item)).collect::<Vec<_>>().into()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Whether what a pattern selects below a value changes. Items that only one side has don't count: adding a variant
/// changes no variant's image.
fn differs(before: Option<&Value>, after: Option<&Value>, rest: &[String]) -> bool {
    let Some((step, rest)) = rest.split_first() else {
        return match (before, after) {
            (Some(before), Some(after)) => !compare(after, before, &Lens::default()).differences.is_empty(),
            (before, after) => before.is_some() != after.is_some(),
        };
    };
    if step != "*" {
        let field = |value: Option<&Value>| value.and_then(|v| v.get(step)).cloned();
        return differs(field(before).as_ref(), field(after).as_ref(), rest);
    }
    match (before, after) {
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            before.iter().zip(after).any(|(before, after)| differs(Some(before), Some(after), rest))
        }
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            before.iter().any(|(key, item)| after.get(key).is_some_and(|next| differs(Some(item), Some(next), rest)))
        }
        _ => false,
    }
}

/// What a rule says of a path.
pub(super) struct Noticed {
    pub notice: Notice,
    /// Whether a rule names the path, rather than the rule for any other path.
    pub by_name: bool,
}
