//! The HTTP client of the control API: one connection for each request.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header, uri::Scheme};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{
    args::control::Target,
    failure::{Code, Failure},
};

/// An emulator that runs, and one of its workspaces.
#[derive(Debug)]
pub(crate) struct Emulator {
    url: String,
    host: String,
    port: u16,
    workspace: Option<String>,
}

/// A response as it came.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum Unreached {
    /// Nothing listens there, or not yet.
    Refused(String),
    Broken(String),
}

impl Emulator {
    pub(crate) fn new(target: &Target) -> Result<Self, Failure> {
        let url = target.url.trim_end_matches('/');
        let invalid = || {
            let text = format!("--url {url} is not the http URL of an emulator, such as http://127.0.0.1:8246");
            Failure::new(Code::Usage, text)
        };
        let uri: Uri = url.parse().map_err(|_| invalid())?;
        if uri.scheme() != Some(&Scheme::HTTP) || uri.path() != "/" {
            return Err(invalid());
        }
        let host = uri.host().ok_or_else(invalid)?.to_owned();
        let port = uri.port_u16().unwrap_or(80);
        Ok(Self { url: url.to_owned(), host, port, workspace: target.workspace.clone() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A request to `/_emulator/v1/PATH` about the workspace. A response that is no success is a failure with its sentence.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let response = self.ask(method, path, query, body).await?;
        if !response.status.is_success() {
            return Err(self.refused(&response));
        }
        let invalid = |error| Failure::general(format!("{} sent what is not JSON: {error}", self.url));
        serde_json::from_slice(&response.body).map_err(invalid)
    }

    /// As [`call`](Self::call), with whatever the response is.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<Response, Failure> {
        let mut target = format!("/_emulator/v1/{path}");
        let workspace = self.workspace.iter().map(|name| ("workspace", name));
        let pairs = query.iter().map(|(name, value)| (name.as_str(), value)).chain(workspace);
        for (index, (name, value)) in pairs.enumerate() {
            let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
            let _ = write!(target, "{}{}={}", if index == 0 { '?' } else { '&' }, encoded(name), encoded(value));
        }
        self.send(method, &target, body).await.map_err(|unreached| self.unreached(unreached))
    }

    /// A request to any path.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, Unreached> {
        let mut request = Request::new(body.map_or_else(Bytes::new, |body| body.to_string().into()));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|error| broken(&error))?;
        if body.is_some() {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        self.exchange(request).await
    }

    /// A request to any path, with any headers and body.
    pub(crate) async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response, Unreached> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, self.port)).await;
        let stream = stream.map_err(|error| Unreached::Refused(error.kind().to_string()))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
        tokio::spawn(connection);
        let host = HeaderValue::try_from(format!("{}:{}", self.host, self.port)).map_err(|error| broken(&error))?;
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        let response = sender.send_request(request.map(Full::new)).await.map_err(|error| broken(&error))?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| broken(&error))?.to_bytes();
        Ok(Response { status: parts.status, headers: parts.headers, body })
    }

    /// What the emulator says about a request that it refused.
    pub(crate) fn refused(&self, response: &Response) -> Failure {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        match body["error"].as_str() {
            Some(error) => Failure::general(error),
            None => Failure::general(format!(
                "{} has no control API (it responds with {}): is it a customerio-emulator?",
                self.url, response.status
            )),
        }
    }

    pub(crate) fn unreached(&self, unreached: Unreached) -> Failure {
        let url = &self.url;
        Failure::general(match unreached {
            Unreached::Refused(why) => {
                format!("nothing listens at {url} ({why}): start `customerio-emulator`, or name another by --url")
            }
            Unreached::Broken(why) => format!("the connection to {url} broke: {why}"),
        })
    }
}

fn broken(error: &dyn std::fmt::Display) -> Unreached {
    Unreached::Broken(error.to_string())
}
