//! The right to send.

use std::time::Duration;

use tokio_postgres::types::Type;

use super::link::{Link, Parameter, failed};
use crate::StoreError;

/// Who sends, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub(super) owner: &'a str,
    pub(super) epoch: i64,
}

/// Takes it, or renews that of the epoch `held`, by the clock of the database: its epoch, or `None` where another has it.
pub(super) async fn take(
    link: &Link,
    owner: &str,
    held: Option<i64>,
    lasts: Duration,
) -> Result<Option<i64>, StoreError> {
    let sql = "update customerio_sender
        set owner = $1::uuid,
            epoch = coalesce($2, epoch + 1),
            until = clock_timestamp() + $3 * interval '1 millisecond'
        where case
            when $2 is null then owner is null or owner = $1::uuid or until < clock_timestamp()
            else owner = $1::uuid and epoch = $2
        end
        returning epoch";
    let lasts = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    let parameters: [Parameter<'_>; 3] = [(&owner, Type::TEXT), (&held, Type::INT8), (&lasts, Type::INT8)];
    let rows = link.query(sql, &parameters).await?;
    rows.first().map(|row| row.try_get(0).map_err(failed)).transpose()
}

/// Releases that of an epoch.
pub(super) async fn release(link: &Link, sender: Sender<'_>) -> Result<(), StoreError> {
    let sql = "update customerio_sender set owner = null, until = null where owner = $1::uuid and epoch = $2";
    link.query(sql, &[(&sender.owner, Type::TEXT), (&sender.epoch, Type::INT8)]).await.map(drop)
}
