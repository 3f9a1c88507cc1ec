use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use customerio_core::{BuildError, BuildErrorKind};
use http::Uri;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tower_service::Service;

use crate::HyperTransport;

/// For TCP and TLS together. The 5 seconds are the SDK's default for all transports.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Shorter than the minute after which load balancers close idle connections: a request on a connection that is just
/// being closed may get lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// After how long without a byte the system asks whether the other side is still there: as reqwest has it.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// A connection of HTTP/2 on which nothing arrives for that long, though something is awaited, is asked for a sign of life.
#[cfg(feature = "http2")]
const PING_INTERVAL: Duration = Duration::from_secs(3);

/// How soon the sign must come. Both together are less than an attempt has: the next one is made on another connection.
#[cfg(feature = "http2")]
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// hyper's own client with rustls: what [`HyperTransport::new`] makes.
#[derive(Clone, Debug)]
pub struct RustlsClient(Client<Connector, Full<Bytes>>);

impl HyperTransport<RustlsClient> {
    /// A client with rustls, ring and the certificates that the system trusts, for `https` and `http`. A connection must
    /// come about in 5 seconds, and is closed when it was idle for 30.
    ///
    /// # Errors
    ///
    /// Where the system's certificates cannot be read.
    pub fn new() -> Result<Self, BuildError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(IDLE_TIMEOUT));
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls()?).https_or_http().enable_http1();
        #[cfg(feature = "http2")]
        let connector = connector.enable_http2();
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_TIMEOUT);
        #[cfg(feature = "http2")]
        client.timer(TokioTimer::new()).http2_keep_alive_interval(PING_INTERVAL).http2_keep_alive_timeout(PING_TIMEOUT);
        Ok(Self::from_service(RustlsClient(client.build(Connector(connector.wrap_connector(tcp))))))
    }
}

/// The provider is named: one that the whole process shares need not be there.
fn tls() -> Result<ClientConfig, BuildError> {
    let invalid = |error: rustls::Error| BuildError::new("TLS", BuildErrorKind::Invalid(error.to_string().into()));
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(invalid)?
        .with_platform_verifier()
        .map_err(invalid)?;
    Ok(config.with_no_client_auth())
}

impl Service<http::Request<Full<Bytes>>> for RustlsClient {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper_util::client::legacy::Error;
    type Future = hyper_util::client::legacy::ResponseFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }
    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        self.0.call(request)
    }
}

/// Connects within [`CONNECT_TIMEOUT`]: hyper's own timeout is for TCP alone, and a server that accepts and then says
/// nothing would hold the call until nobody knows any more whether it was sent.
#[derive(Clone, Debug)]
struct Connector(HttpsConnector<HttpConnector>);

impl Service<Uri> for Connector {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }
    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async {
            match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
                Ok(result) => result,
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "connecting took too long").into()),
            }
        })
    }
}
