//! The places in line of all processes, in the table `customerio_pace`.

use std::time::{Duration, Instant};

use customerio_core::{Demand, Grant};
use tokio_postgres::types::Type;

use super::link::{Link, Parameter, failed};
use crate::StoreError;

/// The part of the rate that there is. Each period gives a tenth back.
macro_rules! share {
    ($period:literal) => {
        concat!(
            "least(1, share + coalesce(extract(epoch from clock.now - slowed_at)::double precision * 100000 / ",
            $period,
            ", 0))"
        )
    };
}

/// Reads the clock once. And the transaction does not wait for the disk: after a crash of the database, all processes begin
/// again without a burst, so the places that were taken last may be forgotten.
macro_rules! clock {
    () => {
        "(select clock_timestamp() as now, set_config('synchronous_commit', 'off', true)) as clock"
    };
}

/// Takes places, in one step.
const TAKE: &str = concat!(
    "update customerio_pace
    set due = greatest(due, clock.now + $6 * interval '1 microsecond')
        + $3 * (($4 / ",
    share!("$5"),
    ") * interval '1 microsecond')
    from ",
    clock!(),
    " where account = $1 and quota = $2
    returning (extract(epoch from due - $3 * (($4 / ",
    share!("$5"),
    ") * interval '1 microsecond') - clock.now) * 1000000)::bigint, ($4 / ",
    share!("$5"),
    ")::bigint"
);

/// The server said to one of them that there were too many. Several that hear that at the same time count once.
const SLOW_DOWN: &str = concat!(
    "update customerio_pace
    set share = greatest(0.1, ",
    share!("$3"),
    " / 2), slowed_at = clock.now, due = greatest(due, clock.now + $4 * interval '1 microsecond')
    from ",
    clock!(),
    " where account = $1 and quota = $2 and (slowed_at is null or slowed_at + $3 * interval '1 microsecond' <= clock.now)"
);

const CREATE: &str = "insert into customerio_pace (account, quota) values ($1, $2) on conflict do nothing";

/// Asks for what is wanted.
pub(super) async fn ask(link: &Link, account: &str, demand: &Demand) -> Result<Grant, StoreError> {
    let quota = demand.quota().as_str();
    let row: [Parameter<'_>; 2] = [(&account, Type::TEXT), (&quota, Type::TEXT)];
    let [interval, period, tolerance] = [demand.interval(), demand.period(), demand.tolerance()].map(micros);
    if demand.slows_down() {
        let changes: [Parameter<'_>; 2] = [(&period, Type::FLOAT8), (&tolerance, Type::FLOAT8)];
        link.query(CREATE, &row).await?;
        link.query(SLOW_DOWN, &[&row[..], &changes[..]].concat()).await?;
    }
    let turns = f64::from(demand.turns());
    let earliest = if demand.restarts() { tolerance } else { 0.0 };
    let changes: [Parameter<'_>; 4] =
        [(&turns, Type::FLOAT8), (&interval, Type::FLOAT8), (&period, Type::FLOAT8), (&earliest, Type::FLOAT8)];
    let parameters = [&row[..], &changes[..]].concat();
    loop {
        let asked = Instant::now();
        if let Some(found) = link.query(TAKE, &parameters).await?.first() {
            let [starts_in, interval] = [0, 1].map(|column| found.try_get::<_, i64>(column).map_err(failed));
            let [starts_in, interval] = [starts_in?, interval?].map(|micros| Duration::from_micros(unsigned(micros)));
            return Ok(Grant { starts_in, interval, took: asked.elapsed() });
        }
        link.query(CREATE, &row).await?;
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000_000.0
}

fn unsigned(micros: i64) -> u64 {
    u64::try_from(micros).unwrap_or_default()
}
