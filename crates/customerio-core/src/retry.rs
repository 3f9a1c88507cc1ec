//! What may be retried, and after how long: pure functions.

use std::time::Duration;

use http::StatusCode;

use crate::{Delivery, Error, Quota, Replay, StopReason, limits};

/// When a request is retried, and after how long.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::Duration;
/// use customerio::RetryPolicy;
///
/// let patient = RetryPolicy::default()
///     .with_attempts(5)
///     .with_backoff(Duration::from_secs(1), Duration::from_secs(60));
/// let once = RetryPolicy::default().with_attempts(1);
/// assert_eq!((patient.attempts(), once.attempts()), (5, 1));
/// ```
#[doc(alias = "retry")]
#[doc(alias = "backoff")]
#[doc(alias = "timeout")]
#[doc(alias = "attempts")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    cap: Duration,
    replay: Option<Replay>,
}

impl Default for RetryPolicy {
    /// 3 attempts, within the deadline of the [`CallOptions`](crate::CallOptions). Waits are random, between zero and a
    /// bound that doubles from 50 milliseconds (1 second after a 429, 10 seconds for a broadcast) to 20 seconds.
    fn default() -> Self {
        Self { attempts: 3, base: Duration::from_millis(50), cap: Duration::from_secs(20), replay: None }
    }
}

impl RetryPolicy {
    /// Sets the maximum number of attempts, including the first; 0 counts as 1.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the upper bound of the first wait, and the cap up to which it doubles.
    #[must_use]
    pub const fn with_backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Retries calls as `replay` says, whatever the default of the operation.
    ///
    /// With [`Replay::Safe`], even a transactional message is retried after a lost response, and the person may get it
    /// twice. Use it for a single call, if two messages are better than none.
    #[must_use]
    pub const fn with_replay(mut self, replay: Replay) -> Self {
        self.replay = Some(replay);
        self
    }

    /// The wait after this many failures in a row.
    pub(crate) fn wait_after(&self, failures: u32, random: u128) -> Duration {
        full_jitter(self.base, self.cap, failures.saturating_sub(1), random)
    }

    /// The maximum number of attempts, including the first.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        if self.attempts == 0 { 1 } else { self.attempts }
    }
}

/// How an attempt ended, as far as retries are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It certainly did not arrive.
    NotSent,
    /// It may have arrived: no response, one that broke off, or a 5xx.
    Ambiguous,
    /// It arrived and was turned away: a 429.
    Limited,
    /// It has a final response.
    Final,
    /// It did not arrive, and never will.
    Hopeless,
}

impl Outcome {
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Transport(error) if error.kind().is_final() => Self::Hopeless,
            Error::Transport(error) if error.delivery() == Delivery::NotSent => Self::NotSent,
            Error::Transport(_) => Self::Ambiguous,
            Error::Api(error) => Self::of_status(error.status()),
            // It was accepted. Only if that is harmless is it retried, for the missing part of the response.
            // A batch of which some was refused is never sent again.
            Error::Decode(error) if error.is_broken() && error.status() != StatusCode::MULTI_STATUS => Self::Ambiguous,
            Error::Build(_) | Error::Decode(_) => Self::Final,
        }
    }

    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::Limited,
            _ if status.is_server_error() => Self::Ambiguous,
            _ => Self::Final,
        }
    }
}

/// An attempt that failed, and what is known about the call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    pub(crate) outcome: Outcome,
    pub(crate) replay: Replay,
    pub(crate) quota: Quota,
    /// The attempts made, this one included.
    pub(crate) attempts: u32,
    /// What is left of the deadline.
    pub(crate) left: Duration,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) random: u128,
}

/// How long to wait before the next attempt, or why there is none.
pub(crate) fn next(policy: &RetryPolicy, failure: &Failure) -> Result<Duration, StopReason> {
    let may_repeat = match failure.outcome {
        // The day's requests are used up: no wait within a call would help.
        Outcome::Limited if failure.quota == Quota::ArchivedMessages && failure.retry_after.is_none() => {
            return Err(StopReason::NotRetryable);
        }
        Outcome::NotSent | Outcome::Limited => true,
        Outcome::Ambiguous => policy.replay.unwrap_or(failure.replay) == Replay::Safe,
        Outcome::Final | Outcome::Hopeless => return Err(StopReason::NotRetryable),
    };
    if !may_repeat {
        return Err(StopReason::NotIdempotent);
    }
    if failure.attempts >= policy.attempts() {
        return Err(StopReason::Attempts);
    }
    let base = match failure.outcome {
        Outcome::Limited => policy.base.max(Duration::from_secs(1)),
        _ => policy.base,
    };
    let jitter = full_jitter(base, policy.cap, failure.attempts - 1, failure.random);
    // The server's wait is a minimum, and so is the time between two broadcasts; the jitter comes on top, so that not
    // all clients come back at once.
    let least = failure.retry_after.unwrap_or(Duration::ZERO).max(match failure.quota {
        Quota::Broadcast => limits::BROADCAST_INTERVAL,
        _ => Duration::ZERO,
    });
    let wait = least.saturating_add(jitter);
    // Not even a moment would be left for the attempt if the wait took all there is.
    if wait >= failure.left { Err(StopReason::Deadline) } else { Ok(wait) }
}

/// A random part of `base`, doubled `doublings` times and at most `cap`.
fn full_jitter(base: Duration, cap: Duration, doublings: u32, random: u128) -> Duration {
    let bound = base.saturating_mul(2_u32.saturating_pow(doublings)).min(cap);
    let nanos = bound.as_nanos();
    // `u64` holds 584 years of nanoseconds; a bound beyond that is not jitter any more.
    Duration::from_nanos(u64::try_from(random % (nanos + 1)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FAILURE: Failure = Failure {
        outcome: Outcome::NotSent,
        replay: Replay::Safe,
        quota: Quota::Ingest,
        attempts: 1,
        left: Duration::from_secs(30),
        retry_after: None,
        random: 0,
    };

    #[test]
    fn what_is_retried_follows_from_outcome_and_replay() {
        use Outcome::{Ambiguous, Final, Hopeless, Limited, NotSent};
        use Replay::{OnlyIfNotSent, Safe};
        let policy = RetryPolicy::default();
        for (outcome, replay, expected) in [
            (NotSent, Safe, Ok(Duration::ZERO)),
            (NotSent, OnlyIfNotSent, Ok(Duration::ZERO)),
            (Limited, Safe, Ok(Duration::ZERO)),
            (Limited, OnlyIfNotSent, Ok(Duration::ZERO)),
            (Ambiguous, Safe, Ok(Duration::ZERO)),
            (Ambiguous, OnlyIfNotSent, Err(StopReason::NotIdempotent)),
            (Final, Safe, Err(StopReason::NotRetryable)),
            (Final, OnlyIfNotSent, Err(StopReason::NotRetryable)),
            (Hopeless, Safe, Err(StopReason::NotRetryable)),
            (Hopeless, OnlyIfNotSent, Err(StopReason::NotRetryable)),
        ] {
            let failure = Failure { outcome, replay, ..FAILURE };
            assert_eq!(next(&policy, &failure), expected, "{outcome:?} {replay:?}");
        }
        let opted_in = policy.with_replay(Safe);
        assert!(next(&opted_in, &Failure { outcome: Ambiguous, replay: OnlyIfNotSent, ..FAILURE }).is_ok());
        let opted_out = policy.with_replay(OnlyIfNotSent);
        let failure = Failure { outcome: Ambiguous, ..FAILURE };
        assert_eq!(next(&opted_out, &failure), Err(StopReason::NotIdempotent));
    }

    #[test]
    fn every_status_has_its_outcome() {
        for (status, expected) in [
            (301, Outcome::Final),
            (400, Outcome::Final),
            (401, Outcome::Final),
            (404, Outcome::Final),
            (408, Outcome::Final),
            (413, Outcome::Final),
            (429, Outcome::Limited),
            (500, Outcome::Ambiguous),
            (503, Outcome::Ambiguous),
            (524, Outcome::Ambiguous),
        ] {
            assert_eq!(Outcome::of_status(StatusCode::from_u16(status).unwrap()), expected, "{status}");
        }
    }

    #[test]
    fn attempts_and_deadline_bound_the_call() {
        let policy = RetryPolicy::default();
        assert_eq!(next(&policy, &Failure { attempts: 3, ..FAILURE }), Err(StopReason::Attempts));
        assert!(next(&policy, &Failure { attempts: 2, ..FAILURE }).is_ok());
        assert_eq!(next(&policy.with_attempts(0), &FAILURE), Err(StopReason::Attempts));
        assert_eq!(next(&policy, &Failure { left: Duration::ZERO, ..FAILURE }), Err(StopReason::Deadline));
        let wait = Some(Duration::from_secs(30));
        assert_eq!(next(&policy, &Failure { retry_after: wait, ..FAILURE }), Err(StopReason::Deadline));
        let wait = Some(Duration::from_secs(29));
        assert_eq!(next(&policy, &Failure { retry_after: wait, ..FAILURE }), Ok(Duration::from_secs(29)));
        let wait = Some(Duration::MAX);
        assert_eq!(next(&policy, &Failure { retry_after: wait, random: 1, ..FAILURE }), Err(StopReason::Deadline));
    }

    #[test]
    fn waits_are_random_below_a_bound_that_doubles() {
        let policy = RetryPolicy::default().with_attempts(100);
        let longest = |outcome, quota, attempts| {
            let mut longest = Duration::ZERO;
            for part in 0..=1000_u128 {
                // Spread over the whole range, whichever its bound is.
                let random = part * 50_000_000;
                let failure = Failure { outcome, quota, attempts, random, left: Duration::MAX, ..FAILURE };
                longest = longest.max(next(&policy, &failure).unwrap());
            }
            longest
        };
        let bound = |most: Duration, longest: Duration| longest <= most && longest > most / 2;
        assert!(bound(Duration::from_millis(50), longest(Outcome::NotSent, Quota::Ingest, 1)));
        assert!(bound(Duration::from_millis(100), longest(Outcome::NotSent, Quota::Ingest, 2)));
        assert!(bound(Duration::from_secs(1), longest(Outcome::Limited, Quota::Ingest, 1)));
        assert!(bound(Duration::from_secs(20), longest(Outcome::NotSent, Quota::Ingest, 50)));
        assert!(longest(Outcome::NotSent, Quota::Broadcast, 1) > limits::BROADCAST_INTERVAL);
        let shortest = Failure { quota: Quota::Broadcast, ..FAILURE };
        assert_eq!(next(&policy, &shortest), Ok(limits::BROADCAST_INTERVAL));
    }

    /// Waits of a server: usual ones, and any.
    fn wait() -> impl Strategy<Value = Option<Duration>> {
        let seconds = prop_oneof![0..60_u64, any::<u64>()];
        prop::option::of(seconds.prop_map(Duration::from_secs))
    }

    proptest! {
        #[test]
        fn any_wait_can_be_reckoned_with(wait in wait(), random in any::<u128>()) {
            let failure = Failure { outcome: Outcome::Limited, retry_after: wait, random, ..FAILURE };
            if let Ok(next) = next(&RetryPolicy::default(), &failure) {
                prop_assert!(next >= wait.unwrap_or_default() && next < FAILURE.left);
            }
        }
    }

    #[test]
    fn a_day_that_is_used_up_is_not_waited_for() {
        let limited = Failure { outcome: Outcome::Limited, quota: Quota::ArchivedMessages, ..FAILURE };
        assert_eq!(next(&RetryPolicy::default(), &limited), Err(StopReason::NotRetryable));
        let soon = Failure { retry_after: Some(Duration::from_secs(1)), ..limited };
        assert!(next(&RetryPolicy::default(), &soon).is_ok());
        let other = Failure { quota: Quota::App, ..limited };
        assert!(next(&RetryPolicy::default(), &other).is_ok());
    }
}
