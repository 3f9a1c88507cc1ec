//! What a queue has counted.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use customerio_core::Timestamp;

#[cfg(feature = "metrics")]
use crate::figures;
use crate::{Event, Reason};

/// The bounds of the times from being enqueued to being accepted, in milliseconds.
const BOUNDS: [u64; 12] = [5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000, 300_000, 3_600_000];

/// The counters of a queue since it was started.
///
/// It costs nothing to read: print it, or hand it to `metrics` or OpenTelemetry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that were taken.
    pub enqueued: u64,
    /// Calls that Customer.io accepted.
    pub done: u64,
    /// Calls that became dead letters and were not parked.
    pub dead: u64,
    /// Calls that were parked: they may have arrived, and are not sent again by themselves.
    pub parked: u64,
    /// How many there were of each reason.
    pub failed: Vec<(Reason, u64)>,
    /// Requests that failed and were sent again.
    pub retries: u64,
    /// Calls that were turned away because the queue was full.
    pub full: u64,
    /// How often a stream stood still because the credentials or the route were refused.
    pub blocked: u64,
    /// How often the store failed.
    pub store_failures: u64,
    /// The times from being enqueued to being accepted: how many took at most so long, and not less than the one before.
    /// The last has no bound.
    pub delays: Vec<(Duration, u64)>,
}

/// The same, while it changes.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    enqueued: AtomicU64,
    full: AtomicU64,
    store_failures: AtomicU64,
    done: AtomicU64,
    failed: [AtomicU64; Reason::ALL.len()],
    retries: AtomicU64,
    blocked: AtomicU64,
    delays: [AtomicU64; BOUNDS.len() + 1],
}

impl Counters {
    pub(crate) fn enqueued(&self) {
        self.enqueued.fetch_add(1, Relaxed);
        #[cfg(feature = "metrics")]
        figures::enqueued();
    }

    pub(crate) fn full(&self) {
        self.full.fetch_add(1, Relaxed);
        #[cfg(feature = "metrics")]
        figures::full();
    }

    pub(crate) fn store_failed(&self) {
        self.store_failures.fetch_add(1, Relaxed);
        #[cfg(feature = "metrics")]
        figures::store_failed();
    }

    pub(crate) fn count(&self, event: &Event, now: Timestamp) {
        match event {
            Event::Done { stored_at, .. } => {
                self.done.fetch_add(1, Relaxed);
                let millis = now.unix_millis().saturating_sub(stored_at.unix_millis());
                let millis = u64::try_from(millis).unwrap_or_default();
                let bucket = BOUNDS.partition_point(|bound| *bound < millis);
                self.delays[bucket].fetch_add(1, Relaxed);
            }
            Event::Failed { failure, .. } => {
                let place = Reason::ALL.iter().position(|reason| *reason == failure.reason).unwrap_or_default();
                self.failed[place].fetch_add(1, Relaxed);
            }
            Event::Retrying { .. } => drop(self.retries.fetch_add(1, Relaxed)),
            Event::Blocked(_) => drop(self.blocked.fetch_add(1, Relaxed)),
            Event::Unblocked => {}
        }
    }

    pub(crate) fn read(&self) -> Counts {
        let failed: Vec<_> = Reason::ALL.into_iter().zip(self.failed.iter().map(|count| count.load(Relaxed))).collect();
        let sum = |is_parked| failed.iter().filter(|(reason, _)| reason.is_parked() == is_parked).map(|(_, n)| n).sum();
        let bounds = BOUNDS.into_iter().map(Duration::from_millis).chain([Duration::MAX]);
        Counts {
            enqueued: self.enqueued.load(Relaxed),
            done: self.done.load(Relaxed),
            dead: sum(false),
            parked: sum(true),
            retries: self.retries.load(Relaxed),
            full: self.full.load(Relaxed),
            blocked: self.blocked.load(Relaxed),
            store_failures: self.store_failures.load(Relaxed),
            delays: bounds.zip(self.delays.iter().map(|count| count.load(Relaxed))).collect(),
            failed,
        }
    }
}
