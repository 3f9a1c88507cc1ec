//! One time for all who share a throttle, whatever clocks they read.

use std::time::Duration;

use crate::Moment;

/// The time that has passed since the first [`Moment`] that it was shown.
///
/// Monotonic clocks count from a point of their own: those of two transports can be hours apart, while the wall clock is
/// the same for both. So time goes on by what passed on the wall clock, but by no more than what passed on the monotonic
/// one: a wall clock that is set, forwards or back, moves nothing. Time never goes back.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    now: Duration,
    /// What the last reader saw: its monotonic clock, and the wall clock.
    last: Option<(Duration, Duration)>,
}

/// Threads read the clock first and take the lock then, so that one may come with a reading that is older than the last.
/// One that is older than this is not late: the wall clock was set back.
const LATE: Duration = Duration::from_secs(1);

impl Timeline {
    /// The time at `moment`.
    pub(crate) fn at(&mut self, moment: &Moment) -> Duration {
        let (monotonic, wall) = self.last.unwrap_or((moment.monotonic, moment.since_epoch));
        match moment.since_epoch.checked_sub(wall) {
            Some(by_wall) => {
                // If the monotonic clock went back, it is another one.
                let passed = moment.monotonic.checked_sub(monotonic).map_or(by_wall, |by_clock| by_clock.min(by_wall));
                self.now = self.now.saturating_add(passed);
            }
            None if wall.saturating_sub(moment.since_epoch) <= LATE => return self.now,
            None => {}
        }
        self.last = Some((moment.monotonic, moment.since_epoch));
        self.now
    }

    /// The time, which is `time` at least: for those who have measured by one clock how long they waited.
    pub(crate) fn at_least(&mut self, time: Duration) -> Duration {
        self.now = self.now.max(time);
        self.now
    }

    /// The time when it was last asked for.
    pub(crate) const fn last(&self) -> Duration {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Milliseconds on the monotonic clock and on the wall clock, and the time then.
    type Reading = (u64, u64, u64);

    fn check(readings: &[Reading]) {
        let mut timeline = Timeline::default();
        for &(monotonic, wall, expected) in readings {
            let (monotonic, since_epoch) = (Duration::from_millis(monotonic), Duration::from_millis(wall));
            let now = timeline.at(&Moment { monotonic, since_epoch, random: 0 });
            assert_eq!(now, Duration::from_millis(expected), "{monotonic:?} {since_epoch:?} of {readings:?}");
        }
    }

    const HOUR: u64 = 3_600_000;

    #[test]
    fn it_begins_with_the_first_reading_and_goes_on_with_the_clock() {
        check(&[(700, HOUR, 0), (700, HOUR, 0), (1_200, HOUR + 500, 500), (HOUR, 2 * HOUR - 700, HOUR - 700)]);
    }

    #[test]
    fn two_monotonic_clocks_are_one_time() {
        let one = |ms| (2 * HOUR + ms, HOUR + ms, ms);
        for apart in [5_000, HOUR] {
            let other = |ms| (2 * HOUR - apart + ms, HOUR + ms, ms);
            check(&[one(0), other(10), one(20), one(25), other(30), other(30), one(30), other(1_040), one(HOUR)]);
        }
        // If they are less apart than the readings, it may go on slower, and never faster.
        let other = |ms, lost| (2 * HOUR - 7 + ms, HOUR + ms, ms - lost);
        check(&[one(0), other(10, 7), other(20, 7), (2 * HOUR + 30, HOUR + 30, 23), other(40, 14)]);
    }

    #[test]
    fn a_reading_that_comes_late_changes_nothing() {
        check(&[(100, HOUR + 100, 0), (140, HOUR + 140, 40), (130, HOUR + 130, 40), (150, HOUR + 150, 50)]);
        // Nor does one of another clock.
        check(&[(100, HOUR + 100, 0), (HOUR, HOUR + 90, 0), (100, HOUR + 100, 0), (HOUR, HOUR + 110, 10)]);
    }

    #[test]
    fn a_wall_clock_that_is_set_moves_nothing() {
        check(&[(100, HOUR, 0), (110, 2 * HOUR, 10), (120, 2 * HOUR + 10, 20), (130, HOUR, 20), (150, HOUR + 20, 40)]);
    }

    #[test]
    fn both_clocks_back_is_where_it_stood() {
        check(&[(HOUR, 2 * HOUR, 0), (HOUR + 5, 2 * HOUR + 5, 5), (7, HOUR, 5), (10, HOUR + 3, 8)]);
    }

    #[test]
    fn who_measured_that_more_passed_is_believed() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.at_least(Duration::from_secs(3)), Duration::from_secs(3));
        assert_eq!(timeline.at_least(Duration::from_secs(2)), Duration::from_secs(3));
        assert_eq!(timeline.last(), Duration::from_secs(3));
    }
}
