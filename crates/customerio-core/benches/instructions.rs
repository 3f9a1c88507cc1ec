//! What `benches/gate` has callgrind count: each function that [`measured`] calls, and what that calls.

#![expect(clippy::unwrap_used, reason = "what cannot be built cannot be measured")]

mod cases;
#[expect(dead_code, reason = "the other benchmarks use the rest")]
mod work;

use std::hint::black_box;

use cases::Inputs;
use customerio_core::{
    BatchBuilder, Client, EncodedBatch, Error, Item, Limits, Track, TrackBatch,
    bytes::Bytes,
    http::{Response, StatusCode},
};

fn items(count: u64) -> Vec<Item<TrackBatch>> {
    (0..count).map(work::item).collect()
}

/// Makes an event, stamps it and encodes it.
#[inline(never)]
fn item(number: u64) -> Item<TrackBatch> {
    work::item(number)
}

#[inline(never)]
fn batches_of_19(items: Vec<Item<TrackBatch>>) -> usize {
    batches_of::<19>(items)
}

#[inline(never)]
fn batches_of_1900(items: Vec<Item<TrackBatch>>) -> usize {
    batches_of::<1_900>(items)
}

/// Packs `events` into batches, and drops each batch, as when it is sent.
fn batches_of<const COUNT: usize>(items: Vec<Item<TrackBatch>>) -> usize {
    let item = items[0].json().len();
    let body = r#"{"batch":[]}"#.len() + COUNT * item + COUNT - 1;
    let (mut builder, mut batches) = (BatchBuilder::new().with_limits(Limits::default().with_batch(body)), 0);
    let mut send = |batch: Option<EncodedBatch<TrackBatch>>| batches += usize::from(black_box(batch).is_some());
    for item in items {
        send(builder.push((), item).unwrap());
    }
    send(builder.finish());
    batches
}

/// Several batches, of which the last is not full.
const PUSHED: u64 = 5_000;

mod push {
    use super::{PUSHED, work};

    #[inline(never)]
    pub(super) fn sdk((): ()) -> u64 {
        work::push(PUSHED);
        PUSHED
    }

    #[inline(never)]
    pub(super) fn by_hand((): ()) -> usize {
        work::by_hand::push(PUSHED)
    }
}

/// The response to a batch of 1,000 of which 100 were rejected.
fn rejections() -> Response<Bytes> {
    let errors: Vec<_> = (0..100)
        .map(|number| {
            let index = number * 10;
            format!(
                r#"{{"batch_index":{index},"reason":"invalid","field":"attributes.price","message":"the value of `price` is not what it was before"}}"#
            )
        })
        .collect();
    let mut response = Response::new(format!(r#"{{"errors":[{}]}}"#, errors.join(",")).into());
    *response.status_mut() = StatusCode::MULTI_STATUS;
    response
}

mod parse_207 {
    use customerio_core::{BatchResponse, FromResponse as _, Rejection};
    use serde::Deserialize;

    use super::{Bytes, Response};

    #[derive(Deserialize)]
    pub(super) struct Body {
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
    pub(super) fn sdk(response: &Response<Bytes>) -> Vec<Rejection> {
        let rejected = BatchResponse::from_response(response).unwrap().into_result(1_000).unwrap_err().rejected;
        assert_eq!(rejected.len(), 100);
        rejected
    }

    #[inline(never)]
    pub(super) fn by_hand(response: &Response<Bytes>) -> Vec<OneError> {
        let errors = serde_json::from_slice::<Body>(response.body()).unwrap().errors;
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
    let response = rejections();
    run(parse_207::sdk, || &response);
    run(parse_207::by_hand, || &response);
    run(batches_of_19, || items(19 * 100));
    run(batches_of_1900, || items(19 * 100));
    run(push::sdk, || ());
    run(push::by_hand, || ());
    run(item, || 17);
    let client = work::client();
    run(call, || &client);
}
