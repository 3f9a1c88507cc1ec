//! The memory for what is never forgotten: people, objects, suppressed identifiers and what a workspace has beside share it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{server::reply::Refusal, store::capacity::MOST_MEMORY};

/// How much of it is taken. A clone is the same room.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    taken: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Default for Room {
    fn default() -> Self {
        Self::of(MOST_MEMORY)
    }
}

impl Room {
    pub(crate) fn of(most: usize) -> Self {
        Self { taken: Arc::default(), most: Arc::new(AtomicUsize::new(most)) }
    }

    /// From now on there is so much of it, whatever is taken.
    pub(crate) fn limit(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Refuses a call that would add something where there is no room. What one call adds is not looked at: it is no more
    /// than the values of its body take, which are bounded too.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        // All that counts is under one lock.
        let most = self.most.load(Ordering::Relaxed);
        if self.taken.load(Ordering::Relaxed) >= most {
            return Err(Refusal::full("bytes of people, objects and what a workspace has beside", most));
        }
        Ok(())
    }

    /// Something that took `before` bytes takes `after` now.
    pub(crate) fn change(&self, before: usize, after: usize) {
        if after >= before {
            self.taken.fetch_add(after - before, Ordering::Relaxed);
        } else {
            self.taken.fetch_sub(before - after, Ordering::Relaxed);
        }
    }

    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}
