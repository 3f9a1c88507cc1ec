//! The calls that wait for a turn at one rate, in the order of their arrival.

use std::{collections::VecDeque, task::Waker, time::Duration};

use crate::{
    granted::{Ask, Granted},
    pace::{Pacer, Rate},
};

/// The calls that are paced together.
#[derive(Debug)]
pub(crate) struct Lane {
    pace: Pace,
    /// In the order of their tickets.
    waiters: VecDeque<Waiter>,
}

/// What decides when a request may be sent.
#[derive(Debug)]
enum Pace {
    Nobody,
    Own(Pacer),
    /// Turns are granted from outside.
    Shared(Box<Granted>),
}

/// A call that waits.
#[derive(Debug)]
pub(crate) struct Waiter {
    /// A number that rises in the order of arrival.
    pub(crate) ticket: u64,
    pub(crate) waits_for: WaitsFor,
    /// When it checks again without being woken.
    pub(crate) until: Duration,
    /// Whether it was woken to check before that.
    pub(crate) is_called: bool,
    pub(crate) waker: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// A turn at the rate.
    Rate,
    /// A place among the requests in flight. Its turn at the rate has come.
    Slot,
    /// Nothing: a place has been passed on to it.
    Nothing,
}

/// A turn that never comes, which is known: with the longest time it would not be.
const NEVER: Duration = Duration::MAX.saturating_sub(Duration::from_nanos(1));

impl Lane {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self { pace: rate.map_or(Pace::Nobody, |rate| Pace::Own(Pacer::new(rate))), waiters: VecDeque::new() }
    }

    /// A lane whose turns are granted from outside. Without grants, it has the share of one of `processes`.
    pub(crate) fn shared(rate: Rate, processes: u32) -> Self {
        Self { pace: Pace::Shared(Box::new(Granted::new(rate, processes))), waiters: VecDeque::new() }
    }

    /// How many calls wait.
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// How many calls wait that arrived before `ticket`.
    fn ahead(&self, ticket: u64) -> usize {
        self.waiters.partition_point(|waiter| waiter.ticket < ticket)
    }

    /// When the turn of `ticket` comes, whether it waits already or not: `now` if that time has passed,
    /// [`Duration::MAX`] if it is not known.
    pub(crate) fn turn(&self, ticket: u64, now: Duration) -> Duration {
        match &self.pace {
            Pace::Nobody => Duration::ZERO,
            Pace::Own(pacer) => pacer.turn(self.ahead(ticket), now).min(NEVER),
            Pace::Shared(granted) => granted.turn(self.ahead(ticket), now),
        }
    }

    /// The shortest time until the turn of `ticket`, if it is not known when it comes.
    pub(crate) fn at_least(&self, ticket: u64, now: Duration) -> Duration {
        match &self.pace {
            Pace::Nobody | Pace::Own(_) => Duration::ZERO,
            Pace::Shared(granted) => granted.at_least(self.ahead(ticket), now),
        }
    }

    /// Uses a turn for a request.
    pub(crate) fn take(&mut self, now: Duration) {
        match &mut self.pace {
            Pace::Nobody => {}
            Pace::Own(pacer) => pacer.take(now),
            Pace::Shared(granted) => granted.take(now),
        }
    }

    /// Lowers the rate after a 429.
    pub(crate) fn slow_down(&mut self, now: Duration) {
        match &mut self.pace {
            Pace::Nobody => {}
            Pace::Own(pacer) => drop(pacer.slow_down(now)),
            Pace::Shared(granted) => granted.slow_down(now),
        }
    }

    /// How many turns to request, if `free` more requests may be in flight.
    pub(crate) fn wants(&self, free: usize, now: Duration) -> Option<u32> {
        self.granted()?.wants(self.waiters.len().min(free), now)
    }

    /// The same, and records that they are being requested.
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

    /// Adds a call that arrived after all the others.
    pub(crate) fn join(&mut self, waiter: Waiter) {
        self.waiters.push_back(waiter);
    }

    pub(crate) fn leave(&mut self, ticket: u64) -> Option<Waiter> {
        let index = self.ahead(ticket);
        self.waiters.get(index).filter(|waiter| waiter.ticket == ticket)?;
        self.waiters.remove(index)
    }

    /// Wakes the first call, if its turn comes before it would check: others have gone.
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

    /// Whether no call waits and a new lane would behave the same.
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
    /// Makes it check now. Wake the returned task once nothing is locked.
    #[must_use = "who waits must be woken"]
    pub(crate) fn call(&mut self) -> Option<Waker> {
        self.is_called = true;
        self.waker.take()
    }
}
