//! What was enqueued and is not in the store yet.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

use crate::{EnqueueError, StoreError, Stored};

/// The most calls that go to the store at once.
const GROUP: usize = 1_024;

/// What was enqueued and is not in the store yet, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct Buffer {
    limit: usize,
    room: Arc<Semaphore>,
    waiting: Mutex<Waiting>,
    /// Something came, or it was closed.
    pub(crate) came: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    /// The calls that are not in the store yet: those here, and those that the writer has taken.
    calls: usize,
    is_closed: bool,
    /// All that came was taken, and nothing comes any more.
    is_done: bool,
    /// The number of the last call that is in the store.
    last: u64,
}

/// What the writer takes, in the order in which it came.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are calls")]
pub(crate) enum Entry {
    Call {
        call: Stored,
        receipt: Receipt,
    },
    /// Everything before it is in the store: says the number of the last.
    Barrier(oneshot::Sender<u64>),
}

/// What is owed for a call that was taken.
#[derive(Debug)]
pub(crate) struct Receipt {
    /// Who waits until it is in the store.
    durable: Option<oneshot::Sender<Result<(), StoreError>>>,
    /// Its room, which is given back when it is dropped.
    room: OwnedSemaphorePermit,
}

impl Receipt {
    pub(crate) const fn is_awaited(&self) -> bool {
        self.durable.is_some()
    }

    /// Gives back the room, and then tells who waits.
    pub(crate) fn give(self, result: Result<(), StoreError>) {
        drop(self.room);
        if let Some(durable) = self.durable {
            // Whoever waited may have gone.
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

    /// The room that a call takes: not more than there is.
    fn size(&self, call: &Stored) -> u32 {
        u32::try_from(call.size().min(self.limit)).unwrap_or(u32::MAX)
    }

    /// Takes a call, or says that there is no room.
    pub(crate) fn try_push(&self, call: Stored) -> Result<(), EnqueueError> {
        match self.room.clone().try_acquire_many_owned(self.size(&call)) {
            Ok(room) => self.push(Entry::Call { call, receipt: Receipt { durable: None, room } }),
            Err(TryAcquireError::NoPermits) => Err(EnqueueError::Full { limit: self.limit }),
            Err(TryAcquireError::Closed) => Err(EnqueueError::Closed),
        }
    }

    /// Takes a call when there is room, and returns when it is in the store.
    pub(crate) async fn push_durably(&self, call: Stored) -> Result<(), EnqueueError> {
        let room = self.room.clone().acquire_many_owned(self.size(&call)).await.map_err(|_| EnqueueError::Closed)?;
        let (durable, is_durable) = oneshot::channel();
        self.push(Entry::Call { call, receipt: Receipt { durable: Some(durable), room } })?;
        match is_durable.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(EnqueueError::Closed),
        }
    }

    /// Waits until all that came before is in the store, and returns the number of the last.
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

    /// What goes to the store next; empty if nothing came. `None` when nothing comes any more.
    pub(crate) fn take(&self) -> Option<Vec<Entry>> {
        let mut waiting = self.waiting();
        if waiting.entries.is_empty() && waiting.is_closed {
            waiting.is_done = true;
            return None;
        }
        let count = waiting.entries.len().min(GROUP);
        Some(waiting.entries.drain(..count).collect())
    }

    /// So many calls are in the store, the last of them with that number.
    pub(crate) fn stored(&self, calls: usize, last: u64) {
        let mut waiting = self.waiting();
        waiting.calls -= calls;
        waiting.last = last;
    }

    /// So many calls were given back to those who wait for them.
    pub(crate) fn given_back(&self, calls: usize) {
        self.waiting().calls -= calls;
    }

    /// The number of the last call that is in the store.
    pub(crate) fn last(&self) -> u64 {
        self.waiting().last
    }

    /// Takes no more calls.
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
