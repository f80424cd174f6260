//! The JSON forms of a request: an object by input name, or `{"instances": […]}` of such objects (the form that
//! Vertex AI and KServe V1 share), where an instance of a graph with one input may be the bare value.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serve_spec::{Port, Type};

use super::room::Room;
use super::value::ValueSeed;
use crate::fault::{Fault, Kind};
use crate::graph::Values;

/// What a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// One call, one answer.
    One(Values),
    /// One call for each, answered as `{"predictions": […]}`.
    Instances(Vec<Values>),
}

/// Reads a JSON request for a graph with these inputs.
///
/// # Errors
/// 400, with the input's name where one is at fault, and line and column.
pub fn read(bytes: &[u8], inputs: &[Port]) -> Result<Body, Fault> {
    let malformed = |error: serde_json::Error| Fault::new(Kind::Malformed, format!("body: {error}"));
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = json.deserialize_map(Top(Known { inputs, room: &Room::default() })).map_err(malformed)?;
    json.end().map_err(malformed)?;
    Ok(body)
}

/// What is known before a byte is read.
#[derive(Clone, Copy)]
struct Known<'a> {
    inputs: &'a [Port],
    room: &'a Room,
}

/// In values of JSON: an instance is a map of its own, and its call and its answer are others.
const INSTANCE: usize = 32;

struct Top<'a>(Known<'a>);

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object by input name, or {\"instances\": [...]}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Body, A::Error> {
        let named_instances = self.0.inputs.iter().any(|port| port.name == "instances");
        let mut values = Values::new();
        let mut instances = None;
        while let Some(key) = fields.next_key::<String>()? {
            match key.as_str() {
                "instances" if !named_instances => {
                    instances = Some(fields.next_value_seed(Instances(self.0))?);
                }
                "parameters" if instances.is_some() => {
                    fields.next_value::<IgnoredAny>()?;
                }
                _ if instances.is_some() => return Err(A::Error::custom(format!("`{key}` beside `instances`"))),
                _ => self.0.one(&key, &mut fields, &mut values)?,
            }
        }
        match instances {
            Some(_) if !values.is_empty() => Err(A::Error::custom("inputs beside `instances`")),
            Some(instances) => Ok(Body::Instances(instances)),
            None => Ok(Body::One(values)),
        }
    }
}

impl Known<'_> {
    /// Reads the value of one input.
    fn one<'de, A: MapAccess<'de>>(&self, key: &str, fields: &mut A, values: &mut Values) -> Result<(), A::Error> {
        let Some(port) = self.inputs.iter().find(|port| port.name == key) else {
            let names: Vec<String> = self.inputs.iter().map(|port| format!("`{}`", port.name)).collect();
            return Err(A::Error::custom(format!("no input `{key}`; the inputs are {}", names.join(", "))));
        };
        let value = fields
            .next_value_seed(ValueSeed { ty: &port.ty, room: self.room })
            .map_err(|error| A::Error::custom(format!("input `{key}`: {error}")))?;
        if values.insert(key.to_owned(), value).is_some() {
            return Err(A::Error::custom(format!("input `{key}` is there twice")));
        }
        Ok(())
    }
}

struct Instances<'a>(Known<'a>);

impl<'de> DeserializeSeed<'de> for Instances<'_> {
    type Value = Vec<Values>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Instances<'_> {
    type Value = Vec<Values>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of instances")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut instances = vec![];
        loop {
            let at = instances.len();
            let item = items.next_element_seed(Instance(self.0));
            match item.map_err(|error| A::Error::custom(format!("instances[{at}]: {error}")))? {
                Some(values) => instances.push(values),
                None => return Ok(instances),
            }
        }
    }
}

struct Instance<'a>(Known<'a>);

impl Instance<'_> {
    /// The one input, for a bare value.
    fn only(&self) -> Option<&Port> {
        if let [port] = self.0.inputs { Some(port) } else { None }
    }

    fn bare<'de, D: Deserializer<'de>>(&self, deserializer: D) -> Result<Values, D::Error> {
        let port = self.only().ok_or_else(|| D::Error::custom("expected an object by input name"))?;
        let value = ValueSeed { ty: &port.ty, room: self.0.room }
            .deserialize(deserializer)
            .map_err(|error| D::Error::custom(format!("input `{}`: {error}", port.name)))?;
        Ok(Values::from([(port.name.clone(), value)]))
    }
}

impl<'de> DeserializeSeed<'de> for Instance<'_> {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        self.0.room.take(INSTANCE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Instance<'_> {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instance")
    }

    fn visit_bool<E: Error>(self, x: bool) -> Result<Values, E> {
        self.bare(x.into_deserializer())
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Values, E> {
        self.bare(n.into_deserializer())
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Values, E> {
        self.bare(n.into_deserializer())
    }

    fn visit_f64<E: Error>(self, x: f64) -> Result<Values, E> {
        self.bare(x.into_deserializer())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Values, E> {
        self.bare(text.into_deserializer())
    }

    fn visit_unit<E: Error>(self) -> Result<Values, E> {
        self.bare(().into_deserializer())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Values, A::Error> {
        self.bare(SeqAccessDeserializer::new(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Values, A::Error> {
        let mut values = Values::new();
        let mut first = true;
        while let Some(key) = fields.next_key::<String>()? {
            let named = self.0.inputs.iter().any(|port| port.name == key);
            // An object that names no input is the bare value of an input that may itself be an object.
            if first
                && !named
                && let Some(port) = self.only()
                && takes_objects(&port.ty)
            {
                return self.bare(MapAccessDeserializer::new(Pushed { key: Some(key), rest: fields }));
            }
            first = false;
            self.0.one(&key, &mut fields, &mut values)?;
        }
        Ok(values)
    }
}

fn takes_objects(ty: &Type) -> bool {
    matches!(ty, Type::Image(_) | Type::Audio(_) | Type::Bytes | Type::Json | Type::Record(_))
}

/// A map whose first key was read already.
struct Pushed<A> {
    key: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Pushed<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}
