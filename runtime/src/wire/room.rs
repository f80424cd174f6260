//! What one request may become in memory. Numbers of tensors stay within a few times their digits; a value of JSON, a
//! string or an instance takes up to hundreds of bytes for two of the body, so these are counted.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// Values of JSON in one request: about 100 MiB at most.
const VALUES: usize = 1 << 20;

/// What is left for one request.
pub struct Room(Cell<usize>);

impl Default for Room {
    fn default() -> Self {
        Room(Cell::new(VALUES))
    }
}

impl Room {
    /// Takes room for so many values.
    ///
    /// # Errors
    /// When there is none.
    pub fn take<E: Error>(&self, values: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(values);
        self.0.set(left.ok_or_else(|| E::custom(format!("more than {VALUES} values in one request")))?);
        Ok(())
    }
}

/// Reads JSON of any form.
pub struct JsonSeed<'a>(pub &'a Room);

impl<'de> DeserializeSeed<'de> for JsonSeed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.0.take(1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonSeed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, x: bool) -> Result<Json, E> {
        Ok(Json::Bool(x))
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Json, E> {
        Ok(Json::from(n))
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Json, E> {
        Ok(Json::from(n))
    }

    fn visit_f64<E: Error>(self, x: f64) -> Result<Json, E> {
        Ok(Number::from_f64(x).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut read = vec![];
        while let Some(item) = items.next_element_seed(JsonSeed(self.0))? {
            read.push(item);
        }
        Ok(Json::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Json, A::Error> {
        let mut read = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            read.insert(name, fields.next_value_seed(JsonSeed(self.0))?);
        }
        Ok(Json::Object(read))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(text: &str) -> Result<Json, String> {
        let mut json = serde_json::Deserializer::from_str(text);
        JsonSeed(&Room::default()).deserialize(&mut json).map_err(|error| error.to_string())
    }

    #[test]
    fn json_of_any_form_is_read_as_it_is() {
        let text = r#"{"b":[1,-2,0.5,18446744073709551615,true,null,"grüß"],"a":{},"c":[]}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str::<Json>(text).unwrap());
        assert_eq!(read(r#"{"a": 1, "a": 2}"#).unwrap(), serde_json::json!({ "a": 2 }));
    }

    #[test]
    fn more_values_than_there_is_room_for_are_refused() {
        let zeros = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(read(&zeros(VALUES - 1)).is_ok());
        assert!(read(&zeros(VALUES)).unwrap_err().starts_with("more than 1048576 values in one request"));
        assert!(read(&"[".repeat(1000)).unwrap_err().contains("recursion limit"));
    }
}
