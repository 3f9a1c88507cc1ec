//! What people see of the store.

use async_trait::async_trait;

use super::{dead, purge, row::int, shown, store::PostgresStore};
use crate::{CallFilter, CallKind, Inspect, KeptCall, ParkedCalls, Purged, Replayed, StoreError, inspect::merged};

#[async_trait]
impl Inspect for PostgresStore {
    async fn list(&self, filter: &CallFilter, after: u64, limit: usize) -> Result<Vec<KeptCall>, StoreError> {
        let (mut waiting, mut dead) = (Vec::new(), Vec::new());
        if filter.takes_kind(CallKind::Waiting) {
            waiting = shown::list(self.others(), filter, after, limit).await?;
        }
        if filter.takes_kind(CallKind::Dead) {
            dead = dead::list(self.others(), filter, after, limit).await?;
        }
        Ok(merged(waiting, dead, limit))
    }

    async fn show(&self, number: u64) -> Result<Option<KeptCall>, StoreError> {
        match shown::show(self.others(), number).await? {
            Some(call) => Ok(Some(call)),
            None => dead::show(self.others(), number).await,
        }
    }

    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError> {
        let mut found = dead::exhume(self.others(), numbers, parked).await?;
        let mut outcomes: Vec<_> = Vec::with_capacity(numbers.len());
        let mut rows = Vec::new();
        for number in numbers {
            let number = int(*number);
            // A number that is said twice is there once.
            outcomes.push(match found.remove(&number) {
                Some(Ok(row)) => {
                    rows.push((number, row));
                    Err(number)
                }
                Some(Err(other)) => Ok(other),
                None => Ok(Replayed::Unknown),
            });
        }
        let all: Vec<_> = rows.iter().map(|(_, row)| row.clone()).collect();
        self.take_room(&all).await?;
        let rows: Vec<_> = rows.iter().map(|(number, row)| (*number, row)).collect();
        let new = dead::replay(self.others(), &rows).await?;
        // Somebody else may have taken one meanwhile.
        let waits = |old: i64| {
            new.get(&old).map_or(Replayed::Unknown, |number| Replayed::Waits { number: number.cast_unsigned() })
        };
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(waits)).collect())
    }

    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError> {
        shown::discard(self.others(), numbers).await
    }

    async fn purge(&self, identifier: &str) -> Result<Purged, StoreError> {
        // In this order: what fails meanwhile is found where it goes.
        let waiting = purge::waiting(self.others(), identifier).await?;
        let dead = purge::dead(self.others(), identifier).await?;
        Ok(Purged { waiting, dead, damaged: 0 })
    }
}
