//! Responses of the control API.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::server::payload::Payload;

/// A 200 with JSON.
pub(crate) fn json_reply(body: &impl Serialize) -> Response<Payload> {
    json_response(StatusCode::OK, body)
}

/// A response with JSON.
pub(crate) fn json_response(status: StatusCode, body: &impl Serialize) -> Response<Payload> {
    // Keys are text, and no number is without a value.
    typed(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
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
