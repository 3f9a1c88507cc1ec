//! A server with TLS, and a certificate of an authority that nobody knows but who is told.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// Responds to each request with a 200.
pub(crate) struct Origin {
    address: SocketAddr,
    acceptor: TlsAcceptor,
    roots: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    requests: Vec<String>,
    protocols: Vec<String>,
}

impl Origin {
    pub(crate) async fn start() -> Self {
        Self::choosing("http/1.1").await
    }

    /// A server that chooses this protocol, if the client offers it.
    pub(crate) async fn choosing(protocol: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let roots = std::env::temp_dir().join(format!("customerio-{}-{number}.pem", std::process::id()));
        fs::write(&roots, authority.self_signed(&authority_key).unwrap().pem()).unwrap();

        let params = CertificateParams::new(["0.0.0.0", "127.0.0.1"].map(str::to_owned)).unwrap();
        let certificate = params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap().der().clone();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        config.alpn_protocols = vec![protocol.into()];

        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Seen>>::default();
        tokio::spawn(accept(listener, acceptor.clone(), seen.clone()));
        Self { address, acceptor, roots, seen }
    }

    /// On Linux `0.0.0.0` is this machine, and it is no loopback address: for those no proxy is used.
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::UNSPECIFIED, self.address.port()).into()
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// The file with the certificate of its authority.
    pub(crate) fn roots(&self) -> &str {
        self.roots.to_str().unwrap()
    }

    /// The heads of the requests.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// What was agreed upon in each handshake.
    pub(crate) fn protocols(&self) -> Vec<String> {
        self.seen.lock().unwrap().protocols.clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.roots);
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, seen: Arc<Mutex<Seen>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, seen) = (acceptor.clone(), seen.clone());
        tokio::spawn(async move { serve(stream, &acceptor, &seen).await });
    }
}

async fn serve(stream: TcpStream, acceptor: &TlsAcceptor, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let protocol = String::from_utf8_lossy(stream.get_ref().1.alpn_protocol().unwrap_or_default()).into_owned();
    seen.lock().unwrap().protocols.push(protocol.clone());
    let mut bytes = vec![0; 4096];
    // The requests of these tests come in one piece.
    let length = stream.read(&mut bytes).await?;
    seen.lock().unwrap().requests.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").await?;
    stream.shutdown().await
}
