//! Takes a webhook to its receiver: one connection each, to addresses that are allowed, without following redirects.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use customerio_emulator::WebhookAnswer;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, crypto::ring, pki_types::ServerName};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// As long as the service waits.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Where webhooks may go beside this machine.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    allowed: Arc<[String]>,
}

/// Why a webhook did not get a response.
#[derive(Debug)]
pub(crate) enum Undelivered {
    /// There was none in time.
    TimedOut,
    /// The receiver is on another machine, and nobody allowed that.
    Elsewhere(String),
    /// The connection could not be made, or it broke.
    Broken(String),
}

impl Courier {
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// The status of the response. What else it says does not matter.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<StatusCode, Undelivered> {
        timeout(TIMEOUT, self.exchange(request)).await.unwrap_or(Err(Undelivered::TimedOut))
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<StatusCode, Undelivered> {
        let uri = request.uri().clone();
        let tls = uri.scheme_str() == Some("https");
        let stream = self.connect(&uri, if tls { 443 } else { 80 }).await?;
        let authority = uri.authority().map_or("", http::uri::Authority::as_str);
        let host = HeaderValue::try_from(authority).map_err(broken)?;
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        *request.uri_mut() = uri.path_and_query().map_or("/", |path| path.as_str()).parse().map_err(broken)?;
        if tls {
            let connector = TlsConnector::from(config()?);
            let name = ServerName::try_from(host_of(&uri).to_owned()).map_err(broken)?;
            speak(connector.connect(name, stream).await.map_err(broken)?, request).await
        } else {
            speak(stream, request).await
        }
    }

    /// The addresses that count are those that it connects to: a name can lead elsewhere the next time that it is asked for.
    async fn connect(&self, uri: &Uri, default_port: u16) -> Result<TcpStream, Undelivered> {
        let host = host_of(uri);
        let found = lookup_host((host, uri.port_u16().unwrap_or(default_port))).await.map_err(broken)?;
        let anywhere = self.allowed.iter().any(|name| name.eq_ignore_ascii_case(host));
        let addresses: Vec<_> = found.filter(|address| anywhere || is_here(address)).collect();
        if addresses.is_empty() {
            return Err(Undelivered::Elsewhere(host.to_owned()));
        }
        TcpStream::connect(addresses.as_slice()).await.map_err(broken)
    }
}

/// The host as a name or an address, without the brackets of the latter.
fn host_of(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

fn is_here(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

async fn speak<S>(stream: S, request: Request<Bytes>) -> Result<StatusCode, Undelivered>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let response = sender.send_request(request.map(Full::new));
    tokio::pin!(response);
    tokio::pin!(connection);
    loop {
        tokio::select! {
            response = &mut response => return response.map(|response| response.status()).map_err(broken),
            ended = &mut connection => ended.map_err(broken)?,
        }
    }
}

/// What this machine trusts. Reading that takes a while, so it is read once, and only where it is needed.
fn config() -> Result<Arc<ClientConfig>, Undelivered> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(broken)?;
    Ok(CONFIG.get_or_init(|| Arc::new(builder.with_no_client_auth())).clone())
}

fn broken(error: impl fmt::Display) -> Undelivered {
    Undelivered::Broken(error.to_string())
}

impl Undelivered {
    pub(crate) fn answer(&self) -> WebhookAnswer {
        match self {
            Self::TimedOut => WebhookAnswer::Timeout,
            Self::Elsewhere(_) | Self::Broken(_) => WebhookAnswer::Disconnected,
        }
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => write!(f, "no response within {} seconds", TIMEOUT.as_secs()),
            Self::Elsewhere(host) => {
                write!(f, "{host} is not on this machine: --allow-webhook-host {host} sends webhooks there")
            }
            Self::Broken(why) => f.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    /// A receiver that says this to whoever comes, and then what it was told.
    async fn receiver(response: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/hook?a=b", listener.local_addr().unwrap().port());
        let told = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4_096];
            let length = stream.read(&mut request).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
            drop(stream);
            request.truncate(length);
            String::from_utf8(request).unwrap()
        });
        (url, told)
    }

    fn request(url: &str) -> Request<Bytes> {
        Request::post(url).header("content-type", "application/json").body("{}".into()).unwrap()
    }

    #[tokio::test]
    async fn it_says_the_status_and_follows_no_redirect() {
        for (response, status) in [
            ("HTTP/1.1 204 No Content\r\n\r\n", 204),
            ("HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n", 302),
        ] {
            let (url, told) = receiver(response).await;
            let answer = Courier::new(&[]).send(request(&url)).await.unwrap();
            assert_eq!(answer.as_u16(), status);
            let told = told.await.unwrap();
            assert!(told.starts_with("POST /hook?a=b HTTP/1.1\r\n") && told.contains("host: localhost:"), "{told}");
        }
    }

    #[tokio::test]
    async fn only_this_machine_is_reached_unless_another_is_allowed() {
        for url in ["http://192.0.2.1/", "https://192.0.2.1/", "http://[2001:db8::1]:80/", "http://[::ffff:192.0.2.1]/"]
        {
            let refused = Courier::new(&["example.com".to_owned()]).send(request(url)).await.unwrap_err();
            assert!(matches!(refused, Undelivered::Elsewhere(_)), "{url}: {refused}");
            assert!(refused.to_string().contains("--allow-webhook-host"), "{refused}");
        }
        // Nothing listens at port 1: it was tried, so it was allowed.
        for (url, allowed) in
            [("http://127.0.0.1:1/", ""), ("http://[::1]:1/", ""), ("http://LocalHost:1/", "localhost")]
        {
            let refused = Courier::new(&[allowed.to_owned()]).send(request(url)).await.unwrap_err();
            assert!(matches!(refused, Undelivered::Broken(_)), "{url}: {refused}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_says_nothing_has_four_seconds() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let started = tokio::time::Instant::now();
        let silent = Courier::new(&[]).send(request(&url)).await.unwrap_err();
        assert!(matches!(silent, Undelivered::TimedOut) && started.elapsed() >= TIMEOUT, "{silent}");
    }
}
