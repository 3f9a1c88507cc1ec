//! Sends webhooks: one connection each, without proxies and without following redirects. The emulator says which
//! addresses are allowed.

use std::{
    error::Error,
    sync::{Arc, OnceLock},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use customerio_core::{Moment, Transport, TransportError, TransportErrorKind, async_trait};
use http::{HeaderValue, Request, Response, Uri, header, uri::Authority};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, crypto::ring, pki_types::ServerName};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::sleep,
};
use tokio_rustls::TlsConnector;

use crate::serve::log::Log;

type AnyError = Box<dyn Error + Send + Sync>;

/// Sends webhooks, and logs the result of each.
#[derive(Debug)]
pub(crate) struct Courier {
    log: Log,
    started: Instant,
}

impl Courier {
    pub(crate) fn new(log: Log) -> Self {
        Self { log, started: Instant::now() }
    }
}

#[async_trait]
impl Transport for Courier {
    /// Only the status of the response matters.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let url = request.uri().clone();
        let sent = exchange(request).await;
        match &sent {
            Ok(response) => self.log.webhook(&url, Ok(response.status())),
            Err(error) => self.log.webhook(&url, Err(&error.to_string())),
        }
        sent.map_err(|error| TransportError::maybe_sent(TransportErrorKind::Connect).with_source(error))
    }

    async fn sleep(&self, duration: Duration) {
        sleep(duration).await;
    }

    fn now(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment { monotonic: self.started.elapsed(), since_epoch, random: fastrand::u128(..) }
    }
}

async fn exchange(mut request: Request<Bytes>) -> Result<Response<Bytes>, AnyError> {
    let uri = request.uri().clone();
    let tls = uri.scheme_str() == Some("https");
    let host = host_of(&uri);
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(if tls { 443 } else { 80 }))).await?;
    let headers = request.headers_mut();
    // A request that is pinned to an address already has a host header.
    if !headers.contains_key(header::HOST) {
        let authority = uri.authority().map_or("", Authority::as_str);
        headers.insert(header::HOST, HeaderValue::try_from(authority)?);
    }
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    *request.uri_mut() = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    if tls {
        let name = ServerName::try_from(host.to_owned())?;
        speak(TlsConnector::from(config()?).connect(name, stream).await?, request).await
    } else {
        speak(stream, request).await
    }
}

/// The host as a name or an address, without the brackets of the latter.
fn host_of(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

async fn speak<S>(stream: S, request: Request<Bytes>) -> Result<Response<Bytes>, AnyError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let response = sender.send_request(request.map(Full::new));
    tokio::pin!(response);
    tokio::pin!(connection);
    loop {
        tokio::select! {
            response = &mut response => return Ok(response?.map(|_| Bytes::new())),
            ended = &mut connection => ended?,
        }
    }
}

/// The certificates that this machine trusts. Reading them takes a while, so they are read once, on first use.
fn config() -> Result<Arc<ClientConfig>, rustls::Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)?;
    Ok(CONFIG.get_or_init(|| Arc::new(builder.with_no_client_auth())).clone())
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        task::JoinHandle,
    };

    use super::*;

    /// Starts a receiver that sends this response to the first connection, and returns what it received.
    async fn receiver(response: &'static str) -> (u16, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let length = stream.read(&mut request).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
            drop(stream);
            request.truncate(length);
            String::from_utf8(request).unwrap()
        });
        (port, told)
    }

    #[tokio::test]
    async fn it_says_the_status_and_follows_no_redirect() {
        for (response, status) in [
            ("HTTP/1.1 204 No Content\r\n\r\n", 204),
            ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", 302),
        ] {
            let (port, told) = receiver(response).await;
            let request = Request::post(format!("http://localhost:{port}/hook?a=b")).body("{}".into()).unwrap();
            assert_eq!(exchange(request).await.unwrap().status(), status);
            let told = told.await.unwrap();
            assert!(told.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{told}");
            assert!(told.contains(&format!("host: localhost:{port}\r\n")) && told.ends_with("\r\n\r\n{}"), "{told}");
        }
    }

    #[tokio::test]
    async fn a_name_that_is_held_to_an_address_stays_the_host() {
        let (port, told) = receiver("HTTP/1.1 200 OK\r\n\r\n").await;
        let request = Request::post(format!("http://127.0.0.1:{port}/")).header("host", "receiver:80");
        exchange(request.body(Bytes::new()).unwrap()).await.unwrap();
        let told = told.await.unwrap();
        assert!(told.contains("host: receiver:80\r\n") && !told.contains("127.0.0.1"), "{told}");
    }

    #[tokio::test]
    async fn who_does_not_speak_tls_or_is_not_there_is_an_error() {
        let (port, _told) = receiver("HTTP/1.1 200 OK\r\n\r\n").await;
        for url in [format!("https://localhost:{port}/"), "http://127.0.0.1:1/".to_owned()] {
            exchange(Request::post(url).body(Bytes::new()).unwrap()).await.unwrap_err();
        }
    }
}
