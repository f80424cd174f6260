//! What is asked of a machine, from the words of `--for`: read as the fields of a model, by the compiler's own passes.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::catalog::Need;
use crate::check::{self, Given, TargetInfo};
use crate::compile::{self, Compiled};
use crate::files::{Disk, Nothing, Overlay};
use crate::names;
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Severity, Sink};
use crate::source::SourceMap;
use crate::stack::{Stack, ValueKind};

use super::super::output::{Context, ExitStatus};

/// A need, and where it is needed, if a program says so.
pub struct Asked {
    pub need: Need,
    pub target: Option<Arc<str>>,
    pub region: Option<Arc<str>>,
}

/// What `--for` asks: a model of the program at `path` if it is a name alone, else fields of a model.
///
/// # Errors
/// The exit status to end with; what is wrong has been said.
pub fn asked(words: Option<&str>, path: &Utf8Path, ctx: &Context) -> Result<Asked, ExitStatus> {
    let anywhere = |need| Asked { need, target: None, region: None };
    match words.map(str::trim) {
        None => Ok(anywhere(Need::default())),
        Some(name) if is_name(name) => of_program(name, path, ctx),
        Some(words) => of_fields(words, ctx).map(anywhere),
    }
}

fn is_name(words: &str) -> bool {
    words != "gpu"
        && words.starts_with(|c: char| c.is_alphabetic())
        && words.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn of_program(name: &str, path: &Utf8Path, ctx: &Context) -> Result<Asked, ExitStatus> {
    super::super::file::exists(path).map_err(|diagnostic| ctx.fail(*diagnostic))?;
    let Compiled { sources, stacks, diagnostics, failed, .. } = compile::compile_unfitted(path, &ctx.options, &Disk);
    if failed {
        ctx.show(&sources, &diagnostics);
        return Err(ExitStatus::Failed);
    }
    let found = stacks.iter().find_map(|stack| Some((stack, stack.models.get(name)?)));
    if let Some((stack, model)) = found {
        return Ok(Asked { need: Need::of(model), target: Some(stack.target.clone()), region: region(stack) });
    }
    let known: Vec<&str> = stacks.iter().flat_map(|stack| stack.models.keys()).map(|name| &**name).collect();
    let message = format!("no stack of the program serves a model `{name}`");
    let missing = Diagnostic::error(Code::UnknownName, message);
    Err(ctx.fail(match nearest(name, known.iter().copied()) {
        Some(near) => missing.help(format!("did you mean `{near}`?")),
        None => missing.help("name a model that an endpoint of a stack serves, or write the need: `--for 'cpu = 4'`"),
    }))
}

/// Where a stack runs, if its target has regions.
fn region(stack: &Stack) -> Option<Arc<str>> {
    let ValueKind::String(region) = &stack.settings.get("region")?.kind else { return None };
    Some(region.clone())
}

/// The file that messages about the words of `--for` point into.
const FILE: &str = "need.serve";
/// A target of no settings, for a stack that goes nowhere.
const TARGET: &str = "anywhere";
const FIELDS: [&str; 3] = ["accelerator", "cpu", "memory"];

fn of_fields(words: &str, ctx: &Context) -> Result<Need, ExitStatus> {
    let fields: Vec<String> = parts(words).into_iter().map(field).collect();
    for field in &fields {
        let name = field.split('=').next().unwrap_or_default().trim();
        if is_name(name) && !FIELDS.contains(&name) {
            let message = format!("`{name}` does not choose a machine");
            let wrong = Diagnostic::error(Code::UnknownName, message);
            return Err(ctx.fail(wrong.help("a need is `gpu { … }`, `cpu` and `memory`, with commas between")));
        }
    }
    let program = format!(
        "model need {{\n  {}\n  image = \"any\"\n  input  asked: json\n  output given: json\n}}\n\
         endpoint served {{ serve = need }}\nstack nowhere on {TARGET} {{ deploy served }}\n",
        fields.join("\n  ")
    );
    let files = Overlay { texts: BTreeMap::from([(Utf8PathBuf::from(FILE), program)]), below: Nothing };
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let names = names::resolve(&[FILE.into()], &files, &mut sources, &mut sink);
    let targets = [TargetInfo { name: TARGET, settings: &[] }];
    let given = Given { files: &files, targets: &targets, texts: &BTreeMap::new(), set: &BTreeMap::new(), stacks: &[] };
    let stacks = check::check(&names, &given, &mut sink);
    let found = sink.into_sorted();
    if found.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        ctx.show(&sources, &found);
        return Err(ExitStatus::Failed);
    }
    let model = stacks.first().and_then(|stack| stack.models.get("need"));
    Ok(model.map(Need::of).unwrap_or_default())
}

/// `gpu { … }` alone means the accelerator.
fn field(part: &str) -> String {
    let alone = part.strip_prefix("gpu").is_some_and(|rest| !rest.trim_start().starts_with('='));
    if alone { format!("accelerator = {part}") } else { part.to_owned() }
}

/// What stands between the commas that are in no brackets and no string.
fn parts(words: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    let mut out = Vec::new();
    for (at, c) in words.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '{' | '[' | '(' if !quoted => depth += 1,
            '}' | ']' | ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                out.extend(words.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    out.extend(words.get(start..));
    out.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{field, parts};

    #[test]
    fn commas_inside_braces_part_nothing() {
        assert_eq!(
            parts("gpu { memory = 16GiB, count = 2 }, cpu = 4,"),
            ["gpu { memory = 16GiB, count = 2 }", "cpu = 4"]
        );
        assert_eq!(parts("gpu { kind = \"a,b\" }"), ["gpu { kind = \"a,b\" }"]);
    }

    #[test]
    fn a_gpu_alone_is_the_accelerator() {
        assert_eq!(field("gpu"), "accelerator = gpu");
        assert_eq!(field("gpu{count=2}"), "accelerator = gpu{count=2}");
        assert_eq!(field("cpu = 4"), "cpu = 4");
    }
}
