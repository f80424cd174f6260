//! Shared by the transforms' tests: calls by name, short values, hostile inputs for every builtin, and the standard
//! library's declarations against what is built in.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::ports::tensor;
use super::{BUILTINS, Outputs, Param, build};
use crate::value::{Data, Value};

mod hostile;
mod stdlib;

/// Constants from JSON; a string that starts with `file:` is an asset's content.
pub fn params(constants: &Json) -> BTreeMap<String, Param> {
    let param = |value: &Json| match value.as_str().and_then(|text| text.strip_prefix("file:")) {
        Some(content) => Param::Asset(content.as_bytes().into()),
        None => Param::Const(value.clone()),
    };
    constants.as_object().unwrap().iter().map(|(name, value)| (name.clone(), param(value))).collect()
}

pub fn with_asset(mut constants: Json, name: &str, content: &str) -> Json {
    constants[name] = format!("file:{content}").into();
    constants
}

pub fn call<const N: usize>(name: &str, constants: Json, values: [(&str, Value); N]) -> Outputs {
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    build(name, &params(&constants)).unwrap().call(&values)
}

pub fn bytes(content: &[u8]) -> Value {
    Value::Bytes(Arc::from(content))
}

pub fn floats(shape: &[usize], data: &[f32]) -> Value {
    tensor(shape.to_vec(), Data::F32(data.to_vec()))
}

pub fn f32s(value: &Value) -> (Vec<usize>, Vec<f32>) {
    let Value::Tensor(tensor) = value else { panic!("{value:?}") };
    let Data::F32(data) = &tensor.data else { panic!("{value:?}") };
    (tensor.shape.clone(), data.clone())
}

pub fn i32s(value: &Value) -> (Vec<usize>, Vec<i32>) {
    let Value::Tensor(tensor) = value else { panic!("{value:?}") };
    let Data::I32(data) = &tensor.data else { panic!("{value:?}") };
    (tensor.shape.clone(), data.clone())
}

pub fn json_of(value: &Value) -> Json {
    let Value::Json(json) = value else { panic!("{value:?}") };
    json.as_ref().clone()
}

#[test]
fn an_unknown_builtin_or_parameter_is_an_error_by_name() {
    assert_eq!(build("images.fly", &BTreeMap::new()).err().unwrap(), "no transform `images.fly`");
    let extra = params(&serde_json::json!({ "sharpen": 1 }));
    assert_eq!(build("tensors.softmax", &extra).err().unwrap(), "`tensors.softmax`: there is no parameter `sharpen`");
    assert!(build("text.truncate", &BTreeMap::new()).err().unwrap().contains("`length` is missing"));
}

#[test]
fn the_table_is_sorted_and_names_are_unique() {
    assert!(BUILTINS.windows(2).all(|pair| pair[0].0 < pair[1].0));
}
