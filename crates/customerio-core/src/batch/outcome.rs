//! The results of items: reports, errors and counts.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde_json::Value;

use super::Rejection;
use crate::{BuildError, Error, error::Bounded};

/// A report while operations are sent in batches.
#[non_exhaustive]
pub enum BatchEvent<T> {
    /// A batch has ended: the counts so far.
    Progress(Summary),
    /// An item was not accepted.
    Failed(FailedItem<T>),
    /// The server reported an error that names no item of the batch.
    Unknown(Value),
}

/// An item that was not accepted, and why.
#[non_exhaustive]
pub struct FailedItem<T> {
    /// The tag that it came with.
    pub tag: T,
    /// The item as JSON, if it could be encoded.
    pub json: Option<Bytes>,
    /// Why it was not accepted.
    pub error: ItemError,
}

/// Why an item was not accepted.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ItemError {
    /// The item cannot be sent, and was not.
    #[error(transparent)]
    Invalid(#[from] BuildError),
    /// The server rejected it.
    #[error("the server rejected it: {}", Bounded(.0.message.as_deref().or(.0.reason.as_deref()).unwrap_or("it did not say why")))]
    Rejected(Rejection),
    /// The batch failed as a whole: [`Error::delivery`] says whether it may have arrived anyway.
    #[error("its batch was not delivered: {0}")]
    Undelivered(Arc<Error>),
    /// The batch was rejected as a whole, with this error, and the item was not sent alone, because 100 items in a row
    /// had been rejected and nothing accepted. It did not arrive; whether it is at fault is unknown.
    #[error("its batch was rejected, and it was not sent alone, because 100 items in a row had been rejected: {0}")]
    Untried(Arc<Error>),
}

impl fmt::Debug for ItemError {
    /// Shows the message too, because `unwrap` prints errors with `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => f.debug_tuple("Invalid").field(error).finish(),
            Self::Rejected(_) => f.debug_tuple("Rejected").field(&format_args!("{self}")).finish(),
            Self::Undelivered(error) => f.debug_tuple("Undelivered").field(error).finish(),
            Self::Untried(error) => f.debug_tuple("Untried").field(error).finish(),
        }
    }
}

impl<T> fmt::Debug for BatchEvent<T> {
    /// Tags and items name people, and the server may quote them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Progress(summary) => f.debug_tuple("Progress").field(summary).finish(),
            Self::Failed(failed) => f.debug_tuple("Failed").field(failed).finish(),
            Self::Unknown(_) => f.debug_struct("Unknown").finish_non_exhaustive(),
        }
    }
}

impl<T> fmt::Debug for FailedItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedItem")
            .field("json_bytes", &self.json.as_ref().map(Bytes::len))
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Display for FailedItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> std::error::Error for FailedItem<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// Counts of items by their result.
#[derive(Clone, Debug, Default)]
#[must_use = "items may have been rejected, refused or not delivered"]
#[non_exhaustive]
pub struct Summary {
    /// Accepted by the server.
    pub accepted: u64,
    /// Rejected by the server.
    pub rejected: u64,
    /// Not sent, because they cannot be.
    pub invalid: u64,
    /// In batches that failed as a whole.
    pub undelivered: u64,
    /// The items of `undelivered` that were not tried alone when their batch was rejected, because 100 items in a row
    /// had been rejected and none accepted: see [`ItemError::Untried`].
    pub untried: u64,
    /// Errors of the server that name no item.
    pub unknown: u64,
    /// The batches that were sent.
    pub batches: u64,
    /// Why sending stopped early, if it did: no other batch would succeed, because the credentials are wrong or the
    /// route does not exist.
    pub stopped: Option<Arc<Error>>,
}

impl Summary {
    /// The number of items with a result of any kind.
    #[must_use]
    pub const fn ended(&self) -> u64 {
        self.accepted + self.rejected + self.invalid + self.undelivered
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BuildErrorKind;

    #[test]
    fn debug_shows_what_display_does() {
        let rejection = Rejection { index: 1, reason: None, field: None, message: Some("no\nsuch plan".to_owned()) };
        let refused = BuildError::new("the event name", BuildErrorKind::Empty);
        for (error, expected) in [
            (ItemError::Rejected(rejection), r"Rejected(the server rejected it: no\nsuch plan)"),
            (ItemError::Invalid(refused.clone()), "Invalid(BuildError(the event name is empty))"),
            (
                ItemError::Undelivered(Arc::new(refused.into())),
                "Undelivered(Build(BuildError(the event name is empty)))",
            ),
        ] {
            assert_eq!(format!("{error:?}"), expected);
        }
    }
}
