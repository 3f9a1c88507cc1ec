//! The throttle: what the calls of a client share to stay below rate limits.

use std::{fmt, sync::Arc};

use crate::{
    Quota, TurnSource,
    budget::Budget,
    limits,
    pace::Rate,
    turn::{Allowed, Turns},
};

/// Keeps the calls of a client below the vendor's rate limits, bounds the requests in flight, and limits retries, so
/// that an outage is not made worse.
///
/// Every [`Client`](crate::Client) has its own throttle, which its clones share. By default:
///
/// | [`Quota`] | limit | burst |
/// | --- | --- | --- |
/// | `Ingest` | 3000 in 3 seconds | 500 |
/// | `Send` | 3000 in 3 seconds | 500 |
/// | `App` | 10 in a second | 3 |
/// | `DesignStudio` | 5 in a second | 2 |
/// | `Broadcast` | 1 in 10 seconds, for each broadcast | 1 |
/// | all together | 256 in flight | 256 |
///
/// A call waits for its turn within its deadline, first come, first served. If the rate cannot give it a turn in time,
/// it fails at once. If too many requests are in flight until its deadline, it fails then. In both cases the request
/// was not sent, and the [kind](crate::TransportErrorKind) of the error says why. A call that is dropped while it waits
/// lets the next one go.
///
/// After a 429 the rate is halved. Each period without another 429 gives back a tenth of it.
///
/// A failed attempt is retried while the retry budget lasts. The budget begins at 100 retries; each retry takes one,
/// and ten calls with a final response give one back. When it is spent, each call is attempted once. A retry after a
/// 429 takes none: the service is reachable, and the rate has been halved.
///
/// A clone shares all of this. Give clones to several clients to limit them together, such as the Track client and the
/// Pipelines client of a workspace. Their transports may have different monotonic clocks, but must have the same wall
/// clock.
///
/// # Several processes
///
/// Customer.io counts the calls of a workspace across all processes. If several processes send, such as the replicas of
/// a service, give each a part of the rates with [`with_rate`](Self::with_rate), or share the rates: `SharedThrottle`
/// of `customerio-delivery` (feature `postgres`) paces all processes that use the same PostgreSQL together, and a busy
/// process gets what an idle one does not use. To share them over another service, use [`shared`](Self::shared).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::Duration;
/// use customerio::retry::{Quota, Rate, Throttle};
///
/// let throttle = Throttle::default()
///     .with_rate(Quota::App, Rate::at_most(50, Duration::from_secs(1))) // the vendor raised it
///     .with_rate(Quota::Ingest, None) // paced elsewhere
///     .with_concurrency(64) // a small machine
///     .with_retry_budget(20);
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
    /// Limits nothing: no rate, any number of requests in flight, and unlimited retries. For programs that limit calls
    /// elsewhere.
    #[must_use]
    pub fn off() -> Self {
        Self::of(Allowed::default(), None)
    }

    /// Takes the turns at each rate from outside, so that several processes share one rate. Returns the throttle, and
    /// the [`TurnSource`] that says which turns it needs. Clones made earlier are not changed, and neither is a
    /// throttle made from this one by `with_rate`.
    ///
    /// `customerio-delivery` has a driver over PostgreSQL; use this method to write one over another service. Calls
    /// wait in the order of their arrival, within their deadlines, until turns are granted. A turn must be used close
    /// to its place in the schedule of all processes. Otherwise it expires, and another is requested. This uses up half
    /// of a rate's burst; a rate without a burst gets a tenth slower.
    ///
    /// While no turns can be granted, each process continues at the rate divided by `processes` (0 counts as 1),
    /// without a burst, so pass the maximum number of processes. The rate of broadcasts, the limit of requests in
    /// flight and the retry budget stay per process.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use std::{
    ///     task::{Context, Poll, Waker},
    ///     time::Duration,
    /// };
    /// use customerio::{
    ///     CallOptions, Endpoint, Region, retry::{Grant, Throttle}, track::Delete,
    ///     transport::{Exchange, Moment, Step},
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
    /// let Poll::Ready(Some(mut demand)) = source.poll_demand(&mut context, &now) else {
    ///     panic!("it wants a turn")
    /// };
    /// assert_eq!((demand.turns(), demand.interval()), (1, Duration::from_micros(1_200)));
    /// // Ask where all processes ask: the first place was free.
    /// let took = Duration::from_millis(1);
    /// demand.grant(Grant { starts_in: Duration::ZERO, interval: demand.interval(), took }, &now);
    /// assert!(matches!(call.step(&now), Step::Send(_)));
    /// # Ok::<(), customerio::Error>(())
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

    /// Sets the rate of `quota`, or removes its limit with `None`. Returns a new throttle: clones made earlier keep
    /// their own rates.
    #[must_use]
    pub fn with_rate(self, quota: Quota, rate: impl Into<Option<Rate>>) -> Self {
        let mut allowed = self.turns.allowed().clone();
        allowed.set_rate(quota, rate.into());
        self.anew(allowed)
    }

    /// Sets the maximum number of requests in flight, over all quotas, or removes the limit with `None`. 0 counts as 1;
    /// the default is 256. Returns a new throttle: clones made earlier keep their own limit.
    ///
    /// A request is in flight from its [`Step::Send`](crate::Step::Send) until its response was received or its call
    /// was dropped. A batch is one request. Over HTTP/1.1 each request in flight has a connection and a file
    /// descriptor, of which a process often has 1,024. With 256 in flight the default rates can be reached if a
    /// response takes less than a quarter of a second.
    ///
    /// A future that was polled once and is not polled again keeps its place. If there are more such futures than
    /// places, such as in a large `buffer_unordered`, a call that waits behind them fails at its deadline.
    #[must_use]
    #[doc(alias = "in flight")]
    pub fn with_concurrency(self, requests: impl Into<Option<usize>>) -> Self {
        let mut allowed = self.turns.allowed().clone();
        allowed.concurrency = requests.into().map(|requests| requests.max(1));
        self.anew(allowed)
    }

    /// Sets the retry budget, or removes its limit with `None`. Returns a new throttle: clones made earlier keep their
    /// own budget.
    #[must_use]
    pub fn with_retry_budget(self, retries: impl Into<Option<u32>>) -> Self {
        Self::of(self.turns.allowed().clone(), retries.into().map(Budget::new))
    }

    /// The maximum number of requests in flight, if there is a limit.
    #[must_use]
    pub fn concurrency(&self) -> Option<usize> {
        self.turns.allowed().concurrency
    }

    /// A throttle with the same retry budget and these limits, with nothing taken from either.
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

    fn responded(throttle: &Throttle) {
        throttle.turns().responded();
    }

    #[test]
    fn retries_end_and_come_back_with_final_responses() {
        let throttle = Throttle::off().with_retry_budget(2);
        // A full reserve takes no more.
        responded(&throttle);
        assert!(take_retry(&throttle) && take_retry(&throttle));
        assert!(!take_retry(&throttle));
        for _ in 0..9 {
            responded(&throttle);
        }
        assert!(!take_retry(&throttle));
        responded(&throttle);
        assert!(take_retry(&throttle.clone()), "a clone shares the reserve");
        assert!(!take_retry(&throttle));

        assert!(!take_retry(&Throttle::default().with_retry_budget(0)));
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
        let shown = format!("{:?}", Throttle::off().with_rate(Quota::App, limits::APP_RATE).with_retry_budget(7));
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
            let throttle = throttle.with_rate(Quota::App, None).with_retry_budget(3);
            assert_eq!(throttle.concurrency(), expected);
            assert_eq!(go(&throttle, Quota::Send, 0, 999), 500);
            assert_eq!((0..99).filter(|_| take_retry(&throttle)).count(), 3);
        }
    }
}
