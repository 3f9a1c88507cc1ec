//! The calls that the checks use.

use std::time::Duration;

use customerio_core::{
    Limits, Moment, Operation,
    app::{Raw, SendEmail},
    pipelines::{self, Context},
    track::{Delete, v2::person},
};
use customerio_delivery::{Epoch, Fate, Record, Store, Stored, Stream};

use crate::conformance::Outcome;

/// Room for all the calls of a check.
pub(super) const ROOM: u64 = 1 << 20;
/// More than there is to load.
pub(super) const ALL: usize = 1 << 20;

pub(super) fn stored(operation: impl Operation) -> Outcome<Stored> {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
    Ok(Stored::new(operation, &now, &Limits::default())?)
}

/// An event about a person.
pub(super) fn event(person: &str, name: &str) -> Outcome<Stored> {
    stored(person::Event::new(person, name))
}

/// Events that differ, of about the same size.
pub(super) fn events(count: usize) -> Outcome<Vec<Stored>> {
    (0..count).map(|n| event("42", &format!("event-{n:04}"))).collect()
}

/// A message, which must not be sent twice.
pub(super) fn message(to: &str) -> Outcome<Stored> {
    stored(SendEmail::from_template("reset", to))
}

/// One call of each kind.
pub(super) fn kinds() -> Outcome<Vec<Stored>> {
    Ok(vec![
        event("42", "ä \u{1f600} \"quoted\"\n")?,
        stored(person::Merge::new("1", "2"))?,
        stored(pipelines::Track::new("42", "visit").with_context(Context::new().with_ip("203.0.113.7")))?,
        stored(Delete::new("a/b"))?,
        message("ada@example.com")?,
        stored(Raw::post(["v1", "x"], serde_json::json!({ "note": "x".repeat(10_000) })))?,
        event("42", "expires")?.with_expiry(Duration::from_secs(60)),
        event("42", "elsewhere")?.with_destination("eu-\"shop\""),
        stored(Delete::new("42"))?.with_destination("eu-\"shop\""),
    ])
}

/// Everything that waits in a stream.
pub(super) async fn all(store: &impl Store, stream: &Stream) -> Outcome<Vec<Record>> {
    Ok(store.load(stream, 0, ALL).await?)
}

/// The calls that wait in a stream, as they are stored.
pub(super) async fn waiting(store: &impl Store, stream: &Stream) -> Outcome<Vec<Vec<u8>>> {
    all(store, stream).await?.into_iter().map(|record| Ok(record.call?.to_bytes())).collect()
}

/// The numbers of the calls that wait in a stream.
pub(super) async fn numbers(store: &impl Store, stream: &Stream) -> Outcome<Vec<u64>> {
    Ok(all(store, stream).await?.iter().map(|record| record.number).collect())
}

/// Acquires the lease.
pub(super) async fn lease(store: &impl Store) -> Outcome<Epoch> {
    let lease = store.lease(None).await?.ok_or("nobody sends, and the lease is not given")?;
    Ok(lease.epoch)
}

/// Settles calls with one fate.
pub(super) async fn settle(store: &impl Store, epoch: Epoch, stream: &Stream, numbers: &[u64], fate: &Fate) -> Outcome {
    let fates: Vec<_> = numbers.iter().map(|number| (*number, fate.clone())).collect();
    Ok(store.settle(epoch, stream, &fates).await?)
}

/// The calls in the form in which they are compared.
pub(super) fn bytes(calls: &[Stored]) -> Vec<Vec<u8>> {
    calls.iter().map(Stored::to_bytes).collect()
}

/// Fails with `what` unless it holds.
pub(super) fn holds(condition: bool, what: &str) -> Outcome {
    if condition { Ok(()) } else { Err(what.into()) }
}
