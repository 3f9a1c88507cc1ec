//! Why the control API refuses a request: one sentence that says what to do.

use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{control::reply::json_response, server::payload::Payload};

/// A refusal.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    body: Value,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, body: json!({"error": text.into()}) }
    }

    /// A 400.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// A 404.
    pub(crate) fn missing(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    /// With more to read beside the sentence.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.body[name] = value;
        self
    }

    pub(crate) fn into_response(self) -> Response<Payload> {
        json_response(self.status, &self.body)
    }
}
