//! What `benches/gate` has callgrind count: each function that [`measured`] calls, and what that calls.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod cases;
mod work;

use std::hint::black_box;

use cases::Inputs;
use customerio_core::{
    BatchBuilder, Client, EncodedBatch, Error, Item, Limits, Track, TrackBatch, bytes::Bytes, http::Response,
};

fn events(count: u64) -> Vec<Item<TrackBatch>> {
    (0..count).map(work::event).collect()
}

#[inline(never)]
fn capture(number: u64) -> Item<TrackBatch> {
    work::event(number)
}

#[inline(never)]
fn pack_19(events: Vec<Item<TrackBatch>>) -> usize {
    pack::<19>(events)
}

#[inline(never)]
fn pack_1900(events: Vec<Item<TrackBatch>>) -> usize {
    pack::<1_900>(events)
}

/// Packs so many to a body, and drops each batch, as when it is sent.
fn pack<const COUNT: usize>(events: Vec<Item<TrackBatch>>) -> usize {
    let event = events[0].json().len();
    let body = r#"{"batch":[]}"#.len() + COUNT * event + COUNT - 1;
    let (mut packer, mut batches) = (BatchBuilder::new().with_limits(Limits::default().with_batch(body)), 0);
    let mut send = |batch: Option<EncodedBatch<TrackBatch>>| batches += usize::from(black_box(batch).is_some());
    for event in events {
        send(packer.push(event, ()).unwrap());
    }
    send(packer.finish());
    batches
}

/// The answer to a batch of 1,000 of which 100 were rejected.
struct Rejections {
    batch: EncodedBatch<TrackBatch>,
    body: Bytes,
}

fn rejections() -> Rejections {
    let mut packer = BatchBuilder::new();
    for event in events(1_000) {
        assert!(packer.push(event, ()).unwrap().is_none());
    }
    let errors: Vec<_> = (0..100)
        .map(|number| {
            let index = number * 10;
            format!(
                r#"{{"batch_index":{index},"reason":"invalid","field":"attributes.price","message":"the value of `price` is not what it was before"}}"#
            )
        })
        .collect();
    Rejections { batch: packer.finish().unwrap(), body: format!(r#"{{"errors":[{}]}}"#, errors.join(",")).into() }
}

mod parse_207 {
    use customerio_core::{Rejected, http::StatusCode, parse};
    use serde::Deserialize;

    use super::{Rejections, Response};

    #[derive(Deserialize)]
    pub(super) struct Answer {
        pub(super) errors: Vec<OneError>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is there to be read into")]
    pub(super) struct OneError {
        batch_index: usize,
        reason: Option<String>,
        field: Option<String>,
        message: Option<String>,
    }

    #[inline(never)]
    pub(super) fn sdk(answer: &Rejections) -> Vec<Rejected> {
        let mut response = Response::new(answer.body.clone());
        *response.status_mut() = StatusCode::MULTI_STATUS;
        let rejected = parse(&answer.batch, response).unwrap().into_result().unwrap_err().rejected;
        assert_eq!(rejected.len(), 100);
        rejected
    }

    #[inline(never)]
    pub(super) fn by_hand(answer: &Rejections) -> Vec<OneError> {
        let errors = serde_json::from_slice::<Answer>(&answer.body).unwrap().errors;
        assert_eq!(errors.len(), 100);
        errors
    }
}

/// A whole call, but for what a transport does.
#[inline(never)]
fn call(client: &Client<Track>) -> Result<(), Error> {
    work::now(client.track("42", "purchase", &work::PURCHASE))
}

/// So often is each function measured; the counts are the same each time, or nearly.
const TIMES: usize = 10;

/// Callgrind counts while this runs. What is made is dropped outside.
#[inline(never)]
fn measured<I, O>(function: fn(I) -> O, input: I) -> O {
    black_box(function(black_box(input)))
}

fn run<I, O>(function: fn(I) -> O, input: impl Fn() -> I) {
    // The first calls find an allocator that has nothing at hand yet.
    for _ in 0..3 {
        drop(function(input()));
    }
    for _ in 0..TIMES {
        drop(measured(function, input()));
    }
}

fn main() {
    let inputs = Inputs::new();
    for case in cases::all() {
        println!("{}", case.name);
        run(case.sdk, || &inputs);
        run(case.by_hand, || &inputs);
    }
    let answer = rejections();
    run(parse_207::sdk, || &answer);
    run(parse_207::by_hand, || &answer);
    run(pack_19, || events(19 * 100));
    run(pack_1900, || events(19 * 100));
    run(capture, || 17);
    let client = work::client();
    run(call, || &client);
}
