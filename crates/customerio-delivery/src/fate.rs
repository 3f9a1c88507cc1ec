//! How a call ended.

use std::fmt;

use customerio_core::Error;

use crate::StoredError;

/// How a call ended.
///
/// Each has one fate, and one only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// Customer.io accepted it.
    Done,
    /// Not ended: it did not arrive, and is sent again. It keeps its place, and loses its [mark](crate::Store::mark).
    Retry,
    /// Failed, and not sent again automatically: it becomes a dead letter, which you can inspect, replay or discard.
    Failed(Failure),
}

/// Why a call failed: a reason, and what the server said.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The reason of a failure.
    pub reason: Reason,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// The field at fault, where the server named one.
    pub field: Option<String>,
    /// The message of the server, or of this crate. It may quote the call.
    pub message: Option<String>,
}

/// The reason of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Customer.io rejected it.
    Rejected,
    /// The call expired before it could be sent.
    Expired,
    /// The server failed each time that it was sent, and did not fail for others.
    Poison,
    /// The request could not be built from the stored call.
    Invalid,
    /// Parked: it may have arrived, and must not arrive twice. Only a person can decide.
    UnknownOutcome,
    /// Parked: it was stored in a form that this version does not know.
    UnknownVersion,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Rejected, Self::Expired, Self::Poison, Self::Invalid, Self::UnknownOutcome, Self::UnknownVersion];

    /// Whether the call is parked: not known to have failed, so that replaying it may do it twice, or needs another version.
    #[must_use]
    pub const fn is_parked(self) -> bool {
        matches!(self, Self::UnknownOutcome | Self::UnknownVersion)
    }

    /// The name, in stores and in logs: such as `unknown_outcome`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Poison => "poison",
            Self::Invalid => "invalid",
            Self::UnknownOutcome => "unknown_outcome",
            Self::UnknownVersion => "unknown_version",
        }
    }

    /// The reason of that [name](Self::as_str).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Failure {
    /// A failure that nothing more is known of.
    #[must_use]
    pub const fn new(reason: Reason) -> Self {
        Self { reason, status: None, field: None, message: None }
    }

    /// The failure with the status of a response.
    #[must_use]
    pub const fn with_status(mut self, status: Option<u16>) -> Self {
        self.status = status;
        self
    }

    /// The failure with the field at fault.
    #[must_use]
    pub fn with_field(mut self, field: Option<String>) -> Self {
        self.field = field;
        self
    }

    /// The failure with what is wrong.
    #[must_use]
    pub fn with_message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }
}

impl From<&StoredError> for Failure {
    fn from(error: &StoredError) -> Self {
        let reason = match error {
            StoredError::Version(_) => Reason::UnknownVersion,
            StoredError::Malformed(_) => Reason::Invalid,
        };
        Self::new(reason).with_message(Some(error.to_string()))
    }
}

/// What an error says: in the server's words, if it has any.
pub(crate) fn message_of(error: &Error) -> String {
    error.as_api().and_then(|api| api.message()).map_or_else(|| error.to_string(), str::to_owned)
}

impl fmt::Debug for Failure {
    /// Without the message, which may quote the call: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("reason", &self.reason)
            .field("status", &self.status)
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}
