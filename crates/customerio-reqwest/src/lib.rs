//! Customer.io over [reqwest](https://docs.rs/reqwest).
//!
//! - [`ReqwestTransport::from_builder`] takes the builder of a client: your proxy, certificates or resolver, with the
//!   settings that the SDK needs.
//! - [`ReqwestTransport::from_client`] takes a client that is ready.
//! - `ReqwestTransport::new` makes a client of its own, with rustls (feature `rustls`).
//!
//! # TLS
//!
//! By default this crate switches on no feature of reqwest, because all crates of an application share them: TLS is the
//! one that the application's own `reqwest` has. Where that has none, requests to `https` URLs fail as not sent. The
//! feature `rustls` switches on reqwest's `rustls`, which has aws-lc-rs for cryptography, and is on by default in reqwest.
//! No other provider is added, and none is installed for the process.
//!
//! With the feature `rustls` a certificate that is not valid is told from other failures to connect, and is not retried.
//! Without it this crate cannot know the errors of TLS: such a call is retried as if the server were away.
//!
//! Types of reqwest are part of this crate's API: a new major version of reqwest is one of this crate.

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

/// A [`Transport`] over a [`reqwest::Client`].
///
/// A clone shares the client's connection pool. It needs a tokio runtime with I/O and its timer on.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// For servers on this machine, where the client has the proxies of the environment.
    direct: Option<Direct>,
}

impl ReqwestTransport {
    /// Builds the client, with the settings that a transport must have, whatever the builder had.
    ///
    /// They are: no redirects, no retries of reqwest's own, no `referer` header, no decompression, a connect timeout of 5
    /// seconds, and connections that idle for 30 are closed. With the feature `http2`, connections of HTTP/2 are checked
    /// by pings. Everything else is the builder's: proxies, certificates, resolver, connector layers. Do not give it
    /// default headers, cookies or a user agent, because core sets every header.
    ///
    /// A builder without a proxy takes those of the environment, for servers on this machine too (`127.0.0.1`): requests
    /// to an `http` URL are then handed to the proxy with your credentials. With `no_proxy()` it takes none.
    ///
    /// Where the builder has no TLS set, reqwest loads the system's certificates here, for each client anew: some
    /// milliseconds and 100 kB. `tls_backend_preconfigured` with a clone of a configuration in `customerio_transport::tls`
    /// loads them once per process. For HTTP/2, set the clone's `alpn_protocols` to `h2` and `http/1.1`: reqwest takes a
    /// configuration as it is, and without them every connection speaks HTTP/1.1.
    ///
    /// # Errors
    ///
    /// Where reqwest cannot build the client, for example because the system's certificates cannot be read.
    ///
    /// # Panics
    ///
    /// Where the application has reqwest's feature `rustls-no-provider`, no provider for the process, and does not set
    /// TLS in the builder. That is reqwest's own rule.
    ///
    /// ```
    /// use customerio_core::{Client, Endpoint, Region};
    /// use customerio_reqwest::ReqwestTransport;
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let server = customerio_testing::WireServer::start()?;
    ///     let proxy = reqwest::Proxy::http(server.url())?;
    ///     let transport = ReqwestTransport::from_builder(reqwest::Client::builder().proxy(proxy))?;
    ///
    ///     let endpoint = Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url("http://cio.example")?;
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

    /// Takes a client that is ready.
    ///
    /// Prefer [`from_builder`](Self::from_builder), which sees to the following. The client must retry nothing
    /// ([`reqwest::retry::never`]), decompress nothing, and limit the time that connecting takes. It must follow no
    /// redirects ([`reqwest::redirect::Policy::none`]): a followed 301 becomes a GET, and what was sent is lost. A client
    /// that does is found out when it has, and the call fails.
    ///
    /// One that speaks HTTP/2 should send pings (`http2_keep_alive_interval`): a request that times out leaves its
    /// connection to the next one, which may be dead.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use customerio_core::{Client, Endpoint, Region};
    /// use customerio_reqwest::ReqwestTransport;
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
    ///     let endpoint = Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
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
        // These do nothing where reqwest cannot decompress, and another crate may have given it the feature.
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

/// Says what the error proves: there is no such URL for reqwest, the connection could not be established, or hyper or the
/// server did not begin it. After everything else it may have arrived.
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
