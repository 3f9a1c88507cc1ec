//! How a call ended that was delivered once through, or why it has not.

use std::{fmt, time::Duration};

use crate::Failure;

/// How a call ended, or why it has not: what [`deliver`](crate::deliver()) returns for each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the broker must know whether to keep the call"]
pub enum Outcome {
    /// Customer.io accepted it: acknowledge it.
    Done,
    /// Failed for good: store the message for inspection, and acknowledge it. If
    /// [`Reason::is_parked`](crate::Reason::is_parked), it may have arrived.
    Failed(Failure),
    /// Not delivered yet, and safe to send again: return the message to the broker.
    Retry(Retry),
}

/// When to deliver a call again, and why: it did not arrive, or it may arrive twice.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// How long to wait at least before it is delivered again: longer with each failure, and never shorter than the server
    /// asked for. Zero where only the time was too short.
    pub after: Duration,
    /// Whether somebody must look at the settings first: Customer.io refuses the credentials or the route, or there is no
    /// client for the call.
    pub is_blocked: bool,
    /// The status of the last response, if there was one.
    pub status: Option<u16>,
    /// The message of the server, or of this crate. It may quote the call.
    pub message: Option<String>,
}

impl fmt::Debug for Retry {
    /// Without the message, which may quote the call: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("after", &self.after)
            .field("is_blocked", &self.is_blocked)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
