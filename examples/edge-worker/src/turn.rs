//! What the host and the module tell each other: a line of JSON, a line break, and the bytes of a body.

use std::time::Duration;

use customerio_core::{
    Attempt, Moment, TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode},
};
use serde::{Deserialize, Serialize};

use crate::command::Outcome;

/// What the host has to do next.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Instruction<'a> {
    /// `fetch` it, without following a redirect.
    Send {
        method: &'a str,
        url: String,
        headers: Vec<(&'a str, &'a str)>,
        /// The longest that it may take, the body included.
        timeout_ms: u64,
        /// The most bytes of the response's body.
        limit: usize,
    },
    /// Do nothing for this many milliseconds.
    Wait(u64),
    /// Nothing: the call has ended.
    Done(Outcome),
}

impl<'a> Instruction<'a> {
    pub(crate) fn send(request: &'a Request<Bytes>) -> Self {
        let attempt = Attempt::of(request);
        // Core writes no header that is not text.
        let header = |(name, value): (&'a HeaderName, &'a HeaderValue)| Some((name.as_str(), value.to_str().ok()?));
        Self::Send {
            method: request.method().as_str(),
            url: request.uri().to_string(),
            headers: request.headers().iter().filter_map(header).collect(),
            timeout_ms: milliseconds(attempt.timeout),
            limit: attempt.response_limit,
        }
    }

    pub(crate) fn wait(duration: Duration) -> Self {
        Self::Wait(milliseconds(duration))
    }

    pub(crate) fn written(&self, body: &[u8]) -> Vec<u8> {
        // Text, numbers and lists of them can always be written.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        bytes
    }
}

/// Rounded up: a wait that is too short is asked for again.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Names and values.
pub(crate) type Headers = Vec<(String, String)>;

/// What the host knows: the time, and the result of the last instruction.
pub(crate) struct Turn {
    pub(crate) now: Moment,
    pub(crate) result: Option<Result<Response<Bytes>, TransportError>>,
}

#[derive(Deserialize)]
struct Head {
    /// Milliseconds on a clock that never goes back.
    monotonic: u64,
    /// Milliseconds since 1970-01-01 UTC.
    since_epoch: u64,
    random: [u32; 4],
    /// The response to a request, if one came.
    status: Option<u16>,
    #[serde(default)]
    headers: Headers,
    /// Why there is none, or only a part of it.
    failed: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failure {
    /// A `fetch` does not say how far it got.
    Connection,
    Timeout,
    TooLarge,
}

impl Turn {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let (head, body) = split(bytes);
        let head: Head = serde_json::from_slice(head)
            .map_err(|error| format!("the turn cannot be read from column {}", error.column()))?;
        let random = head.random.iter().fold(0, |bits, part| bits << 32 | u128::from(*part));
        let now = Moment {
            monotonic: Duration::from_millis(head.monotonic),
            since_epoch: Duration::from_millis(head.since_epoch),
            random,
        };
        let failed = head.failed.map(|failure| {
            TransportError::maybe_sent(match failure {
                Failure::Connection => TransportErrorKind::Connection,
                Failure::Timeout => TransportErrorKind::Timeout,
                Failure::TooLarge => TransportErrorKind::ResponseTooLarge,
            })
        });
        let response = head.status.map(|status| response(status, &head.headers, body)).transpose()?;
        let result = match (response, failed) {
            (response, None) => response.map(Ok),
            (None, Some(error)) => Some(Err(error)),
            // What there is of the response says more than that the request may have arrived.
            (Some(response), Some(error)) => Some(Err(error.with_response(response))),
        };
        Ok(Self { now, result })
    }
}

fn response(status: u16, headers: &Headers, body: &[u8]) -> Result<Response<Bytes>, String> {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| "the turn has no such status")?;
    *response.headers_mut() = header_map(headers);
    Ok(response)
}

/// Headers as the host lists them. One that HTTP does not allow cannot have come over HTTP, and is left out.
pub(crate) fn header_map(headers: &Headers) -> HeaderMap {
    let valid =
        |(name, value): &(String, String)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?));
    headers.iter().filter_map(valid).collect()
}

/// The line of JSON, and the body.
pub(crate) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}
