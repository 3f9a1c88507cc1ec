//! Calls that name a person.

use tokio_postgres::{Row, types::Type};

use super::link::{Link, failed};
use crate::{StoreError, mentions::bytes_mention};

/// How many are read at a time. One may have megabytes.
const PAGE: i64 = 100;

/// Deletes those that wait, page after page, and says how many there were.
pub(super) async fn waiting(link: &Link, identifier: &str) -> Result<u64, StoreError> {
    let select = "select call, destination, lane, number from customerio_waiting
        where (destination, lane, number) > ($1, $2, $3) order by destination, lane, number limit $4";
    let delete = "with gone as (
            delete from customerio_waiting as call
            using unnest($1::text[], $2::smallint[], $3::bigint[]) as found (destination, lane, number)
            where call.destination = found.destination and call.lane = found.lane and call.number = found.number
            returning call.number
        )
        select count(*) from gone";
    let (mut purged, mut after) = (0, (String::new(), 0_i16, 0_i64));
    loop {
        let place = [
            (&after.0 as _, Type::TEXT),
            (&after.1 as _, Type::INT2),
            (&after.2 as _, Type::INT8),
            (&PAGE as _, Type::INT8),
        ];
        let rows = link.query(select, &place).await?;
        let Some(last) = rows.last() else { return Ok(purged) };
        after = key(last)?;
        let found = naming(&rows, identifier)?.into_iter().map(key).collect::<Result<Vec<_>, _>>()?;
        if !found.is_empty() {
            let destinations: Vec<_> = found.iter().map(|(destination, ..)| destination.as_str()).collect();
            let lanes: Vec<_> = found.iter().map(|(_, lane, _)| *lane).collect();
            let numbers: Vec<_> = found.iter().map(|(.., number)| *number).collect();
            let found = [
                (&destinations as _, Type::TEXT_ARRAY),
                (&lanes as _, Type::INT2_ARRAY),
                (&numbers as _, Type::INT8_ARRAY),
            ];
            purged += count(&link.query_one(delete, &found).await?)?;
        }
    }
}

/// Deletes those that failed, likewise.
pub(super) async fn dead(link: &Link, identifier: &str) -> Result<u64, StoreError> {
    let select = "select call, number from customerio_dead where number > $1 order by number limit $2";
    let delete = "with gone as (delete from customerio_dead where number = any ($1) returning number)
        select count(*) from gone";
    let (mut purged, mut after) = (0, 0_i64);
    loop {
        let rows = link.query(select, &[(&after, Type::INT8), (&PAGE, Type::INT8)]).await?;
        let Some(last) = rows.last() else { return Ok(purged) };
        let number = |row: &Row| row.try_get::<_, i64>(1).map_err(failed);
        after = number(last)?;
        let found = naming(&rows, identifier)?.into_iter().map(number).collect::<Result<Vec<_>, _>>()?;
        if !found.is_empty() {
            purged += count(&link.query_one(delete, &[(&found, Type::INT8_ARRAY)]).await?)?;
        }
    }
}

/// The rows whose calls name the person.
fn naming<'a>(rows: &'a [Row], identifier: &str) -> Result<Vec<&'a Row>, StoreError> {
    let mut found = Vec::new();
    for row in rows {
        if bytes_mention(row.try_get(0).map_err(failed)?, identifier) {
            found.push(row);
        }
    }
    Ok(found)
}

fn key(row: &Row) -> Result<(String, i16, i64), StoreError> {
    Ok((row.try_get(1).map_err(failed)?, row.try_get(2).map_err(failed)?, row.try_get(3).map_err(failed)?))
}

fn count(row: &Row) -> Result<u64, StoreError> {
    Ok(row.try_get::<_, i64>(0).map_err(failed)?.cast_unsigned())
}
