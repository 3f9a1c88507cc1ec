//! The other side of a throttle that several processes share: what turns it wants, and what it is granted.

use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::Duration,
};

use crate::{
    Moment, Quota,
    granted::{Ask, Grant},
    turn::Turns,
};

/// Says what turns a [shared](crate::Throttle::shared) throttle wants, for a driver that gets them where all processes of
/// the account do: in a database or another service that they have in common.
///
/// A driver is a loop over [`poll_demand`](Self::poll_demand). For each [`Demand`] it asks there, by one atomic step, and
/// hands on what it got. When the source is dropped, the process keeps to its part of the rates.
pub struct TurnSource {
    turns: Weak<Turns>,
}

impl TurnSource {
    pub(crate) fn of(turns: &Arc<Turns>) -> Self {
        Self { turns: Arc::downgrade(turns) }
    }

    /// The next thing to ask for, as soon as there is one: `None` when there is no throttle any more. For each quota there
    /// is one at a time. The task is woken when there may be one.
    pub fn poll_demand(&mut self, context: &mut Context<'_>, now: &Moment) -> Poll<Option<Demand>> {
        let Some(turns) = self.turns.upgrade() else { return Poll::Ready(None) };
        turns.poll_ask(context, now).map(|(quota, ask)| {
            let turns = self.turns.clone();
            Some(Demand { turns, quota, ask, is_open: true })
        })
    }

    /// The next thing to ask for: [`poll_demand`](Self::poll_demand) as a future, which reads the time from `clock`.
    pub async fn demand(&mut self, mut clock: impl FnMut() -> Moment + Send) -> Option<Demand> {
        poll_fn(|context| self.poll_demand(context, &clock())).await
    }
}

impl Drop for TurnSource {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.upgrade() {
            turns.abandon_all();
        }
    }
}

impl fmt::Debug for TurnSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnSource").finish_non_exhaustive()
    }
}

/// Turns that a shared throttle wants.
///
/// The turns of a quota have their places in one line, which all processes share. Of the line there is kept, for each quota
/// of the account, the next place that is free: a time, by one clock, such as that of a database. To take `turns()` places
/// is one atomic step there:
///
/// - The first is the next that is free, or now if that is over. If it [restarts](Self::restarts), it is no earlier than
///   [`tolerance`](Self::tolerance) from now.
/// - Each of the others is an [`interval`](Self::interval) after the one before, and the next place that is free is an
///   interval after the last.
/// - When a process had a 429, [`slows_down`](Self::slows_down) is true once: the next that is free is no earlier than
///   [`tolerance`](Self::tolerance) from now, and intervals are twice as long from now on; each
///   [`period`](Self::period) gives back a tenth of the rate. Another within a period of it counts as the same.
///
/// Then [`grant`](Self::grant) takes how far away the first place is. If there is nobody to ask,
/// [`fall_back`](Self::fall_back) lets the process go on with its part of the rate, until what is asked later is granted. A
/// demand that is dropped unanswered does the same, and there is another.
#[must_use = "until it is granted, or is dropped, no turns of its quota are asked for"]
pub struct Demand {
    turns: Weak<Turns>,
    quota: Quota,
    ask: Ask,
    is_open: bool,
}

impl Demand {
    /// Of which quota.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// How many turns: as many as there are calls that wait and could go at once, and no more than go out within 20
    /// milliseconds, or a few times as long as the last grant took. 0 where there is something else to say or to hear.
    #[must_use]
    pub const fn turns(&self) -> u32 {
        self.ask.turns
    }

    /// From the place of one turn to that of the next, at the full rate: whole microseconds.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        self.ask.spacing.interval
    }

    /// How long before its place a turn may be used.
    #[must_use]
    pub const fn tolerance(&self) -> Duration {
        self.ask.spacing.tolerance
    }

    /// The period of the rate.
    #[must_use]
    pub const fn period(&self) -> Duration {
        self.ask.spacing.period
    }

    /// Whether this process sent requests that had no place in the line, because it [fell back](Self::fall_back).
    #[must_use]
    pub const fn restarts(&self) -> bool {
        self.ask.restarts
    }

    /// Whether this process had a 429 since it last asked.
    #[must_use]
    pub const fn slows_down(&self) -> bool {
        self.ask.slows_down
    }

    /// Hands on the turns that were granted. It returns whether they were of use: if they took so long that they are over,
    /// nothing was done, and [`fall_back`](Self::fall_back) is next.
    pub fn grant(&mut self, grant: Grant, now: &Moment) -> bool {
        let Some(turns) = self.turns.upgrade() else { return true };
        let is_of_use = turns.grant(self.quota, &self.ask, grant, now);
        self.is_open &= !is_of_use;
        is_of_use
    }

    /// Lets the process go on with its part of the rate, evenly spaced, because there is nobody to ask. Ask again after a
    /// while, with what the demand is now: it wants no turns, and [restarts](Self::restarts). It returns whether that makes
    /// sense: `false` when there is no throttle any more.
    pub fn fall_back(&mut self, now: &Moment) -> bool {
        let Some(turns) = self.turns.upgrade() else { return false };
        (self.ask.turns, self.ask.restarts) = (0, true);
        turns.be_alone(self.quota, now);
        true
    }
}

impl Drop for Demand {
    fn drop(&mut self) {
        if let (true, Some(turns)) = (self.is_open, self.turns.upgrade()) {
            turns.abandon(self.quota, &self.ask);
        }
    }
}

impl fmt::Debug for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { quota, ask, .. } = self;
        f.debug_struct("Demand").field("quota", quota).field("ask", ask).finish_non_exhaustive()
    }
}
