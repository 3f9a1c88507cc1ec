use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    pin::pin,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use bytes::{Buf as _, Bytes, BytesMut};
use customerio_core::{Attempt, Moment, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy;
use tower_service::Service;

/// A [`Transport`] over a cloneable tower service from `Request<Full<Bytes>>` to a response.
///
/// A clone shares the service's connection pool. It needs a tokio runtime with its timer on.
#[derive(Clone)]
pub struct HyperTransport<S> {
    service: S,
    started: Instant,
}

impl<S> HyperTransport<S> {
    /// Takes a client of yours.
    ///
    /// It must follow no redirects (a followed 301 becomes a GET, and what was sent is lost), repeat no requests,
    /// decompress nothing, and bound the time it takes to connect. One that speaks HTTP/2 should send pings: a request
    /// that times out leaves its connection to the next one, be it dead or not.
    ///
    /// That a request was not sent is known from the errors of hyper-util's client anywhere in the chain of sources;
    /// every other error counts as maybe sent.
    ///
    /// ```
    /// use customerio_hyper::HyperTransport;
    /// use hyper_util::{client::legacy::{Client, connect::HttpConnector}, rt::TokioExecutor};
    ///
    /// let mut connector = HttpConnector::new();
    /// connector.set_connect_timeout(Some(std::time::Duration::from_secs(1)));
    /// let transport = HyperTransport::from_service(Client::builder(TokioExecutor::new()).build(connector));
    /// # fn is_transport(_: impl customerio_core::Transport) {}
    /// # is_transport(transport);
    /// ```
    pub fn from_service(service: S) -> Self {
        Self { service, started: Instant::now() }
    }
}

impl<S> fmt::Debug for HyperTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

#[async_trait]
impl<S, B> Transport for HyperTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let limit = Attempt::of(&request).response_limit;
        let mut service = self.service.clone();
        // A service that does not get ready has not been given the request.
        poll_fn(|context| service.poll_ready(context))
            .await
            .map_err(|error| TransportError::not_sent(TransportErrorKind::Connect).with_source(error))?;
        let response = service.call(request.map(Full::new)).await.map_err(|error| of_call(error.into()))?;
        read(response, limit).await
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment { monotonic: self.started.elapsed(), since_epoch, random: fastrand::u128(..) }
    }
}

/// Two failures prove that nothing was sent: no connection came about, or [`was_not_begun`]. Everything else may have
/// arrived.
fn of_call(error: BoxError) -> TransportError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&*error);
    let failed = loop {
        let Some(current) = cause else {
            break TransportError::maybe_sent(TransportErrorKind::Connection);
        };
        if current.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect) {
            break TransportError::not_sent(TransportErrorKind::Connect);
        }
        if was_not_begun(current) {
            break TransportError::not_sent(TransportErrorKind::Connection);
        }
        cause = current.source();
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
async fn read<B>(response: Response<B>, limit: usize) -> Result<Response<Bytes>, TransportError>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (parts, body) = response.into_parts();
    // A body that says that it is too large is read no further than to see how it begins.
    let too_large = usize::try_from(body.size_hint().lower()).map_or(true, |bytes| bytes > limit);
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    let failed = loop {
        match body.frame().await {
            None => return Ok(Response::from_parts(parts, bytes.freeze())),
            Some(Err(error)) => {
                break TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error);
            }
            Some(Ok(frame)) => {
                let Ok(mut data) = frame.into_data() else { continue };
                let (length, room) = (data.remaining(), limit - bytes.len());
                bytes.extend_from_slice(&data.copy_to_bytes(length.min(room)));
                if too_large || length > room {
                    break TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge);
                }
            }
        }
    };
    Err(failed.with_response(Response::from_parts(parts, bytes.freeze())))
}
