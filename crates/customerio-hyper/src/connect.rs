//! Connections: direct, or through a proxy, and TLS over either.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use customerio_transport::{is_loopback, timeouts, tls};
use http::{Uri, uri::Scheme};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{
    client::{
        legacy::connect::{Connected, Connection, HttpConnector, proxy::Tunnel},
        proxy::matcher::{Intercept, Matcher},
    },
    rt::TokioIo,
};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Which proxy a request goes through, if any.
#[derive(Debug)]
pub(crate) struct Proxies(pub(crate) Matcher);

impl Proxies {
    /// The proxy for this URL: none for one on this machine.
    pub(crate) fn intercept(&self, uri: &Uri) -> Option<Intercept> {
        if uri.host().is_some_and(is_loopback) { None } else { self.0.intercept(uri) }
    }
}

/// Connects within [`timeouts::CONNECT`]: hyper's own timeout is for TCP alone.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    proxies: Arc<Proxies>,
}

impl Connector {
    pub(crate) fn new(tcp: HttpConnector, proxies: Arc<Proxies>) -> Self {
        Self { tcp, proxies }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<Hop>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }
    fn call(&mut self, uri: Uri) -> Self::Future {
        let mut way = Way { tcp: self.tcp.clone(), proxy: self.proxies.intercept(&uri) };
        let connecting = async {
            if uri.scheme() != Some(&Scheme::HTTPS) {
                return Ok(MaybeHttpsStream::Http(way.call(uri).await?));
            }
            HttpsConnector::from((way, server_tls()?.clone())).call(uri).await
        };
        Box::pin(async {
            match tokio::time::timeout(timeouts::CONNECT, connecting).await {
                Ok(result) => result,
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "connecting took too long").into()),
            }
        })
    }
}

/// What is offered in the handshake, best first.
const PROTOCOLS: &[&str] = &[
    #[cfg(feature = "http2")]
    "h2",
    "http/1.1",
];

/// The shared configuration, with [`PROTOCOLS`].
fn server_tls() -> Result<&'static Arc<ClientConfig>, rustls::Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let shared = tls::ring()?;
    Ok(CONFIG.get_or_init(|| {
        let mut config = ClientConfig::clone(shared);
        config.alpn_protocols = PROTOCOLS.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }))
}

/// The way to a server, below TLS: one connection to it, or to a proxy.
#[derive(Clone)]
struct Way {
    tcp: HttpConnector,
    proxy: Option<Intercept>,
}

impl Service<Uri> for Way {
    type Response = Hop;
    type Error = BoxError;
    type Future = BoxFuture<Hop>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }
    fn call(&mut self, uri: Uri) -> Self::Future {
        let (mut tcp, proxy) = (self.tcp.clone(), self.proxy.clone());
        Box::pin(async move {
            let Some(proxy) = proxy else {
                return Ok(Hop { stream: MaybeHttpsStream::Http(tcp.call(uri).await?), to_proxy: false });
            };
            let mut to_proxy = HttpsConnector::from((tcp, tls::ring()?.clone()));
            if uri.scheme() != Some(&Scheme::HTTPS) {
                return Ok(Hop { stream: to_proxy.call(proxy.uri().clone()).await?, to_proxy: true });
            }
            let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            Ok(Hop { stream: tunnel.call(uri).await?, to_proxy: false })
        })
    }
}

/// One connection. If a proxy, and not the server, reads the requests on it, they must name the server.
#[derive(Debug)]
pub(crate) struct Hop {
    stream: MaybeHttpsStream<TokioIo<TcpStream>>,
    to_proxy: bool,
}

impl Connection for Hop {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.to_proxy)
    }
}

impl Read for Hop {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl Write for Hop {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }
}
