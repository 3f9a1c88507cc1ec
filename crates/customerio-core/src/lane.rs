//! Those who wait for their turn at one rate, in the order in which they came.

use std::{collections::VecDeque, task::Waker, time::Duration};

use crate::{
    granted::{Ask, Granted},
    pace::{Pacer, Rate},
};

/// The calls that are paced together.
#[derive(Debug)]
pub(crate) struct Lane {
    pace: Pace,
    /// By their tickets.
    waiters: VecDeque<Waiter>,
}

/// Who says when a request may go out.
#[derive(Debug)]
enum Pace {
    Nobody,
    Own(Pacer),
    /// It is granted from outside.
    Shared(Box<Granted>),
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
        Self { pace: rate.map_or(Pace::Nobody, |rate| Pace::Own(Pacer::new(rate))), waiters: VecDeque::new() }
    }

    /// One whose turns are granted from outside. While they are not, it has the part of one of `processes`.
    pub(crate) fn shared(rate: Rate, processes: u32) -> Self {
        Self { pace: Pace::Shared(Box::new(Granted::new(rate, processes))), waiters: VecDeque::new() }
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// How many wait that came before `ticket`.
    fn ahead(&self, ticket: u64) -> usize {
        self.waiters.partition_point(|waiter| waiter.ticket < ticket)
    }

    /// When the turn of `ticket` comes, whether it waits already or not. If that is over, it is now; where nobody knows, it
    /// is [`Duration::MAX`].
    pub(crate) fn turn(&self, ticket: u64, now: Duration) -> Duration {
        match &self.pace {
            Pace::Nobody => Duration::ZERO,
            Pace::Own(pacer) => pacer.turn(self.ahead(ticket), now),
            Pace::Shared(granted) => granted.turn(self.ahead(ticket), now),
        }
    }

    /// How long it is at least until the turn of `ticket` comes, of which nobody knows when it does.
    pub(crate) fn at_least(&self, ticket: u64, now: Duration) -> Duration {
        match &self.pace {
            Pace::Nobody | Pace::Own(_) => Duration::ZERO,
            Pace::Shared(granted) => granted.at_least(self.ahead(ticket), now),
        }
    }

    /// A request goes out.
    pub(crate) fn take(&mut self, now: Duration) {
        match &mut self.pace {
            Pace::Nobody => {}
            Pace::Own(pacer) => pacer.take(now),
            Pace::Shared(granted) => granted.take(now),
        }
    }

    /// The server said that there were too many.
    pub(crate) fn slow_down(&mut self, now: Duration) {
        match &mut self.pace {
            Pace::Nobody => {}
            Pace::Own(pacer) => drop(pacer.slow_down(now)),
            Pace::Shared(granted) => granted.slow_down(now),
        }
    }

    /// What is to be asked of who grants turns, if `free` more requests may be in flight.
    pub(crate) fn wants(&self, free: usize, now: Duration) -> Option<u32> {
        self.granted()?.wants(self.waiters.len().min(free), now)
    }

    /// The same, which is being asked from now on.
    pub(crate) fn ask(&mut self, free: usize, now: Duration) -> Option<Ask> {
        let turns = self.wants(free, now)?;
        self.granted_mut().map(|granted| granted.ask(turns))
    }

    fn granted(&self) -> Option<&Granted> {
        match &self.pace {
            Pace::Shared(granted) => Some(granted),
            Pace::Nobody | Pace::Own(_) => None,
        }
    }

    pub(crate) fn granted_mut(&mut self) -> Option<&mut Granted> {
        match &mut self.pace {
            Pace::Shared(granted) => Some(granted),
            Pace::Nobody | Pace::Own(_) => None,
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
        let turn = match &self.pace {
            Pace::Nobody => Duration::ZERO,
            Pace::Own(pacer) => pacer.turn(0, now),
            Pace::Shared(granted) => granted.turn(0, now),
        };
        if first.until <= turn.max(now) {
            return None;
        }
        first.until = turn;
        first.call()
    }

    /// Whether nobody waits, and a new lane would be the same.
    pub(crate) fn is_as_new(&self, now: Duration) -> bool {
        let is_new = match &self.pace {
            Pace::Nobody => true,
            Pace::Own(pacer) => pacer.is_as_new(now),
            Pace::Shared(_) => false,
        };
        self.waiters.is_empty() && is_new
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
