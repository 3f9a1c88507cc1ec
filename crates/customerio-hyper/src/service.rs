use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use customerio_core::{
    Attempt, BoxFuture, ChunkStream, FileTransport, Moment, Transport, TransportError, TransportErrorKind,
};
use customerio_transport::{SystemClock, check_url, chunks, is_invalid_certificate, read_body, was_not_begun};
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use hyper_util::client::legacy;
use tower_service::Service;

/// A [`Transport`] over a [tower](https://docs.rs/tower) service from `Request<Full<Bytes>>` to a response.
///
/// The service must be `Clone` and `Send`; each request uses a clone. A clone of the transport shares what clones of
/// the service share, such as the connection pool. It needs a tokio runtime with the timer enabled.
#[doc(alias = "tower")]
pub struct HyperTransport<S> {
    /// A service need not be `Sync`, so it is behind a lock, which is held only while it is cloned.
    service: Mutex<S>,
    proves_not_sent: fn(&(dyn StdError + 'static)) -> bool,
}

impl<S> HyperTransport<S> {
    /// Creates a transport from a tower service: hyper-util's client with your connector, or a stack of layers around a
    /// client.
    ///
    /// The service must not follow redirects (a followed 301 becomes a GET, and the data is lost), retry or decompress,
    /// and it must limit the time for connecting. If it speaks HTTP/2, it should send pings: a request that times out
    /// leaves a connection that may be dead to the next one.
    ///
    /// The service is cloned for each request, behind a lock, which takes nanoseconds. A service that cannot be cloned,
    /// such as tower's `RateLimit`, needs a `Buffer` around it.
    ///
    /// # Errors of the service
    ///
    /// A request counts as not sent, and may always be retried, if the service does not become ready, if hyper-util's
    /// client says so in an error anywhere in the chain of sources, if tower's `LoadShed` does and the feature `tower`
    /// is on, or if the function that you pass to [`with_not_sent`](Self::with_not_sent) says so. With every other
    /// error it may have been sent; tower's `Timeout` is a timeout then, with that feature. If connecting failed because of a certificate, and the feature `rustls` is on, it
    /// is not retried.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_hyper::HyperTransport; }
    /// use std::time::Duration;
    ///
    /// use customerio::{Client, Endpoint, HyperTransport, Region};
    /// use hyper_util::{
    ///     client::legacy::{self, connect::HttpConnector},
    ///     rt::TokioExecutor,
    /// };
    /// use tower::{ServiceBuilder, util::BoxCloneService};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let mut connector = HttpConnector::new();
    ///     connector.set_connect_timeout(Some(Duration::from_secs(1)));
    ///     let client = legacy::Client::builder(TokioExecutor::new()).build(connector);
    ///     let stack = ServiceBuilder::new().concurrency_limit(16).service(client);
    ///     let transport = HyperTransport::from_service(BoxCloneService::new(stack));
    ///
    ///     let server = customerio_testing::WireServer::start()?;
    ///     let endpoint =
    ///         Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
    ///     Client::new(endpoint, transport).delete("42").await?;
    ///     assert!(server.received()[0].starts_with(b"DELETE /api/v1/customers/42 HTTP/1.1\r\n"));
    ///     Ok(())
    /// # }).await?
    /// }
    /// ```
    #[doc(alias = "tower")]
    pub fn from_service(service: S) -> Self {
        Self { service: Mutex::new(service), proves_not_sent: |_| false }
    }

    /// Sets a function that says which errors of the service prove that it did not pass the request on. It is called
    /// with the error and then with each of its sources. With the feature `tower`, it need not know tower's
    /// `Overloaded`.
    ///
    /// Be certain: after such an error even a message is sent again. If a layer retries, an error of the last attempt
    /// proves nothing about the first.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_hyper::HyperTransport; }
    /// use customerio::{Client, Delivery, Endpoint, HyperTransport, Region};
    /// use hyper_util::{client::legacy, rt::TokioExecutor};
    /// use tower::{BoxError, ServiceBuilder};
    ///
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("the circuit is open")]
    /// struct CircuitOpen;
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let client = legacy::Client::builder(TokioExecutor::new()).build_http();
    ///     // A layer that lets nothing through.
    ///     let stack = ServiceBuilder::new()
    ///         .filter(|_| {
    ///             Err::<http::Request<http_body_util::Full<bytes::Bytes>>, BoxError>(
    ///                 CircuitOpen.into(),
    ///             )
    ///         })
    ///         .service(client);
    ///     let transport =
    ///         HyperTransport::from_service(stack).with_not_sent(|error| error.is::<CircuitOpen>());
    ///
    ///     let error = Client::new(Endpoint::track(Region::Us, "site-id", "api-key")?, transport)
    ///         .delete("42")
    ///         .await;
    ///     assert_eq!(error.unwrap_err().delivery(), Delivery::NotSent);
    ///     Ok(())
    /// # }).await?
    /// }
    /// ```
    #[must_use]
    pub fn with_not_sent(self, proves_not_sent: fn(&(dyn StdError + 'static)) -> bool) -> Self {
        Self { proves_not_sent, ..self }
    }
}

impl<S: Clone> HyperTransport<S> {
    fn service(&self) -> S {
        // If a clone panicked, the service is as it was.
        self.service.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S: Clone> Clone for HyperTransport<S> {
    fn clone(&self) -> Self {
        Self { service: Mutex::new(self.service()), proves_not_sent: self.proves_not_sent }
    }
}

impl<S> fmt::Debug for HyperTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl<S, B> HyperTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    /// The response, when its head has come.
    async fn head(&self, request: Request<Bytes>) -> Result<Response<B>, TransportError> {
        check_url(request.uri())?;
        let mut service = self.service();
        // A service that does not become ready has not got the request.
        poll_fn(|context| service.poll_ready(context))
            .await
            .map_err(|error| TransportError::not_sent(TransportErrorKind::Connect).with_source(error))?;
        let response = service.call(request.map(Full::new)).await;
        response.map_err(|error| call_error(error.into(), self.proves_not_sent))
    }
}

#[async_trait]
impl<S, B> Transport for HyperTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let attempt = Attempt::of(&request);
        let time_is_up = tokio::time::sleep(attempt.body_timeout());
        let response = self.head(request).await?;
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
impl<S, B> FileTransport for HyperTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
        Ok(self.head(request.map(|()| Bytes::new())).await?.map(chunks))
    }
}

/// Whether tower's `LoadShed` turned the request away, because the service beneath was not ready for it.
#[cfg(feature = "tower")]
fn was_shed(cause: &(dyn StdError + 'static)) -> bool {
    cause.is::<tower::load_shed::error::Overloaded>()
}

/// Whether tower's `Timeout` gave up waiting: the request may have been sent.
#[cfg(feature = "tower")]
fn has_elapsed(cause: &(dyn StdError + 'static)) -> bool {
    cause.is::<tower::timeout::error::Elapsed>()
}

/// Says what the error proves: the connection could not be established, the service did not pass the request on, or
/// hyper or the server did not begin it. After any other error it may have arrived.
fn call_error(error: BoxError, proves_not_sent: fn(&(dyn StdError + 'static)) -> bool) -> TransportError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&*error);
    let failed = loop {
        let Some(current) = cause else {
            break TransportError::maybe_sent(TransportErrorKind::Connection);
        };
        if current.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect) {
            break TransportError::not_sent(if is_invalid_certificate(current) {
                TransportErrorKind::InvalidCertificate
            } else {
                TransportErrorKind::Connect
            });
        }
        #[cfg(feature = "tower")]
        if was_shed(current) {
            break TransportError::not_sent(TransportErrorKind::Connection);
        }
        #[cfg(feature = "tower")]
        if has_elapsed(current) {
            break TransportError::maybe_sent(TransportErrorKind::Timeout);
        }
        if was_not_begun(current) || proves_not_sent(current) {
            break TransportError::not_sent(TransportErrorKind::Connection);
        }
        cause = current.source();
    };
    failed.with_source(error)
}
