//! What it changes, and what the queue then delivers.

use serde_json::json;

use crate::support::{Place, arrived, deliver, filled};

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_of_a_file_are_replayed() {
    replays(&Place::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_of_a_database_are_replayed() {
    let Some(place) = Place::database().await else { return };
    replays(&place).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_a_file_are_deleted() {
    deletes(&Place::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_a_database_are_deleted() {
    let Some(place) = Place::database().await else { return };
    deletes(&place).await;
}

async fn replays(place: &Place) {
    let service = filled(place).await;
    assert_eq!(arrived(&service), (Vec::new(), 1));
    let (code, printed, error) = place.run("replay 1 2 9");
    assert_eq!(
        printed,
        "1 waits again as 4\n2 is parked: --even-if-it-was-sent would replay it\n9 is no dead letter\nreplayed 1 dead letter\n"
    );
    assert_eq!((code, &*error), (1, "error: 2 dead letters were left\n"));
    deliver(place, &service).await;
    let lengths = ["ada@example.com", "bob"].map(|person| person.len() as u64).to_vec();
    assert_eq!(arrived(&service), (lengths, 1), "what was replayed is behind what waited, and the message is parked");

    let (code, printed, error) = place.run("replay --all --yes");
    assert_eq!((code, &*printed), (0, "replayed 0 dead letters\n"));
    assert_eq!(error, "1 parked call will be left: --even-if-it-was-sent would replay them\n");
    let outcomes = place.json("replay --all --yes --even-if-it-was-sent");
    assert_eq!(outcomes, [json!({ "number": 2, "outcome": "waits", "new_number": 5 })]);
    deliver(place, &service).await;
    assert_eq!(arrived(&service).1, 2, "a person wanted it");
    assert_eq!(place.json("list"), [] as [serde_json::Value; 0]);
}

async fn deletes(place: &Place) {
    let service = filled(place).await;
    let (code, printed, error) = place.run("discard 1 8 9");
    assert_eq!((code, &*printed, &*error), (1, "discarded 1 call\n", "error: there is no call 8, 9\n"));
    assert_eq!(place.json("discard --all --reason rejected"), [json!({ "discarded": 0, "not_found": [] })]);
    assert_eq!(place.json("purge nobody@example.com"), [json!({ "waiting": 0, "dead": 0, "damaged": 0 })]);
    assert_eq!(place.printed("purge ADA@example.com"), "purged 1 waiting call and 1 dead letter\n");
    deliver(place, &service).await;
    assert_eq!(arrived(&service), (Vec::new(), 1), "nothing but the message that had arrived before");

    let service = filled(place).await;
    assert_eq!(place.printed("discard --all --waiting --yes"), "discarded 1 call\n");
    assert_eq!(place.printed("discard --all --reason rejected --yes"), "discarded 1 call\n");
    assert_eq!(place.json("list").len(), 1);
    assert_eq!(place.printed("discard --all --yes"), "discarded 1 call\n");
    deliver(place, &service).await;
    assert_eq!((arrived(&service), place.json("list").len()), ((Vec::new(), 1), 0));
}
