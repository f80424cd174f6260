//! `servec init`: a first program, from files that are compiled in.

use camino::{Utf8Path, Utf8PathBuf};
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::report::{Code, Diagnostic};

use super::args::InitArgs;
use super::file;
use super::output::{Context, ExitStatus};

/// The template that is meant when none is named.
pub const DEFAULT: &str = "quickstart";

struct Template {
    name: &'static str,
    about: &'static str,
    /// Path within the new folder, and contents.
    files: &'static [(&'static str, &'static [u8])],
}

/// Files of `examples/quickstart`, so that the example and the template can't part.
macro_rules! quickstart {
    ($($path:literal)*) => {
        &[$(($path, include_bytes!(concat!("../../examples/quickstart/", $path)))),*]
    };
}

const TEMPLATES: &[Template] = &[
    Template {
        name: "quickstart",
        about: "a small real model that tells what kind of file it is given",
        files: quickstart! {
            "main.serve" "models/NOTICE.md" "models/labels.txt" "models/magika.onnx" "samples/mystery.bin"
            "samples/mystery.json"
        },
    },
    Template {
        name: "words",
        about: "a pipeline of the standard library alone, without a model",
        files: &[
            ("main.serve", include_bytes!("templates/words/main.serve")),
            ("samples/page.txt", include_bytes!("templates/words/samples/page.txt")),
            ("samples/lines.json", include_bytes!("templates/words/samples/lines.json")),
        ],
    },
];

/// What `--template` accepts.
pub fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(TEMPLATES.iter().map(|t| PossibleValue::new(t.name).help(t.about)))
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
        let there = crate::report::shown(there);
        let message = format!("`{there}` is there already, and `init` writes over nothing");
        let help = "name another folder, as in `servec init shop`";
        return Err(Box::new(Diagnostic::error(Code::AlreadyThere, message).help(help)));
    }
    for (path, (_, contents)) in paths.iter().zip(files) {
        let folder = path.parent().unwrap_or(Utf8Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| {
            Box::new(Diagnostic::error(Code::Unwritable, format!("`{folder}` can't be made: {error}")))
        })?;
        file::write(path, contents)?;
    }
    Ok(paths)
}
