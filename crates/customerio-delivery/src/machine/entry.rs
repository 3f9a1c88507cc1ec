//! A call that the machine holds.

use std::time::Duration;

use customerio_core::{Replay, Timestamp};

use crate::{Fate, Stored};

/// A call that the machine holds, from when it was loaded until its fate is durable.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    /// The call, if it can be read.
    pub(crate) call: Option<Stored>,
    pub(crate) bytes: usize,
    /// Whom it is about, as a hash: calls with the same go out one after the other. Only single calls have it: batches are in
    /// order for everybody.
    pub(crate) key: Option<u64>,
    pub(crate) state: State,
    pub(crate) loaded_at: Duration,
    /// How often it failed, alone.
    pub(crate) failures: u32,
    /// How often the server failed at it, alone or in a batch, with a response that says so.
    pub(crate) server_failures: u32,
    /// It waits until then.
    pub(crate) not_before: Duration,
    /// How many requests the server had dealt with when it failed last.
    pub(crate) handled_then: u64,
}

#[derive(Debug, PartialEq)]
pub(crate) enum State {
    /// It may go out. One that must not arrive twice is marked before.
    Waiting,
    /// The store is writing its mark.
    Marking,
    /// Its mark is durable, and it has not gone out.
    Marked,
    /// It is on its way.
    Sent,
    /// It has a fate, which the store does not know yet.
    Ended(Fate),
    /// The store is writing its fate.
    Settling(Fate),
}

impl Entry {
    pub(crate) fn new(number: u64, call: Option<Stored>, key: Option<u64>, now: Duration) -> Self {
        let bytes = call.as_ref().map_or(0, Stored::size);
        let (state, not_before) = (State::Waiting, Duration::ZERO);
        let (failures, server_failures, handled_then) = (0, 0, 0);
        Self { number, call, bytes, key, state, loaded_at: now, failures, server_failures, not_before, handled_then }
    }

    /// Whether it must not arrive twice.
    pub(crate) fn is_once(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.replay() == Replay::OnlyIfNotSent)
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.call.as_ref().and_then(Stored::expires_at).is_some_and(|end| end <= now)
    }

    /// Whether it is ahead of all that: neither on its way nor ended.
    pub(crate) const fn has_not_begun(&self) -> bool {
        matches!(self.state, State::Waiting | State::Marked)
    }

    /// It has not ended: it goes out again, or, if the store has a mark of it, as soon as that is taken away.
    pub(crate) fn put_back(&mut self) {
        self.state = if self.is_once() { State::Ended(Fate::Retry) } else { State::Waiting };
    }
}
