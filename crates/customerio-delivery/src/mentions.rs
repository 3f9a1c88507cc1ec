//! Whether a call names a person.

use customerio_core::Encoded;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::Stored;

/// Whether `call` has `identifier` in any field, or in its path. Upper and lower case are the same, as in e-mail addresses.
/// An empty one is nowhere.
pub(crate) fn mentions(call: &Stored, identifier: &str) -> bool {
    if identifier.is_empty() {
        return false;
    }
    let in_body = in_json(call.call().body(), identifier);
    // Fields of the batch, each behind a comma.
    let in_shared = !call.shared().is_empty() && in_json(&[b"{\"\":0", call.shared(), b"}"].concat(), identifier);
    let in_path = match call.call() {
        Encoded::Request(request) => request
            .path()
            .split(['/', '?', '&', '='])
            .any(|part| is_named(&percent_decode_str(part).decode_utf8_lossy(), identifier)),
        _ => false,
    };
    in_body || in_shared || in_path
}

/// Whether a stored form of any version has the identifier, also where it cannot be read.
#[cfg(any(feature = "postgres", feature = "spool"))]
pub(crate) fn bytes_mention(call: &[u8], identifier: &str) -> bool {
    Stored::from_bytes(call).map_or_else(|_| contains(call, identifier), |call| mentions(&call, identifier))
}

fn in_json(json: &[u8], identifier: &str) -> bool {
    match serde_json::from_slice(json) {
        Ok(value) => in_value(&value, identifier),
        Err(_) => contains(json, identifier),
    }
}

/// Whether bytes of any kind have the identifier somewhere.
pub(crate) fn contains(bytes: &[u8], identifier: &str) -> bool {
    !identifier.is_empty()
        && bytes.windows(identifier.len()).any(|window| window.eq_ignore_ascii_case(identifier.as_bytes()))
}

fn in_value(value: &Value, identifier: &str) -> bool {
    match value {
        Value::String(text) => is_named(text, identifier),
        Value::Number(number) => number.to_string() == identifier,
        Value::Array(values) => values.iter().any(|value| in_value(value, identifier)),
        Value::Object(fields) => fields.values().any(|value| in_value(value, identifier)),
        Value::Null | Value::Bool(_) => false,
    }
}

/// Also as one address of several: `Ada <ada@example.com>, bob@example.com`.
fn is_named(text: &str, identifier: &str) -> bool {
    text.eq_ignore_ascii_case(identifier)
        || identifier.contains('@')
            && text.split([',', ';', ' ', '<', '>']).any(|part| part.eq_ignore_ascii_case(identifier))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customerio_core::{Limits, Moment, Operation, app::SendEmail, pipelines, track};
    use serde_json::json;

    use super::*;

    fn named(operation: impl Operation, identifier: &str) -> bool {
        let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
        mentions(&Stored::new(operation, &now, &Limits::default()).unwrap(), identifier)
    }

    #[test]
    fn a_person_is_found_in_items_paths_and_addresses() {
        assert!(named(track::v2::person::Event::new("42", "purchase"), "42"));
        assert!(!named(track::v2::person::Event::new("421", "purchase"), "42"));
        assert!(named(track::Delete::new("a b/ä@example.com"), "A b/ä@example.com"));
        assert!(named(pipelines::Track::new("42", "visit").with_properties(json!({ "by": [{ "x": 7 }] })), "7"));
        let send = || SendEmail::from_template("reset", "Ada <ada@example.com>, bob@example.com");
        assert!(named(send(), "ADA@example.com") && named(send(), "bob@example.com"));
        assert!(!named(send(), "da@example.com") && !named(send(), "Ada"));
        let visit = || {
            let context = pipelines::Context::new().with_ip("203.0.113.7");
            pipelines::Track::new("42", "visit").with_properties(json!({ "note": "" })).with_context(context)
        };
        assert!(named(visit(), "203.0.113.7") && !named(visit(), "203.0.113.70"));
        assert!(!named(visit(), ""), "an empty field is nobody's");
    }

    #[test]
    fn bytes_that_are_not_json_are_searched() {
        assert!(contains(b"x\xff ada@example.com", "Ada@Example.com"));
        assert!(!contains(b"x\xff ada@example.com", "") && !contains(b"ad", "ada"));
    }
}
