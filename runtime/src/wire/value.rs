//! One JSON value to one value of a declared type.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serve_spec::Type;

use super::room::{JsonSeed, Room};
use super::tensor::TensorSeed;
use crate::typed::type_name;
use crate::value::Value;

/// Standard alphabet; padding may be left out, as some clients do.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads one value.
pub struct ValueSeed<'a> {
    pub ty: &'a Type,
    pub room: &'a Room,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.ty {
            Type::Tensor(tensor) => {
                let seed = TensorSeed { dtype: tensor.dtype, room: self.room };
                Ok(Value::Tensor(Arc::new(seed.deserialize(deserializer)?)))
            }
            Type::Text => Ok(Value::Text(Arc::from(String::deserialize(deserializer)?))),
            Type::Image(_) | Type::Audio(_) | Type::Bytes => deserializer.deserialize_map(B64 { ty: self.ty }),
            Type::Json | Type::Bool | Type::Int | Type::Float | Type::String | Type::List(_) | Type::Record(_) => {
                Ok(Value::Json(Arc::new(JsonSeed(self.room).deserialize(deserializer)?)))
            }
        }
    }
}

/// `{"b64": "…"}`.
struct B64<'a> {
    ty: &'a Type,
}

impl<'de> Visitor<'de> for B64<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {{\"b64\": \"…\"}}", type_name(self.ty))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let Some(key) = fields.next_key::<String>()? else {
            return Err(A::Error::missing_field("b64"));
        };
        if key != "b64" {
            return Err(A::Error::unknown_field(&key, &["b64"]));
        }
        let text = fields.next_value::<String>()?;
        if let Some(key) = fields.next_key::<String>()? {
            return Err(A::Error::unknown_field(&key, &["b64"]));
        }
        decode(&text).map_err(A::Error::custom)
    }
}

/// Base64 to bytes.
///
/// # Errors
/// When the text is not base64.
pub fn decode(text: &str) -> Result<Value, String> {
    let bytes = BASE64.decode(text).map_err(|error| format!("not base64: {error}"))?;
    Ok(Value::Bytes(Arc::from(bytes)))
}
