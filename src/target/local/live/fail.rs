//! What went wrong here, as diagnostics.

use camino::Utf8Path;

use crate::report::{Code, Diagnostic};
use crate::resource::Address;
use crate::target::Failure;

/// `action` is a verb: `read`, `write`.
pub fn data_folder(action: &str, path: &Utf8Path, error: &std::io::Error) -> Failure {
    let message = format!("can't {action} `{path}`: {error}");
    let help = "the stack's files lie in `.servec` beside the program; `SERVEC_DATA` names another folder";
    Box::new(Diagnostic::error(Code::DataFolder, message).help(help))
}

pub fn not_as_asked(address: &Address, why: &str) -> Failure {
    let message = format!("`{address}` is not served as asked: {why}");
    Box::new(Diagnostic::error(Code::NotAsAsked, message).help("`servec plan` shows the difference"))
}
