//! What is measured besides the building of requests.

use std::{
    hint::black_box,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use customerio_core::{
    Client, Endpoint, EventId, Item, Limits, Moment, Region, Track, TrackBatch, Transport, TransportError, async_trait,
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
    Item::new(&event, &Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 0 }, &Limits::default())
        .unwrap()
}

/// A transport that is no work, with a clock of its own: waiting moves it on, and takes no time.
#[derive(Debug, Default)]
struct Nowhere {
    waited: AtomicU64,
}

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        Ok(Response::new(Bytes::from_static(b"{}")))
    }
    async fn sleep(&self, duration: Duration) {
        self.waited.fetch_add(u64::try_from(duration.as_nanos()).unwrap(), Ordering::Relaxed);
    }
    fn now(&self) -> Moment {
        let waited = Duration::from_nanos(self.waited.load(Ordering::Relaxed));
        Moment { monotonic: waited, since_epoch: Duration::from_secs(1_700_000_000) + waited, random: 17 }
    }
}

pub(crate) fn client() -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), Nowhere::default())
}

/// Drives what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the transport answers at once"),
    }
}
