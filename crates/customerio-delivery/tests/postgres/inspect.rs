//! What people see of the tables, and what they delete.

use customerio_core::{Limits, Moment, track::v2::person::Event};
use customerio_delivery::{CallFilter, Inspect as _, Store as _, Stored};

use crate::{
    server::database,
    support::{event, message, open, waiting},
};

fn about(person: &str, destination: &'static str) -> Stored {
    let now =
        Moment { monotonic: std::time::Duration::ZERO, since_epoch: std::time::Duration::from_secs(1), random: 4 };
    Stored::new(Event::new(person, "purchase"), &now, &Limits::default()).unwrap().with_destination(destination)
}

#[tokio::test]
async fn calls_of_a_person_are_purged_in_pages_from_all_streams() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    let mut calls: Vec<_> = (0..150).flat_map(|n| [event(n), about("ada", "eu"), about("ada", "default")]).collect();
    calls.extend((0..150).map(message));
    store.append(&calls).await.unwrap();
    assert_eq!(store.purge("ada").await.unwrap().waiting, 300);
    assert_eq!(store.purge("7@example.com").await.unwrap().waiting, 1);
    assert_eq!(waiting(&store).await.into_iter().map(|(_, n)| n).collect::<Vec<_>>(), (0..150).collect::<Vec<_>>());
    assert_eq!(store.statistics().await.unwrap().waiting, 299);
}

#[tokio::test]
async fn a_damaged_row_is_listed_purged_and_discarded() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    store.append(&[event(1), event(2), event(3)]).await.unwrap();
    database.run("update customerio_waiting set call = '\\xff00ff' where number = 1").await;
    database.run("update customerio_waiting set call = convert_to('{ ada@example.com', 'utf8') where number = 2").await;
    let calls = store.list(&CallFilter::waiting(), 0, 10).await.unwrap();
    assert_eq!(calls.iter().map(|call| call.call.is_ok()).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(store.purge("Ada@example.com").await.unwrap().waiting, 1);
    assert_eq!(store.discard(&[1, 2]).await.unwrap(), 1);
    assert_eq!(waiting(&store).await, [(3, 3)]);
}
