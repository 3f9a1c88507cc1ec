//! The trait that an HTTP backend implements.

use std::{
    fmt::Debug,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::{Moment, TransportError, limits};

/// `Send + Sync` on targets with threads.
///
/// In WebAssembly it requires nothing: there a host's objects can be neither.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSendSync: Send + Sync {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + Sync + ?Sized> MaybeSendSync for T {}

/// `Send + Sync` on targets with threads.
///
/// In WebAssembly it requires nothing: there a host's objects can be neither.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSendSync {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSendSync for T {}

/// `Send` on targets with threads.
///
/// In WebAssembly it requires nothing.
#[cfg(not(target_arch = "wasm32"))]
pub trait MaybeSend: Send {}
#[cfg(not(target_arch = "wasm32"))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Send` on targets with threads.
///
/// In WebAssembly it requires nothing.
#[cfg(target_arch = "wasm32")]
pub trait MaybeSend {}
#[cfg(target_arch = "wasm32")]
impl<T: ?Sized> MaybeSend for T {}

/// An HTTP stack, a timer and a clock: what a [`Client`](crate::Client) needs from its environment.
///
/// `customerio-hyper`, `customerio-reqwest` and `customerio-ureq` have one each; your own needs three methods. On
/// targets where `std` has clocks, `now` is `customerio_transport::SystemClock.now()`, which does this:
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::{
///     sync::LazyLock,
///     time::{Duration, Instant, SystemTime, UNIX_EPOCH},
/// };
/// use customerio::{
///     bytes::Bytes, http::{Request, Response},
///     transport::{Moment, Transport, TransportError, async_trait},
/// };
///
/// /// The monotonic clock counts from here: one point for all transports of the process.
/// static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
///
/// /// Responds to everything with `{}`.
/// #[derive(Debug)]
/// struct Agreeable;
///
/// #[async_trait]
/// impl Transport for Agreeable {
///     async fn send(&self, _request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
///         Ok(Response::new(Bytes::from_static(b"{}")))
///     }
///     async fn sleep(&self, _duration: Duration) {}
///     fn now(&self) -> Moment {
///         let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
///         let random = 4; // your random bits
///         Moment { monotonic: STARTED.elapsed(), since_epoch, random }
///     }
/// }
/// # use customerio::{Client, Endpoint, Region};
/// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
/// let track = Client::new(Endpoint::track(Region::Us, "site-id", "key")?, Agreeable);
/// # let deleted = canned::run(async move { track.delete("42").await });
/// # assert!(deleted.is_ok());
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transport",
    note = "`HyperTransport` and `ReqwestTransport` are; your own HTTP client is one with an `impl Transport`"
)]
pub trait Transport: Debug + MaybeSendSync {
    /// Does one HTTP round trip. Any status is `Ok`.
    ///
    /// It follows no redirect, retries nothing, sends the headers as they are (adding `host`), decompresses nothing,
    /// and reads no more of the response than [`Attempt::response_limit`]. The caller drops the future when
    /// [`Attempt::timeout`] has passed. The transport itself enforces two timeouts: one for connecting, and
    /// [`Attempt::body_timeout`], after which it stops waiting for the body of a response whose head has arrived.
    ///
    /// # Errors
    ///
    /// Returns [`TransportError::not_sent`] if it is certain that the request did not reach the server, and
    /// [`TransportError::maybe_sent`] for everything else. If the head of a response arrived, but its body did not
    /// arrive whole or in time, [`with_response`](TransportError::with_response) adds what there is: its status says
    /// more than that the request may have arrived.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError>;

    /// Waits for `duration`, without blocking the thread: other calls go on meanwhile. A transport over a synchronous
    /// host may block here if nothing else runs on the thread.
    async fn sleep(&self, duration: Duration);

    /// Returns the time and new random bits.
    fn now(&self) -> Moment;

    /// Returns the time; the caller ignores the random bits. The default is [`now`](Self::now), whose random bits can
    /// cost a system call.
    fn clock(&self) -> Moment {
        self.now()
    }

    /// Runs `task` in the background, or returns it if there is no runtime.
    ///
    /// A [`BatchSender`](crate::BatchSender) sends there while nobody waits for it. Without a runtime, as by default,
    /// it sends while items are pushed and when it is flushed.
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        Some(task)
    }

    /// Returns the same HTTP stack for files that are read in pieces, if it supports them: an [`ExportFile`] needs it.
    ///
    /// [`ExportFile`]: crate::app::exports::ExportFile
    fn files(&self) -> Option<&dyn FileTransport> {
        None
    }
}

/// An HTTP stack that reads files from any host, in pieces: see [`Transport::files`].
///
/// An export of people is such a file. It is on another host than the API, behind a link that is itself a credential.
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
pub trait FileTransport: MaybeSendSync {
    /// Sends a GET request, and returns the response as soon as its head has arrived. Any status is `Ok`.
    ///
    /// Like [`Transport::send`], it follows no redirect, retries nothing, sends the headers as they are (adding
    /// `host`), and decompresses nothing. It reads no more of the body than it is asked for. The caller enforces all
    /// timeouts except the one for connecting. The URL is a credential: no error shows it.
    ///
    /// # Errors
    ///
    /// See [`Transport::send`].
    async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError>;
}

/// A boxed [`Chunks`].
pub type ChunkStream = Pin<Box<dyn Chunks>>;

/// The pieces of a body, as a [`FileTransport`] returns them. `chunks` of customerio-transport makes them of an HTTP
/// body.
pub trait Chunks: MaybeSend {
    /// Polls for the next piece, which is not empty; `None` after the last. After an error there is nothing more.
    ///
    /// # Errors
    ///
    /// Fails if the body breaks off, usually with a [`Connection`](crate::TransportErrorKind::Connection) error.
    fn poll_chunk(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>>;
}

/// A boxed future: `Send` on targets with threads.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A boxed future: `Send` on targets with threads.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Written out, not by the macro, which would put the future into a second box.
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send<'s, 'f>(&'s self, request: Request<Bytes>) -> BoxFuture<'f, Result<Response<Bytes>, TransportError>>
    where
        's: 'f,
        Self: 'f,
    {
        (**self).send(request)
    }
    fn sleep<'s, 'f>(&'s self, duration: Duration) -> BoxFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        (**self).sleep(duration)
    }
    fn now(&self) -> Moment {
        (**self).now()
    }
    fn clock(&self) -> Moment {
        (**self).clock()
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        (**self).spawn(task)
    }
    fn files(&self) -> Option<&dyn FileTransport> {
        (**self).files()
    }
}

/// The properties of an attempt, for a transport.
///
/// It is in the extensions of every request that an [`Exchange`](crate::Exchange) returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The [`Operation::NAME`](crate::Operation::NAME) of the call.
    pub operation: &'static str,
    /// The [`Operation::ROUTE`](crate::Operation::ROUTE) of the call: its path without identifiers.
    pub route: &'static str,
    /// The number of the attempt, from 1.
    pub number: u32,
    /// How long the attempt may take. After that the caller drops the future, and whether a response had begun is
    /// unknown: see [`body_timeout`](Self::body_timeout).
    pub timeout: Duration,
    /// The largest body that may be read, in bytes.
    pub response_limit: usize,
}

impl Attempt {
    /// Returns the attempt of `request`, or the defaults if the request did not come from an
    /// [`Exchange`](crate::Exchange).
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> Self {
        let default = Self {
            operation: "unnamed",
            route: "",
            number: 1,
            timeout: Duration::from_secs(10),
            response_limit: limits::RESPONSE,
        };
        request.extensions().get().copied().unwrap_or(default)
    }

    /// How long a transport may wait for the body of a response whose head it has, from the start of the attempt.
    ///
    /// It is a tenth less than [`timeout`](Self::timeout), and at most 100 milliseconds less: enough to return what
    /// there is before the caller drops the future. `read_body` of customerio-transport enforces it.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        self.timeout.saturating_sub(Duration::from_millis(100).min(self.timeout / 10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_for_a_body_ends_a_moment_before_the_attempt() {
        for (timeout, body_timeout) in [(0, 0), (10, 9), (600, 540), (1_000, 900), (10_000, 9_900), (30_000, 29_900)] {
            let timeout = Duration::from_millis(timeout);
            let attempt = Attempt { timeout, ..Attempt::of(&Request::new(())) };
            assert_eq!(attempt.body_timeout(), Duration::from_millis(body_timeout), "{timeout:?}");
        }
    }
}
