//! Takes what was enqueued to the store.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use crate::{
    StoreError, Stored,
    buffer::{Buffer, Entry, Receipt},
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
            let (mut calls, mut receipts, mut barriers) = (Vec::new(), Vec::new(), Vec::new());
            for entry in entries {
                match entry {
                    Entry::Barrier(passed) => barriers.push(passed),
                    Entry::Call { call, receipt } => {
                        calls.push(call);
                        receipts.push(receipt);
                    }
                }
            }
            self.append(calls, receipts).await;
            for passed in barriers {
                // Whoever waited may have gone.
                let _ = passed.send(self.buffer.last());
            }
        }
    }

    /// Appends them, however often it takes. Who waits for a call learns that the store failed, and the call is not kept.
    async fn append(&self, mut calls: Vec<Stored>, mut receipts: Vec<Receipt>) {
        while !calls.is_empty() {
            match self.store.append(&calls).await {
                Ok(last) => {
                    self.buffer.stored(calls.len(), last);
                    (self.appended)();
                    return receipts.into_iter().for_each(|receipt| receipt.give(Ok(())));
                }
                // There is room again when a call has ended. More may be freed by another process.
                Err(StoreError::Full { .. }) if calls.len() > 1 => {
                    let half = calls.len() / 2;
                    let rest = (calls.split_off(half), receipts.split_off(half));
                    Box::pin(self.append(calls, receipts)).await;
                    (calls, receipts) = rest;
                }
                Err(StoreError::Full { .. }) => drop(timeout(PAUSE, self.ended.notified()).await),
                Err(error) => {
                    self.counters.store_failed();
                    let (before, message) = (calls.len(), error.to_string());
                    let all = calls.into_iter().zip(receipts);
                    let (awaited, rest): (Vec<_>, Vec<_>) = all.partition(|(_, receipt)| receipt.is_awaited());
                    for (_, receipt) in awaited {
                        receipt.give(Err(StoreError::failed(message.clone())));
                    }
                    (calls, receipts) = rest.into_iter().unzip();
                    self.buffer.given_back(before - calls.len());
                    sleep(PAUSE).await;
                }
            }
        }
    }
}
