//! What the calls of a client share: the rates at which they go out, and the repeats that they have left.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use crate::{
    Quota, limits,
    pace::{Pacer, Rate},
};

/// Keeps the calls of a client below the vendor's rate limits, and an outage from being multiplied by repeats.
///
/// Every [`Client`](crate::Client) has one of its own, which its clones share. By default:
///
/// | [`Quota`] | at most | of these at once |
/// | --- | --- | --- |
/// | `Ingest` | 3000 in 3 seconds | 500 |
/// | `Send` | 3000 in 3 seconds | 500 |
/// | `App` | 10 in a second | 3 |
/// | `Broadcast` | 1 in 10 seconds | 1 |
///
/// A call that has no turn waits for it, within its deadline; one that could not have its turn in time fails at once,
/// and was not sent. After a 429 the rate is halved, and comes back by a tenth in each period without another.
///
/// A failed attempt may be repeated while there is a reserve: it begins at 100, each repeat takes one, and ten calls that
/// were answered for good give one back. Then a call is still tried, but only once. A repeat after a 429 takes none: the
/// service is there, and the rate has been halved.
///
/// A clone shares the rates and the reserve. Give one to several clients to pace them together, such as the Track client
/// and the Pipelines client of a workspace; their transports must have the same clock, as the clones of one have.
///
/// ```
/// use std::time::Duration;
/// use customerio_core::{Quota, Rate, Throttle};
///
/// let throttle = Throttle::default()
///     .with_rate(Quota::App, Rate::at_most(50, Duration::from_secs(1))) // the vendor raised it
///     .with_rate(Quota::Ingest, None) // paced elsewhere
///     .with_retry_reserve(20);
/// # let _ = throttle;
/// ```
#[doc(alias = "rate limit")]
#[doc(alias = "throttling")]
#[derive(Clone)]
pub struct Throttle {
    shared: Arc<Shared>,
}

struct Shared {
    pacers: [Option<Arc<Pacer>>; 4],
    budget: Option<Budget>,
}

/// The place of a quota's pacer.
const fn index(quota: Quota) -> usize {
    match quota {
        Quota::Ingest => 0,
        Quota::Send => 1,
        Quota::Broadcast => 2,
        Quota::App => 3,
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self::off()
            .with_rate(Quota::Ingest, limits::INGEST_RATE)
            .with_rate(Quota::Send, limits::SEND_RATE)
            .with_rate(Quota::Broadcast, limits::BROADCAST_RATE)
            .with_rate(Quota::App, limits::APP_RATE)
            .with_retry_reserve(100)
    }
}

impl Throttle {
    /// No rate, and no end of repeats: for programs that see to both elsewhere.
    #[must_use]
    pub fn off() -> Self {
        Self { shared: Arc::new(Shared { pacers: [const { None }; 4], budget: None }) }
    }

    /// The throttle with another rate for `quota`, or none. Nobody shares it yet: clones that were made before keep the
    /// rate that they had.
    #[must_use]
    pub fn with_rate(self, quota: Quota, rate: impl Into<Option<Rate>>) -> Self {
        let mut shared = self.anew();
        shared.pacers[index(quota)] = rate.into().map(|rate| Arc::new(Pacer::new(rate)));
        Self { shared: Arc::new(shared) }
    }

    /// The throttle with another reserve of repeats, or no end of them. Nobody shares it yet: clones that were made
    /// before keep the reserve that they had.
    #[must_use]
    pub fn with_retry_reserve(self, repeats: impl Into<Option<u32>>) -> Self {
        let mut shared = self.anew();
        shared.budget = repeats.into().map(Budget::new);
        Self { shared: Arc::new(shared) }
    }

    /// The same rates and the same reserve, with nothing taken from them.
    fn anew(&self) -> Shared {
        let Shared { pacers, budget } = &*self.shared;
        let pacers = pacers.each_ref().map(|pacer| pacer.as_ref().map(|pacer| Arc::new(Pacer::new(pacer.rate()))));
        Shared { pacers, budget: budget.as_ref().map(|budget| Budget::new(budget.most / REPEAT)) }
    }

    /// The server said that there were too many.
    pub(crate) fn slow_down(&self, quota: Quota, now: Duration) {
        if let Some(pacer) = self.pacer(quota) {
            pacer.slow_down(now);
        }
    }

    pub(crate) fn pacer(&self, quota: Quota) -> Option<&Arc<Pacer>> {
        self.shared.pacers[index(quota)].as_ref()
    }

    /// Takes a repeat out of the reserve, if there is one.
    pub(crate) fn take_repeat(&self) -> bool {
        self.shared.budget.as_ref().is_none_or(Budget::take)
    }

    /// A call was answered for good.
    pub(crate) fn answered(&self) {
        if let Some(budget) = &self.shared.budget {
            budget.give();
        }
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { pacers, budget } = &*self.shared;
        f.debug_struct("Throttle").field("pacers", pacers).field("budget", budget).finish()
    }
}

/// The reserve of repeats, in tenths.
#[derive(Debug)]
struct Budget {
    most: u32,
    left: AtomicU32,
}

const REPEAT: u32 = 10;

impl Budget {
    fn new(repeats: u32) -> Self {
        let most = repeats.saturating_mul(REPEAT);
        Self { most, left: AtomicU32::new(most) }
    }

    fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(REPEAT)).is_ok()
    }

    fn give(&self) {
        // Nothing to write while the reserve is full, which it is as long as all goes well.
        let more = |left| (left < self.most).then_some(left + 1);
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_end_and_come_back_with_what_is_answered() {
        let throttle = Throttle::off().with_retry_reserve(2);
        // A full reserve takes no more.
        throttle.answered();
        assert!(throttle.take_repeat() && throttle.take_repeat());
        assert!(!throttle.take_repeat());
        for _ in 0..9 {
            throttle.answered();
        }
        assert!(!throttle.take_repeat());
        throttle.answered();
        assert!(throttle.clone().take_repeat(), "a clone shares the reserve");
        assert!(!throttle.take_repeat());

        assert!(!Throttle::default().with_retry_reserve(0).take_repeat());
        assert!((0..1000).all(|_| Throttle::off().take_repeat()));
        let throttle = Throttle::default();
        assert_eq!((0..1000).filter(|_| throttle.take_repeat()).count(), 100);
        // Another rate begins the reserve anew, as large as it was.
        let other = throttle.with_rate(Quota::App, None);
        assert_eq!((0..1000).filter(|_| other.take_repeat()).count(), 100);
    }

    #[test]
    fn the_documented_rates_are_the_default() {
        let (throttle, now) = (Throttle::default(), Duration::from_secs(5));
        for (quota, at_once, period, count) in [
            (Quota::Ingest, 500, 3, 3000),
            (Quota::Send, 500, 3, 3000),
            (Quota::App, 3, 1, 10),
            (Quota::Broadcast, 1, 10, 1),
        ] {
            let pacer = throttle.pacer(quota).unwrap();
            assert_eq!((0..9999).filter(|_| pacer.take(now, None).is_ok()).count(), at_once, "{quota:?}");
            let rest = (1..period * 1000).filter(|ms| pacer.take(now + Duration::from_millis(*ms), None).is_ok());
            // Driven once a millisecond, a rate of nearly that misses some of its turns.
            let rest = rest.count();
            assert!(at_once + rest <= count && (at_once + rest) * 10 >= count * 9, "{quota:?}: {rest}");
        }
    }

    #[test]
    fn it_shows_what_it_holds_calls_to() {
        let shown = format!("{:?}", Throttle::off().with_rate(Quota::App, limits::APP_RATE).with_retry_reserve(7));
        assert!(
            shown.starts_with("Throttle { pacers: [None, None, None, Some(Pacer { rate: Rate { count: 10,"),
            "{shown}"
        );
        assert!(shown.contains("budget: Some(Budget { most: 70,"), "{shown}");
    }

    #[test]
    fn each_quota_has_its_own_rate_or_none() {
        let throttle = Throttle::off().with_rate(Quota::App, Rate::at_most(1, Duration::from_secs(1)));
        assert!(throttle.pacer(Quota::Ingest).is_none());
        assert_eq!(throttle.pacer(Quota::App).unwrap().take(Duration::ZERO, None), Ok(()));
        assert!(throttle.clone().pacer(Quota::App).unwrap().take(Duration::ZERO, None).is_err(), "a clone shares it");
        let other = throttle.clone().with_rate(Quota::Send, limits::SEND_RATE);
        assert_eq!(other.pacer(Quota::App).unwrap().take(Duration::ZERO, None), Ok(()), "and this is another");
        assert!(other.with_rate(Quota::App, None).pacer(Quota::App).is_none());
    }
}
