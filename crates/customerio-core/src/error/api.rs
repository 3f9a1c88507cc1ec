//! Responses that say that a call failed.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::{
    answer::Answer,
    bounded::Bounded,
    details::{self, Detail},
};
use crate::{Timestamp, retry_after::retry_after};

/// A response that says that the call failed, whole: [`Error::Api`](crate::Error::Api).
///
/// Mostly it is the [status](Self::status) that says so. A 2xx can too, by a field `error` or `errors` in its body: what of
/// such a call was done is not known, and it is not sent again.
pub struct ApiError {
    pub(crate) answer: Answer,
    details: Vec<Detail>,
    retry_after: Option<Duration>,
}

impl ApiError {
    pub(crate) fn new(answer: Answer, wall: Option<Timestamp>) -> Self {
        let details = details::read(answer.response.body());
        let retry_after = retry_after(answer.response.headers(), wall);
        Self { answer, details, retry_after }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.response.status()
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.answer.response.headers()
    }

    /// The body of the answer, byte for byte.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.answer.response.body()
    }

    /// What the server found wrong, in its order; empty when the body is none of the API's error shapes.
    #[must_use]
    pub fn details(&self) -> &[Detail] {
        &self.details
    }

    /// The first of [`details`](Self::details), in the server's words.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.details.first().map(|detail| detail.message.as_str())
    }

    /// How long the server asked to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The host that a redirect names. Redirects are not followed: a followed 301 turns into a GET that answers 200, and
    /// what was sent is lost.
    #[must_use]
    pub fn redirect_host(&self) -> Option<String> {
        let location = self.headers().get(header::LOCATION)?.to_str().ok()?;
        if !self.status().is_redirection() {
            return None;
        }
        location.parse::<http::Uri>().ok()?.host().map(str::to_owned)
    }

    /// The [`Operation::NAME`](crate::Operation::NAME) of the call.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.answer.operation
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("answer", &self.answer)
            .field("details", &self.details)
            .field("retry_after", &self.retry_after)
            .finish()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered with {}", self.answer.operation, self.status())?;
        if let Some(host) = self.redirect_host() {
            write!(f, ": the workspace is at {}", Bounded(&host))?;
            return f.write_str(if host.contains("-eu.") {
                "; use Region::Eu"
            } else {
                "; check the region or the base URL"
            });
        }
        match self.message() {
            Some(message) => write!(f, ": {}", Bounded(message)),
            None if self.status().is_success() => f.write_str(", but the body says that the call failed"),
            None => Ok(()),
        }
    }
}

impl StdError for ApiError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{super::delivery::StopReason, *};
    use crate::testing::any_json;

    fn api(status: u16, headers: &[(&str, &str)], body: &str) -> ApiError {
        let mut response = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            let name = http::HeaderName::try_from(*name).unwrap();
            response.headers_mut().append(name, value.parse().unwrap());
        }
        let answer = Answer { operation: "track.identify", response, attempts: 1, stop_reason: StopReason::Final };
        ApiError::new(answer, None)
    }

    #[test]
    fn a_body_of_no_known_shape_is_kept_and_not_guessed_at() {
        for body in ["<html>502</html>", "", "null", "[]", "42", r#"{"errors":7}"#, r#"{"errors":[7]}"#] {
            let error = api(502, &[], body);
            assert!(error.details().is_empty(), "{body}");
            assert_eq!(error.body(), body);
            assert_eq!(error.to_string(), "track.identify was answered with 502 Bad Gateway");
        }
    }

    #[test]
    fn a_message_is_bounded_and_escaped_in_display_and_absent_from_debug() {
        let error = api(400, &[], &format!(r#"{{"meta":{{"error":"a\nb{}"}}}}"#, "x".repeat(1000)));
        let shown = error.to_string();
        assert!(shown.starts_with("track.identify was answered with 400 Bad Request: a\\nbxxx"), "{shown}");
        assert!(shown.chars().count() < 400, "{shown}");
        assert!(!format!("{error:?}").contains("xxx"));
    }

    #[test]
    fn an_answer_says_what_is_known_of_its_call() {
        let api = api(429, &[("retry-after", "3")], r#"{"errors":[{"detail":"slow down","code":"limit"}]}"#);
        assert_eq!((api.operation(), api.status()), ("track.identify", StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(
            format!("{api:?}"),
            "ApiError { answer: Answer { operation: \"track.identify\", status: 429, body_bytes: 50, attempts: 1, \
             stop_reason: Final, .. }, details: [Detail { message_bytes: 9, .. }], retry_after: Some(3s) }"
        );
    }

    #[test]
    fn a_redirect_says_where_the_workspace_is() {
        let error = api(301, &[("location", "https://track-eu.customer.io/api/v1/customers/secret-id")], "");
        assert_eq!(error.redirect_host().as_deref(), Some("track-eu.customer.io"));
        assert_eq!(
            error.to_string(),
            "track.identify was answered with 301 Moved Permanently: the workspace is at track-eu.customer.io; use Region::Eu"
        );
        assert_eq!(api(200, &[("location", "https://x.example/")], "").redirect_host(), None);
        assert_eq!(api(301, &[("location", "/relative")], "").redirect_host(), None);
    }

    /// What must hold for an answer, whatever its body and its header are.
    fn check(status: u16, location: &[u8], body: &[u8]) -> Result<ApiError, TestCaseError> {
        let mut response = http::Response::new(Bytes::copy_from_slice(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        if let Ok(value) = http::HeaderValue::from_bytes(location) {
            response.headers_mut().insert(header::LOCATION, value);
        }
        let answer = Answer { operation: "track.identify", response, attempts: 1, stop_reason: StopReason::Final };
        let error = ApiError::new(answer, None);
        let shown = error.to_string();
        prop_assert!(shown.chars().count() < 500, "{shown}");
        prop_assert!(!shown.contains(char::is_control), "{shown:?}");
        let debug = format!("{error:?}");
        prop_assert!(!debug.contains(char::is_control), "{debug}");
        prop_assert_eq!(error.body(), body);
        Ok(error)
    }

    /// JSON that resembles the shapes of errors more than chance does.
    fn like_an_error() -> impl Strategy<Value = Value> {
        let keys = "errors|error|meta|detail|message|reason|code|source|pointer|status";
        any_json(keys).prop_recursive(3, 16, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|list| serde_json::json!({ "errors": list })),
                inner.prop_map(|meta| serde_json::json!({ "meta": meta })),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_an_error_body(
            status in 100_u16..1000,
            location in prop::collection::vec(any::<u8>(), 0..60),
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            check(status, &location, &body)?;
        }

        #[test]
        fn any_json_can_be_an_error_body(status in 300_u16..600, host in "[a-z.:/@%é-]{0,600}", body in like_an_error()) {
            let error = check(status, format!("https://{host}").as_bytes(), body.to_string().as_bytes())?;
            prop_assert_eq!(error.message(), error.details().first().map(|detail| detail.message.as_str()));
        }

        #[test]
        fn any_message_can_be_shown(message in any::<String>(), more in prop::collection::vec(any::<char>(), 0..900)) {
            let message = message + &more.into_iter().collect::<String>();
            let body = serde_json::json!({ "meta": { "error": message } }).to_string();
            let error = check(400, b"", body.as_bytes())?;
            prop_assert_eq!(error.message(), Some(message.as_str()));
        }
    }
}
