//! Names: an address within the stack, a logical id within the template, and the platform's own name. Each is made of the
//! declaration's first name, so that `moved` keeps what is deployed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::diff::{canonical, sha256};
use crate::resource::Address;
use crate::stack::Stack;

/// Longest name of a model, an endpoint, a configuration, a variant, a component or a job.
pub const LONGEST: usize = 63;

/// Hex digits of a content hash.
const DIGITS: usize = 8;

/// A place in the stack: what it is, and the names that lead to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub kind: &'static str,
    pub parts: Vec<String>,
}

impl At {
    pub fn new(kind: &'static str, parts: &[&str]) -> Self {
        Self { kind, parts: parts.iter().map(|part| (*part).to_owned()).collect() }
    }

    /// `model.search/detector`
    pub fn address(&self) -> Address {
        Address::new(self.kind, &self.parts.join("/"))
    }
}

/// The names of one stack.
#[derive(Debug)]
pub struct Names {
    stack: String,
    /// What moved, by its new name.
    before: BTreeMap<Arc<str>, Arc<str>>,
}

impl Names {
    pub fn of(stack: &Stack) -> Self {
        let before = stack.moved.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
        Self { stack: stack.name.to_string(), before }
    }

    /// Each address that a place had under an earlier name of a part of it.
    pub fn earlier(&self, at: &At) -> Vec<Address> {
        let mut out = vec![];
        for (i, part) in at.parts.iter().enumerate() {
            let mut name: &str = part;
            // Names don't move in a circle; a bound makes sure.
            for _ in 0..self.before.len() {
                let Some(before) = self.before.get(name) else { break };
                let mut parts = at.parts.clone();
                if let Some(part) = parts.get_mut(i) {
                    *part = before.to_string();
                }
                out.push(At { kind: at.kind, parts }.address());
                name = before;
            }
        }
        out
    }

    /// The name of what a declaration stands for now: its first.
    fn first<'n>(&'n self, name: &'n str) -> &'n str {
        let mut name = name;
        for _ in 0..self.before.len() {
            match self.before.get(name) {
                Some(before) => name = before,
                None => break,
            }
        }
        name
    }

    /// As a template's key: letters and digits. Different for any two places of a stack, and the same however much else
    /// the stack has.
    pub fn logical(&self, at: &At) -> String {
        let parts: Vec<&str> = at.parts.iter().map(|part| self.first(part)).collect();
        let words = |part: &str| part.split('_').map(capital).collect::<String>();
        let id: String = [capital(at.kind)].into_iter().chain(parts.iter().map(|part| words(part))).collect();
        let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        let several = parts.len() > 1;
        if parts.iter().all(|part| is_plain(part, several)) {
            return id;
        }
        let hash = sha256(&parts.join("/"));
        format!("{id}{}", hash.get(..DIGITS).unwrap_or(&hash))
    }

    /// A name that never changes: the stack's and the place's.
    pub fn fixed(&self, parts: &[&str]) -> String {
        let firsts: Vec<&str> = [&*self.stack].into_iter().chain(parts.iter().map(|part| self.first(part))).collect();
        fitted(&firsts, None)
    }

    /// A name that is another one for another content.
    pub fn hashed(&self, at: &At, content: &Json, salt: &str) -> String {
        let firsts: Vec<&str> = at.parts.iter().map(|part| self.first(part)).collect();
        let hash = sha256(&format!("{}\n{}\n{}\n{salt}", self.logical(at), self.stack, canonical(content)));
        let parts: Vec<&str> = [&*self.stack].into_iter().chain(firsts).collect();
        fitted(&parts, Some(hash.get(..DIGITS).unwrap_or(&hash)))
    }
}

/// One name by itself, such as a variant's.
pub fn plain(name: &str) -> String {
    fitted(&[name], None)
}

/// Parts joined by `-`, in the letters that SageMaker takes; what can't be kept as it is gets a hash of the whole.
fn fitted(parts: &[&str], hash: Option<&str>) -> String {
    let kept = |part: &&str| {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let inside = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        inside && edge(part.chars().next()) && edge(part.chars().last())
    };
    let joined = parts.join("-");
    let letters: String = joined.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let room = LONGEST - hash.map_or(0, |hash| hash.len() + 1);
    let whole = parts.iter().all(kept) && letters.len() <= room;
    let own = sha256(&parts.join("/"));
    let tail = match (whole, hash) {
        (true, None) => return letters,
        (_, Some(hash)) => hash,
        (false, None) => own.get(..DIGITS).unwrap_or(&own),
    };
    let room = LONGEST - tail.len() - 1;
    let body: String = letters.trim_matches('-').chars().take(room).collect();
    match body.trim_end_matches('-') {
        "" => format!("n{tail}"),
        body => format!("{body}-{tail}"),
    }
}

/// Lower case words of letters and digits, with single `_` between: what capital letters tell apart again. Among several
/// parts no `_`, since there a capital letter begins the next part.
fn is_plain(part: &str, among_several: bool) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if among_several { word(part) } else { part.split('_').all(word) }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}
