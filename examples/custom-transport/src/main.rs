//! Custom transports: a program of the guide `transports`. It runs the checks of a transport's contract, and
//! prints what they found.

use std::{thread, time::Duration};

use customerio::{
    blocking::UreqTransport,
    bytes::Bytes,
    error::{TransportError, TransportErrorKind},
    http::{Request, Response},
    transport::{BoxFuture, Moment, SystemClock, Transport, async_trait},
};
use customerio_testing::conformance;
use tokio::{sync::oneshot, time::sleep};

/// A blocking HTTP client, on threads.
#[derive(Debug)]
struct OnThreads {
    client: UreqTransport,
}

#[async_trait]
impl Transport for OnThreads {
    /// One round trip, on a thread of its own: any status is `Ok`, no redirect is followed, nothing is retried.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (client, (sender, receiver)) = (self.client.clone(), oneshot::channel());
        thread::spawn(move || {
            // When nobody waits for it any more, it goes on until its own timeout.
            let _ = sender.send(client.round_trip(request));
        });
        // The thread panicked, and nobody knows how far it came.
        receiver.await.unwrap_or_else(|_| Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }

    /// Batches are sent while nobody waits for them.
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        tokio::spawn(task);
        None
    }
}

#[tokio::main]
async fn main() -> Result<(), customerio::Error> {
    let transport = OnThreads { client: UreqTransport::new()? };
    let report = conformance::check(&transport).await;
    println!("{report}");
    report.assert();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let transport = OnThreads { client: UreqTransport::new().expect("no proxy is set") };
        conformance::check(&transport).await.assert();
    }
}
