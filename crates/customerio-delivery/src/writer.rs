//! Takes what was enqueued to the store.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    StoreError,
    buffer::{Buffer, Entry},
    counts::Counters,
    store::Store,
};

/// How long it waits after the store failed.
const PAUSE: Duration = Duration::from_millis(250);

/// Takes what was enqueued to the store, in groups, until the buffer is closed and empty.
pub(crate) struct Writer {
    pub(crate) buffer: Arc<Buffer>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) counters: Arc<Counters>,
    /// Who is to know that calls were appended.
    pub(crate) appended: Arc<dyn Fn() + Send + Sync>,
    /// A call has ended, so that there may be room in the store.
    pub(crate) ended: Arc<Notify>,
}

impl Writer {
    pub(crate) async fn run(self) {
        while let Some(entries) = self.buffer.take() {
            if entries.is_empty() {
                self.buffer.came.notified().await;
                continue;
            }
            let (mut calls, mut barriers) = (Vec::new(), Vec::new());
            for entry in entries {
                match entry {
                    Entry::Barrier(passed) => barriers.push(passed),
                    call @ Entry::Call { .. } => calls.push(call),
                }
            }
            self.append(calls).await;
            for passed in barriers {
                // Whoever waited may have gone.
                let _ = passed.send(self.buffer.last());
            }
        }
    }

    /// Appends them, however often it takes. Who waits for a call learns that the store failed, and the call is not kept.
    async fn append(&self, mut entries: Vec<Entry>) {
        while !entries.is_empty() {
            let calls = entries.iter().filter_map(|entry| match entry {
                Entry::Call { call, .. } => Some(call.clone()),
                Entry::Barrier(_) => None,
            });
            match self.store.append(calls.collect()).await {
                Ok(last) => {
                    self.buffer.stored(entries.len(), last);
                    (self.appended)();
                    for entry in entries {
                        if let Entry::Call { durable: Some(durable), room, .. } = entry {
                            drop(room);
                            let _ = durable.send(Ok(()));
                        }
                    }
                    return;
                }
                // There is room again when a call has ended. More may be freed by another process.
                Err(StoreError::Full { .. }) if entries.len() > 1 => {
                    let rest = entries.split_off(entries.len() / 2);
                    Box::pin(self.append(entries)).await;
                    entries = rest;
                }
                Err(StoreError::Full { .. }) => drop(timeout(PAUSE, self.ended.notified()).await),
                Err(error) => {
                    self.counters.store_failures.fetch_add(1, Relaxed);
                    let (before, message) = (entries.len(), error.to_string());
                    entries.retain_mut(|entry| match entry {
                        Entry::Call { durable, .. } => durable.take().is_none_or(|durable| {
                            let _ = durable.send(Err(StoreError::failed(message.clone())));
                            false
                        }),
                        Entry::Barrier(_) => false,
                    });
                    self.buffer.given_back(before - entries.len());
                    sleep(PAUSE).await;
                }
            }
        }
    }
}
