//! The blocking transport in an async test.

use std::time::Duration;

use customerio_core::{
    Moment, Transport, TransportError, TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_ureq::UreqTransport;

/// Does each round trip on a thread. One that is dropped goes on there until its own timeout.
#[derive(Debug)]
pub(crate) struct OnThreads {
    pub(crate) transport: UreqTransport,
    /// How much longer a wait takes: a blocking client has no timer for an attempt but the one that ureq has itself.
    pub(crate) longer: Duration,
}

#[async_trait]
impl Transport for OnThreads {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let transport = self.transport.clone();
        let round_trip = tokio::task::spawn_blocking(move || transport.round_trip(request));
        // Even where the thread is faster, the attempt can be dropped while it is under way.
        tokio::task::yield_now().await;
        round_trip.await.unwrap_or_else(|_| Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration + self.longer).await;
    }

    fn now(&self) -> Moment {
        self.transport.now()
    }
}
