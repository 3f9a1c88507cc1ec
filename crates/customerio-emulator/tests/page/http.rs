//! HTTP requests, each over a connection of its own.

use std::{
    error::Error,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use customerio_core::{Moment, Transport, TransportError, TransportErrorKind, async_trait};
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, Response, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A response that has come whole.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request to a URL that names an address and a port. `Host` is the URL's, unless `headers` has one.
pub(crate) async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    try_send(request.body(body.into()).unwrap()).await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

async fn try_send(mut request: Request<Bytes>) -> Result<Reply, Box<dyn Error + Send + Sync>> {
    let authority = request.uri().authority().expect("the URL names an address").to_string();
    let stream = TcpStream::connect(&authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    *request.uri_mut() = request.uri().path_and_query().unwrap().as_str().parse()?;
    request.headers_mut().entry(header::HOST).or_insert(authority.parse()?);
    let (parts, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
    Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await?.to_bytes() })
}

/// How webhooks leave.
#[derive(Debug)]
pub(crate) struct Carrier;

#[async_trait]
impl Transport for Carrier {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let failed = |error| TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error);
        let reply = try_send(request).await.map_err(failed)?;
        Ok(Response::builder().status(reply.status).body(reply.body).unwrap())
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Moment { monotonic: since_epoch, since_epoch, random: 0 }
    }
}

/// Sends JSON, or nothing where it is `null`.
pub(crate) async fn send_json(method: Method, url: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/json"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(method, url, &headers, body).await
}
