//! Calls without a response, or with only a part of one.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::Response;

use super::delivery::{Delivery, StopReason};

/// Why a transport got no response, or only a part of one: the error of [`Transport::send`](crate::Transport::send).
pub struct TransportError {
    kind: TransportErrorKind,
    delivery: Delivery,
    response: Option<Box<Response<Bytes>>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The phase in which a transport failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection could not be established: name resolution, TCP or TLS failed.
    Connect,
    /// The connection could not be established, because the certificate of the server, or of a proxy, is not trusted,
    /// is for another name, or has expired. Such a call is not retried.
    InvalidCertificate,
    /// The URL has a host or a port that cannot exist. Such a call is not retried.
    InvalidUrl,
    /// The response did not arrive in time, or not all of it.
    Timeout,
    /// The connection broke, or what came over it was not HTTP.
    Connection,
    /// The response was larger than [`Attempt::response_limit`](crate::Attempt::response_limit).
    ResponseTooLarge,
    /// The rate limit of the client's [`Throttle`](crate::Throttle) did not admit the request before the call's
    /// deadline.
    Throttled,
    /// The client had as many requests in flight as its [`Throttle`](crate::Throttle) allows, until the call's
    /// deadline.
    TooManyInFlight,
}

impl TransportErrorKind {
    /// Whether another attempt would end the same way.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::InvalidCertificate | Self::InvalidUrl)
    }
}

impl TransportError {
    /// Creates an error for a request that certainly did not reach the server.
    ///
    /// Use it only if the HTTP stack proves that: the SDK may then retry even a transactional message.
    #[must_use]
    pub fn not_sent(kind: TransportErrorKind) -> Self {
        Self { kind, delivery: Delivery::NotSent, response: None, source: None }
    }

    /// Creates an error for a request that may have reached the server. When in doubt, use this one.
    #[must_use]
    pub fn maybe_sent(kind: TransportErrorKind) -> Self {
        Self { kind, delivery: Delivery::MaybeSent, response: None, source: None }
    }

    /// Adds a response whose body did not arrive whole: its head, and as much of its body as came.
    ///
    /// Its status then says whether the request was accepted. A call that returns nothing succeeds with a 2xx, whatever
    /// happened to the body.
    #[must_use]
    pub fn with_response(mut self, response: Response<Bytes>) -> Self {
        self.response = Some(Box::new(response));
        self
    }

    /// Adds the HTTP stack's own error as the source.
    ///
    /// Remove URLs from it first: they name people.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the phase in which it failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the request may have arrived: never [`Delivery::Responded`].
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// The response as far as it came, if its head did.
    #[must_use]
    pub fn response(&self) -> Option<&Response<Bytes>> {
        self.response.as_deref()
    }

    pub(crate) fn take_response(&mut self) -> Option<Response<Bytes>> {
        self.response.take().map(|response| *response)
    }

    pub(crate) fn set_delivery(&mut self, delivery: Delivery) {
        self.delivery = delivery;
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("delivery", &self.delivery)
            .field("status", &self.response.as_ref().map(|response| response.status()))
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Connect => "the connection could not be established",
            TransportErrorKind::InvalidCertificate => "the server's certificate is not valid",
            TransportErrorKind::InvalidUrl => "its URL is not valid: check the base URL",
            TransportErrorKind::Timeout => "the response did not arrive in time",
            TransportErrorKind::Connection => "the connection broke",
            TransportErrorKind::ResponseTooLarge => "the response is too large",
            TransportErrorKind::Throttled => "the client's own rate limit did not admit it in time",
            TransportErrorKind::TooManyInFlight => {
                "too many requests of the client were in flight: give it a longer deadline, or allow more with \
                 `Throttle::with_concurrency`"
            }
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A call that got no response: [`Error::Transport`](crate::Error::Transport).
pub struct SendError {
    pub(crate) operation: &'static str,
    pub(crate) error: TransportError,
    pub(crate) attempts: u32,
    pub(crate) stop_reason: StopReason,
    pub(crate) retry_after: Option<Duration>,
}

impl SendError {
    /// Returns the phase in which the last attempt failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.error.kind
    }

    /// Whether the request may have arrived in any of the attempts: never [`Delivery::Responded`].
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.error.delivery
    }

    /// The [`Operation::NAME`](crate::Operation::NAME) of the call.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }
}

impl fmt::Debug for SendError {
    /// Shows the message too, because a `main` that returns an error prints it with `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("text", &format_args!("{self}"))
            .field("operation", &self.operation)
            .field("error", &self.error)
            .field("attempts", &self.attempts)
            .field("stop_reason", &self.stop_reason)
            .field("retry_after", &self.retry_after)
            .finish()
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = match self.error.delivery {
            Delivery::NotSent => "was not sent",
            Delivery::MaybeSent | Delivery::Responded => "may have been sent",
        };
        if self.attempts == 0 && self.error.kind == TransportErrorKind::Timeout {
            return write!(f, "{} {sent}: its deadline had passed before the first attempt", self.operation);
        }
        write!(f, "{} {sent}: {} (attempts: {}; {})", self.operation, self.error, self.attempts, self.stop_reason)
    }
}

impl StdError for SendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_an_attempt_says_so() {
        let late = SendError {
            operation: "track.merge",
            error: TransportError::not_sent(TransportErrorKind::Timeout),
            attempts: 0,
            stop_reason: StopReason::Deadline,
            retry_after: None,
        };
        assert_eq!(late.to_string(), "track.merge was not sent: its deadline had passed before the first attempt");
    }

    #[test]
    fn a_call_without_a_response_says_what_is_known_of_it() {
        let lost = SendError {
            operation: "track.merge",
            error: TransportError::maybe_sent(TransportErrorKind::Timeout).with_source("reset by peer"),
            attempts: 2,
            stop_reason: StopReason::NotIdempotent,
            retry_after: Some(Duration::from_secs(7)),
        };
        assert_eq!((lost.operation(), lost.kind()), ("track.merge", TransportErrorKind::Timeout));
        assert_eq!(
            format!("{lost:?}"),
            "SendError { text: track.merge may have been sent: the response did not arrive in time (attempts: 2; the operation must not \
             be sent twice), operation: \"track.merge\", error: TransportError { kind: Timeout, delivery: MaybeSent, status: \
             None, source: Some(\"reset by peer\") }, attempts: 2, stop_reason: NotIdempotent, retry_after: Some(7s) }"
        );
    }

    #[test]
    fn a_response_is_kept_with_the_error_and_not_shown() {
        let response = Response::builder().status(200).body("half".into()).unwrap();
        let mut error = TransportError::maybe_sent(TransportErrorKind::Connection).with_response(response);
        assert_eq!(error.response().unwrap().body(), "half");
        assert_eq!(
            format!("{error:?}"),
            "TransportError { kind: Connection, delivery: MaybeSent, status: Some(200), source: None }"
        );
        assert_eq!(error.take_response().unwrap().body(), "half");
        assert!(error.response().is_none());
    }

    #[test]
    fn every_kind_has_its_sentence() {
        for (kind, sentence) in [
            (TransportErrorKind::Connect, "the connection could not be established"),
            (TransportErrorKind::InvalidCertificate, "the server's certificate is not valid"),
            (TransportErrorKind::InvalidUrl, "its URL is not valid: check the base URL"),
            (TransportErrorKind::Timeout, "the response did not arrive in time"),
            (TransportErrorKind::Connection, "the connection broke"),
            (TransportErrorKind::ResponseTooLarge, "the response is too large"),
            (TransportErrorKind::Throttled, "the client's own rate limit did not admit it in time"),
            (
                TransportErrorKind::TooManyInFlight,
                "too many requests of the client were in flight: give it a longer deadline, or allow more with \
                 `Throttle::with_concurrency`",
            ),
        ] {
            assert_eq!(TransportError::not_sent(kind).to_string(), sentence);
        }
    }
}
