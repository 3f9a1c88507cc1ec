//! The right to send.

use std::time::Duration;

use tokio_postgres::types::Type;

use super::link::{Link, failed};
use crate::StoreError;

/// Who sends, and since when: an epoch of 0 if it never did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub(super) owner: &'a str,
    pub(super) epoch: i64,
}

/// Takes it or renews it, by the clock of the database: the epoch, or `None` where another has it.
pub(super) async fn take(link: &Link, owner: &str, lasts: Duration) -> Result<Option<i64>, StoreError> {
    let sql = "update customerio_sender
        set owner = $1::uuid,
            epoch = case when owner = $1::uuid then epoch else epoch + 1 end,
            until = clock_timestamp() + $2 * interval '1 millisecond'
        where owner is null or owner = $1::uuid or until < clock_timestamp()
        returning epoch";
    let lasts = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    let rows = link.query(sql, &[(&owner, Type::TEXT), (&lasts, Type::INT8)]).await?;
    rows.first().map(|row| row.try_get(0).map_err(failed)).transpose()
}

/// Gives it back.
pub(super) async fn release(link: &Link, owner: &str) -> Result<(), StoreError> {
    let sql = "update customerio_sender set owner = null, until = null where owner = $1::uuid";
    link.query(sql, &[(&owner, Type::TEXT)]).await.map(drop)
}
