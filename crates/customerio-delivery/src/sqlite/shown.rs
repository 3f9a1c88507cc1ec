//! The calls that wait, as people see them.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::row::{self, MOST};
use crate::{CallFilter, KeptCall, Lane, Stored, StoredError, Stream};

/// Every stream that has had a call, and its id.
fn streams(database: &Connection) -> rusqlite::Result<Vec<(i64, Stream)>> {
    database
        .prepare("select id, destination, lane from customerio_stream order by id")?
        .query_map([], |row| {
            let (destination, lane): (String, i64) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, Stream { destination: destination.into(), lane: Lane::from_number(lane) }))
        })?
        .collect()
}

/// The first `limit` calls of each stream behind a number.
pub(super) fn list(
    database: &Connection,
    filter: &CallFilter,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Vec<KeptCall>> {
    let beginning = filter.operation.as_deref().map(Stored::beginning);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "select key, is_marked, checksum, call from customerio_queue
        where key > ?1 and key <= ?2 and (?3 is null or substr(call, 1, length(?3)) = ?3) order by key limit ?4";
    let mut statement = database.prepare(sql)?;
    let mut calls = Vec::new();
    for (id, stream) in streams(database)? {
        if filter.destination.as_ref().is_some_and(|destination| **destination != *stream.destination) {
            continue;
        }
        let keys = (row::key(id, number(after)), row::key(id, MOST));
        let rows = statement.query_map(params![keys.0, keys.1, beginning, limit], |row| shown(row, &stream))?;
        for call in rows {
            calls.push(call?);
        }
    }
    Ok(calls)
}

pub(super) fn show(database: &Connection, of: u64) -> rusqlite::Result<Option<KeptCall>> {
    let mut statement =
        database.prepare("select key, is_marked, checksum, call from customerio_queue where key = ?1")?;
    for (id, stream) in streams(database)? {
        let found = statement.query_row([row::key(id, number(of))], |row| shown(row, &stream)).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn shown(row: &Row<'_>, stream: &Stream) -> rusqlite::Result<KeptCall> {
    let key = row.get(0)?;
    let whole = row::whole(key, [row.get_ref(1)?, row.get_ref(2)?, row.get_ref(3)?]);
    let (is_marked, call) = match whole {
        Some((is_marked, call)) => (is_marked, Stored::from_bytes(call)),
        None => (false, Err(StoredError::damaged())),
    };
    Ok(KeptCall::waiting(row::number(key).cast_unsigned(), stream.clone(), is_marked, call))
}

/// The keys that calls of those numbers may have: a number is of one stream, and which one it does not say.
pub(super) fn keys(database: &Connection, numbers: &[u64]) -> rusqlite::Result<Vec<i64>> {
    let streams = streams(database)?;
    let of = |of: &u64| streams.iter().map(move |(id, _)| row::key(*id, number(*of))).collect::<Vec<_>>();
    Ok(numbers.iter().flat_map(of).collect())
}

/// A number as it stands in a key: none is as high as the highest.
fn number(of: u64) -> i64 {
    of.min(MOST.cast_unsigned()).cast_signed()
}
