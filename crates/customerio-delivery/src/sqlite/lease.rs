//! The right to send.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::problem::Problem;
use crate::StoreError;

/// How long it lasts.
pub(super) const LASTS: Duration = Duration::from_secs(15);
const MILLIS: i64 = 15_000;

/// Who may ask for it: drawn anew for each store.
pub(super) type Owner = [u8; 16];

/// Takes it, or renews that of the epoch `held`, at `now` in milliseconds since 1970: its epoch, or `None` where another
/// has it. Who has the sender's lock need not wait until that runs out: the other has ended.
pub(super) fn take(
    database: &Connection,
    owner: &Owner,
    held: Option<i64>,
    now: i64,
    has_lock: bool,
) -> rusqlite::Result<Option<i64>> {
    let (sender, epoch, until): (Option<Vec<u8>>, i64, i64) =
        database.query_row("select owner, epoch, until from customerio_sender", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let is_mine = sender.as_deref() == Some(owner);
    if held.is_some_and(|held| !is_mine || held != epoch) {
        return Ok(None);
    }
    if sender.is_some() && !is_mine && until > now && !has_lock {
        // The clock went back since: it must not be held until that time comes again.
        if until > now + MILLIS {
            database.execute("update customerio_sender set until = ?1 where one = 1", [now + MILLIS])?;
        }
        return Ok(None);
    }
    let epoch = held.unwrap_or(epoch + 1);
    let sql = "update customerio_sender set owner = ?1, epoch = ?2, until = ?3 where one = 1";
    database.execute(sql, params![owner, epoch, now + MILLIS])?;
    Ok(Some(epoch))
}

/// Releases that of an epoch, and says whether this owner has none now.
pub(super) fn release(database: &Connection, owner: &Owner, epoch: i64) -> rusqlite::Result<bool> {
    let sql = "update customerio_sender set owner = null, until = 0 where one = 1 and owner = ?1 and epoch = ?2";
    database.execute(sql, params![owner, epoch])?;
    database.query_row("select owner is not ?1 from customerio_sender", [owner], |row| row.get(0))
}

/// Refuses what only the sender of that epoch may do.
pub(super) fn check(database: &Connection, owner: &Owner, epoch: i64) -> Result<(), Problem> {
    let sql = "select 1 from customerio_sender where owner = ?1 and epoch = ?2";
    let held = database.query_row(sql, params![owner, epoch], |_| Ok(())).optional()?;
    held.ok_or(Problem::Refused(StoreError::Fenced))
}
