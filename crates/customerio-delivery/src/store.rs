//! Where calls are kept until they have ended.

use std::{error::Error, fmt};

use async_trait::async_trait;

use crate::{Epoch, Fate, Lease, Statistics, Stored, StoredError, Stream};

/// A store that keeps calls until they have ended.
///
/// [`MemoryStore`](crate::MemoryStore) forgets them with the process; `SqliteStore` keeps them in a file. Another is held
/// to the same promises by the suite in `customerio_testing`.
///
/// A call has a number in its store. Numbers rise in the order in which calls were appended, none is used twice, and none
/// is 0. Where transactions overlap, a call can become visible after one with a higher number: such a store has a
/// [`load_more`](Self::load_more) of its own.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Keeps `calls`, in their order, all or none, and returns the number of the last. They are as durable as the store
    /// makes them when it returns.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] where there is no room for them.
    async fn append(&self, calls: &[Stored]) -> Result<u64, StoreError>;

    /// The oldest calls of `stream` whose numbers are above `after`, in order: at least one if there is one, and not more
    /// than `bytes` otherwise.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError>;

    /// The next calls of `stream` for a sender that has loaded up to `after`, and still holds the calls `held` of those, in
    /// order: otherwise as [`load`](Self::load), which is what it does if it is not written anew.
    ///
    /// A store whose calls can become visible out of order gives those that are not held, also where their numbers are
    /// lower than `after`.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    async fn load_more(
        &self,
        stream: &Stream,
        after: u64,
        held: &[u64],
        bytes: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let _ = held;
        self.load(stream, after, bytes).await
    }

    /// Marks calls of `stream`: they may be on their way from now on. It is durable when it returns, as far as the store is
    /// durable, and [`load`](Self::load) shows it: whoever loads a marked call does not send it.
    ///
    /// Returns the numbers of those that it has. The others were discarded or purged since they were loaded: they are not
    /// sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] where the lease of `epoch` is over; or where it cannot be written.
    async fn mark(&self, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Result<Vec<u64>, StoreError>;

    /// Ends calls of `stream`, all or none: what is done is forgotten, what failed becomes a dead letter, what is to be
    /// sent again loses its mark. It is durable when it returns.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] where the lease of `epoch` is over; or where it cannot be written.
    async fn settle(&self, epoch: Epoch, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError>;

    /// Takes the lease, which is the right to send, or renews the one of the epoch `held`. Returns `None` where another
    /// sender has it.
    ///
    /// A lease that is renewed keeps its epoch; one that is taken has a higher epoch than all before, even where this
    /// store had the last one. So a sender learns that it lost the lease for a while, however short that was, and can
    /// neither mark nor settle what it loaded before.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    async fn lease(&self, held: Option<Epoch>) -> Result<Option<Lease>, StoreError>;

    /// Releases the lease of that epoch, so that another process can have it at once. Does nothing where that is over.
    ///
    /// # Errors
    ///
    /// Where it cannot be written: then it runs out by itself.
    async fn release(&self, epoch: Epoch) -> Result<(), StoreError>;

    /// Counts what waits and what failed.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    async fn statistics(&self) -> Result<Statistics, StoreError>;
}

/// A call in a store.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// The number.
    pub number: u64,
    /// Whether it may have been sent by a process that ended before it recorded the result.
    pub is_marked: bool,
    /// The call, or why it cannot be read.
    pub call: Result<Stored, StoredError>,
}

impl Record {
    /// A call in a store.
    #[must_use]
    pub const fn new(number: u64, is_marked: bool, call: Result<Stored, StoredError>) -> Self {
        Self { number, is_marked, call }
    }
}

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no room.
    #[error("the store is full: {limit} bytes wait already")]
    Full {
        /// The most bytes that it keeps.
        limit: u64,
    },
    /// The lease is over: another sender has it, or had it.
    #[error("the lease to send is over: another sender took it")]
    Fenced,
    /// The store cannot be read or written now. The queue tries again.
    #[error("the store failed: {0}")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// A failure of what is below the store.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }
}
