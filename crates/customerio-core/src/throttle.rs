//! What the calls of a client share: how fast they go out, how many at once, and the retries that they have left.

use std::{fmt, sync::Arc};

use crate::{
    Quota, TurnSource,
    budget::Budget,
    limits,
    pace::Rate,
    turn::{Allowed, Turns},
};

/// Keeps the calls of a client below the vendor's rate limits, bounds how many are in flight, and keeps an outage from
/// being multiplied by retries.
///
/// Every [`Client`](crate::Client) has one of its own, which its clones share. By default:
///
/// | [`Quota`] | at most | of these at once |
/// | --- | --- | --- |
/// | `Ingest` | 3000 in 3 seconds | 500 |
/// | `Send` | 3000 in 3 seconds | 500 |
/// | `App` | 10 in a second | 3 |
/// | `DesignStudio` | 5 in a second | 2 |
/// | `Broadcast` | 1 in 10 seconds, for each broadcast | 1 |
/// | all together | 256 in flight | 256 |
///
/// A call that has no turn waits for it within its deadline, first come, first served. If it could not have its turn in
/// time, by the rate, it fails at once; if too many requests are in flight until its deadline, it fails then. In both
/// cases it was not sent, and the [kind](crate::TransportErrorKind) of its error says why. A call that is dropped while
/// it waits makes way for the next.
///
/// After a 429 the rate is halved, and comes back by a tenth in each period without another.
///
/// A failed attempt may be retried while there is a reserve: it begins at 100, each retry takes one, and ten calls that
/// had a final response give one back. Then a call is still tried, but only once. A retry after a 429 takes none: the
/// service is there, and the rate has been halved.
///
/// A clone shares all this. Give one to several clients to hold them to it together, such as the Track client and the
/// Pipelines client of a workspace. Their transports may have different monotonic clocks, as long as they have the same
/// wall clock.
///
/// # Several processes
///
/// The vendor counts the calls of a workspace, from whatever process they come. Where several send, such as the replicas of
/// a service, give each a part of the rates by [`with_rate`](Self::with_rate), or share them: `SharedThrottle` of
/// `customerio-delivery` (feature `postgres`) keeps one pace for all processes that use the same PostgreSQL, and a busy
/// process has what an idle one leaves. [`shared`](Self::shared) is what it is made of.
///
/// ```
/// use std::time::Duration;
/// use customerio_core::{Quota, Rate, Throttle};
///
/// let throttle = Throttle::default()
///     .with_rate(Quota::App, Rate::at_most(50, Duration::from_secs(1))) // the vendor raised it
///     .with_rate(Quota::Ingest, None) // paced elsewhere
///     .with_concurrency(64) // a small machine
///     .with_retry_reserve(20);
/// assert_eq!(throttle.concurrency(), Some(64));
/// ```
#[doc(alias = "rate limit")]
#[doc(alias = "throttling")]
#[doc(alias = "concurrency limit")]
#[doc(alias = "semaphore")]
#[derive(Clone)]
pub struct Throttle {
    turns: Arc<Turns>,
}

impl Default for Throttle {
    fn default() -> Self {
        let mut allowed = Allowed::default();
        allowed.set_rate(Quota::Ingest, Some(limits::INGEST_RATE));
        allowed.set_rate(Quota::Send, Some(limits::SEND_RATE));
        allowed.set_rate(Quota::Broadcast, Some(limits::BROADCAST_RATE));
        allowed.set_rate(Quota::App, Some(limits::APP_RATE));
        allowed.set_rate(Quota::DesignStudio, Some(limits::DESIGN_STUDIO_RATE));
        allowed.concurrency = Some(limits::CONCURRENCY);
        Self::of(allowed, Some(Budget::new(100)))
    }
}

impl Throttle {
    /// No rate, any number of requests in flight, and no end of retries: for programs that see to these elsewhere.
    #[must_use]
    pub fn off() -> Self {
        Self::of(Allowed::default(), None)
    }

    /// The throttle with turns that are granted from outside, for each rate that it has, and the [`TurnSource`] that says
    /// which: so several processes keep to one rate together. Nobody shares it yet: clones that were made before keep what
    /// they had, and so does a throttle that is made of this one by another `with_rate`.
    ///
    /// `customerio-delivery` has a driver for it, over PostgreSQL; this is for one over another service. Calls wait, in the
    /// order in which they came and within their deadlines, until turns are granted. A turn must be used near its place in
    /// the line of all processes, else it is over, and another is asked for. For that, half of a rate's burst is given up; a
    /// rate without a burst is a tenth slower.
    ///
    /// Where there is nobody to grant turns, each process goes on at the rate divided by `processes` (0 counts as 1), without
    /// a burst: say how many there are at most. The rate of broadcasts, the limit of requests in flight and the reserve of
    /// retries stay those of the process.
    ///
    /// ```
    /// use std::{task::{Context, Poll, Waker}, time::Duration};
    /// use customerio_core::{
    ///     CallOptions, Endpoint, Exchange, Grant, Moment, Region, Step, Throttle, track::Delete,
    /// };
    ///
    /// let (throttle, mut source) = Throttle::default().shared(4);
    /// let options = CallOptions::default().with_throttle(throttle);
    /// # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 4 };
    /// let endpoint = Endpoint::track(Region::Us, "site", "key")?;
    /// let mut call = Exchange::new(&endpoint, Delete::new("42"), &options, &now)?;
    /// assert!(matches!(call.step(&now), Step::Wait(_)));
    ///
    /// let mut context = Context::from_waker(Waker::noop());
    /// let Poll::Ready(Some(mut demand)) = source.poll_demand(&mut context, &now) else { panic!("it wants a turn") };
    /// assert_eq!((demand.turns(), demand.interval()), (1, Duration::from_micros(1_200)));
    /// // Ask where all processes ask: the first place was free.
    /// let took = Duration::from_millis(1);
    /// demand.grant(Grant { starts_in: Duration::ZERO, interval: demand.interval(), took }, &now);
    /// assert!(matches!(call.step(&now), Step::Send(_)));
    /// # Ok::<(), customerio_core::Error>(())
    /// ```
    #[must_use]
    #[doc(alias = "account")]
    #[doc(alias = "distributed rate limit")]
    pub fn shared(self, processes: u32) -> (Self, TurnSource) {
        let budget = self.turns.budget().map(Budget::anew);
        let turns = Arc::new(Turns::shared(self.turns.allowed().clone(), budget, processes));
        let source = TurnSource::of(&turns);
        (Self { turns }, source)
    }

    fn of(allowed: Allowed, budget: Option<Budget>) -> Self {
        Self { turns: Arc::new(Turns::new(allowed, budget)) }
    }

    /// The throttle with another rate for `quota`, or none. Nobody shares it yet: clones that were made before keep what
    /// they had.
    #[must_use]
    pub fn with_rate(self, quota: Quota, rate: impl Into<Option<Rate>>) -> Self {
        let mut allowed = self.turns.allowed().clone();
        allowed.set_rate(quota, rate.into());
        self.anew(allowed)
    }

    /// The throttle with another limit of requests in flight, of all quotas together, or none; 0 counts as 1. Nobody
    /// shares it yet: clones that were made before keep what they had. Default: 256.
    ///
    /// A request is in flight from its [`Step::Send`](crate::Step::Send) until its response was received, or its call was
    /// dropped. A batch is one request. Over HTTP/1.1 each has a connection, and with it a file descriptor, of which a
    /// process often has 1,024. With 256 in flight the rates can be used up as long as a response takes less than a
    /// quarter of a second.
    ///
    /// A future that has begun and is not polled any more keeps its place: with more such futures than places, such as
    /// those of a large `buffer_unordered`, a call between them waits for its deadline.
    #[must_use]
    #[doc(alias = "in flight")]
    pub fn with_concurrency(self, requests: impl Into<Option<usize>>) -> Self {
        let mut allowed = self.turns.allowed().clone();
        allowed.concurrency = requests.into().map(|requests| requests.max(1));
        self.anew(allowed)
    }

    /// The throttle with another reserve of retries, or no end of them. Nobody shares it yet: clones that were made
    /// before keep what they had.
    #[must_use]
    pub fn with_retry_reserve(self, retries: impl Into<Option<u32>>) -> Self {
        Self::of(self.turns.allowed().clone(), retries.into().map(Budget::new))
    }

    /// The most requests that are in flight at once, if there is a limit.
    #[must_use]
    pub fn concurrency(&self) -> Option<usize> {
        self.turns.allowed().concurrency
    }

    /// The same reserve, and what is allowed, with nothing taken from either.
    fn anew(&self, allowed: Allowed) -> Self {
        Self::of(allowed, self.turns.budget().map(Budget::anew))
    }

    pub(crate) const fn turns(&self) -> &Arc<Turns> {
        &self.turns
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Throttle").field(&self.turns).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        Moment,
        turn::{LaneId, Turn},
    };

    fn take_retry(throttle: &Throttle) -> bool {
        throttle.turns().take_retry()
    }

    fn answered(throttle: &Throttle) {
        throttle.turns().answered();
    }

    #[test]
    fn retries_end_and_come_back_with_what_is_answered() {
        let throttle = Throttle::off().with_retry_reserve(2);
        // A full reserve takes no more.
        answered(&throttle);
        assert!(take_retry(&throttle) && take_retry(&throttle));
        assert!(!take_retry(&throttle));
        for _ in 0..9 {
            answered(&throttle);
        }
        assert!(!take_retry(&throttle));
        answered(&throttle);
        assert!(take_retry(&throttle.clone()), "a clone shares the reserve");
        assert!(!take_retry(&throttle));

        assert!(!take_retry(&Throttle::default().with_retry_reserve(0)));
        assert!((0..1000).all(|_| take_retry(&Throttle::off())));
        let throttle = Throttle::default();
        assert_eq!((0..1000).filter(|_| take_retry(&throttle)).count(), 100);
        // Another rate begins the reserve anew, as large as it was.
        let other = throttle.with_rate(Quota::App, None);
        assert_eq!((0..1000).filter(|_| take_retry(&other)).count(), 100);
    }

    /// How many of these calls go out at `ms` milliseconds, if each that goes out ends at once.
    fn go(throttle: &Throttle, quota: Quota, ms: u64, calls: usize) -> usize {
        let time = Duration::from_millis(ms);
        let now = Moment { monotonic: time, since_epoch: time, random: 0 };
        let request = http::Request::new(());
        (0..calls).filter(|_| Turn::new(throttle.turns(), LaneId::of(quota, &request)).take(&now).is_ok()).count()
    }

    #[test]
    fn the_documented_rates_are_the_default() {
        let throttle = Throttle::default();
        for (quota, at_once, period, count) in [
            (Quota::Ingest, 500, 3, 3000),
            (Quota::Send, 500, 3, 3000),
            (Quota::App, 3, 1, 10),
            (Quota::Broadcast, 1, 10, 1),
        ] {
            assert_eq!(go(&throttle, quota, 0, 9999), at_once, "{quota:?}");
            let rest = (1..period * 1000).map(|ms| go(&throttle, quota, ms, 1)).sum::<usize>();
            // Driven once a millisecond, a rate of nearly that misses some of its turns.
            assert!(at_once + rest <= count && (at_once + rest) * 10 >= count * 9, "{quota:?}: {rest}");
        }
    }

    #[test]
    fn it_shows_what_it_holds_calls_to() {
        let shown = format!("{:?}", Throttle::off().with_rate(Quota::App, limits::APP_RATE).with_retry_reserve(7));
        assert!(
            shown.starts_with(
                "Throttle(Turns { allowed: Allowed { rates: [None, None, Some(Rate { count: 10, period: 1s, \
                 burst: 3 }), None, None, None], concurrency: None }, in_flight: 0, waiting: 0, budget: Some(Budget { most: 70,"
            ),
            "{shown}"
        );
    }

    #[test]
    fn each_quota_has_its_own_rate_or_none() {
        let throttle = Throttle::off().with_rate(Quota::App, Rate::at_most(1, Duration::from_secs(1)));
        assert_eq!(go(&throttle, Quota::Ingest, 0, 99), 99);
        assert_eq!(go(&throttle, Quota::App, 0, 1), 1);
        assert_eq!(go(&throttle.clone(), Quota::App, 0, 1), 0, "a clone shares it");
        let other = throttle.clone().with_rate(Quota::Send, limits::SEND_RATE);
        assert_eq!(go(&other, Quota::App, 0, 1), 1, "and this is another");
        assert_eq!(go(&other.with_rate(Quota::App, None), Quota::App, 0, 99), 99);
    }

    #[test]
    fn what_is_changed_leaves_the_rest_as_it_was() {
        assert_eq!(Throttle::default().concurrency(), Some(256));
        assert_eq!(Throttle::off().concurrency(), None);
        for (concurrency, expected) in [(Some(0), Some(1)), (Some(7), Some(7)), (None, None)] {
            let throttle = Throttle::default().with_concurrency(concurrency);
            let throttle = throttle.with_rate(Quota::App, None).with_retry_reserve(3);
            assert_eq!(throttle.concurrency(), expected);
            assert_eq!(go(&throttle, Quota::Send, 0, 999), 500);
            assert_eq!((0..99).filter(|_| take_retry(&throttle)).count(), 3);
        }
    }
}
