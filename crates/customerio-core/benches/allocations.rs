//! Counts of allocations and of bytes: a name and a figure a line, for `benches/gate`.
//!
//! A buffer that grows is another allocation here, as moving it costs the same.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod cases;
mod work;

use std::{cell::Cell, collections::BTreeMap, hint::black_box, time::Duration};

use allocation_counter::{AllocationInfo, measure};
use cases::Inputs;
use customerio_core::{
    BatchBuilder, EncodedBatch, Endpoint, Item, Limits, Moment, Region, Track, TrackBatch, build,
    bytes::Bytes,
    http::Response,
    parse,
    track::{Event, Identify, v2::person},
};
use serde::{Serialize, Serializer};
use work::ways::{EVENTS, WAYS};

/// What `work` leaves allocated, and its result, which is not dropped before.
fn kept<T>(work: impl FnOnce() -> T) -> (AllocationInfo, T) {
    let mut result = None;
    let info = measure(|| result = Some(black_box(work())));
    (info, result.unwrap())
}

fn figure(name: &str, value: impl std::fmt::Display) {
    println!("{name}\t{value}");
}

/// An object of so many attributes, as it might come out of a database.
fn attributes(count: usize) -> BTreeMap<String, String> {
    (0..count).map(|number| (format!("attribute_{number:02}"), "a value".to_owned())).collect()
}

fn building(endpoint: &Endpoint<Track>) {
    for count in [1, 2, 10, 20, 300] {
        let attributes = attributes(count);
        let (identify, _) = kept(|| {
            let identify = Identify::new("0d8a1f3e").with_email("ada@example.com").with_attributes(&attributes);
            build(endpoint, identify).unwrap()
        });
        figure(&format!("allocations: identify, {count} attributes"), identify.count_total);
        let (track, _) = kept(|| {
            let event = Event::new("0d8a1f3e", "purchase").with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap());
            build(endpoint, event.with_timestamp(1_700_000_000).with_data(&attributes)).unwrap()
        });
        figure(&format!("allocations: track, {count} attributes"), track.count_total);
    }
    let inputs = Inputs::new();
    let most = cases::all().map(|case| (kept(|| (case.sdk)(&inputs)).0.count_total, case.name)).max().unwrap();
    let by_hand = cases::all().map(|case| kept(|| (case.by_hand)(&inputs)).0.count_total).max().unwrap();
    figure("allocations: any of the cases, at most", most.0);
    figure("allocations: any of them by hand, at most", by_hand);
}

fn decoding() {
    let response = Response::new(Bytes::from_static(b"{}"));
    let (info, ()) = kept(|| parse::<Identify>(response).unwrap());
    figure("allocations: decode of 200 {}", info.count_total);
}

#[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
fn memory() {
    const EVENTS: u64 = 10_000;
    let (info, items) = kept(|| (0..EVENTS).map(work::item).collect::<Vec<_>>());
    let encoded: usize = items.iter().map(|item| item.json().len()).sum();
    figure("memory: bytes of an item", encoded as u64 / EVENTS);
    figure(
        "memory: 10,000 items, over their encoded length",
        format!("{:.3}", info.bytes_current as f64 / encoded as f64),
    );
    let (info, _batches) = kept(|| {
        let (mut builder, mut batches) = (BatchBuilder::new(), Vec::new());
        for number in 0..EVENTS {
            batches.extend(builder.push((), work::item(number)).unwrap());
        }
        batches.extend(builder.finish());
        batches
    });
    figure("memory: the same in batches", format!("{:.3}", info.bytes_current as f64 / encoded as f64));
}

/// The most memory at a time, as events get more.
fn growth() {
    for (name, work) in WAYS {
        for events in EVENTS {
            figure(&format!("memory: {name}, {events} events"), measure(|| work(events)).bytes_max);
        }
    }
}

/// Counts how often it is encoded.
struct Counted<'a>(&'a Cell<u32>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.set(self.0.get() + 1);
        work::PURCHASE.serialize(serializer)
    }
}

fn encoding(endpoint: &Endpoint<Track>) {
    const EVENTS: u32 = 1_900;
    let (encoded, now) = (Cell::new(0), Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 });
    let data = Counted(&encoded);
    let mut builder: BatchBuilder<TrackBatch> = BatchBuilder::new();
    let mut requests = Vec::new();
    let mut send = |batch: EncodedBatch<_>| requests.push(endpoint.request(batch.prepare()).unwrap());
    for _ in 0..EVENTS {
        let event = person::Event::new("0d8a1f3e", "purchase").with_attributes(&data);
        builder.push((), Item::new(event, &now, &Limits::default()).unwrap()).unwrap().map(&mut send);
    }
    builder.finish().map(send);
    black_box(requests);
    figure("batches: times that an event is encoded", f64::from(encoded.get()) / f64::from(EVENTS));
}

fn main() {
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
    building(&endpoint);
    decoding();
    memory();
    growth();
    encoding(&endpoint);
    let client = work::client();
    let (call, result) = kept(|| work::now(client.track("42", "purchase", &work::PURCHASE)));
    result.unwrap();
    figure("allocations: a whole call, without the transport", call.count_total);
}
