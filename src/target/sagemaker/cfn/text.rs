//! A text of a template: as it stands, or with what CloudFormation fills in.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// A string, or what becomes one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text {
    Plain(String),
    /// `Fn::Sub`: names in `${…}` are filled in.
    Sub(String),
    /// `Ref`, by logical id.
    Ref(String),
    /// `Fn::GetAtt`: a logical id and an attribute.
    Att(String, &'static str),
}

impl Text {
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    pub fn sub(text: impl Into<String>) -> Self {
        Self::Sub(text.into())
    }

    /// With something behind it, taken as it stands.
    pub fn then(&self, tail: &str) -> Self {
        match self {
            Self::Plain(text) => Self::Plain(format!("{text}{tail}")),
            Self::Sub(text) => Self::Sub(format!("{text}{}", escaped(tail))),
            Self::Ref(id) => Self::Sub(format!("${{{id}}}{}", escaped(tail))),
            Self::Att(id, attribute) => Self::Sub(format!("${{{id}.{attribute}}}{}", escaped(tail))),
        }
    }

    /// As the inside of a `Fn::Sub`.
    pub fn inside(&self) -> String {
        match self {
            Self::Plain(text) => escaped(text),
            Self::Sub(text) => text.clone(),
            Self::Ref(id) => format!("${{{id}}}"),
            Self::Att(id, attribute) => format!("${{{id}.{attribute}}}"),
        }
    }

    /// The inside of a `Fn::Sub` as a text: plain where nothing is to be filled in.
    pub fn from_inside(inside: String) -> Self {
        if inside.contains("${") { Self::Sub(inside) } else { Self::Plain(inside) }
    }
}

/// `${` as it stands.
fn escaped(text: &str) -> String {
    text.replace("${", "${!")
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let one = |to: S, key: &str, value: &str| {
            let mut map = to.serialize_map(Some(1))?;
            map.serialize_entry(key, value)?;
            map.end()
        };
        match self {
            Self::Plain(text) => to.serialize_str(text),
            Self::Sub(text) => one(to, "Fn::Sub", text),
            Self::Ref(id) => one(to, "Ref", id),
            Self::Att(id, attribute) => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry("Fn::GetAtt", &[id, *attribute])?;
                map.end()
            }
        }
    }
}
