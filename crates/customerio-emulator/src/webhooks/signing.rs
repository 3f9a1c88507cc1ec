//! The signed request of a webhook.

use bytes::Bytes;
use customerio_core::{Timestamp, webhook::Verifier};
use http::{HeaderValue, Method, Request, Uri, header};

/// A call of `url` that is signed at a time.
pub(crate) fn signed(url: Uri, signer: &Verifier, body: Bytes, timestamp: Timestamp) -> Option<Request<Bytes>> {
    // The signature is hex.
    let signature = HeaderValue::try_from(signer.sign(timestamp, &body)).ok()?;
    let length = body.len();
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert("x-cio-timestamp", HeaderValue::from(timestamp.unix_seconds()));
    headers.insert("x-cio-signature", signature);
    Some(request)
}
