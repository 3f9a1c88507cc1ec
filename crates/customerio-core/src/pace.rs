//! When a request may go out, so that a rate limit is not met: the generic cell rate algorithm, without a clock.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// At most so many requests in any period of so long.
///
/// ```
/// use std::time::Duration;
/// use customerio_core::Rate;
///
/// // 10 in any second: 3 of them at once after a pause, and then one every 125 milliseconds.
/// let rate = Rate::at_most(10, Duration::from_secs(1)).with_burst(3);
/// # let _ = rate;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    period: Duration,
    burst: u32,
}

impl Rate {
    /// At most `count` requests (0 counts as 1) in any `period`, evenly spaced.
    #[must_use]
    pub const fn at_most(count: u32, period: Duration) -> Self {
        Self { count: if count == 0 { 1 } else { count }, period, burst: 1 }
    }

    /// Lets `burst` requests out at once after a pause, from 1 to all of them. There are still no more than `count` in
    /// any period, so the more go at once, the slower the rest.
    #[must_use]
    pub const fn with_burst(mut self, burst: u32) -> Self {
        self.burst = match burst {
            0 => 1,
            burst if burst > self.count => self.count,
            burst => burst,
        };
        self
    }
}

/// Lets requests out at a [`Rate`], and slower for a while after the server said that there were too many.
///
/// A request takes its turn when it goes out, and not before: one that is given up while it waits holds up nobody.
#[derive(Debug)]
pub(crate) struct Pacer {
    rate: Rate,
    /// From one request to the next at full speed.
    interval: Duration,
    /// How much earlier than evenly spaced a request may come.
    tolerance: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next request is due, were they evenly spaced: GCRA's theoretical arrival time.
    due: Duration,
    /// The part of the rate that there was at `slowed`.
    share: u32,
    /// When the server last said that there were too many.
    slowed: Option<Duration>,
    waiting: u32,
}

/// The whole of a rate; a share is counted in these.
const WHOLE: u32 = 1000;
/// What is left at least, however often the server says that there are too many, and what each period without such an
/// answer gives back.
const TENTH: u32 = WHOLE / 10;

impl Pacer {
    pub(crate) fn new(rate: Rate) -> Self {
        // In a period that begins with a burst there is room for the burst and one more at each interval's end.
        let intervals = rate.count - rate.burst + 1;
        let interval = rate.period.saturating_add(Duration::from_nanos(u64::from(intervals - 1))) / intervals;
        Self {
            rate,
            interval,
            tolerance: interval.saturating_mul(rate.burst - 1),
            state: Mutex::new(State { due: Duration::ZERO, share: WHOLE, slowed: None, waiting: 0 }),
        }
    }

    #[cfg(test)]
    fn shared(rate: Rate) -> Arc<Self> {
        Arc::new(Self::new(rate))
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes a turn, or tells how long to wait until there may be one. Those in the `queue` already do not wait for
    /// themselves.
    pub(crate) fn take(&self, now: Duration, queue: Option<&Place>) -> Result<(), Duration> {
        let mut state = self.state();
        let cost = self.cost(&state, now);
        // No turn is ever further off than this: a clock that went back must not hold up everything.
        let farthest = self.tolerance.saturating_add(self.interval.saturating_mul(WHOLE / TENTH));
        if state.due > now.saturating_add(farthest) {
            state.due = now;
        }
        let wait = state.due.saturating_sub(self.tolerance).saturating_sub(now);
        if wait.is_zero() {
            state.due = state.due.max(now).saturating_add(cost);
            return Ok(());
        }
        let ahead = if queue.is_some() { 0 } else { state.waiting };
        Err(wait.saturating_add(cost.saturating_mul(ahead)))
    }

    /// Joins those who wait.
    pub(crate) fn queue(self: &Arc<Self>) -> Place {
        self.state().waiting += 1;
        Place { pacer: self.clone() }
    }

    /// The server said that there were too many: no burst now, and half the rate. Several such answers within a period
    /// are about the same requests, and count once.
    pub(crate) fn slow_down(&self, now: Duration) {
        let mut state = self.state();
        if state.slowed.is_some_and(|slowed| slowed <= now && now < slowed.saturating_add(self.rate.period)) {
            return;
        }
        state.share = (self.share(&state, now) / 2).max(TENTH);
        state.slowed = Some(now);
        state.due = state.due.max(now.saturating_add(self.tolerance));
    }

    fn share(&self, state: &State, now: Duration) -> u32 {
        let Some(slowed) = state.slowed else { return WHOLE };
        let periods = now.saturating_sub(slowed).as_nanos() * u128::from(TENTH) / self.rate.period.as_nanos().max(1);
        state.share.saturating_add(u32::try_from(periods).unwrap_or(WHOLE)).min(WHOLE)
    }

    fn cost(&self, state: &State, now: Duration) -> Duration {
        self.interval.saturating_mul(WHOLE) / self.share(state, now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is locked, and a count that is one off would do no harm.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who wait for a [`Pacer`]; dropping it leaves.
#[derive(Debug)]
pub(crate) struct Place {
    pacer: Arc<Pacer>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pacer.state().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// The times at which requests went out that were there as early as can be.
    fn greedy(pacer: &Pacer, from: Duration, until: Duration) -> Vec<Duration> {
        let (mut now, mut times) = (from, Vec::new());
        while now < until {
            match pacer.take(now, None) {
                Ok(()) => times.push(now),
                Err(wait) => now += wait,
            }
        }
        times
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_evenly() {
        let pacer = Pacer::shared(Rate::at_most(10, ms(1000)).with_burst(3));
        let times = [0, 0, 0, 125, 250, 375, 500, 625, 750, 875, 1000, 1125].map(ms);
        assert_eq!(greedy(&pacer, ms(0), ms(1126)), times);
        // A pause gives the burst back, and no more than it.
        assert_eq!(greedy(&pacer, ms(9000), ms(9130)), [9000, 9000, 9000, 9125].map(ms));
    }

    #[test]
    fn a_burst_is_at_least_one_and_at_most_all() {
        for (rate, expected) in [
            (Rate::at_most(1, ms(10)), vec![0, 10, 20]),
            (Rate::at_most(0, ms(10)).with_burst(0), vec![0, 10, 20]),
            (Rate::at_most(2, ms(10)).with_burst(9), vec![0, 0, 10, 20]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(ms).collect();
            assert_eq!(greedy(&Pacer::new(rate), ms(0), ms(21)), expected, "{rate:?}");
        }
    }

    #[test]
    fn who_waits_is_counted_until_they_go_or_give_up() {
        let pacer = Pacer::shared(Rate::at_most(10, ms(1000)));
        assert_eq!(pacer.take(ms(0), None), Ok(()));
        assert_eq!(pacer.take(ms(0), None), Err(ms(100)));
        let first = pacer.queue();
        assert_eq!(pacer.take(ms(0), None), Err(ms(200)));
        let second = pacer.queue();
        assert_eq!(pacer.take(ms(0), None), Err(ms(300)));
        drop(first);
        assert_eq!(pacer.take(ms(0), None), Err(ms(200)));
        // The one who waited longer than need be is not sent to the end.
        assert_eq!(pacer.take(ms(99), Some(&second)), Err(ms(1)));
        assert_eq!(pacer.take(ms(100), Some(&second)), Ok(()));
    }

    #[test]
    fn too_many_requests_slow_it_down_and_time_speeds_it_up() {
        let pacer = Pacer::shared(Rate::at_most(10, ms(1000)).with_burst(5));
        // 6 intervals a second; the answers to what was out at the same time count once, and the burst is gone.
        pacer.slow_down(ms(1000));
        pacer.slow_down(ms(1500));
        let times = greedy(&pacer, ms(1000), ms(2000));
        assert_eq!(times.len(), 4, "{times:?}");
        assert_eq!(times[0], ms(1000));
        assert!(times[1] > times[0] + ms(250), "{times:?}");
        // Five periods later the whole rate is back.
        let times = greedy(&pacer, ms(7000), ms(8000));
        assert_eq!(times.len(), 10, "{times:?}");
        // It never stops altogether.
        for second in 10..100 {
            pacer.slow_down(ms(second * 1000));
        }
        assert_eq!(pacer.state().share, TENTH);
        // Even then the second is not taken for one that a clock gone back would hold up.
        assert_eq!(pacer.take(ms(99_000), None), Ok(()));
        assert_eq!(pacer.take(ms(99_000), None), Err(pacer.interval * 10));
        assert!(!greedy(&pacer, ms(99_001), ms(102_000)).is_empty());
    }

    #[test]
    fn a_clock_that_goes_back_holds_up_nobody() {
        let pacer = Pacer::shared(Rate::at_most(10, ms(1000)).with_burst(3));
        assert_eq!(greedy(&pacer, ms(1_000_000), ms(1_000_001)).len(), 3);
        pacer.slow_down(ms(1_000_000));
        assert_eq!(pacer.take(ms(5), None), Ok(()));
        pacer.slow_down(ms(5));
        assert_eq!(pacer.state().slowed, Some(ms(5)));
    }

    #[test]
    fn the_longest_times_can_be_reckoned_with() {
        for (period, now) in [(Duration::MAX, Duration::ZERO), (Duration::MAX, Duration::MAX), (ms(0), Duration::MAX)] {
            let pacer = Pacer::shared(Rate::at_most(u32::MAX, period).with_burst(u32::MAX));
            pacer.slow_down(now);
            let first = pacer.take(now, None);
            assert_eq!(first, Ok(()), "{period:?} {now:?}");
            let _place = pacer.queue();
            let _ = pacer.take(now, None);
        }
    }

    proptest! {
        /// Whatever comes when, and however often it is slowed down.
        #[test]
        fn no_period_has_more_than_its_count(
            count in 1..40_u32,
            burst in 0..50_u32,
            period in 1..5_000_u64,
            events in prop::collection::vec((0..400_u64, 0..30_u32, prop::bool::weighted(0.05)), 1..200),
        ) {
            let period = ms(period);
            let pacer = Pacer::shared(Rate::at_most(count, period).with_burst(burst));
            let (mut now, mut recent) = (Duration::ZERO, VecDeque::new());
            for (pause, requests, too_many) in events {
                now += ms(pause);
                if too_many {
                    pacer.slow_down(now);
                }
                for _ in 0..requests {
                    if pacer.take(now, None).is_ok() {
                        recent.push_back(now);
                    }
                }
                while recent.front().is_some_and(|first| *first + period <= now) {
                    recent.pop_front();
                }
                prop_assert!(recent.len() <= count as usize, "{} in {period:?}", recent.len());
            }
        }
    }
}
