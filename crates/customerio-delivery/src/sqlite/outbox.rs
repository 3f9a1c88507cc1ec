//! Calls that are enqueued in a transaction of the application.

use rusqlite::{Connection, params};

use crate::{
    Stored,
    sqlite::{INSERT, Row},
};

/// Enqueues `call` in the transaction that is open on `database`: it is delivered if that is committed.
///
/// The tables must be there: see [`migrate`](crate::sqlite::migrate). The limit of a store in bytes does not hold here:
/// the application's data would have to wait for Customer.io.
///
/// # Errors
///
/// Where SQLite fails.
pub fn enqueue(database: &Connection, call: &Stored) -> rusqlite::Result<()> {
    let Row { destination, lane, crc32, call } = Row::new(call);
    database.execute(INSERT, params![destination, lane, crc32, call]).map(drop)
}
