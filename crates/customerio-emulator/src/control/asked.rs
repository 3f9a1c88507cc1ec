//! A request to the control API, as its handler gets it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Emulator, control::problem::Problem, server::payload::Payload, workspaces::Workspaces};

/// A request whose route is known.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) workspaces: Workspaces,
    /// The workspace that the request is about.
    pub(crate) emulator: Emulator,
    /// The variable segments of the path, decoded.
    pub(crate) segments: Vec<String>,
    /// The parameters of the query, decoded, but `workspace`.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The body as a type. No body is an empty object.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = if self.body.is_empty() { &b"{}"[..] } else { &self.body };
        serde_json::from_slice(body).map_err(|error| Problem::bad(format!("the body cannot be read: {error}")))
    }
}

/// A 200 with JSON.
pub(crate) fn json_reply(body: &Value) -> Response<Payload> {
    json_response(StatusCode::OK, body)
}

/// A response with JSON.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response<Payload> {
    typed(status, "application/json", body.to_string())
}

/// A response whose body has a media type.
pub(crate) fn typed(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Response<Payload> {
    let mut response = Response::new(Payload::of(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
