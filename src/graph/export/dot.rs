//! Drawings in Graphviz's language: one `digraph`, a cluster for each drawing.

use super::{Drawing, Shape};

pub fn dot(drawings: &[Drawing]) -> String {
    let mut out = String::from("digraph servec {\n  rankdir = LR;\n  node [shape = box, fontname = \"sans-serif\"];\n");
    for (number, drawing) in drawings.iter().enumerate() {
        out.push_str(&format!("  subgraph cluster_{number} {{\n"));
        out.push_str(&format!("    label = {};\n", quoted(&format!("{} {}", drawing.kind, drawing.name))));
        for (index, node) in drawing.nodes.iter().enumerate() {
            let look = look(node.kind);
            out.push_str(&format!("    n{number}_{index} [label = {}{look}];\n", quoted(&label(node))));
        }
        for line in &drawing.edges {
            let label = line.label.as_ref().map_or(String::new(), |l| format!(" [label = {}]", quoted(l)));
            out.push_str(&format!("    n{number}_{} -> n{number}_{}{label};\n", line.from, line.to));
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

fn label(node: &Shape) -> String {
    match &node.detail {
        Some(detail) => format!("{} {}\n{detail}", node.kind, node.name),
        None => format!("{} {}", node.kind, node.name),
    }
}

fn look(kind: &str) -> &'static str {
    match kind {
        "artifact" => ", shape = cylinder",
        "input" | "output" => ", shape = ellipse",
        "stack" | "endpoint" | "job" => ", style = bold",
        _ => "",
    }
}

/// A quoted text; a line break is `\n`.
fn quoted(text: &str) -> String {
    let inner = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "");
    format!("\"{inner}\"")
}
