//! `servec fmt`: source files in the one form. Writes a file only when it changes and has no syntax error.

use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use similar::TextDiff;

use crate::files::{Disk, Files as _};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{MAX_BYTES, SourceMap};
use crate::syntax;

use super::args::FmtArgs;
use super::file;
use super::output::{Context, ExitStatus};

pub fn run(args: &FmtArgs, ctx: &Context) -> ExitStatus {
    if args.stdin {
        return piped(ctx, args.check);
    }
    let mut failed = false;
    let mut changed = 0;
    for path in &args.paths {
        match sources(path) {
            Err(diagnostic) => {
                ctx.fail(*diagnostic);
                failed = true;
            }
            Ok(files) => {
                for file in files {
                    match one(&file, args.check, ctx) {
                        Ok(true) => changed += 1,
                        Ok(false) => {}
                        Err(Shown) => failed = true,
                    }
                }
            }
        }
    }
    if changed == 0 && !failed {
        ctx.detail("everything is in form");
    }
    if failed || (args.check && changed > 0) { ExitStatus::Failed } else { ExitStatus::Done }
}

/// An error that has been shown already.
struct Shown;

/// Whether the file changed, or would.
fn one(path: &Utf8Path, check: bool, ctx: &Context) -> Result<bool, Shown> {
    let text = Disk.read(path).map_err(|error| {
        ctx.fail(Diagnostic::error(Code::FileUnreadable, format!("`{path}` can't be read: {error}")));
        Shown
    })?;
    let formed = formatted(path, &text, ctx)?;
    if formed == text {
        return Ok(false);
    }
    if check {
        ctx.out(&difference(path, &text, &formed));
        ctx.say(&format!("not in form: {path}"));
        return Ok(true);
    }
    file::write(path, formed.as_bytes()).map_err(|diagnostic| {
        ctx.fail(*diagnostic);
        Shown
    })?;
    ctx.say(&format!("formatted {path}"));
    Ok(true)
}

fn piped(ctx: &Context, check: bool) -> ExitStatus {
    let path = Utf8Path::new("<stdin>");
    let mut text = String::new();
    // One byte more than is accepted, so that what is too long is seen to be.
    if let Err(error) = std::io::stdin().take(MAX_BYTES as u64 + 1).read_to_string(&mut text) {
        return ctx.fail(Diagnostic::error(Code::FileUnreadable, format!("standard input can't be read: {error}")));
    }
    match formatted(path, &text, ctx) {
        Err(Shown) => ExitStatus::Failed,
        Ok(formed) if check && formed != text => {
            ctx.out(&difference(path, &text, &formed));
            ExitStatus::Failed
        }
        Ok(_) if check => ExitStatus::Done,
        Ok(formed) => {
            ctx.out(&formed);
            ExitStatus::Done
        }
    }
}

fn formatted(path: &Utf8Path, text: &str, ctx: &Context) -> Result<String, Shown> {
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let file = sources.add(path, text);
    syntax::format(file, text, &mut sink).ok_or_else(|| {
        ctx.show(&sources, &sink.into_sorted());
        Shown
    })
}

fn difference(path: &Utf8Path, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().header(path.as_str(), &format!("{path} (in form)")).to_string()
}

/// A file as named, whatever its extension, or the sources of a folder.
fn sources(path: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Box<Diagnostic>> {
    file::exists(path)?;
    if !Disk.is_folder(path) {
        return Ok(vec![path.to_owned()]);
    }
    let found = Disk.list(path).map_err(|error| {
        Box::new(Diagnostic::error(Code::FileUnreadable, format!("`{path}` can't be read: {error}")))
    })?;
    Ok(found.into_iter().map(|p| p.strip_prefix("./").map(Utf8Path::to_owned).unwrap_or(p)).collect())
}
