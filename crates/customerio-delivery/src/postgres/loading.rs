//! Calls of a stream, from the front.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use tokio_postgres::{Error, Row, types::Type};

use super::{
    link::{Link, Parameter, failed},
    position::{Horizon, Look, Position},
    row::{self, int},
};
use crate::{Record, StoreError, Stream};

/// How small calls are expected to be, in bytes: it bounds how many rows are read for a number of bytes.
const SMALL: usize = 256;

/// Calls are read as far as their bytes go, in one statement with what says how far others have come: a snapshot, and what
/// was given after it, in the row without a call. The sizes of large calls are known without reading these.
const LOAD: &str = "
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           case when $7 then pg_current_xact_id()::text::bigint end,
           case when is_called then last_value else 0 end,
           null::boolean, null::bytea
    from customerio_waiting_number_seq
    union all
    select number, crc32, null, is_marked, call
    from (
        select number, crc32, is_marked, call, octet_length(call) as size,
               sum(octet_length(call)) over (order by number rows unbounded preceding) as sum
        from (
            select number, crc32, is_marked, call from customerio_waiting
            where destination = $1 and lane = $2 and number > $3 and number <> all ($4)
            order by number limit $5
        ) as first
    ) as sized
    where sum <= $6 or sum = size";

/// How far the calls of each stream were given to the sender.
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
    let look = Look { after: int(after), has_id: false, sender: 0 };
    Ok(look_at(link, stream, look, &[], bytes).await?.1)
}

/// The first calls that were not given to the sender yet.
pub(super) async fn load_more(
    link: &Link,
    positions: &Positions,
    stream: &Stream,
    after: u64,
    held: &[u64],
    bytes: usize,
) -> Result<Vec<Record>, StoreError> {
    let look = positions.with(stream, |position| position.begin(after == 0, link.opened(), Instant::now()));
    let held: Vec<_> = held.iter().map(|number| int(*number)).filter(|number| *number > look.after).collect();
    let (horizon, records) = look_at(link, stream, look, &held, bytes).await?;
    if let Some(horizon) = horizon {
        let last = records.last().map(|record| int(record.number));
        positions.with(stream, |position| position.looked(look, horizon, last));
    }
    Ok(records)
}

async fn look_at(
    link: &Link,
    stream: &Stream,
    look: Look,
    held: &[i64],
    bytes: usize,
) -> Result<(Option<Horizon>, Vec<Record>), StoreError> {
    let lane = i16::from(stream.lane.number());
    let most = int((bytes / SMALL + 1) as u64);
    let bytes = int(bytes as u64);
    let parameters: [Parameter<'_>; 7] = [
        (&&*stream.destination, Type::TEXT),
        (&lane, Type::INT2),
        (&look.after, Type::INT8),
        (&held, Type::INT8_ARRAY),
        (&most, Type::INT8),
        (&bytes, Type::INT8),
        (&look.has_id, Type::BOOL),
    ];
    let rows = link.query(LOAD, &parameters).await?;
    read(&rows).map_err(failed)
}

fn read(rows: &[Row]) -> Result<(Option<Horizon>, Vec<Record>), Error> {
    let (mut horizon, mut records) = (None, Vec::with_capacity(rows.len()));
    for row in rows {
        match row.try_get(4)? {
            Some(call) => {
                let number: i64 = row.try_get(0)?;
                records.push(Record::new(number.cast_unsigned(), row.try_get(3)?, row::read(row.try_get(1)?, call)));
            }
            None => horizon = Some(Horizon { over: row.try_get(0)?, own: row.try_get(1)?, last: row.try_get(2)? }),
        }
    }
    // They are in order, which SQL does not promise.
    records.sort_by_key(|record| record.number);
    Ok((horizon, records))
}
