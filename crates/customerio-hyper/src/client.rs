use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use customerio_core::{BuildError, BuildErrorKind};
use customerio_transport::timeouts;
use http::{Uri, header::PROXY_AUTHORIZATION, uri::Scheme};
use http_body_util::Full;
use hyper_util::{
    client::{
        legacy::{Client, connect::HttpConnector},
        proxy::matcher::Matcher,
    },
    rt::{TokioExecutor, TokioTimer},
};
use tower_service::Service;

use crate::{
    HyperTransport,
    connect::{Connector, Proxies},
};

/// hyper's own client with rustls and proxies: the service of [`HyperTransport::new`].
///
/// Create one to put layers of tower around it, or to set a proxy:
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_hyper::{HyperTransport, RustlsClient}; }
/// use customerio::{HyperTransport, RustlsClient};
/// use tower::ServiceBuilder;
///
/// let client = RustlsClient::with_proxy("http://user:password@proxy.internal:3128")?;
/// let stack = ServiceBuilder::new().concurrency_limit(16).service(client);
/// let transport = HyperTransport::from_service(stack);
/// # drop(transport);
/// assert!(RustlsClient::with_proxy("socks5://proxy.internal").is_err());
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RustlsClient {
    client: Client<Connector, Full<Bytes>>,
    proxies: Arc<Proxies>,
}

impl HyperTransport<RustlsClient> {
    /// Creates a client for `https` and `http`, with rustls, ring and the certificates that the system trusts.
    ///
    /// Connecting, a proxy and TLS included, may take 5 seconds; a connection is closed after 30 seconds idle. It
    /// neither connects nor loads certificates: certificates are loaded once per process, in the first TLS handshake.
    /// If that fails, the connection was not made, so the request was not sent.
    ///
    /// # Proxies
    ///
    /// Proxies are read from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the same in lower case: `http`
    /// or `https` URLs, which may have a user and a password. `NO_PROXY` is a list of host names, which include their
    /// subdomains, IP addresses and networks (`10.0.0.0/8`); `*` is every name, but no address. A variable that is not
    /// a URL is ignored. No proxy is used for `localhost`, `127.0.0.0/8` and `[::1]`, nor in a CGI program
    /// (`REQUEST_METHOD` is set).
    ///
    /// A request to an `https` URL goes through a tunnel (`CONNECT`), so the proxy sees only host and port. A request
    /// to an `http` URL is sent to the proxy with everything in it, including your credentials. If a proxy cannot be
    /// reached or does not open the tunnel, the request was not sent.
    ///
    /// For another proxy, use [`RustlsClient::with_proxy`] and [`from_service`](Self::from_service).
    ///
    /// # Errors
    ///
    /// Fails if the environment names a proxy of another kind than these, such as `socks5://`.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_hyper::HyperTransport; }
    /// use customerio::{Client, Endpoint, HyperTransport, Region};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let server = customerio_testing::WireServer::start()?;
    ///     let endpoint =
    ///         Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
    ///     let track = Client::new(endpoint, HyperTransport::new()?);
    ///     track.delete("42").await?;
    ///     assert!(server.received()[0].starts_with(b"DELETE /api/v1/customers/42 HTTP/1.1\r\n"));
    ///     Ok(())
    /// # }).await?
    /// }
    /// ```
    pub fn new() -> Result<Self, BuildError> {
        RustlsClient::new().map(Self::from_service)
    }
}

impl RustlsClient {
    /// Creates the client of [`HyperTransport::new`], with the proxies that the environment names.
    ///
    /// # Errors
    ///
    /// Those of [`HyperTransport::new`].
    pub fn new() -> Result<Self, BuildError> {
        Self::with_proxies(Matcher::from_env(), "the proxy of the environment")
    }

    /// Creates a client whose requests go through the proxy at `url`, whatever the environment names, but for those to
    /// `localhost`, `127.0.0.0/8` and `[::1]`. The URL is `http` or `https`, and may have a user and a password.
    ///
    /// # Errors
    ///
    /// Fails if `url` is not such a URL. The error does not show it.
    pub fn with_proxy(url: &str) -> Result<Self, BuildError> {
        const PROXY: &str = "the proxy";
        let proxies = Matcher::builder().all(url).build();
        if proxies.intercept(&Uri::from_static("https://customer.io")).is_none() {
            return Err(BuildError::new(PROXY, BuildErrorKind::Invalid("it is not a URL".into())));
        }
        Self::with_proxies(proxies, PROXY)
    }

    fn with_proxies(proxies: Matcher, what: &'static str) -> Result<Self, BuildError> {
        for uri in [Uri::from_static("https://customer.io"), Uri::from_static("http://customer.io")] {
            let proxy = proxies.intercept(&uri);
            if let Some(scheme) = proxy.as_ref().and_then(|proxy| proxy.uri().scheme_str())
                && !["http", "https"].contains(&scheme)
            {
                let problem = BuildErrorKind::Invalid(format!("its scheme is {scheme}, not http or https").into());
                return Err(BuildError::new(what, problem));
            }
        }
        let proxies = Arc::new(Proxies(proxies));
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(timeouts::TCP_KEEPALIVE));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(timeouts::IDLE));
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(timeouts::IDLE);
        #[cfg(feature = "http2")]
        client
            .timer(TokioTimer::new())
            .http2_keep_alive_interval(timeouts::PING_INTERVAL)
            .http2_keep_alive_timeout(timeouts::PING);
        let client = client.build(Connector::new(tcp, proxies.clone()));
        Ok(Self { client, proxies })
    }
}

impl Service<http::Request<Full<Bytes>>> for RustlsClient {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper_util::client::legacy::Error;
    type Future = hyper_util::client::legacy::ResponseFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.client.poll_ready(context)
    }
    fn call(&mut self, mut request: http::Request<Full<Bytes>>) -> Self::Future {
        // A proxy reads the requests to `http` itself; for the others it has its header when the tunnel is opened.
        if request.uri().scheme() == Some(&Scheme::HTTP)
            && let Some(proxy) = self.proxies.intercept(request.uri())
            && let Some(credentials) = proxy.basic_auth()
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        self.client.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_and_shows_no_password() {
        for (matcher, expected) in [
            (Matcher::builder().all("socks5://ada:secret@proxy:1080"), Some("socks5")),
            (Matcher::builder().http("socks4://proxy"), Some("socks4")),
            (Matcher::builder().https("https://ada:secret@proxy"), None),
            (Matcher::builder().all("proxy:3128"), None),
            (Matcher::builder().all("socks5://proxy").no("*"), None),
            (Matcher::builder(), None),
        ] {
            let error = RustlsClient::with_proxies(matcher.build(), "the proxy of the environment");
            let error = error.err().map(|error| error.to_string());
            let text = expected.map(|scheme| {
                format!("the proxy of the environment is not valid: its scheme is {scheme}, not http or https")
            });
            assert_eq!(error, text);
        }
    }

    #[test]
    fn the_proxy_that_is_given_is_used_or_refused() {
        assert!(RustlsClient::with_proxy("https://ada:secret@proxy:3128").is_ok());
        for (url, expected) in [
            ("", "the proxy is not valid: it is not a URL"),
            ("http://ada:secret@", "the proxy is not valid: it is not a URL"),
            ("socks5://ada:secret@proxy", "the proxy is not valid: its scheme is socks5, not http or https"),
        ] {
            assert_eq!(RustlsClient::with_proxy(url).unwrap_err().to_string(), expected);
        }
    }
}
