//! Reading a builtin's parameters: typed, with defaults, and with a list of what was asked for, so that an unknown
//! parameter is an error and the standard library's declarations can be compared with what is read here.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Param;

/// The parameters that one step was given.
pub struct Params<'a> {
    given: &'a BTreeMap<String, Param>,
    /// Every parameter that the builtin reads, with its default.
    asked: RefCell<BTreeMap<&'static str, Option<Json>>>,
}

impl<'a> Params<'a> {
    pub fn new(given: &'a BTreeMap<String, Param>) -> Self {
        Params { given, asked: RefCell::default() }
    }

    /// An integer within `range`.
    pub fn int(
        &self,
        name: &'static str,
        default: Option<i64>,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<i64, String> {
        let given = self.constant(name, default.map(Json::from))?;
        let int = given.as_i64().or_else(|| {
            let float = given.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        });
        int.filter(|int| range.contains(int)).ok_or_else(|| {
            format!("`{name}` must be an integer from {} to {}, not {given}", range.start(), range.end())
        })
    }

    /// An integer from `least` up to what one side of an image or one count may be.
    pub fn size(&self, name: &'static str, default: Option<i64>, least: i64) -> Result<usize, String> {
        Ok(self.int(name, default, least..=1 << 30)?.unsigned_abs() as usize)
    }

    /// A finite number.
    pub fn float(&self, name: &'static str, default: Option<f64>) -> Result<f64, String> {
        let given = self.constant(name, default.map(Json::from))?;
        given
            .as_f64()
            .filter(|float| float.is_finite())
            .ok_or_else(|| format!("`{name}` must be a number, not {given}"))
    }

    pub fn bool(&self, name: &'static str, default: Option<bool>) -> Result<bool, String> {
        let given = self.constant(name, default.map(Json::from))?;
        given.as_bool().ok_or_else(|| format!("`{name}` must be true or false, not {given}"))
    }

    pub fn string(&self, name: &'static str, default: Option<&str>) -> Result<String, String> {
        let given = self.constant(name, default.map(Json::from))?;
        let text = given.as_str().ok_or_else(|| format!("`{name}` must be a string, not {given}"))?;
        Ok(text.to_owned())
    }

    /// Exactly three finite numbers, one a colour channel.
    pub fn channels(&self, name: &'static str, default: [f64; 3]) -> Result<[f32; 3], String> {
        let given = self.constant(name, Some(Json::from(default.to_vec())))?;
        let numbers: Option<Vec<f64>> = given.as_array().and_then(|list| list.iter().map(Json::as_f64).collect());
        match numbers.as_deref() {
            Some([a, b, c]) if [a, b, c].iter().all(|x| x.is_finite()) => Ok([*a as f32, *b as f32, *c as f32]),
            _ => Err(format!("`{name}` must be three numbers, one a channel, not {given}")),
        }
    }

    /// A file's contents.
    pub fn file(&self, name: &'static str) -> Result<Arc<[u8]>, String> {
        self.asked.borrow_mut().insert(name, None);
        match self.given.get(name) {
            Some(Param::Asset(bytes)) => Ok(Arc::clone(bytes)),
            Some(Param::Const(other)) => Err(format!("`{name}` must name a file, not {other}")),
            None => Err(format!("`{name}` is missing")),
        }
    }

    /// A text file's lines. Only a line feed ends a line, since an alphabet may hold any other character.
    pub fn lines(&self, name: &'static str) -> Result<Vec<Arc<str>>, String> {
        let bytes = self.file(name)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| format!("`{name}` is not UTF-8 text"))?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.is_empty() {
            return Err(format!("`{name}` is empty"));
        }
        Ok(text.split('\n').map(|line| Arc::from(line.strip_suffix('\r').unwrap_or(line))).collect())
    }

    /// Fails on a parameter that was given and never read.
    pub fn all_known(&self) -> Result<(), String> {
        let asked = self.asked.borrow();
        match self.given.keys().find(|name| !asked.contains_key(name.as_str())) {
            Some(name) => Err(format!("there is no parameter `{name}`")),
            None => Ok(()),
        }
    }

    fn constant(&self, name: &'static str, default: Option<Json>) -> Result<Json, String> {
        self.asked.borrow_mut().insert(name, default.clone());
        match self.given.get(name) {
            Some(Param::Const(value)) => Ok(value.clone()),
            Some(Param::Asset(_)) => Err(format!("`{name}` is not a file")),
            None => default.ok_or_else(|| format!("`{name}` is missing")),
        }
    }

    /// Parameters by name with their defaults, for comparison with the standard library.
    #[cfg(test)]
    pub fn asked(&self) -> BTreeMap<&'static str, Option<Json>> {
        self.asked.borrow().clone()
    }
}
