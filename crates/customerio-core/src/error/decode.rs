//! 2xx responses that could not be read.

use std::{borrow::Cow, error::Error as StdError, fmt};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{failed_call::FailedCall, transport::TransportError};
use crate::key::Secrets;

/// A 2xx response that could not be read, or whose body broke off: [`Error::Decode`](crate::Error::Decode).
///
/// The request arrived and is not retried. With a 200 it was accepted; with a 207, which items of a batch were accepted
/// is unknown.
pub struct DecodeError {
    pub(crate) call: FailedCall,
    reason: DecodeFailure,
    broken: Option<TransportError>,
}

impl DecodeError {
    pub(crate) fn new(call: FailedCall, reason: DecodeFailure) -> Self {
        Self { call, reason, broken: None }
    }

    pub(crate) fn broken_off(call: FailedCall, error: TransportError) -> Self {
        Self { call, reason: DecodeFailure::new("did not arrive whole"), broken: Some(error) }
    }

    /// Whether the response broke off, and may have been fine.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.call.response.status()
    }

    /// The headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.call.response.headers()
    }

    /// The body of the response, byte for byte, as far as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.call.response.body()
    }

    /// The [`Operation::NAME`](crate::Operation::NAME) of the call.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.call.operation
    }
}

impl fmt::Debug for DecodeError {
    /// Shows the message too, because a `main` that returns an error prints it with `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("text", &format_args!("{self}"))
            .field("call", &self.call)
            .field("reason", &self.reason)
            .field("broken", &self.broken)
            .finish()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} returned {}, but {}", self.call.operation, self.status(), self.reason)
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.broken.as_ref().map(|error| error as _)
    }
}

/// Why [`FromResponse`](crate::FromResponse) cannot read a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body {reason}")]
pub struct DecodeFailure {
    reason: Cow<'static, str>,
    is_reported: bool,
}

impl DecodeFailure {
    /// Creates a failure. The reason completes the sentence "the body …", and must show nothing of the body.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), is_reported: false }
    }

    /// Creates the failure for a 2xx that says that the call failed. The call then ends with an
    /// [`ApiError`](crate::ApiError), which has the server's message.
    #[must_use]
    pub fn call_failed() -> Self {
        Self { reason: "says that the call failed".into(), is_reported: true }
    }

    pub(crate) fn blanked(mut self, secrets: &Secrets) -> Self {
        if let Cow::Owned(reason) = &mut self.reason {
            secrets.blank_in(reason);
        }
        self
    }

    pub(crate) fn is_reported(&self) -> bool {
        self.is_reported
    }
}

impl From<serde_json::Error> for DecodeFailure {
    fn from(error: serde_json::Error) -> Self {
        // The message of serde_json may quote the body; the category and the place do not.
        let what = match error.classify() {
            serde_json::error::Category::Data => "is not of the shape that the API promises",
            serde_json::error::Category::Eof => "ends too early",
            serde_json::error::Category::Io | serde_json::error::Category::Syntax => "is not JSON",
        };
        Self::new(format!("{what} (line {}, column {})", error.line(), error.column()))
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::{
        super::{delivery::StopReason, transport::TransportErrorKind},
        *,
    };

    #[test]
    fn a_response_that_cannot_be_read_says_what_is_known_of_its_call() {
        let call = || {
            let response = Response::builder().status(202).header("x-request-id", "7").body("<html>".into()).unwrap();
            FailedCall {
                operation: "app.send_email",
                response,
                attempts: 3,
                stop_reason: StopReason::Attempts,
                maybe_sent: false,
            }
        };
        let decode = DecodeError::new(call(), DecodeFailure::new("is not JSON"));
        assert_eq!((decode.operation(), decode.status()), ("app.send_email", StatusCode::ACCEPTED));
        assert_eq!(
            (decode.body().as_ref(), &decode.headers()["x-request-id"]),
            (b"<html>".as_slice(), &"7".parse().unwrap())
        );
        assert_eq!(decode.to_string(), "app.send_email returned 202 Accepted, but the body is not JSON");
        assert_eq!(
            format!("{decode:?}"),
            "DecodeError { text: app.send_email returned 202 Accepted, but the body is not JSON, call: FailedCall { operation: \"app.send_email\", status: 202, body_bytes: 6, attempts: 3, \
             stop_reason: Attempts, .. }, reason: DecodeFailure { reason: \"is not JSON\", is_reported: false }, broken: None }"
        );
        assert!(decode.source().is_none() && !decode.is_broken());
        let broken = DecodeError::broken_off(call(), TransportError::maybe_sent(TransportErrorKind::Connection));
        assert_eq!(broken.source().unwrap().to_string(), "the connection broke");
    }
}
