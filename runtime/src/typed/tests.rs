#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use super::*;

fn tensor(shape: &[usize]) -> Value {
    let count = shape.iter().product();
    Value::Tensor(Arc::new(Tensor { shape: shape.to_vec(), data: Data::F32(vec![0.0; count]) }))
}

fn declared(dims: &[&str]) -> Type {
    let dims = dims.iter().map(|d| d.parse().map_or_else(|_| Dim::Symbol((*d).to_owned()), Dim::Fixed)).collect();
    Type::Tensor(TensorType { dtype: Dtype::F32, dims })
}

#[test]
fn a_symbol_is_one_size_in_one_signature() {
    let mut symbols = Symbols::new();
    check(&tensor(&[2, 4]), &declared(&["batch", "4"]), &mut symbols).unwrap();
    let wrong = check(&tensor(&[3, 1]), &declared(&["batch", "1"]), &mut symbols).unwrap_err();
    assert_eq!(wrong.to_string(), "expected tensor<f32>[batch, 1] with batch = 2, got tensor<f32>[3, 1]");
}

#[test]
fn a_question_mark_is_any_size() {
    let mut symbols = Symbols::new();
    check(&tensor(&[2, 5]), &declared(&["?", "?"]), &mut symbols).unwrap();
    assert!(symbols.is_empty());
}

#[test]
fn a_fixed_size_and_the_rank_must_agree() {
    assert!(check(&tensor(&[4]), &declared(&["3"]), &mut Symbols::new()).is_err());
    assert!(check(&tensor(&[4]), &declared(&["4", "1"]), &mut Symbols::new()).is_err());
}

#[test]
fn a_shape_that_does_not_hold_its_elements_is_refused() {
    let lying = Value::Tensor(Arc::new(Tensor { shape: vec![usize::MAX, 2], data: Data::F32(vec![0.0]) }));
    assert!(check(&lying, &declared(&["?", "?"]), &mut Symbols::new()).is_err());
}

#[test]
fn formats_are_told_by_their_first_bytes() {
    let jpeg_only = Type::Image(vec!["jpeg".to_owned()]);
    let png = Value::Bytes(Arc::from(&b"\x89PNG\r\n\x1a\n...."[..]));
    let wrong = check(&png, &jpeg_only, &mut Symbols::new()).unwrap_err();
    assert!(wrong.media);
    assert_eq!(wrong.to_string(), "expected image<jpeg>, got png");
    check(&png, &Type::Image(vec![]), &mut Symbols::new()).unwrap();
}

#[test]
fn a_list_says_which_element_is_wrong() {
    let list = Value::Json(Arc::new(serde_json::json!([1, "two"])));
    let wrong = check(&list, &Type::List(Box::new(Type::Int)), &mut Symbols::new()).unwrap_err();
    assert_eq!(wrong.to_string(), "expected int, got a string at [1]");
}
