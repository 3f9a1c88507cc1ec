//! Counts in words.

/// `1 person`, `2 people`: a count of the kind with this name, which is a plural.
pub(crate) fn counted(count: u64, kind: &str) -> String {
    format!("{count} {}", of(count, kind))
}

/// The name of a kind as it stands beside a count.
pub(crate) fn of(count: u64, kind: &str) -> &str {
    match kind {
        kind if count != 1 => kind,
        "people" => "person",
        kind => kind.strip_suffix('s').unwrap_or(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        for (count, kind, expected) in [
            (0, "segments", "0 segments"),
            (1, "segments", "1 segment"),
            (1, "people", "1 person"),
            (2, "people", "2 people"),
            (1, "requests", "1 request"),
        ] {
            assert_eq!(counted(count, kind), expected);
        }
    }
}
