//! Whether a request arrived, and why it was not retried.

use std::fmt;

/// Whether a request reached Customer.io, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// The request certainly did not arrive: sending it again is safe.
    NotSent,
    /// The request may have arrived: sending it again may have its effect twice.
    MaybeSent,
    /// The request arrived, and a response was received.
    Responded,
}

/// Why a call made no further attempt.
#[doc(alias = "retries exhausted")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// Another attempt would end the same way.
    NotRetryable,
    /// The request may have arrived, and this operation must not be sent twice.
    NotIdempotent,
    /// The retry policy allows no more attempts.
    Attempts,
    /// The retry budget of the client's [`Throttle`](crate::Throttle) is spent: too many of its calls fail.
    Budget,
    /// The next wait would have gone past the call's deadline.
    Deadline,
}

impl StopReason {
    /// A short name that does not change, for logs and metrics.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotRetryable => "not_retryable",
            Self::NotIdempotent => "not_idempotent",
            Self::Attempts => "attempts",
            Self::Budget => "budget",
            Self::Deadline => "deadline",
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRetryable => "another attempt would end the same way",
            Self::NotIdempotent => "the operation must not be sent twice",
            Self::Attempts => "retries exhausted",
            Self::Budget => "the retry budget is spent",
            Self::Deadline => "the deadline left no time for another attempt",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_sentence_and_its_name() {
        for (reason, name, sentence) in [
            (StopReason::NotRetryable, "not_retryable", "another attempt would end the same way"),
            (StopReason::NotIdempotent, "not_idempotent", "the operation must not be sent twice"),
            (StopReason::Attempts, "attempts", "retries exhausted"),
            (StopReason::Budget, "budget", "the retry budget is spent"),
            (StopReason::Deadline, "deadline", "the deadline left no time for another attempt"),
        ] {
            assert_eq!((reason.as_str(), reason.to_string().as_str()), (name, sentence));
        }
    }
}
