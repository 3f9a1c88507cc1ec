//! The buffer of calls that were enqueued and are not in the store yet.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

use crate::{EnqueueError, StoreError, Stored};

/// The maximum number of calls that are written to the store at once.
const GROUP: usize = 1_024;

/// The calls that were enqueued and are not in the store yet, bounded by their size in bytes.
#[derive(Debug)]
pub(crate) struct Buffer {
    limit: usize,
    room: Arc<Semaphore>,
    waiting: Mutex<Waiting>,
    /// Notified when a call was enqueued, or the buffer was closed.
    pub(crate) came: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    /// The calls that are not in the store yet, those that the writer has taken included.
    calls: usize,
    is_closed: bool,
    /// Whether the buffer is closed and everything was taken.
    is_done: bool,
    /// The number of the last call in the store.
    last: u64,
}

/// An entry for the writer, in the order of arrival.
#[derive(Debug)]
pub(crate) enum Entry {
    Call {
        call: Stored,
        receipt: Receipt,
    },
    /// Returns the number of the last call, once everything before it is in the store.
    Barrier(oneshot::Sender<u64>),
}

/// What is pending for a call that was taken.
#[derive(Debug)]
pub(crate) struct Receipt {
    /// The sender that waits until the call is in the store.
    durable: Option<oneshot::Sender<Result<(), StoreError>>>,
    /// The room of the call, which is freed when this is dropped.
    room: OwnedSemaphorePermit,
}

impl Receipt {
    pub(crate) const fn is_awaited(&self) -> bool {
        self.durable.is_some()
    }

    /// Frees the room, and then passes on the result.
    pub(crate) fn give(self, result: Result<(), StoreError>) {
        drop(self.room);
        if let Some(durable) = self.durable {
            // The receiver may be gone.
            let _ = durable.send(result);
        }
    }
}

impl Buffer {
    pub(crate) fn new(limit: usize) -> Self {
        let limit = limit.clamp(1, u32::MAX as usize);
        Self { limit, room: Arc::new(Semaphore::new(limit)), waiting: Mutex::default(), came: Notify::new() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The room that a call takes: at most all of it.
    fn size(&self, call: &Stored) -> u32 {
        u32::try_from(call.size().min(self.limit)).unwrap_or(u32::MAX)
    }

    /// Adds a call, or fails if there is no room.
    pub(crate) fn try_push(&self, call: Stored) -> Result<(), EnqueueError> {
        match self.room.clone().try_acquire_many_owned(self.size(&call)) {
            Ok(room) => self.push(Entry::Call { call, receipt: Receipt { durable: None, room } }),
            Err(TryAcquireError::NoPermits) => Err(EnqueueError::Full { limit: self.limit }),
            Err(TryAcquireError::Closed) => Err(EnqueueError::Closed),
        }
    }

    /// Adds a call when there is room, and returns when it is in the store.
    pub(crate) async fn push_durably(&self, call: Stored) -> Result<(), EnqueueError> {
        let room = self.room.clone().acquire_many_owned(self.size(&call)).await.map_err(|_| EnqueueError::Closed)?;
        let (durable, is_durable) = oneshot::channel();
        self.push(Entry::Call { call, receipt: Receipt { durable: Some(durable), room } })?;
        match is_durable.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(EnqueueError::Closed),
        }
    }

    /// Waits until everything enqueued before is in the store, and returns the number of the last call.
    pub(crate) async fn barrier(&self) -> Option<u64> {
        let (passed, has_passed) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            if waiting.is_done {
                return Some(waiting.last);
            }
            waiting.entries.push_back(Entry::Barrier(passed));
        }
        self.came.notify_one();
        has_passed.await.ok()
    }

    fn push(&self, entry: Entry) -> Result<(), EnqueueError> {
        let mut waiting = self.waiting();
        if waiting.is_closed {
            return Err(EnqueueError::Closed);
        }
        waiting.calls += 1;
        waiting.entries.push_back(entry);
        drop(waiting);
        self.came.notify_one();
        Ok(())
    }

    /// Takes the next entries for the store: empty if there are none yet, `None` when there will be none.
    pub(crate) fn take(&self) -> Option<Vec<Entry>> {
        let mut waiting = self.waiting();
        if waiting.entries.is_empty() && waiting.is_closed {
            waiting.is_done = true;
            return None;
        }
        let count = waiting.entries.len().min(GROUP);
        Some(waiting.entries.drain(..count).collect())
    }

    /// Records that `calls` more are in the store, and the number of the last of them.
    pub(crate) fn stored(&self, calls: usize, last: u64) {
        let mut waiting = self.waiting();
        waiting.calls -= calls;
        waiting.last = last;
    }

    /// Records that `calls` were returned to the callers that wait for them.
    pub(crate) fn given_back(&self, calls: usize) {
        self.waiting().calls -= calls;
    }

    /// The number of the last call in the store.
    pub(crate) fn last(&self) -> u64 {
        self.waiting().last
    }

    /// Accepts no more calls.
    pub(crate) fn close(&self) {
        self.waiting().is_closed = true;
        self.room.close();
        self.came.notify_one();
    }

    /// How many calls are not in the store yet.
    pub(crate) fn len(&self) -> usize {
        self.waiting().calls
    }
}
