//! What a call reports to those who watch a program: spans by `tracing`, and figures by `metrics`.

#[cfg(feature = "metrics")]
mod figures;
#[cfg(feature = "tracing")]
mod spans;

use std::borrow::Cow;

use bytes::Bytes;
use http::{Response, StatusCode, Uri};

#[cfg(feature = "metrics")]
pub(crate) use self::figures::Figures;
#[cfg(feature = "tracing")]
pub(crate) use self::spans::Spans;
use crate::{Delivery, Error, TransportError, TransportErrorKind};

/// What is recorded of the result of a request.
#[derive(Clone, Copy)]
pub(crate) struct Received {
    status: Option<StatusCode>,
    #[cfg(feature = "tracing")]
    bytes: usize,
    error: Option<TransportErrorKind>,
}

impl Received {
    pub(crate) fn of(result: &Result<Response<Bytes>, TransportError>) -> Self {
        let response = result.as_ref().map_or_else(TransportError::response, Some);
        Self {
            status: response.map(Response::status),
            #[cfg(feature = "tracing")]
            bytes: response.map_or(0, |response| response.body().len()),
            error: result.as_ref().err().map(TransportError::kind),
        }
    }

    /// The value of `error.type`, if the request failed.
    fn error_type(self) -> Option<Cow<'static, str>> {
        let status = self.status.filter(|status| !status.is_success());
        self.error.map(|kind| kind_of(kind).into()).or_else(|| status.map(status_of))
    }
}

/// The port that a request goes to.
fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 })
}

/// How a call ended, in a word.
const fn outcome(delivery: Option<Delivery>) -> &'static str {
    match delivery {
        None => "ok",
        Some(Delivery::NotSent) => "not_sent",
        Some(Delivery::MaybeSent) => "maybe_sent",
        Some(Delivery::Responded) => "responded",
    }
}

/// The value of `error.type` of a call that failed.
fn error_type(error: &Error) -> Cow<'static, str> {
    match (error.status(), error) {
        (Some(status), _) => status_of(status),
        (None, Error::Transport(error)) => kind_of(error.kind()).into(),
        (None, _) => error.stop_reason().as_str().into(),
    }
}

fn status_of(status: StatusCode) -> Cow<'static, str> {
    status.as_u16().to_string().into()
}

const fn kind_of(kind: TransportErrorKind) -> &'static str {
    match kind {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::InvalidCertificate => "invalid_certificate",
        TransportErrorKind::InvalidUrl => "invalid_url",
        TransportErrorKind::Timeout => "timeout",
        TransportErrorKind::Connection => "connection",
        TransportErrorKind::ResponseTooLarge => "response_too_large",
        TransportErrorKind::Throttled => "throttled",
        TransportErrorKind::TooManyInFlight => "too_many_in_flight",
    }
}
