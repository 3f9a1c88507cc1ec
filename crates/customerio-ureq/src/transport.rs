use std::{
    fmt,
    io::{self, Read},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use customerio_core::{Attempt, FileTransport, Moment, Transport, TransportError, TransportErrorKind};
use customerio_transport::{SystemClock, check_url, is_loopback, timeouts};
use http::{
    HeaderValue, Request, Response,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use ureq::{Agent, AsSendBody, SendBody, config::ConfigBuilder, typestate::HttpCrateScope};

use crate::{block_on, failure::of_ureq};

/// A [`Transport`] over ureq that blocks its thread: for the blocking [`Client`](crate::Client), without an async runtime.
///
/// Its futures block the thread when they are polled. In an async program they would block everything else on that
/// thread: use another transport there, or move [`round_trip`](Self::round_trip) to a thread.
///
/// A clone shares the agent's connections. It speaks HTTP/1.1.
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
}

impl UreqTransport {
    /// Creates a transport from your own agent, for example with another proxy, other certificates or another TLS
    /// library.
    ///
    /// Whatever the agent's settings, each request follows no redirect, treats no status as an error, has a timeout for
    /// connecting (the agent's, or else 5 seconds), and uses no proxy of the environment for this machine itself. Other
    /// things cannot be set here: the agent must have no middleware that retries or changes requests, and no cookies
    /// (ureq's feature `cookies` sends those that it received).
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// use std::time::Duration;
    /// use customerio::{Endpoint, Region, blocking::{Client, UreqTransport}};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let config =
    ///     ureq::Agent::config_builder().timeout_connect(Some(Duration::from_secs(1))).proxy(None);
    /// let transport = UreqTransport::from_agent(config.build().new_agent());
    ///
    /// let server = customerio_testing::WireServer::start()?;
    /// let endpoint =
    ///     Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
    /// Client::new(endpoint, transport).delete("42")?;
    /// assert!(server.received()[0].starts_with(b"DELETE /api/v1/customers/42 HTTP/1.1\r\n"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[doc(alias = "proxy")]
    pub fn from_agent(agent: Agent) -> Self {
        Self { agent }
    }

    /// Does one HTTP round trip, and blocks until it has ended: [`Transport::send`] without a future.
    ///
    /// It is for programs that drive an [`Exchange`](customerio_core::Exchange) themselves, and for your own transports
    /// that move it to a thread. It ends after [`Attempt::body_timeout`]: a moment before a caller that waits for the
    /// thread gives up, so that what has arrived of a response is not lost.
    ///
    /// # Errors
    ///
    /// Fails if no response arrived, or not all of it: see [`Transport::send`].
    pub fn round_trip(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let attempt = Attempt::of(&request);
        self.round_trip_within(attempt.body_timeout(), request, attempt.response_limit)
    }

    fn round_trip_within(
        &self,
        timeout: Duration,
        request: Request<Bytes>,
        response_limit: usize,
    ) -> Result<Response<Bytes>, TransportError> {
        check_url(request.uri())?;
        let (mut parts, body) = request.into_parts();
        let mut unread = Unread { left: &body, is_untouched: true };
        let sent = if !body.is_empty() {
            // To a body that it reads, ureq adds no length.
            if !parts.headers.contains_key(TRANSFER_ENCODING) {
                parts.headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from(body.len()));
            }
            self.run_within(Request::from_parts(parts, SendBody::from_reader(&mut unread)), timeout)
        } else if parts.headers.contains_key(CONTENT_LENGTH) {
            self.run_within(Request::from_parts(parts, &[][..]), timeout)
        } else {
            // To a GET or DELETE with a body, and be it one of no bytes, ureq adds a length.
            self.run_within(Request::from_parts(parts, ()), timeout)
        };
        // What the body is not read for was not sent, or not all of it.
        let not_begun = !body.is_empty() && unread.is_untouched;
        let (parts, body) = sent.map_err(|error| of_ureq(error, not_begun))?.into_parts();
        let (bytes, failed) = read_body(body, response_limit);
        let response = Response::from_parts(parts, bytes);
        match failed {
            None => Ok(response),
            // What has arrived of the response says more than that the request may have arrived.
            Some(error) => Err(error.with_response(response)),
        }
    }

    fn run_within(
        &self,
        request: Request<impl AsSendBody>,
        timeout: Duration,
    ) -> Result<Response<ureq::Body>, ureq::Error> {
        self.agent.run(self.configured(request).timeout_global(Some(timeout)).build())
    }

    /// Does what was [configured](Self::configured).
    pub(crate) fn run(&self, request: Request<impl AsSendBody>) -> Result<Response<ureq::Body>, ureq::Error> {
        self.agent.run(request)
    }

    /// What the agent must not do is set for each request, whatever agent it is.
    pub(crate) fn configured<B: AsSendBody>(&self, request: Request<B>) -> ConfigBuilder<HttpCrateScope<B>> {
        let config = self.agent.config();
        let connect = config.timeouts().connect.unwrap_or(timeouts::CONNECT);
        let is_loopback = request.uri().host().is_some_and(is_loopback);
        // A proxy that was set by hand stays.
        let proxy = config.proxy().filter(|proxy| !(is_loopback && proxy.is_from_env())).cloned();
        self.agent
            .configure_request(request)
            .proxy(proxy)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_connect(Some(connect))
    }
}

#[async_trait]
impl Transport for UreqTransport {
    /// Blocks the thread until the round trip has ended.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // Nobody can give up while the thread is blocked, so it may take all the time that there is.
        let attempt = Attempt::of(&request);
        self.round_trip_within(attempt.timeout, request, attempt.response_limit)
    }

    /// Blocks the thread, or until it is woken for another event.
    async fn sleep(&self, duration: Duration) {
        block_on::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }

    fn clock(&self) -> Moment {
        SystemClock.clock()
    }

    fn files(&self) -> Option<&dyn FileTransport> {
        Some(self)
    }
}

impl fmt::Debug for UreqTransport {
    /// Not the agent: a client shows its transport, and a proxy may have a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransport").finish_non_exhaustive()
    }
}

/// Reads the body up to the limit; one whose length is known to be more, up to its first piece only.
fn read_body(body: ureq::Body, limit: usize) -> (Bytes, Option<TransportError>) {
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let too_large = body.content_length().is_some_and(|length| length > most);
    // One more than the limit: the reader then knows the end of a body that is just as long.
    let mut reader = body.into_reader().take(most.saturating_add(1));
    let mut bytes = Vec::new();
    let read = if too_large {
        bytes.resize(limit.min(PIECE), 0);
        let read = reader.read(&mut bytes);
        bytes.truncate(read.as_ref().map_or(0, |length| *length));
        read
    } else {
        reader.read_to_end(&mut bytes)
    };
    let failed = if too_large || bytes.len() > limit {
        bytes.truncate(limit);
        Some(TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge))
    } else {
        read.err().map(|error| of_ureq(error.into(), false))
    };
    (bytes.into(), failed)
}

/// What is read of a body that is too large anyway.
const PIECE: usize = 0x2000;

/// A body that knows whether it was asked for.
struct Unread<'a> {
    left: &'a [u8],
    is_untouched: bool,
}

impl Read for Unread<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_untouched = false;
        self.left.read(buffer)
    }
}
