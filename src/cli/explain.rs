//! `servec explain`: the page of a diagnostic, from the binary itself.

use std::fmt::Write as _;

use owo_colors::OwoColorize as _;

use crate::report::{Code, Diagnostic, suggest};

use super::args::ExplainArgs;
use super::output::{Context, ExitStatus};

pub fn run(args: &ExplainArgs, ctx: &Context) -> ExitStatus {
    let Some(text) = &args.code else {
        ctx.out(&list());
        return ExitStatus::Done;
    };
    match Code::parse(text) {
        Some(code) => {
            let page = code.page();
            ctx.out(&if ctx.colour_out { drawn(page) } else { page.to_owned() });
            ExitStatus::Done
        }
        None => ctx.fail(unknown(text)),
    }
}

fn list() -> String {
    let width = Code::ALL.iter().map(|c| c.name().len()).max().unwrap_or(0);
    let lines = Code::ALL.iter().map(|c| format!("{}  {:<width$}  {}\n", c.id(), c.name(), c.title()));
    lines.collect()
}

fn unknown(text: &str) -> Diagnostic {
    let known = Code::ALL.iter().flat_map(|c| [c.id(), c.name()]);
    let help = match suggest::nearest(text, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`servec explain` lists all".to_owned(),
    };
    Diagnostic::error(Code::UnknownCode, format!("there is no diagnostic `{text}`")).help(help)
}

/// Markdown as a terminal shows it: headings bold, code coloured, everything else as written.
fn drawn(page: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for line in page.lines() {
        let _ = if line.starts_with("```") {
            code = !code;
            Ok(())
        } else if code {
            writeln!(out, "    {}", line.cyan())
        } else if let Some(heading) = line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            writeln!(out, "{}", heading.bold())
        } else {
            writeln!(out, "{}", inline(line))
        };
    }
    out
}

fn inline(line: &str) -> String {
    let pieces = line.split('`').enumerate();
    pieces.map(|(i, piece)| if i % 2 == 1 { piece.cyan().to_string() } else { piece.to_owned() }).collect()
}
