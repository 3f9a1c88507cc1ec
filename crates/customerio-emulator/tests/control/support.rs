//! A server, and calls of the service and of its control API.

use bytes::Bytes;
use customerio_emulator::{APP_API_KEY, Emulator, Server};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

/// `emulator-site:emulator-track-key`
const TRACK: &str = "Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=";

/// An emulator behind a socket.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) server: Server,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Emulator::builder().with_clock_at(1_700_000_000).build()).await
    }

    pub(crate) async fn of(emulator: Emulator) -> Self {
        let server = emulator.serve_on_loopback().await.unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { emulator, server, client }
    }

    /// A request from a line such as `GET /_emulator/v1/people`. `null` is no body.
    pub(crate) fn request(&self, line: &str, body: &Value) -> http::request::Builder {
        let (method, path) = line.split_once(' ').unwrap();
        let request = http::Request::builder().method(method).uri(format!("{}{path}", self.server.url()));
        if body.is_null() { request } else { request.header("content-type", "application/json") }
    }

    pub(crate) async fn send(&self, request: http::request::Builder, body: &Value) -> http::Response<Bytes> {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        http::Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }

    /// Status and JSON of a call of the control API.
    pub(crate) async fn control(&self, line: &str, body: Value) -> (u16, Value) {
        let response = self.send(self.request(line, &body), &body).await;
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    /// A call of the control API that must succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.control(&format!("GET /_emulator/v1/{path}"), Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A call of the service with its credentials.
    pub(crate) async fn call(&self, line: &str, body: Value) -> (u16, Value) {
        let app = format!("Bearer {APP_API_KEY}");
        let authorization = if line.contains(" /v1/") { app.as_str() } else { TRACK };
        let request = self.request(line, &body).header("authorization", authorization);
        let response = self.send(request, &body).await;
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
    }
}
