//! A call as a row.

use std::{fmt, sync::Arc};

use crate::{Stored, StoredError, Stream};

/// Enqueues a call in your transaction, with the values of a [`Row`] as parameters: its `destination` (`text`), `lane`
/// (`smallint`), `crc32` (`bigint`) and `call` (`bytea`), in that order.
pub const INSERT: &str = "insert into customerio_waiting (destination, lane, crc32, call) values ($1, $2, $3, $4)";

/// A call as a row: the parameters of [`INSERT`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Row {
    /// The name of the workspace that it goes to.
    pub destination: Arc<str>,
    /// The [number](crate::Lane::number) of its lane.
    pub lane: i16,
    /// The CRC-32 of `call`.
    pub crc32: i64,
    /// The [stored form](Stored::to_bytes).
    pub call: Vec<u8>,
}

impl Row {
    /// The row of a call.
    #[must_use]
    pub fn new(call: &Stored) -> Self {
        let Stream { destination, lane } = call.stream();
        Self::of(destination, lane.number().into(), call.to_bytes())
    }

    pub(super) fn of(destination: Arc<str>, lane: i16, call: Vec<u8>) -> Self {
        Self { destination, lane, crc32: crc32fast::hash(&call).into(), call }
    }
}

impl From<&Stored> for Row {
    fn from(call: &Stored) -> Self {
        Self::new(call)
    }
}

impl fmt::Debug for Row {
    /// Without the call: that is the data of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("destination", &self.destination)
            .field("lane", &self.lane)
            .field("bytes", &self.call.len())
            .finish_non_exhaustive()
    }
}

/// Reads a call, if it is what was written.
pub(super) fn read(crc32: i64, call: &[u8]) -> Result<Stored, StoredError> {
    if is_whole(crc32, call) { Stored::from_checked(call) } else { Err(StoredError::damaged()) }
}

/// Whether a call is what was written.
pub(super) fn is_whole(crc32: i64, call: &[u8]) -> bool {
    i64::from(crc32fast::hash(call)) == crc32
}

/// A number as PostgreSQL has it.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
