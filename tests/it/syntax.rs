//! Text to tree: what is read, and what is said of what can't be.

#[test]
fn dump() {
    let Ok(path) = std::env::var("DUMP") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut map = servec::source::SourceMap::default();
    let file = map.add("main.serve", text.as_str());
    let mut sink = servec::report::Sink::default();
    let tree = servec::syntax::parse(file, &text, &mut sink);
    if std::env::var("TREE").is_ok() {
        eprintln!("{tree:#?}");
    }
    for d in sink.as_slice() {
        let span = d.span().unwrap();
        let at = map.get(file).unwrap().line_column(span.start);
        eprintln!("{} {}:{} {}", d.code.id(), at.line + 1, at.column + 1, d.message);
        for l in &d.labels {
            let at = map.get(file).unwrap().line_column(l.span.start);
            eprintln!("   {}:{} {:?} {}", at.line + 1, at.column + 1, map.text(l.span), l.text);
        }
        if let Some(h) = &d.help {
            eprintln!("   help: {h}");
        }
    }
}
