//! What is known about a request having arrived, and why it was not sent again.

use std::fmt;

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
#[doc(alias = "retries exhausted")]
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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
