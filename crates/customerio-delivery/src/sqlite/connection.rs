//! An open database.

use std::{fs::File, path::PathBuf, time::Duration};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{
    dead,
    files::{self, Files, Identity},
    high_water::HighWater,
    pages::{self, Pages},
    pragmas::{ALWAYS, APPLICATION_ID, OWN},
    problem::Trouble,
    repairs::Repairs,
    row::{self, MOST},
    salvage, schema,
};
use crate::{StoreError, Stored};

/// An open database.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    files: Files,
    identity: Identity,
    /// The file beside it that says how far it has come, if there is one.
    beside: Option<File>,
    /// How far it has come.
    pub(super) reached: HighWater,
    /// Whether it is all ours, and not the application's.
    is_own: bool,
}

impl Database {
    /// Opens it, creates it, or repairs it. `known` is how far it had come, where that is known without its files.
    /// `is_damaged` says that it was found to be, though it may look well.
    pub(super) fn open(path: PathBuf, known: Option<HighWater>, is_damaged: bool) -> Result<(Self, Repairs), Trouble> {
        let files = Files::new(path);
        let now = now();
        files.create_directory()?;
        let mut repairs = salvage::finish(&files, now)?;
        files.create_database()?;
        let beside = HighWater::read(&mut files.high_water()?)?;
        let before = [known, beside].into_iter().flatten().max_by_key(|reached| (reached.commits, reached.last));
        // Before SQLite makes it shorter.
        let log = files::bytes(&files.log())?;
        let is_ours = is_ours(&files, before)?;
        let opened = if is_damaged || (is_ours && !has_own_header(&files)?) {
            Err(Trouble::damaged("the file is damaged"))
        } else {
            Self::connect(files.clone())
        };
        let (mut database, more) = match opened {
            Err(Trouble::Damaged(error)) if is_ours => {
                repairs.add(salvage::replace(&files, before, now)?);
                Self::connect(files).map_err(|trouble| Trouble::Failed(explained(&error, &trouble.into())))?
            }
            opened => opened?,
        };
        repairs.add(more);
        if let Some(before) = before.filter(|before| before.commits > database.reached.commits) {
            let bytes = if database.is_own { files::bytes(database.files.database())? } else { Vec::new() };
            let pages = database.is_own.then(|| Pages::read(&bytes, &log));
            repairs.add(salvage::go_on(&mut database.connection, before, pages.as_ref())?);
            database.reached = HighWater::of(&database.connection, database.is_own)?;
        }
        if let Some(beside) = &mut database.beside {
            database.reached.write(beside)?;
        }
        Ok((database, repairs))
    }

    /// Opens one that is there, which something else keeps in order: nothing is created, migrated or repaired.
    pub(super) fn open_existing(path: PathBuf) -> Result<Self, Trouble> {
        let failed = |what: String| Trouble::Failed(StoreError::failed(what));
        let files = Files::new(path);
        if !files.has_database()? {
            return Err(failed(format!("there is no file {}", files.database().display())));
        }
        let mut beside = files.existing_high_water()?;
        // Before the database is read: it is written after a commit.
        let before = beside.as_mut().map(HighWater::read).transpose()?.flatten();
        let connection = Self::opened(&files)?;
        schema::check(&connection)?;
        let is_own = connection.query_row("pragma application_id", [], |row| row.get(0)).map(is_application)?;
        let reached = HighWater::of(&connection, is_own)?;
        if before.is_some_and(|before| before.commits > reached.commits) {
            let what = "the end of its write-ahead log was lost: start the application, which repairs the file";
            return Err(failed(what.to_owned()));
        }
        Ok(Self { identity: files.identity()?, connection, files, beside, reached, is_own })
    }

    fn opened(files: &Files) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(files.database(), flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(ALWAYS)?;
        Ok(connection)
    }

    fn connect(files: Files) -> Result<(Self, Repairs), Trouble> {
        let connection = Self::opened(&files)?;
        let tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            connection.execute_batch(OWN)?;
        }
        let is_own = connection.query_row("pragma application_id", [], |row| row.get(0)).map(is_application)?;
        if is_own {
            // The application may have chosen otherwise for its own.
            have_log(&connection)?;
        }
        schema::prepare(&connection)?;
        check(&connection, is_own)?;
        let repairs = Repairs { damaged: recount(&connection)?, ..Repairs::default() };
        let (identity, beside) = (files.identity()?, Some(files.high_water()?));
        let reached = HighWater::of(&connection, is_own)?;
        Ok((Self { connection, files, identity, beside, reached, is_own }, repairs))
    }

    /// Runs what is to be done in one transaction, and commits it. It is durable when it returns.
    pub(super) fn transaction(
        &mut self,
        writes: bool,
        run: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<(), Trouble> {
        let behavior = if writes { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred };
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        run(&transaction)?;
        if writes {
            self.reached = HighWater::count(&transaction, self.is_own)?;
        }
        transaction.commit()?;
        // Whoever moved or deleted it since: what was written is not where it will be looked for.
        if !self.is_there() {
            return Err(Trouble::Failed(StoreError::failed("the file of the store was moved or deleted")));
        }
        if writes {
            // It only helps to see a loss: that it fails is no reason to say that the calls were not written.
            let _ = self.beside.as_mut().map(|beside| self.reached.write(beside));
        }
        Ok(())
    }

    /// Whether the path still leads to it.
    pub(super) fn is_there(&self) -> bool {
        self.files.identity().ok() == Some(self.identity)
    }

    /// What is done while there is nothing else to do: the log is emptied, and space that a long outage took is given back.
    pub(super) fn tidy(&self) -> rusqlite::Result<()> {
        /// In pages: 16 MiB.
        const WORTH_IT: i64 = 4096;
        if !self.is_own {
            return Ok(());
        }
        let value = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let (free, all) = (value("pragma freelist_count")?, value("pragma page_count")?);
        if free > WORTH_IT && free > all / 4 * 3 {
            self.connection.execute_batch("vacuum")?;
        }
        self.empty_log()
    }

    /// Empties the log, where what was deleted still stands.
    pub(super) fn empty_log(&self) -> rusqlite::Result<()> {
        if !self.is_own {
            return Ok(());
        }
        self.connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))
    }

    /// Forgets what failed longer ago.
    pub(super) fn forget(&mut self, keep: Duration) -> Result<(), Trouble> {
        let before = now().saturating_sub(i64::try_from(keep.as_millis()).unwrap_or(i64::MAX));
        self.transaction(true, |database| dead::forget(database, before))
    }
}

/// Gives a database a write-ahead log. Where it cannot have one SQLite goes on without it, and says so.
fn have_log(connection: &Connection) -> Result<(), Trouble> {
    let mode: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(Trouble::Failed(StoreError::failed("the file cannot have a write-ahead log: put it on a disk of this machine")))
}

/// In milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

const fn is_application(id: i64) -> bool {
    id == APPLICATION_ID
}

/// Whether a file that SQLite refuses was made by this crate alone: only such a file may be moved.
fn is_ours(files: &Files, before: Option<HighWater>) -> Result<bool, Trouble> {
    let header = files::header(files.database())?;
    let id = header.get(68..72).and_then(|id| Some(u32::from_be_bytes(id.try_into().ok()?)));
    Ok(id.is_some_and(|id| is_application(id.into())) || before.is_some_and(|before| before.is_own))
}

/// Whether the header is as SQLite writes it for our files. Some of what it says is not damage to SQLite, such as that a
/// file is of a later version.
fn has_own_header(files: &Files) -> Result<bool, Trouble> {
    let header = files::header(files.database())?;
    Ok(header.is_empty() || pages::is_own_header(&header))
}

fn explained(first: &StoreError, second: &StoreError) -> StoreError {
    StoreError::failed(format!("the file was damaged ({first}), and what replaces it cannot be used: {second}"))
}

/// Looks for damage that SQLite does not see until it comes across it. It takes a millisecond for each megabyte.
fn check(connection: &Connection, is_own: bool) -> Result<(), Trouble> {
    let all = if is_own { "pragma quick_check(1)" } else { "pragma quick_check('customerio_queue')" };
    // This one is small, and calls are found by its index.
    for sql in [all, "pragma integrity_check('customerio_stream')"] {
        let found: String = connection.query_row(sql, [], |row| row.get(0))?;
        if found != "ok" {
            return Err(Trouble::damaged(found));
        }
    }
    // A stream that has another name than its calls, or none, would never be asked for. This is the first call of each.
    let sql = "with recursive first (key) as (
          select min(key) from customerio_queue
          union all
          select (select min(key) from customerio_queue where key >= ((first.key >> 48) + 1) << 48)
          from first where first.key is not null
        )
        select destination, lane, key, is_marked, checksum, call
        from first join customerio_queue using (key) left join customerio_stream on id = key >> 48";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (Some(destination), Some(lane)): (Option<String>, Option<i64>) = (row.get(0)?, row.get(1)?) else {
            return Err(Trouble::damaged("calls are of no stream"));
        };
        let whole = row::whole(row.get(2)?, [row.get_ref(3)?, row.get_ref(4)?, row.get_ref(5)?]);
        if let Some(stream) = whole.and_then(|(_, call)| Stored::from_bytes(call).ok()).map(|call| call.stream())
            && (*stream.destination != *destination || i64::from(stream.lane.number()) != lane)
        {
            return Err(Trouble::damaged("a stream has another name than its calls"));
        }
    }
    Ok(())
}

/// What is counted, and what is there.
struct Counts {
    calls: i64,
    bytes: i64,
    last: i64,
    found: (i64, i64, i64),
}

impl Counts {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "select calls, bytes, last, (select count(*) from customerio_queue),
            (select coalesce(sum(length(call)), 0) from customerio_queue),
            (select max(coalesce((select max(key & 281474976710655) from customerio_queue), 0),
                        coalesce((select max(number) from customerio_dead), 0)))
            from customerio_state";
        connection.query_row(sql, [], |row| {
            Ok(Self {
                calls: row.get(0)?,
                bytes: row.get(1)?,
                last: row.get(2)?,
                found: (row.get(3)?, row.get(4)?, row.get(5)?),
            })
        })
    }

    fn are_right(&self) -> bool {
        let (calls, bytes, last) = self.found;
        (self.calls, self.bytes) == (calls, bytes) && (last..MOST / 2).contains(&self.last)
    }
}

/// Makes the counters right where they are damaged. It says how many calls were counted that are not there.
fn recount(connection: &Connection) -> rusqlite::Result<u64> {
    if Counts::of(connection)?.are_right() {
        return Ok(0);
    }
    connection.execute_batch("begin immediate")?;
    let counts = Counts::of(connection)?;
    if !counts.are_right() {
        let (calls, bytes, last) = counts.found;
        let last = if (last..MOST / 2).contains(&counts.last) { counts.last } else { last };
        connection.execute("update customerio_state set calls = ?1, bytes = ?2, last = ?3", [calls, bytes, last])?;
    }
    connection.execute_batch("commit")?;
    let missing = counts.calls.saturating_sub(counts.found.0);
    // A counter that is far off is damaged itself.
    Ok(u64::try_from(missing).ok().filter(|missing| *missing < 1 << 32).unwrap_or_default())
}
