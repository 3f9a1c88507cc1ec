//! Time as the Pipelines API writes it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer, ser};

use crate::{BuildError, BuildErrorKind, json::Reason};

/// A point in time in milliseconds since 1970-01-01 UTC, written as text: `2023-11-14T22:13:20.000Z` (RFC 3339).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Timestamp, time::Rfc3339};
///
/// assert_eq!(
///     serde_json::to_string(&Rfc3339::from_unix_millis(1_700_000_000_999))?,
///     r#""2023-11-14T22:13:20.999Z""#
/// );
/// assert_eq!(Rfc3339::from(Timestamp::from(-1)).unix_millis(), -1_000);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A time outside of the years 0 to 9999 has no such text, and is refused when the request is built. It usually has the
/// wrong unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rfc3339(i64);

const MILLIS_OF_DAY: i64 = 86_400_000;

impl Rfc3339 {
    /// 0000-01-01T00:00:00.000Z
    const FIRST: i64 = -62_167_219_200_000;
    /// 9999-12-31T23:59:59.999Z
    const LAST: i64 = 253_402_300_799_999;

    /// Creates a time from the milliseconds since 1970-01-01 UTC, which are negative before it.
    #[must_use]
    pub const fn from_unix_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// The milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }
}

impl From<SystemTime> for Rfc3339 {
    /// Rounds down to the millisecond.
    fn from(time: SystemTime) -> Self {
        let whole = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => whole(after),
            Err(before) => {
                let before = before.duration();
                -whole(before) - i64::from(before.subsec_nanos() % 1_000_000 > 0)
            }
        })
    }
}

/// The year, month and day, `days` after 1970-01-01, in the Gregorian calendar.
///
/// The algorithm `civil_from_days` of <https://howardhinnant.github.io/date_algorithms.html>: it counts years from
/// March on, so that the leap day is the last of its year, in eras of 400 years, which all have the same number of days.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_ERA: i64 = 146_097;
    let days = days + 719_468; // since 0000-03-01
    let era = days.div_euclid(DAYS_OF_ERA);
    let day_of_era = days.rem_euclid(DAYS_OF_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The days from 1970-01-01 to a date: the other way round.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl std::str::FromStr for Rfc3339 {
    type Err = BuildError;

    /// Reads a date and time with its offset from UTC, as in `2023-11-14T22:13:20.999+01:00`. Digits after the
    /// milliseconds are cut off, and a leap second is the second before it.
    fn from_str(text: &str) -> Result<Self, BuildError> {
        read(text.trim().as_bytes()).map(Self).ok_or_else(|| {
            let kind = BuildErrorKind::Invalid("it must be as in `2023-11-14T22:13:20Z`".into());
            BuildError::new("the time", kind)
        })
    }
}

/// The milliseconds since 1970-01-01 UTC of a time as RFC 3339 has it.
fn read(text: &[u8]) -> Option<i64> {
    let number = |bytes: &[u8]| bytes.iter().try_fold(0, |sum, byte| digit(*byte).map(|digit| sum * 10 + digit));
    let part = |from: usize, length: usize| number(text.get(from..from + length)?);
    let has = |at: usize, allowed: &[u8]| text.get(at).is_some_and(|byte| allowed.contains(byte));
    let marks = has(4, b"-") && has(7, b"-") && has(10, b"Tt ") && has(13, b":") && has(16, b":");
    let (year, month, day) = (part(0, 4)?, part(5, 2)?, part(8, 2)?);
    let (hour, minute, second) = (part(11, 2)?, part(14, 2)?, part(17, 2)?);
    let mut rest = text.get(19..)?;
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = fraction[..length].iter().chain(b"000").take(3);
        millis = digits.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
        rest = (length > 0).then_some(&fraction[length..])?;
    }
    let offset = match rest {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), hours @ .., b':', _, _] if hours.len() == 2 => {
            let (hours, minutes) = (number(hours)?, number(&rest[4..])?);
            let offset = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    let days = days_from_civil(year, month, day);
    let is_time = marks && hour < 24 && minute < 60 && second <= 60;
    // A day that its month does not have is another one.
    (is_time && civil_from_days(days) == (year, month, day)).then(|| {
        let seconds = (hour * 60 + minute - offset) * 60 + second.min(59);
        days * MILLIS_OF_DAY + seconds * 1_000 + millis
    })
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !(Self::FIRST..=Self::LAST).contains(&self.0) {
            return Err(ser::Error::custom(Reason("it is not a time in milliseconds of the years 0 to 9999")));
        }
        let (year, month, day) = civil_from_days(self.0.div_euclid(MILLIS_OF_DAY));
        let millis = self.0.rem_euclid(MILLIS_OF_DAY);
        let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60);
        let millis = millis % 1_000;
        serializer
            .collect_str(&format_args!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    fn text(millis: i64) -> String {
        serde_json::to_string(&Rfc3339::from_unix_millis(millis)).unwrap().trim_matches('"').to_owned()
    }

    #[test]
    fn known_times_are_written_as_known() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_700_000_000_000, "2023-11-14T22:13:20.000Z"),
            (1_700_000_000_999, "2023-11-14T22:13:20.999Z"),
            // 2000 is a leap year, 1900 and 2100 are none.
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_735_603_200_000, "2024-12-31T00:00:00.000Z"),
            (-2_203_977_600_000, "1900-02-28T00:00:00.000Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (4_107_456_000_000, "2100-02-28T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (Rfc3339::FIRST, "0000-01-01T00:00:00.000Z"),
            (Rfc3339::LAST, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(text(millis), expected);
        }
    }

    #[test]
    fn every_day_of_ten_thousand_years_follows_the_one_before() {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let mut expected = (0, 1, 1);
        for days in Rfc3339::FIRST / MILLIS_OF_DAY..=Rfc3339::LAST / MILLIS_OF_DAY {
            assert_eq!(civil_from_days(days), expected);
            let (year, month, day) = expected;
            let last = match month {
                2 => 28 + i64::from(is_leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (month, day) if day == last => (year, month + 1, 1),
                (month, day) => (year, month, day + 1),
            };
        }
        assert_eq!(expected, (10_000, 1, 1));
    }

    #[test]
    fn what_has_no_such_text_is_refused() {
        for millis in [Rfc3339::FIRST - 1, Rfc3339::LAST + 1, i64::MIN, i64::MAX] {
            let error = serde_json::to_string(&Rfc3339::from_unix_millis(millis)).unwrap_err().to_string();
            assert_eq!(error, "it is not a time in milliseconds of the years 0 to 9999", "{millis}");
        }
        // Milliseconds that were taken for seconds.
        assert!(serde_json::to_string(&Rfc3339::from(Timestamp::from(1_700_000_000_000_i64))).is_err());
        assert_eq!(Rfc3339::from(Timestamp::from(i64::MIN)).unix_millis(), i64::MIN);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for millis in [0, -1, 1_700_000_000_999, Rfc3339::FIRST, Rfc3339::LAST, 951_782_400_000] {
            assert_eq!(text(millis).parse(), Ok(Rfc3339(millis)));
        }
        for (text, millis) in [
            ("2023-11-14T22:13:20Z", 1_700_000_000_000),
            ("2023-11-14t22:13:20.5z", 1_700_000_000_500),
            ("2023-11-14 22:13:20.123456789Z", 1_700_000_000_123),
            ("2023-11-14T22:13:20+00:00", 1_700_000_000_000),
            ("2023-11-15T03:43:20+05:30", 1_700_000_000_000),
            ("2023-11-14T14:13:20-08:00", 1_700_000_000_000),
            (" 1990-12-31T23:59:60Z\n", 662_687_999_000),
        ] {
            assert_eq!(text.parse(), Ok(Rfc3339(millis)), "{text}");
        }
        for text in [
            "",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20.Z",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-00-01T00:00:00Z",
            "2023-11-14T24:00:00Z",
            "2023-11-14T22:60:00Z",
            "2023-11-14T22:13:61Z",
            "2023-11-14T22:13:20+24:00",
            "2023-11-14T22:13:20+0530",
            "2023-11-14T22:13:20Zulu",
            "1700000000",
            "٢023-11-14T22:13:20Z",
        ] {
            let error = text.parse::<Rfc3339>().unwrap_err().to_string();
            assert_eq!(error, "the time is not valid: it must be as in `2023-11-14T22:13:20Z`", "{text}");
        }
    }

    #[test]
    fn times_round_down_to_the_millisecond() {
        for (time, expected) in [
            (UNIX_EPOCH + Duration::from_nanos(1_999_999), 1),
            (UNIX_EPOCH - Duration::from_nanos(1), -1),
            (UNIX_EPOCH - Duration::from_millis(2), -2),
            (UNIX_EPOCH - Duration::from_nanos(2_000_001), -3),
        ] {
            assert_eq!(Rfc3339::from(time).unix_millis(), expected);
        }
    }
}
