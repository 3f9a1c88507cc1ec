//! What stores keep of calls that failed.

use std::fmt;

use async_trait::async_trait;
use customerio_core::Timestamp;

use crate::{Failure, Reason, StoreError, Stored, StoredError, Stream};

/// What a store keeps of calls that failed, for people to look at and to decide.
///
/// Each has the number that it had in the queue, and keeps it.
#[async_trait]
pub trait DeadLetters: fmt::Debug + Send + Sync + 'static {
    /// The dead letters that `filter` takes, in the order of their numbers, from behind `after`: at most `limit`. The
    /// number of the last one is the `after` of the next page.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    async fn list(&self, filter: &DeadLetterFilter, after: u64, limit: usize) -> Result<Vec<DeadLetter>, StoreError>;

    /// The dead letter of that number.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    async fn show(&self, number: u64) -> Result<Option<DeadLetter>, StoreError>;

    /// Appends the calls again, each as a new one with a new number behind those that wait; the dead letter is gone. It
    /// says what came of each number, in the same order.
    ///
    /// Where a call had expired, it waits without an end: a person wants it sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] where there is no room for all of them, or where it cannot be written: then none is replayed.
    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError>;

    /// Forgets dead letters, and says how many there were.
    ///
    /// # Errors
    ///
    /// Where it cannot be written: then all are kept.
    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError>;

    /// Forgets all dead letters that name a person by `identifier`: an id, an e-mail address, or a device's token, in
    /// whatever field. It says how many there were.
    ///
    /// # Errors
    ///
    /// Where it cannot be written: then all are kept.
    async fn purge(&self, identifier: &str) -> Result<u64, StoreError>;
}

/// Which dead letters are listed: all, unless it is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetterFilter {
    /// Only those that failed for this reason.
    pub reason: Option<Reason>,
    /// Only those of this [operation](Stored::operation).
    pub operation: Option<String>,
    /// Only those to this [destination](Stored::destination).
    pub destination: Option<String>,
}

impl DeadLetterFilter {
    /// All dead letters.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those that failed for this reason.
    #[must_use]
    pub const fn with_reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Only those of this operation.
    #[must_use]
    pub fn with_operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Only those to this destination.
    #[must_use]
    pub fn with_destination(mut self, destination: impl Into<String>) -> Self {
        self.destination = Some(destination.into());
        self
    }

    /// Whether it takes that dead letter.
    #[must_use]
    pub fn takes(&self, letter: &DeadLetter) -> bool {
        self.reason.is_none_or(|reason| reason == letter.failure.reason)
            && self.operation.as_ref().is_none_or(|operation| *operation == letter.operation)
            && self.destination.as_ref().is_none_or(|destination| **destination == *letter.stream.destination)
    }
}

/// A call that failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The number that it had in the queue.
    pub number: u64,
    /// How it was to leave.
    pub stream: Stream,
    /// The name of the operation; empty where the call cannot be read.
    pub operation: String,
    /// Why it failed.
    pub failure: Failure,
    /// When it failed.
    pub failed_at: Timestamp,
    /// The call, or why it cannot be read.
    pub call: Result<Stored, StoredError>,
}

impl DeadLetter {
    /// A call that failed.
    #[must_use]
    pub fn new(
        number: u64,
        stream: Stream,
        failure: Failure,
        failed_at: Timestamp,
        call: Result<Stored, StoredError>,
    ) -> Self {
        let operation = call.as_ref().map(Stored::operation).unwrap_or_default().to_owned();
        Self { number, stream, operation, failure, failed_at, call }
    }
}

/// What is done with [parked](Reason::is_parked) calls that are to be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParkedCalls {
    /// They stay where they are.
    Leave,
    /// They are replayed as well. Those that had arrived arrive twice.
    ReplayEvenIfSent,
}

/// What came of a number that was to be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replayed {
    /// The call waits again. The stores of this crate give it that number.
    Waits {
        /// Its new number.
        number: u64,
    },
    /// It is parked, and stays so: [`ParkedCalls::ReplayEvenIfSent`] would send it.
    Parked,
    /// Its bytes are damaged, and it stays where it is.
    Damaged,
    /// There is no dead letter of that number.
    Unknown,
}
