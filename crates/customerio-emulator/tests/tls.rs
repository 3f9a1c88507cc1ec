//! The emulator with TLS: who trusts its authority gets through, and nobody else; and none holds it up.
#![cfg(feature = "tls")]
#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

use std::{
    fs,
    future::Future,
    io::{self, ErrorKind},
    net::TcpListener,
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use customerio_emulator::{Authority, Emulator, Listeners, Server};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::Instant,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("customerio-emulator-tls-{}-{number}", process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run<T>(ahead: bool, test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(ahead).build().unwrap().block_on(test)
}

fn bind() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn serve(authority: &Authority, names: &[String]) -> Server {
    let listeners = Listeners::http(bind()).and_https(bind(), &authority.server(names).unwrap());
    Emulator::builder().with_hosts(names.iter().cloned()).build().serve_on(listeners).unwrap()
}

/// Speaks TLS with a server, as one who trusts an authority.
async fn connect(server: &Server, trusted: &Authority, name: &str, alpn: &str) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(trusted.certificate_path()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let stream = tcp(server).await;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name.to_owned()).unwrap(), stream).await
}

/// The socket that speaks TLS.
async fn tcp(server: &Server) -> TcpStream {
    let url = server.https_url().unwrap();
    TcpStream::connect(url.strip_prefix("https://").unwrap()).await.unwrap()
}

/// The response to a request, after which the server closes.
async fn ask(stream: &mut TlsStream<TcpStream>, host: &str) -> String {
    let request = format!(
        "PUT /api/v1/customers/42 HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\nconnection: close\r\n\
         authorization: Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=\r\ncontent-type: application/json\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[test]
fn who_trusts_the_authority_reaches_the_same_emulator_by_each_of_its_names() {
    let folder = Folder::new();
    let names = ["customerio.test".to_owned(), "192.0.2.7".to_owned()];
    let authority = Authority::open(&folder.0, &names).unwrap();
    run(false, async {
        let server = serve(&authority, &names);
        for (name, host) in [
            ("localhost", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "[::1]"),
            ("customerio.test", "customerio.test"),
        ] {
            let mut stream = connect(&server, &authority, name, "http/1.1").await.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            let response = ask(&mut stream, host).await;
            assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{name}: {response}");
        }
        assert_eq!((server.emulator().people_count(), server.emulator().requests()), (1, 4));

        let mut stream = connect(&server, &authority, "localhost", "http/1.1").await.unwrap();
        let response = ask(&mut stream, "evil.example").await;
        assert!(response.starts_with("HTTP/1.1 403 Forbidden\r\n"), "the Host is checked: {response}");
        let error = connect(&server, &authority, "localhost", "h2").await.unwrap_err();
        assert!(error.to_string().contains("NoApplicationProtocol"), "{error}");
        server.shutdown().await;
    });
}

#[test]
fn who_does_not_trust_the_authority_refuses() {
    let (folder, other) = (Folder::new(), Folder::new());
    let authority = Authority::open(&folder.0, &[]).unwrap();
    let stranger = Authority::open(&other.0, &[]).unwrap();
    run(false, async {
        let server = serve(&authority, &[]);
        let error = connect(&server, &stranger, "localhost", "http/1.1").await.unwrap_err();
        assert!(error.to_string().contains("UnknownIssuer"), "{error}");
        let error = connect(&server, &authority, "example.com", "http/1.1").await.unwrap_err();
        assert!(error.to_string().contains("not valid for name"), "{error}");
        server.shutdown().await;
    });
}

#[test]
fn an_authority_is_kept_and_vouches_for_no_other_name() {
    let folder = Folder::new();
    let key = || fs::read(folder.0.join("ca.key")).unwrap();
    let authority = Authority::open(&folder.0, &[]).unwrap();
    let (first, certificate) = (key(), fs::read(authority.certificate_path()).unwrap());
    assert!(certificate.starts_with(b"-----BEGIN CERTIFICATE-----") && first.ends_with(&certificate));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name| fs::metadata(folder.0.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("ca.key"), mode("ca.pem")), (0o600, 0o644));
    }

    let names = ["customerio.test".to_owned()];
    fs::remove_file(authority.certificate_path()).unwrap();
    let again = Authority::open(&folder.0, &names).unwrap();
    assert_eq!((key(), fs::read(again.certificate_path()).unwrap()), (first.clone(), certificate));
    let error = again.server(&names).unwrap_err().to_string();
    assert!(error.contains("does not vouch for") && error.contains("customerio.test"), "{error}");

    let renewed = Authority::renew(&folder.0, &names).unwrap();
    assert_ne!(key(), first);
    renewed.server(&names).unwrap();
    renewed.server(&["www.customerio.test".to_owned()]).unwrap();
    renewed.server(&["google.com".to_owned()]).unwrap_err();
    renewed.server(&["192.0.2.7".to_owned()]).unwrap_err();

    fs::write(folder.0.join("ca.key"), "-----BEGIN").unwrap();
    let error = Authority::open(&folder.0, &[]).unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidData && error.to_string().contains("remove it"), "{error}");
}

#[test]
fn those_who_make_it_at_the_same_time_have_the_same_authority() {
    for _ in 0..20 {
        let folder = Folder::new();
        let open = || fs::read(Authority::open(&folder.0, &[]).unwrap().certificate_path()).unwrap();
        let all: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(all.iter().all(|certificate| certificate == &all[0]));
        assert!(fs::read(folder.0.join("ca.key")).unwrap().ends_with(&all[0]));
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2, "nothing is left behind");
    }
}

#[test]
fn a_handshake_that_takes_too_long_is_cut_off() {
    let folder = Folder::new();
    let authority = Authority::open(&folder.0, &[]).unwrap();
    // Nothing, and the head of a record of which the rest does not come.
    for bytes in [&b""[..], &[22, 3, 1, 2, 0, 1]] {
        run(true, async {
            let server = serve(&authority, &[]);
            let mut stream = tcp(&server).await;
            stream.write_all(bytes).await.unwrap();
            let started = Instant::now();
            let _ = stream.read_to_end(&mut Vec::new()).await;
            assert!((10..13).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
            server.shutdown().await;
        });
    }
}

#[test]
fn connections_without_a_handshake_keep_nobody_out() {
    let folder = Folder::new();
    let authority = Authority::open(&folder.0, &[]).unwrap();
    run(false, async {
        let server = serve(&authority, &[]);
        let mut silent = Vec::new();
        for _ in 0..400 {
            silent.push(tcp(&server).await);
        }
        // Both sockets share the places: these would not all fit.
        for _ in 0..112 {
            silent.push(TcpStream::connect(server.address()).await.unwrap());
        }
        let mut stream = connect(&server, &authority, "localhost", "http/1.1").await.unwrap();
        assert!(ask(&mut stream, "localhost").await.starts_with("HTTP/1.1 200 OK\r\n"));
        server.shutdown().await;
    });
}

#[test]
fn who_speaks_plain_http_is_told_so() {
    let folder = Folder::new();
    let authority = Authority::open(&folder.0, &[]).unwrap();
    run(false, async {
        let server = serve(&authority, &[]);
        let mut stream = tcp(&server).await;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 400 ") && head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        assert!(body.contains("use https://"), "{body}");
        server.shutdown().await;
    });
}

#[test]
fn a_server_that_ends_closes_both_sockets() {
    let folder = Folder::new();
    let authority = Authority::open(&folder.0, &[]).unwrap();
    run(false, async {
        let server = serve(&authority, &[]);
        let url = server.https_url().unwrap();
        let mut idle = connect(&server, &authority, "localhost", "http/1.1").await.unwrap();
        idle.write_all(b"GET /nowhere HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut response = [0; 4096];
        assert!(idle.read(&mut response).await.unwrap() > 0 && response.starts_with(b"HTTP/1.1 404 "));
        server.shutdown().await;
        assert_eq!(idle.read(&mut [0]).await.unwrap(), 0, "it is closed as TLS wants it");
        let error = TcpStream::connect(url.strip_prefix("https://").unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    });
}
