//! Diagnostics: what they are, where passes push them, and how they are shown. Only this folder prints.

mod code;
mod diagnostic;
mod sink;
pub mod suggest;

pub use code::Code;
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
pub use sink::Sink;
