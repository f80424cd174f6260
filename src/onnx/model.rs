//! The messages of an ONNX file that hold its signature. Goes at most as deep as they do, so nothing recurses.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use serve_spec::Dtype;

use super::wire::{Field, Range, Value, Wire};
use super::{Element, Kind, OnnxError, Port, Signature, Size};

/// Longest name that is read, in bytes.
const NAME: u64 = 4096;
/// Most inputs, and most outputs. Files before IR version 4 list every weight as an input too.
const PORTS: usize = 1 << 16;
const RANK: usize = 64;
const METADATA: usize = 1024;
const OPSETS: usize = 256;

pub(super) fn read<R: Read + Seek>(mut wire: Wire<R>) -> Result<Signature, OnnxError> {
    let mut found = Signature::default();
    let mut graph = None;
    let whole = wire.whole();
    wire.fields(whole, |wire, field| match (field.number, field.value) {
        (1, Value::Varint(version)) => {
            found.ir_version = version as i64;
            Ok(())
        }
        (2, Value::Bytes(range)) => {
            found.producer = wire.text(range, NAME)?;
            Ok(())
        }
        (7, Value::Bytes(range)) => match graph.replace(range) {
            None => Ok(()),
            Some(_) => Err(OnnxError::Malformed(range.start, "a second graph")),
        },
        (8, Value::Bytes(range)) => opset(wire, range, &mut found),
        (14, Value::Bytes(range)) => metadata(wire, range, &mut found),
        _ => Ok(()),
    })?;
    let graph = graph.ok_or(OnnxError::NotOnnx("it holds no graph"))?;
    if found.ir_version <= 0 {
        return Err(OnnxError::NotOnnx("it does not say which version of the format it has"));
    }
    wire.fields(graph, |wire, field| match (field.number, field.value) {
        (11, Value::Bytes(range)) => push(port(wire, range)?, &mut found.inputs),
        (12, Value::Bytes(range)) => push(port(wire, range)?, &mut found.outputs),
        _ => Ok(()),
    })?;
    if found.outputs.is_empty() {
        return Err(OnnxError::NotOnnx("its graph has no outputs"));
    }
    given(&mut wire, graph, &mut found)?;
    Ok(found)
}

fn push(port: Port, ports: &mut Vec<Port>) -> Result<(), OnnxError> {
    if ports.len() == PORTS {
        return Err(OnnxError::TooLarge("too many inputs or outputs", PORTS as u64));
    }
    ports.push(port);
    Ok(())
}

/// `OperatorSetIdProto`. `ai.onnx` is the long name of the empty domain.
fn opset<R: Read + Seek>(wire: &mut Wire<R>, range: Range, found: &mut Signature) -> Result<(), OnnxError> {
    let (mut domain, mut version) = (String::new(), 0);
    wire.fields(range, |wire, field| {
        match (field.number, field.value) {
            (1, Value::Bytes(range)) => domain = wire.text(range, NAME)?,
            (2, Value::Varint(number)) => version = number as i64,
            _ => {}
        }
        Ok(())
    })?;
    if found.opsets.len() == OPSETS {
        return Err(OnnxError::TooLarge("too many operator sets", OPSETS as u64));
    }
    let domain = if domain == "ai.onnx" { String::new() } else { domain };
    found.opsets.insert(domain, version);
    Ok(())
}

/// `StringStringEntryProto`: the key; values can be as large as a tokenizer. Beyond the limits keys are left out.
fn metadata<R: Read + Seek>(wire: &mut Wire<R>, range: Range, found: &mut Signature) -> Result<(), OnnxError> {
    wire.fields(range, |wire, field| {
        if let (1, Value::Bytes(range)) = (field.number, field.value)
            && found.metadata.len() < METADATA
            && range.end - range.start <= NAME
        {
            found.metadata.insert(wire.text(range, NAME)?);
        }
        Ok(())
    })
}

/// Takes inputs that have a value in the file off, and notes whether weights lie elsewhere.
fn given<R: Read + Seek>(wire: &mut Wire<R>, graph: Range, found: &mut Signature) -> Result<(), OnnxError> {
    let inputs: BTreeSet<&str> = found.inputs.iter().map(|p| p.name.as_str()).collect();
    let mut given: BTreeSet<String> = BTreeSet::new();
    let mut external = false;
    wire.fields(graph, |wire, Field { number, value }| match (number, value) {
        (5, Value::Bytes(range)) => tensor(wire, range, &inputs, &mut given, &mut external),
        // A sparse tensor has its name in its values.
        (15, Value::Bytes(range)) => wire.fields(range, |wire, field| match (field.number, field.value) {
            (1, Value::Bytes(range)) => tensor(wire, range, &inputs, &mut given, &mut external),
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    found.inputs.retain(|port| !given.contains(&port.name));
    found.external_data = external;
    Ok(())
}

/// `TensorProto`: its name, if it is among the inputs, and where its contents lie.
fn tensor<R: Read + Seek>(
    wire: &mut Wire<R>,
    range: Range,
    inputs: &BTreeSet<&str>,
    given: &mut BTreeSet<String>,
    external: &mut bool,
) -> Result<(), OnnxError> {
    wire.fields(range, |wire, field| {
        match (field.number, field.value) {
            (8, Value::Bytes(range)) if range.end - range.start <= NAME => {
                let name = wire.text(range, NAME)?;
                if inputs.contains(name.as_str()) {
                    given.insert(name);
                }
            }
            (14, Value::Varint(location)) => *external |= location == 1,
            _ => {}
        }
        Ok(())
    })
}

/// `ValueInfoProto`
fn port<R: Read + Seek>(wire: &mut Wire<R>, range: Range) -> Result<Port, OnnxError> {
    let mut port = Port { name: String::new(), kind: Kind::Other("untyped") };
    wire.fields(range, |wire, field| {
        match (field.number, field.value) {
            (1, Value::Bytes(range)) => port.name = wire.text(range, NAME)?,
            (2, Value::Bytes(range)) => port.kind = kind(wire, range)?,
            _ => {}
        }
        Ok(())
    })?;
    if port.name.is_empty() {
        return Err(OnnxError::Malformed(range.start, "an input or output without a name"));
    }
    Ok(port)
}

/// `TypeProto`. What is inside of a sequence or a map stays unread.
fn kind<R: Read + Seek>(wire: &mut Wire<R>, range: Range) -> Result<Kind, OnnxError> {
    let mut kind = Kind::Other("untyped");
    wire.fields(range, |wire, field| {
        match (field.number, field.value) {
            (1, Value::Bytes(range)) => kind = tensor_type(wire, range)?,
            (4, Value::Bytes(_)) => kind = Kind::Other("sequence"),
            (5, Value::Bytes(_)) => kind = Kind::Other("map"),
            (7, Value::Bytes(_)) => kind = Kind::Other("opaque"),
            (8, Value::Bytes(_)) => kind = Kind::Other("sparse tensor"),
            (9, Value::Bytes(_)) => kind = Kind::Other("optional"),
            _ => {}
        }
        Ok(())
    })?;
    Ok(kind)
}

fn tensor_type<R: Read + Seek>(wire: &mut Wire<R>, range: Range) -> Result<Kind, OnnxError> {
    let mut element = element(0);
    let mut shape: Option<Vec<Size>> = None;
    wire.fields(range, |wire, field| {
        match (field.number, field.value) {
            (1, Value::Varint(number)) => element = self::element(number),
            (2, Value::Bytes(range)) => {
                let sizes = shape.get_or_insert_default();
                wire.fields(range, |wire, field| {
                    if let (1, Value::Bytes(range)) = (field.number, field.value) {
                        if sizes.len() == RANK {
                            return Err(OnnxError::TooLarge("a tensor of too many dims", RANK as u64));
                        }
                        sizes.push(size(wire, range)?);
                    }
                    Ok(())
                })?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(Kind::Tensor { element, shape })
}

/// A dimension. Exporters write 0 and negative numbers where they mean that it is open.
fn size<R: Read + Seek>(wire: &mut Wire<R>, range: Range) -> Result<Size, OnnxError> {
    let mut size = Size::Open;
    wire.fields(range, |wire, field| {
        match (field.number, field.value) {
            (1, Value::Varint(number)) => {
                size = if number as i64 > 0 { Size::Fixed(number) } else { Size::Open };
            }
            (2, Value::Bytes(range)) => {
                let name = wire.text(range, NAME)?;
                size = if name.is_empty() || name == "?" { Size::Open } else { Size::Named(name) };
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(size)
}

/// `TensorProto.DataType`
fn element(number: u64) -> Element {
    let other = match number {
        1 => return Element::Known(Dtype::F32),
        2 => return Element::Known(Dtype::U8),
        3 => return Element::Known(Dtype::I8),
        4 => return Element::Known(Dtype::U16),
        5 => return Element::Known(Dtype::I16),
        6 => return Element::Known(Dtype::I32),
        7 => return Element::Known(Dtype::I64),
        8 => return Element::Known(Dtype::String),
        9 => return Element::Known(Dtype::Bool),
        10 => return Element::Known(Dtype::F16),
        11 => return Element::Known(Dtype::F64),
        12 => return Element::Known(Dtype::U32),
        13 => return Element::Known(Dtype::U64),
        16 => return Element::Known(Dtype::Bf16),
        0 => "undefined",
        14 => "complex64",
        15 => "complex128",
        17 => "float8e4m3fn",
        18 => "float8e4m3fnuz",
        19 => "float8e5m2",
        20 => "float8e5m2fnuz",
        21 => "uint4",
        22 => "int4",
        23 => "float4e2m1",
        24 => "float8e8m0",
        _ => return Element::Other(format!("element type {number}")),
    };
    Element::Other(other.to_owned())
}
