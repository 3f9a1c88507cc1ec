use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use bytes::Bytes;
use customerio_core::{Attempt, Moment, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
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
    /// decompress nothing, and bound the time it takes to connect. That a request was not sent is known from the errors
    /// of hyper-util's client anywhere in the chain of sources; every other error counts as maybe sent.
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
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, limit).collect().await.map_err(of_body)?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::new(self.started.elapsed(), since_epoch, fastrand::u128(..))
    }
}

/// Two failures prove that nothing was sent: no connection came about, or hyper took the request back before it began
/// to write it (`is_canceled`). Everything else may have arrived.
fn of_call(error: BoxError) -> TransportError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&*error);
    let failed = loop {
        let Some(current) = cause else {
            break TransportError::maybe_sent(TransportErrorKind::Connection);
        };
        if current.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect) {
            break TransportError::not_sent(TransportErrorKind::Connect);
        }
        if current.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled) {
            break TransportError::not_sent(TransportErrorKind::Connection);
        }
        cause = current.source();
    };
    failed.with_source(error)
}

fn of_body(error: BoxError) -> TransportError {
    let kind = if error.is::<LengthLimitError>() {
        TransportErrorKind::ResponseTooLarge
    } else {
        TransportErrorKind::Connection
    };
    TransportError::maybe_sent(kind).with_source(error)
}
