//! Calls in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use crate::{Fate, Record, Store, StoreError, Stored, Stream};

/// Keeps calls in memory, up to a number of bytes: what waits is lost with the process.
#[derive(Debug)]
pub struct MemoryStore {
    limit: u64,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    last: u64,
    bytes: u64,
    calls: BTreeMap<Stream, BTreeMap<u64, Stored>>,
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
    async fn append(&self, calls: Vec<Stored>) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let bytes = calls.iter().map(|call| call.size() as u64).sum::<u64>();
        if kept.bytes + bytes > self.limit {
            return Err(StoreError::Full { limit: self.limit });
        }
        kept.bytes += bytes;
        for call in calls {
            kept.last += 1;
            let number = kept.last;
            kept.calls.entry(call.stream()).or_default().insert(number, call);
        }
        Ok(())
    }

    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
        let kept = self.kept();
        let mut left = bytes;
        let calls = kept.calls.get(stream).into_iter().flat_map(|calls| calls.range(after + 1..));
        let fitting = calls.enumerate().take_while(|(index, (_, call))| {
            let fits = *index == 0 || call.size() <= left;
            left = left.saturating_sub(call.size());
            fits
        });
        // No mark outlives the process here.
        Ok(fitting.map(|(_, (number, call))| Record::new(*number, false, Ok(call.clone()))).collect())
    }

    async fn mark(&self, _: &Stream, _: &[u64]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn settle(&self, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        let mut kept = self.kept();
        for (number, fate) in fates {
            if *fate != Fate::Again
                && let Some(call) = kept.calls.get_mut(stream).and_then(|calls| calls.remove(number))
            {
                kept.bytes -= call.size() as u64;
            }
        }
        Ok(())
    }

    async fn lease(&self) -> Result<Option<Duration>, StoreError> {
        Ok(Some(Duration::MAX))
    }

    async fn release(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
