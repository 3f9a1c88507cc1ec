//! A custom transport: a program of the guide `transports`. It runs the checks of the contract of a transport, and prints their
//! results.

use std::time::Duration;

use customerio::{
    blocking::UreqTransport,
    bytes::Bytes,
    error::{TransportError, TransportErrorKind},
    http::{Request, Response},
    transport::{BoxFuture, Moment, SystemClock, Transport, async_trait},
};
use customerio_testing::conformance;
use tokio::{task::spawn_blocking, time::sleep};

/// Runs a blocking HTTP client on the threads that tokio has for that.
#[derive(Debug)]
struct OnThreads {
    client: UreqTransport,
}

#[async_trait]
impl Transport for OnThreads {
    /// Sends one request. Any status is `Ok`; redirects are not followed, and nothing is retried.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let client = self.client.clone();
        // If the caller is dropped, the request still ends, by its own timeout.
        let response = spawn_blocking(move || client.round_trip(request)).await;
        // The client panicked: it is unknown whether the request was sent.
        response.unwrap_or_else(|_| Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }

    /// Lets batches be sent in the background.
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        tokio::spawn(task);
        None
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = OnThreads { client: UreqTransport::new()? };
    let report = conformance::check(&transport).await;
    print!("{report}");
    let failed = report.failed().count();
    println!("checks: {}, failed: {failed}", report.checks().len());
    if failed == 0 { Ok(()) } else { Err("the transport does not keep the contract".into()) }
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
