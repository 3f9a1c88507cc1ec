//! What the tests have in common.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use customerio_core::{Client, Endpoint, Limits, Moment, Region, app::SendEmail, track::v2::person::Event};
use customerio_delivery::{Lane, MachineOptions, Queue, QueueBuilder, Store, Stored, Stream, postgres::PostgresStore};
use customerio_emulator::{Emulator, Server as Service};
use customerio_hyper::HyperTransport;
use serde_json::{Value, json};

use crate::server::Database;

const KEY: &str = "key";

/// An event of about 300 bytes as it is stored, about one person, with its number in it.
pub(crate) fn event(n: u64) -> Stored {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: n.into() };
    let attributes = json!({ "n": n, "note": "x".repeat(40) });
    Stored::new(Event::new("42", "purchase").with_attributes(attributes), &now, &Limits::default()).unwrap()
}

/// A message, which must not arrive twice, with its number in it.
pub(crate) fn message(n: u64) -> Stored {
    message_of(n, 0)
}

/// The same, with that many bytes more.
pub(crate) fn message_of(n: u64, bytes: usize) -> Stored {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: n.into() };
    let send = SendEmail::from_template("reset", format!("{n}@example.com"))
        .with_message_data(json!({ "n": n, "note": "x".repeat(bytes) }));
    Stored::new(send, &now, &Limits::default()).unwrap()
}

pub(crate) fn events_stream() -> Stream {
    Stream { destination: "default".into(), lane: Lane::TrackBatches }
}

pub(crate) async fn open(database: &Database) -> PostgresStore {
    PostgresStore::connect(database.config()).await.unwrap()
}

/// The number in a call.
pub(crate) fn n_of(call: &Stored) -> u64 {
    let body: Value = serde_json::from_slice(call.call().body()).unwrap();
    ["attributes", "message_data"].into_iter().find_map(|field| body[field]["n"].as_u64()).unwrap()
}

/// The numbers in the events that wait, as a sender sees them that holds those of `held`.
pub(crate) async fn more(store: &PostgresStore, after: u64, held: &[u64]) -> Vec<(u64, u64)> {
    let records = store.load_more(&events_stream(), after, held, 1 << 20).await.unwrap();
    records.into_iter().map(|record| (record.number, n_of(&record.call.unwrap()))).collect()
}

/// The numbers in the events that wait, and in the store.
pub(crate) async fn waiting(store: &PostgresStore) -> Vec<(u64, u64)> {
    let records = store.load(&events_stream(), 0, 1 << 20).await.unwrap();
    records.into_iter().map(|record| (record.number, n_of(&record.call.unwrap()))).collect()
}

pub(crate) async fn service() -> Service {
    let emulator = Emulator::builder().with_track_credentials(KEY, KEY).with_app_api_key(KEY).build();
    emulator.serve_on_loopback().await.unwrap()
}

/// A queue over that store to the local Customer.io at that address, with small batches.
pub(crate) fn queue(store: Arc<dyn Store>, url: &str) -> QueueBuilder {
    let transport = Arc::new(HyperTransport::new().unwrap());
    let limits = Limits::default().with_batch(4_000);
    let track = Endpoint::track(Region::Us, KEY, KEY).unwrap().with_base_url(url).unwrap().with_limits(limits);
    let app = Endpoint::app(Region::Us, KEY).unwrap().with_base_url(url).unwrap();
    let mut options = MachineOptions::default();
    options.concurrency = 8;
    options.poll_interval = Duration::from_millis(20);
    Queue::builder_shared(store)
        .with_track(Client::new(track, transport.clone()))
        .with_app(Client::new(app, transport))
        .with_options(options)
}

/// The numbers in the events that have arrived, in their order.
pub(crate) fn arrived(service: &Service) -> Vec<u64> {
    service.emulator().events().iter().map(|event| event.data()["n"].as_u64().unwrap()).collect()
}

/// The numbers in the messages that have arrived.
pub(crate) fn sent(service: &Service) -> Vec<u64> {
    let n = |body: Value| body["message_data"]["n"].as_u64().unwrap();
    service.emulator().messages().iter().map(|message| n(message.body().clone())).collect()
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(120), "it takes too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
