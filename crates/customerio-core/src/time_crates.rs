//! Conversions between [`Timestamp`] and the times of other crates, each behind a feature of the crate's name.

use crate::Timestamp;

/// The times of the crate `jiff`.
#[cfg(feature = "jiff")]
mod with_jiff {
    use super::Timestamp;

    impl From<jiff::Timestamp> for Timestamp {
        /// Rounds down to the millisecond.
        fn from(time: jiff::Timestamp) -> Self {
            let floor = time.as_nanosecond().div_euclid(1_000_000);
            Self::from_unix_millis(i64::try_from(floor).unwrap_or(i64::MAX))
        }
    }

    impl From<jiff::ZonedDateTime> for Timestamp {
        /// Rounds down to the millisecond.
        fn from(time: jiff::ZonedDateTime) -> Self {
            time.timestamp().into()
        }
    }

    impl TryFrom<Timestamp> for jiff::Timestamp {
        type Error = jiff::Error;

        /// Fails if the time is outside of the years that jiff has.
        fn try_from(time: Timestamp) -> Result<Self, jiff::Error> {
            Self::from_millisecond(time.unix_millis())
        }
    }
}

/// The times of the crate `time`.
#[cfg(feature = "time")]
mod with_time {
    use super::Timestamp;

    impl From<time::OffsetDateTime> for Timestamp {
        /// Rounds down to the millisecond.
        fn from(time: time::OffsetDateTime) -> Self {
            let floor = time.unix_timestamp_nanos().div_euclid(1_000_000);
            Self::from_unix_millis(i64::try_from(floor).unwrap_or(i64::MAX))
        }
    }

    impl TryFrom<Timestamp> for time::OffsetDateTime {
        type Error = time::error::ComponentRange;

        /// Fails if the time is outside of the years that `time` has.
        fn try_from(time: Timestamp) -> Result<Self, time::error::ComponentRange> {
            Self::from_unix_timestamp_nanos(i128::from(time.unix_millis()) * 1_000_000)
        }
    }
}

/// The times of the crate `chrono`.
#[cfg(feature = "chrono")]
mod with_chrono {
    use super::Timestamp;

    impl<Z: chrono::TimeZone> From<chrono::DateTime<Z>> for Timestamp {
        /// Rounds down to the millisecond.
        fn from(time: chrono::DateTime<Z>) -> Self {
            Self::from_unix_millis(time.timestamp_millis())
        }
    }

    impl TryFrom<Timestamp> for chrono::DateTime<chrono::Utc> {
        type Error = crate::BuildError;

        /// Fails if the time is outside of the years that chrono has.
        fn try_from(time: Timestamp) -> Result<Self, crate::BuildError> {
            Self::from_timestamp_millis(time.unix_millis()).ok_or_else(|| {
                let kind = crate::BuildErrorKind::Invalid("it is outside of the years that chrono has".into());
                crate::BuildError::new("the time", kind)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: [i64; 5] = [0, -1, 1_700_000_000_999, -62_135_596_800_000, 253_402_207_200_000];

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff_there_and_back() {
        for millis in TIMES {
            let time = jiff::Timestamp::try_from(Timestamp::from_unix_millis(millis)).unwrap();
            assert_eq!((time.as_millisecond(), Timestamp::from(time).unix_millis()), (millis, millis));
        }
        let before = jiff::Timestamp::from_nanosecond(-1).unwrap();
        assert_eq!(Timestamp::from(before).unix_millis(), -1, "it rounds down");
        assert!(jiff::Timestamp::try_from(Timestamp::from(i64::MAX)).is_err());
    }

    #[cfg(feature = "time")]
    #[test]
    fn time_there_and_back() {
        for millis in TIMES {
            let time = time::OffsetDateTime::try_from(Timestamp::from_unix_millis(millis)).unwrap();
            assert_eq!(Timestamp::from(time).unix_millis(), millis);
        }
        let before = time::OffsetDateTime::from_unix_timestamp_nanos(-1).unwrap();
        assert_eq!(Timestamp::from(before).unix_millis(), -1, "it rounds down");
        assert!(time::OffsetDateTime::try_from(Timestamp::from(i64::MAX)).is_err());
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono_there_and_back() {
        for millis in TIMES {
            let time = chrono::DateTime::try_from(Timestamp::from_unix_millis(millis)).unwrap();
            assert_eq!((time.timestamp_millis(), Timestamp::from(time).unix_millis()), (millis, millis));
        }
        let before = chrono::DateTime::from_timestamp_nanos(-1);
        assert_eq!(Timestamp::from(before).unix_millis(), -1, "it rounds down");
        assert!(chrono::DateTime::try_from(Timestamp::from(i64::MAX)).is_err());
    }
}
