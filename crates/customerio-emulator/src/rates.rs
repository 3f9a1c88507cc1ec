//! How many requests come in, and which of them are over the rates that the vendor documents.

use std::{collections::VecDeque, fmt, time::Duration};

use customerio_core::{Quota, Rate, limits};
use http::{HeaderValue, StatusCode, header};

use crate::server::reply::Refusal;

/// How much shorter a period is than documented: what a client sends evenly does not arrive evenly.
const JITTER: Duration = Duration::from_millis(100);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The rate of archived messages. [`Quota::ArchivedMessages`] has it in words alone, as no client keeps a pace by the day.
const ARCHIVED_MESSAGES: Rate = Rate::at_most(100, DAY);

/// When the last requests came, for each rate that they share.
#[derive(Debug, Default)]
pub(crate) struct Rates([Window; 5]);

/// The times of the last requests, as many as there may be in a period, in microseconds.
#[derive(Debug, Default)]
struct Window(VecDeque<u64>);

/// A request is over this rate.
#[derive(Debug)]
pub(crate) struct Excess {
    rate: Rate,
    /// When there is room again, where the API says that.
    retry_after: Option<Duration>,
}

impl Rates {
    /// Counts a request that comes now. Where it is over the rate and is to be refused for that, it does not count.
    pub(crate) fn count(&mut self, quota: Quota, now: Duration, refuses: bool) -> Option<Excess> {
        let (index, rate, says_when) = shared(quota)?;
        let wait = self.0[index].count(&rate, micros(now), refuses)?;
        Some(Excess { rate, retry_after: says_when.then_some(wait) })
    }
}

/// Where a quota is counted, what its rate is, and whether a 429 says when there is room again.
const fn shared(quota: Quota) -> Option<(usize, Rate, bool)> {
    match quota {
        Quota::Ingest => Some((0, limits::INGEST_RATE, false)),
        Quota::Send => Some((1, limits::SEND_RATE, true)),
        Quota::App => Some((2, limits::APP_RATE, true)),
        Quota::DesignStudio => Some((3, limits::DESIGN_STUDIO_RATE, true)),
        Quota::ArchivedMessages => Some((4, ARCHIVED_MESSAGES, false)),
        // Each broadcast has a rate of its own, which its trigger keeps; and what is not known has none.
        _ => None,
    }
}

impl Window {
    /// Counts a request. Says how long there is no room for another if it is one too many.
    fn count(&mut self, rate: &Rate, now: u64, refuses: bool) -> Option<Duration> {
        // The clock was set back, and what came before says nothing any more.
        if self.0.back().is_some_and(|last| *last > now) {
            self.0.clear();
        }
        let first = self.0.front().copied().filter(|_| self.0.len() >= rate.count() as usize);
        let end = first.map(|first| first.saturating_add(micros(rate.period())));
        let wait = end.and_then(|end| end.checked_sub(now)).map(Duration::from_micros);
        let wait = wait.filter(|wait| *wait > JITTER);
        if !(refuses && wait.is_some()) {
            if first.is_some() {
                self.0.pop_front();
            }
            self.0.push_back(now);
        }
        wait
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Excess {
    /// The 429, which is the same in all APIs but for its shape.
    pub(crate) fn refusal(&self) -> Refusal {
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, self.to_string());
        match self.retry_after {
            Some(after) => {
                let seconds = after.as_millis().div_ceil(1_000).max(1);
                refusal.with_header(header::RETRY_AFTER, HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)))
            }
            None => refusal,
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, period) = (self.rate.count(), self.rate.period());
        write!(f, "over the documented rate of {count} requests ")?;
        match period.as_secs() {
            1 => f.write_str("a second"),
            _ if period == DAY => f.write_str("a day"),
            seconds => write!(f, "in {seconds} seconds"),
        }
    }
}

#[cfg(test)]
mod tests;
