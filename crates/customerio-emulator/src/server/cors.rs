//! Requests from a page of another origin, for which a browser sends a preflight first.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use crate::route::Head;

/// Any page: the emulator is for tests, and its credentials are public.
const ANY: HeaderValue = HeaderValue::from_static("*");

/// The response to a browser that asks whether it may send a request. `None` for anything else.
pub(crate) fn preflight(request: Head<'_>) -> Option<Response<Bytes>> {
    let asked = request.headers;
    let method = asked.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    if request.method != Method::OPTIONS || !asked.contains_key(header::ORIGIN) {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    // Named one by one: `*` would not mean `authorization`.
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}

/// Lets any page read a response, `retry-after` included.
pub(crate) fn allow(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANY);
}

#[cfg(test)]
mod tests {
    use http::Request;
    use serde_json::json;

    use crate::{Emulator, testing::request};

    use super::*;

    fn asks(method: &str) -> Request<Bytes> {
        Request::builder()
            .method(method)
            .uri("/api/v1/customers/1")
            .header("origin", "http://127.0.0.1:8000")
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "authorization,content-type")
            .body(Bytes::new())
            .unwrap()
    }

    fn headers(response: &Response<Bytes>) -> Vec<(&str, &str)> {
        let is_cors = |(name, value)| {
            let (name, value): (&header::HeaderName, &HeaderValue) = (name, value);
            name.as_str().starts_with("access-control-").then(|| (name.as_str(), value.to_str().unwrap()))
        };
        let mut headers: Vec<_> = response.headers().iter().filter_map(is_cors).collect();
        headers.sort_unstable();
        headers
    }

    #[test]
    fn a_page_may_call_where_the_emulator_was_told_so() {
        let emulator = Emulator::builder().with_cors().build();
        let response = emulator.handle(&asks("OPTIONS"));
        assert_eq!((response.status(), response.body()), (StatusCode::NO_CONTENT, &Bytes::new()));
        let expected = [
            ("access-control-allow-headers", "authorization,content-type"),
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-origin", "*"),
            ("access-control-expose-headers", "*"),
        ];
        assert_eq!(headers(&response), expected);

        for (line, body, status) in
            [("PUT /api/v1/customers/1", json!({"plan": "pro"}), 200), ("GET /nowhere", json!(null), 404)]
        {
            let response = emulator.handle(&request(line, &body));
            assert_eq!(response.status(), status, "{line}");
            assert_eq!(headers(&response), expected[2..], "{line}");
        }
        let log: Vec<_> = emulator.request_log().iter().map(|logged| logged.method.to_string()).collect();
        assert_eq!(log, ["OPTIONS", "PUT", "GET"], "what a browser asks is logged like the rest");
    }

    #[test]
    fn a_page_may_not_call_otherwise() {
        let emulator = Emulator::new();
        for (emulator, request, status) in [
            (&emulator, asks("OPTIONS"), StatusCode::METHOD_NOT_ALLOWED),
            (&emulator, request("PUT /api/v1/customers/1", &json!({})), StatusCode::OK),
        ] {
            let response = emulator.handle(&request);
            assert_eq!((response.status(), headers(&response)), (status, vec![]), "{}", request.method());
        }
        // No preflight: a browser names its page and the method that it wants.
        assert!(preflight(Head::of(&asks("PUT"))).is_none());
        for name in ["origin", "access-control-request-method"] {
            let mut request = asks("OPTIONS");
            request.headers_mut().remove(name);
            assert!(preflight(Head::of(&request)).is_none(), "{name}");
        }
    }
}
