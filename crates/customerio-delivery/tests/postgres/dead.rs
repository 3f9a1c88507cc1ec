//! Calls that fail, and room for calls.

use customerio_delivery::{
    CallFilter, Failure, Fate, Inspect as _, ParkedCalls, Reason, Replayed, Store as _, StoreError,
    postgres::PostgresStore,
};

use crate::{
    server::database,
    support::{event, events_stream, open, waiting},
};

#[tokio::test]
async fn what_a_server_says_does_not_hold_up_the_stream() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    store.append(&[event(1), event(2)]).await.unwrap();
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let failure = Failure::new(Reason::Rejected)
        .with_status(Some(400))
        .with_field(Some("a\0b".to_owned()))
        .with_message(Some("nul: \0, quotes: '\"".to_owned()));
    store.settle(epoch, &events_stream(), &[(2, Fate::Failed(failure)), (1, Fate::Done)]).await.unwrap();
    let found = store.show(2).await.unwrap().unwrap();
    let failure = found.failure().unwrap();
    assert_eq!(failure.field.as_deref(), Some("a\u{fffd}b"));
    assert_eq!(failure.message.as_deref(), Some("nul: \u{fffd}, quotes: '\""));
    assert_eq!((failure.status, &*found.operation), (Some(400), "track.v2.person.event"));
    let filter = CallFilter::new().with_operation("track.v2.person.event");
    assert_eq!(store.list(&filter, 0, 10).await.unwrap().len(), 1);
    assert_eq!(
        store.replay(&[2, 2, 7], ParkedCalls::Leave).await.unwrap(),
        [Replayed::Waits { number: 3 }, Replayed::Unknown, Replayed::Unknown]
    );
    assert_eq!(waiting(&store).await, [(3, 2)]);
}

#[tokio::test]
async fn a_row_that_is_not_what_was_written_can_be_settled_and_is_never_replayed() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    store.append(&[event(1), event(2)]).await.unwrap();
    database.run("update customerio_waiting set call = '\\xff00ff' where number = 1").await;
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let records = store.load_more(&events_stream(), 0, &[], 1 << 20).await.unwrap();
    assert_eq!(records.iter().map(|record| record.call.is_ok()).collect::<Vec<_>>(), [false, true]);
    let failure = Failure::new(Reason::Invalid);
    store.settle(epoch, &events_stream(), &[(1, Fate::Failed(failure))]).await.unwrap();
    assert_eq!(store.replay(&[1], ParkedCalls::ReplayEvenIfSent).await.unwrap(), [Replayed::Damaged]);
    assert_eq!(store.show(1).await.unwrap().unwrap().operation, "");
}

#[tokio::test]
async fn old_dead_letters_are_forgotten() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    store.append(&[event(1), event(2)]).await.unwrap();
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let fate = Fate::Failed(Failure::new(Reason::Expired));
    store.settle(epoch, &events_stream(), &[(1, fate.clone()), (2, fate)]).await.unwrap();
    database.run("update customerio_dead set failed_at = failed_at - interval '31 days' where number = 1").await;
    store.release(epoch).await.unwrap();
    let another = open(&database).await;
    assert!(another.lease(None).await.unwrap().is_some());
    let left: Vec<_> =
        another.list(&CallFilter::dead(), 0, 10).await.unwrap().iter().map(|letter| letter.number).collect();
    assert_eq!(left, [2]);
}

#[tokio::test]
async fn a_limit_counts_what_others_enqueue_and_what_has_ended() {
    let Some(database) = database().await else { return };
    let size = event(1).to_bytes().len() as u64;
    let store = PostgresStore::builder(database.config()).with_bytes(4 * size + 3).connect().await.unwrap();
    store.append(&[event(1), event(2)]).await.unwrap();
    open(&database).await.append(&[event(3), event(4)]).await.unwrap();
    let is_full = |result: Result<u64, StoreError>| matches!(result, Err(StoreError::Full { .. }));
    let epoch = store.lease(None).await.unwrap().unwrap().epoch;
    let appended = store.append(&[event(5), event(6), event(7)]).await;
    assert!(is_full(appended));
    assert!(is_full(store.append(&[event(5)]).await));
    store.settle(epoch, &events_stream(), &[(1, Fate::Done)]).await.unwrap();
    store.append(&[event(5)]).await.unwrap();
    assert!(is_full(store.append(&[event(6)]).await));
    assert_eq!(store.statistics().await.unwrap().waiting, 4);
}

#[tokio::test]
async fn a_large_table_is_estimated_and_few_calls_are_counted() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    database
        .run(
            "insert into customerio_waiting (destination, lane, crc32, call)
             select 'default', 1, 0, decode(repeat('00', 1000), 'hex') from generate_series(1, 60000)",
        )
        .await;
    let statistics = store.statistics().await.unwrap();
    assert!((45_000..75_000).contains(&statistics.waiting), "{statistics:?}");
    assert!((45_000_000..75_000_000).contains(&statistics.bytes), "{statistics:?}");
    database.run("delete from customerio_waiting where number > 3").await;
    assert_eq!(store.statistics().await.unwrap().waiting, 3);
}
