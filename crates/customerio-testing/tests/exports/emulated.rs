//! Exports of the emulator, from their start to their last row.

use std::collections::HashMap;

use customerio_core::{
    Client,
    app::{
        Filter, SendEmail,
        exports::{ExportDeliveries, ExportPeople, ExportStatus, List},
    },
};
use customerio_emulator::Emulator;
use customerio_hyper::HyperTransport;
use serde_json::json;

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Person {
    id: String,
    plan: String,
    visits: Option<u32>,
}

#[tokio::test]
async fn people_are_exported_to_their_last_row() {
    let emulator = Emulator::new();
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    for (id, plan, visits) in [("1", "a, \"b\"\nc", Some(3)), ("2", "free", None), ("3", "pro", Some(0))] {
        track.identify(id, json!({"plan": plan, "visits": visits})).await.unwrap();
    }
    track.identify("4", ()).await.unwrap();
    let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
    assert!(app.call(List::new()).await.unwrap().items.is_empty());

    let started = emulator.now();
    let people = ExportPeople::new(Filter::attribute_exists("plan")).with_attributes(["plan", "visits"]);
    let mut file = app.start_export(people).await.unwrap();
    assert_eq!(file.ready().await.unwrap().total, Some(3));
    assert!(emulator.now() > started, "it was waited for, on the emulator's clock");
    let id = file.id();
    let read = tokio::spawn(async move {
        let (mut rows, mut people) = (file.rows::<Person>(), Vec::new());
        while let Some(person) = rows.next().await {
            people.push(person.unwrap());
        }
        people
    });
    let person = |id: &str, plan: &str, visits| Person { id: id.to_owned(), plan: plan.to_owned(), visits };
    let mut people = read.await.unwrap();
    people.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(people, [person("1", "a, \"b\"\nc", Some(3)), person("2", "free", None), person("3", "pro", Some(0))]);
    let exports = app.call(List::new()).await.unwrap().items;
    assert_eq!(
        (exports[0].id, exports[0].status.clone(), exports[0].downloads),
        (id, Some(ExportStatus::Done), Some(1))
    );
}

#[tokio::test]
async fn deliveries_are_exported_over_a_socket() {
    let server = Emulator::new().serve_on_loopback().await.unwrap();
    let app = Client::new(server.emulator().app_endpoint_at(&server.url()).unwrap(), HyperTransport::new().unwrap());
    let mut sent = Vec::new();
    for to in ["ada@example.com", "bob@example.com"] {
        let message = SendEmail::from_template("welcome", to).with_message_data(json!({"total": 9}));
        sent.push(app.send_email(message).await.unwrap().delivery_id.to_string());
    }
    let deliveries = ExportDeliveries::of_transactional("welcome").with_attributes(["total"]);
    let file = app.start_export(deliveries).await.unwrap();
    // The emulator's clock, so that nothing is waited for.
    server.emulator().advance(std::time::Duration::from_secs(1));
    let (mut rows, mut found) = (file.rows::<HashMap<String, String>>(), Vec::new());
    while let Some(row) = rows.next().await {
        let row = row.unwrap();
        assert_eq!(row["total"], "9");
        found.push(row["id"].clone());
    }
    assert_eq!(found, sent);
    assert_eq!(rows.file().position(), rows.file().size().unwrap());
    server.shutdown().await;
}
