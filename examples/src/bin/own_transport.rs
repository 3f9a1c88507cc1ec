//! Bring your own transport: the program of the README's guide of that name.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use customerio::{
    Attempt, Moment, Transport, TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_examples::connect;

#[derive(Debug)]
struct Counting<T> {
    inner: T,
    attempts: AtomicU64,
}

#[async_trait]
impl<T: Transport> Transport for Counting<T> {
    /// One round trip: any status is `Ok`, no redirect is followed, nothing is repeated.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let attempt = Attempt::of(&request);
        println!("attempt {} of {}, within {:?}", attempt.number, attempt.operation, attempt.timeout);
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.inner.send(request).await
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }

    fn now(&self) -> Moment {
        self.inner.now()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    // The keys here are none, so without the emulator there is no one to talk to.
    let Some(server) = &customerio.server else { return Ok(()) };
    let counting = std::sync::Arc::new(Counting { inner: customerio.transport.clone(), attempts: AtomicU64::new(0) });
    let track = customerio::Client::new(server.track_endpoint()?, counting.clone());
    track.delete("42").await?;
    println!("{} attempt", counting.attempts.load(Ordering::Relaxed));
    Ok(())
}
