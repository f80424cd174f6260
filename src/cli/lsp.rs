//! `servec lsp`: the language server, over standard input and output. Editors start it.

use lsp_server::Connection;

use crate::compile::Options;
use crate::lsp::serve::{Ended, routes, serve};
use crate::report::{Code, Diagnostic};

use super::args::LspArgs;
use super::output::{Context, ExitStatus};

pub fn run(_: &LspArgs, ctx: &Context) -> ExitStatus {
    let (connection, threads) = Connection::stdio();
    // Each program is read from within its own folder, so that what is named here is named from where we are.
    let absolute = |path: &camino::Utf8PathBuf| {
        let full = std::path::absolute(path).ok()?;
        camino::Utf8PathBuf::from_path_buf(full).ok()
    };
    let options = Options {
        vars: ctx.options.vars.as_ref().and_then(absolute),
        capabilities: ctx.options.capabilities.as_ref().and_then(absolute),
        ..ctx.options.clone()
    };
    let ended = serve(&connection, &options, routes::all());
    drop(connection);
    match ended {
        Ok(Ended::AsAsked) => {
            // A client that is gone already is no mistake.
            let _ = threads.join();
            ExitStatus::Done
        }
        Ok(Ended::Abruptly) => ExitStatus::Failed,
        Err(error) => {
            ctx.fail(Diagnostic::error(Code::Unwritable, format!("the editor does not speak the protocol: {error}")))
        }
    }
}
