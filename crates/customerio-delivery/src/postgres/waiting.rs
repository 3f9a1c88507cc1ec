//! The calls that wait.

use tokio_postgres::{Row as Found, types::Type};

use super::{
    lease::Sender,
    link::{Link, Parameter, failed},
    row::{Row, int},
};
use crate::{Failure, Fate, StoreError, Stream};

/// Appends calls in one round trip, and says their numbers.
pub(super) async fn append(link: &Link, rows: &[Row]) -> Result<Vec<i64>, StoreError> {
    let sql = "insert into customerio_waiting (destination, lane, crc32, call)
        select destination, lane, crc32, call
        from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[])
            with ordinality as new (destination, lane, crc32, call, place)
        order by place
        returning number";
    let columns = Columns::of(rows.iter());
    let numbers = link.query(sql, &columns.parameters()).await?;
    numbers.iter().map(|row| row.try_get(0).map_err(failed)).collect()
}

/// Rows as arrays: one parameter for each column.
pub(super) struct Columns<'a> {
    destinations: Vec<&'a str>,
    lanes: Vec<i16>,
    checksums: Vec<i64>,
    calls: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(rows: impl Iterator<Item = &'a Row> + Clone) -> Self {
        Self {
            destinations: rows.clone().map(|row| &*row.destination).collect(),
            lanes: rows.clone().map(|row| row.lane).collect(),
            checksums: rows.clone().map(|row| row.crc32).collect(),
            calls: rows.map(|row| &*row.call).collect(),
        }
    }

    pub(super) fn parameters(&self) -> [Parameter<'_>; 4] {
        [
            (&self.destinations, Type::TEXT_ARRAY),
            (&self.lanes, Type::INT2_ARRAY),
            (&self.checksums, Type::INT8_ARRAY),
            (&self.calls, Type::BYTEA_ARRAY),
        ]
    }
}

/// Who takes over waits until the statement is done that holds this.
const SENDER: &str =
    "with sender as materialized (select epoch from customerio_sender where owner = $1::uuid and epoch = $2 for share)";

/// Marks calls: they may be on their way. Says which are there.
pub(super) async fn mark(
    link: &Link,
    sender: Sender<'_>,
    stream: &Stream,
    numbers: &[u64],
) -> Result<Vec<u64>, StoreError> {
    let sql = format!(
        "{SENDER}, marked as (
            update customerio_waiting set is_marked = true
            where destination = $3 and lane = $4 and number = any ($5) and exists (select from sender)
            returning number
        )
        select exists (select from sender), array (select number from marked)"
    );
    let (lane, numbers) = (lane(stream), ints(numbers.iter()));
    let parameters: [Parameter<'_>; 5] = [
        (&sender.owner, Type::TEXT),
        (&sender.epoch, Type::INT8),
        (&&*stream.destination, Type::TEXT),
        (&lane, Type::INT2),
        (&numbers, Type::INT8_ARRAY),
    ];
    let row = link.query_one(&sql, &parameters).await?;
    unless_fenced(&row)?;
    let marked: Vec<i64> = row.try_get(1).map_err(failed)?;
    Ok(marked.into_iter().map(i64::cast_unsigned).collect())
}

/// Calls that go out again lose their mark.
const AGAIN: &str = ", again as (
    update customerio_waiting set is_marked = false
    where destination = $3 and lane = $4 and number = any ($5) and is_marked and exists (select from sender)
)";

/// Calls that are done are deleted.
const GONE: &str = ", gone as (
    delete from customerio_waiting
    where destination = $3 and lane = $4 and exists (select from sender)";

/// Where nearly all of a range of numbers is done it is passed through once, instead of a search for each.
const IN_RANGE: &str = " and number between ($6::bigint[])[1] and ($6::bigint[])[cardinality($6)]";

/// Calls that failed become dead letters. What stands at the beginning of the stored form is found without reading it,
/// whatever else it is.
const FAILED: &str = r#", failed as (
    delete from customerio_waiting
    where destination = $3 and lane = $4 and number = any ($7) and exists (select from sender)
    returning number, crc32, call
), dead as (
    insert into customerio_dead
        (number, destination, lane, operation, reason, status, field, message, crc32, call)
    select number, $3, $4,
        coalesce(substring(encode(substring(call for 200), 'escape') from '"operation":"([a-z0-9_.]*)"'), ''),
        reason, status, field, message, crc32, call
    from failed
    join unnest($7, $8::text[], $9::integer[], $10::text[], $11::text[])
        as failure (number, reason, status, field, message) using (number)
    on conflict (number) do update set
        destination = excluded.destination, lane = excluded.lane, operation = excluded.operation,
        reason = excluded.reason, status = excluded.status, field = excluded.field,
        message = excluded.message, failed_at = excluded.failed_at, crc32 = excluded.crc32,
        call = excluded.call
)"#;

/// Ends calls, in one statement: all or none. It has the parts that are needed: to plan the others would take as long as to
/// delete some hundred calls.
pub(super) async fn settle(
    link: &Link,
    sender: Sender<'_>,
    stream: &Stream,
    fates: &[(u64, Fate)],
) -> Result<(), StoreError> {
    let lane = lane(stream);
    let with = |wanted: fn(&Fate) -> bool| {
        let mut numbers = ints(fates.iter().filter(|(_, fate)| wanted(fate)).map(|(number, _)| number));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    let again = with(|fate| *fate == Fate::Retry);
    let mut gone = with(|fate| *fate == Fate::Done);
    let failures = Failures::of(fates);
    let mut sql = SENDER.to_owned();
    if !again.is_empty() {
        sql.push_str(AGAIN);
    }
    if !gone.is_empty() {
        sql.push_str(GONE);
        let spread = spread(&gone);
        if !matches!(spread, Spread::Wide) {
            sql.push_str(IN_RANGE);
        }
        if matches!(spread, Spread::Whole) {
            // There is no room for another between the first and the last.
            gone = vec![gone[0], gone[gone.len() - 1]];
        }
        sql.push_str(match spread {
            Spread::Whole => ")",
            Spread::Dense => " and number + 0 = any ($6))",
            Spread::Wide => " and number = any ($6))",
        });
    }
    if !failures.numbers.is_empty() {
        sql.push_str(FAILED);
    }
    sql.push_str(" select exists (select from sender)");
    let parameters: [Parameter<'_>; 11] = [
        (&sender.owner, Type::TEXT),
        (&sender.epoch, Type::INT8),
        (&&*stream.destination, Type::TEXT),
        (&lane, Type::INT2),
        (&again, Type::INT8_ARRAY),
        (&gone, Type::INT8_ARRAY),
        (&failures.numbers, Type::INT8_ARRAY),
        (&failures.reasons, Type::TEXT_ARRAY),
        (&failures.statuses, Type::INT4_ARRAY),
        (&failures.fields, Type::TEXT_ARRAY),
        (&failures.messages, Type::TEXT_ARRAY),
    ];
    unless_fenced(&link.query_one(&sql, &parameters).await?)
}

/// How numbers lie between the first and the last.
enum Spread {
    /// They are all that there are.
    Whole,
    /// They are at least half of all.
    Dense,
    Wide,
}

fn spread(numbers: &[i64]) -> Spread {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return Spread::Wide };
    match last.abs_diff(*first) + 1 {
        all if all == numbers.len() as u64 => Spread::Whole,
        all if all <= 2 * numbers.len() as u64 => Spread::Dense,
        _ => Spread::Wide,
    }
}

/// Why calls failed, as arrays.
#[derive(Default)]
struct Failures {
    numbers: Vec<i64>,
    reasons: Vec<&'static str>,
    statuses: Vec<Option<i32>>,
    fields: Vec<Option<String>>,
    messages: Vec<Option<String>>,
}

impl Failures {
    fn of(fates: &[(u64, Fate)]) -> Self {
        let mut failures = Self::default();
        for (number, fate) in fates {
            let Fate::Failed(Failure { reason, status, field, message }) = fate else { continue };
            failures.numbers.push(int(*number));
            failures.reasons.push(reason.as_str());
            failures.statuses.push(status.map(i32::from));
            failures.fields.push(field.as_deref().map(text));
            failures.messages.push(message.as_deref().map(text));
        }
        failures
    }
}

/// As PostgreSQL takes it: what a server says must not hold up the stream.
fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn unless_fenced(row: &Found) -> Result<(), StoreError> {
    if row.try_get(0).map_err(failed)? { Ok(()) } else { Err(StoreError::Fenced) }
}

fn lane(stream: &Stream) -> i16 {
    stream.lane.number().into()
}

fn ints<'a>(numbers: impl Iterator<Item = &'a u64>) -> Vec<i64> {
    numbers.map(|number| int(*number)).collect()
}
