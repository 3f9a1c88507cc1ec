//! Calls that an application enqueues in its own transactions, which overlap.

use std::{sync::Arc, time::Duration};

use customerio_delivery::{
    Fate, Lane, Store as _, Stream,
    postgres::{self, INSERT, Row},
};

use crate::{
    server::database,
    support::{
        arrived, event, events_stream, message, message_of, more, n_of, open, queue, sent, service, until, waiting,
    },
};

#[tokio::test]
async fn what_is_committed_is_sent_and_what_is_rolled_back_never() {
    let Some(database) = database().await else { return };
    let service = service().await;
    let store = open(&database).await;
    let queue = queue(Arc::new(store), &service.url()).start();
    let mut application = database.connect().await;
    application.batch_execute("create table person (name text)").await.unwrap();

    let transaction = application.transaction().await.unwrap();
    transaction.execute("insert into person values ('Bob')", &[]).await.unwrap();
    postgres::enqueue(&transaction, &event(1)).await.unwrap();
    postgres::enqueue(&transaction, &message(1)).await.unwrap();
    transaction.rollback().await.unwrap();
    let transaction = application.transaction().await.unwrap();
    transaction.execute("insert into person values ('Ada')", &[]).await.unwrap();
    postgres::enqueue(&transaction, &event(2)).await.unwrap();
    postgres::enqueue(&transaction, &message(2)).await.unwrap();
    // As with another driver.
    let Row { destination, lane, crc32, call, .. } = Row::new(&event(3));
    transaction.execute(INSERT, &[&&*destination, &lane, &crc32, &call]).await.unwrap();
    transaction.commit().await.unwrap();

    // It waits for what others enqueued too.
    assert_eq!(queue.flush(Duration::from_secs(30)).await.left, 0);
    assert_eq!((arrived(&service), sent(&service)), (vec![2, 3], vec![2]));
    assert_eq!(database.number("select count(*) from person").await, 1);
    assert_eq!(queue.shutdown(Duration::from_secs(5)).await.left, 0);
}

#[tokio::test]
async fn what_is_committed_late_is_sent_and_in_order_with_what_follows() {
    let Some(database) = database().await else { return };
    let service = service().await;
    let queue = queue(Arc::new(open(&database).await), &service.url()).start();
    let (mut one, mut other) = (database.connect().await, database.connect().await);
    for round in 0..10 {
        let n = 10 * round;
        let late = one.transaction().await.unwrap();
        postgres::enqueue(&late, &event(n + 1)).await.unwrap();
        // Numbers behind it become visible before, and go out.
        for n in [n + 2, n + 3] {
            let transaction = other.transaction().await.unwrap();
            postgres::enqueue(&transaction, &event(n)).await.unwrap();
            transaction.commit().await.unwrap();
        }
        until("those go out", async || arrived(&service).contains(&(n + 3))).await;
        late.commit().await.unwrap();
        postgres::enqueue(&other, &event(n + 4)).await.unwrap();
        until("all go out", async || arrived(&service).contains(&(n + 4)) && arrived(&service).contains(&(n + 1)))
            .await;
    }
    let expected: Vec<_> = (0..10).flat_map(|round| [2, 3, 1, 4].map(|n| 10 * round + n)).collect();
    assert_eq!(arrived(&service), expected);
    assert_eq!(queue.shutdown(Duration::from_secs(5)).await.left, 0);
}

#[tokio::test]
async fn a_sender_sees_what_was_committed_late_and_not_what_it_holds() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let mut application = database.connect().await;
    store.append(&[event(1)]).await.unwrap();
    let late = application.transaction().await.unwrap();
    postgres::enqueue(&late, &event(2)).await.unwrap();
    store.append(&[event(3), event(4)]).await.unwrap();
    assert_eq!(more(&store, 0, &[]).await, [(1, 1), (3, 3), (4, 4)]);
    // However often it has looked, and whatever is gone, it does not pass what may still come.
    store.settle(epoch, &events_stream(), &[(1, Fate::Done), (3, Fate::Done)]).await.unwrap();
    let mut advanced = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..10 {
        advanced.tick().await;
        assert_eq!(more(&store, 4, &[4]).await, []);
    }
    late.commit().await.unwrap();
    assert_eq!(more(&store, 4, &[4]).await, [(2, 2)]);
    assert_eq!(waiting(&store).await, [(2, 2), (4, 4)]);
}

#[tokio::test]
async fn calls_of_any_size_are_given_in_order_and_not_too_many_at_once() {
    const BYTES: usize = 100_000;
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    // Few large ones among many that are small, and then the other way around.
    let sizes: Vec<_> = (0..600).map(|n| if (n % 40 == 39) == (n < 400) { 30_000 } else { 10 }).collect();
    let calls: Vec<_> = (0..).zip(&sizes).map(|(n, size)| message_of(n, *size)).collect();
    for calls in calls.chunks(50) {
        store.append(calls).await.unwrap();
    }
    let stream = Stream { lane: Lane::App, ..events_stream() };
    let (mut after, mut given, mut held, mut looks) = (0, Vec::new(), Vec::new(), 0);
    loop {
        let records = store.load_more(&stream, after, &held, BYTES).await.unwrap();
        let Some(last) = records.last() else { break };
        (after, looks) = (last.number, looks + 1);
        held.extend(records.iter().map(|record| record.number));
        let calls: Vec<_> = records.into_iter().map(|record| record.call.unwrap()).collect();
        assert!(calls.len() == 1 || calls.iter().map(|call| call.to_bytes().len()).sum::<usize>() <= BYTES);
        given.extend(calls.iter().map(n_of));
    }
    assert_eq!(given, (0..600).collect::<Vec<_>>());
    let bytes: usize = calls.iter().map(|call| call.to_bytes().len()).sum();
    assert!(looks < 3 * bytes / BYTES, "{looks} looks for {bytes} bytes");
}
