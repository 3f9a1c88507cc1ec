//! What faults do to a connection: it breaks, or the response comes slowly.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    faults::kind::{FaultKind, MetFault},
    server::payload::Payload,
};

/// The least time between two pieces of a slow response.
const BETWEEN: Duration = Duration::from_millis(5);

/// The connection breaks here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection breaks here, as a fault that was asked for")
    }
}

impl std::error::Error for Cut {}

/// A response as it goes out: after the delay of its fault, or slowly.
pub(crate) async fn sent(response: Response<Bytes>) -> Response<Payload> {
    if let Some(by) = response.extensions().get().copied().and_then(MetFault::delay) {
        sleep(by).await;
    }
    slowed(response).await
}

/// A response as it goes out once its delay is over.
pub(crate) async fn slowed(response: Response<Bytes>) -> Response<Payload> {
    let Some(MetFault { kind: FaultKind::Slow(over), .. }) = response.extensions().get().copied() else {
        return response.map(Payload::of);
    };
    if response.body().is_empty() {
        sleep(over).await;
        return response.map(Payload::of);
    }
    let (mut parts, body) = response.into_parts();
    // It is known how long the body is, as it is of others.
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(send(body, over, sender));
    Response::from_parts(parts, Payload::pieces(pieces))
}

/// Sends a body in pieces, the last of them when the time is over, unless nobody listens any more.
async fn send(mut body: Bytes, over: Duration, sender: mpsc::Sender<Bytes>) {
    let started = Instant::now();
    let most = u32::try_from(over.as_millis() / BETWEEN.as_millis()).unwrap_or(u32::MAX).max(1);
    let pieces = u32::try_from(body.len()).unwrap_or(u32::MAX).min(most);
    for sent in 1..=pieces {
        sleep_until(started + over * sent / pieces).await;
        // What is left in equal parts, so that all of it is sent.
        let left = usize::try_from(pieces - sent + 1).unwrap_or(1);
        if sender.send(body.split_to(body.len().div_ceil(left))).await.is_err() {
            return;
        }
    }
}
