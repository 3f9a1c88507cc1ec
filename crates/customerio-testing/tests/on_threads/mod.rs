//! The blocking transport in an async test.

use std::{
    task::{Context, Poll, Waker},
    time::Duration,
};

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
    /// How much longer a wait takes than it should. With some, it is as the blocking client: that one has no timer for an
    /// attempt but ureq's own, which has all of the attempt's time. With none, it is as any transport.
    pub(crate) longer: Duration,
}

#[async_trait]
impl Transport for OnThreads {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (transport, longer) = (self.transport.clone(), self.longer);
        let round_trip = tokio::task::spawn_blocking(move || {
            if longer.is_zero() {
                return transport.round_trip(request);
            }
            match transport.send(request).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(result) => result,
                Poll::Pending => panic!("it blocks until it is ready"),
            }
        });
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
