//! The turns of calls: a call waits for its turn before it sends a request.

mod shared;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use http::Request;

use crate::{
    Moment, Quota, TransportErrorKind,
    budget::Budget,
    endpoint::X_WORKSPACE_ID,
    lane::{Lane, Waiter, WaitsFor},
    pace::Rate,
    timeline::Timeline,
};

/// The limits: a rate for each quota, and a maximum number of requests in flight.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    rates: [Option<Rate>; 6],
    pub(crate) concurrency: Option<usize>,
}

impl Allowed {
    pub(crate) const fn rate(&self, quota: Quota) -> Option<Rate> {
        self.rates[index(quota)]
    }

    pub(crate) const fn set_rate(&mut self, quota: Quota, rate: Option<Rate>) {
        self.rates[index(quota)] = rate;
    }
}

/// The index of a quota's rate and of its lane. Broadcasts come last, because they have several lanes.
const fn index(quota: Quota) -> usize {
    match quota {
        Quota::Ingest => 0,
        Quota::Send => 1,
        Quota::App => 2,
        Quota::DesignStudio => 3,
        Quota::ArchivedMessages => 4,
        Quota::Broadcast => 5,
    }
}

/// Identifies the calls that are paced together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaneId {
    quota: Quota,
    /// Which broadcast, as a hash.
    broadcast: u64,
}

impl LaneId {
    /// The lane of a request that counts against `quota`: each broadcast has one.
    pub(crate) fn of<B>(quota: Quota, request: &Request<B>) -> Self {
        let broadcast = if quota == Quota::Broadcast {
            // Two broadcasts with the same hash wait for each other, which does no other harm.
            let mut hasher = DefaultHasher::new();
            (request.uri(), request.headers().get(X_WORKSPACE_ID)).hash(&mut hasher);
            hasher.finish()
        } else {
            0
        };
        Self { quota, broadcast }
    }
}

/// How long a call waits before it checks for its turn again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) duration: Duration,
    /// The turn comes no sooner than this.
    pub(crate) at_least: Duration,
    /// What the call waits for.
    pub(crate) kind: TransportErrorKind,
}

impl Wait {
    const fn for_slot(duration: Duration) -> Self {
        Self { duration, at_least: Duration::ZERO, kind: TransportErrorKind::TooManyInFlight }
    }
}

/// How long the first in line sleeps before it checks whether a request in flight has ended, if nothing can wake it.
const NAP: Duration = Duration::from_millis(50);

/// How long it sleeps if something can wake it. The check is for sleeps that nothing interrupts.
const LONG_NAP: Duration = Duration::from_secs(1);

/// The number of broadcasts from which on those are forgotten that no longer delay their next trigger.
const BROADCASTS: usize = 64;

/// Lets calls through in the order of their arrival, each when its rate and the number of requests in flight allow it.
///
/// A call that does not check when its turn comes holds up nobody: the next that checks takes the turn.
pub(crate) struct Turns {
    allowed: Allowed,
    budget: Option<Budget>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    timeline: Timeline,
    next_ticket: u64,
    /// The requests in flight, and the calls that may send as soon as they check.
    in_flight: usize,
    /// The calls that wait for a request in flight to end, by ticket. The line is empty unless all places are taken.
    line: VecDeque<(u64, LaneId)>,
    lanes: [Lane; 5],
    broadcasts: BTreeMap<u64, Lane>,
    most_broadcasts: usize,
    /// Wakes the task that requests grants, if one waits, where turns are granted from outside.
    source: Option<Waker>,
    concurrency: Option<usize>,
}

/// The quotas of the lanes.
const QUOTAS: [Quota; 5] = [Quota::Ingest, Quota::Send, Quota::App, Quota::DesignStudio, Quota::ArchivedMessages];

impl Turns {
    pub(crate) fn new(allowed: Allowed, budget: Option<Budget>) -> Self {
        let lanes = QUOTAS.map(|quota| Lane::new(allowed.rate(quota)));
        Self::with_lanes(allowed, budget, lanes)
    }

    fn with_lanes(allowed: Allowed, budget: Option<Budget>, lanes: [Lane; 5]) -> Self {
        let state = State {
            timeline: Timeline::default(),
            next_ticket: 0,
            in_flight: 0,
            line: VecDeque::new(),
            lanes,
            broadcasts: BTreeMap::new(),
            most_broadcasts: BROADCASTS,
            source: None,
            concurrency: allowed.concurrency,
        };
        Self { allowed, budget, state: Mutex::new(state) }
    }

    pub(crate) const fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    pub(crate) const fn budget(&self) -> Option<&Budget> {
        self.budget.as_ref()
    }

    /// Takes a retry out of the budget, if one is left.
    pub(crate) fn take_retry(&self) -> bool {
        self.budget.as_ref().is_none_or(Budget::take)
    }

    /// Records a call with a final response.
    pub(crate) fn responded(&self) {
        if let Some(budget) = &self.budget {
            budget.give();
        }
    }

    /// Lowers the rate after a 429.
    pub(crate) fn slow_down(&self, id: LaneId, moment: &Moment) {
        let Some(rate) = self.allowed.rate(id.quota) else { return };
        let mut state = self.state();
        let now = state.timeline.at(moment);
        state.lane(id, Some(rate), now).slow_down(now);
        let called = [state.call_source(), None];
        drop(state);
        Loose { called, gone: None }.wake();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lane(&mut self, id: LaneId, rate: Option<Rate>, now: Duration) -> &mut Lane {
        if let Some(lane) = self.lanes.get_mut(index(id.quota)) {
            return lane;
        }
        if self.broadcasts.len() >= self.most_broadcasts {
            self.broadcasts.retain(|_, lane| !lane.is_as_new(now));
            self.most_broadcasts = BROADCASTS.max(self.broadcasts.len() * 2);
        }
        self.broadcasts.entry(id.broadcast).or_insert_with(|| Lane::new(rate))
    }

    /// The lane of a call that waits.
    fn lane_of_waiter(&mut self, id: LaneId) -> Option<&mut Lane> {
        self.lanes.get_mut(index(id.quota)).or_else(|| self.broadcasts.get_mut(&id.broadcast))
    }

    /// Takes the turn of `ticket`, or makes it wait.
    fn take(&mut self, id: LaneId, ticket: u64, now: Duration, allowed: &Allowed) -> (Result<(), Wait>, Loose) {
        let rate = allowed.rate(id.quota);
        let has_room = allowed.concurrency.is_none_or(|most| self.in_flight < most);
        let lane = self.lane(id, rate, now);
        let turn = lane.turn(ticket, now);
        let has_turn = turn <= now;
        let waited_for = lane.get(ticket).map(|waiter| waiter.waits_for);
        let is_counted = waited_for == Some(WaitsFor::Nothing);
        if has_turn && (has_room || is_counted) {
            let gone = waited_for.and_then(|_| lane.leave(ticket));
            lane.take(now);
            let first = lane.call_first(now);
            self.in_flight += usize::from(!is_counted);
            return (Ok(()), Loose { called: [first, self.call_source()], gone });
        }
        if waited_for.is_none() {
            let waits_for = WaitsFor::Rate;
            lane.join(Waiter { ticket, waits_for, until: turn, is_called: false, waker: None });
            self.next_ticket += 1;
        }
        let (waits_for, called) = if has_turn {
            if waited_for != Some(WaitsFor::Slot) {
                self.line.insert(self.place_in_line(ticket), (ticket, id));
            }
            (WaitsFor::Slot, None)
        } else {
            (WaitsFor::Rate, self.leave_line(ticket, waited_for))
        };
        let mut has_waker = false;
        if let Some(waiter) = self.lane(id, rate, now).get(ticket) {
            (waiter.waits_for, waiter.until, waiter.is_called) = (waits_for, turn, false);
            has_waker = waiter.waker.is_some();
        }
        let wait = if turn == Duration::MAX {
            // A task that requests grants may have to be woken; a grant wakes the calls that wait.
            let at_least = self.lane(id, rate, now).at_least(ticket, now);
            let nap = if has_waker { LONG_NAP } else { NAP };
            Wait { duration: nap.max(at_least), at_least, kind: TransportErrorKind::Throttled }
        } else if !has_turn {
            let duration = turn.saturating_sub(now);
            Wait { duration, at_least: duration, kind: TransportErrorKind::Throttled }
        } else if has_waker {
            Wait::for_slot(LONG_NAP)
        } else {
            // All places must become free this often before one is free for this call.
            let rounds = self.place_in_line(ticket) / allowed.concurrency.unwrap_or(usize::MAX);
            Wait::for_slot(NAP.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX).saturating_add(1)))
        };
        (Err(wait), Loose { called: [called, self.call_source()], gone: None })
    }

    /// How many calls are before `ticket` in the line for a place.
    fn place_in_line(&self, ticket: u64) -> usize {
        self.line.partition_point(|(other, _)| *other < ticket)
    }

    /// Leaves the line for a place, or passes the place on if there was one.
    fn leave_line(&mut self, ticket: u64, waited_for: Option<WaitsFor>) -> Option<Waker> {
        match waited_for {
            Some(WaitsFor::Slot) => {
                self.line.remove(self.place_in_line(ticket));
                None
            }
            Some(WaitsFor::Nothing) => self.end_one(),
            Some(WaitsFor::Rate) | None => None,
        }
    }

    /// Ends a request in flight: the first in line may send.
    fn end_one(&mut self) -> Option<Waker> {
        while let Some((ticket, id)) = self.line.pop_front() {
            if let Some(waiter) = self.lane_of_waiter(id).and_then(|lane| lane.get(ticket)) {
                waiter.waits_for = WaitsFor::Nothing;
                return waiter.call();
            }
        }
        self.in_flight -= 1;
        self.call_source()
    }

    /// Wakes the task that requests grants, if there is something to request.
    fn call_source(&mut self) -> Option<Waker> {
        self.source.as_ref()?;
        let (free, now) = (self.free(), self.timeline.last());
        let wants = self.lanes.iter().any(|lane| lane.wants(free, now).is_some());
        if wants { self.source.take() } else { None }
    }

    /// How many more requests may be in flight.
    fn free(&self) -> usize {
        self.concurrency.map_or(usize::MAX, |most| most.saturating_sub(self.in_flight))
    }

    /// Stops waiting.
    fn leave(&mut self, id: LaneId, ticket: u64) -> Loose {
        let now = self.timeline.last();
        let Some(lane) = self.lane_of_waiter(id) else { return Loose::default() };
        let gone = lane.leave(ticket);
        let first = lane.call_first(now);
        let next = self.leave_line(ticket, gone.as_ref().map(|waiter| waiter.waits_for));
        Loose { called: [first, next], gone }
    }
}

/// Wakers to call and values to drop once nothing is locked, because both run foreign code.
#[derive(Default)]
struct Loose {
    called: [Option<Waker>; 2],
    #[expect(dead_code, reason = "it is here to be dropped later")]
    gone: Option<Waiter>,
}

impl Loose {
    fn wake(self) {
        self.called.into_iter().flatten().for_each(Waker::wake);
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let waiting = state.lanes.iter().chain(state.broadcasts.values()).map(Lane::len).sum::<usize>();
        f.debug_struct("Turns")
            .field("allowed", &self.allowed)
            .field("in_flight", &state.in_flight)
            .field("waiting", &waiting)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

/// The turn of one call. Dropping it lets the others go.
pub(crate) struct Turn {
    turns: Arc<Turns>,
    lane: LaneId,
    state: TurnState,
}

enum TurnState {
    /// Neither waiting nor in flight.
    Idle,
    Waiting {
        ticket: u64,
        kind: TransportErrorKind,
        /// When the call last checked: on its own clock, and on the shared one.
        looked: [Duration; 2],
    },
    InFlight,
}

impl Turn {
    pub(crate) fn new(turns: &Arc<Turns>, lane: LaneId) -> Self {
        Self { turns: turns.clone(), lane, state: TurnState::Idle }
    }

    /// The state that the call shares with others.
    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Lowers the rate after a 429.
    pub(crate) fn slow_down(&self, now: &Moment) {
        self.turns.slow_down(self.lane, now);
    }

    /// What the call waits for, if it waits.
    pub(crate) const fn waits_for(&self) -> Option<TransportErrorKind> {
        match self.state {
            TurnState::Waiting { kind, .. } => Some(kind),
            TurnState::Idle | TurnState::InFlight => None,
        }
    }

    /// Takes the turn, which lasts until [`end`](Self::end), or returns how long to wait for it.
    pub(crate) fn take(&mut self, moment: &Moment) -> Result<(), Wait> {
        let allowed = &self.turns.allowed;
        if allowed.concurrency.is_none() && allowed.rate(self.lane.quota).is_none() {
            return Ok(());
        }
        let mut state = self.turns.state();
        let mut now = state.timeline.at(moment);
        let mut ticket = state.next_ticket;
        if let TurnState::Waiting { ticket: drawn, looked: [clock, time], .. } = self.state {
            ticket = drawn;
            // It has waited at least this long on its own clock, whatever the shared clock says.
            now = state.timeline.at_least(time.saturating_add(moment.monotonic.saturating_sub(clock)));
        }
        let (taken, loose) = state.take(self.lane, ticket, now, allowed);
        drop(state);
        loose.wake();
        self.state = match &taken {
            Ok(()) => TurnState::InFlight,
            Err(wait) => TurnState::Waiting { ticket, kind: wait.kind, looked: [moment.monotonic, now] },
        };
        taken
    }

    /// Ready when the call should check again before its wait is over.
    pub(crate) fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let TurnState::Waiting { ticket, .. } = self.state else { return Poll::Pending };
        let mut state = self.turns.state();
        let Some(waiter) = state.lane_of_waiter(self.lane).and_then(|lane| lane.get(ticket)) else {
            return Poll::Pending;
        };
        if waiter.is_called {
            return Poll::Ready(());
        }
        if waiter.waker.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
            return Poll::Pending;
        }
        let last = waiter.waker.replace(context.waker().clone());
        drop(state);
        // Dropped without a lock, because it may be the last reference to a task.
        drop(last);
        Poll::Pending
    }

    /// Ends the request, or stops waiting.
    pub(crate) fn end(&mut self) {
        let loose = match mem::replace(&mut self.state, TurnState::Idle) {
            TurnState::Idle => return,
            TurnState::Waiting { ticket, .. } => self.turns.state().leave(self.lane, ticket),
            TurnState::InFlight => Loose { called: [self.turns.state().end_one(), None], gone: None },
        };
        loose.wake();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        task::Wake,
    };

    use proptest::prelude::*;

    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn at(milliseconds: u64) -> Moment {
        Moment { monotonic: ms(milliseconds), since_epoch: ms(1_700_000_000_000 + milliseconds), random: 0 }
    }

    fn turns(concurrency: Option<usize>, rates: &[(Quota, Rate)]) -> Arc<Turns> {
        let mut allowed = Allowed { concurrency, ..Allowed::default() };
        for (quota, rate) in rates {
            allowed.set_rate(*quota, Some(*rate));
        }
        Arc::new(Turns::new(allowed, None))
    }

    fn turn(turns: &Arc<Turns>, quota: Quota) -> Turn {
        Turn::new(turns, LaneId::of(quota, &Request::new(())))
    }

    fn rate_wait(milliseconds: u64) -> Result<(), Wait> {
        let duration = ms(milliseconds);
        Err(Wait { duration, at_least: duration, kind: TransportErrorKind::Throttled })
    }

    fn nap(milliseconds: u64) -> Result<(), Wait> {
        Err(Wait::for_slot(ms(milliseconds)))
    }

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether it was called by now. If not, it is counted when it is.
    fn is_called(turn: &Turn, count: &Arc<Count>) -> bool {
        turn.poll(&mut Context::from_waker(&Waker::from(count.clone()))).is_ready()
    }

    #[test]
    fn so_many_are_in_flight_and_the_first_that_came_is_the_next() {
        let turns = turns(Some(2), &[]);
        let mut calls: Vec<_> = (0..6).map(|_| turn(&turns, Quota::Ingest)).collect();
        let taken: Vec<_> = calls.iter_mut().map(|call| call.take(&at(0))).collect();
        assert_eq!(taken, [Ok(()), Ok(()), nap(50), nap(50), nap(100), nap(100)]);
        let count = Arc::new(Count::default());
        assert!(calls.iter().all(|call| !is_called(call, &count)));
        // The one that has ended makes way for the first, and nobody else takes its place meanwhile.
        calls[1].end();
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert!(is_called(&calls[2], &count) && !is_called(&calls[3], &count));
        assert_eq!(turn(&turns, Quota::Send).take(&at(1)), nap(100));
        assert_eq!(calls[3].take(&at(20)), Err(Wait::for_slot(LONG_NAP)));
        assert_eq!(calls[2].take(&at(20)), Ok(()));
        // One that has its place and does not come hands it on, and so does one that only waits.
        calls[0].end();
        assert!(is_called(&calls[3], &count));
        drop(calls.remove(4));
        drop(calls.remove(3));
        let mut last = calls.pop().unwrap();
        assert!(is_called(&last, &count));
        assert_eq!(last.take(&at(30)), Ok(()));
        assert_eq!(turns.state().in_flight, 2);
        drop((last, calls));
        let state = turns.state();
        assert_eq!((state.in_flight, state.line.len(), state.lanes[0].len(), state.lanes[1].len()), (0, 0, 0, 0));
    }

    #[test]
    fn a_call_that_has_ended_and_goes_again_is_the_last() {
        let turns = turns(Some(1), &[]);
        let [mut first, mut second] = [(); 2].map(|()| turn(&turns, Quota::Ingest));
        assert_eq!((first.take(&at(0)), second.take(&at(0))), (Ok(()), nap(50)));
        first.end();
        assert_eq!((first.take(&at(0)), second.take(&at(0)), first.take(&at(0))), (nap(50), Ok(()), nap(50)));
        assert_eq!(first.waits_for(), Some(TransportErrorKind::TooManyInFlight));
        second.end();
        assert_eq!((first.take(&at(0)), first.waits_for()), (Ok(()), None));
    }

    #[test]
    fn who_waits_goes_in_the_order_of_coming_and_makes_way_when_given_up() {
        let turns = turns(None, &[(Quota::App, Rate::at_most(10, ms(1000)))]);
        let mut calls: Vec<_> = (0..5).map(|_| turn(&turns, Quota::App)).collect();
        let taken: Vec<_> = calls.iter_mut().map(|call| call.take(&at(0))).collect();
        assert_eq!(taken, [Ok(()), rate_wait(100), rate_wait(200), rate_wait(300), rate_wait(400)]);
        let count = Arc::new(Count::default());
        assert!(calls.iter().all(|call| !is_called(call, &count)));
        // Who is in the middle makes way for all behind it, who may hear of it when it is their turn.
        drop(calls.remove(2));
        assert_eq!(turn(&turns, Quota::App).take(&at(50)), rate_wait(350));
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
        assert_eq!(calls[2].take(&at(60)), rate_wait(140));
        assert_eq!(calls[1].take(&at(100)), Ok(()));
        assert_eq!(calls[2].take(&at(200)), Ok(()));
        // The last would look at 400, and its turn is at 300: it is called.
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert!(is_called(&calls[3], &count));
        assert_eq!(calls[3].take(&at(201)), rate_wait(99));
        assert!(!is_called(&calls[3], &count));
        // Who looks too late lost the turn to the one that looked in time.
        let mut next = turn(&turns, Quota::App);
        assert_eq!(next.take(&at(201)), rate_wait(199));
        assert_eq!(next.take(&at(400)), Ok(()));
        assert_eq!(calls[3].take(&at(401)), rate_wait(99));
        assert_eq!(calls[3].take(&at(500)), Ok(()));
    }

    #[test]
    fn a_turn_at_the_rate_is_not_spent_on_waiting_for_a_slot() {
        let rate = Rate::at_most(10, ms(1000));
        let turns = turns(Some(1), &[(Quota::App, rate)]);
        let [mut ingest, mut first, mut second, mut third] =
            [Quota::Ingest, Quota::App, Quota::App, Quota::Ingest].map(|quota| turn(&turns, quota));
        assert_eq!((ingest.take(&at(0)), first.take(&at(0))), (Ok(()), nap(50)));
        assert_eq!((second.take(&at(0)), third.take(&at(0))), (rate_wait(100), nap(100)));
        assert_eq!(second.take(&at(500)), nap(100));
        ingest.end();
        assert_eq!(first.take(&at(500)), Ok(()));
        first.end();
        // The second has the slot and no turn at the rate, which the first took so late: it makes way.
        let count = Arc::new(Count::default());
        assert!(is_called(&second, &count) && !is_called(&third, &count));
        assert_eq!(second.take(&at(501)), rate_wait(99));
        assert!(is_called(&third, &count));
        assert_eq!(third.take(&at(502)), Ok(()));
        third.end();
        assert_eq!(second.take(&at(600)), Ok(()));
    }

    #[test]
    fn each_broadcast_has_a_rate_of_its_own_and_is_forgotten_after_it() {
        let turns = turns(None, &[(Quota::Broadcast, Rate::at_most(1, ms(10_000)))]);
        let trigger = |uri: &str, workspace: Option<u64>| {
            let mut request = Request::new(());
            *request.uri_mut() = uri.parse().unwrap();
            if let Some(workspace) = workspace {
                request.headers_mut().insert(X_WORKSPACE_ID, workspace.into());
            }
            Turn::new(&turns, LaneId::of(Quota::Broadcast, &request))
        };
        let one = "https://api.customer.io/v1/campaigns/1/triggers";
        for (uri, workspace) in [(one, None), (one, Some(1)), (one, Some(2)), ("/v1/campaigns/2/triggers", None)] {
            assert_eq!(trigger(uri, workspace).take(&at(0)), Ok(()), "{uri} {workspace:?}");
            assert_eq!(trigger(uri, workspace).take(&at(0)), rate_wait(10_000), "{uri} {workspace:?}");
        }
        // A 429 is about the one.
        trigger(one, None).slow_down(&at(10_000));
        assert_eq!(trigger(one, None).take(&at(10_000)), Ok(()));
        assert_eq!(trigger(one, None).take(&at(20_000)), rate_wait(10_000));
        let mut waits = trigger(one, Some(1));
        assert_eq!((trigger(one, Some(1)).take(&at(10_000)), waits.take(&at(20_000))), (Ok(()), Ok(())));
        assert_eq!(waits.take(&at(20_000)), rate_wait(10_000));
        for number in 0..1_000_u64 {
            let now = at(20_000 + number * 1_000);
            assert_eq!(trigger(&format!("/{number}"), None).take(&now), Ok(()));
            assert!(turns.state().broadcasts.len() <= BROADCASTS, "{number}");
        }
        for number in 2_000..3_000_u64 {
            assert_eq!(trigger(&format!("/{number}"), None).take(&at(2_000_000)), Ok(()));
        }
        // Who waits, and who went a moment ago, is not forgotten.
        assert_eq!(waits.take(&at(2_000_000)), Ok(()));
        assert!((2_000..3_000_u64).all(|number| trigger(&format!("/{number}"), None).take(&at(2_000_001)).is_err()));
    }

    #[test]
    fn two_clocks_that_are_an_hour_apart_are_paced_together() {
        let turns = turns(None, &[(Quota::App, Rate::at_most(10, ms(1000)).with_burst(3))]);
        let other = |milliseconds| Moment { monotonic: ms(3_600_000 + milliseconds), ..at(milliseconds) };
        let mut went = 0;
        for time in 0..1_000 {
            for now in [at(time), other(time), at(time)] {
                went += usize::from(turn(&turns, Quota::App).take(&now).is_ok());
            }
        }
        assert_eq!(went, 10);
    }

    #[test]
    fn who_waits_gets_its_turn_even_if_the_wall_clock_stands() {
        let turns = turns(None, &[(Quota::App, Rate::at_most(10, ms(1000)))]);
        let standing = |milliseconds| Moment { since_epoch: ms(5), ..at(milliseconds) };
        let [mut first, mut second, mut third] = [(); 3].map(|()| turn(&turns, Quota::App));
        assert_eq!((first.take(&standing(0)), second.take(&standing(0))), (Ok(()), rate_wait(100)));
        assert_eq!((third.take(&standing(0)), second.take(&standing(100))), (rate_wait(200), Ok(())));
        assert_eq!(third.take(&standing(200)), Ok(()));
    }

    #[test]
    fn nothing_is_counted_where_nothing_is_limited() {
        let turns = turns(None, &[(Quota::App, Rate::at_most(1, ms(1000)))]);
        let mut calls: Vec<_> = (0..9).map(|_| turn(&turns, Quota::Ingest)).collect();
        assert!(calls.iter_mut().all(|call| call.take(&at(0)).is_ok()));
        assert_eq!(turns.state().in_flight, 0);
    }

    proptest! {
        /// Whatever calls do, and whenever they are dropped.
        #[test]
        fn no_place_is_lost_and_none_is_taken_twice(
            most in 1..4_usize,
            rate in prop::option::of((1..5_u32, 1..400_u64)),
            steps in prop::collection::vec((0..12_usize, 0..4_u8, 0..60_u64), 1..300),
        ) {
            let rate = rate.map(|(count, period)| (Quota::App, Rate::at_most(count, ms(period)).with_burst(count)));
            let turns = turns(Some(most), rate.as_slice());
            let quotas = [Quota::App, Quota::Ingest, Quota::Broadcast];
            let mut calls: Vec<_> = (0..12).map(|number| turn(&turns, quotas[number % 3])).collect();
            let mut time = 0;
            for (index, what, passed) in steps {
                time += passed;
                let call = &mut calls[index];
                match what {
                    0 => *call = turn(&turns, quotas[index % 3]),
                    1 => call.end(),
                    _ if matches!(call.state, TurnState::InFlight) => {}
                    _ => {
                        let is_alone = turns.state().in_flight == 0;
                        let taken = call.take(&at(time));
                        prop_assert!(!is_alone || taken != nap(50), "it waits for nobody");
                    }
                }
                let state = turns.state();
                let count = |is: fn(&TurnState) -> bool| calls.iter().filter(|call| is(&call.state)).count();
                let lanes = || state.lanes.iter().chain(state.broadcasts.values());
                prop_assert!(state.in_flight <= most && state.in_flight >= count(|s| matches!(s, TurnState::InFlight)));
                prop_assert!(state.line.is_empty() || state.in_flight == most, "who could go waits");
                prop_assert!(state.line.iter().is_sorted_by_key(|(ticket, _)| ticket));
                let waiting = count(|state| matches!(state, TurnState::Waiting { .. }));
                prop_assert_eq!(lanes().map(Lane::len).sum::<usize>(), waiting);
            }
            drop(calls);
            let state = turns.state();
            prop_assert_eq!((state.in_flight, state.line.len()), (0, 0));
        }
    }
}
