//! The time in the emulator: the system's or a fixed one, and what was added to it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use customerio_core::{Moment, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub(crate) struct Clock {
    base: Base,
    added: Duration,
    /// What had passed when the base was last changed.
    passed: Duration,
}

#[derive(Clone, Debug)]
enum Base {
    /// The system's time.
    System { started: Instant },
    /// It is stopped.
    Stopped { since_epoch: Duration },
    /// It continues from where it stopped, which was when the system's clock had this time.
    Running { since_epoch: Duration, started: Instant, system: Duration },
}

impl Base {
    fn since_epoch(&self) -> Duration {
        match self {
            Self::System { .. } => system(),
            Self::Stopped { since_epoch } => *since_epoch,
            Self::Running { since_epoch, started, .. } => since_epoch.saturating_add(started.elapsed()),
        }
    }

    fn elapsed(&self) -> Duration {
        match self {
            Self::System { started } | Self::Running { started, .. } => started.elapsed(),
            Self::Stopped { .. } => Duration::ZERO,
        }
    }
}

fn system() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The clock, to be written down: where it stopped, or how far it is from the system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClockImage {
    added: Duration,
    #[serde(flatten)]
    base: BaseImage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BaseImage {
    /// With what was `added`.
    Ahead(Duration),
    Behind(Duration),
    StoppedAt(Duration),
}

impl Clock {
    pub(crate) fn image(&self) -> ClockImage {
        let base = match self.base {
            Base::System { .. } => BaseImage::Ahead(Duration::ZERO),
            Base::Stopped { since_epoch } => BaseImage::StoppedAt(since_epoch),
            Base::Running { since_epoch, system, .. } => match since_epoch.checked_sub(system) {
                Some(ahead) => BaseImage::Ahead(ahead),
                None => BaseImage::Behind(system.saturating_sub(since_epoch)),
            },
        };
        ClockImage { added: self.added, base }
    }

    /// A clock as it was written down. One that ran has not stood still meanwhile.
    pub(crate) fn of(image: ClockImage) -> Self {
        let (started, system) = (Instant::now(), system());
        let running = |since_epoch| Base::Running { since_epoch, started, system };
        let base = match image.base {
            BaseImage::Ahead(Duration::ZERO) => Base::System { started },
            BaseImage::Ahead(by) => running(system.saturating_add(by)),
            BaseImage::Behind(by) => running(system.saturating_sub(by)),
            BaseImage::StoppedAt(since_epoch) => Base::Stopped { since_epoch },
        };
        Self { added: image.added, ..Self::on(base) }
    }

    pub(crate) fn system() -> Self {
        Self::on(Base::System { started: Instant::now() })
    }

    /// A time before 1970 counts as 1970.
    pub(crate) fn stopped_at(now: Timestamp) -> Self {
        Self::on(Base::Stopped { since_epoch: positive(now) })
    }

    const fn on(base: Base) -> Self {
        Self { base, added: Duration::ZERO, passed: Duration::ZERO }
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.added = self.added.saturating_add(duration);
    }

    pub(crate) fn since_epoch(&self) -> Duration {
        self.base.since_epoch().saturating_add(self.added)
    }

    pub(crate) const fn is_stopped(&self) -> bool {
        matches!(self.base, Base::Stopped { .. })
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            monotonic: self.passed.saturating_add(self.base.elapsed()).saturating_add(self.added),
            since_epoch: self.since_epoch(),
            random: fastrand::u128(..),
        }
    }
}

#[cfg(feature = "control")]
impl Clock {
    pub(crate) fn stop(&mut self) {
        self.rebase(Base::Stopped { since_epoch: self.base.since_epoch() });
    }

    /// Stops at a time, which may be an earlier one. A time before 1970 counts as 1970.
    pub(crate) fn stop_at(&mut self, now: Timestamp) {
        self.rebase(Base::Stopped { since_epoch: positive(now) });
        // What has passed does not become less, whatever the time is.
        self.passed = self.passed.saturating_add(std::mem::take(&mut self.added));
    }

    /// Continues from where it stopped.
    pub(crate) fn run(&mut self) {
        if self.is_stopped() {
            let (since_epoch, started) = (self.base.since_epoch(), Instant::now());
            self.rebase(Base::Running { since_epoch, started, system: system() });
        }
    }

    fn rebase(&mut self, base: Base) {
        self.passed = self.passed.saturating_add(self.base.elapsed());
        self.base = base;
    }
}

fn positive(time: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(time.unix_seconds()).unwrap_or(0))
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

    #[cfg(feature = "control")]
    #[test]
    fn a_clock_that_stops_and_runs_again_never_goes_back() {
        let mut clock = Clock::system();
        let mut last = clock.moment().monotonic;
        let mut goes_on = |clock: &Clock| {
            let now = clock.moment().monotonic;
            assert!(now >= last, "{now:?} after {last:?}");
            last = now;
        };
        clock.advance(Duration::from_secs(10));
        goes_on(&clock);
        clock.stop();
        assert!(clock.is_stopped());
        goes_on(&clock);
        clock.stop_at(100.into());
        assert_eq!(clock.since_epoch(), Duration::from_secs(100));
        goes_on(&clock);
        clock.advance(Duration::from_secs(5));
        clock.run();
        assert!(!clock.is_stopped() && clock.since_epoch() >= Duration::from_secs(105));
        goes_on(&clock);
    }
}
