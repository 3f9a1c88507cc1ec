//! What is in the tables, in numbers.

use std::collections::BTreeMap;

use customerio_core::Timestamp;
use tokio_postgres::types::Type;

use super::{
    link::{Link, failed},
    row,
    streams::STREAMS,
};
use crate::{Reason, Statistics, StoreError};

/// A table of up to that many bytes on the disk is counted. Of a larger one, as much is looked at as this, and the rest is
/// estimated by it.
const COUNTED: i64 = 32 << 20;

/// So few are counted in any case.
const FEW: i64 = 1000;

/// The first call of each stream.
const FIRST: &str = "
    select crc32, call from stream, lateral (
        select crc32, call from customerio_waiting
        where destination = stream.destination and lane = stream.lane
        order by number limit 1
    ) as first";

pub(super) async fn read(link: &Link) -> Result<Statistics, StoreError> {
    let (waiting, bytes) = waiting(link).await?;
    let mut oldest = None;
    for row in link.query(&format!("{STREAMS} {FIRST}"), &[]).await? {
        let call = row::read(row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
        oldest = oldest.into_iter().chain(call.ok().map(|call| call.stored_at())).min();
    }
    let mut dead = BTreeMap::new();
    for row in link.query("select reason, count(*) from customerio_dead group by reason", &[]).await? {
        let (reason, count): (String, i64) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
        dead.insert(reason, count.cast_unsigned());
    }
    let dead = Reason::ALL.into_iter().filter_map(|reason| Some((reason, *dead.get(reason.as_str())?))).collect();
    let sql = "select (extract(epoch from until) * 1000)::bigint from customerio_sender
        where owner is not null and until > clock_timestamp()";
    let leased_until = link.query(sql, &[]).await?.first().map(|row| row.try_get(0)).transpose().map_err(failed)?;
    let leased_until = leased_until.map(Timestamp::from_unix_millis);
    let sql = "select case when is_called then last_value else 0 end from customerio_waiting_number_seq";
    let row = link.query_one(sql, &[]).await?;
    let last = row.try_get::<_, i64>(0).map_err(failed)?.cast_unsigned();
    Ok(Statistics { waiting, bytes, last, oldest, dead, leased_until })
}

/// How many calls wait, and how many bytes they have.
async fn waiting(link: &Link) -> Result<(u64, u64), StoreError> {
    let sql = "select pg_relation_size('customerio_waiting'),
        (select count(*) from (select from customerio_waiting limit $1) as few)";
    let row = link.query_one(sql, &[(&FEW, Type::INT8)]).await?;
    let (size, few): (i64, i64) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    if size <= COUNTED || few < FEW {
        return counted(link).await;
    }
    let sql = "select count(*), coalesce(sum(octet_length(call)), 0)::bigint
        from customerio_waiting tablesample system ($1)";
    #[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
    let share = COUNTED as f64 / size as f64;
    #[expect(clippy::cast_possible_truncation, reason = "it is a percentage")]
    let row = link.query_one(sql, &[(&((share * 100.0) as f32), Type::FLOAT4)]).await?;
    let (calls, bytes): (i64, i64) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is an estimate of something positive"
    )]
    let whole = |sampled: i64| (sampled as f64 / share) as u64;
    Ok((whole(calls).max(few.cast_unsigned()), whole(bytes)))
}

/// The same, exactly.
pub(super) async fn counted(link: &Link) -> Result<(u64, u64), StoreError> {
    let sql = "select count(*), coalesce(sum(octet_length(call)), 0)::bigint from customerio_waiting";
    let row = link.query_one(sql, &[]).await?;
    let (calls, bytes): (i64, i64) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    Ok((calls.cast_unsigned(), bytes.cast_unsigned()))
}
