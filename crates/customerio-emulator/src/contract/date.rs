//! Dates and times as the Pipelines API writes them: ISO 8601, in the form of RFC 3339.

use customerio_core::Rfc3339;

/// Whole seconds since 1970-01-01 UTC of a text such as `2026-08-01T12:00:00.5+02:00`.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    // Core passes over blanks around it, which the contract does not have.
    let is_bare = text.trim().len() == text.len();
    let time: Rfc3339 = text.parse().ok().filter(|_| is_bare)?;
    Some(time.unix_millis().div_euclid(1_000))
}

/// Whether a text is such a date and time.
pub(crate) fn is_date_time(text: &str) -> bool {
    seconds(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_time_is_seconds_since_1970() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2023-11-15T00:13:20.123456+02:00", 1_700_000_000),
            ("2023-11-14t16:43:20-05:30", 1_700_000_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T22:13:20+0200",
            "2023-11-14T22:13:20+24:00",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-11-00T00:00:00Z",
            "2023-11-14T24:00:00Z",
            "2023-11-14T22:13:20Zx",
            "2023-1-014T22:13:20Z",
            "+023-11-14T22:13:20Z",
            " 2023-11-14T22:13:20Z",
            "1700000000",
            "2023-11-14T22:13:2ü",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
