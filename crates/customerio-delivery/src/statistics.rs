//! What is in a store, in numbers.

use std::time::Duration;

use customerio_core::Timestamp;

use crate::Reason;

/// The contents of a store, as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many calls wait.
    pub waiting: u64,
    /// How many bytes they have, as the store counts them.
    pub bytes: u64,
    /// The number of the last call that was appended, or a higher one: [`Queue::flush`](crate::Queue::flush) waits for all
    /// calls up to it.
    pub last: u64,
    /// When the first of those that wait was stored.
    pub oldest: Option<Timestamp>,
    /// How many dead letters there are of each reason that has any.
    pub dead: Vec<(Reason, u64)>,
    /// Until when a process has the [right to send](crate::Store::lease); `None` where none has, and in memory, where nobody
    /// else could. A process that was killed has it until then, though another may take it at once.
    pub leased_until: Option<Timestamp>,
}

impl Statistics {
    /// How long the first of those that wait has been waiting: what a probe of readiness looks at.
    #[must_use]
    pub fn age_of_oldest(&self, now: impl Into<Timestamp>) -> Option<Duration> {
        let millis = now.into().unix_millis().saturating_sub(self.oldest?.unix_millis());
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or_default()))
    }

    /// How many dead letters there are.
    #[must_use]
    pub fn dead_letters(&self) -> u64 {
        self.dead.iter().map(|(_, count)| count).sum()
    }
}
