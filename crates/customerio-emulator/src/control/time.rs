//! Times and durations as the control API writes them.

use std::time::Duration;

use crate::civil::Civil;
pub(crate) use crate::contract::duration::duration;

/// A time since 1970 as RFC 3339 in UTC, with milliseconds: `2026-11-26T10:00:00.000Z`.
pub(crate) fn rfc3339(since_epoch: Duration) -> String {
    let Civil { year, month, day, hour, minute, second, millisecond, .. } =
        Civil::of(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

/// Whole seconds since 1970, in the same form. What was before is 1970.
pub(crate) fn of_seconds(seconds: i64) -> String {
    rfc3339(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// A duration as [`duration`] reads it, in the largest unit that it is a whole number of; what is less than a millisecond is
/// left out.
pub(crate) fn written(duration: Duration) -> String {
    let (seconds, milliseconds) = (duration.as_secs(), duration.subsec_millis());
    if milliseconds > 0 || seconds == 0 {
        return format!("{}ms", duration.as_millis());
    }
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let whole = units.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit));
    whole.map_or_else(String::new, |(unit, name)| format!("{}{name}", seconds / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_700_000_000, "2023-11-14T22:13:20.000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (-5, "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(of_seconds(seconds), text);
        }
        assert_eq!(rfc3339(Duration::from_millis(1_234)), "1970-01-01T00:00:01.234Z");
        // The clock's end is a time like others.
        assert!(rfc3339(Duration::MAX).ends_with('Z'));
    }

    #[test]
    fn durations_are_written_in_the_largest_unit() {
        for (milliseconds, text) in
            [(0, "0ms"), (250, "250ms"), (1_500, "1500ms"), (90_000, "90s"), (600_000, "10m"), (604_800_000, "7d")]
        {
            let time = Duration::from_millis(milliseconds);
            assert_eq!((written(time), duration(text)), (text.to_owned(), Some(time)));
        }
    }
}
