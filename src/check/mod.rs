//! From files and names to checked stacks.

pub mod pipeline;
pub mod signature;
pub mod types;
