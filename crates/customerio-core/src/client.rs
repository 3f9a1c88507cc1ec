//! A client: an endpoint, a transport and options, and the loop that drives an [`Exchange`].

use std::{fmt, future::poll_fn, pin::Pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

use crate::{
    Api, Attempt, CallOptions, ChunkStream, Endpoint, Error, Exchange, FromResponse, Limits, Moment, Operation,
    Prepared, RetryPolicy, Step, Throttle, Transport, TransportError, TransportErrorKind, WorkspaceId,
    transport::BoxFuture,
};

/// A client of one of the APIs: [`Track`](crate::Track), [`App`](crate::App) or [`Pipelines`](crate::Pipelines).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Client, Error, Track, track::Identify};
/// use std::time::Duration;
///
/// async fn sign_up(track: &Client<Track>) -> Result<(), Error> {
///     track.call(Identify::new("42").with_email("ada@example.com")).await?;
///     // This one with its own deadline.
///     track.within(Duration::from_secs(2)).delete("41").await
/// }
/// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
/// # let client = canned::track(|_| (200, "{}"));
/// # let signed_up = canned::run(async move { sign_up(&client).await });
/// # assert!(signed_up.is_ok());
/// ```
///
/// | task | methods |
/// | --- | --- |
/// | call an operation | [`call`](Self::call), and the short methods of each API |
/// | read a list | [`items`](Self::items), [`pages`](Self::pages) |
/// | send many operations | [`send_all`](Self::send_all), `batch` |
/// | wait for a background job | [`wait_for`](Self::wait_for) |
/// | set a deadline for some calls | [`within`](Self::within) |
/// | set retries, timeouts and rate limits | [`with_options`](Self::with_options), [`with_retry_policy`](Self::with_retry_policy), [`with_throttle`](Self::with_throttle) |
/// | prepare a request, and send it later | [`prepare`](Self::prepare), [`send`](Self::send) |
///
/// A clone is cheap and shares everything. Several clients can share a transport, and with it a connection pool: give
/// each of them a clone of it.
///
/// Dropping the future of a call cancels it. A request in flight may or may not arrive; it is not retried.
pub struct Client<A: Api> {
    endpoint: Arc<Endpoint<A>>,
    transport: Arc<dyn Transport>,
    options: CallOptions,
}

impl<A: Api> Client<A> {
    /// Creates a client of `endpoint` over `transport`, with the default [`CallOptions`] and a [`Throttle`] of its own.
    #[must_use]
    pub fn new(endpoint: Endpoint<A>, transport: impl Transport + 'static) -> Self {
        Self::over(endpoint, Arc::new(transport), CallOptions::default())
    }

    /// Creates a client that shares `transport` and the throttle of `options` with others.
    #[must_use]
    pub fn over(endpoint: Endpoint<A>, transport: Arc<dyn Transport>, options: CallOptions) -> Self {
        Self { endpoint: Arc::new(endpoint), transport, options }
    }

    /// Sets the options: see [`CallOptions`].
    #[must_use]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the retry policy.
    #[must_use]
    #[doc(alias = "backoff")]
    pub fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.with_retry_policy(policy);
        self
    }

    /// Sets the rate limits, the number of requests in flight, and the retry budget. Clones made from here on share
    /// them, and so do other clients that have a clone of `throttle`.
    #[must_use]
    #[doc(alias = "rate limit")]
    #[doc(alias = "concurrency limit")]
    pub fn with_throttle(mut self, throttle: Throttle) -> Self {
        self.options = self.options.with_throttle(throttle);
        self
    }

    /// Sets the deadline of each call, waits included. The default is 30 seconds.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.options = self.options.with_deadline(deadline);
        self
    }

    /// Sets how long one attempt may take. By default each operation has its own timeout: 10 seconds, and 30 with
    /// attachments and for batches.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.with_attempt_timeout(timeout);
        self
    }

    /// Returns the same client with another deadline, for one call:
    /// `client.within(Duration::from_secs(2)).delete("42")`.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn within(&self, deadline: Duration) -> Self {
        self.clone().with_deadline(deadline)
    }

    /// The endpoint that requests are sent to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint<A> {
        &self.endpoint
    }

    /// The options of its calls.
    #[must_use]
    pub fn options(&self) -> &CallOptions {
        &self.options
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.endpoint.limits()
    }

    pub(crate) fn now(&self) -> Moment {
        self.transport.now()
    }

    /// The time alone.
    pub(crate) fn clock(&self) -> Moment {
        self.transport.clock()
    }

    /// A wait that belongs to no call.
    pub(crate) fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let transport = self.transport.clone();
        Box::pin(async move { transport.sleep(duration).await })
    }

    /// The head of a file on another host, which has nothing to do with the endpoint; `None` if the transport reads
    /// none.
    pub(crate) async fn get_file(
        &self,
        request: Request<()>,
        timeout: Duration,
    ) -> Option<Result<Response<ChunkStream>, TransportError>> {
        let mut response = self.transport.files()?.get(request);
        let mut timer = self.transport.sleep(timeout);
        let head = poll_fn(|context| match Pin::as_mut(&mut response).poll(context) {
            Poll::Pending => {
                let timeout = |()| Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
                Pin::as_mut(&mut timer).poll(context).map(timeout)
            }
            ready @ Poll::Ready(_) => ready,
        });
        Some(head.await)
    }

    /// Runs a task in the background, or gives it back.
    pub(crate) fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        self.transport.spawn(task)
    }

    /// Calls one operation, and retries it if that is safe.
    ///
    /// An event without an id gets one, and the time of this call, so that it can be retried. To call the same
    /// operation again, or in another task, clone it first.
    ///
    /// # Errors
    ///
    /// See [`Error`]: each variant says whether the request may have arrived.
    #[doc(alias = "send")]
    #[doc(alias = "execute")]
    pub async fn call<O: Operation<Api = A>>(&self, operation: O) -> Result<O::Output, Error> {
        let exchange = Exchange::new(&self.endpoint, operation, &self.options, &self.transport.now())?;
        self.drive(exchange).await
    }

    /// Encodes and checks an operation, which [`send`](Self::send) then sends: at once or later, here or in another
    /// process.
    ///
    /// An event without an id gets one, and the time of this call.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    pub fn prepare<O: Operation<Api = A>>(&self, mut operation: O) -> Result<Prepared<O::Output>, Error> {
        operation.stamp(&self.transport.now());
        Ok(Prepared::new(operation, self.limits())?)
    }

    /// Sends a request that was prepared before, and retries it if that is safe.
    ///
    /// # Errors
    ///
    /// See [`Error`]; a request of another API is not sent.
    pub async fn send<T: FromResponse>(&self, prepared: Prepared<T>) -> Result<T, Error> {
        let exchange = Exchange::of(&self.endpoint, prepared, &self.options, &self.transport.now())?;
        self.drive(exchange).await
    }

    async fn drive<T: FromResponse>(&self, mut exchange: Exchange<T>) -> Result<T, Error> {
        loop {
            match exchange.step(&self.clock()) {
                Step::Send(request) => {
                    let attempt = self.attempt(request);
                    #[cfg(feature = "tracing")]
                    let attempt = tracing::Instrument::instrument(attempt, exchange.span().clone());
                    exchange.receive(attempt.await);
                }
                Step::Wait(duration) => {
                    let mut timer = self.transport.sleep(duration);
                    poll_fn(|context| match exchange.poll_turn(context) {
                        Poll::Ready(()) => Poll::Ready(()),
                        Poll::Pending => timer.as_mut().poll(context),
                    })
                    .await;
                }
                Step::Done(result) => return result,
            }
        }
    }

    /// One attempt. On timeout, whether it was delivered is unknown.
    async fn attempt(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = Attempt::of(&request).timeout;
        let mut response = self.transport.send(request);
        let mut timer = self.transport.sleep(timeout);
        poll_fn(|context| {
            if let Poll::Ready(result) = Pin::as_mut(&mut response).poll(context) {
                return Poll::Ready(result);
            }
            let timeout = |()| Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
            Pin::as_mut(&mut timer).poll(context).map(timeout)
        })
        .await
    }
}

impl Client<crate::App> {
    /// Returns the same client for another workspace: `client.in_workspace(12).call(..)`. The key must be a
    /// service-account token.
    #[must_use]
    pub fn in_workspace(&self, workspace: impl Into<WorkspaceId>) -> Self {
        let endpoint = (*self.endpoint).clone().with_workspace_id(workspace);
        Self { endpoint: Arc::new(endpoint), ..self.clone() }
    }
}

impl<A: Api> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self { endpoint: self.endpoint.clone(), transport: self.transport.clone(), options: self.options.clone() }
    }
}

impl<A: Api> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .field("transport", &self.transport)
            .field("options", &self.options)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::task::JoinHandle;

    use super::*;
    use crate::{Paged, Region, Track, app::segments::Membership, async_trait, track::Delete};

    /// Counts how often it is asked for random bits.
    #[derive(Debug, Default)]
    struct Counted(AtomicU32);

    #[async_trait]
    impl Transport for Counted {
        async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            Ok(Response::builder().status(503).body(Bytes::new()).unwrap())
        }
        async fn sleep(&self, duration: Duration) {
            // The timer of an attempt is longer than any wait of this call.
            if duration > Duration::from_secs(1) {
                std::future::pending::<()>().await;
            }
        }
        fn now(&self) -> Moment {
            self.0.fetch_add(1, Ordering::Relaxed);
            self.clock()
        }
        fn clock(&self) -> Moment {
            Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 0 }
        }
    }

    #[tokio::test]
    async fn random_bits_are_asked_for_once_a_call_however_often_it_is_retried() {
        let transport = Arc::new(Counted::default());
        let client = Client::<Track>::new(Endpoint::track(Region::Us, "site", "key").unwrap(), transport.clone());
        let error = client.call(Delete::new("42")).await.unwrap_err();
        assert_eq!((error.attempts(), transport.0.load(Ordering::Relaxed)), (3, 1));
    }

    #[tokio::test]
    async fn a_function_that_takes_any_operation_can_spawn_it() {
        fn spawn<O: Operation>(client: Client<O::Api>, operation: O) -> JoinHandle<Result<O::Output, Error>> {
            tokio::spawn(async move { client.call(operation).await })
        }
        fn spawn_list<O: Paged>(client: Client<O::Api>, list: O) -> JoinHandle<Option<Result<O::Item, Error>>> {
            tokio::spawn(async move { client.items(list).next().await })
        }

        let transport: Arc<dyn Transport> = Arc::new(Counted::default());
        let track = Endpoint::track(Region::Us, "site", "key").unwrap();
        let track = Client::over(track, transport.clone(), CallOptions::default());
        assert_eq!(spawn(track, Delete::new("42")).await.unwrap().unwrap_err().attempts(), 3);
        let app = Client::over(Endpoint::app(Region::Us, "key").unwrap(), transport, CallOptions::default());
        assert_eq!(spawn_list(app, Membership::new(7)).await.unwrap().unwrap().unwrap_err().attempts(), 3);
    }
}
