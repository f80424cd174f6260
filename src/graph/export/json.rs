//! Drawings for tools: names instead of indices, keys in one order.

use serde_json::{Value, json};

use super::Drawing;

/// `{"graphs": [{"kind", "name", "nodes": [{"id", "kind", "name", "detail"}], "edges": [{"from", "to", "label"}]}]}`. An
/// id is `kind.name` and unique in its graph; `detail` and `label` are missing where there is nothing to say.
pub fn json(drawings: &[Drawing]) -> Value {
    json!({ "graphs": drawings.iter().map(one).collect::<Vec<_>>() })
}

fn one(drawing: &Drawing) -> Value {
    let id = |index: usize| drawing.nodes.get(index).map_or(String::new(), |n| format!("{}.{}", n.kind, n.name));
    let nodes = drawing.nodes.iter().enumerate().map(|(index, node)| {
        let mut value = json!({ "id": id(index), "kind": node.kind, "name": node.name });
        if let (Some(detail), Some(fields)) = (&node.detail, value.as_object_mut()) {
            fields.insert("detail".to_owned(), json!(detail));
        }
        value
    });
    let edges = drawing.edges.iter().map(|line| {
        let mut value = json!({ "from": id(line.from), "to": id(line.to) });
        if let (Some(label), Some(fields)) = (&line.label, value.as_object_mut()) {
            fields.insert("label".to_owned(), json!(label));
        }
        value
    });
    json!({
        "kind": drawing.kind,
        "name": drawing.name,
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
    })
}
