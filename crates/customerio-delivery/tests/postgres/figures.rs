//! What it costs: run with `--release --ignored --nocapture figures`.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use customerio_core::{
    Client, Endpoint, Moment, Quota, Rate, Region, Throttle, Track, Transport, TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
    limits,
};
use customerio_delivery::{
    Fate, Store as _,
    postgres::{self, PostgresStore, SharedThrottle, tokio_postgres},
};
use customerio_transport::SystemClock;
use futures_core::Stream as _;

use crate::{
    figure::{counted, figure, float, median, micros, per_second, range},
    server::{Database, Server},
    support::{event, events_stream, open},
};

const CALLS: u64 = 100_000;
/// Calls of a batch: about as many events as a batch of the Track API takes.
const BATCH: u64 = 1500;
const ROUNDS: usize = 9;

/// A server of its own, where what is committed is on the disk.
async fn fresh() -> Option<Database> {
    Some(Arc::new(Server::start(&["-c", "fsync=on"])?).database().await)
}

async fn fill(store: &PostgresStore) {
    for first in (0..CALLS).step_by(1000) {
        store.append(&(first..first + 1000).map(event).collect::<Vec<_>>()).await.unwrap();
    }
}

/// Loads and settles until nothing is left, and says how many there were. As a queue does, it loads the next batch while one
/// is dealt with.
async fn drain(store: &PostgresStore) -> u64 {
    let (stream, bytes) = (events_stream(), usize::try_from(BATCH).unwrap() * event(CALLS).to_bytes().len());
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let (mut after, mut drained) = (0, 0);
    let mut records = store.load_more(&stream, after, &[], bytes).await.unwrap();
    while let Some(last) = records.last() {
        after = last.number;
        assert!(records.iter().all(|record| record.call.is_ok()));
        let held: Vec<_> = records.iter().map(|record| record.number).collect();
        let fates: Vec<_> = held.iter().map(|number| (*number, Fate::Done)).collect();
        let done = async move { drop(records) };
        let (next, settled, ()) =
            tokio::join!(store.load_more(&stream, after, &held, bytes), store.settle(epoch, &stream, &fates), done);
        settled.unwrap();
        drained += fates.len() as u64;
        records = next.unwrap();
    }
    drained
}

/// What was written before is on the disk, so that what is measured next does not wait for it.
async fn checkpoint(client: &tokio_postgres::Client) {
    client.batch_execute("checkpoint").await.unwrap();
}

async fn copy_out(client: &tokio_postgres::Client) -> u64 {
    let mut rows = pin!(client.copy_out("copy customerio_waiting to stdout (format binary)").await.unwrap());
    let mut bytes = 0;
    while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
        bytes += row.unwrap().len() as u64;
    }
    bytes
}

/// What a queue has that claims its rows: an index of those that are not claimed.
const JOBS: &str = "
    drop table if exists job;
    create table job (number bigint primary key, call bytea not null, claimed_at timestamptz);
    create index job_ready on job (number) where claimed_at is null;
    insert into job select number, call from customerio_waiting order by number;
    analyze";

/// How rows are found that are to be claimed. Most are written with `in`, or a join, which is the same to PostgreSQL: it may
/// read the whole table for each batch.
const FOUND: [(&str, &str); 2] = [("", "any (array"), (" with `in`", "any")];

/// What most queues in PostgreSQL do: a worker claims rows by an update, and deletes them after.
async fn claim_by_update(client: &tokio_postgres::Client, found: &str) -> u64 {
    let (end, rows) = (if found == "any" { "" } else { ")" }, "claimed_at is null order by number limit $1");
    let claim = format!(
        "update job set claimed_at = now() where number = {found} (select number from job where {rows} for update skip locked){end}
         returning number, call"
    );
    let claim = client.prepare(&claim).await.unwrap();
    let delete = client.prepare("delete from job where number = any ($1)").await.unwrap();
    let mut claimed = 0;
    loop {
        let rows = client.query(&claim, &[&i64::try_from(BATCH).unwrap()]).await.unwrap();
        if rows.is_empty() {
            return claimed;
        }
        assert!(rows.iter().all(|row| !row.get::<_, &[u8]>(1).is_empty()));
        let numbers: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        client.execute(&delete, &[&numbers]).await.unwrap();
        claimed += rows.len() as u64;
    }
}

#[tokio::test]
#[ignore = "it measures"]
async fn measures_the_drain_beside_copy_and_claims() {
    let Some(database) = fresh().await else { return };
    let (store, client) = (open(&database).await, database.connect().await);
    // The drain, and what it is beside, in calls a second.
    let (mut drains, mut copies, mut claims) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..ROUNDS {
        fill(&store).await;
        for ((_, found), claims) in FOUND.into_iter().zip(&mut claims) {
            client.batch_execute(JOBS).await.unwrap();
            checkpoint(&client).await;
            let begun = Instant::now();
            assert_eq!(claim_by_update(&client, found).await, CALLS);
            claims.push(per_second(CALLS, begun));
        }
        // It is soon over: what else the machine does meanwhile counts the less the more often it is done.
        let begun = Instant::now();
        for _ in 0..5 {
            assert!(copy_out(&client).await > 250 * CALLS);
        }
        copies.push(per_second(5 * CALLS, begun));
        checkpoint(&client).await;
        let begun = Instant::now();
        assert_eq!(drain(&store).await, CALLS);
        drains.push(per_second(CALLS, begun));
    }
    let over = |what: &str, others: &[f64]| {
        let ratios: Vec<_> = drains.iter().zip(others).map(|(drain, other)| drain / other).collect();
        let (drained, other) = (median(drains.clone()), median(others.to_vec()));
        let shown = format!("{drained:.0} over {other:.0}; {}", range(&ratios, 2));
        figure(&format!("PostgreSQL, drain over {what}, calls a second"), median(ratios), &shown);
    };
    over("COPY out", &copies);
    for ((how, _), claims) in FOUND.into_iter().zip(&claims) {
        over(&format!("claims by update{how}"), claims);
    }
}

#[tokio::test]
#[ignore = "it measures"]
async fn measures_enqueue_beside_a_transaction_of_one_row() {
    let Some(database) = fresh().await else { return };
    open(&database).await;
    let mut client = database.connect().await;
    client
        .batch_execute("create table person (id bigint generated always as identity primary key, name text)")
        .await
        .unwrap();
    let insert = client.prepare("insert into person (name) values ($1)").await.unwrap();
    let (mut alone, mut with) = (Vec::new(), Vec::new());
    let call = event(1);
    for round in 0..8000 {
        let begun = Instant::now();
        let transaction = client.transaction().await.unwrap();
        transaction.execute(&insert, &[&"Ada Lovelace"]).await.unwrap();
        if round % 2 == 1 {
            postgres::enqueue(&transaction, &call).await.unwrap();
        }
        transaction.commit().await.unwrap();
        if round % 2 == 1 { &mut with } else { &mut alone }.push(micros(begun.elapsed()));
    }
    let (alone, with) = (median(alone), median(with));
    let name = "PostgreSQL, what enqueue adds to a transaction of one row, of its time";
    figure(name, (with - alone) / alone, &format!("{:.0} µs over {alone:.0} µs", with - alone));
}

/// Takes turns of a quota as fast as that goes, each client with several processes' throttles and no limit that matters.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures"]
async fn measures_turns_of_a_shared_throttle() {
    const TURNS: u64 = 50_000;
    let Some(database) = fresh().await else { return };
    for (name, rate) in [
        ("at 1,000,000 a second", Rate::at_most(1_000_000, Duration::from_secs(1)).with_burst(500_000)),
        ("at the documented rate", limits::INGEST_RATE),
    ] {
        let throttle = Throttle::default().with_rate(Quota::Ingest, rate);
        let builder = SharedThrottle::builder(database.config()).with_throttle(throttle).with_account(name);
        let shared = builder.connect().await.unwrap();
        let client: Client<Track> = Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), Arc::new(Free))
            .with_throttle(shared.throttle());
        // The first call finds the table, and then each that comes alone waits for one round trip.
        let mut alone = Vec::new();
        for _ in 0..200 {
            let begun = Instant::now();
            client.delete("42").await.unwrap();
            alone.push(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        alone.sort_unstable();
        let turns = if rate == limits::INGEST_RATE { 3_000 } else { TURNS };
        let before = database
            .number(
                "select coalesce(sum(n_tup_upd), 0)::bigint from pg_stat_user_tables where relname = 'customerio_pace'",
            )
            .await;
        let begun = Instant::now();
        let calls: tokio::task::JoinSet<_> = (0..64)
            .map(|_| {
                let client = client.clone();
                async move {
                    for _ in 0..turns / 64 {
                        client.delete("42").await.unwrap();
                    }
                }
            })
            .collect();
        calls.join_all().await;
        let taken = per_second(turns / 64 * 64, begun);
        // PostgreSQL counts a little later.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let row = database
            .connect()
            .await
            .query_one(
                "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'customerio_pace'",
                &[],
            )
            .await
            .unwrap();
        let (updates, hot): (i64, i64) = (row.get(0), row.get(1));
        let times = [alone[alone.len() / 2], alone[alone.len() * 99 / 100]].map(micros);
        figure(
            &format!("SharedThrottle {name}: a whole call alone, half of the times, µs"),
            times[0],
            &format!("99 % {:.0}; one round trip to PostgreSQL", times[1]),
        );
        let shown = format!("{} updates by 64 tasks, {hot} of {updates} in place", updates - before);
        figure(&format!("SharedThrottle {name}: turns a second"), taken, &shown);
        assert!(hot * 10 > updates * 9, "{hot} of {updates} updates were in place");
    }
}

/// Responds at once.
#[derive(Debug)]
struct Free;

#[async_trait]
impl Transport for Free {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Ok(Response::new(Bytes::from_static(b"{}")))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }
}

/// `SECONDS_HELD=600` is the long form.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures"]
async fn a_held_snapshot_makes_no_backlog() {
    const EACH: Duration = Duration::from_millis(10);
    let Some(database) = fresh().await else { return };
    let seconds = std::env::var("SECONDS_HELD").map_or(10, |seconds| seconds.parse().unwrap());
    let store = Arc::new(open(&database).await);
    let mut holder = database.connect().await;
    let snapshot = holder
        .build_transaction()
        .isolation_level(postgres::tokio_postgres::IsolationLevel::RepeatableRead)
        .start()
        .await
        .unwrap();
    snapshot.query_one("select count(*) from customerio_waiting", &[]).await.unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let producing = tokio::spawn({
        let (store, is_over) = (store.clone(), is_over.clone());
        async move {
            let (begun, mut appended) = (Instant::now(), 0_u64);
            let mut ticks = tokio::time::interval(EACH);
            while begun.elapsed() < Duration::from_secs(seconds) {
                ticks.tick().await;
                store.append(&(0..50).map(|n| event(appended + n)).collect::<Vec<_>>()).await.unwrap();
                appended += 50;
            }
            is_over.store(true, Relaxed);
            (appended, begun.elapsed())
        }
    });
    let (mut drained, mut after, mut longest) = (0, 0, Duration::ZERO);
    let mut renewed = Instant::now();
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let mut backlog = None;
    loop {
        if renewed.elapsed() > Duration::from_secs(5) {
            assert!(store.lease(Some(epoch)).await.unwrap().is_some());
            renewed = Instant::now();
        }
        if is_over.load(Relaxed) && backlog.is_none() {
            backlog = Some(store.statistics().await.unwrap().waiting);
        }
        let begun = Instant::now();
        let records = store.load_more(&events_stream(), after, &[], 500_000).await.unwrap();
        longest = longest.max(begun.elapsed());
        if records.is_empty() {
            if backlog.is_some() {
                break;
            }
            tokio::time::sleep(EACH).await;
            continue;
        }
        after = records.last().unwrap().number;
        let fates: Vec<_> = records.iter().map(|record| (record.number, Fate::Done)).collect();
        store.settle(epoch, &events_stream(), &fates).await.unwrap();
        drained += fates.len() as u64;
    }
    let (appended, time) = producing.await.unwrap();
    let size = database.number("select pg_table_size('customerio_waiting')").await;
    snapshot.rollback().await.unwrap();
    println!(
        "a snapshot held for {seconds} s: {:.0}/s appended, backlog {}, longest look {longest:?}, table {} MB",
        float(appended) / time.as_secs_f64(),
        backlog.unwrap(),
        size >> 20
    );
    let lost = Some(appended - drained);
    counted(
        &format!("PostgreSQL: a snapshot held for {seconds} s at 5,000 calls a second"),
        1,
        appended,
        [lost, None, None, None],
    );
    assert_eq!(drained, appended);
    assert!(backlog.unwrap() <= 5_000, "there is a backlog");
}
