//! A tiny real ONNX model, written field by field: `y = x + bias` over `f32[batch, 2]`.

/// A protobuf field of bytes.
fn field(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = varint(u64::from(number << 3 | 2));
    out.extend(varint(bytes.len() as u64));
    out.extend(bytes);
    out
}

/// A protobuf field of an integer.
fn int(number: u32, value: u64) -> Vec<u8> {
    let mut out = varint(u64::from(number << 3));
    out.extend(varint(value));
    out
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = vec![];
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// `name: f32[batch, 2]`
fn value_info(name: &str) -> Vec<u8> {
    let batch = field(1, &field(2, b"batch"));
    let two = field(1, &int(1, 2));
    let tensor = [int(1, 1), field(2, &[batch, two].concat())].concat();
    [field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat()
}

/// The model's bytes.
pub fn add(bias: [f32; 2]) -> Vec<u8> {
    let raw: Vec<u8> = bias.iter().flat_map(|x| x.to_le_bytes()).collect();
    let initializer = [int(1, 2), int(2, 1), field(8, b"bias"), field(9, &raw)].concat();
    let node = [field(1, b"x"), field(1, b"bias"), field(2, b"y"), field(3, b"add"), field(4, b"Add")].concat();
    let graph = [
        field(1, &node),
        field(2, b"g"),
        field(5, &initializer),
        field(11, &value_info("x")),
        field(12, &value_info("y")),
    ];
    let opset = field(8, &int(2, 13));
    [int(1, 8), field(7, &graph.concat()), opset].concat()
}
