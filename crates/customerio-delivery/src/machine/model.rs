//! The machine against a store and a server that fail in every way, with a crash possible after each action.
//!
//! What happens is read from a list of bytes, so that a failure shrinks to a short story. When the list has ended, all goes
//! well, and every call has to end.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use customerio_core::{
    Api, CallOptions, Endpoint, Error, Exchange, FromResponse, Limits, Moment, Prepared, Region, RetryPolicy, Step,
    Throttle, Track, TransportError, TransportErrorKind,
    track::{self, v2::person},
};
use http::Response;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{Epoch, Lane, Lease, Record, StoreError};

/// What happens next, of the bytes that are left; after them, always the first choice.
struct Story<'a>(&'a [u8]);

impl Story<'_> {
    fn choose(&mut self, choices: u8) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % choices
    }

    fn has_ended(&self) -> bool {
        self.0.is_empty()
    }
}

/// What the store has on its disk.
#[derive(Default)]
struct Disk {
    waiting: BTreeMap<u64, (Stored, bool)>,
    /// Calls with a number, of transactions that are not committed.
    late: BTreeMap<u64, Stored>,
    /// When each call got its number, and when it became visible, in steps.
    times: BTreeMap<u64, (u64, Option<u64>)>,
    steps: u64,
    fates: BTreeMap<u64, Fate>,
    /// What somebody discarded before it was marked.
    discarded: BTreeSet<u64>,
    /// Of the last lease.
    epoch: u64,
}

impl Disk {
    fn number(&mut self, number: u64, call: Stored) {
        self.steps += 1;
        self.times.insert(number, (self.steps, None));
        self.late.insert(number, call);
    }

    fn commit(&mut self, number: u64) {
        self.steps += 1;
        self.times.get_mut(&number).unwrap().1 = Some(self.steps);
        let call = self.late.remove(&number).unwrap();
        self.waiting.insert(number, (call, false));
    }

    fn discard(&mut self, index: usize) {
        let unmarked = self.waiting.iter().filter(|(_, (_, is_marked))| !is_marked).map(|(number, _)| *number);
        if let Some(number) = unmarked.clone().nth(index % unmarked.count().max(1)) {
            self.waiting.remove(&number);
            self.discarded.insert(number);
        }
    }

    /// Whether the transaction of one call was over when that of the other began.
    fn followed(&self, one: u64, other: u64) -> bool {
        self.times[&one].1.is_some_and(|committed| committed < self.times[&other].0)
    }
}

/// What the server has seen of each call, by its number: in the order of arrival.
#[derive(Default)]
struct Server {
    arrived: Vec<u64>,
    accepted: BTreeSet<u64>,
    rejected: BTreeSet<u64>,
    /// Calls that it fails at each time.
    poison: BTreeSet<u64>,
    /// How often it failed at each call.
    failures: BTreeMap<u64, u32>,
}

/// A request on its way, and what the server says when it arrives.
struct Flight {
    ticket: u64,
    request: Outgoing,
    /// It was sent while a call was suspected: a call about somebody else goes first then.
    is_probe: bool,
}

struct World<'a> {
    story: Story<'a>,
    lane: Lane,
    /// How often the server fails at a batch before it is halved.
    halve_after: u32,
    disk: Disk,
    server: Server,
    machine: Machine,
    flights: Vec<Flight>,
    /// What the store has read, and the machine has not got yet.
    loading: Option<Result<Vec<Record>, StoreError>>,
    /// Whether transactions overlap, so that a call can become visible after one with a higher number.
    overlaps: bool,
    monotonic: Duration,
    random: u128,
    /// The number of the last call.
    enqueued: u64,
    /// When the next comes.
    enqueue_at: Duration,
}

const WINDOW: usize = 4_000;
const CALLS: u64 = 30;
/// Only among these is one that the server fails at: that shows when others go well.
const POISON: u8 = 24;
/// One call in this many must not arrive twice.
const ONCE: u64 = 5;

fn endpoint() -> Endpoint<Track> {
    Endpoint::track(Region::Us, "site", "key").unwrap()
}

/// A call that says its number to the server.
fn call(lane: Lane, number: u64) -> Stored {
    let now =
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: number.into() };
    let person = format!("person-{}", number % 4);
    let is_once = number.is_multiple_of(ONCE);
    let limits = Limits::default();
    match (lane, is_once) {
        (Lane::TrackBatches, true) => Stored::new(person::Merge::new(person, format!("{number}")), &now, &limits),
        (Lane::TrackBatches, false) => {
            let event = person::Event::new(person, "number").with_attributes(serde_json::json!({ "number": number }));
            Stored::new(event, &now, &limits)
        }
        (_, true) => {
            let form =
                track::SubmitForm::new("f", person).with_fields(serde_json::json!({ "number": number.to_string() }));
            Stored::new(form, &now, &limits)
        }
        (_, false) => {
            let event = track::Event::new(person, "number").with_data(serde_json::json!({ "number": number }));
            Stored::new(event, &now, &limits)
        }
    }
    .unwrap()
}

fn number_of(item: &Value) -> u64 {
    let text = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    None.or_else(|| item["attributes"]["number"].as_u64())
        .or_else(|| item["data"]["number"].as_u64())
        .or_else(|| text(&item["data"]["number"]))
        .or_else(|| text(&item["secondary"]["id"]))
        .unwrap_or_else(|| panic!("no number in {item}"))
}

impl<'a> World<'a> {
    fn new(lane: Lane, halve_after: u32, story: &'a [u8]) -> Self {
        let mut world = Self {
            story: Story(story),
            lane,
            halve_after,
            disk: Disk::default(),
            server: Server::default(),
            machine: Self::machine(lane, halve_after),
            flights: Vec::new(),
            loading: None,
            overlaps: false,
            monotonic: Duration::ZERO,
            random: 0,
            enqueued: 0,
            enqueue_at: Duration::ZERO,
        };
        world.overlaps = world.story.choose(2) == 1;
        for _ in 0..CALLS {
            world.enqueue();
        }
        // Where calls come out of order, those that it fails at could stand in front of all others.
        for _ in 0..world.story.choose(if world.overlaps { 2 } else { 3 }) {
            let number = u64::from(world.story.choose(POISON)) + 1;
            world.server.poison.insert(number);
        }
        world.lease();
        world
    }

    /// The machine's process takes the lease.
    fn lease(&mut self) {
        self.disk.epoch += 1;
        self.renew();
    }

    fn renew(&mut self) {
        let now = self.now();
        self.machine.leased(Some(Lease::new(Epoch(self.disk.epoch), Duration::from_secs(15))), &now);
    }

    /// The process stands still for longer than its lease. Another takes over, sends some calls, and ends or releases the
    /// lease; then the first goes on. It may have had time to find out that it had lost the lease, or not.
    fn stall(&mut self) {
        self.monotonic += Duration::from_secs(20);
        self.disk.epoch += 1;
        for _ in 0..self.story.choose(6) {
            let Some((number, (call, is_marked))) = self.disk.waiting.first_key_value() else { break };
            let (number, is_once) = (*number, call.replay() == Replay::OnlyIfNotSent);
            let fate = if *is_marked {
                Fate::Failed(Failure::new(Reason::UnknownOutcome))
            } else if is_once && self.story.choose(3) == 1 {
                // It ends before it can say what came of it.
                self.disk.waiting.get_mut(&number).unwrap().1 = true;
                self.arrive(&[number], false);
                break;
            } else {
                self.arrive(&[number], false);
                Fate::Done
            };
            self.settle(number, &fate);
        }
        let now = self.now();
        match self.story.choose(3) {
            0 => self.lease(),
            1 => {
                self.machine.leased(None, &now);
                self.lease();
            }
            // It learns it from the store, if it writes before it renews its lease.
            _ => {}
        }
    }

    /// Whether what is written under that lease is refused.
    const fn is_fenced(&self, epoch: Epoch) -> bool {
        epoch.0 != self.disk.epoch
    }

    fn machine(lane: Lane, halve_after: u32) -> Machine {
        let stream = Stream { destination: "default".into(), lane };
        // Room for some of the calls only, and batches of a few.
        let limits = Limits::default().with_batch(900);
        let options =
            MachineOptions { window: WINDOW, concurrency: 3, halve_after, limits, ..MachineOptions::default() };
        Machine::new(stream, options)
    }

    fn now(&mut self) -> Moment {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let since_epoch = Duration::from_secs(1_700_000_000) + self.monotonic;
        Moment { monotonic: self.monotonic, since_epoch, random: self.random >> 16 }
    }

    /// Somebody enqueues a call; where transactions overlap, it may become visible later.
    fn enqueue(&mut self) {
        self.enqueued += 1;
        self.disk.number(self.enqueued, call(self.lane, self.enqueued));
        if !self.overlaps || self.story.choose(5) != 4 {
            self.disk.commit(self.enqueued);
        }
    }

    /// One of the transactions that are under way is committed.
    fn commit_late(&mut self) {
        let index = usize::from(self.story.choose(u8::try_from(self.disk.late.len()).unwrap()));
        let number = self.disk.late.keys().nth(index).copied();
        if let Some(number) = number {
            self.disk.commit(number);
        }
    }

    /// The process ends, and another begins. What was on its way may arrive all the same.
    fn crash(&mut self) {
        for flight in std::mem::take(&mut self.flights) {
            if self.story.choose(2) == 1 {
                self.arrive(&Self::numbers(&flight.request), flight.is_probe);
            }
        }
        self.loading = None;
        self.machine = Self::machine(self.lane, self.halve_after);
        self.lease();
    }

    fn store_error() -> StoreError {
        StoreError::failed("the disk is away")
    }

    fn act(&mut self, action: Action) {
        let now = self.now();
        match action {
            Action::Load { after, held, bytes } => {
                let mut left = bytes;
                let begin = if self.overlaps { 0 } else { after + 1 };
                let calls = self.disk.waiting.range(begin..).filter(|(number, _)| !held.contains(number));
                let records = calls.take_while(|(_, (call, _))| {
                    let fits = left == bytes || call.size() <= left;
                    left = left.saturating_sub(call.size());
                    fits
                });
                let records =
                    records.map(|(number, (call, mark))| Record::new(*number, *mark, Ok(call.clone()))).collect();
                let result = if self.story.choose(8) == 7 { Err(Self::store_error()) } else { Ok(records) };
                self.loading = Some(result);
                if self.story.choose(3) < 2 {
                    self.loaded();
                }
            }
            Action::Mark { epoch, .. } if self.is_fenced(epoch) => self.machine.marked(Err(StoreError::Fenced), &now),
            Action::Mark { numbers, .. } => {
                let luck = self.story.choose(8);
                // It may be written though it fails.
                let is_there = |number: &u64| self.disk.waiting.contains_key(number);
                let there: Vec<_> = numbers.into_iter().filter(is_there).collect();
                if luck != 7 {
                    for number in &there {
                        self.disk.waiting.get_mut(number).unwrap().1 = true;
                    }
                }
                if luck == 5 {
                    return self.crash();
                }
                let result = if luck >= 6 { Err(Self::store_error()) } else { Ok(there) };
                self.machine.marked(result, &now);
            }
            Action::Settle { epoch, .. } if self.is_fenced(epoch) => {
                self.machine.settled(Err(StoreError::Fenced), &now);
            }
            Action::Settle { fates, .. } => {
                let luck = self.story.choose(8);
                if luck != 7 {
                    for (number, fate) in &fates {
                        self.settle(*number, fate);
                    }
                }
                if luck == 5 {
                    return self.crash();
                }
                let result = if luck >= 6 { Err(Self::store_error()) } else { Ok(()) };
                self.machine.settled(result, &now);
            }
            Action::Send { ticket, request } => {
                let epoch = self.machine.lease.filter(|held| held.until > self.monotonic).map(|held| held.epoch.0);
                assert_eq!(epoch, Some(self.disk.epoch), "I7: no lease");
                for number in Self::numbers(&request) {
                    if self.disk.discarded.contains(&number) {
                        assert!(!number.is_multiple_of(ONCE), "{number} was discarded before it was marked");
                        continue;
                    }
                    let (call, is_marked) = self.disk.waiting.get(&number).expect("I5: it has no fate yet");
                    assert!(*is_marked || call.replay() == Replay::Safe, "I3: {number} was not marked");
                }
                let is_probe = self.machine.batches.suspect.is_some();
                self.flights.push(Flight { ticket, request, is_probe });
            }
            Action::Wait(_) if self.loading.is_some() => self.loaded(),
            Action::Wait(_) if !self.flights.is_empty() => self.land(),
            Action::Wait(wait) => {
                if self.story.has_ended() && !self.disk.late.is_empty() {
                    self.commit_late();
                }
                // Life goes on: others are enqueued.
                if self.story.has_ended() && self.monotonic >= self.enqueue_at && self.enqueued < 8 * CALLS {
                    self.enqueue();
                    self.enqueue_at = self.monotonic + Duration::from_secs(10);
                    self.machine.appended();
                }
                let is_leased = self.machine.lease.is_some_and(|held| held.until > self.monotonic);
                assert!(wait < Duration::MAX || !is_leased, "it waits for ever: {:?}", self.machine);
                self.monotonic += wait.min(Duration::from_secs(10));
                // One that is over is not renewed.
                if self.machine.lease.is_some_and(|held| held.epoch.0 == self.disk.epoch) {
                    self.renew();
                } else {
                    self.lease();
                }
            }
            Action::Stopped => panic!("nobody stopped it"),
        }
    }

    /// The machine gets what the store has read.
    fn loaded(&mut self) {
        let now = self.now();
        let Some(result) = self.loading.take() else { return };
        self.machine.loaded(result, &now);
        assert!(self.machine.bytes <= BEYOND * WINDOW + 1_000, "I6: {}", self.machine.bytes);
    }

    fn settle(&mut self, number: u64, fate: &Fate) {
        if *fate == Fate::Retry {
            if let Some((_, is_marked)) = self.disk.waiting.get_mut(&number) {
                *is_marked = false;
            }
            return;
        }
        if self.disk.discarded.contains(&number) {
            return;
        }
        if self.disk.waiting.remove(&number).is_none() {
            // It was written, and the machine was told that it was not: it says the same again.
            assert_eq!(self.disk.fates.get(&number), Some(fate), "I5: two fates of {number}");
            return;
        }
        match fate {
            Fate::Done => assert!(self.server.accepted.contains(&number), "I1: {number} is done and not accepted"),
            Fate::Failed(failure) if failure.reason == Reason::Rejected => {
                assert!(self.server.rejected.contains(&number), "{number} was not rejected");
            }
            Fate::Failed(failure) if failure.reason == Reason::Poison => {
                let failures = self.server.failures.get(&number).copied().unwrap_or_default();
                assert!(failures >= SUSPICIOUS, "{number} is no poison after {failures}");
            }
            Fate::Failed(failure) if failure.reason == Reason::UnknownOutcome => {
                assert!(number.is_multiple_of(ONCE), "{number} may arrive twice");
            }
            _ => {}
        }
        self.disk.fates.insert(number, fate.clone());
    }

    fn numbers(request: &Outgoing) -> Vec<u64> {
        let json = |body: &Bytes| serde_json::from_slice::<Value>(body).unwrap();
        match request {
            Outgoing::Batch(request) => {
                json(request.body())["batch"].as_array().unwrap().iter().map(number_of).collect()
            }
            Outgoing::Single(request) => vec![number_of(&json(request.body()))],
        }
    }

    fn arrive(&mut self, numbers: &[u64], is_probe: bool) {
        for &number in numbers {
            let is_again = self.server.arrived.contains(&number);
            assert!(!is_again || !number.is_multiple_of(ONCE), "I2: {number} arrived twice");
            if !is_again {
                // I4: whoever is before it in its order, and is not known to have failed, is there already.
                let before = |other: &u64| self.lane.is_batched() || other % 4 == number % 4;
                let is_before = |other: &u64| before(other) && !self.disk.discarded.contains(other);
                for other in (1..number).filter(is_before).filter(|other| self.disk.followed(*other, number)) {
                    let failed = matches!(self.disk.fates.get(&other), Some(Fate::Failed(_)));
                    let is_probed = is_probe && other % 4 != number % 4;
                    let is_there = self.server.arrived.contains(&other) || self.server.rejected.contains(&other);
                    assert!(is_there || failed || is_probed, "I4: {number} arrived before {other}");
                }
            }
            self.server.arrived.push(number);
            self.server.accepted.insert(number);
        }
    }

    /// One request ends.
    fn land(&mut self) {
        let index = usize::from(self.story.choose(u8::try_from(self.flights.len()).unwrap()));
        let Flight { ticket, request, is_probe } = self.flights.remove(index);
        let numbers = Self::numbers(&request);
        let is_poisoned = numbers.iter().any(|number| self.server.poison.contains(number));
        let luck = if is_poisoned { 4 } else { self.story.choose(16) };
        let response =
            |status: u16, body: String| Ok(Response::builder().status(status).body(Bytes::from(body)).unwrap());
        let result = match luck {
            2 if numbers.len() > 1 => {
                // It takes all but one.
                let index = usize::from(self.story.choose(u8::try_from(numbers.len()).unwrap()));
                self.server.rejected.insert(numbers[index]);
                self.arrive(&numbers, is_probe);
                self.server.accepted.remove(&numbers[index]);
                response(207, format!(r#"{{"errors":[{{"batch_index":{index},"reason":"invalid"}}]}}"#))
            }
            3 => {
                if let [number] = numbers[..] {
                    self.server.rejected.insert(number);
                }
                response(400, String::new())
            }
            4 => response(500, String::new()),
            5 => response(503, String::new()),
            6 => {
                self.arrive(&numbers, is_probe);
                Err(TransportError::maybe_sent(TransportErrorKind::Timeout))
            }
            7 => Err(TransportError::maybe_sent(TransportErrorKind::Connection)),
            8 => Err(TransportError::not_sent(TransportErrorKind::Connect)),
            9 => response(429, String::new()),
            10 => response(401, String::new()),
            11 => {
                self.arrive(&numbers, is_probe);
                return self.crash();
            }
            12 => {
                self.arrive(&numbers, is_probe);
                response(502, String::new())
            }
            13 => response(200, "<html>".to_owned()),
            _ => {
                self.arrive(&numbers, is_probe);
                response(200, "{}".to_owned())
            }
        };
        if matches!(luck, 4 | 5 | 12 | 13) {
            for number in &numbers {
                *self.server.failures.entry(*number).or_default() += 1;
            }
        }
        let now = self.now();
        let incoming = match request {
            Outgoing::Batch(request) => Incoming::Batch(respond(request, result, &now)),
            Outgoing::Single(request) => Incoming::Single(respond(request, result, &now)),
        };
        self.machine.responded(ticket, incoming, &now);
    }

    fn run(mut self) {
        for step in 0.. {
            assert!(step < 20_000, "it does not end: {:?} {:?}", self.machine, self.disk.waiting.keys());
            if self.disk.waiting.is_empty() && self.disk.late.is_empty() && self.flights.is_empty() {
                break;
            }
            if self.overlaps && !self.story.has_ended() {
                match self.story.choose(12) {
                    9 => self.loaded(),
                    10 if !self.disk.late.is_empty() => self.commit_late(),
                    11 if self.enqueued < 3 * CALLS => self.enqueue(),
                    _ => {}
                }
            }
            if !self.story.has_ended() {
                match self.story.choose(40) {
                    39 => self.crash(),
                    38 => self.stall(),
                    37 => {
                        let index = self.story.choose(32);
                        self.disk.discard(index.into());
                    }
                    _ => {}
                }
            }
            let now = self.now();
            let action = self.machine.next(&now);
            self.act(action);
        }
        let ended = self.disk.fates.len() + self.disk.discarded.len();
        assert_eq!(ended as u64, self.enqueued, "I5: each call has a fate");
    }
}

/// What a client makes of it.
fn respond<T: FromResponse>(
    request: Prepared<T>,
    result: Result<Response<Bytes>, TransportError>,
    now: &Moment,
) -> Result<T, Error> {
    let options = CallOptions::default()
        .with_retry_policy(RetryPolicy::default().with_attempts(1))
        .with_throttle(Throttle::off());
    let mut exchange = Exchange::of(&endpoint(), request, &options, now).unwrap();
    let Step::Send(_) = exchange.step(now) else { panic!("it is not throttled") };
    exchange.receive(result);
    let Step::Done(result) = exchange.step(now) else { panic!("it is not retried") };
    result
}

proptest! {
    #[test]
    fn every_call_of_a_batch_lane_ends_once_whatever_happens(story in proptest::collection::vec(any::<u8>(), 0..400)) {
        World::new(Lane::TrackBatches, SUSPICIOUS, &story).run();
    }

    #[test]
    fn so_it_does_where_batches_are_halved_at_once(story in proptest::collection::vec(any::<u8>(), 0..400)) {
        World::new(Lane::TrackBatches, 1, &story).run();
    }

    #[test]
    fn every_single_call_ends_once_whatever_happens(story in proptest::collection::vec(any::<u8>(), 0..400)) {
        World::new(Lane::Track, SUSPICIOUS, &story).run();
    }
}

/// A `Request` of the API, as a driver gets it: it is of the lane's API.
#[test]
fn requests_are_of_the_api_of_their_lane() {
    for lane in [Lane::TrackBatches, Lane::Track] {
        let mut world = World::new(lane, SUSPICIOUS, &[]);
        let request = loop {
            let now = world.now();
            match world.machine.next(&now) {
                Action::Send { request, .. } => break request,
                action => world.act(action),
            }
        };
        let api = match &request {
            Outgoing::Batch(request) => request.api(),
            Outgoing::Single(request) => request.api(),
        };
        assert_eq!(api, Track::NAME);
    }
}
