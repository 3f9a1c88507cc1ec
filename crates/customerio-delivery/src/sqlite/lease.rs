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

/// Stands behind an owner that has the sender's lock.
const LOCKED: &[u8] = b" locked";

/// Takes it, or renews that of the epoch `held`, at `now` in milliseconds since 1970: its epoch, or `None` where another
/// has it. Who has the sender's lock need not wait until that runs out where the other had it too: that one has ended.
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
    let is_mine = sender.as_ref().is_some_and(|sender| sender.starts_with(owner));
    // One that stood still has the lock all the while, and another took over without it, which has not ended.
    let has_ended = has_lock && sender.as_ref().is_some_and(|sender| sender.ends_with(LOCKED) && !is_mine);
    if held.is_some_and(|held| !is_mine || held != epoch) {
        return Ok(None);
    }
    if sender.is_some() && !is_mine && until > now && !has_ended {
        // The clock went back since: it must not be held until that time comes again.
        if until > now + MILLIS {
            database.execute("update customerio_sender set until = ?1 where one = 1", [now + MILLIS])?;
        }
        return Ok(None);
    }
    let epoch = held.unwrap_or(epoch + 1);
    let sql = "update customerio_sender set owner = ?1, epoch = ?2, until = ?3 where one = 1";
    let sender = if has_lock { [owner, LOCKED].concat() } else { owner.to_vec() };
    database.execute(sql, params![sender, epoch, now + MILLIS])?;
    Ok(Some(epoch))
}

/// Releases that of an epoch, and says whether this owner has none now.
pub(super) fn release(database: &Connection, owner: &Owner, epoch: i64) -> rusqlite::Result<bool> {
    let sql = "update customerio_sender set owner = null, until = 0
               where one = 1 and substr(owner, 1, 16) = ?1 and epoch = ?2";
    database.execute(sql, params![owner, epoch])?;
    database.query_row("select substr(owner, 1, 16) is not ?1 from customerio_sender", [owner], |row| row.get(0))
}

/// Refuses what only the sender of that epoch may do.
pub(super) fn check(database: &Connection, owner: &Owner, epoch: i64) -> Result<(), Problem> {
    let sql = "select 1 from customerio_sender where substr(owner, 1, 16) = ?1 and epoch = ?2";
    let held = database.query_row(sql, params![owner, epoch], |_| Ok(())).optional()?;
    held.ok_or(Problem::Refused(StoreError::Fenced))
}
