//! An `infer` request. Tensor data is read straight into its element type when the input's name stands before it, as
//! every client writes it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serve_spec::{Dtype, Port, Type};

use super::names::datatype;
use crate::fault::{Fault, Kind};
use crate::graph::Values;
use crate::typed::len_of;
use crate::value::{Tensor, Value};
use crate::wire::room::{JsonSeed, Room};
use crate::wire::tensor::{TensorSeed, reshape};
use crate::wire::value::decode;

/// What was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub id: Option<String>,
    pub values: Values,
    /// Outputs by name; empty for all.
    pub wanted: Vec<String>,
}

/// Reads a request for a graph with these inputs.
///
/// # Errors
/// 400, with the input's name where one is at fault.
pub fn read(bytes: &[u8], inputs: &[Port]) -> Result<Request, Fault> {
    let malformed = |error: serde_json::Error| Fault::new(Kind::Malformed, format!("body: {error}"));
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let request = json.deserialize_map(Top(Known { ports: inputs, room: &Room::default() })).map_err(malformed)?;
    json.end().map_err(malformed)?;
    Ok(request)
}

/// What is known before a byte is read.
#[derive(Clone, Copy)]
struct Known<'a> {
    ports: &'a [Port],
    room: &'a Room,
}

struct Top<'a>(Known<'a>);

#[derive(Deserialize)]
struct Wanted {
    name: String,
}

impl Known<'_> {
    fn tensor(&self, dtype: Dtype) -> TensorSeed<'_> {
        TensorSeed { dtype, room: self.room }
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Request;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an inference request: an object with `inputs`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Request, A::Error> {
        let (mut id, mut values, mut wanted) = (None, None, vec![]);
        while let Some(key) = fields.next_key::<String>()? {
            match key.as_str() {
                "id" => id = fields.next_value()?,
                "inputs" => values = Some(fields.next_value_seed(Inputs(self.0))?),
                "outputs" => wanted = fields.next_value::<Vec<Wanted>>()?,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        let values = values.ok_or_else(|| A::Error::missing_field("inputs"))?;
        let wanted: Vec<String> = wanted.into_iter().map(|wanted| wanted.name).collect();
        // Each is written once for each time that it is named: a small request for a huge answer.
        let mut seen = BTreeSet::new();
        if let Some(twice) = wanted.iter().find(|name| !seen.insert(*name)) {
            return Err(A::Error::custom(format!("output `{twice}` is asked for twice")));
        }
        Ok(Request { id, values, wanted })
    }
}

struct Inputs<'a>(Known<'a>);

impl<'de> DeserializeSeed<'de> for Inputs<'_> {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Inputs<'_> {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of inputs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Values, A::Error> {
        let mut values = Values::new();
        while let Some((name, value)) = items.next_element_seed(Input(self.0))? {
            if values.contains_key(&name) {
                return Err(A::Error::custom(format!("input `{name}` is there twice")));
            }
            values.insert(name, value);
        }
        Ok(values)
    }
}

struct Input<'a>(Known<'a>);

/// Elements, before their shape is known.
enum Elements {
    Typed(Tensor),
    Json(Json),
}

impl<'de> DeserializeSeed<'de> for Input<'_> {
    type Value = (String, Value);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Input<'_> {
    type Value = (String, Value);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an input: an object with `name`, `shape`, `datatype` and `data`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut name, mut shape, mut said, mut data) = (None::<String>, None::<Vec<u64>>, None::<String>, None);
        while let Some(key) = fields.next_key::<String>()? {
            let place = || name.as_ref().map(|name| format!("input `{name}`: ")).unwrap_or_default();
            let placed = |error: A::Error| A::Error::custom(format!("{}{key}: {error}", place()));
            match key.as_str() {
                "name" => name = Some(fields.next_value()?),
                "shape" => shape = Some(fields.next_value().map_err(placed)?),
                "datatype" => said = Some(fields.next_value().map_err(placed)?),
                "data" => {
                    let port = name.as_ref().and_then(|name| self.0.ports.iter().find(|port| port.name == *name));
                    data = Some(if let Some(Type::Tensor(tensor)) = port.map(|port| &port.ty) {
                        Elements::Typed(fields.next_value_seed(self.0.tensor(tensor.dtype)).map_err(placed)?)
                    } else {
                        Elements::Json(fields.next_value_seed(JsonSeed(self.0.room)).map_err(placed)?)
                    });
                }
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        let name = name.ok_or_else(|| A::Error::missing_field("name"))?;
        let value = self.value(&name, shape, said, data);
        let value = value.map_err(|why| A::Error::custom(format!("input `{name}`: {why}")))?;
        Ok((name, value))
    }
}

impl Input<'_> {
    fn value(
        &self,
        name: &str,
        shape: Option<Vec<u64>>,
        said: Option<String>,
        data: Option<Elements>,
    ) -> Result<Value, String> {
        let port = self.0.ports.iter().find(|port| port.name == name).ok_or_else(|| {
            let names: Vec<String> = self.0.ports.iter().map(|port| format!("`{}`", port.name)).collect();
            format!("there is no such input; the inputs are {}", names.join(", "))
        })?;
        let shape = shape.ok_or("it has no `shape`")?;
        let said = said.ok_or("it has no `datatype`")?;
        let expected = datatype(&port.ty);
        if said != expected {
            return Err(format!("expected datatype {expected}, got {said}"));
        }
        match (&port.ty, data.ok_or("it has no `data`; the binary extension is not supported")?) {
            (Type::Tensor(tensor), data) => {
                let read = match data {
                    Elements::Typed(read) => read,
                    Elements::Json(json) => {
                        self.0.tensor(tensor.dtype).deserialize(json).map_err(|error| error.to_string())?
                    }
                };
                Ok(Value::Tensor(Arc::new(reshape(read, &shape)?)))
            }
            (ty, Elements::Json(json)) => one(ty, &shape, json, self.0.room),
            (_, Elements::Typed(tensor)) => Err(format!("{} elements of a tensor", len_of(&tensor.data))),
        }
    }
}

/// The one element of an input that is no tensor.
fn one(ty: &Type, shape: &[u64], json: Json, room: &Room) -> Result<Value, String> {
    let (1, Json::Array(items)) = (shape.iter().copied().fold(1, u64::saturating_mul), json) else {
        return Err("expected shape [1] and an array of one element".to_owned());
    };
    let mut items = items.into_iter();
    let (Some(item), None) = (items.next(), items.next()) else {
        return Err("expected one element".to_owned());
    };
    let text = |item: Json| if let Json::String(text) = item { Ok(text) } else { Err("expected a string".to_owned()) };
    match ty {
        Type::Text => Ok(Value::Text(Arc::from(text(item)?))),
        Type::Image(_) | Type::Audio(_) | Type::Bytes => decode(&text(item)?),
        Type::Json | Type::List(_) | Type::Record(_) => {
            let text = text(item)?;
            let mut json = serde_json::Deserializer::from_str(&text);
            let read = JsonSeed(room).deserialize(&mut json).and_then(|read| json.end().map(|()| read));
            Ok(Value::Json(Arc::new(read.map_err(|error| format!("JSON inside the string: {error}"))?)))
        }
        Type::Bool | Type::Int | Type::Float | Type::String | Type::Tensor(_) => Ok(Value::Json(Arc::new(item))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serve_spec::Dim;

    use super::*;
    use crate::value::Data;

    fn ports() -> Vec<Port> {
        let tensor = serve_spec::Tensor { dtype: Dtype::F32, dims: vec![Dim::Fixed(1), Dim::Fixed(2)] };
        let port = |name: &str, ty| Port { name: name.to_owned(), ty, from: None };
        vec![port("x", Type::Tensor(tensor)), port("t", Type::Text), port("i", Type::Image(vec![]))]
    }

    fn x(text: &str) -> Result<Request, Fault> {
        read(format!("{{\"inputs\": [{text}]}}").as_bytes(), &ports())
    }

    #[test]
    fn flat_and_nested_data_in_any_order_of_keys_are_one() {
        let wanted = Value::Tensor(Arc::new(Tensor { shape: vec![1, 2], data: Data::F32(vec![1.0, 2.0]) }));
        for text in [
            r#"{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}"#,
            r#"{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [[1, 2]]}"#,
            r#"{"data": [1, 2], "datatype": "FP32", "parameters": {"a": 1}, "shape": [1, 2], "name": "x"}"#,
        ] {
            assert_eq!(x(text).unwrap().values.get("x"), Some(&wanted), "{text}");
        }
    }

    #[test]
    fn an_output_is_asked_for_once() {
        let asked = |names: &str| read(format!(r#"{{"inputs": [], "outputs": [{names}]}}"#).as_bytes(), &ports());
        assert_eq!(asked(r#"{"name": "a"}, {"name": "b"}"#).unwrap().wanted, ["a", "b"]);
        let fault = asked(r#"{"name": "a"}, {"name": "a"}"#).unwrap_err();
        assert!(fault.message.contains("output `a` is asked for twice"), "{fault}");
    }

    #[test]
    fn text_and_images_are_one_element_of_bytes() {
        let read = x(r#"{"name": "t", "shape": [1], "datatype": "BYTES", "data": ["hi"]},
            {"name": "i", "shape": [1, 1], "datatype": "BYTES", "data": ["aGk="]}"#);
        let values = read.unwrap().values;
        assert_eq!(values.get("t"), Some(&Value::Text(Arc::from("hi"))));
        assert_eq!(values.get("i"), Some(&Value::Bytes(Arc::from(&b"hi"[..]))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, wanted) in [
            (r#"{"name": "y", "shape": [1], "datatype": "FP32", "data": [1]}"#, "input `y`: there is no such input"),
            (
                r#"{"name": "x", "shape": [1, 2], "datatype": "INT64", "data": [1, 2]}"#,
                "expected datatype FP32, got INT64",
            ),
            (r#"{"name": "x", "shape": [1, 3], "datatype": "FP32", "data": [1, 2]}"#, "does not hold the 2 elements"),
            (r#"{"name": "x", "shape": [-1], "datatype": "FP32", "data": [1, 2]}"#, "input `x`: shape"),
            (r#"{"name": "x", "datatype": "FP32", "data": [1, 2]}"#, "it has no `shape`"),
            (r#"{"name": "x", "shape": [1, 2], "datatype": "FP32"}"#, "it has no `data`"),
            (r#"{"name": "t", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]}"#, "expected shape [1]"),
            (r#"{"name": "i", "shape": [1], "datatype": "BYTES", "data": ["?"]}"#, "not base64"),
        ] {
            let fault = x(text).unwrap_err();
            assert_eq!(fault.status(), 400);
            assert!(fault.message.contains(wanted), "{} lacks {wanted}", fault.message);
        }
    }
}
