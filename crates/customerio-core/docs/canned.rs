// What the examples in the documentation run against: responses that stand in the example, and no network.
// An example takes it in by `mod canned { include!(..); }` in a line that readers do not see.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use customerio_core::{
    Api, App, ChunkStream, Chunks, Client, Endpoint, FileTransport, Moment, Region, Throttle, Track, Transport,
    TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};

/// Gives the response to a request: a status and a body.
pub type Responses = fn(&Request<Bytes>) -> (u16, &'static str);

#[derive(Debug)]
struct Canned(Responses);

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (status, body) = (self.0)(&request);
        Ok(Response::builder().status(status).body(body.into()).unwrap())
    }
    async fn sleep(&self, _: Duration) {}
    fn now(&self) -> Moment {
        let clock = Duration::from_secs(1_740_000_000);
        Moment { monotonic: clock, since_epoch: clock, random: 4 }
    }
    fn files(&self) -> Option<&dyn FileTransport> {
        Some(self)
    }
}

#[async_trait]
impl FileTransport for Canned {
    async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
        let (status, body) = (self.0)(&request.map(|()| Bytes::new()));
        let body: ChunkStream = Box::pin(Body(Some(body.into())));
        Ok(Response::builder().status(status).body(body).unwrap())
    }
}

/// A body that comes in one piece.
struct Body(Option<Bytes>);

impl Chunks for Body {
    fn poll_chunk(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// A client of the App API.
#[allow(dead_code)]
pub fn app(responses: Responses) -> Client<App> {
    client(Endpoint::app(Region::Us, "key").unwrap(), responses)
}

/// A client of the Track API.
#[allow(dead_code)]
pub fn track(responses: Responses) -> Client<Track> {
    client(Endpoint::track(Region::Us, "site", "key").unwrap(), responses)
}

/// No sleep passes any time, so nothing is paced either.
fn client<A: Api>(endpoint: Endpoint<A>, responses: Responses) -> Client<A> {
    Client::new(endpoint, Canned(responses)).with_throttle(Throttle::off())
}

/// Runs a future as a program does: spawned, on a runtime with several threads.
pub fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async { tokio::spawn(future).await.unwrap() })
}
