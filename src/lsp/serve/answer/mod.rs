//! Handlers of requests: from the protocol's parameters to the pure core, and its plain answers back.

pub mod change;
pub mod go;
pub mod outline;
pub mod paint;
pub mod write;

use lsp_server::ErrorCode;

/// Why a request has no answer.
#[derive(Debug)]
pub struct Failure {
    pub code: i32,
    pub message: String,
}

pub type Answer<T> = Result<T, Failure>;

/// The request can't be done, for a reason that the user should read (`RequestFailed` of the protocol).
pub fn refused(message: String) -> Failure {
    Failure { code: ErrorCode::RequestFailed as i32, message }
}
