//! A blocking client.

use std::{fmt, sync::Arc, time::Duration};

use customerio_core::{
    Api, App, Batch, BatchEvent, BatchOptions, CallOptions, Endpoint, Error, FromResponse, IntoItem, Operation,
    Pipelines, PipelinesBatch, Prepared, RetryPolicy, Summary, Throttle, Track, TrackBatch, Transport, WorkspaceId,
};

use crate::{batch::BatchSender, block_on::block_on};

/// Calls one of the APIs, and blocks the thread until the call has ended: the [`Client`](customerio_core::Client) for
/// programs without async.
///
/// Everything else is the same: retries, deadlines, rate limits, errors. A clone is cheap, shares everything, and can
/// move to another thread.
///
/// Use it with transports that need no async runtime: [`UreqTransport`](crate::UreqTransport), or the `Recorder` and
/// the `Emulator` in tests. Do not call it in an async task: it would block the task.
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
/// use customerio::{Endpoint, Region, app::SendEmail, blocking::Client};
/// # let transport = customerio_testing::Recorder::new();
///
/// # /*
/// let transport = UreqTransport::new()?;
/// # */
/// let app = Client::new(Endpoint::app(Region::Eu, "app-key")?, transport);
/// let sent = app.call(SendEmail::from_template("welcome", "ada@example.com"))?;
/// assert_eq!(sent.delivery_id.as_str(), "RPIL");
/// # Ok::<(), customerio::Error>(())
/// ```
#[doc(alias = "sync")]
#[doc(alias = "blocking")]
pub struct Client<A: Api> {
    pub(crate) inner: customerio_core::Client<A>,
}

impl<A: Api> Client<A> {
    /// Creates a client of `endpoint` over `transport`, with the default [`CallOptions`] and a [`Throttle`] of its own.
    #[must_use]
    pub fn new(endpoint: Endpoint<A>, transport: impl Transport + 'static) -> Self {
        Self { inner: customerio_core::Client::new(endpoint, transport) }
    }

    /// Creates a client that shares `transport` and the throttle of `options` with others.
    #[must_use]
    pub fn over(endpoint: Endpoint<A>, transport: Arc<dyn Transport>, options: CallOptions) -> Self {
        Self { inner: customerio_core::Client::over(endpoint, transport, options) }
    }

    /// Sets the options: see [`CallOptions`].
    #[must_use]
    pub fn with_options(self, options: CallOptions) -> Self {
        Self { inner: self.inner.with_options(options) }
    }

    /// Sets the retry policy.
    #[must_use]
    #[doc(alias = "backoff")]
    pub fn with_retry_policy(self, policy: RetryPolicy) -> Self {
        Self { inner: self.inner.with_retry_policy(policy) }
    }

    /// Sets the rate limits and the retry budget.
    #[must_use]
    #[doc(alias = "rate limit")]
    pub fn with_throttle(self, throttle: Throttle) -> Self {
        Self { inner: self.inner.with_throttle(throttle) }
    }

    /// Sets the deadline of each call, waits included. The default is 30 seconds.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { inner: self.inner.with_deadline(deadline) }
    }

    /// Sets how long one attempt may take. By default each operation has its own timeout: 10 seconds, and 30 with
    /// attachments and for batches.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn with_attempt_timeout(self, timeout: Duration) -> Self {
        Self { inner: self.inner.with_attempt_timeout(timeout) }
    }

    /// Returns the same client with another deadline, for one call:
    /// `client.within(Duration::from_secs(2)).delete("42")`.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn within(&self, deadline: Duration) -> Self {
        Self { inner: self.inner.within(deadline) }
    }

    /// The endpoint that requests are sent to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint<A> {
        self.inner.endpoint()
    }

    /// The options of its calls.
    #[must_use]
    pub fn options(&self) -> &CallOptions {
        self.inner.options()
    }

    /// Calls one operation, and retries it if that is safe.
    ///
    /// An event without an id gets one, and the time of this call, so that it can be retried.
    ///
    /// # Errors
    ///
    /// See [`Error`]: each variant says whether the request may have arrived.
    #[doc(alias = "execute")]
    pub fn call<O: Operation<Api = A>>(&self, operation: O) -> Result<O::Output, Error> {
        block_on(self.inner.call(operation))
    }

    /// Runs what the async client does with more than one request, such as
    /// [`find_or_create_segment`](customerio_core::Client::find_or_create_segment), and blocks the thread until it has ended.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// # use customerio::{App, Error, Timestamp, app::messages::List, blocking::Client};
    /// fn count(app: &Client<App>, from: Timestamp, until: Timestamp) -> Result<usize, Error> {
    ///     app.block_on(|app| async move {
    ///         let mut messages = List::new().between(&app, from, until);
    ///         let mut count = 0;
    ///         while let Some(message) = messages.next().await {
    ///             message?;
    ///             count += 1;
    ///         }
    ///         Ok(count)
    ///     })
    /// }
    /// # let endpoint = customerio::Endpoint::app(customerio::Region::Us, "key")?;
    /// # let app = Client::new(endpoint, customerio_testing::Recorder::new());
    /// # assert_eq!(count(&app, 0.into(), 1.into())?, 1);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn block_on<F: Future>(&self, run: impl FnOnce(customerio_core::Client<A>) -> F) -> F::Output {
        block_on(run(self.inner.clone()))
    }

    /// Encodes and checks an operation, which [`send`](Self::send) then sends: at once or later, here or in another
    /// process.
    ///
    /// An event without an id gets one, and the time of this call.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent.
    pub fn prepare<O: Operation<Api = A>>(&self, operation: O) -> Result<Prepared<O::Output>, Error> {
        self.inner.prepare(operation)
    }

    /// Sends a request that was prepared before, and retries it if that is safe.
    ///
    /// # Errors
    ///
    /// See [`Error`]; a request of another API is not sent.
    pub fn send<T: FromResponse>(&self, prepared: Prepared<T>) -> Result<T, Error> {
        block_on(self.inner.send(prepared))
    }

    /// Sends everything that an iterator yields, in batches, and reports every item that was not accepted: see
    /// [`send_all`](customerio_core::Client::send_all) of the async client. One batch is under way at a time, whatever
    /// the [concurrency](BatchOptions::with_concurrency).
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// # use customerio::{Track, batch::{BatchEvent, BatchOptions}, blocking::Client, track::v2::person::Identify};
    /// fn backfill(track: &Client<Track>, ids: &[&str]) -> u64 {
    ///     let people = ids.iter().map(|id| (*id, Identify::new(*id)));
    ///     let summary = track.send_all(people, BatchOptions::default(), |event| {
    ///         if let BatchEvent::Failed(failed) = event {
    ///             eprintln!("{}: {}", failed.tag, failed.error);
    ///         }
    ///     });
    ///     summary.accepted
    /// }
    /// # let endpoint = customerio::Endpoint::track(customerio::Region::Us, "site-id", "key")?;
    /// # let track = Client::new(endpoint, customerio_testing::Recorder::new());
    /// assert_eq!(backfill(&track, &["41", "42"]), 2);
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "backfill")]
    #[doc(alias = "bulk")]
    pub fn send_all<B, T, O>(
        &self,
        items: impl IntoIterator<Item = (T, O)>,
        options: BatchOptions,
        on_event: impl FnMut(BatchEvent<T>),
    ) -> Summary
    where
        B: Batch<Api = A>,
        O: IntoItem<B>,
    {
        block_on(self.inner.send_all(items, options, on_event))
    }
}

impl Client<App> {
    /// Returns the same client for another workspace: `client.in_workspace(12).call(..)`. The key must be a
    /// service-account token.
    #[must_use]
    pub fn in_workspace(&self, workspace: impl Into<WorkspaceId>) -> Self {
        Self { inner: self.inner.in_workspace(workspace) }
    }
}

impl Client<Track> {
    /// Takes operations of [`track::v2`](customerio_core::track::v2) one by one, and sends them in batches: see
    /// [`BatchSender`].
    pub fn batch<T: Send + 'static>(&self, options: BatchOptions) -> BatchSender<TrackBatch, T> {
        BatchSender { inner: self.inner.batch(options) }
    }
}

impl Client<Pipelines> {
    /// Takes operations of [`pipelines`](customerio_core::pipelines) one by one, and sends them in batches: see
    /// [`BatchSender`].
    pub fn batch<T: Send + 'static>(&self, options: BatchOptions) -> BatchSender<PipelinesBatch, T> {
        BatchSender { inner: self.inner.batch(options) }
    }
}

impl<A: Api> From<customerio_core::Client<A>> for Client<A> {
    /// Turns an async client into a blocking one. Its transport must not need an async runtime.
    fn from(inner: customerio_core::Client<A>) -> Self {
        Self { inner }
    }
}

impl<A: Api> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<A: Api> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.inner).finish()
    }
}
