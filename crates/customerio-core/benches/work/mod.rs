//! What is measured besides the building of requests.

pub(crate) mod by_hand;
pub(crate) mod ways;

use std::{
    future,
    hint::black_box,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use customerio_core::{
    BatchOptions, BoxFuture, Client, Endpoint, Item, Limits, Moment, Region, Track, TrackBatch, Transport,
    TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
    track::v2::person::Event,
};
use serde::Serialize;

/// A purchase, as a shop would record it.
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

pub(crate) fn person() -> &'static str {
    black_box("0d8a1f3e-6b0c-4c57-9c1e-0f4f6f1f6b1d")
}

/// An event of 300 bytes or so, which gets its id and its time when it is stamped.
pub(crate) fn event() -> Event {
    Event::new(person(), "purchase").with_attributes(&PURCHASE)
}

/// The same, stamped and encoded.
pub(crate) fn item(number: u64) -> Item<TrackBatch> {
    Item::new(event(), &moment(number), &Limits::default()).unwrap()
}

pub(crate) fn moment(number: u64) -> Moment {
    let since_epoch = Duration::from_secs(1_700_000_000);
    Moment { monotonic: Duration::ZERO, since_epoch, random: number.into() }
}

/// A transport that is no work, with a clock of its own: waiting moves it on, and takes no time.
#[derive(Debug, Default)]
struct Nowhere {
    waited: AtomicU64,
}

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        black_box(request);
        Ok(Response::new(Bytes::from_static(b"{}")))
    }
    async fn sleep(&self, duration: Duration) {
        if duration == LINGER {
            future::pending::<()>().await;
        }
        self.waited.fetch_add(u64::try_from(duration.as_nanos()).unwrap(), Ordering::Relaxed);
    }
    /// Takes what is to run in the background, and leaves it: whoever pushes goes on with it too.
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        std::mem::forget(task);
        None
    }
    fn now(&self) -> Moment {
        let waited = Duration::from_nanos(self.waited.load(Ordering::Relaxed));
        Moment { monotonic: waited, since_epoch: Duration::from_secs(1_700_000_000) + waited, random: 17 }
    }
}

/// A wait that has no end.
const LINGER: Duration = Duration::from_secs(3_600);

pub(crate) fn client() -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), Nowhere::default())
}

/// Pushes `events` events, made, stamped and encoded one by one, and sends them in batches.
pub(crate) fn push(events: u64) {
    let client = client();
    let accepted = now(async {
        let batch = client.batch(BatchOptions::default().with_linger(LINGER));
        for _ in 0..events {
            batch.push((), event()).await;
        }
        batch.finish().await.summary.accepted
    });
    assert_eq!(accepted, events);
}

/// Drives what never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the transport responds at once"),
    }
}
