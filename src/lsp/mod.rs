//! The language server: what editors ask about a program while it is written. The core is pure (an [`Analysis`], a position, an
//! answer of plain data); [`serve`] is the thin transport around it. It finds what `servec check` finds, by the same calls.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a question is about a few kinds of node, and a kind yet to come is one that it is not about"
)]

pub mod actions;
pub mod analysis;
pub mod calls;
pub mod complete;
pub mod context;
pub mod folding;
pub mod formatting;
pub mod hints;
pub mod hover;
mod keywords;
pub mod lenses;
mod lex;
mod library;
pub mod links;
pub mod marks;
pub mod navigate;
mod place;
pub mod rename;
pub mod selection;
pub mod serve;
mod show;
pub mod signature;
mod stacks;
pub mod symbols;
pub mod tokens;
mod uses;

pub use analysis::{Analysis, At, Buffers, Root};
