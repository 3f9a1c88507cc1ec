//! TLS beneath HTTP: the server's certificate, and the handshake.

use std::{fmt, sync::Arc};

use rcgen::KeyPair;
use rustls::{
    ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::server::connections::{Seat, Waiting};

/// The response to a client that speaks plain HTTP.
const PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 54\r\nconnection: close\r\n\r\n\
    this port speaks https: use https://, or the http port";

/// Most bytes that are passed over of a client that speaks plain HTTP.
const MOST_PASSED_OVER: u64 = 64 * 1024;

/// A server's certificate and key, for [`Listeners::and_https`](crate::Listeners::and_https).
///
/// [`Authority::server`](crate::Authority::server) makes them.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    pub(crate) fn new(
        certificate: CertificateDer<'static>,
        key: &KeyPair,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.serialize_der().into()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.0.clone().into()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// The stream beneath HTTP, unless the client speaks something else, takes too long or has to go.
pub(crate) async fn handshake(stream: TcpStream, acceptor: &TlsAcceptor, seat: &Seat) -> Option<TlsStream<TcpStream>> {
    // From the beginning on, and not as long as a connection may be idle.
    seat.wait_for(Waiting::Head);
    let stream = tokio::select! {
        stream = accept(stream, acceptor) => stream?,
        _ = seat.closing() => return None,
    };
    seat.wait_for(Waiting::Idle);
    Some(stream)
}

async fn accept(mut stream: TcpStream, acceptor: &TlsAcceptor) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    stream.peek(&mut first).await.ok()?;
    // A method's first letter. TLS begins with 22.
    if first[0].is_ascii_alphabetic() {
        let _ = stream.write_all(PLAIN).await;
        let _ = stream.shutdown().await;
        // A connection that is closed with unread data can lose the response.
        let _ = copy(&mut stream.take(MOST_PASSED_OVER), &mut sink()).await;
        return None;
    }
    acceptor.accept(stream).await.ok()
}
