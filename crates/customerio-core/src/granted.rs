//! Turns that somebody outside grants, because several processes keep to one rate together.

use std::{collections::VecDeque, time::Duration};

use crate::pace::{Pacer, Rate, Spacing};

/// For so long turns are asked for ahead, or for a few times as long as it takes to be granted some.
const AHEAD: Duration = Duration::from_millis(20);

/// The turns of one process at a rate that it shares with others.
#[derive(Debug)]
pub(crate) struct Granted {
    spacing: Spacing,
    /// What was granted and not used, in order.
    runs: VecDeque<Run>,
    /// The first place in the line of all that was not yet taken when there was last a grant.
    next: Duration,
    /// From one place to the next, then.
    interval: Duration,
    /// How long that grant took.
    took: Duration,
    source: Source,
    /// The pace while nobody grants anything: this process's part.
    own: Pacer,
    is_alone: bool,
    /// What is still to be said: that it was alone, or that the server said that there were too many.
    restarts: bool,
    slows_down: bool,
}

/// Who can be asked for turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Free,
    /// It is being asked.
    Asking,
    /// There is none any more.
    Gone,
}

/// Turns of which each comes an interval after the one before.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// When the first of them comes.
    from: Duration,
    /// When it is over.
    until: Duration,
    interval: Duration,
    turns: u32,
}

impl Run {
    /// How many of them are over.
    fn over(&self, now: Duration) -> u32 {
        let Some(past) = now.checked_sub(self.until) else { return 0 };
        let more = past.as_nanos() / self.interval.as_nanos().max(1) + 1;
        u32::try_from(more).unwrap_or(u32::MAX).min(self.turns)
    }

    /// Without the first of them.
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

/// What is asked of who grants turns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) turns: u32,
    pub(crate) spacing: Spacing,
    pub(crate) restarts: bool,
    pub(crate) slows_down: bool,
}

/// Turns that were granted.
///
/// See [`Demand::grant`](crate::Demand::grant).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How long it was, at the moment of the grant and by the clock of who granted them, until the place of the first turn.
    pub starts_in: Duration,
    /// From the place of one turn to that of the next.
    pub interval: Duration,
    /// How long it took from asking until the grant was known here, by a clock of this process.
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

    /// When a request has its turn that lets `ahead` others go first: [`Duration::MAX`] where it is not granted.
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

    /// How long it takes at least until that turn comes, if nobody else wants any.
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

    /// The server said that there were too many.
    pub(crate) fn slow_down(&mut self, now: Duration) {
        if self.own.slow_down(now) {
            self.slows_down = true;
            // They were granted at the pace that was too fast.
            self.runs.clear();
        }
    }

    /// How many turns to ask for now, where `requests` could go.
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

    /// Somebody asks for them.
    pub(crate) const fn ask(&mut self, turns: u32) -> Ask {
        self.source = Source::Asking;
        let ask = Ask { turns, spacing: self.spacing, restarts: self.restarts, slows_down: self.slows_down };
        // While it is alone, the one who asks knows.
        (self.restarts, self.slows_down) = (false, false);
        ask
    }

    /// Takes what was granted, unless it took so long that it is of no use.
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

    /// Nobody grants anything: this process has its part.
    pub(crate) fn be_alone(&mut self, now: Duration) {
        if !self.is_alone {
            self.is_alone = true;
            self.runs.clear();
            self.own.begin_evenly(now);
        }
    }

    /// Nobody asks any more.
    pub(crate) fn abandon(&mut self, ask: &Ask, now: Duration) {
        self.be_alone(now);
        self.restarts = true;
        if self.source == Source::Asking {
            self.source = Source::Free;
        }
        self.slows_down |= ask.slows_down;
    }

    /// There is nobody any more who could be asked.
    pub(crate) fn has_no_source(&mut self, now: Duration) {
        self.be_alone(now);
        self.source = Source::Gone;
    }
}

/// The place behind the last of them.
fn run_end(place: Duration, run: Run) -> Duration {
    place.saturating_add(run.interval.saturating_mul(run.turns))
}
