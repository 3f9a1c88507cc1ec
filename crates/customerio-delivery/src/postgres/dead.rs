//! The calls that failed.

use std::{collections::BTreeMap, time::Duration};

use customerio_core::Timestamp;
use tokio_postgres::{Error, Row as Found, types::Type};

use super::{
    link::{Link, Parameter, failed},
    row::{self, Row, int},
    waiting::Columns,
};
use crate::{CallFilter, Failure, KeptCall, Lane, ParkedCalls, Reason, Replayed, StoreError, Stored, Stream};

const COLUMNS: &str = "select number, destination, lane, reason, status, field, message,
    (extract(epoch from failed_at) * 1000)::bigint, crc32, call from customerio_dead";

fn shown(row: &Found) -> Result<KeptCall, Error> {
    let (lane, reason): (i16, &str) = (row.try_get(2)?, row.try_get(3)?);
    let stream = Stream { destination: row.try_get::<_, &str>(1)?.into(), lane: Lane::from_number(lane) };
    let status: Option<i32> = row.try_get(4)?;
    let failure = Failure::new(Reason::from_name(reason).unwrap_or(Reason::Invalid))
        .with_status(status.and_then(|status| u16::try_from(status).ok()))
        .with_field(row.try_get(5)?)
        .with_message(row.try_get(6)?);
    let number: i64 = row.try_get(0)?;
    let failed_at = Timestamp::from_unix_millis(row.try_get(7)?);
    let call = row::read(row.try_get(8)?, row.try_get(9)?);
    Ok(KeptCall::dead(number.cast_unsigned(), stream, failure, failed_at, call))
}

fn all_shown(rows: &[Found]) -> Result<Vec<KeptCall>, StoreError> {
    rows.iter().map(|row| shown(row).map_err(failed)).collect()
}

pub(super) async fn list(
    link: &Link,
    filter: &CallFilter,
    after: u64,
    limit: usize,
) -> Result<Vec<KeptCall>, StoreError> {
    let sql = format!(
        "{COLUMNS} where number > $1 and ($2::text is null or reason = $2) and ($3::text is null or operation = $3)
         and ($4::text is null or destination = $4) order by number limit $5"
    );
    let (after, limit) = (int(after), int(limit as u64));
    let reason = filter.reason.map(Reason::as_str);
    let parameters: [Parameter<'_>; 5] = [
        (&after, Type::INT8),
        (&reason, Type::TEXT),
        (&filter.operation, Type::TEXT),
        (&filter.destination, Type::TEXT),
        (&limit, Type::INT8),
    ];
    all_shown(&link.query(&sql, &parameters).await?)
}

pub(super) async fn show(link: &Link, number: u64) -> Result<Option<KeptCall>, StoreError> {
    let sql = format!("{COLUMNS} where number = $1");
    Ok(all_shown(&link.query(&sql, &[(&int(number), Type::INT8)]).await?)?.pop())
}

/// A dead letter that is to be replayed: as a row again, or why it is not.
type Exhumed = Result<Row, Replayed>;

/// What is to be replayed, by number.
pub(super) async fn exhume(
    link: &Link,
    numbers: &[u64],
    parked: ParkedCalls,
) -> Result<BTreeMap<i64, Exhumed>, StoreError> {
    let sql = "select number, destination, lane, reason, crc32, call from customerio_dead where number = any ($1)";
    let numbers: Vec<_> = numbers.iter().map(|number| int(*number)).collect();
    let rows = link.query(sql, &[(&numbers, Type::INT8_ARRAY)]).await?;
    let exhume = |row| exhumed(row, parked).map_err(failed);
    rows.iter().map(exhume).collect()
}

fn exhumed(row: &Found, parked: ParkedCalls) -> Result<(i64, Exhumed), Error> {
    let reason = Reason::from_name(row.try_get(3)?).unwrap_or(Reason::Invalid);
    let (crc32, call): (i64, &[u8]) = (row.try_get(4)?, row.try_get(5)?);
    let exhumed = if reason.is_parked() && parked == ParkedCalls::Leave {
        Err(Replayed::Parked)
    } else if !row::is_whole(crc32, call) {
        Err(Replayed::Damaged)
    } else {
        let call = match Stored::from_bytes(call) {
            Ok(call) if reason == Reason::Expired => call.without_expiry().to_bytes(),
            _ => call.to_vec(),
        };
        Ok(Row::of(row.try_get::<_, &str>(1)?.into(), row.try_get(2)?, call))
    };
    Ok((row.try_get(0)?, exhumed))
}

/// Appends dead letters that are still there, and says their new numbers by their old ones.
pub(super) async fn replay(link: &Link, rows: &[(i64, &Row)]) -> Result<BTreeMap<i64, i64>, StoreError> {
    let sql = "with gone as (
            delete from customerio_dead where number = any ($5) returning number
        ), new as (
            insert into customerio_waiting (destination, lane, crc32, call)
            select destination, lane, crc32, call
            from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[], $5)
                with ordinality as new (destination, lane, crc32, call, number, place)
            join gone using (number)
            order by place
            returning number
        )
        select array(select number from gone), array(select number from new order by number)";
    let columns = Columns::of(rows.iter().map(|(_, row)| *row));
    let numbers: Vec<_> = rows.iter().map(|(number, _)| *number).collect();
    let [destinations, lanes, checksums, calls] = columns.parameters();
    let parameters = [destinations, lanes, checksums, calls, (&numbers, Type::INT8_ARRAY)];
    let row = link.query_one(sql, &parameters).await?;
    let (gone, new): (Vec<i64>, Vec<i64>) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    Ok(numbers.into_iter().filter(|number| gone.contains(number)).zip(new).collect())
}

/// Forgets what failed that long ago.
pub(super) async fn forget(link: &Link, after: Duration) -> Result<(), StoreError> {
    let sql = "delete from customerio_dead where failed_at < clock_timestamp() - $1 * interval '1 second'";
    // PostgreSQL's time begins 4713 BC.
    let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX).min(100_000_000_000);
    link.query(sql, &[(&seconds, Type::INT8)]).await.map(drop)
}
