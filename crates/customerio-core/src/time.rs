//! Time, as the API writes it and as a driver provides it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::{BuildError, Rfc3339, json::Reason};

/// A point in time, as every argument that is a time takes it.
///
/// Converts from seconds since 1970-01-01 UTC, from a [`SystemTime`], and from the times of the crates `jiff`, `time`
/// and `chrono` with the features of those names. RFC 3339 text is parsed: `text.parse::<Timestamp>()?`. It keeps
/// milliseconds; the Track API and the App API get whole seconds, rounded down, and the Pipelines API gets text with
/// milliseconds ([`Rfc3339`]).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::{Duration, UNIX_EPOCH};
/// use customerio::Timestamp;
///
/// assert_eq!(Timestamp::from(1_700_000_000).unix_seconds(), 1_700_000_000);
/// assert_eq!(Timestamp::from(UNIX_EPOCH + Duration::from_millis(1_999)).unix_seconds(), 1);
/// assert_eq!("2023-11-14T22:13:20Z".parse(), Ok(Timestamp::from(1_700_000_000)));
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// Among attributes it is written in whole seconds. A number so large that it must be milliseconds is refused when the
/// request is built: the API would take it for a time in the far future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "UnixSeconds")]
pub struct Timestamp {
    seconds: i64,
    millis: u16,
}

impl Timestamp {
    /// In seconds this is the year 5138; in milliseconds it is 1973.
    const MILLISECONDS: u64 = 100_000_000_000;

    /// Creates a time from the milliseconds since 1970-01-01 UTC, which are negative before it.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "what is left is from 0 to 999")]
    pub const fn from_unix_millis(milliseconds: i64) -> Self {
        Self { seconds: milliseconds.div_euclid(1_000), millis: milliseconds.rem_euclid(1_000) as u16 }
    }

    /// The whole seconds since 1970-01-01 UTC, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.seconds.saturating_mul(1_000).saturating_add(self.millis as i64)
    }
}

impl From<i64> for Timestamp {
    /// Whole seconds since 1970-01-01 UTC.
    fn from(seconds: i64) -> Self {
        // The one kind of integer that is taken, so that any literal is one.
        Self { seconds, millis: 0 }
    }
}

impl From<SystemTime> for Timestamp {
    /// Rounds down to the millisecond.
    fn from(time: SystemTime) -> Self {
        Rfc3339::from(time).into()
    }
}

impl From<Timestamp> for SystemTime {
    /// A time that the system cannot represent becomes the nearest that it can: 1970-01-01 UTC.
    fn from(time: Timestamp) -> Self {
        let (whole, rest) =
            (Duration::from_secs(time.seconds.unsigned_abs()), Duration::from_millis(time.millis.into()));
        let whole = if time.seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        whole.and_then(|whole| whole.checked_add(rest)).unwrap_or(UNIX_EPOCH)
    }
}

impl From<Timestamp> for Rfc3339 {
    fn from(time: Timestamp) -> Self {
        Self::from_unix_millis(time.unix_millis())
    }
}

impl From<Rfc3339> for Timestamp {
    fn from(time: Rfc3339) -> Self {
        Self::from_unix_millis(time.unix_millis())
    }
}

impl std::str::FromStr for Timestamp {
    type Err = BuildError;

    /// Reads RFC 3339, as in `2023-11-14T22:13:20.999+01:00`, and whole seconds since 1970-01-01 UTC.
    fn from_str(text: &str) -> Result<Self, BuildError> {
        text.trim().parse::<i64>().map(Self::from).or_else(|_| text.parse::<Rfc3339>().map(Self::from))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.seconds.unsigned_abs() >= Self::MILLISECONDS {
            return Err(ser::Error::custom(Reason("it is not a time in seconds; it can only be milliseconds")));
        }
        serializer.serialize_i64(self.seconds)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    /// Reads whole seconds.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::from)
    }
}

/// The time and random bits, which every driver provides, because this crate reads no clock and has no randomness.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
/// use customerio::transport::Moment;
///
/// let started = Instant::now();
/// let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH)?;
/// let moment =
///     Moment { monotonic: started.elapsed(), since_epoch, random: 0x1234_5678_9abc_def0 };
/// assert_eq!(moment.since_epoch, since_epoch);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time on a clock that never goes back, after any fixed point: it measures deadlines and waits. Where two drivers
    /// share a [`Throttle`](crate::Throttle), their points may differ.
    pub monotonic: Duration,
    /// The time on the wall clock, since 1970-01-01 UTC.
    pub since_epoch: Duration,
    /// 128 random bits, different in each moment. The ids of events are made of them, and Customer.io drops an event
    /// whose id it has seen, so a poor source loses events. Ask the system for them each time: a generator in the
    /// process continues in the same way in each copy that `fork()` makes.
    pub random: u128,
}

impl Moment {
    /// The wall clock as the Pipelines API writes it.
    #[must_use]
    pub fn rfc3339(&self) -> Rfc3339 {
        Rfc3339::from_unix_millis(i64::try_from(self.since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// The time on the wall clock.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.rfc3339().into()
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
        for (before, seconds) in [(Duration::from_millis(1), -1), (Duration::from_secs(2), -2)] {
            let time = Timestamp::from(UNIX_EPOCH - before);
            assert_eq!(time.unix_seconds(), seconds);
            assert_eq!(SystemTime::from(time), UNIX_EPOCH - before);
        }
        for seconds in [i64::MIN, i64::MAX] {
            // As early or as late as the system can have it, and no panic.
            let _ = SystemTime::from(Timestamp::from(seconds));
        }
    }

    #[test]
    fn text_is_a_time_or_its_seconds() {
        for text in ["1700000000", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00"] {
            assert_eq!(text.parse(), Ok(Timestamp::from(1_700_000_000)), "{text}");
        }
        assert_eq!("2023-11-14T22:13:20.999Z".parse(), Ok(Timestamp::from_unix_millis(1_700_000_000_999)));
    }
}
