//! Writes tiny ONNX models: just enough protobuf for a graph of a few nodes. Field numbers as in onnx.proto.

/// `TensorProto.DataType`.
pub const F32: u64 = 1;
pub const I64: u64 = 7;
pub const BOOL: u64 = 9;
pub const F16: u64 = 10;
pub const STRING: u64 = 8;

/// A size: fixed, or a name.
#[derive(Clone, Copy)]
pub enum Dim {
    N(u64),
    S(&'static str),
}
pub use Dim::{N, S};

/// A graph being written.
#[derive(Default)]
pub struct Onnx {
    graph: Vec<u8>,
    ml: bool,
}

impl Onnx {
    pub fn input(mut self, name: &str, dtype: u64, dims: &[Dim]) -> Self {
        put(&mut self.graph, 11, &info(name, dtype, dims));
        self
    }

    pub fn output(mut self, name: &str, dtype: u64, dims: &[Dim]) -> Self {
        put(&mut self.graph, 12, &info(name, dtype, dims));
        self
    }

    pub fn constant(mut self, name: &str, shape: &[u64], values: &[f32]) -> Self {
        let mut tensor = vec![];
        shape.iter().for_each(|size| number(&mut tensor, 1, *size));
        number(&mut tensor, 2, F32);
        put(&mut tensor, 8, name.as_bytes());
        put(&mut tensor, 9, &values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>());
        put(&mut self.graph, 5, &tensor);
        self
    }

    pub fn node(self, op: &str, inputs: &[&str], outputs: &[&str]) -> Self {
        self.node_with(op, "", inputs, outputs, &[])
    }

    /// Attributes are integers.
    pub fn node_with(
        mut self,
        op: &str,
        domain: &str,
        inputs: &[&str],
        outputs: &[&str],
        attributes: &[(&str, u64)],
    ) -> Self {
        let mut node = vec![];
        inputs.iter().for_each(|name| put(&mut node, 1, name.as_bytes()));
        outputs.iter().for_each(|name| put(&mut node, 2, name.as_bytes()));
        put(&mut node, 4, op.as_bytes());
        for (name, value) in attributes {
            let mut attribute = vec![];
            put(&mut attribute, 1, name.as_bytes());
            number(&mut attribute, 3, *value);
            number(&mut attribute, 20, 2);
            put(&mut node, 5, &attribute);
        }
        if !domain.is_empty() {
            put(&mut node, 7, domain.as_bytes());
            self.ml |= domain == "ai.onnx.ml";
        }
        put(&mut self.graph, 1, &node);
        self
    }

    pub fn bytes(mut self) -> Vec<u8> {
        put(&mut self.graph, 2, b"tiny");
        let mut model = vec![];
        number(&mut model, 1, 8);
        put(&mut model, 7, &self.graph);
        let mut opset = vec![];
        number(&mut opset, 2, 17);
        put(&mut model, 8, &opset);
        if self.ml {
            let mut opset = vec![];
            put(&mut opset, 1, b"ai.onnx.ml");
            number(&mut opset, 2, 3);
            put(&mut model, 8, &opset);
        }
        model
    }
}

/// `scores` of `f32[n, 2]` as sklearn's converters give them: a list of maps from class to score.
pub fn zipmap() -> Vec<u8> {
    let (mut float, mut map, mut entry, mut element, mut list, mut ty, mut output) =
        (vec![], vec![], vec![], vec![], vec![], vec![], vec![]);
    number(&mut float, 1, F32);
    put(&mut entry, 1, &float);
    number(&mut map, 1, I64);
    put(&mut map, 2, &entry);
    put(&mut element, 5, &map);
    put(&mut list, 1, &element);
    put(&mut ty, 4, &list);
    put(&mut output, 1, b"z");
    put(&mut output, 2, &ty);
    let (mut node, mut classes) = (vec![], vec![]);
    put(&mut classes, 1, b"classlabels_int64s");
    [7, 9].iter().for_each(|class| number(&mut classes, 8, *class));
    number(&mut classes, 20, 7);
    put(&mut node, 1, b"x");
    put(&mut node, 2, b"z");
    put(&mut node, 4, b"ZipMap");
    put(&mut node, 5, &classes);
    put(&mut node, 7, b"ai.onnx.ml");
    let mut onnx = Onnx::default().input("x", F32, &[S("n"), N(2)]);
    put(&mut onnx.graph, 1, &node);
    put(&mut onnx.graph, 12, &output);
    onnx.ml = true;
    onnx.bytes()
}

/// Multiplies a 512 x 512 matrix with itself so often that a call takes a noticeable time; answers `f32[1, 1]`.
pub fn slow(times: usize) -> Vec<u8> {
    let mut onnx = Onnx::default()
        .input("x", F32, &[N(1), N(1)])
        .output("y", F32, &[N(1), N(1)])
        .constant("column", &[512, 1], &[0.001; 512])
        .constant("row", &[1, 512], &[0.001; 512])
        .node("MatMul", &["column", "x"], &["tall"])
        .node("MatMul", &["tall", "row"], &["m0"]);
    for at in 0..times {
        onnx = onnx.node("MatMul", &[&format!("m{at}"), &format!("m{at}")], &[&format!("m{}", at + 1)]);
    }
    onnx.node("MatMul", &["row", &format!("m{times}")], &["wide"]).node("MatMul", &["wide", "column"], &["y"]).bytes()
}

fn info(name: &str, dtype: u64, dims: &[Dim]) -> Vec<u8> {
    let mut shape = vec![];
    for dim in dims {
        let mut size = vec![];
        match dim {
            N(n) => number(&mut size, 1, *n),
            S(name) => put(&mut size, 2, name.as_bytes()),
        }
        put(&mut shape, 1, &size);
    }
    let (mut tensor, mut ty, mut info) = (vec![], vec![], vec![]);
    number(&mut tensor, 1, dtype);
    put(&mut tensor, 2, &shape);
    put(&mut ty, 1, &tensor);
    put(&mut info, 1, name.as_bytes());
    put(&mut info, 2, &ty);
    info
}

fn put(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// `y = x * factor` over `f32[batch, 2]`.
pub fn scale(factor: f32) -> Vec<u8> {
    Onnx::default()
        .input("x", F32, &[S("batch"), N(2)])
        .constant("factor", &[1], &[factor])
        .output("y", F32, &[S("batch"), N(2)])
        .node("Mul", &["x", "factor"], &["y"])
        .bytes()
}

/// `same = a + b` over `i64[n]`, and `flags = a == b`.
pub fn integers() -> Vec<u8> {
    Onnx::default()
        .input("a", I64, &[S("n")])
        .input("b", I64, &[S("n")])
        .output("sum", I64, &[S("n")])
        .output("flags", BOOL, &[S("n")])
        .node("Add", &["a", "b"], &["sum"])
        .node("Equal", &["a", "b"], &["flags"])
        .bytes()
}
