//! Responses of the control API.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use crate::server::payload::Payload;

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
