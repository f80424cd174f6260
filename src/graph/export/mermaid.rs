//! Drawings for Mermaid, which GitHub and GitLab show in Markdown: one flowchart, a subgraph for each drawing.

use super::{Drawing, Shape};

pub fn mermaid(drawings: &[Drawing]) -> String {
    let mut out = String::from("flowchart LR\n");
    for (number, drawing) in drawings.iter().enumerate() {
        let title = escaped(&format!("{} {}", drawing.kind, drawing.name));
        out.push_str(&format!("  subgraph g{number} [\"{title}\"]\n"));
        for (index, node) in drawing.nodes.iter().enumerate() {
            let (open, close) = brackets(node.kind);
            out.push_str(&format!("    n{number}_{index}{open}\"{}\"{close}\n", label(node)));
        }
        for line in &drawing.edges {
            let label = line.label.as_ref().map_or(String::new(), |l| format!("|\"{}\"|", escaped(l)));
            out.push_str(&format!("    n{number}_{} -->{label} n{number}_{}\n", line.from, line.to));
        }
        out.push_str("  end\n");
    }
    out
}

fn label(node: &Shape) -> String {
    let name = escaped(&format!("{} {}", node.kind, node.name));
    match &node.detail {
        Some(detail) => format!("{name}<br/>{}", escaped(detail)),
        None => name,
    }
}

fn brackets(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "artifact" => ("[(", ")]"),
        "input" | "output" => ("([", "])"),
        _ => ("[", "]"),
    }
}

/// Mermaid reads HTML in labels, and `#…;` as a character's code.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | ';' | '`' => out.push_str(&format!("#{};", c as u32)),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
