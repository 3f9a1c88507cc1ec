//! What somebody who writes the requests by hand would write once.

use customerio_core::{
    bytes::Bytes,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header,
        uri::{Authority, Parts, PathAndQuery, Scheme},
    },
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const X_STRICT_MODE: HeaderName = HeaderName::from_static("x-strict-mode");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("customerio-rust/", env!("CARGO_PKG_VERSION")));

/// One of the APIs; everything that is the same in each request is ready, headers included.
pub(crate) struct Api {
    authority: Authority,
    bare: HeaderMap,
    with_body: HeaderMap,
    with_body_without_credentials: HeaderMap,
}

impl Api {
    pub(crate) fn new(host: &'static str, authorization: &'static str, strict: bool) -> Self {
        let mut authorization = HeaderValue::from_static(authorization);
        authorization.set_sensitive(true);
        let mut bare = HeaderMap::with_capacity(8);
        bare.insert(header::ACCEPT, JSON);
        bare.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        bare.insert(header::USER_AGENT, USER_AGENT);
        if strict {
            bare.insert(X_STRICT_MODE, HeaderValue::from_static("1"));
        }
        let mut with_body_without_credentials = bare.clone();
        with_body_without_credentials.insert(header::CONTENT_TYPE, JSON);
        with_body_without_credentials.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        let mut with_body = with_body_without_credentials.clone();
        with_body.insert(header::AUTHORIZATION, authorization.clone());
        bare.insert(header::AUTHORIZATION, authorization);
        Self { authority: Authority::from_static(host), bare, with_body, with_body_without_credentials }
    }

    pub(crate) fn post(&self, path: PathAndQuery, body: &impl Serialize) -> Request<Bytes> {
        self.post_bytes(path, json(body))
    }

    pub(crate) fn post_bytes(&self, path: PathAndQuery, body: Bytes) -> Request<Bytes> {
        self.send(Method::POST, path, body, &self.with_body)
    }

    pub(crate) fn post_without_credentials(&self, path: PathAndQuery, body: &impl Serialize) -> Request<Bytes> {
        self.send(Method::POST, path, json(body), &self.with_body_without_credentials)
    }

    pub(crate) fn put(&self, path: PathAndQuery, body: &impl Serialize) -> Request<Bytes> {
        self.send(Method::PUT, path, json(body), &self.with_body)
    }

    /// A call without a body; a POST says that it has none.
    pub(crate) fn bare(&self, method: Method, path: PathAndQuery) -> Request<Bytes> {
        let mut headers = self.bare.clone();
        if method == Method::POST {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        self.request(method, path, headers, Bytes::new())
    }

    fn send(&self, method: Method, path: PathAndQuery, body: Bytes, headers: &HeaderMap) -> Request<Bytes> {
        let mut headers = headers.clone();
        headers.insert(header::CONTENT_LENGTH, body.len().into());
        self.request(method, path, headers, body)
    }

    fn request(&self, method: Method, path: PathAndQuery, headers: HeaderMap, body: Bytes) -> Request<Bytes> {
        let mut parts = Parts::default();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from_parts(parts).unwrap();
        *request.headers_mut() = headers;
        request
    }
}

fn json(body: &impl Serialize) -> Bytes {
    let mut buffer = Vec::with_capacity(1024);
    serde_json::to_writer(&mut buffer, body).unwrap();
    buffer.into()
}

/// A path that is the same in each call.
pub(crate) const fn fixed(path: &'static str) -> PathAndQuery {
    PathAndQuery::from_static(path)
}

/// A path with text of the caller's in it.
pub(crate) fn path(before: &str, segment: &str, after: &str) -> PathAndQuery {
    let mut path = String::with_capacity(96);
    path.push_str(before);
    path.extend(utf8_percent_encode(segment, RESERVED));
    path.push_str(after);
    PathAndQuery::from_maybe_shared(Bytes::from(path)).unwrap()
}

/// A path with two texts of the caller's in it.
pub(crate) fn path_of_two(before: &str, first: &str, between: &str, second: &str) -> PathAndQuery {
    let mut path = String::with_capacity(96);
    path.push_str(before);
    path.extend(utf8_percent_encode(first, RESERVED));
    path.push_str(between);
    path.extend(utf8_percent_encode(second, RESERVED));
    PathAndQuery::from_maybe_shared(Bytes::from(path)).unwrap()
}

/// A path with a number in it.
pub(crate) fn numbered(before: &str, number: u32, after: &str) -> PathAndQuery {
    let mut path = String::with_capacity(96);
    path.push_str(before);
    path.push_str(itoa::Buffer::new().format(number));
    path.push_str(after);
    PathAndQuery::from_maybe_shared(Bytes::from(path)).unwrap()
}
