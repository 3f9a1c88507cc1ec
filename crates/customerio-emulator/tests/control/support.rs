//! A server, and calls of the service and of its control API.

use bytes::Bytes;
use customerio_emulator::{APP_API_KEY, Emulator, Server, Workspaces};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

/// `emulator-site:emulator-track-key`
pub(crate) const TRACK: &str = "Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=";

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
        Self::serving(&Workspaces::of(emulator)).await
    }

    pub(crate) async fn serving(workspaces: &Workspaces) -> Self {
        let emulator = workspaces.first().clone();
        let server = workspaces.serve("127.0.0.1:0").await.unwrap();
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
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

    /// A request whose body is any text.
    pub(crate) async fn send_text(&self, request: http::request::Builder, body: &str) -> http::Response<Bytes> {
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap();
        let (parts, body) = self.client.request(request).await.unwrap().into_parts();
        http::Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }

    /// A response whose body is read as it comes.
    pub(crate) async fn open(&self, request: http::request::Builder) -> http::Response<BoxBody<Bytes, String>> {
        let request = request.body(Full::new(Bytes::new())).unwrap();
        let response = self.client.request(request).await.unwrap();
        response.map(|body| body.map_err(|error| error.to_string()).boxed())
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

impl World {
    /// With something of every kind: Ada (42) and Bob (7), whom the same things were done for.
    pub(crate) async fn populated() -> Self {
        let world = Self::new().await;
        world.emulator.create_segment(7);
        world.emulator.create_segment(8);
        world.emulator.create_broadcast(12);
        world.emulator.create_broadcast(13);
        world.emulator.create_transactional_message(3, "welcome");
        for (id, name) in [("42", "ada"), ("7", "bob")] {
            let person = format!("/api/v1/customers/{id}");
            let email = json!({
                "transactional_message_id": if id == "42" { 3 } else { 4 }, "to": format!("{name}@example.com"),
                "identifiers": {"id": id}, "subject": format!("Hello {name}"), "body": "<p>Hi</p>",
            });
            let push = json!({"transactional_message_id": 5, "identifiers": {"id": id}, "title": "Hi"});
            let acme =
                json!({"object_type_id": if id == "42" { "1" } else { "2" }, "object_id": format!("acme-{name}")});
            let related = json!({"action": "add_relationships", "relationships": [{"identifiers": acme}]});
            let broadcast = if id == "42" { 12 } else { 13 };
            for (line, body) in [
                (
                    format!("PUT {person}"),
                    json!({"email": format!("{name}@example.com"), "plan": format!("plan-{name}")}),
                ),
                (format!("POST {person}/events"), json!({"name": format!("purchase-{name}"), "data": {"price": 12.5}})),
                (format!("POST {person}/events"), json!({"name": "https://example.com/", "type": "page"})),
                (
                    format!("PUT {person}/devices"),
                    json!({"device": {"id": format!("token-{name}"), "platform": if id == "42" { "ios" } else { "android" }}}),
                ),
                (
                    format!("POST /api/v1/segments/{}/add_customers", if id == "42" { 7 } else { 8 }),
                    json!({"ids": [id]}),
                ),
                (format!("PUT {person}"), json!({"cio_relationships": related})),
                (
                    format!("POST /api/v1/forms/form-{name}/submit"),
                    json!({"data": {"id": id, "colour": format!("red-{name}")}}),
                ),
                (
                    "POST /api/v1/metrics".to_owned(),
                    json!({"delivery_id": format!("delivery-{name}"), "metric": if id == "42" { "opened" } else { "converted" }}),
                ),
                ("POST /v1/send/email".to_owned(), email),
                ("POST /v1/send/push".to_owned(), push),
                (
                    format!("POST /v1/campaigns/{broadcast}/triggers"),
                    json!({"data": {"note": format!("note-{name}")}, "ids": []}),
                ),
            ] {
                let (status, response) = world.call(&line, body).await;
                assert!([200, 204].contains(&status), "{line}: {status} {response}");
            }
        }
        world
    }

    /// The items of a list, which must be on one page.
    pub(crate) async fn items(&self, path: &str) -> Vec<Value> {
        let page = self.get(path).await;
        assert_eq!(page["next"], Value::Null, "{path}");
        page["items"].as_array().unwrap().clone()
    }
}
