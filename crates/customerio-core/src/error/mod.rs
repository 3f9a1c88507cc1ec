//! Errors by phase, and what is known about delivery.
//!
//! | variant | the call | what to do |
//! | --- | --- | --- |
//! | [`Error::Build`] | never left the process | fix the arguments |
//! | [`Error::Transport`] | got no answer | ask [`Error::delivery`] before doing it again |
//! | [`Error::Api`] | was answered with a status other than 2xx | read [`ApiError::message`] |
//! | [`Error::Decode`] | was answered with a 2xx that could not be read, or broke off | do not repeat it: it was accepted |
//!
//! No message shows a credential, a URL or an attribute, and neither does `Debug`: errors end up in logs. The one exception
//! is the server's own sentence in the `Display` of an [`ApiError`], bounded and escaped.

use std::{
    borrow::Cow,
    error::Error as StdError,
    fmt::{self, Write as _},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde::Deserialize;

use crate::{Timestamp, retry_after::retry_after};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request could not be built; nothing was sent.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No answer arrived.
    #[error(transparent)]
    Transport(#[from] Box<SendError>),
    /// Customer.io (or something before it) answered with a status other than 2xx.
    #[error(transparent)]
    Api(#[from] Box<ApiError>),
    /// The answer was a 2xx whose body is not what the API promises, or broke off.
    #[error(transparent)]
    Decode(#[from] Box<DecodeError>),
}

impl Error {
    /// What is known about the request having reached Customer.io.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Build(_) => Delivery::NotSent,
            Self::Transport(error) => error.delivery(),
            Self::Api(_) | Self::Decode(_) => Delivery::Answered,
        }
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Build(_) | Self::Transport(_) => None,
            Self::Api(error) => Some(error.status()),
            Self::Decode(error) => Some(error.status()),
        }
    }

    /// How long to wait before the call is made again: what the server asked for, by `Retry-After` in either form, or how
    /// long the client's own [`Throttle`](crate::Throttle) had no turn for it.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transport(error) => error.retry_after,
            Self::Api(error) => error.retry_after(),
            Self::Build(_) | Self::Decode(_) => None,
        }
    }

    /// How often the request was given to the transport: 0 for [`Error::Build`].
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Build(_) => 0,
            Self::Transport(error) => error.attempts,
            Self::Api(error) => error.answer.attempts,
            Self::Decode(error) => error.answer.attempts,
        }
    }

    /// Why no further attempt was made.
    #[must_use]
    pub fn stop_reason(&self) -> StopReason {
        match self {
            Self::Build(_) => StopReason::Final,
            Self::Transport(error) => error.stop_reason,
            Self::Api(error) => error.answer.stop_reason,
            Self::Decode(error) => error.answer.stop_reason,
        }
    }

    /// The answer as an [`ApiError`], if it is one.
    #[must_use]
    pub fn as_api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }
}

/// What is known about a request having reached Customer.io.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// It certainly did not: doing it again is safe.
    NotSent,
    /// It may have: doing it again may do it twice.
    MaybeSent,
    /// It did, and an answer came back.
    Answered,
}

/// Why a call made no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// Another attempt would end the same way.
    Final,
    /// The request may have arrived, and this operation must not be done twice.
    NotRepeatable,
    /// The policy allows no more attempts.
    Attempts,
    /// The client's [`Throttle`](crate::Throttle) has no repeats left: too many of its calls fail.
    Budget,
    /// The next wait would have gone past the call's deadline.
    Deadline,
}

impl StopReason {
    /// A short name that does not change, for logs and metrics.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::NotRepeatable => "not_repeatable",
            Self::Attempts => "attempts",
            Self::Budget => "budget",
            Self::Deadline => "deadline",
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Final => "another attempt would end the same way",
            Self::NotRepeatable => "the operation must not be done twice",
            Self::Attempts => "no attempts were left",
            Self::Budget => "too many of the client's calls fail",
            Self::Deadline => "the deadline left no time for another attempt",
        })
    }
}

/// Why a request could not be built. Nothing was sent.
///
/// It names what is wrong, and never shows the value: that may be a secret or a person's.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError {
    subject: Cow<'static, str>,
    problem: BuildErrorKind,
}

/// What is wrong with an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// It has no characters, or only blanks.
    #[error("is empty")]
    Empty,
    /// It is `.` or `..`, which HTTP clients remove from a URL even when they are encoded: the call would reach another
    /// endpoint.
    #[error("is `.` or `..`, which cannot stand in a URL path")]
    DotSegment,
    /// It has more bytes than the API takes.
    #[error("has {bytes} bytes, and the limit is {limit}")]
    TooLong {
        /// Its length in bytes, as it would be sent.
        bytes: usize,
        /// The most that the API takes.
        limit: usize,
    },
    /// There are fewer or more of it than the API takes.
    #[error("has {count} entries, and must have from {least} to {most}")]
    Count {
        /// How many there are.
        count: usize,
        /// The least that the API takes.
        least: usize,
        /// The most that the API takes.
        most: usize,
    },
    /// It is not UTF-8.
    #[error("is not UTF-8 from byte {position} on")]
    NotUtf8 {
        /// Where it stops being UTF-8, counted in bytes from 0.
        position: usize,
    },
    /// A character stands in it that cannot be sent.
    #[error("has a character at byte {position} that cannot be sent; keys read from a file often end in a line break")]
    Character {
        /// Where the character begins, counted in bytes from 0.
        position: usize,
    },
    /// The operation cannot do without it.
    #[error("is missing")]
    Missing,
    /// It is given twice.
    #[error("is given twice")]
    Duplicate,
    /// It cannot be written as JSON the way that the API needs it.
    #[error("cannot be sent: {0}")]
    Encoding(String),
    /// It is not something that the API takes, for the reason given.
    #[error("is not valid: {0}")]
    Invalid(Cow<'static, str>),
}

impl BuildError {
    /// An error about `subject`, such as `"the event name"`.
    pub fn new(subject: impl Into<Cow<'static, str>>, problem: BuildErrorKind) -> Self {
        Self { subject: subject.into(), problem }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &BuildErrorKind {
        &self.problem
    }

    /// The argument that is wrong, such as `the event name`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.problem)
    }
}

impl fmt::Debug for BuildError {
    /// The sentence, because `main` shows the error that it returns this way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BuildError").field(&format_args!("{self}")).finish()
    }
}

impl StdError for BuildError {}

/// Why a transport got no answer, or no whole one. This is what [`Transport::send`](crate::Transport::send) returns.
pub struct TransportError {
    kind: TransportErrorKind,
    delivery: Delivery,
    response: Option<Box<Response<Bytes>>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Where a transport failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection came about: name resolution, TCP or TLS.
    Connect,
    /// The answer did not come in time.
    Timeout,
    /// The connection broke, or what came over it was not HTTP.
    Connection,
    /// The answer was larger than [`Attempt::response_limit`](crate::Attempt::response_limit).
    ResponseTooLarge,
    /// The rate of the client's [`Throttle`](crate::Throttle) did not let the request out before the call's deadline.
    Throttled,
}

impl TransportError {
    /// The request certainly did not reach the server.
    ///
    /// Say so only where the HTTP stack proves it: the SDK may then do even a send again.
    #[must_use]
    pub fn not_sent(kind: TransportErrorKind) -> Self {
        Self { kind, delivery: Delivery::NotSent, response: None, source: None }
    }

    /// The request may have reached the server. When in doubt, this one.
    #[must_use]
    pub fn maybe_sent(kind: TransportErrorKind) -> Self {
        Self { kind, delivery: Delivery::MaybeSent, response: None, source: None }
    }

    /// Keeps an answer whose body did not arrive whole: its head, and as much of its body as came.
    ///
    /// The status then says what became of the request. A call that returns nothing and was answered with a 2xx is
    /// delivered, whatever happened to the body.
    #[must_use]
    pub fn with_response(mut self, response: Response<Bytes>) -> Self {
        self.response = Some(Box::new(response));
        self
    }

    /// Keeps the HTTP stack's own error as the source.
    ///
    /// Take URLs out of it first: they name people.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Where it failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the request may have arrived: never [`Delivery::Answered`].
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// The answer as far as it came, if its head did.
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
            TransportErrorKind::Connect => "no connection could be made",
            TransportErrorKind::Timeout => "no answer came in time",
            TransportErrorKind::Connection => "the connection failed",
            TransportErrorKind::ResponseTooLarge => "the answer is too large",
            TransportErrorKind::Throttled => "the client's own rate limit did not let it out in time",
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A call that got no answer: [`Error::Transport`].
#[derive(Debug)]
pub struct SendError {
    pub(crate) operation: &'static str,
    pub(crate) error: TransportError,
    pub(crate) attempts: u32,
    pub(crate) stop_reason: StopReason,
    pub(crate) retry_after: Option<Duration>,
}

impl SendError {
    /// Where the last attempt failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.error.kind
    }

    /// Whether the request may have arrived in any of the attempts: never [`Delivery::Answered`].
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

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = match self.error.delivery {
            Delivery::NotSent => "was not sent",
            Delivery::MaybeSent | Delivery::Answered => "may have been sent",
        };
        write!(f, "{} {sent}: {} (attempt {}; {})", self.operation, self.error, self.attempts, self.stop_reason)
    }
}

impl StdError for SendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// An answer, whole, with how it was come by. What [`ApiError`] and [`DecodeError`] have in common.
pub(crate) struct Answer {
    pub(crate) operation: &'static str,
    pub(crate) response: Response<Bytes>,
    pub(crate) attempts: u32,
    pub(crate) stop_reason: StopReason,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("operation", &self.operation)
            .field("status", &self.response.status())
            .field("body_bytes", &self.response.body().len())
            .field("attempts", &self.attempts)
            .field("stop_reason", &self.stop_reason)
            .finish_non_exhaustive()
    }
}

/// An answer with a status other than 2xx, whole: [`Error::Api`].
pub struct ApiError {
    pub(crate) answer: Answer,
    details: Vec<Detail>,
    retry_after: Option<Duration>,
}

/// One thing that the server found wrong.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Detail {
    /// The server's sentence.
    pub message: String,
    /// A stable key, on the errors that have one, such as `invalid_credentials`.
    pub code: Option<String>,
    /// The part of the request that is meant, as a JSON pointer.
    pub pointer: Option<String>,
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The pointer can name an attribute, and the rest is the server's text: it may quote what was sent.
        f.debug_struct("Detail").field("message_bytes", &self.message.len()).finish_non_exhaustive()
    }
}

impl ApiError {
    pub(crate) fn new(answer: Answer, wall: Option<Timestamp>) -> Self {
        let details = details(answer.response.body());
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
            None => Ok(()),
        }
    }
}

impl StdError for ApiError {}

/// A 2xx answer that could not be read, or whose body broke off: [`Error::Decode`]. The call itself was accepted.
pub struct DecodeError {
    pub(crate) answer: Answer,
    reason: DecodeFailure,
    broken: Option<TransportError>,
}

impl DecodeError {
    pub(crate) fn new(answer: Answer, reason: DecodeFailure) -> Self {
        Self { answer, reason, broken: None }
    }

    pub(crate) fn broken_off(answer: Answer, error: TransportError) -> Self {
        Self { answer, reason: DecodeFailure::new("did not arrive whole"), broken: Some(error) }
    }

    /// Whether the answer broke off, and may have been fine.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.is_some()
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

    /// The body of the answer, byte for byte, as far as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.answer.response.body()
    }

    /// The [`Operation::NAME`](crate::Operation::NAME) of the call.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.answer.operation
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("answer", &self.answer)
            .field("reason", &self.reason)
            .field("broken", &self.broken)
            .finish()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered with {}, but {}", self.answer.operation, self.status(), self.reason)
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.broken.as_ref().map(|error| error as _)
    }
}

/// What [`Operation::decode`](crate::Operation::decode) says of a body that it cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body {reason}")]
pub struct DecodeFailure {
    reason: Cow<'static, str>,
}

impl DecodeFailure {
    /// For a reason that completes the sentence "the body …", and shows nothing of the body.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
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

/// A server's text, made fit for a log: at most 300 characters, and escaped what ends a line, turns the direction of the
/// text or does other things unseen.
pub(crate) struct Bounded<'a>(pub(crate) &'a str);

impl fmt::Display for Bounded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 300;
        let mut left = MOST;
        for character in self.0.chars() {
            // An escape is several characters: what counts is what is written.
            let length = if is_unseen(character) { character.escape_default().len() } else { 1 };
            if length > left {
                return f.write_str("…");
            }
            left -= length;
            if is_unseen(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Control characters, and those of Unicode that separate lines or turn the direction of the text.
fn is_unseen(character: char) -> bool {
    let turns_text = matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_text || matches!(character, '\u{2028}'..='\u{2029}')
}

/// Reads an error body of any of the shapes that the API is known to answer with.
///
/// `{"meta":{"error":"…"}}`, `{"meta":{"errors":["…"]}}`, `{"errors":[{"detail":"…","status":"422","source":{…}}]}`,
/// and `{"errors":["…"]}`. Anything else, such as a proxy's HTML, has no details: the status speaks first, and the body
/// is kept.
fn details(body: &[u8]) -> Vec<Detail> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        Text(String),
        Object(Object),
        Other(serde::de::IgnoredAny),
    }
    #[derive(Deserialize)]
    struct Object {
        detail: Option<String>,
        message: Option<String>,
        reason: Option<String>,
        #[serde(default, deserialize_with = "text")]
        code: Option<String>,
        #[serde(default, deserialize_with = "pointer")]
        source: Option<String>,
    }
    #[derive(Deserialize, Default)]
    struct Meta {
        #[serde(default)]
        error: Option<Entry>,
        #[serde(default)]
        errors: Option<Vec<Entry>>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(default)]
        errors: Option<Vec<Entry>>,
        #[serde(default)]
        meta: Option<Meta>,
        #[serde(default)]
        error: Option<Entry>,
    }
    fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }
    fn pointer<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Object(source) => {
                source.get("pointer").and_then(|pointer| pointer.as_str()).map(str::to_owned)
            }
            _ => None,
        })
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else { return Vec::new() };
    let meta = envelope.meta.unwrap_or_default();
    let entries = envelope.errors.unwrap_or_default().into_iter().chain(meta.error);
    entries
        .chain(meta.errors.unwrap_or_default())
        .chain(envelope.error)
        .filter_map(|entry| match entry {
            Entry::Text(message) => Some(Detail { message, ..Detail::default() }),
            Entry::Object(object) => Some(Detail {
                message: object.detail.or(object.message).or(object.reason)?,
                code: object.code,
                pointer: object.source,
            }),
            Entry::Other(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
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
    fn every_known_error_shape_is_read() {
        for (body, expected) in [
            (r#"{"meta":{"error":"Unauthorized request"}}"#, "Unauthorized request"),
            (r#"{"meta":{"errors":["id is too long","no"]}}"#, "id is too long"),
            (r#"{"errors":[{"detail":"bad","status":"422","source":{"pointer":"/data"}}]}"#, "bad"),
            (r#"{"errors":[{"detail":"bad","status":409,"code":12}]}"#, "bad"),
            (r#"{"errors":["line 3: no such person"]}"#, "line 3: no such person"),
            (r#"{"errors":[{"reason":"invalid","field":"id","message":"no id"}]}"#, "no id"),
            (r#"{"errors":null,"meta":{"error":"both"}}"#, "both"),
            (r#"{"error":"plain"}"#, "plain"),
        ] {
            assert_eq!(api(400, &[], body).message(), Some(expected), "{body}");
        }
        let error = api(422, &[], r#"{"errors":[{"detail":"a","code":"x","source":{"pointer":"/p"}},{"detail":"b"}]}"#);
        assert_eq!(error.details().len(), 2);
        assert_eq!(error.details()[0].code.as_deref(), Some("x"));
        assert_eq!(error.details()[0].pointer.as_deref(), Some("/p"));
        let error = api(
            409,
            &[],
            r#"{"errors":[{"detail":"a","code":12},{"detail":"b","code":null},{"detail":"c","code":[]}]}"#,
        );
        let codes: Vec<_> = error.details().iter().map(|detail| detail.code.as_deref()).collect();
        assert_eq!(codes, [Some("12"), None, None]);
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
    fn what_is_unseen_in_a_message_is_escaped() {
        for (message, expected) in [
            ("a\n\t\u{1b}[31m\u{7f}\u{85}", r"a\n\t\u{1b}[31m\u{7f}\u{85}"),
            ("a\u{2028}b\u{2029}c", r"a\u{2028}b\u{2029}c"),
            ("\u{202e}txt\u{2066}\u{200f}", r"\u{202e}txt\u{2066}\u{200f}"),
            ("é 日本 🦀 \u{2013} \u{2065}", "é 日本 🦀 \u{2013} \u{2065}"),
        ] {
            assert_eq!(Bounded(message).to_string(), expected);
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
    fn a_message_is_shown_whole_up_to_its_bound() {
        let (most, more) = ("x".repeat(300), "x".repeat(301));
        let shown = |message: &str| api(400, &[], &format!(r#"{{"error":"{message}"}}"#)).to_string();
        assert_eq!(shown(&most), format!("track.identify was answered with 400 Bad Request: {most}"));
        assert_eq!(shown(&more), format!("track.identify was answered with 400 Bad Request: {most}…"));
    }

    #[test]
    fn every_error_says_what_is_known_of_its_call() {
        let no_answer = |error| SendError {
            operation: "track.merge",
            error,
            attempts: 2,
            stop_reason: StopReason::NotRepeatable,
            retry_after: Some(Duration::from_secs(7)),
        };
        let lost = no_answer(TransportError::maybe_sent(TransportErrorKind::Timeout).with_source("reset by peer"));
        assert_eq!((lost.operation(), lost.kind()), ("track.merge", TransportErrorKind::Timeout));
        assert_eq!(
            format!("{lost:?}"),
            "SendError { operation: \"track.merge\", error: TransportError { kind: Timeout, delivery: MaybeSent, status: \
             None, source: Some(\"reset by peer\") }, attempts: 2, stop_reason: NotRepeatable, retry_after: Some(7s) }"
        );
        let api = api(429, &[("retry-after", "3")], r#"{"errors":[{"detail":"slow down","code":"limit"}]}"#);
        assert_eq!((api.operation(), api.status()), ("track.identify", StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(
            format!("{api:?}"),
            "ApiError { answer: Answer { operation: \"track.identify\", status: 429, body_bytes: 50, attempts: 1, \
             stop_reason: Final, .. }, details: [Detail { message_bytes: 9, .. }], retry_after: Some(3s) }"
        );
        let answer = || {
            let response = Response::builder().status(202).header("x-request-id", "7").body("<html>".into()).unwrap();
            Answer { operation: "app.send_email", response, attempts: 3, stop_reason: StopReason::Attempts }
        };
        let decode = DecodeError::new(answer(), DecodeFailure::new("is not JSON"));
        assert_eq!((decode.operation(), decode.status()), ("app.send_email", StatusCode::ACCEPTED));
        assert_eq!(
            (decode.body().as_ref(), &decode.headers()["x-request-id"]),
            (b"<html>".as_slice(), &"7".parse().unwrap())
        );
        assert_eq!(decode.to_string(), "app.send_email was answered with 202 Accepted, but the body is not JSON");
        assert_eq!(
            format!("{decode:?}"),
            "DecodeError { answer: Answer { operation: \"app.send_email\", status: 202, body_bytes: 6, attempts: 3, \
             stop_reason: Attempts, .. }, reason: DecodeFailure { reason: \"is not JSON\" }, broken: None }"
        );
        assert!(decode.source().is_none() && !decode.is_broken());
        let broken = DecodeError::broken_off(answer(), TransportError::maybe_sent(TransportErrorKind::Connection));
        assert_eq!(broken.source().unwrap().to_string(), "the connection failed");
        let build = BuildError::new("the event name", BuildErrorKind::Empty);
        assert_eq!(format!("{build:?}"), "BuildError(the event name is empty)");

        let (seven, three) = (Some(Duration::from_secs(7)), Some(Duration::from_secs(3)));
        for (error, delivery, status, retry_after, attempts, stop_reason, source) in [
            (Error::from(build), Delivery::NotSent, None, None, 0, StopReason::Final, None),
            (
                Box::new(lost).into(),
                Delivery::MaybeSent,
                None,
                seven,
                2,
                StopReason::NotRepeatable,
                Some("reset by peer"),
            ),
            (Box::new(api).into(), Delivery::Answered, Some(429), three, 1, StopReason::Final, None),
            (Box::new(decode).into(), Delivery::Answered, Some(202), None, 3, StopReason::Attempts, None),
        ] {
            assert_eq!((error.delivery(), error.status().map(|status| status.as_u16())), (delivery, status), "{error}");
            assert_eq!((error.retry_after(), error.attempts()), (retry_after, attempts), "{error}");
            assert_eq!(error.stop_reason(), stop_reason, "{error}");
            assert_eq!(error.source().map(ToString::to_string).as_deref(), source, "{error}");
            assert_eq!(
                error.as_api().map(ApiError::status).map(|status| status.as_u16()),
                status.filter(|_| attempts == 1)
            );
        }
    }

    #[test]
    fn what_came_of_an_answer_is_kept_with_the_error_and_not_shown() {
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
    fn every_reason_has_its_sentence_and_its_name() {
        for (reason, name, sentence) in [
            (StopReason::Final, "final", "another attempt would end the same way"),
            (StopReason::NotRepeatable, "not_repeatable", "the operation must not be done twice"),
            (StopReason::Attempts, "attempts", "no attempts were left"),
            (StopReason::Budget, "budget", "too many of the client's calls fail"),
            (StopReason::Deadline, "deadline", "the deadline left no time for another attempt"),
        ] {
            assert_eq!((reason.as_str(), reason.to_string().as_str()), (name, sentence));
        }
        for (kind, sentence) in [
            (TransportErrorKind::Connect, "no connection could be made"),
            (TransportErrorKind::Timeout, "no answer came in time"),
            (TransportErrorKind::Connection, "the connection failed"),
            (TransportErrorKind::ResponseTooLarge, "the answer is too large"),
            (TransportErrorKind::Throttled, "the client's own rate limit did not let it out in time"),
        ] {
            assert_eq!(TransportError::not_sent(kind).to_string(), sentence);
        }
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

    #[test]
    fn escapes_count_as_they_are_written() {
        let error = api(400, &[], &format!(r#"{{"error":"{}"}}"#, "\\u0080".repeat(300)));
        let shown = error.to_string();
        assert!(shown.ends_with(r"\u{80}\u{80}…"), "{shown}");
        assert!(shown.chars().count() < 400, "{shown}");
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
