//! What a driver does next.

use std::{fmt, time::Duration};

use customerio_core::{BatchResponse, Error, Prepared, Timestamp};

use crate::{Epoch, Failure, Fate, Reason};

/// The next action of the driver of a [`Machine`](crate::Machine).
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// [`Store::load_more`](crate::Store::load_more), and report by [`loaded`](crate::Machine::loaded).
    Load {
        /// The highest number that was loaded.
        after: u64,
        /// The numbers of the calls that it holds, in order.
        held: Vec<u64>,
        /// The most bytes.
        bytes: usize,
    },
    /// [`Store::mark`](crate::Store::mark), and report by [`marked`](crate::Machine::marked).
    Mark {
        /// The epoch of its lease.
        epoch: Epoch,
        /// The numbers of the calls.
        numbers: Vec<u64>,
    },
    /// Send it, once, and report by [`responded`](crate::Machine::responded).
    Send {
        /// Which request it is.
        ticket: u64,
        /// The request.
        request: Outgoing,
    },
    /// [`Store::settle`](crate::Store::settle), and report by [`settled`](crate::Machine::settled).
    Settle {
        /// The epoch of its lease.
        epoch: Epoch,
        /// The fates, by the numbers of the calls.
        fates: Vec<(u64, Fate)>,
    },
    /// Wait until something is reported or this time has passed.
    Wait(Duration),
    /// End: the machine was stopped, and no request is in flight.
    Stopped,
}

/// A request that a [`Machine`](crate::Machine) has sent.
#[derive(Clone)]
#[non_exhaustive]
pub enum Outgoing {
    /// A batch.
    Batch(Prepared<BatchResponse>),
    /// A single call.
    Single(Prepared),
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch(request) => request.fmt(f),
            Self::Single(request) => request.fmt(f),
        }
    }
}

/// The result of an [`Outgoing`] request.
#[derive(Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// The result of a batch.
    Batch(Result<BatchResponse, Error>),
    /// The result of a single call.
    Single(Result<(), Error>),
}

/// An event, for logs and counters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A call was accepted.
    Done {
        /// Its number in the store.
        number: u64,
        /// The operation.
        operation: &'static str,
        /// When it was stored.
        stored_at: Timestamp,
    },
    /// A call failed for good, and became a dead letter.
    Failed {
        /// Its number in the store.
        number: u64,
        /// The operation, if the call could be read.
        operation: Option<&'static str>,
        /// Why.
        failure: Failure,
    },
    /// A request failed, and is sent again later.
    Retrying {
        /// How many calls it has.
        calls: usize,
        /// How often it failed in a row.
        failures: u32,
        /// How long it waits.
        wait: Duration,
        /// The status of the response; `None` if none came, or none that can be read.
        status: Option<u16>,
    },
    /// The lane stands still: Customer.io refuses the credentials or the route. Nothing is lost; it is tried again each
    /// minute. Somebody must look at the settings.
    Blocked(Failure),
    /// The lane goes on after it was blocked.
    Unblocked,
}

impl Event {
    /// The reason of a failed call.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Failed { failure, .. } => Some(failure.reason),
            _ => None,
        }
    }
}
