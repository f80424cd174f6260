//! Drawings as text: a stack as a tree, a pipeline as its steps with what each is given. What the tree has shown once is
//! named again, but not unfolded again.

use std::collections::BTreeSet;

use super::{Drawing, Shape};

/// All drawings, an empty line between them.
pub fn text(drawings: &[Drawing]) -> String {
    let parts: Vec<String> = drawings.iter().map(one).collect();
    parts.join("\n")
}

fn one(drawing: &Drawing) -> String {
    if drawing.kind == "pipeline" { steps(drawing) } else { tree(drawing) }
}

/// Depth is bounded: a stack's graph has six kinds of layers.
fn tree(drawing: &Drawing) -> String {
    let mut lines = String::new();
    let mut shown = BTreeSet::new();
    let inner: BTreeSet<usize> = drawing.edges.iter().map(|line| line.to).collect();
    for root in (0..drawing.nodes.len()).filter(|i| !inner.contains(i)) {
        branch(drawing, root, "", "", &mut shown, &mut lines);
    }
    lines
}

fn branch(drawing: &Drawing, node: usize, head: &str, indent: &str, shown: &mut BTreeSet<usize>, lines: &mut String) {
    let Some(shape) = drawing.nodes.get(node) else { return };
    let targets: Vec<usize> = drawing.targets(node).map(|line| line.to).collect();
    let again = !shown.insert(node) && !targets.is_empty();
    let mark = if again { " (see above)" } else { "" };
    lines.push_str(&format!("{head}{}{mark}\n", title(shape)));
    if again {
        return;
    }
    for (index, target) in targets.iter().enumerate() {
        let last = index + 1 == targets.len();
        let (corner, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        branch(drawing, *target, &format!("{indent}{corner}"), &format!("{indent}{rest}"), shown, lines);
    }
}

fn steps(drawing: &Drawing) -> String {
    let mut lines = format!("{} {}\n", drawing.kind, drawing.name);
    for (index, shape) in drawing.nodes.iter().enumerate() {
        lines.push_str(&format!("  {}\n", title(shape)));
        for line in drawing.edges.iter().filter(|line| line.to == index) {
            let from = drawing.nodes.get(line.from).map_or("", |s| &s.name);
            let label = line.label.as_deref().unwrap_or("");
            lines.push_str(&format!("    ← {from} as {label}\n"));
        }
    }
    lines
}

fn title(shape: &Shape) -> String {
    match (&shape.detail, shape.kind) {
        (Some(detail), "step") => format!("{} = {detail}", shape.name),
        (Some(detail), kind) => format!("{kind} {}: {detail}", shape.name),
        (None, kind) => format!("{kind} {}", shape.name),
    }
}
