//! Stores that break one rule each, so that the checks are known to see it.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use customerio_core::Timestamp;
use customerio_delivery::{
    CallFilter, CallKind, CallState, Epoch, Failure, Fate, Inspect, KeptCall, Lease, ParkedCalls, Purged, Reason,
    Record, Replayed, Statistics, Store, StoreError, Stored, Stream, sqlite::SqliteStore,
};
use customerio_testing::stores::async_trait;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    LosesExpiry,
    TurnsRound,
    MixesStreams,
    BeginsAnew,
    IgnoresBytes,
    KeepsAPart,
    CountsFromOne,
    LosesOneOfTwo,
    KeepsWhatIsDone,
    ForgetsRetries,
    ForgetsWhy,
    IgnoresFilters,
    ReplaysInPlace,
    ReplaysParked,
    KeepsTheEnd,
    DiscardsNothing,
    PurgesWhatFailed,
    HidesWhatWaits,
    BringsBack,
    CountsNothing,
    KeepsForItself,
    IgnoresMarks,
    LetsAllSend,
    MarksWhatIsGone,
    RenewsWhatIsOver,
}

impl Break {
    /// Each with the check that must fail.
    pub(crate) const ALL: [(Self, &str); 25] = [
        (Self::LosesExpiry, "calls_as_they_were"),
        (Self::TurnsRound, "in_order"),
        (Self::MixesStreams, "streams_apart"),
        (Self::BeginsAnew, "load_goes_on"),
        (Self::IgnoresBytes, "load_within_bytes"),
        (Self::KeepsAPart, "all_or_none"),
        (Self::CountsFromOne, "numbers_used_once"),
        (Self::LosesOneOfTwo, "appended_at_once"),
        (Self::KeepsWhatIsDone, "done_is_gone"),
        (Self::ForgetsRetries, "retried_stays"),
        (Self::ForgetsWhy, "failed_is_kept"),
        (Self::IgnoresFilters, "listed_in_pages"),
        (Self::ReplaysInPlace, "replayed_behind"),
        (Self::ReplaysParked, "parked_stays"),
        (Self::KeepsTheEnd, "expired_is_replayed"),
        (Self::DiscardsNothing, "discarded_is_gone"),
        (Self::PurgesWhatFailed, "purged_by_person"),
        (Self::HidesWhatWaits, "waiting_is_listed"),
        (Self::BringsBack, "gone_stays_gone"),
        (Self::CountsNothing, "counted"),
        (Self::KeepsForItself, "kept_for_others"),
        (Self::IgnoresMarks, "marks_kept"),
        (Self::LetsAllSend, "one_sends"),
        (Self::MarksWhatIsGone, "gone_stays_gone"),
        (Self::RenewsWhatIsOver, "lost_and_taken_again"),
    ];
}

#[derive(Debug)]
pub(crate) struct Broken {
    inner: SqliteStore,
    path: PathBuf,
    rule: Option<Break>,
    /// What is not given to the store.
    own: Mutex<Vec<Stored>>,
}

impl Broken {
    pub(crate) fn new(inner: SqliteStore, path: PathBuf, rule: Option<Break>) -> Self {
        Self { inner, path, rule, own: Mutex::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn breaks(&self, rule: Break) -> bool {
        self.rule == Some(rule)
    }

    fn shown(&self, call: KeptCall) -> KeptCall {
        match &call.state {
            CallState::Dead { failure, failed_at, .. } if self.breaks(Break::ForgetsWhy) => {
                KeptCall::dead(call.number, call.stream, Failure::new(failure.reason), *failed_at, call.call)
            }
            _ => call,
        }
    }
}

#[async_trait]
impl Store for Broken {
    async fn append(&self, calls: &[Stored]) -> Result<u64, StoreError> {
        let mut calls = calls.to_vec();
        if self.breaks(Break::LosesExpiry) {
            calls = calls.into_iter().map(Stored::without_expiry).collect();
        }
        if self.breaks(Break::TurnsRound) {
            calls.reverse();
        }
        if self.breaks(Break::LosesOneOfTwo) && calls.len() == 1 {
            let mut own = self.own.lock().unwrap();
            own.extend(calls.iter().cloned());
            if own.len().is_multiple_of(2) {
                return Ok(1);
            }
        }
        if self.breaks(Break::KeepsForItself) {
            self.own.lock().unwrap().extend(calls);
            return Ok(1);
        }
        if self.breaks(Break::BringsBack) {
            self.own.lock().unwrap().extend(calls.iter().cloned());
        }
        let part = calls.first().cloned();
        let outcome = self.inner.append(&calls).await;
        if self.breaks(Break::KeepsAPart) && outcome.is_err() {
            self.inner.append(part.as_slice()).await?;
        }
        outcome
    }

    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
        let mut asked = stream.clone();
        if self.breaks(Break::MixesStreams) && *stream.destination == *"eu" {
            asked.destination = "default".into();
        }
        let after = if self.breaks(Break::BeginsAnew) { 0 } else { after };
        let bytes = if self.breaks(Break::IgnoresBytes) { usize::MAX } else { bytes };
        let mut records = self.inner.load(&asked, after, bytes).await?;
        if self.breaks(Break::KeepsForItself) {
            let own = self.own.lock().unwrap();
            records.extend((1..).zip(own.iter()).map(|(number, call)| Record::new(number, false, Ok(call.clone()))));
        }
        if self.breaks(Break::CountsFromOne) {
            (1..).zip(&mut records).for_each(|(number, record)| record.number = number);
        }
        Ok(records)
    }

    async fn mark(&self, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Result<Vec<u64>, StoreError> {
        if self.breaks(Break::IgnoresMarks) {
            return Ok(numbers.to_vec());
        }
        let marked = self.inner.mark(epoch, stream, numbers).await?;
        Ok(if self.breaks(Break::MarksWhatIsGone) { numbers.to_vec() } else { marked })
    }

    async fn settle(&self, epoch: Epoch, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        let changed = |(number, fate): &(u64, Fate)| {
            let fate = match fate {
                Fate::Done if self.breaks(Break::KeepsWhatIsDone) => Fate::Retry,
                Fate::Retry if self.breaks(Break::ForgetsRetries) => Fate::Done,
                fate => fate.clone(),
            };
            (*number, fate)
        };
        if self.breaks(Break::BringsBack) {
            for (number, fate) in fates {
                if matches!(fate, Fate::Failed(_)) && self.inner.show(*number).await?.is_none() {
                    let call = self.own.lock().unwrap().first().cloned();
                    self.inner.append(call.as_slice()).await?;
                }
            }
        }
        self.inner.settle(epoch, stream, &fates.iter().map(changed).collect::<Vec<_>>()).await
    }

    async fn lease(&self, held: Option<Epoch>) -> Result<Option<Lease>, StoreError> {
        if self.breaks(Break::RenewsWhatIsOver)
            && let Some(held) = held
        {
            return Ok(Some(Lease::new(held, Duration::from_secs(15))));
        }
        let lease = self.inner.lease(held).await?;
        let any = Lease::new(Epoch(1), Duration::from_secs(15));
        Ok(if self.breaks(Break::LetsAllSend) { lease.or(Some(any)) } else { lease })
    }

    async fn release(&self, epoch: Epoch) -> Result<(), StoreError> {
        self.inner.release(epoch).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let mut statistics = self.inner.statistics().await?;
        if self.breaks(Break::CountsNothing) {
            statistics.oldest = Some(Timestamp::from_unix_millis(0));
            statistics.dead = vec![(Reason::Expired, 1)];
        }
        Ok(statistics)
    }
}

#[async_trait]
impl Inspect for Broken {
    async fn list(&self, filter: &CallFilter, after: u64, limit: usize) -> Result<Vec<KeptCall>, StoreError> {
        let mut filter = filter.clone();
        if self.breaks(Break::IgnoresFilters) {
            filter = CallFilter::new();
        }
        if self.breaks(Break::HidesWhatWaits) {
            filter.kind = Some(CallKind::Dead);
        }
        let calls = self.inner.list(&filter, after, limit).await?;
        Ok(calls.into_iter().map(|call| self.shown(call)).collect())
    }

    async fn show(&self, number: u64) -> Result<Option<KeptCall>, StoreError> {
        Ok(self.inner.show(number).await?.map(|call| self.shown(call)))
    }

    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError> {
        if self.breaks(Break::KeepsTheEnd) {
            for number in numbers {
                let letter = self.inner.show(*number).await?;
                let calls: Vec<_> = letter.into_iter().filter_map(|letter| letter.call.ok()).collect();
                self.inner.append(&calls).await?;
            }
            self.inner.discard(numbers).await?;
            return Ok(Vec::new());
        }
        if self.breaks(Break::ReplaysInPlace) {
            let mut sorted = numbers.to_vec();
            sorted.sort_unstable();
            return self.inner.replay(&sorted, parked).await;
        }
        let parked = if self.breaks(Break::ReplaysParked) { ParkedCalls::ReplayEvenIfSent } else { parked };
        self.inner.replay(numbers, parked).await
    }

    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError> {
        if self.breaks(Break::DiscardsNothing) {
            return Ok(0);
        }
        self.inner.discard(numbers).await
    }

    async fn purge(&self, identifier: &str) -> Result<Purged, StoreError> {
        if self.breaks(Break::PurgesWhatFailed) {
            let dead = self.inner.list(&CallFilter::dead(), 0, 1000).await?;
            let numbers: Vec<_> = dead.iter().map(|call| call.number).collect();
            let mut purged = Purged::default();
            purged.dead = self.inner.discard(&numbers).await?;
            return Ok(purged);
        }
        self.inner.purge(identifier).await
    }
}
