//! Every diagnostic's page has one shape, and its examples are true.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::{Compiled, Options, compile_with};
use servec::files::{Nothing, Overlay};
use servec::report::{Code, Format, Look, PLAIN_WIDTH, Severity, render};

/// A page taken apart.
struct Page {
    title: String,
    explanation: String,
    sections: Vec<Section>,
}

struct Section {
    heading: String,
    /// Contents of the ```serve blocks.
    programs: Vec<String>,
    /// Contents of the ```file name="…" blocks.
    files: BTreeMap<Utf8PathBuf, String>,
    prose: String,
}

#[test]
fn every_page_has_the_shape() {
    let mut problems = Vec::new();
    for code in Code::ALL {
        let page = read(code.page());
        let mut problem = |what: &str| problems.push(format!("{}: {what}", code.id()));
        match page.title.strip_prefix(&format!("# {}: ", code.id())) {
            None => problem("the first line is not `# EXXXX: title`"),
            Some(title) if title.is_empty() || title.ends_with('.') => {
                problem("the title is empty or ends with a full stop")
            }
            Some(_) => {}
        }
        if page.explanation.split_whitespace().count() < 8 {
            problem("there is no explanation below the title");
        }
        let headings: Vec<&str> = page.sections.iter().map(|s| s.heading.as_str()).collect();
        match headings.as_slice() {
            ["Wrong", "Right"] => {
                if page.sections.iter().any(|s| s.programs.len() != 1) {
                    problem("`Wrong` and `Right` have one ```serve block each");
                }
            }
            ["When"] => {
                let section = &page.sections[0];
                if !section.programs.is_empty() || section.prose.split_whitespace().count() < 5 {
                    problem("`When` says when it comes, without a program");
                }
            }
            _ => problem(&format!("sections are `Wrong`, `Right`, or `When` alone, not {headings:?}")),
        }
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn wrong_examples_get_their_code_and_right_ones_no_error() {
    let mut problems = Vec::new();
    for code in Code::ALL {
        let page = read(code.page());
        let [wrong, right] = page.sections.as_slice() else { continue };
        let compiled = compile(wrong, &BTreeMap::new());
        if !compiled.diagnostics.iter().any(|d| d.code == *code) {
            problems.push(format!("{}: the wrong example does not get it, but this:\n{}", code.id(), shown(&compiled)));
        }
        let compiled = compile(right, &wrong.files);
        if compiled.diagnostics.iter().any(|d| d.severity == Severity::Error || d.code == *code) {
            problems.push(format!("{}: the right example is not:\n{}", code.id(), shown(&compiled)));
        }
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn codes_and_pages_are_the_same_set() {
    let mut ids: Vec<&str> = Code::ALL.iter().map(|c| c.id()).collect();
    let mut names: Vec<&str> = Code::ALL.iter().map(|c| c.name()).collect();
    assert!(ids.is_sorted(), "codes stand in the order of their numbers");
    let count = ids.len();
    ids.dedup();
    names.sort_unstable();
    names.dedup();
    assert_eq!((ids.len(), names.len()), (count, count), "a number or a name is used twice");
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let mut files: Vec<String> = folder.read_dir_utf8().unwrap().map(|e| e.unwrap().file_name().to_owned()).collect();
    files.sort();
    let expected: Vec<String> = ids.iter().map(|id| format!("{id}.md")).collect();
    assert_eq!(files, expected);
}

fn shown(compiled: &Compiled) -> String {
    render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, PLAIN_WIDTH))
}

fn compile(section: &Section, more: &BTreeMap<Utf8PathBuf, String>) -> Compiled {
    let mut texts = more.clone();
    texts.extend(section.files.clone());
    texts.insert("main.serve".into(), section.programs.concat());
    compile_with(Utf8Path::new("main.serve"), &Options::default(), &Overlay { texts, below: Nothing })
}

fn read(text: &str) -> Page {
    let mut lines = text.lines();
    let mut page = Page { title: lines.next().unwrap_or("").to_owned(), explanation: String::new(), sections: vec![] };
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            let (programs, files) = (vec![], BTreeMap::new());
            page.sections.push(Section { heading: heading.to_owned(), programs, files, prose: String::new() });
        } else if let Some(info) = line.strip_prefix("```") {
            let block: String = lines.by_ref().take_while(|l| *l != "```").flat_map(|l| [l, "\n"]).collect();
            let Some(section) = page.sections.last_mut() else { continue };
            if info == "serve" {
                section.programs.push(block);
            } else if let Some(name) = info.strip_prefix("file name=\"").and_then(|n| n.strip_suffix('"')) {
                section.files.insert(name.into(), block);
            }
        } else if let Some(section) = page.sections.last_mut() {
            section.prose.push_str(line);
            section.prose.push('\n');
        } else {
            page.explanation.push_str(line);
            page.explanation.push('\n');
        }
    }
    page
}
