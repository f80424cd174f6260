//! `servec init`: a first program, from files that are compiled in.

use camino::{Utf8Path, Utf8PathBuf};
use clap::builder::PossibleValuesParser;

use crate::report::{Code, Diagnostic};

use super::args::InitArgs;
use super::output::{self, Context, ExitStatus};

/// The template that is meant when none is named.
pub const DEFAULT: &str = "quickstart";

struct Template {
    name: &'static str,
    /// Path within the new folder, and contents.
    files: &'static [(&'static str, &'static [u8])],
}

const TEMPLATES: &[Template] = &[];

/// What `--template` accepts.
pub fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(TEMPLATES.iter().map(|t| t.name))
}

pub fn run(args: &InitArgs, ctx: &Context) -> ExitStatus {
    match create(args) {
        Ok(written) => {
            for path in written {
                ctx.say(&format!("wrote {path}"));
            }
            ctx.say(&format!("next: servec try {}", args.folder));
            ExitStatus::Done
        }
        Err(diagnostic) => ctx.fail(*diagnostic),
    }
}

fn create(args: &InitArgs) -> Result<Vec<Utf8PathBuf>, Box<Diagnostic>> {
    let files = TEMPLATES.iter().find(|t| t.name == args.template).map_or(&[][..], |t| t.files);
    let paths: Vec<Utf8PathBuf> = files.iter().map(|(path, _)| args.folder.join(path)).collect();
    // All or nothing: look before anything is written.
    if let Some(there) = paths.iter().find(|p| p.symlink_metadata().is_ok()) {
        let message = format!("`{there}` is there already, and `init` writes over nothing");
        let help = "name another folder, as in `servec init shop`";
        return Err(Box::new(Diagnostic::error(Code::AlreadyThere, message).help(help)));
    }
    for (path, (_, contents)) in paths.iter().zip(files) {
        let folder = path.parent().unwrap_or(Utf8Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| {
            Box::new(Diagnostic::error(Code::Unwritable, format!("`{folder}` can't be made: {error}")))
        })?;
        output::write(path, contents)?;
    }
    Ok(paths)
}
