//! Batches that are sent while items are pushed.

use std::fmt;

use customerio_core::{Batch, BatchEvent, BatchReport, IntoItem, Summary};

use crate::block_on::block_on;

/// Takes operations one by one, packs them by their exact size, and sends the batches: the
/// [`BatchSender`](customerio_core::BatchSender) for programs without async.
///
/// Nothing runs in the background. A push that fills a batch blocks until that batch has ended. A batch that is not
/// full is sent by the first push after the [linger](customerio_core::BatchOptions::with_linger), or when it is
/// [flushed](Self::flush) or [finished](Self::finish). What is pushed and neither flushed nor finished is not sent.
///
/// A clone pushes to the same batches, so several threads can share one. One batch is under way at a time, whatever the
/// [concurrency](customerio_core::BatchOptions::with_concurrency).
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
/// # use customerio::{Track, batch::BatchOptions, blocking::Client, track::v2::person::Identify};
/// fn import(track: &Client<Track>, rows: Vec<(u64, String)>) -> u64 {
///     let batch = track.batch(BatchOptions::default());
///     for (line, id) in rows {
///         batch.push(line, Identify::new(id));
///     }
///     let report = batch.finish();
///     for failed in &report.failed {
///         eprintln!("line {}: {}", failed.tag, failed.error);
///     }
///     report.summary.accepted
/// }
/// # let endpoint = customerio::Endpoint::track(customerio::Region::Us, "site-id", "key")?;
/// # let track = Client::new(endpoint, customerio_testing::Recorder::new());
/// assert_eq!(import(&track, vec![(1, "42".to_owned())]), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "what is not flushed or finished is not sent"]
pub struct BatchSender<B: Batch, T> {
    pub(crate) inner: customerio_core::BatchSender<B, T>,
}

impl<B: Batch, T: Send + 'static> BatchSender<B, T> {
    /// Reports to `on_event` at once, instead of keeping failed items for the report. Use it if even the items that
    /// fail do not fit into memory. It is called while the sender is locked, so it must not push.
    pub fn on_event(self, on_event: impl FnMut(BatchEvent<T>) + Send + 'static) -> Self {
        Self { inner: self.inner.on_event(on_event) }
    }

    /// Adds an operation, or an [`Item`](customerio_core::Item) that was encoded before. If a batch is full, or has
    /// waited for the linger, it is sent now.
    ///
    /// An event without an id gets one, and the time of this call. An operation that cannot be sent is reported like
    /// one that the server rejects.
    pub fn push(&self, tag: T, item: impl IntoItem<B>) {
        block_on(self.inner.push(tag, item));
    }

    /// Sends the current batch, full or not, and returns when every item that was pushed has a result.
    pub fn flush(&self) {
        block_on(self.inner.flush());
    }

    /// [Flushes](Self::flush), and returns the report. It includes what clones have pushed until now; what they push
    /// later is in their own report.
    pub fn finish(self) -> BatchReport<T> {
        block_on(self.inner.finish())
    }

    /// The counts so far.
    pub fn summary(&self) -> Summary {
        self.inner.summary()
    }
}

impl<B: Batch, T> Clone for BatchSender<B, T> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

impl<B: Batch, T> fmt::Debug for BatchSender<B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.inner).finish()
    }
}
