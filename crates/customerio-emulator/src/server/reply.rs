//! The emulator's responses: success, and errors in the shapes of the vendor.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::contract::fault::Fault;

/// A success.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    body: Body,
}

#[derive(Debug)]
enum Body {
    None,
    Json(Value),
    Html(String),
}

/// A page of the service's own loads nothing, and its form leads to itself.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; form-action 'self'; frame-ancestors 'none'");

impl Reply {
    /// A JSON body.
    pub(crate) fn json(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Body::Json(body) }
    }

    /// `{}`: the response to most calls of the Track API.
    pub(crate) fn empty() -> Self {
        Self::json(json!({}))
    }

    /// A page for people.
    pub(crate) fn html(page: String) -> Self {
        Self { status: StatusCode::OK, body: Body::Html(page) }
    }

    /// 204, without a body.
    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Body::None }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        match self.body {
            Body::None => respond(self.status, None),
            Body::Json(body) => respond(self.status, Some(&body)),
            Body::Html(page) => {
                let mut response = Response::new(page.into());
                *response.status_mut() = self.status;
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
                response
            }
        }
    }
}

/// Why a request is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) faults: Vec<Fault>,
    /// The stable name of the error, where it has one.
    code: Option<&'static str>,
    /// A header of the response.
    header: Option<(header::HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal for one reason, which is about the request as a whole.
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, faults: vec![Fault::of_all(text)], code: None, header: None }
    }

    /// A 400 for one reason.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// A refusal for faults in the body or the query.
    pub(crate) fn faults(status: StatusCode, faults: Vec<Fault>) -> Self {
        Self { status, faults, code: None, header: None }
    }

    /// The 401 of both APIs.
    pub(crate) fn unauthorized() -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "Unauthorized request");
        Self { code: Some("invalid_credentials"), ..refusal }
    }

    /// The emulator itself holds no more of something: it must not grow without end.
    pub(crate) fn full(what: &str, most: usize) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, format!("the emulator holds at most {most} {what}"))
    }

    pub(crate) fn with_header(self, name: header::HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// The response, in the shape that the route has for this status.
    pub(crate) fn into_response(self, envelope: Envelope) -> Response<Bytes> {
        let mut response = respond(self.status, Some(&self.body(envelope)));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// Everything that is wrong, in one line.
    pub(crate) fn text(&self) -> String {
        self.faults.iter().map(|fault| fault.text.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The errors as version 2 of the Track API lists them. There is at least one.
    pub(crate) fn entity_errors(&self) -> Vec<Value> {
        let error = |fault: &Fault| {
            let field = fault.pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
            json!({"reason": fault.reason, "field": field, "message": fault.text})
        };
        self.faults.iter().map(error).collect()
    }

    fn body(&self, envelope: Envelope) -> Value {
        let texts = || self.faults.iter().map(|fault| fault.text.as_str());
        match (envelope, self.status) {
            (Envelope::Entity, StatusCode::BAD_REQUEST) => json!({"errors": self.entity_errors()}),
            (Envelope::TrackErrors, StatusCode::BAD_REQUEST) => {
                json!({"meta": {"errors": texts().collect::<Vec<_>>()}})
            }
            (Envelope::TrackErrors | Envelope::TrackError | Envelope::Entity | Envelope::Pipelines, _)
            | (Envelope::Send, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN | StatusCode::PAYLOAD_TOO_LARGE) => {
                json!({"meta": {"error": self.text()}})
            }
            (Envelope::Send | Envelope::App, _) => {
                json!({"errors": self.faults.iter().map(|fault| self.entry(fault)).collect::<Vec<_>>()})
            }
        }
    }

    /// One error of the App API: its status is a string.
    fn entry(&self, fault: &Fault) -> Value {
        let mut entry = json!({"status": self.status.as_str(), "detail": fault.text});
        if let Some(code) = self.code {
            entry["code"] = code.into();
        }
        if self.status == StatusCode::UNPROCESSABLE_ENTITY {
            entry["source"] = json!({"pointer": format!("/data/attributes{}", fault.pointer)});
        }
        entry
    }
}

/// The shapes of error bodies: a route has one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// `{"meta":{"errors":[…]}}` for a 400, else `{"meta":{"error":…}}`: most of the Track API.
    TrackErrors,
    /// `{"meta":{"error":…}}`: a merge, and Track API errors that no route makes.
    TrackError,
    /// `{"errors":[{"reason":…,"field":…,"message":…}]}` for a 400, else as [`TrackError`](Self::TrackError): version 2
    /// of the Track API.
    Entity,
    /// `{"meta":{"error":…}}`, or `{}` with a 200 where the caller has not asked for strict mode: the Pipelines API.
    Pipelines,
    /// `{"meta":{"error":…}}` for what is wrong with the message, else as [`App`](Self::App): transactional messages.
    Send,
    /// `{"errors":[{"status":"…","detail":…}]}`: the rest of the App API.
    App,
}

impl Envelope {
    /// For a request that no route takes.
    pub(crate) fn of_path(path: &str) -> Self {
        if path.starts_with("/v1/") { Self::App } else { Self::TrackError }
    }
}

fn respond(status: StatusCode, body: Option<&Value>) -> Response<Bytes> {
    let mut response = Response::new(body.map(|body| body.to_string().into()).unwrap_or_default());
    *response.status_mut() = status;
    if body.is_some() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::fault::INVALID;

    #[test]
    fn each_envelope_has_its_shape() {
        let faults = || {
            let fault =
                |text: &str, pointer: &str| Fault { text: text.into(), pointer: pointer.into(), reason: INVALID };
            vec![fault("a is b", "/a"), fault("c is d", "/c")]
        };
        for (envelope, status, expected) in [
            (Envelope::TrackErrors, 400, json!({"meta": {"errors": ["a is b", "c is d"]}})),
            (Envelope::TrackErrors, 404, json!({"meta": {"error": "a is b; c is d"}})),
            (Envelope::TrackError, 400, json!({"meta": {"error": "a is b; c is d"}})),
            (
                Envelope::Entity,
                400,
                json!({"errors": [
                    {"reason": "invalid", "field": "a", "message": "a is b"},
                    {"reason": "invalid", "field": "c", "message": "c is d"},
                ]}),
            ),
            (Envelope::Entity, 503, json!({"meta": {"error": "a is b; c is d"}})),
            (Envelope::Send, 413, json!({"meta": {"error": "a is b; c is d"}})),
            (
                Envelope::Send,
                429,
                json!({"errors": [{"status": "429", "detail": "a is b"}, {"status": "429", "detail": "c is d"}]}),
            ),
            (
                Envelope::App,
                422,
                json!({"errors": [
                    {"status": "422", "detail": "a is b", "source": {"pointer": "/data/attributes/a"}},
                    {"status": "422", "detail": "c is d", "source": {"pointer": "/data/attributes/c"}},
                ]}),
            ),
        ] {
            let refusal = Refusal::faults(StatusCode::from_u16(status).unwrap(), faults());
            let response = refusal.into_response(envelope);
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["content-type"], "application/json");
            assert_eq!(serde_json::from_slice::<Value>(response.body()).unwrap(), expected);
        }
    }

    #[test]
    fn the_401_of_each_api() {
        for (envelope, expected) in [
            (Envelope::TrackErrors, json!({"meta": {"error": "Unauthorized request"}})),
            (
                Envelope::Send,
                json!({"errors": [
                    {"status": "401", "detail": "Unauthorized request", "code": "invalid_credentials"},
                ]}),
            ),
        ] {
            let response = Refusal::unauthorized().into_response(envelope);
            assert_eq!(serde_json::from_slice::<Value>(response.body()).unwrap(), expected);
        }
    }
}
