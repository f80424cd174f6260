//! What the tree says of correct texts, and what it keeps of broken ones.

use servec::report::{Code, Sink};
use servec::source::FileId;
use servec::syntax::ast::*;
use servec::syntax::{self, Located};

fn parse(text: &str) -> File {
    let mut sink = Sink::default();
    let file = syntax::parse(FileId(0), text, &mut sink);
    assert!(sink.as_slice().is_empty(), "{:?}\n{text}", sink.as_slice());
    file
}

fn broken(text: &str) -> File {
    let mut sink = Sink::default();
    let file = syntax::parse(FileId(0), text, &mut sink);
    assert!(sink.has_errors(), "{text}");
    file
}

/// An expression with all its parentheses.
fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Number(n) => match &n.unit {
            Some(unit) => format!("{}~{}", n.digits, unit.value),
            None => n.digits.to_string(),
        },
        ExprKind::String(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Hole(value) => format!("<{}>", show(value)),
            });
            format!("'{}'", pieces.collect::<String>())
        }
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Member { base, name } => format!("{}.{}", show(base), name.value),
        ExprKind::List(values) => format!("[{}]", values.iter().map(show).collect::<Vec<_>>().join(" ")),
        ExprKind::Comprehension { name, source, condition, body } => {
            let condition = condition.as_ref().map_or(String::new(), |c| format!(" if {}", show(c)));
            format!("[for {} in {}{condition}: {}]", name.value, show(source), show(body))
        }
        ExprKind::Record(block) => format!("{{{}}}", block.entries.len()),
        ExprKind::Construct { kind, body } => format!("{}{{{}}}", kind.value, body.entries.len()),
        ExprKind::Call { callee, args } => {
            let args = args.iter().map(|arg| match &arg.name {
                Some(name) => format!("{}: {}", name.value, show(&arg.value)),
                None => show(&arg.value),
            });
            format!("{}({})", show(callee), args.collect::<Vec<_>>().join(" "))
        }
        ExprKind::With { base, body } => format!("({} with {{{}}})", show(base), body.entries.len()),
        ExprKind::Range { low, high, body } => {
            let body = body.as_ref().map_or(String::new(), |b| format!(" {{{}}}", b.entries.len()));
            format!("({}..{}{body})", show(low), show(high))
        }
        ExprKind::Unary { op, operand } => format!("({:?} {})", op.value, show(operand)),
        ExprKind::Binary { op, left, right } => format!("({} {:?} {})", show(left), op.value, show(right)),
        ExprKind::If { condition, then, otherwise } => {
            format!("(if {} {} {})", show(condition), show(then), show(otherwise))
        }
        ExprKind::Bad => "BAD".to_owned(),
    }
}

fn value(text: &str) -> String {
    match &parse(&format!("let x = {text}")).items[..] {
        [Item::Let(l)] => show(&l.value),
        other => panic!("{other:?}"),
    }
}

fn decl(file: &File, at: usize) -> &Decl {
    match &file.items[at] {
        Item::Decl(decl) => decl,
        other => panic!("{other:?}"),
    }
}

fn fields(block: &Block) -> Vec<(String, String)> {
    let each = block.entries.iter().filter_map(|entry| match entry {
        Entry::Field(f) => Some((f.name.value.to_string(), show(&f.value))),
        _ => None,
    });
    each.collect()
}

#[test]
fn operators_bind_as_documented() {
    for (text, tree) in [
        ("a || b && c == d", "(a Or (b And (c Equal d)))"),
        ("1 - 2 - 3 * 4", "((1 Subtract 2) Subtract (3 Multiply 4))"),
        ("-a.b(c)", "(Negate a.b(c))"),
        ("!a && !b", "((Not a) And (Not b))"),
        ("(1 + 2) * 3", "((1 Add 2) Multiply 3)"),
        ("1 + 1..n - 1", "((1 Add 1)..(n Subtract 1))"),
        ("a == 1..2", "(a Equal (1..2))"),
        ("if a then b else if c then d else e + 1", "(if a b (if c d (e Add 1)))"),
        ("a with { b = 1 } with { c = 2 }", "((a with {1}) with {1})"),
        ("f(a, width: 2 * 3)", "f(a width: (2 Multiply 3))"),
    ] {
        assert_eq!(value(text), tree, "{text}");
    }
}

#[test]
fn a_block_behind_a_range_holds_its_policies_even_after_a_name() {
    assert_eq!(value("1..20 { track cpu { target = 60% } }"), "(1..20 {1})");
    assert_eq!(value("1..most { a = 1 }"), "(1..most {1})");
    assert_eq!(value("1..2 + most { a = 1 }"), "(1..(2 Add most) {1})");
    assert_eq!(value("gpu { a = 1 }"), "gpu{1}");
}

#[test]
fn a_glued_slash_and_a_letter_of_time_are_a_rate() {
    for (text, tree) in [
        ("50/s", "50~/s"),
        ("50/min", "50~/min"),
        ("a / b", "(a Divide b)"),
        ("a/b", "(a Divide b)"),
        ("6 / s", "(6 Divide s)"),
        ("6/sum", "(6 Divide sum)"),
        ("4000 USD/month", "4000~USD/month"),
        ("4000 USD", "4000~USD"),
        ("1_000.5e-3", "1000.5e-3"),
        ("1e3s", "1e3~s"),
        ("10%", "10~%"),
        ("16GiB", "16~GiB"),
        ("1.5..2.5", "(1.5..2.5)"),
    ] {
        assert_eq!(value(text), tree, "{text}");
    }
}

#[test]
fn strings_have_escapes_and_holes() {
    assert_eq!(value(r#""a\"\\\$\u{41}\t//${b.c}${"d"}$""#), "'a\"\\$A\t//<b.c><'d'>$'");
}

#[test]
fn comprehensions_may_have_a_condition() {
    assert_eq!(value("[for x in xs: x]"), "[for x in xs: x]");
    assert_eq!(value("[\n  for x in f(xs) if x > 1:\n  x + 1\n]"), "[for x in f(xs) if (x Greater 1): (x Add 1)]");
}

#[test]
fn keywords_are_names_where_no_keyword_fits() {
    let text = "model m {\n  input = 1\n  output = 2\n  param = 3\n  deploy = 4\n  on = x\n  model = x\n  for = 5\n  if = 6\n  use = on\n}\n";
    let file = parse(text);
    let names: Vec<String> = fields(&decl(&file, 0).body).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["input", "output", "param", "deploy", "on", "model", "for", "if", "use"]);
}

#[test]
fn commas_behind_deploy_belong_to_its_list() {
    let file = parse("stack s on local { project = \"x\", deploy a, b, region = \"y\", with { c = 1 } }\n");
    let entries = &decl(&file, 0).body.entries;
    assert_eq!(entries.len(), 4);
    assert!(matches!(&entries[1], Entry::Deploy(d) if d.names.len() == 2), "{entries:?}");
    let file = parse("stack s on local {\n  deploy a { scale = 2..20 }\n  deploy b,\n    c\n  region = \"y\"\n}\n");
    let entries = &decl(&file, 0).body.entries;
    assert!(matches!(&entries[0], Entry::Deploy(d) if d.body.is_some()));
    assert!(matches!(&entries[1], Entry::Deploy(d) if d.names.len() == 2));
    assert_eq!(entries.len(), 3);
}

#[test]
fn doc_comments_belong_to_what_follows_at_once() {
    let file =
        parse("/// one\n///   two\nmodel m {\n  /// three\n  a = 1\n\n  /// lost\n\n  b = 2\n  // plain\n  c = 3\n}\n");
    assert_eq!(decl(&file, 0).doc.as_deref(), Some("one\n  two"));
    let docs = decl(&file, 0).body.entries.iter().map(|e| match e {
        Entry::Field(f) => f.doc.as_deref(),
        _ => None,
    });
    assert_eq!(docs.collect::<Vec<_>>(), [Some("three"), None, None]);
    assert_eq!(file.comments.len(), 5);
}

#[test]
fn spans_cover_what_was_written_and_no_more() {
    let text = "model m {  // c\n  a = f(x)  // d\n  b = (1 + 2) * 3 \n  input p: t<a>[1]  // e\n}\n";
    let file = parse(text);
    let body = &decl(&file, 0).body;
    let of = |span: servec::source::Span| &text[span.start as usize..span.end as usize];
    let spans = body.entries.iter().map(|entry| match entry {
        Entry::Field(f) => (of(f.span), of(f.value.span)),
        Entry::Port(p) => (of(p.span), of(p.ty.as_ref().unwrap().span)),
        other => panic!("{other:?}"),
    });
    let expected = [("a = f(x)", "f(x)"), ("b = (1 + 2) * 3", "(1 + 2) * 3"), ("input p: t<a>[1]", "t<a>[1]")];
    assert_eq!(spans.collect::<Vec<_>>(), expected);
    assert_eq!(of(decl(&file, 0).span), text.trim_end());
}

#[test]
fn a_broken_field_keeps_its_name_and_its_neighbours() {
    let file = broken("model m {\n  a = 1\n  b: 2\n  c 3\n  d =\n  e = 1 2\n  f = 4\n}\n");
    let all = fields(&decl(&file, 0).body);
    let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(all, [("a", "1"), ("b", "BAD"), ("c", "BAD"), ("d", "BAD"), ("e", "BAD"), ("f", "4")]);
}

#[test]
fn a_misspelt_declaration_is_read_as_what_it_nearly_says() {
    let file = broken("modle m {\n  a = 1\n}\n");
    assert_eq!(decl(&file, 0).kind.value, DeclKind::Model);
    assert_eq!(fields(&decl(&file, 0).body).len(), 1);
}

#[test]
fn a_lost_brace_costs_one_declaration() {
    let file = broken("endpoint a {\n  scale = 1..2 {\n    track cpu { target = 60%\n}\n\nmodel b {\n  c = 1\n}\n");
    assert_eq!(file.items.len(), 2);
    assert_eq!(&*decl(&file, 1).name.value, "b");
}

#[test]
fn later_passes_are_silent_about_bad_parts() {
    let text = "model m {\n  a = 5 s\n  b = 6\n}\n";
    let mut sink = Sink::default();
    let file = syntax::parse(FileId(0), text, &mut sink);
    let said = sink.as_slice().len();
    for entry in &decl(&file, 0).body.entries {
        let Entry::Field(field) = entry else { continue };
        sink.push(servec::report::Diagnostic::error(Code::Unexpected, "from a later pass").label(field.span, "here"));
    }
    assert_eq!(sink.as_slice().len(), said + 1);
}

#[test]
fn an_offset_leads_to_the_innermost_node() {
    let text = "endpoint a {\n  serve = b with { c = f(d, e: \"${g}\") }\n}\n";
    let file = parse(text);
    let innermost = |what: &str| syntax::locate(&file, text.find(what).unwrap() as u32).pop();
    assert!(matches!(innermost("g}"), Some(Located::Expr(Expr { kind: ExprKind::Name(n), .. })) if &**n == "g"));
    assert!(matches!(innermost("c ="), Some(Located::Name(n)) if &*n.value == "c"));
    assert!(matches!(innermost("a {"), Some(Located::Name(n)) if &*n.value == "a"));
    assert!(syntax::locate(&file, text.len() as u32).is_empty());
    let path = syntax::locate(&file, text.find("d,").unwrap() as u32);
    assert!(matches!(path[0], Located::Item(_)) && path.len() > 6, "{path:?}");
}
