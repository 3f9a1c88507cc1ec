//! Stores that break one rule each, so that the checks are known to see it.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use customerio_core::Timestamp;
use customerio_delivery::{
    DeadLetter, DeadLetterFilter, DeadLetters, Failure, Fate, ParkedCalls, Reason, Record, Replayed, Statistics, Store,
    StoreError, Stored, Stream, sqlite::SqliteStore,
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
    ForgetsAgain,
    ForgetsWhy,
    IgnoresFilters,
    ReplaysInPlace,
    ReplaysParked,
    KeepsTheEnd,
    DiscardsNothing,
    PurgesAll,
    CountsNothing,
    KeepsForItself,
    IgnoresMarks,
    LetsAllSend,
}

impl Break {
    /// Each with the check that must fail.
    pub(crate) const ALL: [(Self, &str); 21] = [
        (Self::LosesExpiry, "calls_as_they_were"),
        (Self::TurnsRound, "in_order"),
        (Self::MixesStreams, "streams_apart"),
        (Self::BeginsAnew, "load_goes_on"),
        (Self::IgnoresBytes, "load_within_bytes"),
        (Self::KeepsAPart, "all_or_none"),
        (Self::CountsFromOne, "numbers_used_once"),
        (Self::LosesOneOfTwo, "appended_at_once"),
        (Self::KeepsWhatIsDone, "done_is_gone"),
        (Self::ForgetsAgain, "again_stays"),
        (Self::ForgetsWhy, "failed_is_kept"),
        (Self::IgnoresFilters, "listed_in_pages"),
        (Self::ReplaysInPlace, "replayed_behind"),
        (Self::ReplaysParked, "parked_stays"),
        (Self::KeepsTheEnd, "expired_is_replayed"),
        (Self::DiscardsNothing, "discarded_is_gone"),
        (Self::PurgesAll, "purged_by_person"),
        (Self::CountsNothing, "counted"),
        (Self::KeepsForItself, "kept_for_others"),
        (Self::IgnoresMarks, "marks_kept"),
        (Self::LetsAllSend, "one_sends"),
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

    fn shown(&self, mut letter: DeadLetter) -> DeadLetter {
        if self.breaks(Break::ForgetsWhy) {
            letter.failure = Failure::new(letter.failure.reason);
        }
        letter
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

    async fn mark(&self, stream: &Stream, numbers: &[u64]) -> Result<(), StoreError> {
        if self.breaks(Break::IgnoresMarks) {
            return Ok(());
        }
        self.inner.mark(stream, numbers).await
    }

    async fn settle(&self, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        let changed = |(number, fate): &(u64, Fate)| {
            let fate = match fate {
                Fate::Done if self.breaks(Break::KeepsWhatIsDone) => Fate::Again,
                Fate::Again if self.breaks(Break::ForgetsAgain) => Fate::Done,
                fate => fate.clone(),
            };
            (*number, fate)
        };
        self.inner.settle(stream, &fates.iter().map(changed).collect::<Vec<_>>()).await
    }

    async fn lease(&self) -> Result<Option<Duration>, StoreError> {
        let lease = self.inner.lease().await?;
        Ok(if self.breaks(Break::LetsAllSend) { Some(Duration::from_secs(15)) } else { lease })
    }

    async fn release(&self) -> Result<(), StoreError> {
        self.inner.release().await
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
impl DeadLetters for Broken {
    async fn list(&self, filter: &DeadLetterFilter, after: u64, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        let all = DeadLetterFilter::new();
        let filter = if self.breaks(Break::IgnoresFilters) { &all } else { filter };
        let letters = self.inner.list(filter, after, limit).await?;
        Ok(letters.into_iter().map(|letter| self.shown(letter)).collect())
    }

    async fn show(&self, number: u64) -> Result<Option<DeadLetter>, StoreError> {
        Ok(self.inner.show(number).await?.map(|letter| self.shown(letter)))
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

    async fn purge(&self, identifier: &str) -> Result<u64, StoreError> {
        if self.breaks(Break::PurgesAll) {
            let all = self.inner.list(&DeadLetterFilter::new(), 0, 1000).await?;
            let numbers: Vec<_> = all.iter().map(|letter| letter.number).collect();
            return self.inner.discard(&numbers).await;
        }
        self.inner.purge(identifier).await
    }
}
