//! The dead letters of the store.

use async_trait::async_trait;
use rusqlite::Connection;

use super::{dead, problem::Problem, store::SqliteStore, waiting};
use crate::{DeadLetter, DeadLetterFilter, DeadLetters, ParkedCalls, Replayed, StoreError};

#[async_trait]
impl DeadLetters for SqliteStore {
    async fn list(&self, filter: &DeadLetterFilter, after: u64, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        let filter = filter.clone();
        self.read(move |database| dead::list(database, &filter, after, limit)).await
    }

    async fn show(&self, number: u64) -> Result<Option<DeadLetter>, StoreError> {
        self.read(move |database| dead::show(database, number)).await
    }

    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError> {
        let (numbers, limit) = (numbers.to_vec(), self.limit());
        self.write(move |database| replay(database, &numbers, parked, limit)).await
    }

    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError> {
        let numbers = numbers.to_vec();
        self.write(move |database| Ok(dead::discard(database, &numbers)?)).await
    }

    async fn purge(&self, identifier: &str) -> Result<u64, StoreError> {
        let identifier = identifier.to_owned();
        self.write(move |database| Ok(dead::purge(database, &identifier)?)).await
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
