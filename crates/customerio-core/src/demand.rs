//! The driver's side of a shared throttle: the turns that it needs, and those that it is granted.

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

/// Reports which turns a [shared](crate::Throttle::shared) throttle needs, for a driver that gets them from a service
/// that all processes use, such as a database.
///
/// A driver is a loop over [`poll_demand`](Self::poll_demand). For each [`Demand`] it takes turns from the service in
/// one atomic step, and grants them. When the source is dropped, the process continues at its share of the rates.
pub struct TurnSource {
    turns: Weak<Turns>,
}

impl TurnSource {
    pub(crate) fn of(turns: &Arc<Turns>) -> Self {
        Self { turns: Arc::downgrade(turns) }
    }

    /// Polls for the next demand: `None` when the throttle is gone. Each quota has at most one demand at a time. The
    /// task is woken when there may be one.
    pub fn poll_demand(&mut self, context: &mut Context<'_>, now: &Moment) -> Poll<Option<Demand>> {
        let Some(turns) = self.turns.upgrade() else { return Poll::Ready(None) };
        turns.poll_ask(context, now).map(|(quota, ask)| {
            let turns = self.turns.clone();
            Some(Demand { turns, quota, ask, is_open: true })
        })
    }

    /// Waits for the next demand: [`poll_demand`](Self::poll_demand) as a future, which reads the time from `clock`.
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

/// The turns that a shared throttle needs.
///
/// All processes take the turns of a quota from one schedule. The service keeps, for each quota of the account, the
/// next free place: a time on one clock, such as that of the database. Taking `turns()` places is one atomic step:
///
/// - The first place is the next free one, or now if that has passed. If the demand [restarts](Self::restarts), it is
///   no earlier than [`tolerance`](Self::tolerance) from now.
/// - Each further place is an [`interval`](Self::interval) after the one before, and the next free place is an interval
///   after the last.
/// - If [`slows_down`](Self::slows_down) is true, a process got a 429: the next free place is no earlier than
///   [`tolerance`](Self::tolerance) from now, and intervals are twice as long from now on. Each
///   [`period`](Self::period) gives back a tenth of the rate. Another 429 within a period counts as the same.
///
/// Then call [`grant`](Self::grant) with the time until the first place. If the service cannot be reached, call
/// [`fall_back`](Self::fall_back): the process continues at its share of the rate until a later demand is granted.
/// Dropping a demand does the same.
#[must_use = "until it is granted, or is dropped, no turns of its quota are asked for"]
pub struct Demand {
    turns: Weak<Turns>,
    quota: Quota,
    ask: Ask,
    is_open: bool,
}

impl Demand {
    /// The quota of the turns.
    #[must_use]
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// The number of turns: one for each waiting call that could be sent at once, up to those of the next 20
    /// milliseconds, or of a few times the duration of the last grant. 0 if the demand only reports something.
    #[must_use]
    pub const fn turns(&self) -> u32 {
        self.ask.turns
    }

    /// The time between two places at the full rate, in whole microseconds.
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

    /// Whether this process sent requests without a place in the schedule, because it [fell back](Self::fall_back).
    #[must_use]
    pub const fn restarts(&self) -> bool {
        self.ask.restarts
    }

    /// Whether this process got a 429 since its last demand.
    #[must_use]
    pub const fn slows_down(&self) -> bool {
        self.ask.slows_down
    }

    /// Grants turns. Returns whether they could be used: if the grant took so long that they have expired, it does
    /// nothing, and [`fall_back`](Self::fall_back) is next.
    pub fn grant(&mut self, grant: Grant, now: &Moment) -> bool {
        let Some(turns) = self.turns.upgrade() else { return true };
        let is_of_use = turns.grant(self.quota, &self.ask, grant, now);
        self.is_open &= !is_of_use;
        is_of_use
    }

    /// Continues at this process's share of the rate, evenly spaced, because the service cannot be reached. Returns
    /// whether to try again after a while, with this demand, which then needs no turns and [restarts](Self::restarts):
    /// `false` when the throttle is gone.
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
