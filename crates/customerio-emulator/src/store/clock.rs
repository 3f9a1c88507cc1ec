//! The time in the emulator: the system's or a fixed one, and what was added to it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use customerio_core::{Moment, Timestamp};

#[derive(Clone, Debug)]
pub(crate) struct Clock {
    base: Base,
    added: Duration,
}

#[derive(Clone, Debug)]
enum Base {
    System { started: Instant },
    Stopped { since_epoch: Duration },
}

impl Clock {
    pub(crate) fn system() -> Self {
        Self { base: Base::System { started: Instant::now() }, added: Duration::ZERO }
    }

    /// A time before 1970 is taken for 1970.
    pub(crate) fn stopped_at(now: Timestamp) -> Self {
        let since_epoch = Duration::from_secs(u64::try_from(now.unix_seconds()).unwrap_or(0));
        Self { base: Base::Stopped { since_epoch }, added: Duration::ZERO }
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.added = self.added.saturating_add(duration);
    }

    pub(crate) fn since_epoch(&self) -> Duration {
        let base = match self.base {
            Base::System { .. } => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            Base::Stopped { since_epoch } => since_epoch,
        };
        base.saturating_add(self.added)
    }

    pub(crate) fn moment(&self) -> Moment {
        let elapsed = match self.base {
            Base::System { started } => started.elapsed(),
            Base::Stopped { .. } => Duration::ZERO,
        };
        Moment {
            monotonic: elapsed.saturating_add(self.added),
            since_epoch: self.since_epoch(),
            random: fastrand::u128(..),
        }
    }
}

/// Whole seconds, as the API writes them.
pub(crate) fn seconds(since_epoch: Duration) -> i64 {
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let mut clock = Clock::stopped_at(100.into());
        let before = clock.moment();
        clock.advance(Duration::from_millis(1_500));
        let after = clock.moment();
        assert_eq!((before.timestamp().unix_seconds(), after.timestamp().unix_seconds()), (100, 101));
        assert_eq!(after.monotonic.saturating_sub(before.monotonic), Duration::from_millis(1_500));
        assert_ne!(before.random, after.random);
        assert_eq!(Clock::stopped_at((-5).into()).since_epoch(), Duration::ZERO);
    }

    #[test]
    fn the_system_clock_can_be_moved_ahead() {
        let mut clock = Clock::system();
        let before = clock.moment();
        clock.advance(Duration::from_secs(10));
        let after = clock.moment();
        assert!(after.since_epoch >= before.since_epoch + Duration::from_secs(10));
        assert!(after.monotonic >= before.monotonic + Duration::from_secs(10));
    }
}
