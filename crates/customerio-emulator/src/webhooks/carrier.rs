//! How webhooks are sent.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use customerio_core::Transport;

/// How webhooks are sent, once that is set.
#[derive(Default)]
pub(crate) struct Carrier(Mutex<Option<Arc<dyn Transport>>>);

impl Carrier {
    pub(crate) fn get(&self) -> Option<Arc<dyn Transport>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, transport: Arc<dyn Transport>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(transport);
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").field("is_set", &self.get().is_some()).finish()
    }
}
