//! What is found in a database that SQLite refuses, or in a write-ahead log whose end it does not read.

use std::collections::BTreeMap;

use customerio_core::Replay;
use rusqlite::Connection;

use super::{
    dead::{self, Burial},
    files::{self, Files},
    high_water::HighWater,
    pages::{Pages, TableRow, Value},
    pragmas,
    problem::Trouble,
    repairs::Repairs,
    row::{self, Row},
    schema, waiting,
};
use crate::{Failure, Reason, Stored, Stream};

/// How a [stored form](Stored::to_bytes) begins.
const BEGIN: &[u8] = br#"{"version":"#;

/// Rows whose checksums are right.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The names of streams, which are only needed for calls of newer versions: others say it themselves.
    streams: BTreeMap<i64, (String, u8)>,
    /// The calls that wait, by their numbers, and whether they are marked.
    calls: BTreeMap<i64, (bool, Row)>,
    /// The calls that failed.
    dead: BTreeMap<i64, Dead>,
    /// What the database says of itself.
    state: Option<HighWater>,
}

#[derive(Debug)]
struct Dead {
    stream: i64,
    failure: Failure,
    failed_at: i64,
    checksum: i64,
    call: Vec<u8>,
}

impl Found {
    fn on(pages: &Pages) -> Self {
        let mut found = Self::default();
        for row in pages.rows() {
            if let [Value::Null, Value::Text(destination), Value::Integer(lane)] = row.columns.as_slice()
                && let (Ok(destination), Ok(lane)) = (std::str::from_utf8(destination), u8::try_from(*lane))
            {
                found.streams.insert(row.key, (destination.to_owned(), lane));
            }
        }
        for row in pages.rows() {
            found.take(&row, false);
        }
        // What failed was taken out of the queue, though an older page may still have it.
        found.calls.retain(|number, _| !found.dead.contains_key(number));
        found
    }

    /// Takes a row if it is ours. What must not arrive twice is marked, where the row may be older than its mark.
    fn take(&mut self, row: &TableRow, may_be_old: bool) {
        use Value::{Blob, Integer, Null, Text};

        let key = row.key;
        match row.columns.as_slice() {
            [Null, Integer(mark @ (0 | 1)), Integer(checksum), Blob(call)]
                if *checksum == row::checksum(crc32fast::hash(call), key, *mark == 1) =>
            {
                let is_marked = *mark == 1 || may_be_old && is_once(call);
                if let Some(row) = self.row(key, call) {
                    self.calls.entry(row::number(key)).or_insert((is_marked, row));
                }
            }
            [
                Null,
                Integer(stream),
                Text(_),
                Text(reason),
                status,
                field,
                message,
                Integer(failed_at),
                Integer(checksum),
                Blob(call),
            ] if *checksum == row::checksum(crc32fast::hash(call), key, false) => {
                let reason = std::str::from_utf8(reason).ok().and_then(Reason::from_name).unwrap_or(Reason::Invalid);
                let failure = Failure::new(reason)
                    .with_status(if let Integer(status) = status { u16::try_from(*status).ok() } else { None })
                    .with_field(text(field))
                    .with_message(text(message));
                let (stream, failed_at, checksum) = (*stream, *failed_at, *checksum);
                self.dead.entry(key).or_insert(Dead { stream, failure, failed_at, checksum, call: call.clone() });
            }
            [Null, Integer(_), Integer(last), Integer(commits), Integer(calls), Integer(_)] if key == 1 => {
                self.state = Some(HighWater { commits: *commits, last: *last, calls: *calls, is_own: true });
            }
            _ => {}
        }
    }

    /// The row of a call, by what it says of itself, or by the number of its stream.
    fn row(&self, key: i64, call: &[u8]) -> Option<Row> {
        let (destination, lane) = match Stored::from_bytes(call) {
            Ok(read) => {
                let Stream { destination, lane } = read.stream();
                (destination, lane.number())
            }
            Err(_) => self.streams.get(&row::stream(key)).map(|(name, lane)| (name.as_str().into(), *lane))?,
        };
        Some(Row::of(destination, lane, call.to_vec()))
    }

    fn mark_what_must_not_arrive_twice(&mut self) {
        for (is_marked, row) in self.calls.values_mut() {
            *is_marked |= is_once(&row.call);
        }
    }
}

/// Whether it must not arrive twice; also where that cannot be read.
fn is_once(call: &[u8]) -> bool {
    Stored::from_bytes(call).map_or(true, |call| call.replay() == Replay::OnlyIfNotSent)
}

fn text(value: &Value) -> Option<String> {
    if let Value::Text(text) = value { Some(String::from_utf8_lossy(text).into_owned()) } else { None }
}

/// Makes a new database of what can be read of a damaged one, and moves that one aside.
pub(super) fn replace(files: &Files, before: Option<HighWater>, now: i64) -> Result<Repairs, Trouble> {
    let log = files::bytes(&files.log())?;
    let pages = Pages::read(&files::bytes(files.database())?, &log);
    let mut found = Found::on(&pages);
    let expected = before.or(found.state).map_or(i64::MAX, |state| state.calls);
    if (found.calls.len() as u64) < expected.max(0).cast_unsigned() {
        // Calls are missing, on pages that are damaged themselves. A call that was settled could come back with them, but
        // only here, and only once.
        for row in pages.remains(BEGIN) {
            found.take(&row, true);
        }
        found.calls.retain(|number, _| !found.dead.contains_key(number));
    }
    // The log may have lost marks; without it, the rows have what was written last, if nothing was lost.
    let is_current = log.is_empty() && before.zip(found.state).is_some_and(|(side, own)| own.commits >= side.commits);
    if !is_current {
        found.mark_what_must_not_arrive_twice();
    }
    write(files, &found, before.unwrap_or_default(), now)?;
    let moved = files.replace(now)?;
    let salvaged = found.calls.len() as u64;
    let damaged = if expected == i64::MAX { 0 } else { expected.max(0).cast_unsigned().saturating_sub(salvaged) };
    Ok(Repairs { salvaged, damaged, moved_aside: moved.into_iter().collect(), ..Repairs::default() })
}

fn write(files: &Files, found: &Found, before: HighWater, now: i64) -> Result<(), Trouble> {
    files.remove_unfinished()?;
    files.create_salvaged()?;
    let mut database = Connection::open(files.salvaged())?;
    database.execute_batch(pragmas::OWN)?;
    let transaction = database.transaction()?;
    schema::migrate(&transaction).map_err(Trouble::Failed)?;
    let calls: Vec<_> = found.calls.iter().map(|(number, (is_marked, row))| (*number, *is_marked, row)).collect();
    waiting::insert(&transaction, &calls)?;
    let bytes: usize = calls.iter().map(|(.., row)| row.call.len()).sum();
    waiting::add(&transaction, calls.len().cast_signed() as i64, bytes.cast_signed() as i64)?;
    for (number, dead) in &found.dead {
        let named = found.streams.get(&dead.stream).cloned();
        let own = Stored::from_bytes(&dead.call).map(|call| call.stream()).ok();
        let own = own.map(|stream| (stream.destination.to_string(), stream.lane.number()));
        let Some((destination, lane)) = own.or(named) else { continue };
        let stream = waiting::stream_of(&transaction, &destination, lane)?;
        let Dead { failure, failed_at, checksum, call, .. } = dead;
        let burial = Burial { number: *number, stream, failure, failed_at: *failed_at, checksum: *checksum, call };
        dead::insert(&transaction, &burial)?;
    }
    let known = found.calls.keys().chain(found.dead.keys()).copied().max().unwrap_or_default();
    let last = known.max(before.last).max(found.state.map_or(0, |state| plausible(state.last)));
    let commits = before.commits.max(found.state.map_or(0, |state| plausible(state.commits))) + 1;
    transaction.execute("update customerio_state set last = ?1, commits = ?2", [last, commits])?;
    // Whoever sent until now is fenced: no epoch was as high.
    transaction.execute("update customerio_sender set epoch = ?1", [now])?;
    transaction.commit()?;
    database.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// A counter of a damaged database, if it can be right.
fn plausible(counter: i64) -> i64 {
    if (0..1 << 40).contains(&counter) { counter } else { 0 }
}

/// Finishes what a crash interrupted: a database that was made to replace a damaged one, and was not put there.
pub(super) fn finish(files: &Files, now: i64) -> Result<Repairs, Trouble> {
    if !files.salvaged().exists() {
        return Ok(Repairs::default());
    }
    let is_whole = Connection::open(files.salvaged()).and_then(|database| HighWater::of(&database, true));
    if let Ok(state) = is_whole {
        let moved_aside = files.replace(now)?.into_iter().collect();
        return Ok(Repairs { salvaged: state.calls.max(0).cast_unsigned(), moved_aside, ..Repairs::default() });
    }
    files.remove_unfinished()?;
    Ok(Repairs::default())
}

/// Goes on behind a database that was further: takes back what the `log` still has of its end, which SQLite did not read,
/// and marks what must not arrive twice, since marks may be lost as well.
pub(super) fn go_on(database: &mut Connection, before: HighWater, pages: Option<&Pages>) -> Result<Repairs, Trouble> {
    let transaction = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let now = HighWater::of(&transaction, before.is_own)?;
    if before.commits <= now.commits {
        return Ok(Repairs::default());
    }
    let mut found = pages.map(Found::on).unwrap_or_default();
    found.calls.retain(|number, _| (now.last + 1..=before.last).contains(number));
    found.mark_what_must_not_arrive_twice();
    let calls: Vec<_> = found.calls.iter().map(|(number, (is_marked, row))| (*number, *is_marked, row)).collect();
    mark_what_must_not_arrive_twice(&transaction)?;
    waiting::insert(&transaction, &calls)?;
    let bytes: usize = calls.iter().map(|(.., row)| row.call.len()).sum();
    waiting::add(&transaction, calls.len().cast_signed() as i64, bytes.cast_signed() as i64)?;
    let sql = "update customerio_state set last = max(last, ?1), commits = ?2";
    transaction.execute(sql, [before.last, before.commits + 1])?;
    // Who sent until now may believe that it still does.
    transaction.execute("update customerio_sender set owner = null, epoch = epoch + 1000, until = 0", [])?;
    transaction.commit()?;
    let (missing, salvaged) = ((before.last - now.last).max(0).cast_unsigned(), calls.len() as u64);
    Ok(Repairs {
        salvaged,
        lost: missing.saturating_sub(salvaged),
        lost_transactions: (before.commits - now.commits).cast_unsigned(),
        ..Repairs::default()
    })
}

fn mark_what_must_not_arrive_twice(database: &Connection) -> rusqlite::Result<()> {
    let mut once = Vec::new();
    let mut statement = database.prepare("select key, call from customerio_queue where is_marked = 0")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_blob().is_ok_and(is_once) {
            once.push(row.get::<_, i64>(0)?);
        }
    }
    let sql = "update customerio_queue set is_marked = 1, checksum = checksum + 1 where key = ?1 and is_marked = 0";
    let mut mark = database.prepare(sql)?;
    once.into_iter().try_for_each(|key| mark.execute([key]).map(drop))
}
