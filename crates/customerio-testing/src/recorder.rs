use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use customerio_core::{Attempt, Moment, Transport, TransportError, operations};
use http::{Request, Response, StatusCode};

/// A [`Transport`] that sends nothing: a mock for tests.
///
/// It keeps each request, and responds as scripted, or else as the API does when all is well: a sent message has a
/// delivery id, a created segment has a number.
///
/// Its default response is always the same, whatever the request: a 200 with the
/// [example](customerio_core::FromResponse::EXAMPLE) of the operation. For your own operation that is `{}`. For a mock
/// that remembers earlier requests, use the crate `customerio-emulator`.
///
/// It has its own time: a wait takes none, and moves its clock, so a test of retries ends at once. Its random bits are
/// the numbers from 1 on, so that ids are the same in each run.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Client, Endpoint, Region, app::SendEmail};
/// use customerio_testing::Recorder;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # tokio::spawn(async {
/// let recorder = Recorder::new().responding(503, "");
/// let client = Client::new(Endpoint::track(Region::Us, "site", "key")?, recorder.clone());
/// client.delete("42").await?;
///
/// assert_eq!(recorder.requests().len(), 2);
/// assert_eq!(recorder.requests()[1].uri().path(), "/api/v1/customers/42");
///
/// let client = Client::new(Endpoint::app(Region::Us, "key")?, recorder);
/// let sent = client.send_email(SendEmail::from_template("welcome", "ada@example.com")).await?;
/// assert_eq!(sent.delivery_id.as_str(), "RPIL");
/// # Ok(())
/// # }).await?
/// # }
/// ```
#[doc(alias = "mock")]
#[derive(Clone, Default)]
pub struct Recorder {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    responses: VecDeque<Scripted>,
    requests: Vec<Request<Bytes>>,
    waits: Vec<Duration>,
    clock: Duration,
    moments: u128,
}

enum Scripted {
    Result(Result<Response<Bytes>, TransportError>),
    Silence,
}

impl Recorder {
    /// Creates a recorder that responds to every request as the API does when all is well.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the response to the next request that has none yet: this status and body.
    ///
    /// # Panics
    ///
    /// Panics if `status` is not from 100 to 999.
    #[must_use]
    pub fn responding(self, status: u16, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = StatusCode::from_u16(status).expect("a status is from 100 to 999");
        self.responding_with(Ok(response))
    }

    /// Sets the response to the next request that has none yet, or the error that it fails with.
    #[must_use]
    pub fn responding_with(self, result: Result<Response<Bytes>, TransportError>) -> Self {
        self.state().responses.push_back(Scripted::Result(result));
        self
    }

    /// Sends no response to the next request that has none yet.
    #[must_use]
    pub fn silent_once(self) -> Self {
        self.state().responses.push_back(Scripted::Silence);
        self
    }

    /// The requests so far, in their order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.state().requests.clone()
    }

    /// The waits so far, in their order: between attempts, and for responses that never came.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        self.state().waits.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that panicked while it held the lock has failed already.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Recorder {
    /// Counts alone: a client shows its transport, and requests hold people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Recorder")
            .field("requests", &state.requests.len())
            .field("responses_left", &state.responses.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let operation = Attempt::of(&request).operation;
        let response = {
            let mut state = self.state();
            state.requests.push(request);
            state.responses.pop_front()
        };
        match response {
            None => {
                let known = operations().find(|known| known.name == operation);
                Ok(Response::new(known.map_or("{}", |known| known.response_example).into()))
            }
            Some(Scripted::Result(result)) => result,
            Some(Scripted::Silence) => std::future::pending().await,
        }
    }

    async fn sleep(&self, duration: Duration) {
        let mut state = self.state();
        state.clock += duration;
        state.waits.push(duration);
    }

    fn now(&self) -> Moment {
        let mut state = self.state();
        state.moments += 1;
        // 2023-11-14 22:13:20 UTC: any time would do.
        Moment {
            monotonic: state.clock,
            since_epoch: Duration::from_secs(1_700_000_000) + state.clock,
            random: state.moments,
        }
    }
}
