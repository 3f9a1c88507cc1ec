//! The calls that failed.

use std::collections::BTreeMap;

use customerio_core::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    problem::Problem,
    row::{self, Row},
};
use crate::{
    CallFilter, Failure, KeptCall, Lane, ParkedCalls, Reason, Replayed, Statistics, Stored, StoredError, Stream,
};

/// Copies a call from the queue: it failed.
pub(super) fn bury(database: &Connection, key: i64, failure: &Failure, now: i64) -> rusqlite::Result<()> {
    let sql = "select checksum - 2 * key - is_marked, call from customerio_queue where key = ?1";
    let row = database.query_row(sql, [key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((crc32, call)): Option<(i64, Vec<u8>)> = row else { return Ok(()) };
    let (number, stream) = (row::number(key), row::stream(key));
    insert(database, &Burial { number, stream, failure, failed_at: now, checksum: crc32 + 2 * number, call: &call })
}

/// What is written of a call that failed.
#[derive(Debug)]
pub(super) struct Burial<'a> {
    pub(super) number: i64,
    pub(super) stream: i64,
    pub(super) failure: &'a Failure,
    pub(super) failed_at: i64,
    pub(super) checksum: i64,
    pub(super) call: &'a [u8],
}

/// Writes a dead letter.
pub(super) fn insert(database: &Connection, burial: &Burial<'_>) -> rusqlite::Result<()> {
    let operation = Stored::from_bytes(burial.call).map(|call| call.operation()).unwrap_or_default();
    let Failure { reason, status, field, message, .. } = burial.failure;
    database
        .prepare(
            "insert or replace into customerio_dead
             (number, stream, operation, reason, status, field, message, failed_at, checksum, call)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            burial.number,
            burial.stream,
            operation,
            reason.as_str(),
            status,
            field,
            message,
            burial.failed_at,
            burial.checksum,
            burial.call
        ])
        .map(drop)
}

/// A row of a dead letter, before its call is read.
#[derive(Debug)]
struct Buried {
    number: i64,
    destination: String,
    lane: u8,
    failure: Failure,
    failed_at: i64,
    call: Result<Vec<u8>, StoredError>,
}

const COLUMNS: &str = "select number, coalesce(destination, ''), coalesce(lane, 0), reason, status, field, message, failed_at, checksum, call
     from customerio_dead left join customerio_stream on id = stream";

impl Buried {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let (number, reason): (i64, String) = (row.get(0)?, row.get(3)?);
        let call: Vec<u8> = row.get(9)?;
        let is_whole = row.get::<_, i64>(8)? == row::checksum(crc32fast::hash(&call), number, false);
        let reason = Reason::from_name(&reason).unwrap_or(Reason::Invalid);
        Ok(Self {
            number,
            destination: row.get(1)?,
            lane: row.get(2)?,
            failure: Failure::new(reason).with_status(row.get(4)?).with_field(row.get(5)?).with_message(row.get(6)?),
            failed_at: row.get(7)?,
            call: if is_whole { Ok(call) } else { Err(StoredError::damaged()) },
        })
    }

    fn shown(self) -> KeptCall {
        let stream = Stream { destination: self.destination.into(), lane: Lane::from_number(self.lane) };
        let call = self.call.and_then(|call| Stored::from_bytes(&call));
        let failed_at = Timestamp::from_unix_millis(self.failed_at);
        KeptCall::dead(self.number.cast_unsigned(), stream, self.failure, failed_at, call)
    }
}

pub(super) fn list(
    database: &Connection,
    filter: &CallFilter,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Vec<KeptCall>> {
    let sql = format!(
        "{COLUMNS} where number > ?1 and (?2 is null or reason = ?2) and (?3 is null or operation = ?3)
         and (?4 is null or destination = ?4) order by number limit ?5"
    );
    let parameters = params![
        number(after),
        filter.reason.map(Reason::as_str),
        filter.operation,
        filter.destination,
        i64::try_from(limit).unwrap_or(i64::MAX)
    ];
    database.prepare(&sql)?.query_map(parameters, |row| Ok(Buried::read(row)?.shown()))?.collect()
}

pub(super) fn show(database: &Connection, of: u64) -> rusqlite::Result<Option<KeptCall>> {
    Ok(find(database, of)?.map(Buried::shown))
}

fn find(database: &Connection, of: u64) -> rusqlite::Result<Option<Buried>> {
    database.query_row(&format!("{COLUMNS} where number = ?1"), [number(of)], Buried::read).optional()
}

/// Takes the calls out that are to be replayed, and says which they are, or what is with the others.
pub(super) fn exhume(
    database: &Connection,
    numbers: &[u64],
    parked: ParkedCalls,
) -> Result<Vec<Result<Row, Replayed>>, Problem> {
    let mut found = Vec::with_capacity(numbers.len());
    for of in numbers {
        found.push(match find(database, *of)? {
            None => Err(Replayed::Unknown),
            Some(letter) if letter.failure.reason.is_parked() && parked == ParkedCalls::Leave => Err(Replayed::Parked),
            Some(Buried { call: Err(_), .. }) => Err(Replayed::Damaged),
            Some(Buried { call: Ok(call), destination, lane, failure, .. }) => {
                database.execute("delete from customerio_dead where number = ?1", [number(*of)])?;
                let call = match Stored::from_bytes(&call) {
                    Ok(read) if failure.reason == Reason::Expired => read.without_expiry().to_bytes(),
                    _ => call,
                };
                Ok(Row::of(destination.into(), lane, call))
            }
        });
    }
    Ok(found)
}

pub(super) fn discard(database: &Connection, numbers: &[u64]) -> rusqlite::Result<u64> {
    let mut delete = database.prepare("delete from customerio_dead where number = ?1")?;
    numbers.iter().map(|of| Ok(delete.execute([number(*of)])? as u64)).sum()
}

/// Forgets what failed before that time, in milliseconds since 1970.
pub(super) fn forget(database: &Connection, before: i64) -> rusqlite::Result<()> {
    database.execute("delete from customerio_dead where failed_at < ?1", [before])?;
    database.execute("delete from customerio_damaged where found_at < ?1", [before]).map(drop)
}

/// What there is at `now`, in milliseconds since 1970.
pub(super) fn statistics(database: &Connection, now: i64) -> rusqlite::Result<Statistics> {
    let sql = "select calls, bytes, last from customerio_state";
    let (waiting, bytes, last): (i64, i64, i64) =
        database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    // The first of each stream, as far as they can be read.
    let sql = "select call from customerio_stream join customerio_queue
               on key = (select min(key) from customerio_queue where key > id << 48 and key < (id + 1) << 48)";
    let oldest = database
        .prepare(sql)?
        .query_map([], |row| row.get::<_, Vec<u8>>(0))?
        .filter_map(|call| call.map(|call| Stored::from_bytes(&call).ok().map(|call| call.stored_at())).transpose())
        .collect::<rusqlite::Result<Vec<_>>>()?
        .into_iter()
        .min();
    let dead: BTreeMap<String, i64> = database
        .prepare("select reason, count(*) from customerio_dead group by reason")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let sql = "select until from customerio_sender where owner is not null and until > ?1";
    let leased_until = database.query_row(sql, [now], |row| row.get(0)).optional()?;
    Ok(Statistics {
        waiting: waiting.max(0).cast_unsigned(),
        bytes: bytes.max(0).cast_unsigned(),
        last: last.max(0).cast_unsigned(),
        oldest,
        dead: Reason::ALL
            .into_iter()
            .filter_map(|reason| dead.get(reason.as_str()).map(|count| (reason, count.cast_unsigned())))
            .collect(),
        leased_until: leased_until.map(Timestamp::from_unix_millis),
    })
}

/// A number as SQLite has it.
fn number(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
