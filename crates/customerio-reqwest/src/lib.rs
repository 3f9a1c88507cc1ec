//! Customer.io over [reqwest](https://docs.rs/reqwest).
//!
//! [`ReqwestTransport::new`] is ready to use. [`ReqwestTransport::from_client`] takes a client of yours: a proxy, other
//! certificates, a resolver.
//!
//! The types of reqwest that stand in this crate's API make its major version this crate's own.

use std::{
    error::Error as StdError,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use customerio_core::{Attempt, Moment, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;

#[cfg(feature = "rustls")]
mod tls;

/// A [`Transport`] over a [`reqwest::Client`].
///
/// A clone shares the client's connection pool. It needs a tokio runtime with I/O and its timer on.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    started: Instant,
}

impl ReqwestTransport {
    /// Takes a client of yours.
    ///
    /// It must repeat no requests ([`reqwest::retry::never`]), decompress nothing, and bound the time it takes to
    /// connect. It must follow no redirects ([`reqwest::redirect::Policy::none`]): a followed 301 becomes a GET, and what
    /// was sent is lost. One that does is found out when it has, and the call fails.
    ///
    /// One that speaks HTTP/2 should send pings (`http2_keep_alive_interval`): a request that times out leaves its
    /// connection to the next one, be it dead or not.
    ///
    /// ```
    /// use customerio_reqwest::ReqwestTransport;
    ///
    /// let client = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .retry(reqwest::retry::never())
    ///     .connect_timeout(std::time::Duration::from_secs(1))
    ///     # .tls_backend_preconfigured(tls())
    ///     .build()?;
    /// let transport = ReqwestTransport::from_client(client);
    /// # fn tls() -> rustls::ClientConfig {
    /// #     rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
    /// #         .with_safe_default_protocol_versions().unwrap()
    /// #         .with_root_certificates(rustls::RootCertStore::empty())
    /// #         .with_no_client_auth()
    /// # }
    /// # fn is_transport(_: impl customerio_core::Transport) {}
    /// # is_transport(transport);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    #[must_use]
    pub fn from_client(client: reqwest::Client) -> Self {
        Self { client, started: Instant::now() }
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = Attempt::of(&request).response_limit;
        let request = reqwest::Request::try_from(request).map_err(of_call)?;
        let asked = request.url().clone();
        let response = self.client.execute(request).await.map_err(of_call)?;
        if *response.url() != asked {
            return Err(TransportError::maybe_sent(TransportErrorKind::Connection)
                .with_source("the client followed a redirect: set its redirect policy to none"));
        }
        read(response.into(), limit).await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment { monotonic: self.started.elapsed(), since_epoch, random: fastrand::u128(..) }
    }
}

/// Three failures prove that nothing was sent: the request could not be made, no connection came about, or
/// [`was_not_begun`]. Everything else may have arrived.
fn of_call(error: reqwest::Error) -> TransportError {
    // The URL names people, and errors end up in logs.
    let error = error.without_url();
    let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let failed = if error.is_builder() || error.is_connect() {
        TransportError::not_sent(TransportErrorKind::Connect)
    } else if causes.any(was_not_begun) {
        TransportError::not_sent(TransportErrorKind::Connection)
    } else if error.is_timeout() {
        TransportError::maybe_sent(TransportErrorKind::Timeout)
    } else {
        TransportError::maybe_sent(TransportErrorKind::Connection)
    };
    failed.with_source(error)
}

/// Whether hyper took the request back before it began to write it, or the server said that it has not looked at it, and
/// will not (RFC 9113, section 8.7). A `GOAWAY` says the same of some requests, but its error does not say of which.
fn was_not_begun(cause: &(dyn StdError + 'static)) -> bool {
    #[cfg(feature = "http2")]
    if let Some(error) = cause.downcast_ref::<h2::Error>() {
        return error.is_remote() && error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    }
    cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
}

/// Reads the body, which may have that many bytes. Where it breaks, the error keeps the answer as far as it came.
async fn read(response: Response<reqwest::Body>, limit: usize) -> Result<Response<Bytes>, TransportError> {
    let (parts, mut body) = response.into_parts();
    // A body that says that it is too large is read no further than to see how it begins.
    let too_large = usize::try_from(body.size_hint().lower()).map_or(true, |bytes| bytes > limit);
    let mut bytes = BytesMut::new();
    let failed = loop {
        match body.frame().await {
            None => return Ok(Response::from_parts(parts, bytes.freeze())),
            Some(Err(error)) => {
                break TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error.without_url());
            }
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                let room = limit - bytes.len();
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if too_large || data.len() > room {
                    break TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge);
                }
            }
        }
    };
    Err(failed.with_response(Response::from_parts(parts, bytes.freeze())))
}
