//! `serve-runtime`: one process that serves one endpoint, given a [`serve_spec::Spec`].

pub mod transform;
pub mod value;
