//! Customer.io over [reqwest](https://docs.rs/reqwest).
//!
//! - [`ReqwestTransport::from_builder`] takes the builder of a client: your proxy, certificates or resolver, with the
//!   settings that the SDK needs.
//! - [`ReqwestTransport::from_client`] takes a finished client.
//! - `ReqwestTransport::new` creates its own client, with rustls (feature `rustls`).
//!
//! # TLS
//!
//! By default this crate enables no feature of reqwest, because all crates of an application share them: TLS is that of
//! the application's own `reqwest`. If that has none, requests to `https` URLs fail as not sent. The feature `rustls`
//! enables reqwest's `rustls`, which uses aws-lc-rs for cryptography and is on by default in reqwest. No other provider
//! is added, and none is installed for the process.
//!
//! With the feature `rustls`, an invalid certificate is distinguished from other failures to connect, and such a call
//! is not retried. Without it this crate cannot recognise errors of TLS: the call is retried as if the server were
//! unreachable.
//!
//! Types of reqwest 0.13 are part of this crate's API: a new major version of reqwest is a new major version of this crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

use std::{error::Error as StdError, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use customerio_core::{
    Attempt, BoxFuture, BuildError, BuildErrorKind, ChunkStream, FileTransport, Moment, Transport, TransportError,
    TransportErrorKind,
};
use customerio_transport::{
    SystemClock, check_url, chunks, is_invalid_certificate, is_loopback, read_body, timeouts, was_not_begun,
};
use http::{Request, Response};
use http_body_util::BodyExt as _;

use direct::Direct;

mod direct;
#[cfg(feature = "rustls")]
mod tls;

/// A [`Transport`] over a [`reqwest::Client`] of reqwest 0.13.
///
/// A clone shares the client's connection pool. It needs a tokio runtime with I/O and the timer enabled.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// For servers on this machine, if the client uses the proxies of the environment.
    direct: Option<Direct>,
}

impl ReqwestTransport {
    /// Builds the client from `builder`, with the settings that a transport must have.
    ///
    /// They replace those of the builder: no redirects, no retries by reqwest, no `referer` header, no decompression, a
    /// connect timeout of 5 seconds, and connections that are closed after 30 seconds idle. With the feature `http2`,
    /// HTTP/2 connections are checked by pings. Everything else is the builder's: proxies, certificates, resolver,
    /// connector layers. Set no default headers, cookies or user agent on it, because core sets every header.
    ///
    /// A builder without a proxy uses those of the environment, even for servers on this machine (`127.0.0.1`):
    /// requests to an `http` URL are then sent to the proxy with your credentials. With `no_proxy()` it uses none.
    ///
    /// If the builder has no TLS set, reqwest loads the system's certificates here, for each client again, which takes
    /// some milliseconds and 100 kB. `tls_backend_preconfigured` with a clone of a configuration in
    /// `customerio_transport::tls` loads them once per process. For HTTP/2, set the clone's `alpn_protocols` to `h2`
    /// and `http/1.1`: reqwest takes a configuration as it is, and without them every connection speaks HTTP/1.1.
    ///
    /// # Errors
    ///
    /// Fails if reqwest cannot build the client, for example because the system's certificates cannot be read.
    ///
    /// # Panics
    ///
    /// Panics if the application has reqwest's feature `rustls-no-provider`, no provider for the process, and does not
    /// set TLS in the builder. That is reqwest's own rule.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_reqwest::ReqwestTransport; }
    /// use customerio::{Client, Endpoint, Region, ReqwestTransport};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let server = customerio_testing::WireServer::start()?;
    ///     let proxy = reqwest::Proxy::http(server.url())?;
    ///     let transport = ReqwestTransport::from_builder(reqwest::Client::builder().proxy(proxy))?;
    ///
    ///     let endpoint = Endpoint::track(Region::Us, "site-id", "api-key")?
    ///         .with_base_url("http://cio.example")?;
    ///     Client::new(endpoint, transport).delete("42").await?;
    ///     let request = &server.received()[0];
    ///     assert!(request.starts_with(b"DELETE http://cio.example/api/v1/customers/42 HTTP/1.1\r\n"));
    ///     Ok(())
    /// # }).await?
    /// }
    /// ```
    #[doc(alias = "proxy")]
    pub fn from_builder(builder: reqwest::ClientBuilder) -> Result<Self, BuildError> {
        build(builder).map(Self::from_client)
    }

    /// Creates a transport from a finished client.
    ///
    /// Prefer [`from_builder`](Self::from_builder), which sets all of the following. The client must not retry
    /// ([`reqwest::retry::never`]) or decompress, and must limit the time for connecting. It must not follow redirects
    /// ([`reqwest::redirect::Policy::none`]): a followed 301 becomes a GET, and the data is lost. If a client has
    /// followed one, the call fails.
    ///
    /// A client that speaks HTTP/2 should send pings (`http2_keep_alive_interval`): a request that times out leaves a
    /// connection that may be dead to the next one.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_reqwest::ReqwestTransport; }
    /// use std::time::Duration;
    ///
    /// use customerio::{Client, Endpoint, Region, ReqwestTransport};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let client = reqwest::Client::builder()
    ///         .redirect(reqwest::redirect::Policy::none())
    ///         .retry(reqwest::retry::never())
    ///         .connect_timeout(Duration::from_secs(1))
    ///         .build()?;
    ///
    ///     let server = customerio_testing::WireServer::start()?;
    ///     let endpoint =
    ///         Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
    ///     Client::new(endpoint, ReqwestTransport::from_client(client)).delete("42").await?;
    ///     assert!(server.received()[0].starts_with(b"DELETE /api/v1/customers/42 HTTP/1.1\r\n"));
    ///     Ok(())
    /// # }).await?
    /// }
    /// ```
    #[must_use]
    pub fn from_client(client: reqwest::Client) -> Self {
        Self { client, direct: None }
    }
}

/// Builds a client with the settings that a transport must have.
fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, BuildError> {
    let builder = builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // These do nothing if reqwest cannot decompress, but another crate may have enabled the feature.
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .connect_timeout(timeouts::CONNECT)
        .pool_idle_timeout(timeouts::IDLE);
    #[cfg(feature = "http2")]
    let builder = builder.http2_keep_alive_interval(timeouts::PING_INTERVAL).http2_keep_alive_timeout(timeouts::PING);
    builder.build().map_err(|error| {
        let causes: Vec<_> = causes(&error).map(ToString::to_string).collect();
        BuildError::new("the HTTP client", BuildErrorKind::Invalid(causes.join(": ").into()))
    })
}

impl ReqwestTransport {
    /// The response, when its head has come.
    async fn head<B: Into<reqwest::Body>>(
        &self,
        request: Request<B>,
    ) -> Result<Response<reqwest::Body>, TransportError> {
        check_url(request.uri())?;
        let request = reqwest::Request::try_from(request).map_err(call_error)?;
        let asked = request.url().clone();
        let client = match &self.direct {
            Some(direct) if asked.host_str().is_some_and(is_loopback) => direct.client()?,
            _ => &self.client,
        };
        let response = client.execute(request).await.map_err(call_error)?;
        if *response.url() != asked {
            return Err(TransportError::maybe_sent(TransportErrorKind::Connection)
                .with_source("the client followed a redirect: set its redirect policy to none"));
        }
        Ok(response.into())
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let attempt = Attempt::of(&request);
        let time_is_up = tokio::time::sleep(attempt.body_timeout());
        let response = self.head(request).await?.map(|body| body.map_err(reqwest::Error::without_url));
        read_body(response, attempt.response_limit, time_is_up).await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }

    fn clock(&self) -> Moment {
        SystemClock.clock()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        customerio_transport::spawn(task)
    }

    fn files(&self) -> Option<&dyn FileTransport> {
        Some(self)
    }
}

#[async_trait]
impl FileTransport for ReqwestTransport {
    async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
        let response = self.head(request.map(|()| Bytes::new())).await?;
        Ok(response.map(|body| chunks(body.map_err(reqwest::Error::without_url))))
    }
}

/// The error, and then each of its sources.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(Some(error as &(dyn StdError + 'static)), |cause| (*cause).source())
}

/// Says what the error proves: there is no such URL for reqwest, the connection could not be established, or hyper or
/// the server did not begin it. After any other error it may have arrived.
fn call_error(error: reqwest::Error) -> TransportError {
    // The URL names people, and errors end up in logs.
    let error = error.without_url();
    let failed = if error.is_builder() {
        TransportError::not_sent(TransportErrorKind::InvalidUrl)
    } else if error.is_connect() {
        TransportError::not_sent(if is_invalid_certificate(&error) {
            TransportErrorKind::InvalidCertificate
        } else {
            TransportErrorKind::Connect
        })
    } else if causes(&error).any(was_not_begun) {
        TransportError::not_sent(TransportErrorKind::Connection)
    } else if error.is_timeout() {
        TransportError::maybe_sent(TransportErrorKind::Timeout)
    } else {
        TransportError::maybe_sent(TransportErrorKind::Connection)
    };
    failed.with_source(error)
}

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
