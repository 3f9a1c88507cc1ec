//! A call as a row.

use std::{fmt, sync::Arc};

use rusqlite::types::ValueRef;

use crate::{Stored, Stream};

/// Enqueues a call in your transaction, with the values of a [`Row`] as parameters: its `destination`, `lane`,
/// `crc32` and `call`, in that order.
pub const INSERT: &str = "insert into customerio_waiting (destination, lane, crc32, call) values (?1, ?2, ?3, ?4)";

/// A call as a row: the parameters of [`INSERT`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Row {
    /// The name of the workspace that it goes to.
    pub destination: Arc<str>,
    /// The [number](crate::Lane::number) of its lane.
    pub lane: u8,
    /// The CRC-32 of `call`.
    pub crc32: u32,
    /// The [stored form](Stored::to_bytes).
    pub call: Vec<u8>,
}

impl Row {
    /// The row of a call.
    #[must_use]
    pub fn new(call: &Stored) -> Self {
        let Stream { destination, lane } = call.stream();
        Self::of(destination, lane.number(), call.to_bytes())
    }

    pub(super) fn of(destination: Arc<str>, lane: u8, call: Vec<u8>) -> Self {
        Self { destination, lane, crc32: crc32fast::hash(&call), call }
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

/// How many bits of a key are the number.
const BITS: u32 = 48;

/// The highest number. It would take 8,900 years at a thousand calls a second.
pub(super) const MOST: i64 = (1 << BITS) - 1;

/// The key of a call in the queue.
pub(super) const fn key(stream: i64, number: i64) -> i64 {
    (stream << BITS) | number
}

/// The number in a key.
pub(super) const fn number(key: i64) -> i64 {
    key & MOST
}

/// The stream in a key.
pub(super) const fn stream(key: i64) -> i64 {
    key >> BITS
}

/// The checksum of a row: nothing of it can change alone and stay unseen.
pub(super) const fn checksum(crc32: u32, key: i64, is_marked: bool) -> i64 {
    // Any bits may come here from a damaged row.
    (crc32 as i64).wrapping_add(key.wrapping_mul(2)).wrapping_add(is_marked as i64)
}

/// What is in a row of the queue, whether it is marked and the call, if it is what was written. `columns` are those behind
/// the key, in their order.
pub(super) fn whole(key: i64, columns: [ValueRef<'_>; 3]) -> Option<(bool, &[u8])> {
    let [ValueRef::Integer(mark @ (0 | 1)), ValueRef::Integer(found), ValueRef::Blob(call)] = columns else {
        return None;
    };
    (found == checksum(crc32fast::hash(call), key, mark == 1)).then_some((mark == 1, call))
}
