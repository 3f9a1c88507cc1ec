//! The calls that wait, as people see them.

use tokio_postgres::{Error, Row, types::Type};

use super::{
    link::{Link, Parameter, failed},
    row::{self, int},
    streams::STREAMS,
};
use crate::{CallFilter, KeptCall, Lane, StoreError, Stored, Stream};

const COLUMNS: &str = "select number, stream.destination, stream.lane, is_marked, crc32, call from stream";

pub(super) async fn list(
    link: &Link,
    filter: &CallFilter,
    after: u64,
    limit: usize,
) -> Result<Vec<KeptCall>, StoreError> {
    let sql = format!(
        "{STREAMS} {COLUMNS}, lateral (
            select number, is_marked, crc32, call from customerio_waiting
            where destination = stream.destination and lane = stream.lane and number > $1
            and ($2::bytea is null or substring(call for octet_length($2)) = $2)
            order by number limit $4
        ) as call
        where $3::text is null or stream.destination = $3 order by number limit $4"
    );
    let (after, limit) = (int(after), int(limit as u64));
    let beginning = filter.operation.as_deref().map(Stored::beginning);
    let parameters: [Parameter<'_>; 4] =
        [(&after, Type::INT8), (&beginning, Type::BYTEA), (&filter.destination, Type::TEXT), (&limit, Type::INT8)];
    all_shown(&link.query(&sql, &parameters).await?)
}

pub(super) async fn show(link: &Link, number: u64) -> Result<Option<KeptCall>, StoreError> {
    let sql = format!(
        "{STREAMS} {COLUMNS} join customerio_waiting as call
        on call.destination = stream.destination and call.lane = stream.lane and number = $1"
    );
    Ok(all_shown(&link.query(&sql, &[(&int(number), Type::INT8)]).await?)?.pop())
}

fn all_shown(rows: &[Row]) -> Result<Vec<KeptCall>, StoreError> {
    rows.iter().map(|row| shown(row).map_err(failed)).collect()
}

fn shown(row: &Row) -> Result<KeptCall, Error> {
    let (number, lane): (i64, i16) = (row.try_get(0)?, row.try_get(2)?);
    let stream = Stream { destination: row.try_get::<_, &str>(1)?.into(), lane: Lane::from_number(lane) };
    let call = row::read(row.try_get(4)?, row.try_get(5)?);
    Ok(KeptCall::waiting(number.cast_unsigned(), stream, row.try_get(3)?, call))
}

/// Deletes calls, whether they wait or have failed, and says how many were there.
pub(super) async fn discard(link: &Link, numbers: &[u64]) -> Result<u64, StoreError> {
    let sql = format!(
        "{STREAMS}, waiting as (
            delete from customerio_waiting as call using stream
            where call.destination = stream.destination and call.lane = stream.lane and call.number = any ($1)
            returning call.number
        ), dead as (
            delete from customerio_dead where number = any ($1) returning number
        )
        select (select count(*) from waiting) + (select count(*) from dead)"
    );
    let numbers: Vec<_> = numbers.iter().map(|number| int(*number)).collect();
    let row = link.query_one(&sql, &[(&numbers, Type::INT8_ARRAY)]).await?;
    Ok(row.try_get::<_, i64>(0).map_err(failed)?.cast_unsigned())
}
