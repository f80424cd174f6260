//! Reading ONNX signatures: what is read, how little of the file, and that no bytes can do harm. And what is said where a
//! model and its file differ.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use camino::Utf8Path;
use proptest::prelude::*;
use serve_spec::Dtype;
use servec::compile::{Compiled, Options, compile_with};
use servec::files::Disk;
use servec::onnx::{Element, Kind, OnnxError, Port, Signature, Size, read};
use servec::report::{Format, Look, PLAIN_WIDTH, render};

use crate::support::onnx::add;

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = vec![];
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn int(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// Numbers are sizes, `?` is open, other words are names.
fn tensor(name: &str, element: u64, dims: &str) -> Vec<u8> {
    let dims = dims.split_whitespace().map(|d| match d.parse() {
        Ok(size) => field(1, &int(1, size)),
        Err(_) if d == "?" => field(1, &[]),
        Err(_) => field(1, &field(2, d.as_bytes())),
    });
    let shape: Vec<u8> = dims.flatten().collect();
    let ty = field(1, &[int(1, element), field(2, &shape)].concat());
    [field(1, name.as_bytes()), field(2, &ty)].concat()
}

fn model(inputs: &[Vec<u8>], outputs: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let inputs = inputs.iter().flat_map(|i| field(11, i));
    let outputs = outputs.iter().flat_map(|o| field(12, o));
    let graph: Vec<u8> = more.concat().into_iter().chain(inputs).chain(outputs).collect();
    [int(1, 8), field(7, &graph), field(8, &int(2, 17))].concat()
}

fn signature(bytes: &[u8]) -> Result<Signature, OnnxError> {
    read(Cursor::new(bytes))
}

fn names(ports: &[Port]) -> Vec<&str> {
    ports.iter().map(|p| p.name.as_str()).collect()
}

#[test]
fn inputs_that_have_a_value_in_the_file_are_none() {
    let initializer = field(5, &[int(1, 4), int(2, 1), field(8, b"weights"), field(9, &[0; 16])].concat());
    let old_style = [tensor("x", 1, "batch 4"), tensor("weights", 1, "4")];
    let found = signature(&model(&old_style, &[tensor("y", 1, "batch 4")], &[initializer])).unwrap();
    assert_eq!(names(&found.inputs), ["x"]);
    assert_eq!(names(&found.outputs), ["y"]);
    assert_eq!(found.inputs[0].to_string(), "x: tensor<f32>[batch, 4]");
    assert_eq!(found.opsets, [(String::new(), 17)].into());
    assert!(!found.external_data);
}

#[test]
fn element_types_shapes_and_other_kinds_are_told_apart() {
    let sequence = [field(1, b"labels"), field(2, &field(4, &[]))].concat();
    let shapeless = [field(1, b"any"), field(2, &field(1, &int(1, 16)))].concat();
    let negative = [field(1, b"m"), field(2, &field(1, &[int(1, 7), field(2, &field(1, &int(1, u64::MAX)))].concat()))];
    let inputs = [tensor("half", 10, "? n 3"), tensor("odd", 19, "1"), negative.concat()];
    let found = signature(&model(&inputs, &[sequence, shapeless], &[])).unwrap();
    let kinds: Vec<&Kind> = found.inputs.iter().chain(&found.outputs).map(|p| &p.kind).collect();
    let of = |dtype, shape| Kind::Tensor { element: Element::Known(dtype), shape };
    assert_eq!(*kinds[0], of(Dtype::F16, Some(vec![Size::Open, Size::Named("n".into()), Size::Fixed(3)])));
    assert_eq!(kinds[1].to_string(), "tensor<float8e5m2>[1]");
    assert_eq!(*kinds[2], of(Dtype::I64, Some(vec![Size::Open])));
    assert_eq!(*kinds[3], Kind::Other("sequence"));
    assert_eq!(*kinds[4], of(Dtype::Bf16, None));
}

#[test]
fn a_real_model_is_read_as_its_runtimes_read_it() {
    let path = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart/models/magika.onnx");
    let found = servec::onnx::signature(path).unwrap();
    let shown: Vec<String> = found.inputs.iter().chain(&found.outputs).map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown[0].starts_with("bytes: tensor<i32>[") && shown[0].ends_with(", 2048]"), "{shown:?}");
    assert!(shown[1].starts_with("target_label: tensor<f32>[") && shown[1].ends_with(", 214]"), "{shown:?}");
}

/// A file of 8 GiB of weights between a head and a tail, made up as it is read; counts what is read of it.
struct Huge {
    head: Vec<u8>,
    weights: u64,
    tail: Vec<u8>,
    at: u64,
    read: u64,
}

impl Huge {
    fn len(&self) -> u64 {
        self.head.len() as u64 + self.weights + self.tail.len() as u64
    }
}

impl Read for Huge {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        for slot in buffer.iter_mut() {
            let (head, weights) = (self.head.len() as u64, self.weights);
            *slot = match self.at {
                at if at < head => self.head[at as usize],
                at if at < head + weights => 0xff,
                at if at < self.len() => self.tail[(at - head - weights) as usize],
                _ => break,
            };
            self.at += 1;
            count += 1;
        }
        self.read += count as u64;
        Ok(count)
    }
}

impl Seek for Huge {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.len().checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

#[test]
fn weights_are_skipped_not_read() {
    let weights = 8 << 30;
    let name = field(8, b"w");
    let raw = [varint(9 << 3 | 2), varint(weights)].concat();
    let tensor_len = name.len() as u64 + raw.len() as u64 + weights;
    let ends = [field(11, &tensor("x", 1, "1")), field(12, &tensor("y", 1, "1"))].concat();
    let initializer = [varint(5 << 3 | 2), varint(tensor_len)].concat();
    let graph_len = initializer.len() as u64 + tensor_len + ends.len() as u64;
    let head = [int(1, 8), varint(7 << 3 | 2), varint(graph_len), initializer, name, raw].concat();
    let mut huge = Huge { head, weights, tail: ends, at: 0, read: 0 };
    let found = read(&mut huge).unwrap();
    assert_eq!((names(&found.inputs), names(&found.outputs)), (vec!["x"], vec!["y"]));
    assert!(huge.read < 1 << 18, "{} bytes read", huge.read);
}

#[test]
fn lengths_and_numbers_that_lie_are_refused() {
    let beyond = [int(1, 8), varint(7 << 3 | 2), varint(u64::MAX - 1)].concat();
    assert!(matches!(signature(&beyond), Err(OnnxError::Truncated(_))));
    let endless = [varint(1 << 3), vec![0xff; 12]].concat();
    assert!(matches!(signature(&endless), Err(OnnxError::Malformed(..))));
    let inner = field(7, &[varint(11 << 3 | 2), varint(1000)].concat());
    assert!(matches!(signature(&[int(1, 8), inner].concat()), Err(OnnxError::Truncated(_))));
    assert!(matches!(signature(&[]), Err(OnnxError::NotOnnx(_))));
    let long = tensor(&"n".repeat(5000), 1, "1");
    assert!(matches!(signature(&model(&[], &[long], &[])), Err(OnnxError::TooLarge(..))));
    let dims = "1 ".repeat(100);
    assert!(matches!(signature(&model(&[], &[tensor("y", 1, &dims)], &[])), Err(OnnxError::TooLarge(..))));
}

#[test]
fn a_file_cut_anywhere_in_its_graph_is_refused() {
    let whole = add([1.0, 2.0]);
    signature(&whole).unwrap();
    // After the graph four bytes of operator sets follow.
    for len in 0..whole.len() - 4 {
        assert!(signature(&whole[..len]).is_err(), "{len} of {} bytes", whole.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = signature(&bytes).map_err(|e| e.to_string());
    }

    #[test]
    fn no_damage_to_a_good_file_does_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = add([1.0, 2.0]);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = signature(&bytes).map_err(|e| e.to_string());
    }
}

/// A program of one model with the given ports, beside the file.
fn checked(ports: &str, file: &[u8]) -> Compiled {
    let folder = tempfile::tempdir().unwrap();
    let main = Utf8Path::from_path(folder.path()).unwrap().join("main.serve");
    std::fs::write(main.with_file_name("m.onnx"), file).unwrap();
    let text = format!(
        "model m {{\n  framework = onnx(\"1.20\")\n  artifact = \"./m.onnx\"\n{ports}}}\n\
         endpoint e {{\n  serve = m\n  mode = realtime {{ timeout = 5s }}\n}}\n\
         stack dev on local {{\n  deploy e\n}}\n"
    );
    std::fs::write(&main, text).unwrap();
    compile_with(&main, &Options::default(), &Disk)
}

fn ports(compiled: &Compiled) -> String {
    let text = render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, PLAIN_WIDTH));
    assert!(!compiled.failed, "{text}");
    let model = &compiled.stacks[0].models["m"];
    let show = |p: &servec::stack::Port| match &p.from {
        Some(from) => format!("{}: {} from {from}", p.name, p.ty),
        None => format!("{}: {}", p.name, p.ty),
    };
    let all: Vec<String> = model.inputs.iter().chain(&model.outputs).map(show).collect();
    all.join("; ")
}

fn said(ports: &str, file: &[u8]) -> String {
    let compiled = checked(ports, file);
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|d| d.code.id() < "E06")
        .map(|d| format!("{} {}", d.code.id(), d.message))
        .collect();
    errors.join("\n")
}

fn detector() -> Vec<u8> {
    model(
        &[tensor("pixel.values", 1, "batch 3 640 640")],
        &[tensor("boxes", 1, "batch n 4"), tensor("scores", 1, "batch n"), tensor("extra", 1, "unk__1 7")],
        &[],
    )
}

#[test]
fn ports_that_the_source_leaves_out_are_the_files() {
    assert_eq!(
        ports(&checked("", &detector())),
        "pixel_values: tensor<f32>[batch, 3, 640, 640] from pixel.values; boxes: tensor<f32>[batch, n, 4]; \
         scores: tensor<f32>[batch, n]; extra: tensor<f32>[?, 7]"
    );
}

#[test]
fn declared_ports_are_matched_by_from_by_name_and_by_place() {
    let declared = "  input pixels: tensor<f32, nchw>[b, 3, ?, 640]\n  output found: tensor<f32>[b, 100, 4] from \"boxes\"\n  output scores: tensor<f32>[b, k]\n";
    assert_eq!(
        ports(&checked(declared, &detector())),
        "pixels: tensor<f32, nchw>[b, 3, 640, 640] from pixel.values; found: tensor<f32>[b, 100, 4] from boxes; \
         scores: tensor<f32>[b, k]"
    );
}

#[test]
fn a_port_that_is_only_named_takes_its_type_from_the_file() {
    let declared = "  input pixels\n  output found from \"boxes\"\n  output scores: tensor<f32>[b, k]\n";
    assert_eq!(
        ports(&checked(declared, &detector())),
        "pixels: tensor<f32>[batch, 3, 640, 640] from pixel.values; found: tensor<f32>[batch, n, 4] from boxes; \
         scores: tensor<f32>[b, k]"
    );
    assert_eq!(said("  input pixels\n  output boxs\n", &detector()), "E0353 the file of `m` has no output `boxs`");
    let inline = "  input pixels, output boxes, output scores\n";
    assert!(ports(&checked(inline, &detector())).starts_with("pixels: tensor<f32>[batch, 3, 640, 640] from"));
}

#[test]
fn each_difference_from_the_file_is_named() {
    let output = "  output boxes: tensor<f32>[batch, n, 4]\n";
    let input = |ty: &str| format!("  input pixels: {ty}\n{output}");
    let file = detector();
    assert_eq!(said(&input("tensor<f32>[batch, 3, 640, 640]"), &file), "");
    assert_eq!(
        said(&input("tensor<u8>[batch, 3, 320, 640]"), &file),
        "E0354 the input `pixels` of `m` is not what the file says: `u8` where `f32` is expected; dim 2 is 320, expected 640"
    );
    assert_eq!(
        said(&input("tensor<f32>[3, 640, 640]"), &file),
        "E0354 the input `pixels` of `m` is not what the file says: rank 3, expected 4"
    );
    assert_eq!(
        said(&input("tensor<f32>[batch, 3, side, 640]"), &file),
        "E0354 the input `pixels` of `m` is not what the file says: dim 2 is `side`, expected 640"
    );
    assert_eq!(
        said(&input("image<jpeg>"), &file),
        "E0354 the input `pixels` of `m` is not what the file says: `image<jpeg>` where the file has `tensor<f32>[batch, 3, 640, 640]`"
    );
    assert_eq!(
        said("  input pixels: tensor<f32>[b, 3, 640, 640]\n  output boxs: tensor<f32>[b, n, 4]\n", &file),
        "E0353 the file of `m` has no output `boxs`"
    );
}

#[test]
fn what_the_file_must_be_given_must_be_declared() {
    let file = model(&[tensor("ids", 7, "batch n"), tensor("mask", 7, "batch n")], &[tensor("y", 1, "batch 8")], &[]);
    assert_eq!(
        said("  input ids: tensor<i64>[batch, n]\n  output y: tensor<f32>[batch, 8]\n", &file),
        "E0353 `m` does not declare `mask`, which its file must be given"
    );
}

#[test]
fn what_can_not_be_served_is_refused() {
    let sequence = [field(1, b"labels"), field(2, &field(4, &[]))].concat();
    let file = model(&[tensor("x", 1, "batch 4")], &[sequence], &[]);
    assert_eq!(
        said("", &file),
        "E0355 `labels` of the artifact of `m` is of kind sequence, and only tensors can be served"
    );
    let error = said("  input x: tensor<f32>[batch, 4]\n", b"<html>");
    assert!(error.starts_with("E0352 the artifact of `m` can't be read: it is "), "{error}");
}

/// What is wrong about a port is said where it is declared, and not once more at each edge that uses it.
#[test]
fn a_wrong_port_is_one_mistake_whatever_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let main = Utf8Path::from_path(folder.path()).unwrap().join("main.serve");
    std::fs::write(main.with_file_name("m.onnx"), add([1.0, 2.0])).unwrap();
    let text = |middle: &str| {
        let model = |name: &str, output: &str| {
            format!(
                "model {name} {{\n  framework = onnx(\"1.20\")\n  artifact = \"./m.onnx\"\n  \
                 input x: tensor<f32>[batch, 2]\n  output y: {output}\n}}\n"
            )
        };
        format!(
            "{}{}pipeline both {{\n  input x: tensor<f32>[batch, 2]\n  mid = first(x)\n  output y = second(mid)\n}}\n\
             endpoint e {{\n  serve = both\n  mode = realtime {{ timeout = 5s }}\n}}\n",
            model("first", middle),
            model("second", "tensor<f32>[batch, 2]")
        )
    };
    for (middle, expected) in [
        ("tensor<f32>[batch, 2]", &[][..]),
        ("tensor<f32>[batch, 3]", &["E0354"]),
        ("tensor<i64>[batch, 2]", &["E0354"]),
        ("tensor<f32>[2]", &["E0354"]),
    ] {
        std::fs::write(&main, text(middle)).unwrap();
        let compiled = compile_with(&main, &Options::default(), &Disk);
        let codes: Vec<&str> = compiled.diagnostics.iter().map(|d| d.code.id()).collect();
        assert_eq!(codes, expected, "{middle}");
    }
}
