//! Open Inference Protocol v2 as JSON: requests to values and back. What is no tensor travels as one element:
//! text, JSON, and bytes in base64 as `BYTES`, scalars as `BOOL`, `INT64` and `FP64`.
//!
//! Protocol: kserve/kserve, docs/predict-api/v2/required_api.md.

mod names;
mod request;

use base64::Engine as _;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serve_spec::Output;

pub use names::{datatype, metadata};
pub use request::{Request, read};

use super::answer::Flat;
use super::value::BASE64;
use crate::graph::Values;
use crate::typed::dtype_of;
use crate::value::Value;

/// An answer to `infer`.
#[derive(Serialize)]
pub struct Answer<'a> {
    pub model_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    pub outputs: Vec<Shown<'a>>,
}

/// One output of an answer.
pub struct Shown<'a> {
    output: &'a Output,
    value: &'a Value,
}

/// The outputs of an answer that were asked for, in the order asked for; all where none was.
pub fn shown<'a>(outputs: &'a [Output], values: &'a Values, wanted: &[String]) -> Vec<Shown<'a>> {
    let of = |output: &'a Output| values.get(&output.name).map(|value| Shown { output, value });
    if wanted.is_empty() {
        return outputs.iter().filter_map(of).collect();
    }
    wanted.iter().filter_map(|name| outputs.iter().find(|output| output.name == *name)).filter_map(of).collect()
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("name", &self.output.name)?;
        if let Value::Tensor(tensor) = self.value {
            let carried = names::of_dtype(dtype_of(&tensor.data));
            // 16-bit floats are carried as 32-bit ones and keep the name that the metadata gives.
            let declared = datatype(&self.output.ty);
            map.serialize_entry("datatype", if carried == "FP32" { declared } else { carried })?;
            map.serialize_entry("shape", &tensor.shape)?;
            map.serialize_entry("data", &Flat(&tensor.data))?;
            return map.end();
        }
        map.serialize_entry("datatype", datatype(&self.output.ty))?;
        map.serialize_entry("shape", &[1])?;
        match self.value {
            Value::Text(text) => map.serialize_entry("data", &[&**text])?,
            Value::Bytes(bytes) => map.serialize_entry("data", &[BASE64.encode(bytes)])?,
            Value::Json(json) => match datatype(&self.output.ty) {
                // A string is itself; anything else that has no datatype of its own is written as JSON text.
                "BYTES" => {
                    map.serialize_entry("data", &[json.as_str().map_or_else(|| json.to_string(), str::to_owned)])?;
                }
                _ => map.serialize_entry("data", &[&**json])?,
            },
            Value::Tensor(_) => {}
        }
        map.end()
    }
}
