//! The retry budget.

use std::sync::atomic::{AtomicU32, Ordering};

/// The retries that are left, in tenths.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u32,
    left: AtomicU32,
}

const RETRY: u32 = 10;

impl Budget {
    pub(crate) fn new(retries: u32) -> Self {
        let most = retries.saturating_mul(RETRY);
        Self { most, left: AtomicU32::new(most) }
    }

    /// A budget of the same size, with nothing taken.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.most / RETRY)
    }

    /// Takes a retry, if one is left.
    pub(crate) fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(RETRY)).is_ok()
    }

    /// Gives a tenth of a retry back.
    pub(crate) fn give(&self) {
        // Writes nothing while the budget is full, which is the usual case.
        let more = |left| (left < self.most).then_some(left + 1);
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}
