//! Time, as the API writes it and as a driver tells it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize, Serializer, ser};

use crate::Rfc3339;

/// A point in time in whole seconds since 1970-01-01 UTC: every time stamp but those of the Pipelines API, which are
/// [`Rfc3339`].
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use customerio_core::Timestamp;
///
/// assert_eq!(Timestamp::from(1_700_000_000).get(), 1_700_000_000);
/// assert_eq!(Timestamp::from(UNIX_EPOCH + Duration::from_millis(1_999)).get(), 1);
/// ```
///
/// A number so large that it can only be milliseconds is refused when the request is built: the API would take it for a
/// time in the far future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// In seconds this is the year 5138; in milliseconds it is 1973.
    const MILLISECONDS: u64 = 100_000_000_000;

    /// The seconds.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Self(seconds)
    }
}

impl From<SystemTime> for Timestamp {
    /// Rounds down to the second.
    fn from(time: SystemTime) -> Self {
        let whole = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => whole(after),
            Err(before) => {
                let before = before.duration();
                -whole(before) - i64::from(before.subsec_nanos() > 0)
            }
        })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.unsigned_abs() >= Self::MILLISECONDS {
            return Err(ser::Error::custom(format_args!(
                "{} is not a time in seconds; it can only be milliseconds",
                self.0
            )));
        }
        serializer.serialize_i64(self.0)
    }
}

/// What core cannot know by itself and every driver tells it: the time, and something random.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
/// use customerio_core::Moment;
///
/// let started = Instant::now();
/// let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH)?;
/// let moment = Moment { monotonic: started.elapsed(), since_epoch, random: 0x1234_5678_9abc_def0 };
/// assert_eq!(moment.since_epoch, since_epoch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time on a clock that never goes back, after any fixed point: it measures deadlines.
    pub monotonic: Duration,
    /// The time on the wall clock, since 1970-01-01 UTC.
    pub since_epoch: Duration,
    /// 128 random bits that no other moment has. They make the ids by which Customer.io drops repeated events, so a poor
    /// source loses events.
    pub random: u128,
}

impl Moment {
    /// The wall clock as the Pipelines API writes it.
    #[must_use]
    pub fn rfc3339(&self) -> Rfc3339 {
        Rfc3339::from_unix_millis(i64::try_from(self.since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// The wall clock as the other APIs write it.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        Timestamp(i64::try_from(self.since_epoch.as_secs()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_refused_and_seconds_are_not() {
        let text = |seconds| serde_json::to_string(&Timestamp::from(seconds));
        for seconds in [0, -1, 1_700_000_000, 99_999_999_999] {
            assert_eq!(text(seconds).unwrap(), seconds.to_string());
        }
        for milliseconds in [100_000_000_000, 1_700_000_000_000, i64::MAX, i64::MIN] {
            let error = text(milliseconds).unwrap_err().to_string();
            assert!(error.contains("it can only be milliseconds"), "{error}");
        }
    }

    #[test]
    fn times_before_1970_round_down_too() {
        assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_millis(1)).get(), -1);
        assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_secs(2)).get(), -2);
    }
}
