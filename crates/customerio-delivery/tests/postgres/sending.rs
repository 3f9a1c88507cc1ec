//! Several stores on the same tables, of which one sends.

use std::{sync::Arc, time::Duration};

use customerio_delivery::{
    Epoch, Failure, Fate, Lane, Lease, Reason, Store as _, StoreError, Stream, postgres::PostgresStore,
};

use crate::{
    server::{Database, database},
    support::{event, events_stream, message, open, queue, service, until, waiting},
};

async fn with_lease(database: &Database, lease: Duration) -> PostgresStore {
    PostgresStore::builder(database.config()).with_lease(lease).connect().await.unwrap()
}

#[tokio::test]
async fn one_has_the_lease_until_it_is_released_or_runs_out() {
    let Some(database) = database().await else { return };
    let short = Duration::from_millis(300);
    let (one, other) = (with_lease(&database, short).await, with_lease(&database, short).await);
    let Lease { epoch, left, .. } = one.lease(None).await.unwrap().unwrap();
    assert!(left <= short && left > Duration::ZERO);
    assert_eq!(other.lease(None).await.unwrap(), None);
    until("it runs out", async || other.lease(None).await.unwrap().is_some()).await;
    assert_eq!(one.lease(Some(epoch)).await.unwrap(), None, "it is another's now");
    assert_eq!(one.lease(None).await.unwrap(), None, "it has to wait now");
    other.release(Epoch(2)).await.unwrap();
    let epoch = one.lease(None).await.unwrap().unwrap().epoch;
    assert_eq!(database.number("select epoch from customerio_sender").await, 3);
    // To renew it changes nothing.
    assert_eq!(one.lease(Some(epoch)).await.unwrap().unwrap().epoch, epoch);
    assert_eq!(database.number("select epoch from customerio_sender").await, 3);
    one.release(epoch).await.unwrap();
    one.release(epoch).await.unwrap();
}

#[tokio::test]
async fn who_was_taken_over_from_is_fenced_and_changes_nothing() {
    let Some(database) = database().await else { return };
    let (one, other) = (open(&database).await, open(&database).await);
    let stream = Stream { lane: Lane::App, ..events_stream() };
    one.append(&[message(1), message(2)]).await.unwrap();
    let fates = [(1, Fate::Done), (2, Fate::Failed(Failure::new(Reason::Rejected)))];
    let never = one.mark(Epoch(0), &stream, &[1]).await;
    assert!(matches!(never, Err(StoreError::Fenced)), "it was never given the lease");

    let epoch = one.lease(None).await.unwrap().unwrap().epoch;
    one.mark(epoch, &stream, &[2]).await.unwrap();
    database.run("update customerio_sender set until = clock_timestamp()").await;
    one.mark(epoch, &stream, &[2]).await.unwrap();
    let others = other.lease(None).await.unwrap().unwrap().epoch;
    for epoch in [epoch, others] {
        assert!(matches!(one.mark(epoch, &stream, &[1]).await, Err(StoreError::Fenced)));
        assert!(matches!(one.settle(epoch, &stream, &fates).await, Err(StoreError::Fenced)));
    }
    let marks: Vec<_> =
        other.load(&stream, 0, 1 << 20).await.unwrap().iter().map(|record| (record.number, record.is_marked)).collect();
    assert_eq!(marks, [(1, false), (2, true)]);
    assert_eq!(database.number("select count(*) from customerio_dead").await, 0);
    other.settle(others, &stream, &fates).await.unwrap();
    assert_eq!(database.number("select count(*) from customerio_dead").await, 1);
}

/// A settle that has begun holds up the one who takes over, so that this does not see calls that have ended.
#[tokio::test]
async fn taking_over_waits_for_what_the_sender_has_begun() {
    let Some(database) = database().await else { return };
    let (one, other) = (open(&database).await, open(&database).await);
    one.append(&[event(1), event(2)]).await.unwrap();
    let epoch = one.lease(None).await.unwrap().unwrap().epoch;
    let mut application = database.connect().await;
    let lock = application.transaction().await.unwrap();
    lock.execute("select from customerio_waiting where number = 1 for update", &[]).await.unwrap();
    let one = Arc::new(one);
    let settling = tokio::spawn({
        let one = one.clone();
        async move { one.settle(epoch, &events_stream(), &[(1, Fate::Done)]).await }
    });
    let waits = |n: i64| {
        let database = database.clone();
        async move || {
            database.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()").await == n
        }
    };
    until("the settle waits", waits(1)).await;
    database.run("update customerio_sender set until = clock_timestamp() where false").await;
    let taking = tokio::spawn({
        let database = database.clone();
        async move {
            // The lease has run out meanwhile.
            database.run("update customerio_sender set until = clock_timestamp()").await;
            other.lease(None).await.unwrap().unwrap();
            waiting(&other).await
        }
    });
    until("taking over waits too", waits(2)).await;
    lock.rollback().await.unwrap();
    settling.await.unwrap().unwrap();
    assert_eq!(taking.await.unwrap(), [(2, 2)]);
}

#[tokio::test]
async fn a_queue_that_shuts_down_hands_over_at_once() {
    let Some(database) = database().await else { return };
    let service = service().await;
    let start = async || queue(Arc::new(open(&database).await), &service.url()).start();
    let one = start().await;
    one.send(event(1)).await.unwrap();
    until("it is sent", async || one.counts().done == 1).await;
    let other = start().await;
    other.send(event(2)).await.unwrap();
    until("the first sends it", async || one.counts().done == 2).await;
    assert_eq!(one.shutdown(Duration::from_secs(5)).await.left, 0);
    other.send(event(3)).await.unwrap();
    until("the second sends it", async || other.counts().done == 1).await;
    assert_eq!(other.shutdown(Duration::from_secs(5)).await.left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_stood_still_past_its_lease_sends_nothing_that_another_sent() {
    let Some(database) = database().await else { return };
    crate::standstill::nothing_is_sent_twice(async move || with_lease(&database, Duration::from_secs(6)).await).await;
}
