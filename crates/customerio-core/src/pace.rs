//! Paces requests below a rate limit: the generic cell rate algorithm, without a clock.

use std::time::Duration;

/// A rate limit: at most a number of requests in any period.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::Duration;
/// use customerio::retry::Rate;
///
/// // 10 in any second: 3 of them at once after a pause, and then one every 125 milliseconds.
/// let rate = Rate::at_most(10, Duration::from_secs(1)).with_burst(3);
/// assert_ne!(rate, Rate::at_most(10, Duration::from_secs(1)), "which is evenly spaced");
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

    /// Allows `burst` requests at once after a pause, from 1 to the whole count. No period ever has more than `count`
    /// requests, so a larger burst makes the requests after it slower.
    #[must_use]
    pub const fn with_burst(mut self, burst: u32) -> Self {
        self.burst = match burst {
            0 => 1,
            burst if burst > self.count => self.count,
            burst => burst,
        };
        self
    }

    /// The maximum number of requests in any [`period`](Self::period).
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The period that [`count`](Self::count) applies to.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.period
    }

    /// Divides the rate into `parts` equal, evenly spaced rates, which together stay within this one.
    pub(crate) fn divided(self, parts: u32) -> Self {
        match self.count / parts.max(1) {
            0 => Self::at_most(1, self.period.saturating_mul(parts.div_ceil(self.count))),
            count => Self::at_most(count, self.period),
        }
    }
}

/// Paces requests at a [`Rate`], and slower for a while after a 429.
///
/// A request uses its turn when it is sent, not before: one that is dropped while it waits uses none.
#[derive(Debug)]
pub(crate) struct Pacer {
    rate: Rate,
    /// The time between two requests at full speed.
    interval: Duration,
    /// How much earlier than evenly spaced a request may be sent.
    tolerance: Duration,
    /// When the next request is due if requests are evenly spaced: the theoretical arrival time of GCRA.
    due: Duration,
    /// The share of the rate that was left at `slowed`.
    share: u32,
    /// When the last 429 was received.
    slowed: Option<Duration>,
}

/// How several processes that cannot see each other keep to one [`Rate`]: each turn has a place in one schedule, and
/// must be used close to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spacing {
    /// The time between two places, in whole microseconds.
    pub(crate) interval: Duration,
    /// How long before its place a turn may be used: what is left of the burst.
    pub(crate) tolerance: Duration,
    /// How long after its place a turn may be used: a grant takes time to reach its process.
    pub(crate) lateness: Duration,
    pub(crate) period: Duration,
}

impl Spacing {
    pub(crate) fn of(rate: Rate) -> Self {
        let burst = Pacer::new(rate).tolerance;
        let slack = burst.max(rate.period / 10);
        let tolerance = burst / 2;
        // The requests of a period are spread over a period that is longer by the slack.
        let span = rate.period.saturating_add(slack).as_nanos();
        let micros = span.div_ceil(u128::from(rate.count) * 1_000).max(1);
        let interval = Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX));
        Self { interval, tolerance, lateness: slack.saturating_sub(tolerance), period: rate.period }
    }
}

/// The whole rate. Shares are counted in thousandths of it.
const WHOLE: u32 = 1000;
/// The lowest share, however many 429s there are, and what each period without one gives back.
const TENTH: u32 = WHOLE / 10;

impl Pacer {
    pub(crate) fn new(rate: Rate) -> Self {
        // A period that begins with a burst has room for the burst and for one request at the end of each interval.
        let intervals = rate.count - rate.burst + 1;
        let interval = rate.period.saturating_add(Duration::from_nanos(u64::from(intervals - 1))) / intervals;
        let tolerance = interval.saturating_mul(rate.burst - 1);
        Self { rate, interval, tolerance, due: Duration::ZERO, share: WHOLE, slowed: None }
    }

    /// When a request may be sent that has `ahead` others before it: `now` if that time has passed.
    pub(crate) fn turn(&self, ahead: usize, now: Duration) -> Duration {
        let due = if ahead == 0 { self.due } else { self.due.saturating_add(self.span(ahead, now)) };
        due.saturating_sub(self.tolerance)
    }

    /// Uses the turn that has come.
    pub(crate) fn take(&mut self, now: Duration) {
        let cost = match self.share(now) {
            WHOLE => self.interval,
            share => self.interval.saturating_mul(WHOLE) / share,
        };
        self.due = self.due.max(now).saturating_add(cost);
    }

    /// Halves the rate and ends the burst, after a 429. Several 429s within a period are about the same requests and
    /// count once: returns whether this one counts.
    pub(crate) fn slow_down(&mut self, now: Duration) -> bool {
        if self.slowed.is_some_and(|slowed| now < slowed.saturating_add(self.rate.period)) {
            return false;
        }
        self.share = (self.share(now) / 2).max(TENTH);
        self.slowed = Some(now);
        self.begin_evenly(now);
        true
    }

    /// Allows no burst now.
    pub(crate) fn begin_evenly(&mut self, now: Duration) {
        self.due = self.due.max(now.saturating_add(self.tolerance));
    }

    /// Whether a new pacer would behave the same.
    pub(crate) fn is_as_new(&self, now: Duration) -> bool {
        self.due <= now && self.share(now) == WHOLE
    }

    /// The share of the rate that applies now.
    fn share(&self, now: Duration) -> u32 {
        let Some(slowed) = self.slowed else { return WHOLE };
        let periods = now.saturating_sub(slowed).as_nanos() * u128::from(TENTH) / self.rate.period.as_nanos().max(1);
        self.share.saturating_add(u32::try_from(periods).unwrap_or(WHOLE)).min(WHOLE)
    }

    /// How long that number of turns takes from `now` on, while the rate recovers.
    fn span(&self, turns: usize, now: Duration) -> Duration {
        const STEP: u32 = TENTH / 10;
        let mut share = self.share(now);
        let mut span = Duration::ZERO;
        // The remaining turns, at full speed.
        let mut rest = self.interval.saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX));
        let step = self.rate.period / (TENTH / STEP);
        while share < WHOLE {
            // Of the step that has this share at its middle.
            let middle = share + STEP / 2;
            let done = step.saturating_mul(middle) / WHOLE;
            let Some(more) = rest.checked_sub(done) else {
                return span.saturating_add(rest.saturating_mul(WHOLE) / middle);
            };
            (rest, span, share) = (more, span.saturating_add(step), share + STEP);
        }
        span.saturating_add(rest)
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

    /// Takes a turn, or tells how long to wait for it.
    fn take(pacer: &mut Pacer, now: Duration) -> Result<(), Duration> {
        let wait = pacer.turn(0, now).saturating_sub(now);
        if !wait.is_zero() {
            return Err(wait);
        }
        pacer.take(now);
        Ok(())
    }

    /// The times at which requests went out that were there as early as can be.
    fn greedy(pacer: &mut Pacer, from: Duration, until: Duration) -> Vec<Duration> {
        let (mut now, mut times) = (from, Vec::new());
        while now < until {
            match take(pacer, now) {
                Ok(()) => times.push(now),
                Err(wait) => now += wait,
            }
        }
        times
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_evenly() {
        let mut pacer = Pacer::new(Rate::at_most(10, ms(1000)).with_burst(3));
        let times = [0, 0, 0, 125, 250, 375, 500, 625, 750, 875, 1000, 1125].map(ms);
        assert_eq!(greedy(&mut pacer, ms(0), ms(1126)), times);
        // A pause gives the burst back, and no more than it.
        assert_eq!(greedy(&mut pacer, ms(9000), ms(9130)), [9000, 9000, 9000, 9125].map(ms));
    }

    #[test]
    fn a_burst_is_at_least_one_and_at_most_all() {
        for (rate, expected) in [
            (Rate::at_most(1, ms(10)), vec![0, 10, 20]),
            (Rate::at_most(0, ms(10)).with_burst(0), vec![0, 10, 20]),
            (Rate::at_most(2, ms(10)).with_burst(9), vec![0, 0, 10, 20]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(ms).collect();
            assert_eq!(greedy(&mut Pacer::new(rate), ms(0), ms(21)), expected, "{rate:?}");
        }
    }

    #[test]
    fn the_parts_of_a_rate_are_the_rate_at_most() {
        for (rate, parts, expected) in [
            (Rate::at_most(3000, ms(3000)).with_burst(500), 4, Rate::at_most(750, ms(3000))),
            (Rate::at_most(10, ms(1000)).with_burst(3), 3, Rate::at_most(3, ms(1000))),
            (Rate::at_most(10, ms(1000)), 25, Rate::at_most(1, ms(3000))),
            (Rate::at_most(1, ms(10_000)), 0, Rate::at_most(1, ms(10_000))),
        ] {
            assert_eq!(rate.divided(parts), expected, "{rate:?} {parts}");
        }
    }

    #[test]
    fn a_rate_that_is_shared_is_as_fast_and_has_half_its_burst() {
        let spacing = |rate| {
            let Spacing { interval, tolerance, lateness, period } = Spacing::of(rate);
            [interval, tolerance, lateness, period].map(|duration| duration.as_micros())
        };
        assert_eq!(spacing(Rate::at_most(3000, ms(3000)).with_burst(500)), [1_200, 299_280, 299_280, 3_000_000]);
        assert_eq!(spacing(Rate::at_most(10, ms(1000)).with_burst(3)), [125_000, 125_000, 125_000, 1_000_000]);
        // Without a burst there is no time to hear of a turn, so it is a tenth slower.
        assert_eq!(spacing(Rate::at_most(10, ms(1000))), [110_000, 0, 100_000, 1_000_000]);
        assert_eq!(spacing(Rate::at_most(u32::MAX, ms(1))), [1, 0, 100, 1_000]);
    }

    #[test]
    fn each_request_ahead_puts_the_turn_off_by_one() {
        let mut pacer = Pacer::new(Rate::at_most(10, ms(1000)).with_burst(3));
        let turns = |pacer: &Pacer, now| [0, 1, 2, 3, 99].map(|ahead| pacer.turn(ahead, now));
        assert_eq!(turns(&pacer, ms(0)), [0, 0, 0, 125, 12_125].map(ms));
        for _ in 0..3 {
            pacer.take(ms(0));
        }
        assert_eq!(turns(&pacer, ms(0)), [125, 250, 375, 500, 12_500].map(ms));
        // Those ahead who do not come hold up nobody: the turn stays where it was.
        assert_eq!(turns(&pacer, ms(400)), [125, 250, 375, 500, 12_500].map(ms));
    }

    #[test]
    fn turns_are_told_ahead_though_the_rate_comes_back() {
        for (rate, ahead) in [
            (Rate::at_most(3000, ms(3000)).with_burst(500), 9_000),
            (Rate::at_most(10, ms(1000)).with_burst(3), 40),
            (Rate::at_most(1, ms(10_000)), 5),
        ] {
            for slowed in 1..4 {
                let mut pacer = Pacer::new(rate);
                for time in 1..=slowed {
                    pacer.slow_down(rate.period * time);
                }
                let now = rate.period * slowed;
                let told = pacer.turn(ahead, now).saturating_sub(now).as_secs_f64();
                let mut time = now;
                for _ in 0..ahead {
                    time = pacer.turn(0, time).max(time);
                    pacer.take(time);
                }
                let took = pacer.turn(0, time).saturating_sub(now).as_secs_f64();
                // Rather too early than too late: who looks too early waits on, and nobody has its turn meanwhile.
                let share = told / took;
                assert!((0.8..1.01).contains(&share), "{rate:?}, slowed {slowed} times: {told} of {took}");
            }
        }
    }

    #[test]
    fn too_many_requests_slow_it_down_and_time_speeds_it_up() {
        let mut pacer = Pacer::new(Rate::at_most(10, ms(1000)).with_burst(5));
        // 6 intervals a second; the responses to what was in flight at the same time count once, and the burst is gone.
        pacer.slow_down(ms(1000));
        pacer.slow_down(ms(1500));
        let times = greedy(&mut pacer, ms(1000), ms(2000));
        assert_eq!(times.len(), 4, "{times:?}");
        assert_eq!(times[0], ms(1000));
        assert!(times[1] > times[0] + ms(250), "{times:?}");
        // Five periods later the whole rate is back.
        let times = greedy(&mut pacer, ms(7000), ms(8000));
        assert_eq!(times.len(), 10, "{times:?}");
        // It never stops altogether.
        for second in 10..100 {
            pacer.slow_down(ms(second * 1000));
        }
        assert_eq!(pacer.share, TENTH);
        assert_eq!(take(&mut pacer, ms(99_000)), Ok(()));
        assert_eq!(take(&mut pacer, ms(99_000)), Err(pacer.interval * 10));
        assert!(!greedy(&mut pacer, ms(99_001), ms(102_000)).is_empty());
    }

    #[test]
    fn the_longest_times_can_be_reckoned_with() {
        for (period, now) in [(Duration::MAX, Duration::ZERO), (Duration::MAX, Duration::MAX), (ms(0), Duration::MAX)] {
            let mut pacer = Pacer::new(Rate::at_most(u32::MAX, period).with_burst(u32::MAX));
            pacer.slow_down(now);
            assert_eq!(take(&mut pacer, now), Ok(()), "{period:?} {now:?}");
            assert!(pacer.turn(usize::MAX, now) >= pacer.turn(0, now));
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
            let mut pacer = Pacer::new(Rate::at_most(count, period).with_burst(burst));
            let (mut now, mut recent) = (Duration::ZERO, VecDeque::new());
            for (pause, requests, too_many) in events {
                now += ms(pause);
                if too_many {
                    pacer.slow_down(now);
                }
                for _ in 0..requests {
                    if take(&mut pacer, now).is_ok() {
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
