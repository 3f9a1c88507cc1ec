//! Those who wait for their turn at one rate, in the order in which they came.

use std::{collections::VecDeque, task::Waker, time::Duration};

use crate::pace::{Pacer, Rate};

/// The calls that are paced together, and their rate if they have one.
#[derive(Debug)]
pub(crate) struct Lane {
    pacer: Option<Pacer>,
    /// By their tickets.
    waiters: VecDeque<Waiter>,
}

/// A call that waits.
#[derive(Debug)]
pub(crate) struct Waiter {
    /// The number that it drew when it came; who came later has a higher one.
    pub(crate) ticket: u64,
    pub(crate) waits_for: WaitsFor,
    /// When it looks again by itself.
    pub(crate) until: Duration,
    /// Whether it was called to look before that.
    pub(crate) is_called: bool,
    pub(crate) waker: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// Its turn at the rate.
    Rate,
    /// A request in flight to end. Its turn at the rate has come.
    Slot,
    /// Nothing: a request has ended for it.
    Nothing,
}

impl Lane {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self { pacer: rate.map(Pacer::new), waiters: VecDeque::new() }
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// How many wait that came before `ticket`.
    fn ahead(&self, ticket: u64) -> usize {
        self.waiters.partition_point(|waiter| waiter.ticket < ticket)
    }

    /// When the turn of `ticket` comes, whether it waits already or not. If that is over, it is now.
    pub(crate) fn turn(&self, ticket: u64, now: Duration) -> Duration {
        self.pacer.as_ref().map_or(Duration::ZERO, |pacer| pacer.turn(self.ahead(ticket), now))
    }

    /// A request goes out.
    pub(crate) fn take(&mut self, now: Duration) {
        if let Some(pacer) = &mut self.pacer {
            pacer.take(now);
        }
    }

    /// The server said that there were too many.
    pub(crate) fn slow_down(&mut self, now: Duration) {
        if let Some(pacer) = &mut self.pacer {
            pacer.slow_down(now);
        }
    }

    pub(crate) fn get(&mut self, ticket: u64) -> Option<&mut Waiter> {
        let index = self.ahead(ticket);
        self.waiters.get_mut(index).filter(|waiter| waiter.ticket == ticket)
    }

    /// Takes in one that came after all that are there.
    pub(crate) fn join(&mut self, waiter: Waiter) {
        self.waiters.push_back(waiter);
    }

    pub(crate) fn leave(&mut self, ticket: u64) -> Option<Waiter> {
        let index = self.ahead(ticket);
        self.waiters.get(index).filter(|waiter| waiter.ticket == ticket)?;
        self.waiters.remove(index)
    }

    /// Calls the first that waits, if its turn comes before it would look: others have made way.
    pub(crate) fn call_first(&mut self, now: Duration) -> Option<Waker> {
        let first = self.waiters.front_mut()?;
        if first.waits_for != WaitsFor::Rate {
            return None;
        }
        let turn = self.pacer.as_ref().map_or(Duration::ZERO, |pacer| pacer.turn(0, now));
        if first.until <= turn.max(now) {
            return None;
        }
        first.until = turn;
        first.call()
    }

    /// Whether nobody waits, and a new lane would be the same.
    pub(crate) fn is_as_new(&self, now: Duration) -> bool {
        self.waiters.is_empty() && self.pacer.as_ref().is_none_or(|pacer| pacer.is_as_new(now))
    }
}

impl Waiter {
    /// Has it look now. What comes back is to be woken when nothing is locked.
    #[must_use = "who waits must be woken"]
    pub(crate) fn call(&mut self) -> Option<Waker> {
        self.is_called = true;
        self.waker.take()
    }
}
