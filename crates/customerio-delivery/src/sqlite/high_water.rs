//! How far a database had come, kept beside it: if the end of its write-ahead log is lost, that is seen.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
};

use rusqlite::{Connection, Row};

/// How far a database had come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HighWater {
    /// How many transactions had been committed.
    pub(super) commits: i64,
    /// The last number.
    pub(super) last: i64,
    /// How many calls waited.
    pub(super) calls: i64,
    /// Whether this crate alone made it.
    pub(super) is_own: bool,
}

/// A place for one, and two of them are in the file: what breaks while it is written leaves the other.
const PLACE: usize = 64;
const MAGIC: &[u8; 8] = b"ciospool";

impl HighWater {
    /// How far a database has come.
    pub(super) fn of(database: &Connection, is_own: bool) -> rusqlite::Result<Self> {
        let sql = "select commits, last, calls from customerio_state";
        database.query_row(sql, [], |row| Self::from_row(row, is_own))
    }

    /// Counts a transaction, and says how far it comes.
    pub(super) fn count(database: &Connection, is_own: bool) -> rusqlite::Result<Self> {
        let sql = "update customerio_state set commits = commits + 1 where one = 1 returning commits, last, calls";
        database.query_row(sql, [], |row| Self::from_row(row, is_own))
    }

    fn from_row(row: &Row<'_>, is_own: bool) -> rusqlite::Result<Self> {
        Ok(Self { commits: row.get(0)?, last: row.get(1)?, calls: row.get(2)?, is_own })
    }

    /// Writes it. It is not synced: it may come to be behind the database, and never ahead of what was committed.
    pub(super) fn write(self, file: &mut File) -> io::Result<()> {
        let mut place = [0; PLACE];
        place[..8].copy_from_slice(MAGIC);
        for (value, at) in [self.commits, self.last, self.calls, self.is_own.into()].into_iter().zip([8, 16, 24, 32]) {
            place[at..at + 8].copy_from_slice(&value.to_be_bytes());
        }
        let crc32 = crc32fast::hash(&place[..40]);
        place[40..44].copy_from_slice(&crc32.to_be_bytes());
        file.seek(SeekFrom::Start(if self.commits % 2 == 0 { 0 } else { PLACE as u64 }))?;
        file.write_all(&place)
    }

    /// Reads what was written last, if anything was.
    pub(super) fn read(file: &mut File) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(2 * PLACE as u64).read_to_end(&mut bytes)?;
        Ok(bytes.chunks_exact(PLACE).filter_map(Self::decode).max_by_key(|place| place.commits))
    }

    fn decode(place: &[u8]) -> Option<Self> {
        let value = |at: usize| Some(i64::from_be_bytes(place[at..at + 8].try_into().ok()?));
        let is_whole = place.starts_with(MAGIC) && place[40..44] == crc32fast::hash(&place[..40]).to_be_bytes();
        if is_whole {
            Some(Self { commits: value(8)?, last: value(16)?, calls: value(24)?, is_own: value(32)? != 0 })
        } else {
            None
        }
    }
}
