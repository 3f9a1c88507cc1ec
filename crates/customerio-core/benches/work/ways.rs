//! The ways in which any number of events is batched.

use std::hint::black_box;

use customerio_core::{BatchBuilder, BatchOptions};

use super::{by_hand, client, event, item, now, push};

/// A name, and what batches that many events.
type Way = (&'static str, fn(u64));

pub(crate) const WAYS: [Way; 4] =
    [("batch builder", build), ("send_all", send_all), ("batch sender", push), ("by hand", by_hand)];

/// The numbers of events that are measured.
pub(crate) const EVENTS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

fn build(events: u64) {
    let mut builder = BatchBuilder::new();
    for number in 0..events {
        black_box(builder.push((), item(number)).unwrap());
    }
    black_box(builder.finish());
}

fn send_all(events: u64) {
    let client = client();
    let events_in = (0..events).map(|_| ((), event()));
    let summary = now(client.send_all(events_in, BatchOptions::default(), |_| {}));
    assert_eq!(summary.accepted, events);
}

fn by_hand(events: u64) {
    black_box(by_hand::push(events));
}
