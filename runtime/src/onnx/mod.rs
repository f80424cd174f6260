//! An ONNX file's own signature, read from its protobuf without an engine. Checks no operators.
//!
//! Field numbers: onnx/onnx.proto, messages `ModelProto`, `GraphProto`, `ValueInfoProto`, `TypeProto`.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use serve_spec::{Dim, Dtype};
use wire::{Field, Fields};

/// What a model takes and gives, by its own names and in its own order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub inputs: Vec<Slot>,
    pub outputs: Vec<Slot>,
    /// Operator names by domain (`ai.onnx` for the default one), those of subgraphs included.
    pub operators: BTreeMap<String, BTreeSet<String>>,
}

/// One input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub name: String,
    pub kind: SlotKind,
}

/// What flows through a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotKind {
    /// No element type where ours has none (complex, 4-bit, 8-bit floats); no dims where the file gives none.
    Tensor { dtype: Option<Dtype>, dims: Option<Vec<Dim>> },
    /// A sequence, a map or an optional, as sklearn's converters write.
    Other,
}

/// Reads the signature of an ONNX model.
///
/// # Errors
/// A sentence that says why the bytes are no ONNX model.
pub fn read(bytes: &[u8]) -> Result<Signature, String> {
    let not = |why: &str| format!("not an ONNX model: {why}");
    let mut graph = None;
    for field in Fields::of(bytes) {
        if let (7, Field::Bytes(body)) = field.map_err(not)? {
            graph = Some(body);
        }
    }
    let graph = graph.ok_or_else(|| not("it has no graph"))?;
    let mut signature = Signature { inputs: vec![], outputs: vec![], operators: BTreeMap::new() };
    let mut constants = BTreeSet::new();
    for field in Fields::of(graph) {
        match field.map_err(not)? {
            (1, Field::Bytes(node)) => operators(node, &mut signature.operators, 0).map_err(not)?,
            (5, Field::Bytes(tensor)) => {
                constants.insert(text(tensor, 8).map_err(not)?);
            }
            (11, Field::Bytes(info)) => signature.inputs.push(slot(info).map_err(not)?),
            (12, Field::Bytes(info)) => signature.outputs.push(slot(info).map_err(not)?),
            _ => {}
        }
    }
    // Before IR version 4 every weight was listed as an input too.
    signature.inputs.retain(|slot| !constants.contains(&slot.name));
    if signature.outputs.is_empty() {
        return Err(not("its graph has no outputs"));
    }
    Ok(signature)
}

type Read<T> = Result<T, &'static str>;

/// Subgraphs nest; a file that nests deeper than any real one is refused rather than followed.
const DEEPEST: u32 = 32;

fn operators(node: &[u8], found: &mut BTreeMap<String, BTreeSet<String>>, depth: u32) -> Read<()> {
    if depth > DEEPEST {
        return Err("its subgraphs nest too deeply");
    }
    let domain = match text(node, 7)? {
        domain if domain.is_empty() => "ai.onnx".to_owned(),
        domain => domain,
    };
    found.entry(domain).or_default().insert(text(node, 4)?);
    for field in Fields::of(node) {
        let (5, Field::Bytes(attribute)) = field? else { continue };
        for field in Fields::of(attribute) {
            let (6 | 11, Field::Bytes(graph)) = field? else { continue };
            for field in Fields::of(graph) {
                if let (1, Field::Bytes(inner)) = field? {
                    operators(inner, found, depth + 1)?;
                }
            }
        }
    }
    Ok(())
}

fn slot(info: &[u8]) -> Read<Slot> {
    let name = text(info, 1)?;
    if name.is_empty() {
        return Err("an input or output has no name");
    }
    for field in Fields::of(info) {
        let (2, Field::Bytes(ty)) = field? else { continue };
        for field in Fields::of(ty) {
            if let (1, Field::Bytes(tensor)) = field? {
                return Ok(Slot { name, kind: tensor_kind(tensor)? });
            }
        }
    }
    Ok(Slot { name, kind: SlotKind::Other })
}

fn tensor_kind(tensor: &[u8]) -> Read<SlotKind> {
    let (mut kind, mut dims) = (None, None);
    for field in Fields::of(tensor) {
        match field? {
            (1, Field::Number(number)) => kind = dtype(number),
            (2, Field::Bytes(shape)) => {
                let mut sizes = vec![];
                for field in Fields::of(shape) {
                    if let (1, Field::Bytes(size)) = field? {
                        sizes.push(dim(size)?);
                    }
                }
                dims = Some(sizes);
            }
            _ => {}
        }
    }
    Ok(SlotKind::Tensor { dtype: kind, dims })
}

fn dim(size: &[u8]) -> Read<Dim> {
    let mut found = Dim::Symbol("?".to_owned());
    for field in Fields::of(size) {
        match field? {
            // Old exporters write -1 or 0 for a size that is not known.
            (1, Field::Number(number)) if number != 0 && i64::try_from(number).is_ok() => found = Dim::Fixed(number),
            (2, Field::Bytes(name)) if !name.is_empty() => {
                found = Dim::Symbol(String::from_utf8_lossy(name).into_owned());
            }
            _ => {}
        }
    }
    Ok(found)
}

fn text(message: &[u8], number: u64) -> Read<String> {
    for field in Fields::of(message) {
        if let (at, Field::Bytes(text)) = field?
            && at == number
        {
            return Ok(String::from_utf8_lossy(text).into_owned());
        }
    }
    Ok(String::new())
}

/// `TensorProto.DataType`.
fn dtype(number: u64) -> Option<Dtype> {
    Some(match number {
        1 => Dtype::F32,
        2 => Dtype::U8,
        3 => Dtype::I8,
        4 => Dtype::U16,
        5 => Dtype::I16,
        6 => Dtype::I32,
        7 => Dtype::I64,
        8 => Dtype::String,
        9 => Dtype::Bool,
        10 => Dtype::F16,
        11 => Dtype::F64,
        12 => Dtype::U32,
        13 => Dtype::U64,
        16 => Dtype::Bf16,
        _ => return None,
    })
}
