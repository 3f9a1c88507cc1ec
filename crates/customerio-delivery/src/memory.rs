//! Calls in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use customerio_core::Timestamp;

use crate::{
    CallFilter, Epoch, Failure, Fate, Inspect, KeptCall, Lease, ParkedCalls, Purged, Reason, Record, Replayed,
    Statistics, Store, StoreError, Stored, Stream, mentions::mentions,
};

/// How many dead letters are kept: then the oldest is forgotten for a new one.
const DEAD_LETTERS: usize = 1000;

/// Keeps calls in memory, up to a number of bytes: what waits is lost with the process.
///
/// Of calls that failed it has the last 1,000.
#[derive(Debug)]
pub struct MemoryStore {
    limit: u64,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    bytes: u64,
    /// The epoch of the last lease.
    epoch: u64,
    is_leased: bool,
    calls: BTreeMap<Stream, BTreeMap<u64, Waiting>>,
    dead: BTreeMap<u64, Dead>,
}

/// A call, and whether it may have been sent.
#[derive(Debug)]
struct Waiting {
    call: Stored,
    is_marked: bool,
}

/// A call that failed.
#[derive(Debug)]
struct Dead {
    call: Stored,
    failure: Failure,
    failed_at: Timestamp,
}

impl Waiting {
    fn shown(&self, number: u64) -> KeptCall {
        KeptCall::waiting(number, self.call.stream(), self.is_marked, Ok(self.call.clone()))
    }
}

impl Dead {
    fn shown(&self, number: u64) -> KeptCall {
        KeptCall::dead(number, self.call.stream(), self.failure.clone(), self.failed_at, Ok(self.call.clone()))
    }
}

impl Kept {
    fn append(&mut self, calls: Vec<Stored>, limit: u64) -> Result<Vec<u64>, StoreError> {
        let bytes = calls.iter().map(|call| call.size() as u64).sum::<u64>();
        if bytes > 0 && self.bytes + bytes > limit {
            return Err(StoreError::Full { limit });
        }
        self.bytes += bytes;
        let append = |call: Stored| {
            self.last += 1;
            self.calls.entry(call.stream()).or_default().insert(self.last, Waiting { call, is_marked: false });
            self.last
        };
        Ok(calls.into_iter().map(append).collect())
    }

    /// Whether the call is there.
    fn set_mark(&mut self, stream: &Stream, number: u64, is_marked: bool) -> bool {
        let waiting = self.calls.get_mut(stream).and_then(|calls| calls.get_mut(&number));
        waiting.map(|waiting| waiting.is_marked = is_marked).is_some()
    }

    /// Whether the lease of that epoch is not over.
    const fn has_lease(&self, epoch: Epoch) -> bool {
        self.is_leased && self.epoch == epoch.0
    }

    fn bury(&mut self, number: u64, dead: Dead) {
        self.dead.insert(number, dead);
        if self.dead.len() > DEAD_LETTERS {
            self.dead.pop_first();
        }
    }

    /// Takes a call out that waits.
    fn remove(&mut self, stream: &Stream, number: u64) -> Option<Stored> {
        let Waiting { call, .. } = self.calls.get_mut(stream)?.remove(&number)?;
        self.bytes -= call.size() as u64;
        Some(call)
    }

    /// All calls, in the order of their numbers.
    fn shown(&self) -> Vec<KeptCall> {
        let waiting = self.calls.values().flatten().map(|(number, waiting)| waiting.shown(*number));
        let dead = self.dead.iter().map(|(number, dead)| dead.shown(*number));
        let mut calls: Vec<_> = waiting.chain(dead).collect();
        calls.sort_by_key(|call| call.number);
        calls
    }

    /// Forgets calls that wait, and says how many were there.
    fn discard_waiting(&mut self, numbers: &[u64]) -> u64 {
        let streams: Vec<_> = self.calls.keys().cloned().collect();
        let mut was_there = |number: u64| streams.iter().any(|stream| self.remove(stream, number).is_some());
        numbers.iter().filter(|number| was_there(**number)).count() as u64
    }
}

impl MemoryStore {
    /// A store that keeps at most that many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self { limit: bytes, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    /// 64 MiB.
    fn default() -> Self {
        Self::new(64 << 20)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn append(&self, calls: &[Stored]) -> Result<u64, StoreError> {
        let numbers = self.kept().append(calls.to_vec(), self.limit)?;
        Ok(numbers.last().copied().unwrap_or_default())
    }

    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
        let kept = self.kept();
        let mut left = bytes;
        let calls = kept
            .calls
            .get(stream)
            .into_iter()
            .flat_map(|calls| calls.range((Bound::Excluded(after), Bound::Unbounded)));
        let fitting = calls.enumerate().take_while(|(index, (_, Waiting { call, .. }))| {
            let fits = *index == 0 || call.size() <= left;
            left = left.saturating_sub(call.size());
            fits
        });
        let record =
            |number: &u64, waiting: &Waiting| Record::new(*number, waiting.is_marked, Ok(waiting.call.clone()));
        Ok(fitting.map(|(_, (number, waiting))| record(number, waiting)).collect())
    }

    async fn mark(&self, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Result<Vec<u64>, StoreError> {
        let mut kept = self.kept();
        if !kept.has_lease(epoch) {
            return Err(StoreError::Fenced);
        }
        Ok(numbers.iter().copied().filter(|number| kept.set_mark(stream, *number, true)).collect())
    }

    async fn settle(&self, epoch: Epoch, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        let mut kept = self.kept();
        if !kept.has_lease(epoch) {
            return Err(StoreError::Fenced);
        }
        for (number, fate) in fates {
            if *fate == Fate::Retry {
                kept.set_mark(stream, *number, false);
            } else if let Some(call) = kept.remove(stream, *number)
                && let Fate::Failed(failure) = fate
            {
                kept.bury(*number, Dead { call, failure: failure.clone(), failed_at: now() });
            }
        }
        Ok(())
    }

    async fn lease(&self, held: Option<Epoch>) -> Result<Option<Lease>, StoreError> {
        let mut kept = self.kept();
        match held {
            Some(epoch) if !kept.has_lease(epoch) => return Ok(None),
            Some(_) => {}
            None => (kept.epoch, kept.is_leased) = (kept.epoch + 1, true),
        }
        Ok(Some(Lease::new(Epoch(kept.epoch), Duration::MAX)))
    }

    async fn release(&self, epoch: Epoch) -> Result<(), StoreError> {
        let mut kept = self.kept();
        if kept.has_lease(epoch) {
            kept.is_leased = false;
        }
        Ok(())
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let kept = self.kept();
        let calls = || kept.calls.values();
        let count = |reason| kept.dead.values().filter(|dead| dead.failure.reason == reason).count() as u64;
        Ok(Statistics {
            waiting: calls().map(|calls| calls.len() as u64).sum(),
            bytes: kept.bytes,
            last: kept.last,
            oldest: calls().filter_map(|calls| calls.values().next()).map(|waiting| waiting.call.stored_at()).min(),
            dead: Reason::ALL.into_iter().map(|reason| (reason, count(reason))).filter(|(_, n)| *n > 0).collect(),
            leased_until: None,
        })
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[async_trait]
impl Inspect for MemoryStore {
    async fn list(&self, filter: &CallFilter, after: u64, limit: usize) -> Result<Vec<KeptCall>, StoreError> {
        let calls = self.kept().shown();
        Ok(calls.into_iter().filter(|call| call.number > after && filter.takes(call)).take(limit).collect())
    }

    async fn show(&self, number: u64) -> Result<Option<KeptCall>, StoreError> {
        let kept = self.kept();
        let waiting = kept.calls.values().find_map(|calls| calls.get(&number)).map(|waiting| waiting.shown(number));
        Ok(waiting.or_else(|| kept.dead.get(&number).map(|dead| dead.shown(number))))
    }

    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError> {
        let mut kept = self.kept();
        let (mut calls, mut replayed) = (Vec::new(), BTreeSet::new());
        let mut outcome = |number: &u64| match kept.dead.get(number) {
            Some(dead) if dead.failure.reason.is_parked() && parked == ParkedCalls::Leave => Some(Replayed::Parked),
            Some(Dead { call, failure, .. }) if replayed.insert(*number) => {
                let is_expired = failure.reason == Reason::Expired;
                calls.push(if is_expired { call.clone().without_expiry() } else { call.clone() });
                None
            }
            _ => Some(Replayed::Unknown),
        };
        let outcomes: Vec<_> = numbers.iter().map(&mut outcome).collect();
        let mut appended = kept.append(calls, self.limit)?.into_iter();
        kept.dead.retain(|number, _| !replayed.contains(number));
        let mut waits = || appended.next().map_or(Replayed::Unknown, |number| Replayed::Waits { number });
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(&mut waits)).collect())
    }

    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError> {
        let mut kept = self.kept();
        let dead = numbers.iter().filter(|number| kept.dead.remove(number).is_some()).count() as u64;
        Ok(dead + kept.discard_waiting(numbers))
    }

    async fn purge(&self, identifier: &str) -> Result<Purged, StoreError> {
        let mut kept = self.kept();
        let named = |(number, waiting): (&u64, &Waiting)| mentions(&waiting.call, identifier).then_some(*number);
        let numbers: Vec<_> = kept.calls.values().flatten().filter_map(named).collect();
        let before = kept.dead.len();
        kept.dead.retain(|_, dead| !mentions(&dead.call, identifier));
        let dead = (before - kept.dead.len()) as u64;
        Ok(Purged { waiting: kept.discard_waiting(&numbers), dead, damaged: 0 })
    }
}
