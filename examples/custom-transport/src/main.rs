//! Bring your own transport: the program of the README's guide of that name. It runs the checks of a transport's contract,
//! and prints what they found.

use std::{thread, time::Duration};

use blocking_ureq::send;
use customerio::{
    Moment, SystemClock, Transport, TransportError, TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_testing::conformance;
use tokio::{sync::oneshot, time::sleep};

#[derive(Debug)]
struct UreqTransport {
    agent: ureq::Agent,
}

#[async_trait]
impl Transport for UreqTransport {
    /// One round trip, on a thread of its own: any status is `Ok`, no redirect is followed, nothing is repeated.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (agent, (sender, receiver)) = (self.agent.clone(), oneshot::channel());
        thread::spawn(move || {
            // When nobody waits for it any more, it goes on until its own timeout.
            let _ = sender.send(send(&agent, request));
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
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let transport = UreqTransport { agent: blocking_ureq::agent() };
    let report = conformance::check(&transport).await;
    println!("{report}");
    report.assert();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let transport = UreqTransport { agent: blocking_ureq::agent() };
        conformance::check(&transport).await.assert();
    }
}
