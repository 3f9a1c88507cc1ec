//! Values of flags: durations, sizes, outcomes.

use std::time::Duration;

use customerio_emulator::Outcome;
use serde_json::{Value, json};

/// `250ms`, `5s`, `10m`, `2h`, `7d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let invalid = || "write it as 250ms, 5s, 10m, 2h or 7d".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(invalid)?;
    let number: u64 = text[..digits].parse().map_err(|_| invalid())?;
    let unit = match &text[digits..] {
        "ms" => return Ok(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(invalid()),
    };
    number.checked_mul(unit).map(Duration::from_secs).ok_or_else(invalid)
}

/// Formatted as in the control API.
pub(crate) fn duration_text(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}

/// Bytes: `512MiB`, `1GiB`.
pub(crate) fn bytes(text: &str) -> Result<usize, String> {
    let invalid = || "write it as 512MiB or 1GiB".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: usize = text[..digits].parse().map_err(|_| invalid())?;
    let unit: usize = match &text[digits..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(invalid()),
    };
    number.checked_mul(unit).ok_or_else(invalid)
}

/// What happens to each message, and how long after it was sent: `opened`, `opened:10s`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Planned {
    pub(crate) outcome: Outcome,
    pub(crate) after: Duration,
}

impl Planned {
    /// Formatted as in a seed.
    pub(crate) fn json(&self) -> Value {
        let name = OUTCOMES.iter().find(|(_, outcome)| *outcome == self.outcome).map(|(name, _)| *name);
        json!({"outcome": name, "after": duration_text(self.after)})
    }
}

/// The outcomes that need only a name.
const OUTCOMES: [(&str, Outcome); 5] = [
    ("sent", Outcome::Sent),
    ("delivered", Outcome::Delivered),
    ("opened", Outcome::Opened),
    ("converted", Outcome::Converted),
    ("unsubscribed", Outcome::Unsubscribed),
];

pub(crate) fn outcome(text: &str) -> Result<Planned, String> {
    let (name, after) = match text.split_once(':') {
        Some((name, after)) => (name, duration(after)?),
        None => (text, Duration::ZERO),
    };
    let known = OUTCOMES.iter().find(|(known, _)| *known == name);
    let names = || OUTCOMES.map(|(name, _)| name).join(", ");
    known
        .map(|(_, outcome)| Planned { outcome: outcome.clone(), after })
        .ok_or_else(|| format!("there are {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, expected) in
            [("250ms", 250), ("5s", 5_000), ("10m", 600_000), ("2h", 7_200_000), ("7d", 604_800_000)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(expected)), "{text}");
        }
        for text in ["", "5", "s", "-1s", "1.5s", "5 s", "5w", "99999999999999999999d", "18446744073709551615d"] {
            assert!(duration(text).unwrap_err().contains("250ms"), "{text}");
        }
    }

    #[test]
    fn sizes_have_a_binary_unit() {
        for (text, expected) in
            [("0", 0), ("17", 17), ("2KiB", 2_048), ("512MiB", 536_870_912), ("1GiB", 1_073_741_824)]
        {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "GiB", "1GB", "1 GiB", "-1"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn outcomes_may_come_later() {
        let (outcome, after) = (Outcome::Opened, Duration::from_secs(10));
        assert_eq!(super::outcome("opened:10s"), Ok(Planned { outcome, after }));
        assert_eq!(super::outcome("sent"), Ok(Planned { outcome: Outcome::Sent, after: Duration::ZERO }));
        for text in ["", "Opened", "opened:", "opened:10", "bounced"] {
            assert!(super::outcome(text).is_err(), "{text}");
        }
    }
}
