//! Whether there is room for more.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{link::Link, row::Row, statistics};
use crate::StoreError;

/// How long a count is good for, with what was appended since.
const GOOD: Duration = Duration::from_secs(10);

/// How many bytes wait, about: what was counted, and what was appended since.
#[derive(Debug, Default)]
pub(super) struct Room(Mutex<Option<Count>>);

#[derive(Clone, Copy, Debug)]
struct Count {
    bytes: u64,
    at: Instant,
}

impl Room {
    fn count(&self) -> MutexGuard<'_, Option<Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what goes over `limit`, by a count that was made just now.
    pub(super) async fn take(&self, link: &Link, limit: Option<u64>, rows: &[Row]) -> Result<(), StoreError> {
        let Some(limit) = limit else { return Ok(()) };
        let more = rows.iter().map(|row| row.call.len() as u64).sum::<u64>();
        if more == 0 || self.takes(more, limit) {
            return Ok(());
        }
        let at = Instant::now();
        let (_, bytes) = statistics::counted(link).await?;
        *self.count() = Some(Count { bytes, at });
        if self.takes(more, limit) { Ok(()) } else { Err(StoreError::Full { limit }) }
    }

    fn takes(&self, more: u64, limit: u64) -> bool {
        let mut count = self.count();
        let good =
            count.as_mut().filter(|count| count.at.elapsed() < GOOD && count.bytes.saturating_add(more) <= limit);
        good.map(|count| count.bytes += more).is_some()
    }
}
