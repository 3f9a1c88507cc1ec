//! Turns that are granted from outside, for a rate that several processes share.

use std::{collections::VecDeque, time::Duration};

use crate::pace::{Pacer, Rate, Spacing};

/// How far ahead turns are requested, unless a few round trips take longer.
const AHEAD: Duration = Duration::from_millis(20);

/// The turns of one process, at a rate that it shares with others.
#[derive(Debug)]
pub(crate) struct Granted {
    spacing: Spacing,
    /// The granted turns that are left, in order.
    runs: VecDeque<Run>,
    /// The first place in the schedule of all processes that was free at the last grant.
    next: Duration,
    /// The time between two places, at that grant.
    interval: Duration,
    /// How long that grant took.
    took: Duration,
    source: Source,
    /// The pace while nothing is granted: this process's share of the rate.
    own: Pacer,
    is_alone: bool,
    /// What the next request has to report: that the process was on its own, or that a 429 was received.
    restarts: bool,
    slows_down: bool,
}

/// Whether grants can be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Free,
    /// A request is in flight.
    Asking,
    /// There is no source any more.
    Gone,
}

/// Turns at an even interval.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first turn.
    from: Duration,
    /// The end of the last turn.
    until: Duration,
    interval: Duration,
    turns: u32,
}

impl Run {
    /// How many of the turns have passed.
    fn over(&self, now: Duration) -> u32 {
        let Some(past) = now.checked_sub(self.until) else { return 0 };
        let more = past.as_nanos() / self.interval.as_nanos().max(1) + 1;
        u32::try_from(more).unwrap_or(u32::MAX).min(self.turns)
    }

    /// The run without its first turns.
    const fn without(self, turns: u32) -> Self {
        let passed = self.interval.saturating_mul(turns);
        Self {
            from: self.from.saturating_add(passed),
            until: self.until.saturating_add(passed),
            turns: self.turns.saturating_sub(turns),
            ..self
        }
    }
}

/// A request for grants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) turns: u32,
    pub(crate) spacing: Spacing,
    pub(crate) restarts: bool,
    pub(crate) slows_down: bool,
}

/// A number of turns that was granted, for [`Demand::grant`](crate::Demand::grant).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The time from the moment of the grant to the place of the first turn, both on the clock of the service that
    /// granted it.
    pub starts_in: Duration,
    /// The time between the places of two turns.
    pub interval: Duration,
    /// The time from the request until the grant arrived here, on a clock of this process.
    pub took: Duration,
}

impl Granted {
    pub(crate) fn new(rate: Rate, processes: u32) -> Self {
        let spacing = Spacing::of(rate);
        Self {
            spacing,
            runs: VecDeque::new(),
            next: Duration::ZERO,
            interval: spacing.interval,
            took: Duration::ZERO,
            source: Source::Free,
            own: Pacer::new(rate.divided(processes)),
            is_alone: false,
            restarts: false,
            slows_down: false,
        }
    }

    /// When a request has its turn that has `ahead` others before it: [`Duration::MAX`] if it is not granted yet.
    pub(crate) fn turn(&self, ahead: usize, now: Duration) -> Duration {
        if self.is_alone {
            return self.own.turn(ahead, now);
        }
        let mut ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
        for run in &self.runs {
            let left = run.without(run.over(now));
            if ahead < left.turns {
                return left.without(ahead).from;
            }
            ahead -= left.turns;
        }
        Duration::MAX
    }

    /// The shortest time until that turn, if no other process requests any.
    pub(crate) fn at_least(&self, ahead: usize, now: Duration) -> Duration {
        let behind = u32::try_from(ahead).unwrap_or(u32::MAX).saturating_sub(self.left(now));
        let place = self.next.max(now).saturating_add(self.spacing.interval.saturating_mul(behind));
        place.saturating_sub(self.spacing.tolerance).saturating_sub(now)
    }

    /// Uses the turn that has come.
    pub(crate) fn take(&mut self, now: Duration) {
        if self.is_alone {
            return self.own.take(now);
        }
        while let Some(first) = self.runs.front_mut() {
            *first = first.without(first.over(now));
            if first.turns > 0 {
                *first = first.without(1);
                return;
            }
            self.runs.pop_front();
        }
    }

    /// How many turns are left.
    fn left(&self, now: Duration) -> u32 {
        self.runs.iter().map(|run| run.turns - run.over(now)).fold(0, u32::saturating_add)
    }

    /// Lowers the rate after a 429.
    pub(crate) fn slow_down(&mut self, now: Duration) {
        if self.own.slow_down(now) {
            self.slows_down = true;
            // The turns were granted at the pace that was too fast.
            self.runs.clear();
        }
    }

    /// How many turns to request now, if `requests` could be sent.
    pub(crate) fn wants(&self, requests: usize, now: Duration) -> Option<u32> {
        if self.source != Source::Free {
            return None;
        }
        let ahead = self
            .took
            .saturating_mul(4)
            .min(self.spacing.lateness)
            .max(AHEAD)
            .as_nanos()
            .div_ceil(self.interval.as_nanos().max(1));
        let most = u32::try_from(ahead).unwrap_or(u32::MAX).max(1);
        let (left, wanted) = (self.left(now), u32::try_from(requests).unwrap_or(u32::MAX).min(most));
        let is_short = wanted > left && left <= wanted / 2;
        (is_short || self.slows_down || self.restarts).then(|| wanted.saturating_sub(left))
    }

    /// Records that grants are being requested.
    pub(crate) const fn ask(&mut self, turns: u32) -> Ask {
        self.source = Source::Asking;
        let ask = Ask { turns, spacing: self.spacing, restarts: self.restarts, slows_down: self.slows_down };
        // While the process is on its own, the task that requests grants knows it.
        (self.restarts, self.slows_down) = (false, false);
        ask
    }

    /// Takes in a grant, unless it took too long to be of use.
    pub(crate) fn grant(&mut self, ask: &Ask, grant: Grant, now: Duration) -> bool {
        if self.source == Source::Gone {
            return true;
        }
        let Spacing { tolerance, lateness, .. } = self.spacing;
        let Grant { starts_in, interval, took } = grant;
        let place = now.saturating_add(starts_in);
        let run = Run {
            from: place.saturating_sub(tolerance),
            // It was granted then or later.
            until: now.saturating_sub(took).saturating_add(starts_in).saturating_add(lateness),
            interval,
            turns: ask.turns,
        };
        let is_slow = took >= (tolerance + lateness) / 2;
        if is_slow && (ask.turns == 0 || run.over(now) == run.turns) {
            return false;
        }
        (self.next, self.interval, self.took) = (run_end(place, run), interval, took);
        (self.source, self.is_alone) = (Source::Free, false);
        if run.turns > 0 {
            self.runs.insert(self.runs.partition_point(|other| other.from <= run.from), run);
        }
        true
    }

    /// Falls back to this process's share, while nothing is granted.
    pub(crate) fn be_alone(&mut self, now: Duration) {
        if !self.is_alone {
            self.is_alone = true;
            self.runs.clear();
            self.own.begin_evenly(now);
        }
    }

    /// Gives up the request in flight.
    pub(crate) fn abandon(&mut self, ask: &Ask, now: Duration) {
        self.be_alone(now);
        self.restarts = true;
        if self.source == Source::Asking {
            self.source = Source::Free;
        }
        self.slows_down |= ask.slows_down;
    }

    /// Records that there is no source any more.
    pub(crate) fn has_no_source(&mut self, now: Duration) {
        self.be_alone(now);
        self.source = Source::Gone;
    }
}

/// The place after the last turn of the run.
fn run_end(place: Duration, run: Run) -> Duration {
    place.saturating_add(run.interval.saturating_mul(run.turns))
}
