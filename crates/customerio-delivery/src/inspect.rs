//! What people see of a store: its calls, those that wait and those that failed.

use std::fmt;

use async_trait::async_trait;
use customerio_core::Timestamp;

use crate::{Failure, Reason, StoreError, Stored, StoredError, Stream};

/// Looks at the calls of a store, for people: those that wait, and those that failed, the dead letters.
///
/// A call has one number for as long as it is in the store, whether it waits or has failed. The program
/// `customerio-outbox` is this trait at a terminal.
///
/// None of it needs the [right to send](crate::Store::lease), and a queue may be sending meanwhile. A message, or another
/// call that must not arrive twice, that is [discarded](Self::discard) or [purged](Self::purge) before its request has begun is
/// not sent. Another call may still be sent if a sender holds it in memory, and then nothing is kept of it, whatever the
/// outcome. For each stream, a sender holds at most
/// [`MachineOptions::window`](crate::MachineOptions::window) bytes, 1 MB by default; for single calls eight times as much,
/// while all of them wait to be retried.
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
/// use customerio::delivery::{CallFilter, Inspect, ParkedCalls, Reason, StoreError};
///
/// /// Sends again what Customer.io rejected, after the cause is gone.
/// async fn replay_rejected(store: &dyn Inspect) -> Result<usize, StoreError> {
///     let rejected = store.list(&CallFilter::new().with_reason(Reason::Rejected), 0, 500).await?;
///     let numbers: Vec<_> = rejected.iter().map(|call| call.number).collect();
///     store.replay(&numbers, ParkedCalls::Leave).await?;
///     Ok(numbers.len())
/// }
/// # #[tokio::main]
/// # async fn main() {
/// # tokio::spawn(async {
/// # let store = customerio::delivery::MemoryStore::default();
/// assert_eq!(replay_rejected(&store).await?, 0);
/// # Ok::<(), StoreError>(())
/// # }).await.unwrap().unwrap();
/// # }
/// ```
#[async_trait]
pub trait Inspect: fmt::Debug + Send + Sync + 'static {
    /// Lists the calls that `filter` takes, in the order of their numbers, from behind `after`: at most `limit`. The number
    /// of the last one is the `after` of the next page.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    async fn list(&self, filter: &CallFilter, after: u64, limit: usize) -> Result<Vec<KeptCall>, StoreError>;

    /// The call of that number.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    async fn show(&self, number: u64) -> Result<Option<KeptCall>, StoreError>;

    /// Appends dead letters again, each as a new call with a new number behind those that wait; the dead letter is gone. It
    /// returns an outcome for each number, in the same order.
    ///
    /// Where a call had expired, it waits without an end: a person wants it sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] where there is no room for all of them, or where it cannot be written: then none is replayed.
    async fn replay(&self, numbers: &[u64], parked: ParkedCalls) -> Result<Vec<Replayed>, StoreError>;

    /// Deletes calls, whether they wait or have failed, and counts those that were there.
    ///
    /// # Errors
    ///
    /// Where it cannot be written: then all are kept.
    async fn discard(&self, numbers: &[u64]) -> Result<u64, StoreError>;

    /// Deletes all calls that name a person by `identifier`, those that wait and those that failed. It is an id, an e-mail
    /// address, or a device's token, in whatever field of the call; upper and lower case are the same. An empty one names
    /// nobody.
    ///
    /// It does not reach backups, replicas that lag, or files that a repair has moved aside; and PostgreSQL overwrites what is
    /// deleted when it vacuums the table.
    ///
    /// It reads every call, and others use the store meanwhile. Calls that are enqueued or replayed while it runs may stay:
    /// stop what enqueues them first, or purge again.
    ///
    /// # Errors
    ///
    /// Where it cannot be read or written. Some of the calls may be deleted by then: purge again.
    async fn purge(&self, identifier: &str) -> Result<Purged, StoreError>;
}

/// Which calls are listed: all of them by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallFilter {
    /// Only those that wait, or only dead letters.
    pub kind: Option<CallKind>,
    /// Only dead letters that failed for this reason.
    pub reason: Option<Reason>,
    /// Only those of this [operation](Stored::operation).
    pub operation: Option<String>,
    /// Only those to this [destination](Stored::destination).
    pub destination: Option<String>,
}

impl CallFilter {
    /// All calls.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects the calls that wait.
    #[must_use]
    pub fn waiting() -> Self {
        Self { kind: Some(CallKind::Waiting), ..Self::default() }
    }

    /// Selects the calls that failed.
    #[must_use]
    pub fn dead() -> Self {
        Self { kind: Some(CallKind::Dead), ..Self::default() }
    }

    /// Only dead letters that failed for this reason.
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

    /// Whether it takes that call.
    #[must_use]
    pub fn takes(&self, call: &KeptCall) -> bool {
        self.takes_kind(call.state.kind())
            && self.reason.is_none_or(|reason| call.failure().is_some_and(|failure| failure.reason == reason))
            && self.operation.as_ref().is_none_or(|operation| *operation == call.operation)
            && self.destination.as_ref().is_none_or(|destination| **destination == *call.stream.destination)
    }

    /// Whether it takes any call of that kind.
    #[must_use]
    pub fn takes_kind(&self, kind: CallKind) -> bool {
        self.kind.is_none_or(|only| only == kind) && (self.reason.is_none() || kind == CallKind::Dead)
    }
}

/// Whether a call waits or has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// Waiting to be sent, or being sent.
    Waiting,
    /// Failed: a dead letter.
    Dead,
}

impl CallKind {
    /// The name: `waiting` or `dead`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for CallKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A call in a store, as people see it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeptCall {
    /// The number, which it keeps when it fails.
    pub number: u64,
    /// How it is to leave.
    pub stream: Stream,
    /// The name of the operation; empty where the call cannot be read.
    pub operation: String,
    /// Whether it waits, or why it failed.
    pub state: CallState,
    /// The call, or why it cannot be read.
    pub call: Result<Stored, StoredError>,
}

/// Whether a call waits, or why it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallState {
    /// Waiting to be sent, or being sent.
    #[non_exhaustive]
    Waiting {
        /// Whether it must not arrive twice and [may be on its way](crate::Store::mark).
        is_marked: bool,
    },
    /// Failed.
    #[non_exhaustive]
    Dead {
        /// Why.
        failure: Failure,
        /// When.
        failed_at: Timestamp,
    },
}

impl CallState {
    /// Whether it waits or has failed.
    #[must_use]
    pub const fn kind(&self) -> CallKind {
        match self {
            Self::Waiting { .. } => CallKind::Waiting,
            Self::Dead { .. } => CallKind::Dead,
        }
    }
}

impl KeptCall {
    /// A call that waits.
    #[must_use]
    pub fn waiting(number: u64, stream: Stream, is_marked: bool, call: Result<Stored, StoredError>) -> Self {
        Self::new(number, stream, CallState::Waiting { is_marked }, call)
    }

    /// A call that failed.
    #[must_use]
    pub fn dead(
        number: u64,
        stream: Stream,
        failure: Failure,
        failed_at: Timestamp,
        call: Result<Stored, StoredError>,
    ) -> Self {
        Self::new(number, stream, CallState::Dead { failure, failed_at }, call)
    }

    fn new(number: u64, stream: Stream, state: CallState, call: Result<Stored, StoredError>) -> Self {
        let operation = call.as_ref().map(Stored::operation).unwrap_or_default().to_owned();
        Self { number, stream, operation, state, call }
    }

    /// Why it failed, if it has.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        match &self.state {
            CallState::Dead { failure, .. } => Some(failure),
            CallState::Waiting { .. } => None,
        }
    }
}

/// The first `limit` calls of two lists, each in the order of numbers.
#[cfg(any(feature = "postgres", feature = "spool"))]
pub(crate) fn merged(waiting: Vec<KeptCall>, dead: Vec<KeptCall>, limit: usize) -> Vec<KeptCall> {
    let mut calls = waiting;
    calls.extend(dead);
    calls.sort_by_key(|call| call.number);
    calls.truncate(limit);
    calls
}

/// The treatment of [parked](Reason::is_parked) calls in a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParkedCalls {
    /// Leaves them parked.
    Leave,
    /// Replays them too. Calls that had arrived will arrive twice.
    ReplayEvenIfSent,
}

/// The outcome of [`Inspect::replay`] for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replayed {
    /// The call waits again. The stores of this crate give it that number.
    Waits {
        /// Its new number.
        number: u64,
    },
    /// Parked, and left so: [`ParkedCalls::ReplayEvenIfSent`] would send it.
    Parked,
    /// The bytes are damaged, and it stays where it is.
    Damaged,
    /// There is no dead letter of that number.
    Unknown,
}

/// How many calls were purged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// The number of waiting calls.
    pub waiting: u64,
    /// The number of dead letters.
    pub dead: u64,
    /// The number of damaged rows that a store keeps aside.
    pub damaged: u64,
}

impl Purged {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.waiting + self.dead + self.damaged
    }
}
