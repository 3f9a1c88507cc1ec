//! Counts and sizes in words.

use customerio_delivery::CallKind;

/// `1 dead letter`, `2 waiting calls`.
pub(crate) fn calls(count: u64, kind: CallKind) -> String {
    match kind {
        CallKind::Waiting => counted(count, "waiting call"),
        CallKind::Dead => counted(count, "dead letter"),
    }
}

/// `1 call`, `1,204 calls`.
pub(crate) fn counted(count: u64, kind: &str) -> String {
    format!("{} {kind}{}", number(count), if count == 1 { "" } else { "s" })
}

/// With a comma behind each thousand.
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `312 bytes`, `4.2 MB`.
pub(crate) fn bytes(count: u64) -> String {
    for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] {
        if count >= size {
            return format!("{}.{} {unit}", number(count / size), count % size * 10 / size);
        }
    }
    counted(count, "byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_words() {
        assert_eq!(calls(1, CallKind::Dead), "1 dead letter");
        assert_eq!(calls(0, CallKind::Waiting), "0 waiting calls");
        assert_eq!(counted(1_234_567, "call"), "1,234,567 calls");
        assert_eq!((number(100), number(1_000)), ("100".to_owned(), "1,000".to_owned()));
    }

    #[test]
    fn sizes_have_one_decimal() {
        for (count, expected) in [(1, "1 byte"), (999, "999 bytes"), (4_250, "4.2 kB"), (256_000_000, "256.0 MB")] {
            assert_eq!(bytes(count), expected);
        }
    }
}
