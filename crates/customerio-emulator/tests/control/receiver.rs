//! A receiver of webhooks on a socket, and a transport that reaches it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use customerio_core::{Moment, Transport, TransportError, TransportErrorKind, async_trait};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

/// What a receiver got.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// It is down again when it is dropped.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    received: mpsc::UnboundedReceiver<Received>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// On a free port. The first responses are these heads, such as `503 x`; the rest are 200.
    pub(crate) async fn new(heads: &[&str]) -> Self {
        Self::on(0, heads).await
    }

    pub(crate) async fn on(port: u16, heads: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(heads.iter().map(|head| (*head).to_owned()).collect::<VecDeque<_>>()));
        let (sender, received) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, sender.clone(), heads.clone()));
            }
        });
        Self { port, received, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub(crate) async fn next(&mut self) -> Received {
        tokio::time::timeout(Duration::from_secs(10), self.received.recv()).await.unwrap().unwrap()
    }

    /// Whether it got nothing that was not looked at.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, sender: mpsc::UnboundedSender<Received>, heads: Arc<Mutex<VecDeque<String>>>) {
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers: HeaderMap = headers
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
            .collect();
        let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
        if bytes.len() < end + 4 + length {
            continue;
        }
        let body = Bytes::copy_from_slice(&bytes[end + 4..]);
        let _ = sender.send(Received { path, headers, body });
        let head = heads.lock().unwrap().pop_front().unwrap_or_else(|| "200 OK".to_owned());
        let response = format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        let _ = stream.write_all(response.as_bytes()).await;
        return;
    }
}

/// Real HTTP, as a program that serves the emulator has it.
#[derive(Debug)]
pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    started: Instant,
}

impl Http {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { client: Client::builder(TokioExecutor::new()).build_http(), started: Instant::now() })
    }
}

#[async_trait]
impl Transport for Http {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let failed = |error| TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error);
        let response = self.client.request(request.map(Full::new)).await.map_err(failed)?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await;
        let body =
            body.map_err(|error| TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
    fn now(&self) -> Moment {
        Moment { monotonic: self.started.elapsed(), since_epoch: Duration::ZERO, random: 0 }
    }
}
