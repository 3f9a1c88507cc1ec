//! What people see of the store.

use async_trait::async_trait;
use rusqlite::Connection;

use super::{
    dead,
    problem::Problem,
    purge::{self, Table},
    shown,
    store::SqliteStore,
    waiting,
};
use crate::{CallFilter, CallKind, Inspect, KeptCall, ParkedCalls, Purged, Replayed, StoreError, inspect::merged};

#[async_trait]
impl Inspect for SqliteStore {
    async fn list(&self, filter: &CallFilter, after: u64, limit: usize) -> Result<Vec<KeptCall>, StoreError> {
        let filter = filter.clone();
        self.read(move |database| {
            let (mut waiting, mut dead) = (Vec::new(), Vec::new());
            if filter.takes_kind(CallKind::Waiting) {
                waiting = shown::list(database, &filter, after, limit)?;
            }
            if filter.takes_kind(CallKind::Dead) {
                dead = dead::list(database, &filter, after, limit)?;
            }
            Ok(merged(waiting, dead, limit))
        })
        .await
    }

    async fn show(&self, number: u64) -> Result<Option<KeptCall>, StoreError> {
        self.read(move |database| match shown::show(database, number)? {
            Some(call) => Ok(Some(call)),
            None => dead::show(database, number),
        })
        .await
    }

    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError> {
        let (numbers, limit) = (numbers.to_vec(), self.limit());
        self.write(move |database| replay(database, &numbers, parked, limit)).await
    }

    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError> {
        let numbers = numbers.to_vec();
        let discard = move |database: &Connection| {
            Ok(waiting::remove(database, shown::keys(database, &numbers)?)? + dead::discard(database, &numbers)?)
        };
        self.write(discard).await
    }

    async fn purge(&self, identifier: &str) -> Result<Purged, StoreError> {
        // In this order: what fails meanwhile is found where it goes.
        let waiting = self.purge_table(Table::Waiting, identifier).await?;
        let dead = self.purge_table(Table::Dead, identifier).await?;
        let damaged = self.purge_table(Table::Damaged, identifier).await?;
        Ok(Purged { waiting, dead, damaged })
    }
}

impl SqliteStore {
    /// Page after page, so that others can write in between.
    async fn purge_table(&self, table: Table, identifier: &str) -> Result<u64, StoreError> {
        let (mut purged, mut next) = (0, Some(i64::MIN));
        while let Some(after) = next {
            let of = identifier.to_owned();
            let page = self.read(move |database| purge::page(database, table, after, &of)).await?;
            if !page.found.is_empty() {
                purged += self.write(move |database| Ok(purge::delete(database, table, &page.found)?)).await?;
            }
            next = page.next;
        }
        Ok(purged)
    }
}

/// All in one transaction, though what is refused here has written something: the savepoint takes it back.
fn replay(database: &Connection, numbers: &[u64], parked: ParkedCalls, limit: u64) -> Result<Vec<Replayed>, Problem> {
    database.execute_batch("savepoint customerio_replay")?;
    let result = dead::exhume(database, numbers, parked).and_then(|found| {
        let rows: Vec<_> = found.iter().filter_map(|found| found.as_ref().ok().cloned()).collect();
        let mut appended = waiting::append(database, &rows, limit)?.into_iter();
        let mut waits =
            || appended.next().map_or(Replayed::Unknown, |number| Replayed::Waits { number: number.cast_unsigned() });
        Ok(found.into_iter().map(|found| found.map_or_else(|other| other, |_| waits())).collect())
    });
    if result.is_err() {
        database.execute_batch("rollback to customerio_replay")?;
    }
    database.execute_batch("release customerio_replay")?;
    result
}
