//! The sockets that a server listens on, and what is spoken on each.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

#[cfg(feature = "tls")]
use crate::server::tls::Tls;

/// Sockets that listen, for [`Emulator::serve_on`](crate::Emulator::serve_on).
///
/// ```
/// use customerio_emulator::{Emulator, Listeners};
/// use std::net::TcpListener;
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(async {
/// let listeners = Listeners::http(TcpListener::bind("127.0.0.1:0")?).and_http(TcpListener::bind("127.0.0.1:0")?);
/// let server = Emulator::new().serve_on(listeners)?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// server.shutdown().await;
/// # Ok::<(), std::io::Error>(()) }).await }).unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct Listeners {
    pub(crate) all: Vec<(TcpListener, Protocol)>,
}

impl Listeners {
    /// Adds a socket for HTTP, the one of [`Server::url`](crate::Server::url).
    #[must_use]
    pub fn http(listener: TcpListener) -> Self {
        Self { all: vec![(listener, Protocol::Http)] }
    }

    /// Adds a further socket for HTTP.
    #[must_use]
    pub fn and_http(mut self, listener: TcpListener) -> Self {
        self.all.push((listener, Protocol::Http));
        self
    }

    /// Adds a socket for HTTPS. The first is the one of [`Server::https_url`](crate::Server::https_url).
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn and_https(mut self, listener: TcpListener, tls: &Tls) -> Self {
        self.all.push((listener, Protocol::Https(tls.acceptor())));
        self
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        let first = self.all.first().ok_or(io::ErrorKind::InvalidInput)?;
        first.0.local_addr()
    }

    pub(crate) fn https_address(&self) -> Option<SocketAddr> {
        let https = self.all.iter().find(|(_, protocol)| !matches!(protocol, Protocol::Http))?;
        https.0.local_addr().ok()
    }
}

/// What is spoken on a socket.
#[derive(Clone)]
pub(crate) enum Protocol {
    Http,
    #[cfg(feature = "tls")]
    Https(tokio_rustls::TlsAcceptor),
}

impl std::fmt::Debug for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Http => "Http",
            #[cfg(feature = "tls")]
            Self::Https(_) => "Https",
        })
    }
}
