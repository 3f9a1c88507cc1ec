//! Times and ages, as people and as programs read them.

use std::time::{Duration, SystemTime};

use customerio_core::{Rfc3339, Timestamp};
use serde_json::Value;

pub(crate) fn now() -> Timestamp {
    SystemTime::now().into()
}

/// `2026-11-26T10:00:04.000Z`; null for what has no such text.
pub(crate) fn json(time: Timestamp) -> Value {
    serde_json::to_value(Rfc3339::from(time)).unwrap_or_default()
}

/// The same as text.
pub(crate) fn text(time: Timestamp) -> String {
    json(time).as_str().unwrap_or("?").to_owned()
}

/// How long ago it was; nothing where clocks differ.
pub(crate) fn since(time: Timestamp, now: Timestamp) -> Duration {
    let millis = now.unix_millis().saturating_sub(time.unix_millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

/// `45s`, `4m10s`, `3h25m`, `5d2h`: the two largest units.
pub(crate) fn short(duration: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(24 * 60 * 60, "d"), (60 * 60, "h"), (60, "m"), (1, "s")];
    let seconds = duration.as_secs();
    let Some(first) = UNITS.iter().position(|(size, _)| seconds >= *size) else { return "0s".to_owned() };
    let mut left = seconds;
    let mut text = String::new();
    for (size, unit) in UNITS.iter().skip(first).take(2) {
        if left / size > 0 {
            text += &(left / size).to_string();
            text += unit;
        }
        left %= size;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_two_units() {
        for (seconds, expected) in [
            (0, "0s"),
            (45, "45s"),
            (60, "1m"),
            (250, "4m10s"),
            (3_600, "1h"),
            (12_345, "3h25m"),
            (86_399, "23h59m"),
            (439_999, "5d2h"),
        ] {
            assert_eq!(short(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn times_are_rfc_3339_and_never_before_now() {
        let time = Timestamp::from_unix_millis(1_700_000_000_250);
        assert_eq!(text(time), "2023-11-14T22:13:20.250Z");
        assert_eq!(since(time, Timestamp::from(1_700_000_060)), Duration::from_millis(59_750));
        assert_eq!(since(time, Timestamp::from(0)), Duration::ZERO);
    }
}
