//! The calls that wait.

use std::collections::{BTreeMap, btree_map::Entry};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    dead,
    lease::{self, Owner},
    problem::Problem,
    row::{self, MOST, Row},
};
use crate::{Fate, Record, StoreError, Stored, Stream};

/// Who sends, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender {
    pub(super) owner: Owner,
    pub(super) epoch: i64,
}

/// Appends calls, up to `limit` bytes in all.
pub(super) fn append(database: &Connection, rows: &[Row], limit: u64) -> Result<Vec<i64>, Problem> {
    let (last, bytes): (i64, i64) =
        database.query_row("select last, bytes from customerio_state", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let more = rows.iter().map(|row| row.call.len()).sum::<usize>().cast_signed() as i64;
    if u64::try_from(bytes.saturating_add(more)).is_ok_and(|bytes| bytes > limit) && more > 0 {
        return Err(Problem::Refused(StoreError::Full { limit }));
    }
    let numbered: Vec<_> = (last + 1..).zip(rows).map(|(number, row)| (number, false, row)).collect();
    insert(database, &numbered)?;
    add(database, rows.len().cast_signed() as i64, more)?;
    let sql = "update customerio_state set last = ?1 where one = 1";
    database.execute(sql, [last + rows.len().cast_signed() as i64])?;
    Ok(numbered.into_iter().map(|(number, ..)| number).collect())
}

/// Inserts calls that have their numbers, without counting them.
pub(super) fn insert(database: &Connection, rows: &[(i64, bool, &Row)]) -> rusqlite::Result<()> {
    let mut streams = BTreeMap::new();
    let sql = "insert into customerio_queue (key, is_marked, checksum, call) values (?1, ?2, ?3, ?4)";
    let mut insert = database.prepare(sql)?;
    for (number, is_marked, row) in rows {
        let stream = match streams.entry((&row.destination, row.lane)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(stream_of(database, &row.destination, row.lane)?),
        };
        let key = row::key(stream, *number);
        insert.execute(params![key, is_marked, row::checksum(row.crc32, key, *is_marked), row.call])?;
    }
    Ok(())
}

/// The id of a stream, which it gets here if it has none.
pub(super) fn stream_of(database: &Connection, destination: &str, lane: u8) -> rusqlite::Result<i64> {
    if let Some(id) = known_stream(database, destination, lane)? {
        return Ok(id);
    }
    let sql = "insert into customerio_stream (destination, lane) values (?1, ?2)";
    database.execute(sql, params![destination, lane])?;
    Ok(database.last_insert_rowid())
}

fn known_stream(database: &Connection, destination: &str, lane: u8) -> rusqlite::Result<Option<i64>> {
    let sql = "select id from customerio_stream where destination = ?1 and lane = ?2";
    database.query_row(sql, params![destination, lane], |row| row.get(0)).optional()
}

/// Counts calls that came or, where it is negative, went.
pub(super) fn add(database: &Connection, calls: i64, bytes: i64) -> rusqlite::Result<()> {
    let sql = "update customerio_state set calls = calls + ?1, bytes = bytes + ?2 where one = 1";
    database.prepare(sql)?.execute([calls, bytes]).map(drop)
}

/// Calls of a stream.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) records: Vec<Record>,
    /// The keys of those that are damaged.
    pub(super) damaged: Vec<i64>,
}

/// The oldest calls of a stream behind a number.
pub(super) fn load(database: &Connection, stream: &Stream, after: u64, bytes: usize) -> rusqlite::Result<Loaded> {
    let mut loaded = Loaded::default();
    let after = i64::try_from(after).unwrap_or(MOST);
    let Some(id) = known_stream(database, &stream.destination, stream.lane.number())? else { return Ok(loaded) };
    let sql = "select key, is_marked, checksum, call from customerio_queue where key > ?1 and key <= ?2 order by key";
    let mut statement = database.prepare(sql)?;
    let mut rows = statement.query([row::key(id, after.min(MOST)), row::key(id, MOST)])?;
    let mut left = bytes;
    while let Some(row) = rows.next()? {
        let key = row.get(0)?;
        let Some((is_marked, call)) = row::whole(key, [row.get_ref(1)?, row.get_ref(2)?, row.get_ref(3)?]) else {
            loaded.damaged.push(key);
            continue;
        };
        if call.len() > left && !loaded.records.is_empty() {
            break;
        }
        left = left.saturating_sub(call.len());
        let number = row::number(key).cast_unsigned();
        loaded.records.push(Record::new(number, is_marked, Stored::from_checked(call)));
    }
    Ok(loaded)
}

/// Takes damaged rows out of the queue, and keeps their bytes. It says how many there were.
pub(super) fn set_aside(database: &Connection, keys: &[i64], now: i64) -> rusqlite::Result<u64> {
    let sql = "insert into customerio_damaged (key, is_marked, checksum, call, found_at)
               select key, is_marked, checksum, call, ?2 from customerio_queue where key = ?1";
    let mut copy = database.prepare(sql)?;
    for key in keys {
        copy.execute([*key, now])?;
    }
    remove(database, keys.iter().copied())
}

/// Deletes calls, and counts them as gone. Returns how many were still there.
pub(super) fn remove(database: &Connection, keys: impl IntoIterator<Item = i64>) -> rusqlite::Result<u64> {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_unstable();
    let (mut rest, mut calls, mut bytes) = (&*keys, 0, 0);
    while !rest.is_empty() {
        let run = Run::first_of(database, rest)?;
        // One statement for all of them: one for each call takes three times as long.
        let sql = "delete from customerio_queue where key between ?1 and ?2";
        database.prepare(sql)?.execute([run.first, run.last])?;
        rest = &rest[run.keys..];
        calls += run.calls;
        bytes += run.bytes;
    }
    add(database, -calls, -bytes)?;
    Ok(calls.cast_unsigned())
}

/// Rows that follow each other, and that all are among some keys.
struct Run {
    first: i64,
    last: i64,
    calls: i64,
    bytes: i64,
    /// How many of the keys are of it, or of rows that are not there.
    keys: usize,
}

impl Run {
    /// The first run of `keys`, which are in order. It has no rows where none is there.
    fn first_of(database: &Connection, keys: &[i64]) -> rusqlite::Result<Self> {
        let (first, end) = (keys[0], keys[keys.len() - 1]);
        let mut run = Self { first, last: first, calls: 0, bytes: 0, keys: 0 };
        let sql = "select key, length(call) from customerio_queue where key between ?1 and ?2 order by key";
        let mut statement = database.prepare(sql)?;
        let mut rows = statement.query([first, end])?;
        while let Some(row) = rows.next()? {
            let key = row.get(0)?;
            run.keys += keys[run.keys..].partition_point(|other| *other < key);
            if keys[run.keys] != key {
                return Ok(run);
            }
            // What was damaged may have no length.
            run.bytes += row.get::<_, Option<i64>>(1)?.unwrap_or_default();
            run.calls += 1;
            run.last = key;
        }
        run.keys = keys.len();
        Ok(run)
    }
}

/// Marks calls: they may be on their way.
pub(super) fn mark(
    database: &Connection,
    sender: Sender,
    stream: &Stream,
    numbers: &[u64],
) -> Result<Vec<u64>, Problem> {
    lease::check(database, &sender.owner, sender.epoch)?;
    set_mark(database, stream, numbers.iter().copied(), true)
}

/// Sets or takes away the mark, and says which calls are there.
fn set_mark(
    database: &Connection,
    stream: &Stream,
    numbers: impl Iterator<Item = u64>,
    is_marked: bool,
) -> Result<Vec<u64>, Problem> {
    let Some(id) = known_stream(database, &stream.destination, stream.lane.number())? else { return Ok(Vec::new()) };
    let sql = "update customerio_queue set checksum = checksum - is_marked + ?2, is_marked = ?2 where key = ?1";
    let mut update = database.prepare(sql)?;
    let mut there = Vec::new();
    for number in numbers {
        let key = row::key(id, number.min(MOST.cast_unsigned()).cast_signed());
        if update.execute(params![key, is_marked])? > 0 {
            there.push(number);
        }
    }
    Ok(there)
}

/// Ends calls.
pub(super) fn settle(
    database: &Connection,
    sender: Sender,
    stream: &Stream,
    fates: &[(u64, Fate)],
    now: i64,
) -> Result<(), Problem> {
    lease::check(database, &sender.owner, sender.epoch)?;
    let Some(id) = known_stream(database, &stream.destination, stream.lane.number())? else { return Ok(()) };
    let again = fates.iter().filter(|(_, fate)| *fate == Fate::Retry).map(|(number, _)| *number);
    set_mark(database, stream, again, false)?;
    let key = |number: &u64| row::key(id, number.min(&MOST.cast_unsigned()).cast_signed());
    for (number, fate) in fates {
        if let Fate::Failed(failure) = fate {
            dead::bury(database, key(number), failure, now)?;
        }
    }
    let ended = fates.iter().filter(|(_, fate)| *fate != Fate::Retry).map(|(number, _)| key(number));
    remove(database, ended)?;
    Ok(())
}
