//! The language server: its core by cases, its loop and its transport by real clients.

mod cases;
mod client;
mod fuzz;
mod neovim;
mod protocol;
mod same;
mod show;
mod stdio;
