//! Calls of a stream, from the front.

use std::{
    collections::BTreeMap,
    iter,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use tokio_postgres::{Error, Row, types::Type};

use super::{
    link::{Link, Parameter},
    position::{Horizon, Look, Position},
    row::{self, int},
};
use crate::{Record, StoreError, Stream};

/// How many bytes a call is expected to have where nothing is known of its stream.
const EXPECTED: usize = 4096;

/// How few bytes a call is expected to have at least: it bounds how many are looked at for a number of bytes.
const SMALL: usize = 256;

/// A call with more bytes is large.
const LARGE: i32 = 16 << 10;

/// What says how far others have come, in a row without a number: a snapshot, that of the calls behind it, and what was given
/// after it.
const HORIZON: &str = "
    select null::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           case when $5 then pg_current_xact_id()::text::bigint end,
           case when is_called then last_value else 0 end,
           null::boolean, null::bytea
    from customerio_waiting_number_seq
    union all ";

/// The first calls of a gap, in order.
macro_rules! first_of_gap {
    ($low:literal, $high:literal) => {
        concat!(
            "select number, crc32, is_marked, call from customerio_waiting
             where destination = $1 and lane = $2 and number > ",
            $low,
            " and number < ",
            $high,
            " order by number limit $6"
        )
    };
}

/// The first calls where no call is held: the usual case, in four fifths of the time of the other.
const OF_ONE_GAP: &str = first_of_gap!("($3::bigint[])[1]", "($4::bigint[])[1]");

/// The first calls between those that are held. The index is read gap by gap, and these are not touched: to leave them out
/// one by one would take three times as long. The rows come in the order of the gaps, because a lateral join is a loop over
/// them.
const OF_GAPS: &str = concat!(
    "select number, crc32, is_marked, call from unnest($3::bigint[], $4::bigint[]) as gap (low, high), lateral (",
    first_of_gap!("low", "high"),
    ") as of_gap limit $6"
);

/// What is read of the first calls.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// All but those that are large: of these it gives no bytes.
    ByCount,
    /// As far as their bytes go, or one. The sizes of large calls are known without reading these. It takes twice as long as
    /// the other.
    ByBytes,
}

impl Read {
    fn sql(self, look: Look, gaps: usize) -> String {
        let horizon = if look.has_horizon { HORIZON } else { "" };
        let first = if gaps == 1 { OF_ONE_GAP } else { OF_GAPS };
        match self {
            Self::ByCount => format!(
                "{horizon}(
                    select number, crc32, null, null, is_marked, case when octet_length(call) <= $7 then call end
                    from ({first}) as first
                )"
            ),
            Self::ByBytes => format!(
                "{horizon}(
                    select number, crc32, null, null, is_marked, call
                    from (
                        select number, crc32, is_marked, call, octet_length(call) as size,
                               sum(octet_length(call)) over (order by number rows unbounded preceding) as sum
                        from ({first}) as first
                    ) as sized
                    where sum <= $7 or sum = size
                )"
            ),
        }
    }
}

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
    let look = Look { after: int(after), has_horizon: false, has_id: false, sender: 0 };
    Ok(by_bytes(link, stream, look, &[], bytes).await?.records)
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
    let (look, expected) = positions.with(stream, |position| {
        (position.begin(after == 0, link.opened(), Instant::now()), position.expected.unwrap_or(EXPECTED))
    });
    let held: Vec<_> = held.iter().map(|number| int(*number)).filter(|number| *number > look.after).collect();
    let mut seen = by_count(link, stream, look, &held, bytes, expected).await?;
    if seen.records.is_empty() && seen.is_cut {
        seen = by_bytes(link, stream, look, &held, bytes).await?;
    }
    positions.with(stream, |position| {
        position.looked(look, seen.horizon, seen.records.last().map(|record| int(record.number)));
        position.expected = seen.bytes.checked_div(seen.records.len()).or(position.expected);
    });
    Ok(seen.records)
}

/// Looks at as many calls as are expected to have that many bytes, and takes those that have.
async fn by_count(
    link: &Link,
    stream: &Stream,
    look: Look,
    held: &[i64],
    bytes: usize,
    expected: usize,
) -> Result<Seen, StoreError> {
    let calls = bytes / expected.max(SMALL);
    // A few more, so that one look is enough where the next are a little smaller.
    let calls = int((calls + calls / 8 + 1) as u64);
    let seen = Seen { limit: bytes, ..Seen::default() };
    seen.look(link, Read::ByCount, stream, look, held, [(&calls, Type::INT8), (&LARGE, Type::INT4)]).await
}

/// Looks at the sizes first.
async fn by_bytes(link: &Link, stream: &Stream, look: Look, held: &[i64], bytes: usize) -> Result<Seen, StoreError> {
    let calls = int((bytes / SMALL + 1) as u64);
    let seen = Seen { limit: usize::MAX, ..Seen::default() };
    let bytes = int(bytes as u64);
    seen.look(link, Read::ByBytes, stream, look, held, [(&calls, Type::INT8), (&bytes, Type::INT8)]).await
}

/// The gaps behind a number and between calls that are held, in order: what is above the one and below the other.
fn gaps(after: i64, held: &[i64]) -> (Vec<i64>, Vec<i64>) {
    let ends = held.iter().copied().chain([i64::MAX]);
    let gaps = iter::once(after).chain(held.iter().copied()).zip(ends);
    gaps.filter(|(low, high)| high - low > 1).unzip()
}

/// What a look has seen.
#[derive(Default)]
struct Seen {
    horizon: Option<Horizon>,
    records: Vec<Record>,
    /// How many bytes these have, and how many they may have if they are more than one.
    bytes: usize,
    limit: usize,
    /// There were more calls.
    is_cut: bool,
}

impl Seen {
    async fn look(
        mut self,
        link: &Link,
        read: Read,
        stream: &Stream,
        look: Look,
        held: &[i64],
        [first, second]: [Parameter<'_>; 2],
    ) -> Result<Self, StoreError> {
        let lane = i16::from(stream.lane.number());
        let (lows, highs) = gaps(look.after, held);
        let parameters: [Parameter<'_>; 7] = [
            (&&*stream.destination, Type::TEXT),
            (&lane, Type::INT2),
            (&lows, Type::INT8_ARRAY),
            (&highs, Type::INT8_ARRAY),
            (&look.has_id, Type::BOOL),
            first,
            second,
        ];
        link.for_each(&read.sql(look, lows.len()), &parameters, |row| self.take(&row)).await?;
        Ok(self)
    }

    fn take(&mut self, row: &Row) -> Result<(), Error> {
        let Some(number) = row.try_get::<_, Option<i64>>(0)? else {
            self.horizon = Some(Horizon { over: row.try_get(1)?, own: row.try_get(2)?, last: row.try_get(3)? });
            return Ok(());
        };
        let call = row.try_get::<_, Option<&[u8]>>(5)?;
        match call.filter(|call| !self.is_cut && (self.records.is_empty() || self.bytes + call.len() <= self.limit)) {
            Some(call) => {
                self.bytes += call.len();
                let call = row::read(row.try_get(1)?, call);
                self.records.push(Record::new(number.cast_unsigned(), row.try_get(4)?, call));
            }
            None => self.is_cut = true,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::gaps;

    #[test]
    fn gaps_are_between_calls_that_are_held() {
        let gaps = |after, held: &[i64]| {
            let (lows, highs) = gaps(after, held);
            lows.into_iter().zip(highs).collect::<Vec<_>>()
        };
        assert_eq!(gaps(0, &[]), [(0, i64::MAX)]);
        assert_eq!(gaps(0, &[1, 2, 3]), [(3, i64::MAX)]);
        assert_eq!(gaps(2, &[5, 6, 9]), [(2, 5), (6, 9), (9, i64::MAX)]);
        assert_eq!(gaps(i64::MAX, &[]), []);
    }
}
