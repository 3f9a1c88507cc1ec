//! Calls of a stream, from the front.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use tokio_postgres::{Error, Row, types::Type};

use super::{
    link::{Link, failed},
    position::{Horizon, Look, Position},
    row::{self, int},
};
use crate::{Record, StoreError, Stream};

/// How small calls are expected to be, in bytes: it bounds how many rows are read for a number of bytes.
const SMALL: usize = 256;

/// Calls are read as far as their bytes go, in one statement with what says how far others have come: a snapshot, and what
/// was given after it. The sizes of large calls are known without reading these.
const LOAD: &str = "
    select horizon.*, head.*
    from (
        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
               case when $7 then pg_current_xact_id()::text::bigint end,
               case when is_called then last_value else 0 end
        from customerio_waiting_number_seq
    ) as horizon
    left join (
        select number, is_marked, crc32, call
        from (
            select number, is_marked, crc32, call, octet_length(call) as size,
                   sum(octet_length(call)) over (order by number rows unbounded preceding) as sum
            from (
                select number, is_marked, crc32, call from customerio_waiting
                where destination = $1 and lane = $2 and number > $3 and number <> all ($4)
                order by number limit $5
            ) as first
        ) as sized
        where sum <= $6 or sum = size
    ) as head on true
    order by head.number";

/// How far each stream is known to be empty.
#[derive(Debug, Default)]
pub(super) struct Positions(Mutex<BTreeMap<Stream, Position>>);

impl Positions {
    fn with<T>(&self, stream: &Stream, run: impl FnOnce(&mut Position) -> T) -> T {
        let mut positions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        run(positions.entry(stream.clone()).or_default())
    }
}

/// The first calls behind a number.
pub(super) async fn load(link: &Link, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
    let look = Look { after: int(after), has_id: false };
    let rows = look_at(link, stream, look, &[], bytes).await?;
    records(&rows).map_err(failed)
}

/// The first calls that are not held.
pub(super) async fn load_more(
    link: &Link,
    positions: &Positions,
    stream: &Stream,
    after: u64,
    held: &[u64],
    bytes: usize,
) -> Result<Vec<Record>, StoreError> {
    let held: Vec<_> = held.iter().map(|number| int(*number)).collect();
    let look = positions.with(stream, |position| position.begin(after == 0, link.opened(), Instant::now()));
    let rows = look_at(link, stream, look, &held, bytes).await?;
    let records = records(&rows).map_err(failed)?;
    if let Some(horizon) = rows.first().map(horizon).transpose().map_err(failed)? {
        let lowest = records.first().map(|record| int(record.number)).into_iter().chain(held.first().copied()).min();
        positions.with(stream, |position| position.looked(horizon, lowest));
    }
    Ok(records)
}

async fn look_at(link: &Link, stream: &Stream, look: Look, held: &[i64], bytes: usize) -> Result<Vec<Row>, StoreError> {
    let lane = i16::from(stream.lane.number());
    let most = int((bytes / SMALL + 1) as u64);
    let bytes = int(bytes as u64);
    link.query(
        LOAD,
        &[
            (&&*stream.destination, Type::TEXT),
            (&lane, Type::INT2),
            (&look.after, Type::INT8),
            (&held, Type::INT8_ARRAY),
            (&most, Type::INT8),
            (&bytes, Type::INT8),
            (&look.has_id, Type::BOOL),
        ],
    )
    .await
}

fn horizon(row: &Row) -> Result<Horizon, Error> {
    Ok(Horizon { over: row.try_get(0)?, own: row.try_get(1)?, last: row.try_get(2)? })
}

fn records(rows: &[Row]) -> Result<Vec<Record>, Error> {
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(number) = row.try_get::<_, Option<i64>>(3)? {
            let call = row::read(row.try_get(5)?, row.try_get(6)?);
            records.push(Record::new(number.cast_unsigned(), row.try_get(4)?, call));
        }
    }
    Ok(records)
}
