//! Heavy work of which a desk does one at a time: an import, an installation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody is at it.
#[derive(Default)]
pub(crate) struct Turns(AtomicBool);

/// The hold of whoever is; free again when it is dropped, also by a panic.
pub(crate) struct Turn(Arc<Turns>);

impl Turns {
    /// Takes the turn, if nobody has it.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Turn> {
        (!self.0.swap(true, Ordering::AcqRel)).then(|| Turn(Arc::clone(self)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}
