//! How a user stops an apply: a flag that is looked at between steps, so that none is left half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared between who raises it (ctrl-c) and who looks at it (the walk).
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub fn new() -> Self {
        Self::default()
    }

    /// Ask to stop after the steps that run now. Can't be taken back.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
