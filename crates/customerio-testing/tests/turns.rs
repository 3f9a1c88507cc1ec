//! Many calls that wait for their turn, on a clock that is the test's own: how often each looks, when it goes, and in
//! which order.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    mem,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use customerio_core::{
    CallOptions, Delivery, Endpoint, Error, Exchange, Moment, Quota, Rate, Region, RetryPolicy, Step, Throttle, Track,
    TransportErrorKind,
    bytes::Bytes,
    http::{Response, StatusCode},
    limits,
    track::Delete,
};

/// How a driver waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Driver {
    /// It sleeps as long as it was told.
    Sleeps,
    /// It can be woken before.
    CanBeWoken,
}

/// Numbers the calls that were woken.
#[derive(Clone, Default)]
struct Woken(Arc<Mutex<Vec<usize>>>);

struct Bell(usize, Woken);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.1.0.lock().unwrap().push(self.0);
    }
}

/// A call, and what became of it.
struct Call {
    exchange: Exchange<()>,
    /// When it looks next; a look that is put forward leaves another behind, which is not taken.
    looks: Option<Duration>,
    steps: u32,
    sent: Vec<Duration>,
    result: Option<(Duration, Result<(), Error>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Responds,
    Looks,
}

struct World {
    driver: Driver,
    now: Duration,
    events: BinaryHeap<Reverse<(Duration, u64, Event, usize)>>,
    number: u64,
    calls: Vec<Call>,
    woken: Woken,
    in_flight: usize,
    most_in_flight: usize,
}

impl World {
    fn new(driver: Driver) -> Self {
        let (events, woken) = (BinaryHeap::new(), Woken::default());
        let (now, number, in_flight, most_in_flight) = (Duration::ZERO, 0, 0, 0);
        Self { driver, now, events, number, calls: Vec::new(), woken, in_flight, most_in_flight }
    }

    fn moment(&self) -> Moment {
        let since_epoch = Duration::from_secs(1_700_000_000) + self.now;
        // Other bits each time, as they would be, and the same in each run.
        let random = u128::from(self.number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Moment { monotonic: self.now, since_epoch, random }
    }

    fn at(&mut self, time: Duration, event: Event, call: usize) {
        self.number += 1;
        self.events.push(Reverse((time, self.number, event, call)));
    }

    fn begin(&mut self, options: &CallOptions) {
        let endpoint: Endpoint<Track> = Endpoint::track(Region::Us, "site", "key").unwrap();
        let exchange = Exchange::new(&endpoint, Delete::new("42"), options, &self.moment()).unwrap();
        self.calls.push(Call { exchange, looks: Some(self.now), steps: 0, sent: Vec::new(), result: None });
        self.at(self.now, Event::Looks, self.calls.len() - 1);
    }

    /// Goes on until all is over. The server takes `latency` for each response, which has the status that `status` says.
    fn run(&mut self, latency: Duration, mut status: impl FnMut(Duration) -> u16) {
        while let Some(Reverse((time, _, event, index))) = self.events.pop() {
            self.now = time;
            let moment = self.moment();
            let call = &mut self.calls[index];
            match event {
                Event::Looks if call.looks != Some(time) => continue,
                Event::Looks => call.looks = None,
                Event::Responds => {
                    self.in_flight -= 1;
                    let mut response = Response::new(Bytes::new());
                    *response.status_mut() = StatusCode::from_u16(status(time)).unwrap();
                    call.exchange.receive(Ok(response));
                }
            }
            call.steps += 1;
            match call.exchange.step(&moment) {
                Step::Send(_) => {
                    call.sent.push(time);
                    self.in_flight += 1;
                    self.most_in_flight = self.most_in_flight.max(self.in_flight);
                    self.at(time + latency, Event::Responds, index);
                }
                Step::Wait(duration) => {
                    let waker = Waker::from(Arc::new(Bell(index, self.woken.clone())));
                    if self.driver == Driver::CanBeWoken {
                        let poll = call.exchange.poll_turn(&mut Context::from_waker(&waker));
                        assert_eq!(poll, Poll::Pending);
                    }
                    call.looks = Some(time + duration);
                    self.at(time + duration, Event::Looks, index);
                }
                Step::Done(result) => call.result = Some((time, result)),
            }
            let woken = mem::take(&mut *self.woken.0.lock().unwrap());
            for index in woken {
                assert_eq!(
                    self.calls[index].exchange.poll_turn(&mut Context::from_waker(Waker::noop())),
                    Poll::Ready(())
                );
                self.calls[index].looks = Some(time);
                self.at(time, Event::Looks, index);
            }
        }
    }

    fn steps(&self) -> u32 {
        self.calls.iter().map(|call| call.steps).sum()
    }
}

const CALLS: u32 = 10_000;

#[test]
fn calls_that_wait_after_a_429_look_a_few_times_each() {
    for driver in [Driver::Sleeps, Driver::CanBeWoken] {
        let options = CallOptions::default()
            .with_deadline(Duration::from_secs(120))
            .with_retry_policy(RetryPolicy::default().with_attempts(9))
            .with_throttle(Throttle::default().with_concurrency(None));
        let mut world = World::new(driver);
        (0..CALLS).for_each(|_| world.begin(&options));
        // All that go out in the first seconds are too many, and some later.
        world.run(Duration::from_millis(80), |time| match time.as_secs() {
            0 | 4 => 429,
            _ => 200,
        });
        let sent = world.calls.iter().map(|call| call.sent.len()).sum::<usize>();
        let steps = world.steps();
        assert!(world.calls.iter().all(|call| matches!(call.result, Some((_, Ok(()))))));
        // Each request is a step, and its response is one. All others are looks that came too early.
        let looks = steps - 2 * u32::try_from(sent).unwrap();
        assert!(looks < 4 * CALLS, "{driver:?}: {looks} looks for {sent} requests");
        for call in &world.calls {
            let sent = u32::try_from(call.sent.len()).unwrap();
            assert!(call.steps <= 2 * sent + 9, "{driver:?}: {} steps for {sent} requests", call.steps);
        }
    }
}

#[test]
fn a_line_goes_on_as_fast_as_the_rate_whoever_is_in_it() {
    for driver in [Driver::Sleeps, Driver::CanBeWoken] {
        let throttle = Throttle::off().with_rate(Quota::Ingest, Rate::at_most(1_000, Duration::from_secs(1)));
        let options = CallOptions::default().with_deadline(Duration::from_secs(60)).with_throttle(throttle);
        let mut world = World::new(driver);
        (0..CALLS).for_each(|_| world.begin(&options));
        world.run(Duration::from_millis(5), |_| 200);
        let sent: Vec<_> = world.calls.iter().map(|call| call.sent[0]).collect();
        assert!(sent.is_sorted(), "first come, first served");
        assert_eq!(sent[9_999], Duration::from_millis(9_999));
        assert!(world.steps() <= 3 * CALLS, "{driver:?}: {} steps", world.steps());
    }
}

#[test]
fn so_many_are_in_flight_and_no_more_and_who_comes_too_late_was_not_sent() {
    for driver in [Driver::Sleeps, Driver::CanBeWoken] {
        let throttle = Throttle::default().with_rate(Quota::Ingest, None);
        assert_eq!(throttle.concurrency(), Some(limits::CONCURRENCY));
        let options = CallOptions::default().with_throttle(throttle);
        let mut world = World::new(driver);
        (0..CALLS / 2).for_each(|_| world.begin(&options));
        world.run(Duration::from_secs(2), |_| 200);
        assert_eq!(world.most_in_flight, 256);
        // In 30 seconds there is time for 15 times as many, and a little less for those who only look from time to time.
        let sent = world.calls.iter().filter(|call| !call.sent.is_empty()).count();
        assert!((14 * 256..=15 * 256).contains(&sent), "{driver:?}: {sent}");
        assert!(driver == Driver::Sleeps || sent == 15 * 256, "{sent}");
        for (number, call) in world.calls.iter().enumerate() {
            let (time, result) = call.result.as_ref().unwrap();
            match result {
                Ok(()) => assert!(number < sent, "first come, first served"),
                Err(error) => {
                    assert_eq!(*time, Duration::from_secs(30));
                    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));
                    let Error::Transport(error) = error else { panic!("{error}") };
                    assert_eq!(error.kind(), TransportErrorKind::TooManyInFlight);
                }
            }
        }
        // Who is woken looks when it comes, once more after a nap, and then each second, if it waits so long.
        let most = if driver == Driver::CanBeWoken { 30 + 4 } else { 150 };
        assert!(world.calls.iter().all(|call| call.steps <= most), "{driver:?}");
    }
}
