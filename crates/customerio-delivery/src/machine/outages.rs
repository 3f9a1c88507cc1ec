//! The machine through an hour in which Customer.io is away, or refuses the credentials, with a thousand events a second.
//! The time is not the real one.

use std::time::Duration;

use bytes::Bytes;
use customerio_core::{
    CallOptions, Endpoint, Exchange, Moment, Region, RetryPolicy, Step, Throttle, Track, TransportError,
    TransportErrorKind, track::v2::person,
};
use customerio_emulator::Emulator;
use http::{Response, StatusCode};

use super::*;
use crate::{Epoch, Lane, Lease, MemoryStore, Store as _};

const HOUR: Duration = Duration::from_secs(3600);
/// How long a request takes.
const ROUND_TRIP: Duration = Duration::from_millis(100);
/// How often events come, and how many: a thousand a second.
const EACH: Duration = Duration::from_millis(100);
const EVENTS: u64 = 100;
/// How much the store keeps.
const LIMIT: u64 = 4 << 20;

/// What Customer.io does while it does not do what it should.
#[derive(Clone, Copy, Debug)]
enum Outage {
    Away,
    Status(StatusCode),
}

struct World {
    now: Duration,
    random: u128,
    stream: Stream,
    machine: Machine,
    store: MemoryStore,
    epoch: Epoch,
    endpoint: Endpoint<Track>,
    emulator: Emulator,
    outage: Option<Outage>,
    flights: Vec<(Duration, u64, Outgoing)>,
    requests: u64,
    next_event: person::Event,
    taken: u64,
    refused: u64,
    most_held: usize,
    blocked: u64,
    failed: u64,
}

fn event(n: u64) -> person::Event {
    person::Event::new(format!("p{}", n % 50), "count").with_attributes(serde_json::json!({ "n": n }))
}

impl World {
    async fn new() -> Self {
        let store = MemoryStore::new(LIMIT);
        let epoch = store.lease(None).await.unwrap().unwrap().epoch;
        let stream = Stream { destination: "default".into(), lane: Lane::TrackBatches };
        Self {
            now: Duration::ZERO,
            random: 0,
            machine: Machine::new(stream.clone(), MachineOptions::default()),
            stream,
            store,
            epoch,
            endpoint: Endpoint::track(Region::Us, "site", "key").unwrap(),
            emulator: Emulator::builder().with_track_credentials("site", "key").build(),
            outage: None,
            flights: Vec::new(),
            requests: 0,
            next_event: event(0),
            taken: 0,
            refused: 0,
            most_held: 0,
            blocked: 0,
            failed: 0,
        }
    }

    fn now(&mut self) -> Moment {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let since_epoch = Duration::from_secs(1_700_000_000) + self.now;
        Moment { monotonic: self.now, since_epoch, random: self.random >> 16 }
    }

    /// Events come: what the store has no room for is refused.
    async fn enqueue(&mut self) {
        for _ in 0..EVENTS {
            let now = self.now();
            let call = Stored::new(self.next_event.clone(), &now, &Limits::default()).unwrap();
            match self.store.append(&[call]).await {
                Ok(_) => {
                    self.taken += 1;
                    self.next_event = event(self.taken);
                }
                Err(StoreError::Full { .. }) => {
                    // Nor would the others of this moment have room.
                    self.refused += 1;
                    break;
                }
                Err(error) => panic!("{error}"),
            }
        }
        self.machine.appended();
    }

    /// Does what the machine says until it waits.
    async fn act(&mut self) -> Duration {
        loop {
            let now = self.now();
            match self.machine.next(&now) {
                Action::Load { after, held, bytes } => {
                    let records = self.store.load_more(&self.stream, after, &held, bytes).await;
                    self.machine.loaded(records, &now);
                    self.most_held = self.most_held.max(self.machine.bytes);
                }
                Action::Mark { .. } => panic!("events are not marked"),
                Action::Settle { epoch, fates } => {
                    let settled = self.store.settle(epoch, &self.stream, &fates).await;
                    self.machine.settled(settled, &now);
                }
                Action::Send { ticket, request } => {
                    self.requests += 1;
                    self.flights.push((self.now + ROUND_TRIP, ticket, request));
                }
                Action::Wait(wait) => return wait,
                Action::Stopped => panic!("nobody stopped it"),
            }
            for event in self.machine.take_events() {
                self.blocked += u64::from(matches!(event, Event::Blocked(_)));
                self.failed += u64::from(matches!(event, Event::Failed { .. }));
            }
        }
    }

    /// The responses that have come by now.
    fn land(&mut self) {
        let now = self.now();
        let (landed, flying) = std::mem::take(&mut self.flights).into_iter().partition(|(at, ..)| *at <= self.now);
        self.flights = flying;
        let landed: Vec<(Duration, u64, Outgoing)> = landed;
        for (_, ticket, request) in landed {
            let Outgoing::Batch(request) = request else { panic!("it is a batch") };
            let options = CallOptions::default()
                .with_retry_policy(RetryPolicy::default().with_attempts(1))
                .with_throttle(Throttle::off());
            let mut exchange = Exchange::of(&self.endpoint, request, &options, &now).unwrap();
            let Step::Send(request) = exchange.step(&now) else { panic!("it is not throttled") };
            exchange.receive(match self.outage {
                Some(Outage::Away) => Err(TransportError::not_sent(TransportErrorKind::Connect)),
                Some(Outage::Status(status)) => Ok(Response::builder().status(status).body(Bytes::new()).unwrap()),
                None => Ok(self.emulator.handle_at(&request, now.since_epoch)),
            });
            let Step::Done(result) = exchange.step(&now) else { panic!("it is not retried") };
            self.machine.responded(ticket, Incoming::Batch(result), &now);
        }
    }

    /// Time passes: events come, unless nobody sends any.
    async fn pass(&mut self, time: Duration, comes: bool) {
        let end = self.now + time;
        let mut next = self.now;
        while self.now < end {
            if comes && self.now >= next {
                next = self.now + EACH;
                self.enqueue().await;
            }
            self.land();
            let now = self.now();
            self.machine.leased(Some(Lease::new(self.epoch, Duration::from_secs(15))), &now);
            let wait = self.act().await;
            let landing = self.flights.iter().map(|(at, ..)| at.saturating_sub(self.now)).min();
            let coming = comes.then(|| next.saturating_sub(self.now));
            let step = [Some(wait), landing, coming].into_iter().flatten().min().unwrap();
            self.now += step.clamp(Duration::from_micros(1), end.saturating_sub(self.now));
        }
    }

    async fn waiting(&self) -> u64 {
        self.store.statistics().await.unwrap().waiting
    }

    /// How long it takes until nothing waits, while more comes.
    async fn drain(&mut self) -> Duration {
        let begun = self.now;
        // A batch that is not full waits for a while.
        while self.waiting().await > 2 * EVENTS {
            assert!(self.now < begun + HOUR, "it does not drain");
            self.pass(EACH, true).await;
        }
        self.now.saturating_sub(begun)
    }

    /// Everything that was taken has arrived, once and in order.
    async fn ends(&mut self) {
        self.pass(Duration::from_secs(1), false).await;
        assert_eq!((self.waiting().await, self.failed), (0, 0));
        let n = |event: customerio_emulator::Event| event.data()["n"].as_u64().unwrap();
        let arrived: Vec<_> = self.emulator.events().into_iter().map(n).collect();
        assert_eq!(arrived.len() as u64, self.taken);
        assert!(arrived.into_iter().eq(0..self.taken), "once and in order");
    }
}

async fn an_hour_of(outage: Outage) -> World {
    let mut world = World::new().await;
    world.pass(Duration::from_secs(5), true).await;
    assert_eq!(world.refused, 0);
    (world.outage, world.requests) = (Some(outage), 0);
    world.pass(HOUR, true).await;
    let bytes = world.store.statistics().await.unwrap().bytes;
    // The store is full, and says so.
    assert!((LIMIT - 1000..=LIMIT).contains(&bytes), "{bytes} bytes");
    assert!(world.refused > 30_000, "{} refused", world.refused);
    assert!(world.most_held <= MachineOptions::default().window, "{} bytes", world.most_held);
    world.outage = None;
    world
}

#[tokio::test]
async fn an_outage_of_an_hour_fills_the_store_and_no_more_and_then_it_drains() {
    let mut world = an_hour_of(Outage::Away).await;
    // At most 5 minutes pass between two attempts.
    assert!((12..40).contains(&world.requests), "{} requests", world.requests);
    let backlog = world.waiting().await;
    let requests = world.requests;
    while world.requests == requests {
        world.pass(EACH, true).await;
    }
    assert!(world.now < HOUR + Duration::from_secs(306), "it is tried again within 5 minutes");
    let (took, taken) = (world.drain().await, world.taken);
    let rate = f64::from(u32::try_from(backlog).unwrap()) / took.as_secs_f64();
    assert!(rate >= 10.0 * 1000.0, "it drains at {rate:.0}/s, {taken}");
    world.ends().await;
}

#[tokio::test]
async fn wrong_credentials_for_an_hour_lose_nothing_and_are_said_each_minute() {
    let mut world = an_hour_of(Outage::Status(StatusCode::UNAUTHORIZED)).await;
    assert!((55..=61).contains(&world.blocked), "{} times", world.blocked);
    assert!(world.requests - world.blocked <= 1, "{} requests", world.requests);
    world.pass(Duration::from_secs(61), true).await;
    world.drain().await;
    world.ends().await;
}
