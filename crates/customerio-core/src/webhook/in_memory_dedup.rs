//! The events of the last days, in memory.

use std::{
    collections::{BTreeMap, VecDeque},
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{Claim, DedupError, DedupStore};
use crate::{Timestamp, macros::opaque_debug};

/// Remembers the ids of events for a time, and no more than a number of them: the oldest are forgotten first.
///
/// ```
/// use std::time::Duration;
/// use customerio_core::webhook::{Claim, InMemoryDedup};
///
/// let mut seen = InMemoryDedup::new().with_age(Duration::from_secs(60));
/// assert_eq!(seen.claim("01E4", 0.into()), Claim::New);
/// assert_eq!(seen.claim("01E4", 1.into()), Claim::InProgress);
/// seen.done("01E4", 2.into());
/// assert_eq!(seen.claim("01E4", 61.into()), Claim::Done);
/// assert_eq!(seen.claim("01E4", 62.into()), Claim::New);
/// ```
///
/// A `Mutex<InMemoryDedup>` is a [`DedupStore`](super::DedupStore).
pub struct InMemoryDedup {
    events: BTreeMap<Arc<str>, Entry>,
    /// Each entry in the order in which it came to its state, and some that have changed since.
    order: VecDeque<(Arc<str>, u64)>,
    changes: u64,
    age: Duration,
    size: NonZeroUsize,
    lease: Duration,
}

#[derive(Clone, Copy)]
struct Entry {
    is_done: bool,
    since: Timestamp,
    change: u64,
}

opaque_debug!(InMemoryDedup);

impl InMemoryDedup {
    /// A memory of seven days, because for so long the service repeats a call, and of 100,000 ids. A claim lapses after
    /// ten minutes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            events: BTreeMap::new(),
            order: VecDeque::new(),
            changes: 0,
            age: Duration::from_secs(7 * 24 * 60 * 60),
            size: NonZeroUsize::new(100_000).unwrap_or(NonZeroUsize::MIN),
            lease: Duration::from_secs(10 * 60),
        }
    }

    /// How long a handled event is remembered.
    #[must_use]
    pub fn with_age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// How many events are remembered. It should be far more than are handled at a time: one that is forgotten is new
    /// when it comes again.
    #[must_use]
    pub fn with_size(mut self, size: NonZeroUsize) -> Self {
        self.size = size;
        self
    }

    /// After how long a claim lapses. It should be longer than handling an event can take: after it, an event that comes
    /// again is handled again.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Claims an event: see [`DedupStore::claim`](super::DedupStore::claim).
    pub fn claim(&mut self, event_id: &str, now: Timestamp) -> Claim {
        self.forget_old(now);
        match self.events.get(event_id).filter(|entry| !self.has_lapsed(entry, now)) {
            Some(entry) if entry.is_done => Claim::Done,
            Some(_) => Claim::InProgress,
            None => {
                self.set(event_id, false, now);
                Claim::New
            }
        }
    }

    /// The event was handled, whoever had claimed it.
    pub fn done(&mut self, event_id: &str, now: Timestamp) {
        self.set(event_id, true, now);
    }

    /// The event was not handled, and can be claimed again. One that is done stays so.
    pub fn release(&mut self, event_id: &str) {
        if self.events.get(event_id).is_some_and(|entry| !entry.is_done) {
            self.events.remove(event_id);
        }
    }

    /// How many events are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// A clock that goes back makes nothing older.
    fn has_lapsed(&self, entry: &Entry, now: Timestamp) -> bool {
        let elapsed = u64::try_from(now.unix_seconds().saturating_sub(entry.since.unix_seconds())).unwrap_or(0);
        Duration::from_secs(elapsed) >= if entry.is_done { self.age } else { self.lease }
    }

    fn set(&mut self, event_id: &str, is_done: bool, since: Timestamp) {
        let id: Arc<str> = event_id.into();
        self.changes += 1;
        self.order.push_back((id.clone(), self.changes));
        self.events.insert(id, Entry { is_done, since, change: self.changes });
        while self.events.len() > self.size.get() {
            self.forget_first();
        }
        // Claims that were released or are done leave something behind: no more of it than there are events.
        if self.order.len() > 2 * self.size.get() {
            let events = &self.events;
            self.order.retain(|(id, change)| events.get(id).is_some_and(|entry| entry.change == *change));
        }
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((id, change)) = self.order.front() {
            let entry = self.events.get(id).filter(|entry| entry.change == *change);
            if entry.is_some_and(|entry| !self.has_lapsed(entry, now)) {
                break;
            }
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((id, change)) = self.order.pop_front()
            && self.events.get(&id).is_some_and(|entry| entry.change == change)
        {
            self.events.remove(&id);
        }
    }
}

impl Default for InMemoryDedup {
    fn default() -> Self {
        Self::new()
    }
}

/// A memory in the process: for one that runs alone and may forget when it ends.
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
impl DedupStore for Mutex<InMemoryDedup> {
    async fn claim(&self, event_id: &str, now: Timestamp) -> Result<Claim, DedupError> {
        Ok(self.lock().unwrap_or_else(PoisonError::into_inner).claim(event_id, now))
    }

    async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError> {
        self.lock().unwrap_or_else(PoisonError::into_inner).done(event_id, now);
        Ok(())
    }

    async fn release(&self, event_id: &str) -> Result<(), DedupError> {
        self.lock().unwrap_or_else(PoisonError::into_inner).release(event_id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> InMemoryDedup {
        let size = NonZeroUsize::new(3).unwrap();
        InMemoryDedup::new().with_age(Duration::from_secs(100)).with_lease(Duration::from_secs(10)).with_size(size)
    }

    /// What is done to a memory, and what claims find.
    enum Step {
        Claim(&'static str, i64, Claim),
        Done(&'static str, i64),
        Release(&'static str),
        Holds(usize),
    }
    use Claim::{InProgress, New};
    use Step::{Claim as Claims, Done, Holds, Release};

    #[test]
    fn an_event_is_new_until_it_is_claimed_and_done_when_it_is_said_to_be() {
        let scripts: [(&str, &[Step]); 9] = [
            ("once", &[Claims("a", 0, New), Claims("a", 0, InProgress), Done("a", 1), Claims("a", 2, Claim::Done)]),
            ("each by itself", &[Claims("a", 0, New), Claims("b", 0, New), Done("a", 0), Claims("b", 0, InProgress)]),
            ("a failure", &[Claims("a", 0, New), Release("a"), Holds(0), Claims("a", 0, New)]),
            (
                "a release after the end",
                &[Claims("a", 0, New), Done("a", 0), Release("a"), Claims("a", 0, Claim::Done)],
            ),
            ("a lapsed claim", &[Claims("a", 0, New), Claims("a", 9, InProgress), Claims("a", 10, New)]),
            (
                "by age",
                &[
                    Claims("a", 0, New),
                    Done("a", 5),
                    Claims("a", 104, Claim::Done),
                    Claims("b", 105, New),
                    Holds(1),
                    Claims("a", 105, New),
                ],
            ),
            (
                "by size, the oldest first",
                &[
                    Done("a", 0),
                    Done("b", 0),
                    Done("c", 0),
                    Done("a", 0),
                    Done("d", 0),
                    Holds(3),
                    Claims("a", 0, Claim::Done),
                    Claims("b", 0, New),
                ],
            ),
            (
                "a claim that lapses behind what does not",
                &[Done("a", 0), Claims("b", 0, New), Claims("b", 11, New), Claims("a", 11, Claim::Done)],
            ),
            ("a clock that goes back", &[Claims("a", 100, New), Claims("a", 0, InProgress), Done("a", 0)]),
        ];
        for (name, script) in scripts {
            let mut seen = seen();
            for (number, step) in script.iter().enumerate() {
                match step {
                    Claims(id, now, expected) => {
                        assert_eq!(seen.claim(id, (*now).into()), *expected, "{name}, step {number}");
                    }
                    Done(id, now) => seen.done(id, (*now).into()),
                    Release(id) => seen.release(id),
                    Holds(count) => assert_eq!(seen.len(), *count, "{name}, step {number}"),
                }
            }
        }
    }

    #[test]
    fn memory_is_bounded_whatever_happens() {
        let mut seen = seen();
        for round in 0..1_000 {
            seen.claim("a", round.into());
            seen.release("a");
            seen.done(&round.to_string(), round.into());
            assert!(seen.len() <= 3 && seen.order.len() <= 6, "{} {}", seen.len(), seen.order.len());
        }
    }
}
