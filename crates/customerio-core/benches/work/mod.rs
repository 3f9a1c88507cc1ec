//! What is measured besides the building of requests.

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use customerio_core::{
    Client, Endpoint, Error, EventId, Item, Limits, Moment, Packed, Packer, Region, Track, TrackBatch, Transport,
    TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
    track::v2::person::Event,
};
use serde::Serialize;

/// A purchase, as a shop would tell of it.
#[derive(Serialize)]
pub(crate) struct Purchase {
    order: &'static str,
    product: &'static str,
    price: f64,
    quantity: u32,
    currency: &'static str,
    coupon: &'static str,
    shop: &'static str,
}

pub(crate) const PURCHASE: Purchase = Purchase {
    order: "2023-11-14-001734",
    product: "socks",
    price: 23.45,
    quantity: 2,
    currency: "EUR",
    coupon: "WINTER",
    shop: "example.com",
};

/// A captured event: 300 bytes or so.
pub(crate) fn event(number: u64) -> Item<TrackBatch> {
    let person = black_box("0d8a1f3e-6b0c-4c57-9c1e-0f4f6f1f6b1d");
    let event = Event::new(person, "purchase")
        .with_id(EventId::from_parts(1_700_000_000_000, number.into()))
        .with_timestamp(1_700_000_000.into())
        .with_attributes(&PURCHASE);
    Item::new(&event, &Moment::new(Duration::ZERO, Duration::ZERO, 0), &Limits::default()).unwrap()
}

pub(crate) fn events(count: u64) -> Vec<Item<TrackBatch>> {
    (0..count).map(event).collect()
}

#[inline(never)]
pub(crate) fn capture((): ()) -> Item<TrackBatch> {
    event(black_box(17))
}

#[inline(never)]
pub(crate) fn pack_19(events: Vec<Item<TrackBatch>>) -> usize {
    pack::<19>(events)
}

#[inline(never)]
pub(crate) fn pack_1900(events: Vec<Item<TrackBatch>>) -> usize {
    pack::<1_900>(events)
}

/// Packs so many to a body, and drops each batch, as when it is sent.
fn pack<const COUNT: usize>(events: Vec<Item<TrackBatch>>) -> usize {
    let event = events[0].json().len();
    let body = r#"{"batch":[]}"#.len() + COUNT * event + COUNT - 1;
    let (mut packer, mut batches) = (Packer::new().with_limits(Limits::default().with_batch(body)), 0);
    let mut send = |batch: Option<Packed<TrackBatch>>| batches += usize::from(black_box(batch).is_some());
    for event in events {
        send(packer.push(event, ()).unwrap());
    }
    send(packer.finish());
    batches
}

/// The answer to a batch of 1,000 of which 100 were rejected.
pub(crate) struct Rejections {
    batch: Packed<TrackBatch>,
    body: Bytes,
}

pub(crate) fn rejections() -> Rejections {
    let mut packer = Packer::new();
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

pub(crate) mod parse_207 {
    use customerio_core::{Rejected, http::StatusCode, parse};
    use serde::Deserialize;

    use super::{Rejections, Response};

    #[derive(Deserialize)]
    pub(crate) struct Answer {
        pub(crate) errors: Vec<OneError>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is there to be read into")]
    pub(crate) struct OneError {
        batch_index: usize,
        reason: Option<String>,
        field: Option<String>,
        message: Option<String>,
    }

    #[inline(never)]
    pub(crate) fn sdk(answer: &Rejections) -> Vec<Rejected> {
        let mut response = Response::new(answer.body.clone());
        *response.status_mut() = StatusCode::MULTI_STATUS;
        let rejected = parse(&answer.batch, response).unwrap().into_result().unwrap_err().rejected;
        assert_eq!(rejected.len(), 100);
        rejected
    }

    #[inline(never)]
    pub(crate) fn by_hand(answer: &Rejections) -> Vec<OneError> {
        let errors = serde_json::from_slice::<Answer>(&answer.body).unwrap().errors;
        assert_eq!(errors.len(), 100);
        errors
    }
}

/// A transport that is no work.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Ok(Response::new(Bytes::from_static(b"{}")))
    }
    async fn sleep(&self, _: Duration) {}
    fn now(&self) -> Moment {
        Moment::new(Duration::ZERO, Duration::from_secs(1_700_000_000), 17)
    }
}

pub(crate) fn client() -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), Nowhere)
}

/// A whole call, but for what a transport does.
#[inline(never)]
pub(crate) fn call(client: Client<Track>) -> Result<(), Error> {
    now(client.track("42", "purchase", &PURCHASE))
}

/// Drives what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the transport answers at once"),
    }
}
