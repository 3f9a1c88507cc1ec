//! How calls are made: how often they are tried, how long they may take, and how fast they go.

use std::time::Duration;

use crate::{RetryPolicy, Throttle};

/// How calls are made: the retry policy, the timeouts, and the throttle that paces them.
///
/// A clone shares the throttle. Keep one value for all the calls of a client: each new value has its own throttle, so
/// calls with different values are not limited together.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::Duration;
/// use customerio::{CallOptions, RetryPolicy};
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
    /// The default [`RetryPolicy`], a deadline of 30 seconds, the attempt timeout of each operation (10 seconds; 30
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
    /// Sets when a call is retried, and after how long.
    #[must_use]
    pub const fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// Sets how long a whole call may take, waits included. A wait that would pass the deadline does not begin: the
    /// call fails at once.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how long one attempt may take. By default each operation has its own timeout.
    #[must_use]
    pub const fn with_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets the rate of the calls, how many are in flight at once, and the retry budget.
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

    /// How long a whole call may take.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Returns the throttle that paces the calls.
    #[must_use]
    pub const fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// How long an attempt may take, if the operation's own timeout is `of_the_operation`.
    pub(crate) fn attempt_timeout(&self, of_the_operation: Duration) -> Duration {
        self.attempt_timeout.unwrap_or(of_the_operation)
    }
}
