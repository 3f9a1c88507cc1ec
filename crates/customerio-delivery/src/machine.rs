//! The delivery of one stream as a state machine, without I/O.

mod action;
mod backoff;
mod entry;
mod judge;
#[cfg(test)]
mod model;
#[cfg(test)]
mod outages;
mod pack;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    fmt, mem,
    time::Duration,
};

use customerio_core::{Encoded, Limits, Moment, Prepared, Replay};

pub use self::action::{Action, Event, Incoming, Outgoing};
use self::{
    entry::{Entry, State},
    judge::{Retry, Verdict},
    pack::Packed,
};
use crate::{Epoch, Failure, Fate, Lease, Reason, Record, StoreError, Stored, Stream, person};

/// Nothing is sent when less of the lease is left: the process may be stopped between the look and the sending.
const SPARE: Duration = Duration::from_secs(2);

/// How long a lane stands still that the server refuses, before it is tried again.
const BLOCKED: Duration = Duration::from_secs(60);

/// How many windows of calls are held at most, where all of them wait for calls that fail.
const BEYOND: usize = 8;

/// How often the server fails at a call, with a response that says so, before that can be the call's own fault.
const SUSPICIOUS: u32 = 8;

/// What a [`Machine`] may do.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MachineOptions {
    /// The most bytes of calls that it holds; eight times as many where all of them wait for a person whose call fails.
    /// Default: 1 MB, two batches.
    pub window: usize,
    /// The most single calls that are under way. Default: 32.
    pub concurrency: usize,
    /// How long the first call of a batch that is not full waits for more. Default: 200 ms.
    pub linger: Duration,
    /// How often it looks for calls that others appended. Default: 200 ms.
    pub poll_interval: Duration,
    /// How often in a row the server fails at a batch before it is halved, so that a call at fault is found and its
    /// neighbours arrive. Default: 8.
    pub halve_after: u32,
    /// The limits of the endpoint.
    pub limits: Limits,
}

impl Default for MachineOptions {
    fn default() -> Self {
        Self {
            window: 1_000_000,
            concurrency: 32,
            linger: Duration::from_millis(200),
            poll_interval: Duration::from_millis(200),
            halve_after: SUSPICIOUS,
            limits: Limits::default(),
        }
    }
}

/// The delivery of one [`Stream`] as a state machine: it says what to do, and a driver does it.
///
/// | promise | how it is kept |
/// | --- | --- |
/// | a call ends once | its [`Fate`] is settled in the store, and it is not sent after |
/// | what must not arrive twice is sent at most once | it is marked in the store before it is sent; a mark without a fate parks it |
/// | batches arrive in order | the next batch is sent when the fates of the last are durable |
/// | single calls arrive in order for each person | so is the next call about the same person |
/// | an outage loses nothing | what failed for now waits, up to 5 minutes at a time, for as long as it takes |
/// | one bad call holds up no other | a batch that is refused is halved until the call at fault is found |
///
/// [`Queue`](crate::Queue) is such a driver. Every method takes the time, because the machine reads no clock.
pub struct Machine {
    stream: Stream,
    options: MachineOptions,
    window: VecDeque<Entry>,
    bytes: usize,
    loads: Loads,
    writes: Writes,
    /// Nothing is loaded, sent or settled without a lease.
    lease: Option<Held>,
    /// The requests that are under way, by their tickets.
    flying: BTreeMap<u64, Vec<u64>>,
    last_ticket: u64,
    batches: Batches,
    /// Nothing is sent until then.
    blocked_until: Option<Duration>,
    /// How many requests the server has dealt with: accepted, or refused for what is in them.
    handled: u64,
    /// Batches that are not full leave at once until the call of that number has ended.
    flush_through: u64,
    is_stopping: bool,
    events: Vec<Event>,
}

/// The lease that it has.
#[derive(Clone, Copy, Debug)]
struct Held {
    epoch: Epoch,
    until: Duration,
}

/// What is known of the store's calls.
#[derive(Debug, Default)]
struct Loads {
    /// The highest number that was loaded.
    after: u64,
    /// Of the calls that were there at the last flush, all up to that number are held or have ended.
    known_through: u64,
    /// There were no more, when it was looked last.
    is_at_end: bool,
    look_again_at: Duration,
    under_way: Option<Load>,
}

impl Loads {
    /// A call has ended, which a look that is under way may have all the same.
    fn ended(&mut self, number: u64) {
        if let Some(load) = &mut self.under_way {
            load.ended.insert(number);
        }
    }
}

/// A look that is under way.
#[derive(Debug, Default)]
struct Load {
    /// It was begun before the lease was lost.
    is_stale: bool,
    /// It was begun before the last flush, and may not have the calls that this is for.
    is_before_flush: bool,
    /// What has ended since it was begun, and may be in it all the same.
    ended: HashSet<u64>,
}

/// What the store is writing.
#[derive(Debug, Default)]
struct Writes {
    marking: Write,
    settling: Write,
    failures: u32,
    not_before: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Write {
    #[default]
    Idle,
    UnderWay,
    /// It was begun before the lease was lost.
    Stale,
}

impl Write {
    const fn is_under_way(self) -> bool {
        !matches!(self, Self::Idle)
    }

    const fn lost(&mut self) {
        if self.is_under_way() {
            *self = Self::Stale;
        }
    }
}

/// The batch that is next.
#[derive(Debug)]
struct Batches {
    /// The most calls that go into it: fewer while a call at fault is sought.
    most: usize,
    failures: u32,
    not_before: Duration,
    /// A call that the server failed at each time, alone. Another is sent before it is tried again.
    suspect: Option<Suspect>,
}

#[derive(Clone, Copy, Debug)]
struct Suspect {
    number: u64,
    /// Whether another call goes first, to see whether the server fails at that too.
    probes: bool,
    /// How many requests the server had dealt with when it failed last.
    handled_then: u64,
}

impl Machine {
    /// The delivery of `stream`, at its beginning.
    #[must_use]
    pub fn new(stream: Stream, options: MachineOptions) -> Self {
        Self {
            stream,
            options,
            window: VecDeque::new(),
            bytes: 0,
            loads: Loads::default(),
            writes: Writes::default(),
            lease: None,
            flying: BTreeMap::new(),
            last_ticket: 0,
            batches: Batches { most: usize::MAX, failures: 0, not_before: Duration::ZERO, suspect: None },
            blocked_until: None,
            handled: 0,
            flush_through: 0,
            is_stopping: false,
            events: Vec::new(),
        }
    }

    /// The stream that it delivers.
    #[must_use]
    pub const fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Every call of the stream with a lower number has ended, of those that were appended before the last [`flush`](Self::flush).
    /// `u64::MAX` where there were no more, when it was looked last.
    #[must_use]
    pub fn low(&self) -> u64 {
        let unknown = if self.loads.is_at_end { u64::MAX } else { self.loads.known_through.saturating_add(1) };
        self.window.front().map_or(unknown, |entry| entry.number.min(unknown))
    }

    /// What happened since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        mem::take(&mut self.events)
    }

    /// The lease was taken, renewed or lost. Where it has another epoch than the last, somebody else may have sent in
    /// between: what is held is forgotten, and loaded anew.
    pub fn leased(&mut self, lease: Option<Lease>, now: &Moment) {
        if self.lease.map(|held| held.epoch) != lease.map(|lease| lease.epoch) {
            self.lost();
        }
        self.lease = lease.map(|Lease { epoch, left }| Held { epoch, until: now.monotonic.saturating_add(left) });
    }

    /// Somebody else sends, or did: nothing that is held here is certain any more.
    fn lost(&mut self) {
        self.lease = None;
        self.writes.marking.lost();
        self.writes.settling.lost();
        self.window.clear();
        self.flying.clear();
        self.bytes = 0;
        let stale = self.loads.under_way.take().map(|load| Load { is_stale: true, ..load });
        self.loads = Loads { under_way: stale, ..Loads::default() };
        self.batches = Batches { most: usize::MAX, suspect: None, ..self.batches };
    }

    /// How long a call that it holds waits at least before it can be sent.
    pub(crate) fn waits(&self, number: u64, now: &Moment) -> Duration {
        let index = self.window.binary_search_by_key(&number, |entry| entry.number).ok();
        let alone = index.map_or(Duration::ZERO, |index| self.window[index].not_before);
        let together = self.batches.not_before.max(self.blocked_until.unwrap_or_default());
        alone.max(together).saturating_sub(now.monotonic)
    }

    /// The calls that a request has which is under way.
    pub(crate) fn flying(&self, ticket: u64) -> &[u64] {
        self.flying.get(&ticket).map_or(&[], Vec::as_slice)
    }

    /// Calls were appended to the store.
    pub fn appended(&mut self) {
        self.loads.is_at_end = false;
    }

    /// Has batches that are not full leave at once, until every call up to that number has ended: see [`low`](Self::low).
    pub fn flush(&mut self, through: u64) {
        self.flush_through = self.flush_through.max(through);
        // A lower number can become visible after a higher one: what was known before says nothing of these.
        self.loads.known_through = 0;
        self.loads.is_at_end = false;
        if let Some(load) = &mut self.loads.under_way {
            load.is_before_flush = true;
        }
    }

    /// Sends nothing more. What is under way is waited for, until [`Action::Stopped`].
    pub fn stop(&mut self) {
        self.is_stopping = true;
        for entry in &mut self.window {
            if entry.state == State::Marked {
                entry.put_back();
            }
        }
    }

    /// Takes the result of [`Action::Load`].
    pub fn loaded(&mut self, result: Result<Vec<Record>, StoreError>, now: &Moment) {
        let Load { is_stale, is_before_flush, ended } = self.loads.under_way.take().unwrap_or_default();
        if is_stale {
            return;
        }
        let records = match result {
            Ok(records) => records,
            Err(error) => return self.store_failed(&error, now),
        };
        self.writes.failures = 0;
        if records.is_empty() && !is_before_flush {
            self.loads.is_at_end = true;
            self.loads.look_again_at = now.monotonic.saturating_add(self.options.poll_interval);
        }
        if let Some(last) = records.last().filter(|_| !is_before_flush) {
            self.loads.known_through = self.loads.known_through.max(last.number);
        }
        let held: BTreeSet<_> = self.window.iter().map(|entry| entry.number).collect();
        for record in records {
            self.loads.after = self.loads.after.max(record.number);
            if !held.contains(&record.number) && !ended.contains(&record.number) {
                self.take(record, now);
            }
        }
    }

    fn take(&mut self, record: Record, now: &Moment) {
        let Record { number, is_marked, call } = record;
        let (call, fate) = match call {
            // Whoever marked it did not live to say what came of it.
            Ok(call) if is_marked => (Some(call), Some(Failure::new(Reason::UnknownOutcome))),
            Ok(call) => (Some(call), None),
            Err(error) => (None, Some(Failure::from(&error))),
        };
        // Batches are in order for everybody: whom a call is about matters only where one is suspected.
        let key = call.as_ref().filter(|_| !self.stream.lane.is_batched()).and_then(|call| person::key(call.call()));
        let mut entry = Entry::new(number, call, key, now.monotonic);
        if let Some(failure) = fate {
            entry.state = State::Ended(Fate::Failed(failure));
        }
        self.bytes += entry.bytes;
        let index = self.window.partition_point(|other| other.number < number);
        self.window.insert(index, entry);
    }

    /// Takes the result of [`Action::Mark`].
    pub fn marked(&mut self, result: Result<Vec<u64>, StoreError>, now: &Moment) {
        if mem::take(&mut self.writes.marking) == Write::Stale {
            return;
        }
        let there = result.as_deref().ok().map(|there| there.iter().copied().collect::<HashSet<_>>());
        let Self { window, bytes, loads, is_stopping, .. } = self;
        window.retain_mut(|entry| {
            if entry.state != State::Marking {
                return true;
            }
            if there.as_ref().is_some_and(|there| !there.contains(&entry.number)) {
                // Somebody discarded it.
                *bytes -= entry.bytes;
                loads.ended(entry.number);
                return false;
            }
            if *is_stopping {
                entry.put_back();
            } else {
                // A mark that may be there is written again.
                entry.state = if there.is_some() { State::Marked } else { State::Waiting };
            }
            true
        });
        match result {
            Ok(_) => self.writes.failures = 0,
            Err(error) => self.store_failed(&error, now),
        }
    }

    /// Takes the result of [`Action::Settle`].
    pub fn settled(&mut self, result: Result<(), StoreError>, now: &Moment) {
        if mem::take(&mut self.writes.settling) == Write::Stale {
            return;
        }
        if let Err(error) = result {
            for entry in &mut self.window {
                if let State::Settling(fate) = &entry.state {
                    // It is settled again, which does nothing if it was done.
                    entry.state = State::Ended(fate.clone());
                }
            }
            return self.store_failed(&error, now);
        }
        self.writes.failures = 0;
        let Self { window, bytes, events, loads, .. } = self;
        window.retain_mut(|entry| {
            let State::Settling(fate) = &mut entry.state else { return true };
            match mem::replace(fate, Fate::Retry) {
                Fate::Retry => {
                    entry.state = State::Waiting;
                    return true;
                }
                Fate::Done => events.extend(entry.call.as_ref().map(|call| Event::Done {
                    number: entry.number,
                    operation: call.operation(),
                    stored_at: call.stored_at(),
                })),
                Fate::Failed(failure) => events.push(Event::Failed {
                    number: entry.number,
                    operation: entry.call.as_ref().map(Stored::operation),
                    failure,
                }),
            }
            *bytes -= entry.bytes;
            loads.ended(entry.number);
            false
        });
    }

    fn store_failed(&mut self, error: &StoreError, now: &Moment) {
        if matches!(error, StoreError::Fenced) {
            return self.lost();
        }
        self.writes.failures += 1;
        let wait = backoff::wait(self.writes.failures.min(5), Duration::ZERO, now.random);
        self.writes.not_before = now.monotonic.saturating_add(wait);
    }

    /// Takes the result of the request of an [`Action::Send`].
    pub fn responded(&mut self, ticket: u64, response: Incoming, now: &Moment) {
        // What was sent before the lease was lost is another sender's to decide.
        let Some(numbers) = self.flying.remove(&ticket) else { return };
        let replay = self
            .entry(numbers[0])
            .map_or(Replay::Safe, |entry| if entry.is_once() { Replay::OnlyIfNotSent } else { Replay::Safe });
        let verdict = match response {
            Incoming::Batch(result) => judge::of_batch(result, numbers.len(), replay),
            Incoming::Single(result) => judge::of_request(result, replay),
        };
        if !matches!(verdict, Verdict::Blocked(_) | Verdict::Retry(_)) && self.blocked_until.take().is_some() {
            self.events.push(Event::Unblocked);
        }
        match verdict {
            Verdict::Ended(fates) => self.ended(&numbers, fates),
            Verdict::Refused(failure) => self.refused(&numbers, failure),
            Verdict::Retry(retry) if self.stream.lane.is_batched() => self.retry_batch(&numbers, retry, now),
            Verdict::Retry(retry) => self.retry_single(numbers[0], retry, now),
            Verdict::Blocked(failure) => {
                self.blocked_until = Some(now.monotonic.saturating_add(BLOCKED));
                self.events.push(Event::Blocked(failure));
                self.put_back(&numbers);
            }
        }
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let index = self.window.binary_search_by_key(&number, |entry| entry.number).ok()?;
        self.window.get_mut(index)
    }

    fn ended(&mut self, numbers: &[u64], fates: Vec<Fate>) {
        self.handled(numbers);
        self.batches.most = self.batches.most.saturating_mul(2);
        for (number, fate) in numbers.iter().zip(fates) {
            if let Some(entry) = self.entry(*number) {
                entry.state = State::Ended(fate);
            }
        }
    }

    /// Nothing of it was done, and one of them is at fault.
    fn refused(&mut self, numbers: &[u64], failure: Failure) {
        self.handled(numbers);
        if let [number] = numbers {
            if let Some(entry) = self.entry(*number) {
                entry.state = State::Ended(Fate::Failed(failure));
            }
        } else {
            self.batches.most = numbers.len() / 2;
            self.put_back(numbers);
        }
    }

    /// The server is there, and did not fail at these. What it failed at before is tried again at once.
    fn handled(&mut self, numbers: &[u64]) {
        self.handled += 1;
        self.batches.failures = 0;
        self.batches.suspect = self.batches.suspect.filter(|suspect| !numbers.contains(&suspect.number));
        if let Some(suspect) = &mut self.batches.suspect {
            suspect.probes = false;
        }
    }

    fn put_back(&mut self, numbers: &[u64]) {
        for number in numbers {
            if let Some(entry) = self.entry(*number) {
                entry.put_back();
            }
        }
    }

    fn retry_batch(&mut self, numbers: &[u64], retry: Retry, now: &Moment) {
        let Retry { least, is_server_error, status } = retry;
        self.put_back(numbers);
        self.batches.failures += 1;
        let failures = self.batches.failures;
        if is_server_error && failures >= self.options.halve_after {
            self.batches.most = (numbers.len() / 2).max(1);
        }
        if is_server_error {
            for number in numbers {
                if let Some(entry) = self.entry(*number) {
                    entry.server_failures += 1;
                    entry.failures += u32::from(numbers.len() == 1);
                }
            }
            if let [number] = *numbers
                && self.suspects(number)
            {
                return;
            }
        }
        let wait = backoff::wait(failures, least, now.random);
        self.batches.not_before = now.monotonic.saturating_add(wait);
        self.events.push(Event::Retrying { calls: numbers.len(), failures, wait, status });
    }

    /// The server failed at a call that was alone. Whether it is at fault shows when another is sent, and then it again: says
    /// whether that is shown now, and the call has ended.
    fn suspects(&mut self, number: u64) -> bool {
        let handled_then = self.handled;
        let is_certain = self.entry(number).is_some_and(|entry| entry.server_failures > SUSPICIOUS);
        match &mut self.batches.suspect {
            Some(suspect) if suspect.number != number => suspect.probes = false,
            // Another was dealt with: no more of them are needed, only more failures of this one.
            Some(suspect) if self.handled > suspect.handled_then && !is_certain => suspect.probes = false,
            Some(suspect) if self.handled > suspect.handled_then => {
                self.batches.suspect = None;
                self.batches.failures = 0;
                self.poisoned(number);
                return true;
            }
            Some(suspect) => suspect.probes = true,
            None if self.batches.failures >= self.options.halve_after => {
                self.batches.suspect = Some(Suspect { number, probes: true, handled_then });
            }
            None => {}
        }
        false
    }

    fn poisoned(&mut self, number: u64) {
        if let Some(entry) = self.entry(number) {
            let message = Some("the server fails at this call each time, and not at others".to_owned());
            entry.state = State::Ended(Fate::Failed(Failure::new(Reason::Poison).with_message(message)));
        }
    }

    fn retry_single(&mut self, number: u64, retry: Retry, now: &Moment) {
        let Retry { least, is_server_error, status } = retry;
        let handled = self.handled;
        let Some(entry) = self.entry(number) else { return };
        entry.failures += 1;
        entry.server_failures += u32::from(is_server_error);
        let failures = entry.failures;
        // Others were dealt with since it failed last.
        if is_server_error && entry.server_failures > SUSPICIOUS && handled > entry.handled_then {
            return self.poisoned(number);
        }
        entry.handled_then = handled;
        let wait = backoff::wait(failures, least, now.random);
        entry.not_before = now.monotonic.saturating_add(wait);
        entry.put_back();
        self.events.push(Event::Retrying { calls: 1, failures, wait, status });
    }

    /// What to do now. Everything but [`Action::Wait`] is begun at once, and the next action asked for.
    pub fn next(&mut self, now: &Moment) -> Action {
        self.settle(now)
            .or_else(|| self.load(self.options.window, now))
            .or_else(|| self.send(now))
            .or_else(|| self.settle(now))
            .or_else(|| self.load_beyond(now))
            .unwrap_or_else(|| if self.is_stopped() { Action::Stopped } else { Action::Wait(self.wait(now)) })
    }

    fn is_stopped(&self) -> bool {
        let is_writing = self.writes.marking.is_under_way() || self.writes.settling.is_under_way();
        let is_quiet = self.flying.is_empty() && !is_writing;
        self.is_stopping && is_quiet && !self.window.iter().any(|entry| matches!(entry.state, State::Ended(_)))
    }

    fn settle(&mut self, now: &Moment) -> Option<Action> {
        let Held { epoch, .. } = self.lease?;
        if self.writes.settling.is_under_way() || now.monotonic < self.writes.not_before {
            return None;
        }
        let mut fates = Vec::new();
        for entry in &mut self.window {
            if let State::Ended(fate) = &mut entry.state {
                let fate = mem::replace(fate, Fate::Retry);
                fates.push((entry.number, fate.clone()));
                entry.state = State::Settling(fate);
            }
        }
        if fates.is_empty() {
            return None;
        }
        self.writes.settling = Write::UnderWay;
        Some(Action::Settle { epoch, fates })
    }

    /// Loads more than the window where all that it holds waits for calls that fail: those of other people come behind, and
    /// whether they fare better shows who is at fault.
    fn load_beyond(&mut self, now: &Moment) -> Option<Action> {
        let waits = !self.stream.lane.is_batched() && !self.window.is_empty() && self.flying.is_empty();
        if waits && !self.writes.marking.is_under_way() { self.load(BEYOND * self.options.window, now) } else { None }
    }

    /// Loads more, if less than half of `window` is held.
    fn load(&mut self, window: usize, now: &Moment) -> Option<Action> {
        let loads = &mut self.loads;
        if loads.is_at_end && now.monotonic >= loads.look_again_at {
            loads.is_at_end = false;
        }
        let has_room = self.bytes <= window / 2;
        let is_held = loads.under_way.is_some() || loads.is_at_end || now.monotonic < self.writes.not_before;
        if is_held || !has_room || self.is_stopping || self.lease.is_none() {
            return None;
        }
        loads.under_way = Some(Load::default());
        let held = self.window.iter().map(|entry| entry.number).collect();
        Some(Action::Load { after: loads.after, held, bytes: window - self.bytes })
    }

    /// The epoch under which something may be sent, if anything may.
    fn may_send(&self, now: &Moment) -> Option<Epoch> {
        let held = self.lease.filter(|held| held.until.saturating_sub(now.monotonic) > SPARE)?;
        let is_blocked = self.blocked_until.is_some_and(|until| now.monotonic < until);
        (!is_blocked && !self.is_stopping && now.monotonic >= self.writes.not_before).then_some(held.epoch)
    }

    fn send(&mut self, now: &Moment) -> Option<Action> {
        let epoch = self.may_send(now)?;
        if self.stream.lane.is_batched() { self.send_batch(epoch, now) } else { self.send_single(epoch, now) }
    }

    /// Ends what expired before it could be sent.
    fn expire(&mut self, now: &Moment) {
        let time = now.timestamp();
        for entry in &mut self.window {
            if entry.has_not_begun() && entry.is_expired(time) {
                entry.state = State::Ended(Fate::Failed(Failure::new(Reason::Expired)));
            }
        }
    }

    fn send_batch(&mut self, epoch: Epoch, now: &Moment) -> Option<Action> {
        self.expire(now);
        // The fates of the last batch are durable before the next is sent.
        if now.monotonic < self.batches.not_before || self.window.iter().any(|entry| !entry.has_not_begun()) {
            return None;
        }
        let first = self.window.front()?.loaded_at;
        let is_late = now.monotonic.saturating_sub(first) >= self.options.linger || self.low() <= self.flush_through;
        let is_all = self.loads.is_at_end && is_late || self.bytes > self.options.window / 2;
        // It is packed only where it may leave: a call has fewer bytes in a batch than it is counted with here.
        let may_be_full = self.bytes >= self.options.limits.batch_bytes() || self.window.len() >= self.batches.most;
        if !is_all && !may_be_full {
            return None;
        }
        let (packed, misfits) = self.pack();
        for number in misfits {
            if let Some(entry) = self.entry(number) {
                let message = Some("it is larger than a batch takes".to_owned());
                entry.state = State::Ended(Fate::Failed(Failure::new(Reason::Invalid).with_message(message)));
            }
        }
        let Packed { request, numbers, replay, is_full } = packed?;
        if !is_full && !is_all {
            return None;
        }
        if replay == Replay::OnlyIfNotSent && self.entry(numbers[0]).is_some_and(|entry| entry.state == State::Waiting)
        {
            return Some(self.mark(epoch, numbers));
        }
        Some(self.fly(numbers, Outgoing::Batch(request)))
    }

    /// The batch that is next: of what is marked, if anything is; of another call than the one that is suspected, if its
    /// turn is another's.
    fn pack(&self) -> (Option<Packed>, Vec<u64>) {
        let is_marked = self.window.iter().any(|entry| entry.state == State::Marked);
        let suspect = self.batches.suspect.filter(|suspect| suspect.probes);
        let probe = suspect.and_then(|suspect| self.probe(suspect.number));
        let calls = self.window.iter().filter(|entry| {
            (entry.state == State::Marked || !is_marked) && probe.is_none_or(|probe| probe == entry.number)
        });
        let calls = calls.filter_map(|entry| Some((entry.number, entry.call.as_ref()?.call())));
        let most = if self.batches.suspect.is_some() { 1 } else { self.batches.most };
        pack::pack(calls, most, &self.options.limits)
    }

    /// A call that may go before the suspect: the first about somebody else. Not the same each time, because that may be one
    /// more that the server fails at.
    fn probe(&self, suspect: u64) -> Option<u64> {
        let key = |entry: &Entry| entry.call.as_ref().and_then(|call| person::key(call.call()));
        let mut people: HashSet<_> =
            self.window.iter().filter(|entry| entry.number == suspect).filter_map(key).collect();
        let firsts = self.window.iter().filter(|entry| {
            let comes_first = entry.number != suspect && entry.has_not_begun();
            comes_first && key(entry).is_none_or(|key| people.insert(key))
        });
        firsts.min_by_key(|entry| entry.failures).map(|entry| entry.number)
    }

    fn mark(&mut self, epoch: Epoch, numbers: Vec<u64>) -> Action {
        self.writes.marking = Write::UnderWay;
        for number in &numbers {
            if let Some(entry) = self.entry(*number) {
                entry.state = State::Marking;
            }
        }
        Action::Mark { epoch, numbers }
    }

    fn fly(&mut self, numbers: Vec<u64>, request: Outgoing) -> Action {
        for number in &numbers {
            if let Some(entry) = self.entry(*number) {
                entry.state = State::Sent;
            }
        }
        self.last_ticket += 1;
        self.flying.insert(self.last_ticket, numbers);
        Action::Send { ticket: self.last_ticket, request }
    }

    fn send_single(&mut self, epoch: Epoch, now: &Moment) -> Option<Action> {
        self.expire(now);
        let mut people = HashSet::new();
        let begun = |entry: &&Entry| matches!(entry.state, State::Sent | State::Marking | State::Marked);
        let mut room = self.options.concurrency.saturating_sub(self.window.iter().filter(begun).count());
        let (mut next, mut marks) = (None, Vec::new());
        for entry in &self.window {
            // Whoever comes first is ahead until its fate is durable.
            let is_first = entry.key.is_none_or(|key| people.insert(key));
            if !is_first || !entry.has_not_begun() {
                continue;
            }
            if entry.state == State::Marked {
                next = Some(entry.number);
                break;
            }
            if room == 0 || now.monotonic < entry.not_before {
                continue;
            }
            if entry.is_once() {
                if !self.writes.marking.is_under_way() {
                    marks.push(entry.number);
                    room -= 1;
                }
            } else {
                next = Some(entry.number);
                break;
            }
        }
        if let Some(number) = next
            && let Some(Encoded::Request(request)) =
                self.entry(number).and_then(|entry| entry.call.as_ref()).map(Stored::call)
        {
            let request = Outgoing::Single(Prepared::clone(request));
            return Some(self.fly(vec![number], request));
        }
        (!marks.is_empty()).then(|| self.mark(epoch, marks))
    }

    /// Until when nothing changes by itself.
    fn wait(&self, now: &Moment) -> Duration {
        let now = now.monotonic;
        let mut times = vec![self.loads.look_again_at, self.writes.not_before, self.batches.not_before];
        times.extend(self.blocked_until);
        times.extend(self.lease.map(|held| held.until.saturating_sub(SPARE)));
        times.extend(self.window.iter().map(|entry| entry.not_before));
        times.extend(self.window.front().map(|entry| entry.loaded_at.saturating_add(self.options.linger)));
        times.into_iter().filter(|time| *time > now).min().map_or(Duration::MAX, |time| time.saturating_sub(now))
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("stream", &self.stream)
            .field("calls", &self.window.len())
            .field("bytes", &self.bytes)
            .field("requests", &self.flying.len())
            .field("is_blocked", &self.blocked_until.is_some())
            .finish_non_exhaustive()
    }
}
