//! Errors by phase, and what is known about delivery.
//!
//! | variant | the call | what to do |
//! | --- | --- | --- |
//! | [`Error::Build`] | never left the process | fix the arguments |
//! | [`Error::Transport`] | got no response | check [`Error::delivery`] before you send it again |
//! | [`Error::Api`] | got another status than a 2xx, or a 2xx that says that the call failed | read [`ApiError::message`] |
//! | [`Error::Decode`] | got a 2xx that could not be read, or broke off | do not send it again: it arrived |
//!
//! No error shows a credential, a URL or an attribute, in `Display` or in `Debug`: errors end up in logs. The one exception
//! is the server's own message in an [`ApiError`], bounded and escaped; the credentials of the call are blanked in it, even
//! where the server quotes them. `Debug` shows all that `Display` does, for `unwrap` and for a `main` that returns an error.

mod api;
mod bounded;
mod build;
mod decode;
mod delivery;
mod details;
mod failed_call;
mod transport;

use std::time::Duration;

use http::StatusCode;

pub use self::{
    api::ApiError,
    build::{BuildError, BuildErrorKind},
    decode::{DecodeError, DecodeFailure},
    delivery::{Delivery, StopReason},
    details::Detail,
    transport::{SendError, TransportError, TransportErrorKind},
};
pub(crate) use self::{
    bounded::Bounded,
    details::{Reported, entries},
    failed_call::FailedCall,
};

/// Why a call failed.
#[doc(alias = "error")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be built; nothing was sent.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No response arrived.
    #[error(transparent)]
    Transport(#[from] Box<SendError>),
    /// Customer.io (or something before it) responded with a status other than 2xx; or with a 2xx whose body says that
    /// the call failed, with a field `error` or `errors`. A 2xx is never retried.
    #[error(transparent)]
    Api(#[from] Box<ApiError>),
    /// The response was a 2xx whose body is not what the API promises, or broke off; or a 207, which means success in
    /// part, that does not say what was refused.
    #[error(transparent)]
    Decode(#[from] Box<DecodeError>),
}

impl Error {
    /// A page that was read, and after which the list cannot continue.
    pub(crate) fn of_page(operation: &'static str, failure: DecodeFailure) -> Self {
        let (response, stop_reason) = (http::Response::new(bytes::Bytes::new()), StopReason::NotRetryable);
        Self::Decode(Box::new(DecodeError::new(
            FailedCall { operation, response, attempts: 1, stop_reason, maybe_sent: false },
            failure,
        )))
    }

    /// Whether the request reached Customer.io, as far as is known.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Build(_) => Delivery::NotSent,
            Self::Transport(error) => error.delivery(),
            Self::Api(_) | Self::Decode(_) => Delivery::Responded,
        }
    }

    /// Whether the call may have taken effect all the same: in any attempt the response was lost, or was a 5xx, 408 or 425,
    /// or a 2xx that cannot be read or reports a failure. Do not send it again then, unless it is idempotent.
    ///
    /// Otherwise nothing was done: the request was not sent, or was rejected.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{http::Response, operation::parse, track::Merge};
    ///
    /// let response = |status| Response::builder().status(status).body("{}".into());
    /// assert!(parse::<Merge>(response(503)?).unwrap_err().has_unknown_outcome());
    /// assert!(!parse::<Merge>(response(429)?).unwrap_err().has_unknown_outcome());
    /// # Ok::<(), customerio::http::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "idempotent")]
    pub fn has_unknown_outcome(&self) -> bool {
        match self {
            Self::Build(_) => false,
            Self::Transport(error) => error.delivery() != Delivery::NotSent,
            Self::Api(error) => {
                let status = error.status();
                let is_timeout = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY].contains(&status);
                error.call.maybe_sent || status.is_server_error() || status.is_success() || is_timeout
            }
            Self::Decode(_) => true,
        }
    }

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Build(_) | Self::Transport(_) => None,
            Self::Api(error) => Some(error.status()),
            Self::Decode(error) => Some(error.status()),
        }
    }

    /// How long to wait before the call is made again: what the server asked for, by `Retry-After` in either form, or
    /// how long the client's own [`Throttle`](crate::Throttle) would have delayed it. `None` for a 429 that does not say so:
    /// wait a second or more, and twice as long after each.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transport(error) => error.retry_after,
            Self::Api(error) => error.retry_after(),
            Self::Build(_) | Self::Decode(_) => None,
        }
    }

    /// How many times the request was passed to the transport: 0 for [`Error::Build`].
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Build(_) => 0,
            Self::Transport(error) => error.attempts,
            Self::Api(error) => error.call.attempts,
            Self::Decode(error) => error.call.attempts,
        }
    }

    /// Why no further attempt was made.
    #[must_use]
    pub fn stop_reason(&self) -> StopReason {
        match self {
            Self::Build(_) => StopReason::NotRetryable,
            Self::Transport(error) => error.stop_reason,
            Self::Api(error) => error.call.stop_reason,
            Self::Decode(error) => error.call.stop_reason,
        }
    }

    /// The error as an [`ApiError`], if it is one.
    #[must_use]
    pub fn as_api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use http::Response;

    use super::*;

    #[test]
    fn what_may_have_taken_effect_has_an_unknown_outcome() {
        let transport = |error| {
            let (operation, attempts, stop_reason) = ("track.merge", 1, StopReason::NotIdempotent);
            Error::from(Box::new(SendError { operation, error, attempts, stop_reason, retry_after: None }))
        };
        assert!(!Error::from(BuildError::new("the event name", BuildErrorKind::Empty)).has_unknown_outcome());
        assert!(!transport(TransportError::not_sent(TransportErrorKind::Connect)).has_unknown_outcome());
        assert!(transport(TransportError::maybe_sent(TransportErrorKind::Timeout)).has_unknown_outcome());
        for (statuses, is_unknown) in
            [(&[200, 408, 425, 500, 503, 599][..], true), (&[301, 400, 401, 403, 404, 409, 422, 429], false)]
        {
            for status in statuses {
                let response =
                    || Response::builder().status(*status).body(r#"{"meta":{"error":"no"}}"#.into()).unwrap();
                let error = crate::parse::<crate::track::Merge>(response()).unwrap_err();
                assert_eq!(error.has_unknown_outcome(), is_unknown, "{error}");
            }
        }
        let unread = crate::parse::<crate::app::SendEmail>(Response::new("<html>".into())).unwrap_err();
        assert!(matches!(unread, Error::Decode(_)) && unread.has_unknown_outcome());
    }

    #[test]
    fn every_error_says_what_is_known_of_its_call() {
        let build = BuildError::new("the event name", BuildErrorKind::Empty);
        let lost = SendError {
            operation: "track.merge",
            error: TransportError::maybe_sent(TransportErrorKind::Timeout).with_source("reset by peer"),
            attempts: 2,
            stop_reason: StopReason::NotIdempotent,
            retry_after: Some(Duration::from_secs(7)),
        };
        let call = |status, attempts, stop_reason| {
            let response = Response::builder().status(status).header("retry-after", "3").body("<html>".into()).unwrap();
            FailedCall { operation: "track.identify", response, attempts, stop_reason, maybe_sent: false }
        };
        let api =
            ApiError::new(call(429, 1, StopReason::NotRetryable), None, None, &crate::key::Secrets::of(None), None);
        let decode = DecodeError::new(call(202, 3, StopReason::Attempts), DecodeFailure::new("is not JSON"));

        let (seven, three) = (Some(Duration::from_secs(7)), Some(Duration::from_secs(3)));
        for (error, delivery, status, retry_after, attempts, stop_reason, source) in [
            (Error::from(build), Delivery::NotSent, None, None, 0, StopReason::NotRetryable, None),
            (
                Box::new(lost).into(),
                Delivery::MaybeSent,
                None,
                seven,
                2,
                StopReason::NotIdempotent,
                Some("reset by peer"),
            ),
            (Box::new(api).into(), Delivery::Responded, Some(429), three, 1, StopReason::NotRetryable, None),
            (Box::new(decode).into(), Delivery::Responded, Some(202), None, 3, StopReason::Attempts, None),
        ] {
            assert_eq!((error.delivery(), error.status().map(|status| status.as_u16())), (delivery, status), "{error}");
            assert_eq!((error.retry_after(), error.attempts()), (retry_after, attempts), "{error}");
            assert_eq!(error.stop_reason(), stop_reason, "{error}");
            // `unwrap`, and a `main` that returns an error, show this alone.
            assert!(format!("{error:?}").contains(&error.to_string()), "{error:?}");
            assert_eq!(error.source().map(ToString::to_string).as_deref(), source, "{error}");
            assert_eq!(
                error.as_api().map(ApiError::status).map(|status| status.as_u16()),
                status.filter(|_| attempts == 1)
            );
        }
    }
}
