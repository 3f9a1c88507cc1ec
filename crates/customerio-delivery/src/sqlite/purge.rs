//! Rows that name a person.

use rusqlite::Connection;

use super::waiting;
use crate::mentions::bytes_mention;

/// How many rows are read at a time: so long nobody else has the thread of the store.
const PAGE: usize = 500;

/// Where calls are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Table {
    Waiting,
    Dead,
    Damaged,
}

impl Table {
    /// Its name, and that of its key.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("customerio_queue", "key"),
            Self::Dead => ("customerio_dead", "number"),
            Self::Damaged => ("customerio_damaged", "rowid"),
        }
    }
}

/// Some rows of a table.
#[derive(Debug)]
pub(super) struct Page {
    /// The keys of those that name the person.
    pub(super) found: Vec<i64>,
    /// Behind which key the next page begins, unless this was the last.
    pub(super) next: Option<i64>,
}

/// The rows behind a key.
pub(super) fn page(database: &Connection, table: Table, after: i64, identifier: &str) -> rusqlite::Result<Page> {
    let (name, key) = table.names();
    // A row may have lost its type where it was damaged.
    let sql = format!("select {key}, cast(call as blob) from {name} where {key} > ?1 order by {key} limit {PAGE}");
    let mut page = Page { found: Vec::new(), next: None };
    let mut count = 0;
    let mut statement = database.prepare(&sql)?;
    let mut rows = statement.query([after])?;
    while let Some(row) = rows.next()? {
        let key = row.get(0)?;
        if row.get_ref(1)?.as_blob_or_null()?.is_some_and(|call| bytes_mention(call, identifier)) {
            page.found.push(key);
        }
        count += 1;
        page.next = (count == PAGE).then_some(key);
    }
    Ok(page)
}

/// Deletes rows, and says how many were still there.
pub(super) fn delete(database: &Connection, table: Table, keys: &[i64]) -> rusqlite::Result<u64> {
    if let Table::Waiting = table {
        return waiting::remove(database, keys.iter().copied());
    }
    let (name, key) = table.names();
    let mut delete = database.prepare(&format!("delete from {name} where {key} = ?1"))?;
    keys.iter().map(|key| Ok(delete.execute([key])? as u64)).sum()
}
