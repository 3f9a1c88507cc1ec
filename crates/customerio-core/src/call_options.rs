//! How calls are made: how often they are tried, how long they may take, and how fast they go.

use std::time::Duration;

use crate::{RetryPolicy, Throttle};

/// How calls are made: the retry policy, the timeouts, and the throttle that paces them.
///
/// A clone shares the throttle. Keep one value for all the calls of a client: each new one has a throttle of its own, so
/// that calls of different ones do not know of each other.
///
/// ```
/// use std::time::Duration;
/// use customerio_core::{CallOptions, RetryPolicy};
///
/// let options = CallOptions::default()
///     .with_retry_policy(RetryPolicy::default().with_attempts(5))
///     .with_deadline(Duration::from_secs(120));
/// assert_eq!(options.deadline(), Duration::from_secs(120));
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "timeout")]
pub struct CallOptions {
    retry_policy: RetryPolicy,
    deadline: Duration,
    attempt_timeout: Option<Duration>,
    throttle: Throttle,
}

impl Default for CallOptions {
    /// The default [`RetryPolicy`], a deadline of 30 seconds, what each operation says of an attempt (10 seconds, or 30
    /// with attachments and for batches), and the default [`Throttle`].
    fn default() -> Self {
        Self {
            retry_policy: RetryPolicy::default(),
            deadline: Duration::from_secs(30),
            attempt_timeout: None,
            throttle: Throttle::default(),
        }
    }
}

impl CallOptions {
    /// When a call is retried, and after how long.
    #[must_use]
    pub const fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// The longest that a whole call may take, waits included. A wait that would go past it is not begun: the call fails
    /// at once, with what it has.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The longest that one attempt may take. Without it the operation says.
    #[must_use]
    pub const fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// What paces the calls, how many are in flight at once, and how many retries there are in all.
    #[must_use]
    pub fn with_throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// When a call is retried.
    #[must_use]
    pub const fn retry_policy(&self) -> &RetryPolicy {
        &self.retry_policy
    }

    /// The longest that a whole call may take.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        self.deadline
    }

    /// What paces the calls.
    #[must_use]
    pub const fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// The longest that an attempt may take of an operation that says `of_the_operation`.
    pub(crate) fn attempt_timeout(&self, of_the_operation: Duration) -> Duration {
        self.attempt_timeout.unwrap_or(of_the_operation)
    }
}
