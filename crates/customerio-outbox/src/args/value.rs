//! Values of flags.

use std::time::Duration;

use customerio_delivery::Reason;

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

/// The name of a reason.
pub(crate) fn reason(text: &str) -> Result<Reason, String> {
    Reason::from_name(text).ok_or_else(|| format!("it is one of {}", Reason::ALL.map(Reason::as_str).join(", ")))
}

/// Something that is not empty.
pub(crate) fn identifier(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("an empty one names nobody".to_owned()) } else { Ok(text.to_owned()) }
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
    fn reasons_are_named() {
        assert_eq!(reason("unknown_outcome"), Ok(Reason::UnknownOutcome));
        assert!(reason("parked").unwrap_err().contains("rejected, expired"));
    }
}
