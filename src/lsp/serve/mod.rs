//! The transport: messages in, answers out. One thread answers, in the order of the messages; another checks programs.

pub mod answer;
pub mod documents;
mod library;
mod offer;
mod programs;
mod publish;
pub mod routes;
pub mod server;
pub mod session;
pub mod uri;
pub mod wire;
pub mod worker;
mod workspace;

pub use server::{Ended, serve};
