//! One number after another, for everything that a workspace keeps: what came later has a higher one.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The numbers. A clone goes on with the same ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequence(Arc<AtomicU64>);

impl Sequence {
    /// The next number. The first is 1.
    pub(crate) fn next(&self) -> u64 {
        // All that counts is under one lock.
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Goes on after a number, unless it is there already.
    pub(crate) fn reach(&self, number: u64) {
        self.0.fetch_max(number, Ordering::Relaxed);
    }

    /// The last number that was given, or 0.
    pub(crate) fn last(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
