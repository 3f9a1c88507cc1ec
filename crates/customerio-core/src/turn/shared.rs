//! Turns at rates that several processes share: what is asked for them, and what they are granted.

use std::{
    sync::PoisonError,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{Allowed, Loose, QUOTAS, State, Turns, index};
use crate::{
    Moment, Quota,
    budget::Budget,
    granted::{Ask, Grant, Granted},
    lane::Lane,
};

impl Turns {
    /// The same, where turns at each rate are granted from outside. Broadcasts have their own.
    pub(crate) fn shared(allowed: Allowed, budget: Option<Budget>, processes: u32) -> Self {
        let lanes = QUOTAS.map(|quota| match allowed.rate(quota) {
            Some(rate) => Lane::shared(rate, processes),
            None => Lane::new(None),
        });
        Self::with_lanes(allowed, budget, lanes)
    }

    /// What is to be asked for next, or a call when there is something.
    pub(crate) fn poll_ask(&self, context: &mut Context<'_>, moment: &Moment) -> Poll<(Quota, Ask)> {
        let mut state = self.state();
        let now = state.timeline.at(moment);
        let free = state.free();
        for (quota, lane) in QUOTAS.into_iter().zip(&mut state.lanes) {
            if let Some(ask) = lane.ask(free, now) {
                return Poll::Ready((quota, ask));
            }
        }
        let last = state.source.replace(context.waker().clone());
        drop(state);
        drop(last);
        Poll::Pending
    }

    /// Grants what was asked for, unless that comes too late to be of use.
    pub(crate) fn grant(&self, quota: Quota, ask: &Ask, grant: Grant, moment: &Moment) -> bool {
        self.change(quota, Some(moment), |granted, now| granted.grant(ask, grant, now)).unwrap_or_default()
    }

    /// There is nobody to grant it, and it is asked again later.
    pub(crate) fn be_alone(&self, quota: Quota, moment: &Moment) {
        self.change(quota, Some(moment), Granted::be_alone);
    }

    /// There is nobody to grant it, and nobody asks again.
    pub(crate) fn abandon(&self, quota: Quota, ask: &Ask) {
        self.change(quota, None, |granted, now| granted.abandon(ask, now));
    }

    /// There is nobody left who asks.
    pub(crate) fn abandon_all(&self) {
        for quota in QUOTAS {
            self.change(quota, None, Granted::has_no_source);
        }
    }

    /// Changes what a lane was granted, and calls those who are concerned.
    fn change<T>(
        &self,
        quota: Quota,
        moment: Option<&Moment>,
        change: impl FnOnce(&mut Granted, Duration) -> T,
    ) -> Option<T> {
        let mut state = self.state();
        let now = moment.map_or(state.timeline.last(), |moment| state.timeline.at(moment));
        let State { lanes, .. } = &mut *state;
        let lane = lanes.get_mut(index(quota))?;
        let changed = change(lane.granted_mut()?, now);
        let first = lane.call_first(now);
        let called = [first, state.call_source()];
        drop(state);
        Loose { called, gone: None }.wake();
        Some(changed)
    }
}

impl Drop for Turns {
    /// Whoever asks for turns has nobody to ask for any more.
    fn drop(&mut self) {
        let source = self.state.get_mut().unwrap_or_else(PoisonError::into_inner).source.take();
        source.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        mem,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Wake,
    };

    use http::Request;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Demand, Rate, Throttle, TransportErrorKind, TurnSource,
        turn::{LaneId, Turn, Wait},
    };

    const fn us(microseconds: u64) -> Duration {
        Duration::from_micros(microseconds)
    }

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn at(time: Duration) -> Moment {
        Moment { monotonic: time, since_epoch: ms(1_700_000_000_000) + time, random: 0 }
    }

    /// The line of places of one quota, as all processes see it. Its clock is another than theirs.
    #[derive(Default)]
    struct Account {
        next: Duration,
        share: f64,
        slowed: Option<Duration>,
        places: Vec<Duration>,
    }

    const AHEAD: Duration = Duration::from_secs(77);

    impl Account {
        fn new() -> Self {
            Self { share: 1.0, ..Self::default() }
        }

        /// As a driver does it, in one step: how far away the first place is, and the interval.
        fn take(&mut self, demand: &Demand, time: Duration) -> (Duration, Duration) {
            let now = time + AHEAD;
            let share = |slowed: Option<Duration>, share: f64| {
                let back = slowed
                    .map_or(0.0, |slowed| now.saturating_sub(slowed).as_secs_f64() / demand.period().as_secs_f64());
                (share + back / 10.0).min(1.0)
            };
            if demand.slows_down() && self.slowed.is_none_or(|slowed| now >= slowed + demand.period()) {
                self.share = (share(self.slowed, self.share) / 2.0).max(0.1);
                self.slowed = Some(now);
                self.next = self.next.max(now + demand.tolerance());
            }
            let interval = demand.interval().div_f64(share(self.slowed, self.share));
            let first = self.next.max(if demand.restarts() { now + demand.tolerance() } else { now });
            self.places.extend((0..demand.turns()).map(|turn| (first + interval * turn).saturating_sub(AHEAD)));
            self.next = first + interval * demand.turns();
            (first.saturating_sub(now), interval)
        }
    }

    fn poll(source: &mut TurnSource, time: Duration) -> Option<Demand> {
        match source.poll_demand(&mut Context::from_waker(Waker::noop()), &at(time)) {
            Poll::Ready(demand) => Some(demand.unwrap()),
            Poll::Pending => None,
        }
    }

    fn turn(throttle: &Throttle) -> Turn {
        Turn::new(throttle.turns(), LaneId::of(Quota::App, &Request::new(())))
    }

    /// A response that is there at once.
    fn respond(account: &mut Account, demand: &mut Demand, time: Duration) {
        let (starts_in, interval) = account.take(demand, time);
        assert!(demand.grant(Grant { starts_in, interval, took: Duration::ZERO }, &at(time)));
    }

    fn shared(rate: Rate, concurrency: Option<usize>, processes: u32) -> (Throttle, TurnSource) {
        Throttle::off().with_rate(Quota::App, rate).with_concurrency(concurrency).shared(processes)
    }

    /// 10 in a second: one each 125 milliseconds, which may be used as much earlier or later.
    const TEN: Rate = Rate::at_most(10, Duration::from_secs(1)).with_burst(3);

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn wait(duration: u64, at_least: u64) -> Result<(), Wait> {
        let (duration, at_least) = (ms(duration), ms(at_least));
        Err(Wait { duration, at_least, kind: TransportErrorKind::Throttled })
    }

    #[test]
    fn calls_wait_for_what_is_granted_and_who_asks_is_woken() {
        let (throttle, mut source) = shared(TEN, Some(5), 1);
        let (asks, looks) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let (ask, look) = (Waker::from(asks.clone()), Waker::from(looks.clone()));
        assert!(source.poll_demand(&mut Context::from_waker(&ask), &at(ms(0))).is_pending());
        let mut account = Account::new();
        let mut calls: Vec<_> = (0..4).map(|_| turn(&throttle)).collect();
        let taken: Vec<_> = calls.iter_mut().map(|call| call.take(&at(ms(0)))).collect();
        // By the rate alone, two could go now, and the last in a quarter of a second.
        assert_eq!(taken, [wait(50, 0), wait(50, 0), wait(125, 125), wait(250, 250)]);
        assert!(calls.iter().all(|call| call.poll(&mut Context::from_waker(&look)).is_pending()));
        assert_eq!(asks.0.load(Ordering::Relaxed), 1);

        let mut demand = poll(&mut source, ms(1)).unwrap();
        assert_eq!((demand.quota(), demand.turns(), demand.interval()), (Quota::App, 1, ms(125)));
        assert!(poll(&mut source, ms(1)).is_none(), "it is asked for");
        respond(&mut account, &mut demand, ms(2));
        assert_eq!(looks.0.load(Ordering::Relaxed), 1, "the first is called");
        assert_eq!((calls[0].take(&at(ms(2))), calls[1].take(&at(ms(2)))), (Ok(()), wait(1000, 0)));
        // The next place is 125 milliseconds later, and may be used as much earlier; the one after that may not.
        respond(&mut account, &mut poll(&mut source, ms(2)).unwrap(), ms(2));
        assert_eq!(calls[1].take(&at(ms(2))), Ok(()));
        respond(&mut account, &mut poll(&mut source, ms(2)).unwrap(), ms(2));
        assert_eq!(calls[2].take(&at(ms(2))), wait(125, 125));
        assert_eq!((calls[2].take(&at(ms(126))), calls[2].take(&at(ms(127)))), (wait(1, 1), Ok(())));
        // A turn that nobody uses is over 250 milliseconds after it came.
        respond(&mut account, &mut poll(&mut source, ms(127)).unwrap(), ms(127));
        assert_eq!(calls[3].take(&at(ms(502))), wait(50, 0));
        respond(&mut account, &mut poll(&mut source, ms(502)).unwrap(), ms(502));
        assert_eq!(calls[3].take(&at(ms(502))), Ok(()));

        drop(calls);
        let last = throttle.clone();
        assert!(poll(&mut source, ms(502)).is_none());
        assert!(source.poll_demand(&mut Context::from_waker(&ask), &at(ms(502))).is_pending());
        drop((throttle, last));
        assert_eq!(asks.0.load(Ordering::Relaxed), 2);
        assert!(matches!(source.poll_demand(&mut Context::from_waker(&ask), &at(ms(502))), Poll::Ready(None)));
    }

    #[test]
    fn no_turn_is_asked_for_while_nothing_can_go() {
        let (throttle, mut source) = shared(TEN, Some(1), 1);
        let mut account = Account::new();
        let [mut first, mut second] = [(); 2].map(|()| turn(&throttle));
        assert!(first.take(&at(ms(0))).is_err());
        respond(&mut account, &mut poll(&mut source, ms(0)).unwrap(), ms(0));
        assert_eq!(first.take(&at(ms(0))), Ok(()));
        assert!(second.take(&at(ms(0))).is_err());
        let asks = Arc::new(Count::default());
        let waker = Waker::from(asks.clone());
        assert!(source.poll_demand(&mut Context::from_waker(&waker), &at(ms(0))).is_pending());
        first.end();
        assert_eq!(asks.0.load(Ordering::Relaxed), 1);
        respond(&mut account, &mut poll(&mut source, ms(300)).unwrap(), ms(300));
        assert_eq!(second.take(&at(ms(300))), Ok(()));
    }

    #[test]
    fn without_a_source_a_process_has_its_part_and_comes_back_without_a_burst() {
        let (throttle, mut source) = shared(TEN, None, 4);
        let mut account = Account::new();
        let mut calls: Vec<_> = (0..6).map(|_| turn(&throttle)).collect();
        assert!(calls.iter_mut().all(|call| call.take(&at(ms(0))).is_err()));
        let mut demand = poll(&mut source, ms(0)).unwrap();
        assert!(demand.fall_back(&at(ms(100))));
        // 2 in a second for one of four.
        let mut times = Vec::new();
        for time in (100..1_600).step_by(10) {
            if calls[times.len()].take(&at(ms(time))).is_ok() {
                times.push(time);
            }
        }
        assert_eq!(times, [100, 600, 1_100]);
        assert_eq!((demand.turns(), demand.restarts()), (0, true));
        respond(&mut account, &mut demand, ms(1_600));
        drop(demand);
        assert_eq!(account.next, AHEAD + ms(1_600 + 125), "there is no burst");
        respond(&mut account, &mut poll(&mut source, ms(1_600)).unwrap(), ms(1_600));
        assert_eq!(calls[3].take(&at(ms(1_600))), Ok(()));
        let demand = poll(&mut source, ms(1_600));
        assert!(!demand.as_ref().unwrap().restarts());
        // A demand that is dropped is another failure; a source that is dropped is one for good.
        drop(demand);
        assert_eq!(calls[4].take(&at(ms(1_600))), Ok(()));
        let mut demand = poll(&mut source, ms(1_700)).unwrap();
        assert!(demand.restarts());
        drop(source);
        respond(&mut account, &mut demand, ms(1_700));
        assert_eq!((calls[5].take(&at(ms(2_099))), calls[5].take(&at(ms(2_100)))), (wait(1, 1), Ok(())));
        drop(throttle);
    }

    #[test]
    fn a_grant_that_comes_too_late_is_none() {
        let (throttle, mut source) = shared(TEN, None, 4);
        let mut account = Account::new();
        let mut call = turn(&throttle);
        assert!(call.take(&at(ms(0))).is_err());
        let mut demand = poll(&mut source, ms(0)).unwrap();
        let (starts_in, interval) = account.take(&demand, ms(1));
        assert!(!demand.grant(Grant { starts_in, interval, took: ms(130) }, &at(ms(130))));
        assert!(demand.fall_back(&at(ms(130))));
        assert_eq!(call.take(&at(ms(130))), Ok(()));
        // Nor does one come back by a source that is so slow.
        let (starts_in, interval) = account.take(&demand, ms(400));
        assert!(!demand.grant(Grant { starts_in, interval, took: ms(130) }, &at(ms(500))));
        assert!(demand.grant(Grant { starts_in, interval, took: ms(20) }, &at(ms(900))));
    }

    #[test]
    fn a_429_is_said_once_and_what_was_granted_before_is_gone() {
        let rate = Rate::at_most(1_000, ms(1_000)).with_burst(200);
        let (throttle, mut source) = shared(rate, None, 1);
        let mut account = Account::new();
        let mut calls: Vec<_> = (0..50).map(|_| turn(&throttle)).collect();
        assert!(calls.iter_mut().all(|call| call.take(&at(ms(0))).is_err()));
        respond(&mut account, &mut poll(&mut source, ms(0)).unwrap(), ms(0));
        assert_eq!((account.places.len(), calls[0].take(&at(ms(0)))), (17, Ok(())));
        for call in &calls[1..4] {
            call.slow_down(&at(ms(10)));
        }
        assert!(calls[1].take(&at(ms(10))).is_err());
        let mut demand = poll(&mut source, ms(10)).unwrap();
        assert!(demand.slows_down());
        respond(&mut account, &mut demand, ms(10));
        assert!((account.share - 0.5).abs() < f64::EPSILON);
        assert_eq!(calls[1].take(&at(ms(10))), Ok(()));
        assert!(!poll(&mut source, ms(10)).is_some_and(|demand| demand.slows_down()));
        assert_eq!(calls[2].take(&at(ms(10))).unwrap_err().duration.as_micros(), 2_498);
    }

    #[test]
    fn a_429_is_said_though_nobody_waits() {
        let (throttle, mut source) = shared(TEN, None, 1);
        turn(&throttle).slow_down(&at(ms(0)));
        let mut demand = poll(&mut source, ms(0)).unwrap();
        assert_eq!((demand.turns(), demand.slows_down()), (0, true));
        assert!(demand.fall_back(&at(ms(0))) && demand.slows_down(), "it is said again");
    }

    #[test]
    fn each_quota_with_a_rate_is_shared_and_broadcasts_are_not() {
        let (throttle, mut source) = Throttle::default().shared(1);
        let quotas =
            [Quota::Ingest, Quota::Send, Quota::App, Quota::DesignStudio, Quota::ArchivedMessages, Quota::Broadcast];
        let mut calls = quotas.map(|quota| Turn::new(throttle.turns(), LaneId::of(quota, &Request::new(()))));
        let free: Vec<_> = calls.iter_mut().map(|call| call.take(&at(ms(0))).is_ok()).collect();
        assert_eq!(free, [false, false, false, false, true, true]);
        let demands: Vec<_> = std::iter::from_fn(|| poll(&mut source, ms(0))).collect();
        let wanted: Vec<_> = demands.iter().map(Demand::quota).collect();
        assert_eq!(wanted, quotas[..4]);
    }

    /// A process, its calls, and what it asks: it is read at the second time, and the response is there at the third.
    struct Process {
        throttle: Throttle,
        source: TurnSource,
        calls: VecDeque<Turn>,
        asks: Vec<Asked>,
    }

    type Asked = (Demand, [Duration; 3], Option<(Duration, Duration)>);

    impl Process {
        fn new(rate: Rate, concurrency: usize) -> Self {
            let (throttle, source) = shared(rate, Some(concurrency), 1);
            Self { throttle, source, calls: VecDeque::new(), asks: Vec::new() }
        }

        /// Lets go what can, and says how many that were.
        fn run(&mut self, account: &mut Account, time: Duration, latency: Duration) -> usize {
            while let Some(demand) = poll(&mut self.source, time) {
                self.asks.push((demand, [time, time + latency / 3, time + latency], None));
            }
            for (mut demand, times, granted) in mem::take(&mut self.asks) {
                let granted = granted.or_else(|| (times[1] <= time).then(|| account.take(&demand, time)));
                match granted {
                    Some((starts_in, interval)) if times[2] <= time => {
                        let grant = Grant { starts_in, interval, took: time.saturating_sub(times[0]) };
                        if !demand.grant(grant, &at(time)) {
                            // That was too late. It is asked again at once, and nothing goes meanwhile.
                            self.asks.push((demand, [time, time + latency / 3, time + latency], None));
                        }
                    }
                    _ => self.asks.push((demand, times, granted)),
                }
            }
            let before = self.calls.len();
            let mut looks = 0;
            self.calls.retain_mut(|call| {
                looks += 1;
                looks > 10 || call.take(&at(time)).is_err()
            });
            before - self.calls.len()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever comes when, however long a response takes, and however often somebody is slowed down.
        #[test]
        fn no_period_has_more_than_its_count_and_no_turn_is_early(
            (count, burst, period) in (2..60_u32, 0..60_u32, 20..3_000_u64),
            processes in 1..4_usize,
            concurrency in 1..9_usize,
            steps in prop::collection::vec((0..40_000_u64, 0..3_usize, 0..5_u32, 0..6_000_u64, prop::bool::weighted(0.02)), 1..40),
        ) {
            let period = ms(period);
            let rate = Rate::at_most(count, period).with_burst(burst);
            let mut account = Account::new();
            let mut processes: Vec<_> = (0..processes).map(|_| Process::new(rate, concurrency)).collect();
            let (mut time, mut sent, mut recent, mut calls) = (Duration::ZERO, 0, VecDeque::new(), 0);
            let tolerance = crate::pace::Spacing::of(rate).tolerance;
            let mut look = |processes: &mut Vec<Process>, time: Duration, latency: Duration| {
                for process in processes {
                    let went = process.run(&mut account, time, latency);
                    sent += went;
                    recent.extend((0..went).map(|_| time));
                }
                while recent.front().is_some_and(|first| *first + period <= time) {
                    recent.pop_front();
                }
                prop_assert!(recent.len() <= count as usize, "{} in {period:?}", recent.len());
                // Places are given in order.
                let due = account.places.partition_point(|place| *place <= time + tolerance);
                prop_assert!(sent <= due, "{sent} went, and {due} turns had come");
                Ok(sent)
            };
            for (pause, index, more, latency, too_many) in steps {
                let index = index % processes.len();
                for part in 1..=4 {
                    look(&mut processes, time + us(pause) * part / 4, us(latency))?;
                }
                time += us(pause);
                let process = &mut processes[index];
                process.calls.extend((0..more).map(|_| turn(&process.throttle)));
                calls += more as usize;
                if too_many {
                    turn(&process.throttle).slow_down(&at(time));
                }
            }
            // All go in the end, at a tenth of the rate at worst, if responses are there in time.
            let latest = time + period * 500;
            while look(&mut processes, time, us(400))? < calls {
                time += us(500).max(period / 40);
                prop_assert!(time < latest, "{} wait", processes.iter().map(|process| process.calls.len()).sum::<usize>());
            }
        }
    }
}
